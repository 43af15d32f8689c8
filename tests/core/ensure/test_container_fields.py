"""The fields of a container: as wanted, changed in place, or changed by a new container."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.compare import Difference
from pytest_engine.core.ensure.container_fields import CONTAINER_FIELDS
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import EngineError
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount
from pytest_engine.core.spec.policies import Healthcheck, RestartPolicy
from pytest_engine.core.spec.settings import SETTINGS

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched

pytestmark = pytest.mark.engine

_NO_TEST = pytest.mark.lacks("podman5", reason="it drops a healthcheck that has no test of its own")
_NO_LOCAL = pytest.mark.lacks("podman5", reason="it has no log driver `local`")
_UNTOLD = pytest.mark.lacks("podman5", reason="it does not tell it")
_NO_BRIDGE = pytest.mark.lacks("podman5", reason="its own network is called `podman`")

# field -> (what is there, what is wanted then, whether the container is changed in place)
_CHANGES: list[tuple[str, Any, Any, bool]] = [
    ("command", ["sleep", "1"], "sleep 2", False),
    ("command", None, ["true"], False),
    ("entrypoint", ["sleep"], ["echo"], False),
    ("entrypoint", ["sleep"], [], False),
    ("entrypoint", ["sleep"], [""], False),
    ("env", {"A": "1"}, {"A": "2"}, False),
    ("env", {"A": "1"}, {"A": "1", "B": "2"}, False),
    ("ports", ["127.0.0.1::80"], ["127.0.0.1::81"], False),
    ("ports", [80], ["127.0.0.1::80"], False),
    ("ports", None, [80], False),
    ("exposed_ports", [80], ["53/udp"], False),
    ("mounts", [Mount("/a", type="tmpfs")], [Mount("/b", type="tmpfs")], False),
    ("volumes", ["/a"], ["/b"], False),
    ("volumes", ["/srv:/a"], ["/srv:/a:ro"], False),
    ("labels", {"a": "1"}, {"a": "2"}, False),
    ("healthcheck", Healthcheck("true"), Healthcheck("false"), False),
    ("healthcheck", Healthcheck("true", interval=1), Healthcheck("true", interval=2), False),
    ("healthcheck", Healthcheck("true"), Healthcheck("none"), False),
    ("user", "1000", "1001", False),
    ("working_dir", "/bin", "/etc", False),
    ("restart_policy", "always", "no", True),
    ("restart_policy", "unless-stopped", RestartPolicy("on-failure", 0), True),
    ("restart_retries", RestartPolicy("on-failure", 2), RestartPolicy("on-failure", 3), True),
    ("attached", True, False, False),
    ("log_driver", "local", "none", False),
    ("log_options", {"max-size": "1m"}, {"max-size": "2m", "max-file": 3}, False),
    ("memory", None, "64m", True),
    ("memory", "64m", "128m", True),
    ("memory", "128m", "64m", True),
    ("memory", "64m", 0, False),
    ("cpus", None, 0.5, True),
    ("cpus", 0.5, 1, True),
    ("cpus", 0.5, 0, False),
]

# What has to be as wanted the second time, whatever the engine makes of it.
_STATED: list[Any] = [
    *((field, wanted) for field, _, wanted, _ in _CHANGES),
    ("command", []),
    ("command", [""]),
    ("env", {}),
    ("env", {"A": "", "B": "a=b\n\u00fc"}),
    ("ports", []),
    ("ports", ["127.0.0.1::80", "127.0.0.1::53/udp", "127.0.0.1::80/sctp"]),
    ("ports", ["[::1]::80"]),
    ("ports", ["0.0.0.0::80"]),
    ("mounts", [Mount("/a/"), Mount("/b", "/srv", "bind", read_only=True, propagation="rslave")]),
    ("mounts", [Mount("/a", type="tmpfs", tmpfs_size=1 << 20, tmpfs_mode=0o700)]),
    ("mounts", [Mount("/a", no_copy=True, labels={"a": "1"}, volume_driver="local")]),
    ("mounts", []),
    ("volumes", ["/a/", "/srv/:/b:rw", "/srv:/c:ro,z"]),
    ("volumes", []),
    ("labels", {}),
    ("healthcheck", Healthcheck()),
    pytest.param("healthcheck", Healthcheck(interval=2), marks=_NO_TEST),
    ("healthcheck", Healthcheck(["true"], "1m", 0.5, "0s", 0)),
    ("healthcheck", Healthcheck("true", interval=0, retries=0)),
    ("user", ""),
    ("user", "0:0"),
    ("working_dir", "/bin/"),
    ("restart_policy", "unless-stopped"),
    ("memory", "6m"),
    ("memory", 6 * 1024**2 + 1),
    ("cpus", 1 / 3),
    ("networks", []),
    ("networks", ["none"]),
    ("networks", ["host"]),
    pytest.param("networks", ["bridge"], marks=_NO_BRIDGE),
]


# What Podman cannot be asked for, or does not tell.
_MARKS = {"attached": _UNTOLD, "log_driver": _NO_LOCAL, "log_options": _UNTOLD}


def _spec(scratch: Scratch, busybox: str, field: str, value: Any) -> ContainerSpec:
    # How often is part of the policy.
    field = {"restart_retries": "restart_policy"}.get(field, field)
    # Without the image's entrypoint there is no command of the image's either.
    stated: dict[str, Any] = {"command": ["true"]} if field == "entrypoint" else {}
    if field == "log_options":
        stated = {"log_driver": "json-file"}
    return ContainerSpec(scratch.name(), busybox, **{**stated, field: value})


def _apply(engine: Engine, spec: ContainerSpec, *, check: bool = False) -> Any:
    return reconcile(engine, ContainerKind(), spec, state="present", check=check)


@pytest.mark.parametrize(("field", "value"), _STATED)
def test_a_container_is_as_wanted_once_it_was_made(
    field: str, value: Any, engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    spec = _spec(scratch, busybox, field, value)
    _apply(engine, spec)
    with untouched():
        outcome = _apply(engine, spec)
    assert (outcome.changed, outcome.differences) == (False, ())


@pytest.mark.parametrize(
    ("field", "there", "wanted", "in_place"),
    [pytest.param(*case, marks=_MARKS.get(case[0], ())) for case in _CHANGES],
)
def test_a_field_that_differs_is_changed(
    field: str,
    there: Any,
    wanted: Any,
    in_place: bool,  # noqa: FBT001
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    untouched: Untouched,
) -> None:
    _apply(engine, _spec(scratch, busybox, field, there))
    before = engine.containers.inspect(scratch.name())["Id"]
    spec = _spec(scratch, busybox, field, wanted)
    with untouched():
        checked = _apply(engine, spec, check=True)
    outcome = _apply(engine, spec)
    assert outcome.actions == checked.actions
    assert [difference.field for difference in outcome.differences] == [field]
    assert outcome.before[field] != outcome.after[field]
    assert (engine.containers.inspect(scratch.name())["Id"] == before) == in_place
    assert not _apply(engine, spec).changed


def test_every_field_is_tested() -> None:
    tested = {field for field, *_ in _CHANGES} | {"networks", "image"}
    settings = {setting.name for setting in SETTINGS}
    assert tested == {field.name for field in CONTAINER_FIELDS} - settings | {"user", "working_dir"}


@pytest.mark.parametrize(
    "field",
    [
        pytest.param(field, marks=[_NO_LOCAL] if field == "log_driver" else [])
        for field in sorted({field for field, *_ in _CHANGES} | {"networks"})
    ],
)
def test_what_is_not_stated_is_left_alone(
    field: str, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    there = next((value for name, value, _, _ in _CHANGES if name == field and value), ["none"])
    spec = _spec(scratch, busybox, field, there)
    _apply(engine, spec)
    field = {"restart_retries": "restart_policy"}.get(field, field)
    assert not _apply(engine, replace(spec, **{field: None})).changed


def test_limits_are_changed_while_a_container_runs(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000", memory="64m")
    reconcile(engine, ContainerKind(), spec, state="started")
    before = engine.containers.inspect(scratch.name())
    wanted = replace(spec, memory="128m", cpus=0.5, restart_policy="always")
    outcome = reconcile(engine, ContainerKind(), wanted, state="started")
    after = engine.containers.inspect(scratch.name())
    assert [str(action) for action in outcome.actions] == [
        f"update restart_policy, memory, cpus of container {scratch.name()}"
    ]
    assert (after["Id"], after["State"]["StartedAt"]) == (
        before["Id"],
        before["State"]["StartedAt"],
    )
    assert after["HostConfig"]["MemorySwap"] == 256 * 1024**2


def test_another_image_is_a_new_container(engine: Engine, scratch: Scratch, busybox: str) -> None:
    other = scratch.name("image")
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL a=b"}, tags=[other])
    _apply(engine, ContainerSpec(scratch.name(), busybox))
    before = engine.containers.inspect(scratch.name())["Id"]
    outcome = _apply(engine, ContainerSpec(scratch.name(), other))
    assert [difference.field for difference in outcome.differences] == ["image"]
    assert engine.containers.inspect(scratch.name())["Id"] != before
    assert not _apply(engine, ContainerSpec(scratch.name(), other)).changed


def test_a_tag_that_moved_is_another_image(engine: Engine, scratch: Scratch, busybox: str) -> None:
    name = scratch.name("image")
    for label in ("a", "b"):
        engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL a={label}"}, tags=[name])
        assert _apply(engine, ContainerSpec(scratch.name(), name)).changed
        assert not _apply(engine, ContainerSpec(scratch.name(), name)).changed


def test_the_image_may_be_named_by_its_id(engine: Engine, scratch: Scratch, busybox: str) -> None:
    _apply(engine, ContainerSpec(scratch.name(), busybox))
    image_id = str(engine.images.inspect(busybox)["Id"])
    assert not _apply(engine, ContainerSpec(scratch.name(), image_id)).changed


def test_secrets_are_not_shown(engine: Engine, scratch: Scratch, busybox: str) -> None:
    env = {"DB_PASSWORD": "s3cr3t", "NAME": "shown"}
    mount = Mount("/data", type="volume", labels={"token": "s3cr3t"})
    spec = ContainerSpec(scratch.name(), busybox, env=env, mounts=[mount])
    created = _apply(engine, spec)
    changed = _apply(engine, replace(spec, env={**env, "DB_PASSWORD": "s3cr3t-too"}))
    masked = {"DB_PASSWORD": "********"}
    assert changed.differences == (Difference("env", masked, masked),)
    assert "s3cr3t" not in f"{created.after} {changed.before} {changed.after} {changed.actions}"
    assert created.after["env"]["NAME"] == "shown"
    assert created.after["mounts"][0]["VolumeOptions"] == {"Labels": {"token": "********"}}


# Networks


@pytest.fixture
def networks(engine: Engine, scratch: Scratch) -> list[str]:
    """Two networks, the first with a subnet of its own."""
    names = [scratch.name("one"), scratch.name("two")]
    ipam: Any = {"Config": [{"Subnet": "10.213.9.0/24"}]}
    engine.networks.create({"Name": names[0], "IPAM": ipam})
    engine.networks.create({"Name": names[1]})
    return names


@pytest.mark.parametrize("state", ["present", "started"])
def test_networks_are_as_wanted_once_a_container_is_on_them(
    state: str, engine: Engine, scratch: Scratch, busybox: str, networks: list[str]
) -> None:
    one = NetworkAttachment(networks[0], ["db", "cache"], "10.213.9.77")
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000", networks=[one, networks[1]])
    reconcile(engine, ContainerKind(), spec, state=state)
    assert not reconcile(engine, ContainerKind(), spec, state=state).changed


def test_networks_are_changed_while_a_container_runs(
    engine: Engine, scratch: Scratch, busybox: str, networks: list[str], untouched: Untouched
) -> None:
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000", networks=networks[:1])
    reconcile(engine, ContainerKind(), spec, state="started")
    before = engine.containers.inspect(scratch.name())["State"]["StartedAt"]
    attachments = [
        NetworkAttachment(networks[0], ["db"], "10.213.9.77"),
        NetworkAttachment(networks[1], ["other"]),
    ]
    wanted = replace(spec, networks=attachments)
    with untouched():
        reconcile(engine, ContainerKind(), wanted, state="started", check=True)
    outcome = reconcile(engine, ContainerKind(), wanted, state="started")
    assert [action.verb for action in outcome.actions] == ["connect", "connect"]
    after: Any = engine.containers.inspect(scratch.name())
    endpoints = after["NetworkSettings"]["Networks"]
    assert endpoints[networks[0]]["IPAddress"] == "10.213.9.77"
    assert "other" in endpoints[networks[1]]["Aliases"]
    assert after["State"]["StartedAt"] == before
    assert not reconcile(engine, ContainerKind(), wanted, state="started").changed


@pytest.mark.parametrize("network", ["host", "none"])
def test_a_container_moves_to_the_network_of_the_host_and_back(
    network: str, engine: Engine, scratch: Scratch, busybox: str, networks: list[str]
) -> None:
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000", networks=networks[:1])
    kind = ContainerKind(force_kill=True)
    for wanted in (spec, replace(spec, networks=[network]), spec):
        assert reconcile(engine, kind, wanted, state="started").changed
        assert not reconcile(engine, kind, wanted, state="started").changed


@pytest.mark.lacks("podman5", reason="it does not tell which address a container asked for")
def test_a_network_that_cannot_be_joined_leaves_the_ones_that_are(
    engine: Engine, scratch: Scratch, busybox: str, networks: list[str]
) -> None:
    spec = ContainerSpec(scratch.name(), busybox, command="sleep 1000", networks=networks[:1])
    reconcile(engine, ContainerKind(), spec, state="started")
    before: Any = engine.containers.inspect(scratch.name())
    impossible = NetworkAttachment(networks[0], ipv4_address="192.0.2.1")
    with pytest.raises(EngineError, match=r"192\.0\.2\.1"):
        reconcile(engine, ContainerKind(), replace(spec, networks=[impossible]), state="started")
    after: Any = engine.containers.inspect(scratch.name())
    ours = [entry["NetworkSettings"]["Networks"][networks[0]] for entry in (before, after)]
    assert ours[0]["IPAddress"] == ours[1]["IPAddress"]
    assert ours[1]["IPAMConfig"] in (None, {})
