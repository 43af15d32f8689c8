"""Swarms and nodes, brought to a wanted state: of one engine, and of two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.nodes import NodeKind
from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.ensure.swarm import MemberKind, SwarmKind, swarm_facts
from pytest_engine.core.errors import (
    Conflict,
    EngineError,
    InvalidInput,
    NotSwarmManager,
    PermissionDenied,
    SwarmLocked,
)
from pytest_engine.core.spec.swarm import MemberSpec, NodeSpec, SwarmSpec
from tests.core.swarms import Neighbour, address_of, eventually, leave, neighbour_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

WRONG_KEY = "SWMKEY-1-" + "x" * 43


@pytest.fixture(scope="module")
def neighbour(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neighbour]:
    """A second engine."""
    with neighbour_of(engine, tmp_path_factory.mktemp("n")) as neighbour:
        yield neighbour


@pytest.fixture
def alone(neighbour: Neighbour) -> Iterator[Engine]:
    """The second engine, which is in no swarm before and afterwards."""
    yield neighbour.engine
    leave(neighbour.engine)


@pytest.fixture
def wanted(neighbour: Neighbour) -> SwarmSpec:
    """What makes it a swarm."""
    address = neighbour.address
    return SwarmSpec(listen_addr=f"{address}:2377", advertise_addr=address)


def actions(outcome: Outcome) -> list[str]:
    return [str(action) for action in outcome.actions]


def stated(spec: SwarmSpec, **properties: Any) -> SwarmSpec:
    return SwarmSpec(**{**vars(spec), **properties})


def in_a_swarm(engine: Engine) -> bool:
    return engine.system.info()["Swarm"]["LocalNodeState"] == "active"


def test_a_swarm_is_founded_and_configured_and_left(alone: Engine, wanted: SwarmSpec) -> None:
    assert actions(reconcile(alone, SwarmKind(), wanted, check=True)) == ["create swarm"]
    assert not in_a_swarm(alone)
    first = stated(wanted, labels={"a": "1"}, task_history_retention_limit=2)
    assert actions(reconcile(alone, SwarmKind(), first)) == ["create swarm"]
    assert not reconcile(alone, SwarmKind(), first).changed

    other = stated(
        wanted,
        name="default",
        labels={"b": "2"},
        snapshot_interval=9000,
        keep_old_snapshots=1,
        log_entries_for_slow_followers=400,
        election_tick=12,
        heartbeat_tick=2,
        dispatcher_heartbeat_period=4_000_000_000,
        node_cert_expiry=7_000_000_000_000_000,
    )
    before = alone.swarm.inspect()
    asked = reconcile(alone, SwarmKind(), other, check=True)
    assert alone.swarm.inspect() == before
    changed = reconcile(alone, SwarmKind(), other)
    assert actions(changed) == actions(asked) == ["update swarm"]
    assert len(changed.differences) == 8
    assert changed.before["labels"] == {"a": "1"}
    assert not reconcile(alone, SwarmKind(), other).changed
    # What is not stated stays.
    assert not reconcile(alone, SwarmKind(), stated(wanted, task_history_retention_limit=2)).changed

    with pytest.raises(Conflict, match="last manager"):
        reconcile(alone, MemberKind(), MemberSpec(), state="absent")
    out = MemberKind(force=True)
    assert actions(reconcile(alone, out, MemberSpec(), state="absent", check=True)) == [
        "leave swarm"
    ]
    assert in_a_swarm(alone)
    assert actions(reconcile(alone, out, MemberSpec(), state="absent")) == ["leave swarm"]
    assert not reconcile(alone, out, MemberSpec(), state="absent").changed
    assert not in_a_swarm(alone)


def test_tokens_and_keys_are_made_anew_and_shown_nowhere(alone: Engine, wanted: SwarmSpec) -> None:
    first = reconcile(alone, SwarmKind(), stated(wanted, autolock_managers=True))
    assert first.resource is not None
    before = swarm_facts(alone, first.resource, key=True)
    assert before["UnlockKey"].startswith("SWMKEY-")
    kind = SwarmKind(rotate=("worker_token", "manager_unlock_key"))
    rotated = reconcile(alone, kind, wanted)
    assert actions(rotated) == ["update swarm, with a new worker token and manager unlock key"]
    assert rotated.resource is not None
    after = swarm_facts(alone, rotated.resource, key=True)
    assert after["JoinTokens"]["Worker"] != before["JoinTokens"]["Worker"]
    assert after["JoinTokens"]["Manager"] == before["JoinTokens"]["Manager"]
    assert after["UnlockKey"] != before["UnlockKey"]
    assert "SWM" not in repr((first.before, first.after, rotated.before, rotated.after))
    assert swarm_facts(alone, rotated.resource)["UnlockKey"] is None
    kind = SwarmKind(rotate=("manager_token",))
    again = reconcile(alone, kind, stated(wanted, autolock_managers=False)).resource
    assert again is not None
    assert again["JoinTokens"]["Manager"] != after["JoinTokens"]["Manager"]
    assert swarm_facts(alone, again, key=True)["UnlockKey"] is None


def test_a_new_authority_is_made_by_another_number(alone: Engine, wanted: SwarmSpec) -> None:
    first = reconcile(alone, SwarmKind(), wanted).resource
    assert first is not None
    same = stated(wanted, signing_ca_cert=first["TLSInfo"]["TrustRoot"])
    assert not reconcile(alone, SwarmKind(), same).changed
    other = stated(wanted, ca_force_rotate=1)
    assert reconcile(alone, SwarmKind(), other).changed
    assert not reconcile(alone, SwarmKind(), other).changed


def test_a_swarm_is_founded_anew_by_force(alone: Engine, wanted: SwarmSpec) -> None:
    first = reconcile(alone, SwarmKind(), stated(wanted, labels={"a": "1"})).resource
    assert first is not None
    forced = reconcile(alone, SwarmKind(force=True), wanted)
    assert actions(forced) == ["create swarm"]
    assert forced.resource is not None
    assert forced.resource["ID"] == first["ID"]


def test_nodes_join_and_are_changed_and_leave_and_are_removed(
    engine: Engine, node: str, neighbour: Neighbour, wanted: SwarmSpec
) -> None:
    assert node
    place = place_of(engine, neighbour)
    other = neighbour.engine
    try:
        assert actions(reconcile(other, MemberKind(), place, state="join", check=True)) == [
            "join swarm"
        ]
        assert not in_a_swarm(other)
        joined = reconcile(other, MemberKind(), place, state="join")
        assert actions(joined) == ["join swarm"]
        assert place.join_token not in repr((place, joined.before, joined.after))
        assert not reconcile(other, MemberKind(), place, state="join").changed
        # A worker can tell nothing, and founds no second swarm.
        with pytest.raises(NotSwarmManager, match="Worker nodes"):
            reconcile(other, SwarmKind(), wanted)
        change_a_node(engine, other.system.info()["Swarm"]["NodeID"])
        reconcile(other, MemberKind(), MemberSpec(), state="absent")
    finally:
        leave(other)


def change_a_node(engine: Engine, node: str) -> None:
    """Go through what a node can be told, and remove it in the end."""
    first = NodeSpec(node, labels={"a": "1", "b": "1"}, availability="drain")
    asked = reconcile(engine, NodeKind(), first, check=True)
    assert "Labels" not in {k for k, v in engine.nodes.inspect(node)["Spec"].items() if v}
    changed = reconcile(engine, NodeKind(), first)
    assert actions(changed) == actions(asked) == [f"update node {node}"]
    assert changed.after["availability"] == "drain"
    assert not reconcile(engine, NodeKind(), first).changed
    whole = engine.nodes.inspect(node)["ID"]
    assert not reconcile(engine, NodeKind(), replace(first, name=whole)).changed
    # An engine would take the beginning of its id as well.
    assert NodeKind().find(engine, replace(first, name=whole[:4])) is None
    assert not reconcile(engine, NodeKind(), NodeSpec(node, labels={"a": "1"})).changed
    less = NodeSpec(node, labels={"c": "1"}, labels_to_remove=["b", "c"])
    assert labels_of(reconcile(engine, NodeKind(), less)) == {"a": "1", "c": "1"}
    assert not reconcile(engine, NodeKind(), less).changed
    none = NodeSpec(node, keeps_labels=False)
    assert labels_of(reconcile(engine, NodeKind(), none)) == {}
    gone = NodeKind(patience=0)
    with pytest.raises(Conflict, match="not down"):
        reconcile(engine, gone, NodeSpec(node), state="absent")
    gone = NodeKind(force=True)
    assert reconcile(engine, gone, NodeSpec(node), state="absent", check=True).changed
    assert actions(reconcile(engine, gone, NodeSpec(node), state="absent")) == [
        f"remove node {node}"
    ]
    assert not reconcile(engine, gone, NodeSpec(node), state="absent").changed


def labels_of(outcome: Outcome) -> dict[str, str]:
    assert outcome.resource is not None
    return dict(outcome.resource["Spec"].get("Labels") or {})


def test_a_node_that_is_not_there_is_named_with_those_that_are(engine: Engine, node: str) -> None:
    host = engine.nodes.inspect(node)["Description"]["Hostname"]
    with pytest.raises(InvalidInput, match=rf"no node nobody\. Its nodes are {host}\."):
        reconcile(engine, NodeKind(), NodeSpec("nobody", role="worker"))
    with pytest.raises(Conflict, match="last manager"):
        reconcile(engine, NodeKind(), NodeSpec(host, role="worker"))


@pytest.mark.parametrize("case", ["nobody there", "another token", "no token"])
def test_a_swarm_that_cannot_be_joined_is_left_again(
    engine: Engine, node: str, neighbour: Neighbour, wanted: SwarmSpec, case: str
) -> None:
    assert node
    token = engine.swarm.inspect()["JoinTokens"]["Worker"]
    address = f"{address_of(engine).ip}:2377"
    message = "token"
    if case == "nobody there":
        address = message = f"{address_of(engine).ip}:1"
    elif case == "another token":
        token = token[:-25] + "0" * 25
    else:
        token = "SWMTKN-1-none"
    place = MemberSpec(
        [address],
        token,
        listen_addr=wanted.listen_addr,
        advertise_addr=wanted.advertise_addr,
    )
    other = neighbour.engine
    with pytest.raises(EngineError, match=message) as caught:
        reconcile(other, MemberKind(), place, state="join")
    assert token not in f"{caught.value} {caught.value!r} {vars(caught.value)}"
    assert other.system.info()["Swarm"]["LocalNodeState"] == "inactive"


def place_of(engine: Engine, neighbour: Neighbour) -> MemberSpec:
    """A worker's place in the engine's swarm, for its neighbour."""
    return MemberSpec(
        remote_addrs=[f"{address_of(engine).ip}:2377"],
        join_token=engine.swarm.inspect()["JoinTokens"]["Worker"],
        listen_addr=f"{neighbour.address}:2377",
        advertise_addr=neighbour.address,
    )


def test_a_node_whose_managers_do_not_answer_stays_one(
    engine: Engine, node: str, neighbour: Neighbour, alone: Engine
) -> None:
    assert node
    place = place_of(engine, neighbour)
    reconcile(alone, MemberKind(), place, state="join")
    name = alone.system.info()["Swarm"]["NodeID"]
    with neighbour.cut_off():
        neighbour.restart()
        member = alone.system.info()["Swarm"]
        assert (member["LocalNodeState"], member["NodeID"]) == ("pending", name)
        for kind in (MemberKind(), MemberKind(force=True)):
            assert not reconcile(alone, kind, place, state="join").changed
        # An engine refuses to found another one meanwhile.
        with pytest.raises(NotSwarmManager):
            reconcile(alone, SwarmKind(), SwarmSpec(), check=True)
    eventually(lambda: in_a_swarm(alone))
    assert alone.system.info()["Swarm"]["NodeID"] == name


def test_a_node_that_has_failed_joins_by_force(
    engine: Engine, node: str, neighbour: Neighbour, alone: Engine
) -> None:
    assert node
    place = place_of(engine, neighbour)
    reconcile(alone, MemberKind(), place, state="join")
    with neighbour.stopped():
        (certificate,) = neighbour.folder.rglob("swarm-node.crt")
        certificate.write_text("no certificate")
    before = alone.system.info()["Swarm"]
    assert before["LocalNodeState"] == "error"
    for check in (True, False):
        with pytest.raises(EngineError, match=r"failed there: .*certificate.* join by force\."):
            reconcile(alone, MemberKind(), place, state="join", check=check)
    kind = MemberKind(force=True)
    asked = reconcile(alone, kind, place, state="join", check=True)
    assert alone.system.info()["Swarm"] == before
    joined = reconcile(alone, kind, place, state="join")
    assert actions(joined) == actions(asked) == ["leave swarm", "join swarm"]
    assert in_a_swarm(alone)


def test_a_manager_that_locked_itself_is_unlocked_and_configured(
    neighbour: Neighbour, alone: Engine, wanted: SwarmSpec
) -> None:
    wanted = stated(wanted, autolock_managers=True)
    swarm = reconcile(alone, SwarmKind(), wanted).resource
    assert swarm is not None
    key = swarm_facts(alone, swarm, key=True)["UnlockKey"]
    neighbour.restart()
    with pytest.raises(SwarmLocked):
        reconcile(alone, SwarmKind(), wanted)
    with pytest.raises(PermissionDenied, match="invalid key"):
        reconcile(alone, SwarmKind(unlock_key=WRONG_KEY), wanted)
    kind = SwarmKind(unlock_key=key)
    assert key not in repr(kind)
    asked = reconcile(alone, kind, wanted, check=True)
    unlocked = reconcile(alone, kind, stated(wanted, task_history_retention_limit=3))
    assert actions(unlocked) == actions(asked) == ["unlock swarm"]
    assert unlocked.resource is not None
    orchestration = unlocked.resource["Spec"]["Orchestration"]
    assert orchestration["TaskHistoryRetentionLimit"] == 3
    # The key is there for the next time.
    assert not reconcile(alone, kind, wanted).changed
