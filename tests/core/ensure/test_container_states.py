"""The states of containers, brought about on a real engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import InvalidInput, PullFailed
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.network import NetworkSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine

# Ends at once when it is stopped, which a process 1 without a handler does not.
SLEEP = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]


@pytest.fixture
def spec(busybox: str, scratch: Scratch) -> ContainerSpec:
    """A container that runs until it is stopped."""
    return ContainerSpec(scratch.name(), busybox, command=SLEEP)


def _state(engine: Engine, spec: ContainerSpec) -> str:
    return str(engine.containers.inspect(str(spec.name))["State"]["Status"])


def _verbs(outcome: Any) -> list[str]:
    return [action.verb for action in outcome.actions]


@pytest.mark.parametrize(
    ("state", "verbs", "status"),
    [
        ("present", ["create"], "created"),
        ("stopped", ["create"], "created"),
        ("started", ["create", "start"], "running"),
    ],
)
def test_a_missing_container_is_created(
    state: str, verbs: list[str], status: str, engine: Engine, spec: ContainerSpec
) -> None:
    outcome = reconcile(engine, ContainerKind(), spec, state=state)
    assert (_verbs(outcome), _state(engine, spec)) == (verbs, status)
    assert (outcome.resource or {})["Name"] == f"/{spec.name}"


@pytest.mark.parametrize("state", ["present", "stopped", "started"])
def test_a_container_that_is_as_wanted_stays(
    state: str, engine: Engine, spec: ContainerSpec, untouched: Untouched
) -> None:
    reconcile(engine, ContainerKind(), spec, state=state)
    with untouched():
        outcome = reconcile(engine, ContainerKind(), spec, state=state)
    assert (outcome.changed, outcome.differences) == (False, ())


@pytest.mark.parametrize("state", ["present", "stopped", "started"])
def test_check_mode_creates_nothing(
    state: str, engine: Engine, spec: ContainerSpec, untouched: Untouched
) -> None:
    with untouched():
        outcome = reconcile(engine, ContainerKind(), spec, state=state, check=True)
    assert outcome.changed


def test_present_leaves_a_running_container_alone(engine: Engine, spec: ContainerSpec) -> None:
    reconcile(engine, ContainerKind(), spec, state="started")
    assert not reconcile(engine, ContainerKind(), spec, state="present").changed


def test_a_stopped_container_is_started(
    engine: Engine, spec: ContainerSpec, untouched: Untouched
) -> None:
    reconcile(engine, ContainerKind(), spec, state="present")
    with untouched():
        assert reconcile(engine, ContainerKind(), spec, state="started", check=True).changed
    assert _verbs(reconcile(engine, ContainerKind(), spec, state="started")) == ["start"]
    assert _state(engine, spec) == "running"


@pytest.mark.parametrize("force_kill", [False, True])
def test_a_running_container_is_stopped(
    force_kill: bool,  # noqa: FBT001
    engine: Engine,
    spec: ContainerSpec,
    untouched: Untouched,
) -> None:
    kind = ContainerKind(force_kill=force_kill)
    reconcile(engine, kind, spec, state="started")
    with untouched():
        assert reconcile(engine, kind, spec, state="stopped", check=True).changed
    assert _verbs(reconcile(engine, kind, spec, state="stopped")) == ["stop"]
    state = engine.containers.inspect(str(spec.name))["State"]
    # So Podman calls what it has not cleaned up yet.
    assert state["Status"] in ("exited", "stopped")
    assert state["ExitCode"] == (137 if force_kill else 0)
    assert not reconcile(engine, kind, spec, state="stopped").changed


# Ends a while after INT, and as process 1 takes no notice of USR1.
_SLOW = ["sh", "-c", "trap 'sleep 1; exit 7' INT; echo up; while :; do sleep 0.1; done"]


def _run_slowly(engine: Engine, spec: ContainerSpec) -> ContainerSpec:
    spec = replace(spec, command=_SLOW)
    reconcile(engine, ContainerKind(), spec, state="started")
    with engine.containers.logs(str(spec.name), follow=True) as output:
        # It listens for the signal.
        next(output.lines())
    return spec


@pytest.mark.parametrize(("signal", "code"), [("INT", 7), ("SIGUSR1", 137)])
def test_a_container_that_gets_another_signal_than_kill_does_not_run_afterwards(
    signal: str, code: int, engine: Engine, spec: ContainerSpec
) -> None:
    spec = _run_slowly(engine, spec)
    kind = ContainerKind(force_kill=True, kill_signal=signal, stop_timeout=5)
    assert _verbs(reconcile(engine, kind, spec, state="stopped")) == ["stop"]
    state = engine.containers.inspect(str(spec.name))["State"]
    assert (state["Running"], state["ExitCode"]) == (False, code)


@pytest.mark.parametrize(("its_own", "of_the_task"), [(30, 0), (0, None)])
def test_a_container_has_as_long_to_end_after_a_signal_as_is_stated(
    its_own: int, of_the_task: int | None, engine: Engine, spec: ContainerSpec
) -> None:
    spec = _run_slowly(engine, replace(spec, stop_timeout=its_own))
    spec = replace(spec, stop_timeout=None)
    kind = ContainerKind(force_kill=True, kill_signal="INT", stop_timeout=of_the_task)
    reconcile(engine, kind, spec, state="stopped")
    assert engine.containers.inspect(str(spec.name))["State"]["ExitCode"] == 137


def test_a_container_that_got_a_signal_has_ended_before_its_successor_starts(
    engine: Engine, spec: ContainerSpec
) -> None:
    spec = _run_slowly(engine, spec)
    old = engine.containers.inspect(str(spec.name))["Id"]
    ran: list[bool] = []

    def start(engine: Engine, new: str) -> None:
        ran.append(engine.containers.inspect(old)["State"]["Running"])
        engine.containers.start(new)

    kind = ContainerKind(force_kill=True, kill_signal="INT", start=start)
    reconcile(engine, kind, replace(spec, env={"A": "1"}), state="started")
    assert ran == [False]


def test_a_container_that_starts_again_after_a_signal_is_stopped(
    engine: Engine, spec: ContainerSpec
) -> None:
    # Engines take another signal than that for no wish that it stay down.
    spec = _run_slowly(engine, replace(spec, stop_signal="TERM", restart_policy="always"))
    kind = ContainerKind(force_kill=True, kill_signal="INT", stop_timeout=2)
    reconcile(engine, kind, spec, state="stopped")
    assert not engine.containers.inspect(str(spec.name))["State"]["Running"]


def test_a_container_that_removes_itself_is_removed_after_any_signal(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    spec = _run_slowly(engine, replace(spec, auto_remove=True))
    kind = ContainerKind(force_kill=True, kill_signal="USR1", stop_timeout=1, removal_timeout=30)
    reconcile(engine, kind, spec, state="absent")
    assert scratch.everything() == set()


def test_whether_it_runs_is_shown_before_and_after(engine: Engine, spec: ContainerSpec) -> None:
    def shown(state: str, **policies: Any) -> list[tuple[Any, Any]]:
        told = reconcile(engine, ContainerKind(**policies), spec, state=state)
        assert told.differences == ()
        return [(told.before.get(key), told.after.get(key)) for key in ("running", "paused")]

    nothing = (None, None)
    assert shown("started", stop_timeout=0) == [(False, True), nothing]
    assert shown("started", paused=True) == [nothing, (False, True)]
    assert shown("started", paused=True) == [nothing, nothing]
    assert shown("started", recreate=True, stop_timeout=0) == [nothing, nothing]
    assert shown("started", paused=False) == [nothing, nothing]
    assert shown("stopped", stop_timeout=0) == [(True, False), nothing]
    assert shown("started") == [(False, True), nothing]
    assert shown("absent", stop_timeout=0) == [(True, False), nothing]


@pytest.mark.parametrize("state", ["present", "started"])
def test_a_container_is_removed(
    state: str, engine: Engine, spec: ContainerSpec, scratch: Scratch, untouched: Untouched
) -> None:
    reconcile(engine, ContainerKind(), spec, state=state)
    with untouched():
        assert reconcile(engine, ContainerKind(), spec, state="absent", check=True).changed
    outcome = reconcile(engine, ContainerKind(), spec, state="absent")
    assert _verbs(outcome) == (["remove"] if state == "present" else ["stop", "remove"])
    assert (scratch.everything(), outcome.resource) == (set(), None)


def test_a_container_that_removes_itself_is_removed(
    engine: Engine, spec: ContainerSpec, scratch: Scratch, busybox: str
) -> None:
    config: Any = {"Image": busybox, "Cmd": SLEEP, "HostConfig": {"AutoRemove": True}}
    engine.containers.create(config, name=scratch.name())
    engine.containers.start(scratch.name())
    reconcile(engine, ContainerKind(), spec, state="absent")
    assert scratch.everything() == set()


def test_removing_a_missing_container_changes_nothing(engine: Engine, spec: ContainerSpec) -> None:
    assert not reconcile(engine, ContainerKind(), spec, state="absent").changed


def test_a_running_container_is_restarted_if_that_is_asked_for(
    engine: Engine, spec: ContainerSpec, untouched: Untouched
) -> None:
    reconcile(engine, ContainerKind(), spec, state="started")
    before = engine.containers.inspect(str(spec.name))["State"]["StartedAt"]
    kind = ContainerKind(restart=True)
    with untouched():
        assert reconcile(engine, kind, spec, state="started", check=True).changed
    assert _verbs(reconcile(engine, kind, spec, state="started")) == ["restart"]
    assert engine.containers.inspect(str(spec.name))["State"]["StartedAt"] != before


def test_a_container_that_was_just_started_is_not_restarted(
    engine: Engine, spec: ContainerSpec
) -> None:
    outcome = reconcile(engine, ContainerKind(restart=True), spec, state="started")
    assert _verbs(outcome) == ["create", "start"]


def test_a_container_is_replaced_whatever_it_is_if_that_is_asked_for(
    engine: Engine, spec: ContainerSpec
) -> None:
    reconcile(engine, ContainerKind(), spec, state="started")
    before = engine.containers.inspect(str(spec.name))["Id"]
    outcome = reconcile(engine, ContainerKind(recreate=True), spec, state="started")
    assert _verbs(outcome) == ["stop", "create", "start", "remove"]
    assert engine.containers.inspect(str(spec.name))["Id"] != before


@pytest.mark.pitfall(49)
def test_a_container_whose_id_begins_like_the_name_is_another_one(
    engine: Engine, spec: ContainerSpec, busybox: str, untouched: Untouched
) -> None:
    reconcile(engine, ContainerKind(), spec, state="present")
    prefix = engine.containers.inspect(str(spec.name))["Id"][:12]
    with untouched():
        other = ContainerSpec(prefix, busybox)
        outcome = reconcile(engine, ContainerKind(), other, state="present", check=True)
        gone = reconcile(engine, ContainerKind(), other, state="absent")
    assert (_verbs(outcome), gone.changed) == (["create"], False)


def test_nothing_to_do_takes_two_requests(
    engine: Engine, spec: ContainerSpec, busybox: str, counted: RequestLog
) -> None:
    reconcile(engine, ContainerKind(), spec, state="started")
    with Engine(counted.host, environ={}) as client:
        assert not reconcile(client, ContainerKind(), spec, state="started").changed
    assert counted.take() == [
        "GET /_ping",
        f"GET /containers/{spec.name}/json",
        f"GET /images/{busybox}%3Alatest/json",
    ]


def test_starting_a_new_container_takes_create_and_start_and_a_look(
    spec: ContainerSpec, counted: RequestLog
) -> None:
    with Engine(counted.host, environ={}) as client:
        reconcile(client, ContainerKind(), spec, state="started")
    assert counted.take() == [
        "GET /_ping",
        f"GET /containers/{spec.name}/json",
        "GET /images/busybox%3Alatest/json",
        "POST /containers/create",
        "POST /containers/ID/start",
        f"GET /containers/{spec.name}/json",
    ]


def test_a_missing_image_is_pulled_first(
    engine: Engine, scratch: Scratch, pushed: Callable[..., str], untouched: Untouched
) -> None:
    spec = ContainerSpec(scratch.name(), pushed(), command=SLEEP)
    with untouched():
        outcome = reconcile(engine, ContainerKind(), spec, state="present", check=True)
    assert _verbs(outcome) == ["pull", "create"]
    assert _verbs(reconcile(engine, ContainerKind(), spec, state="present")) == ["pull", "create"]
    reconcile(engine, ContainerKind(), spec, state="absent")


def test_an_image_that_cannot_be_pulled_leaves_nothing_behind(
    engine: Engine, scratch: Scratch
) -> None:
    spec = ContainerSpec(scratch.name(), "127.0.0.1:1/nothing")
    with pytest.raises(PullFailed, match="connection refused"):
        reconcile(engine, ContainerKind(), spec, state="started")
    assert scratch.everything() == set()


def test_a_container_without_a_name_cannot_be_brought_about(engine: Engine, busybox: str) -> None:
    with pytest.raises(InvalidInput, match="needs a name"):
        reconcile(engine, ContainerKind(), ContainerSpec(image=busybox))


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InvalidInput, match="pull: one of missing"):
        ContainerKind(pull="sometimes")


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 3_000_000])
def test_a_wait_that_cannot_be_is_refused_before_anything_is_stopped(seconds: float) -> None:
    with pytest.raises(InvalidInput, match=r"^removal_wait_timeout: .* from 0 to 2147483\.$"):
        ContainerKind(removal_timeout=seconds)


def test_a_network_is_no_part_of_a_container_that_goes(engine: Engine, scratch: Scratch) -> None:
    network = NetworkSpec(scratch.name("net"))
    engine.networks.create(network.to_engine())
    spec = ContainerSpec(scratch.name(), "busybox", networks=[network.name])
    reconcile(engine, ContainerKind(), spec, state="present")
    reconcile(engine, ContainerKind(), spec, state="absent")
    assert scratch.everything() == {f"network {network.name}"}
