"""The settings of a container: as wanted once it was made, and changed where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.container_settings import (
    IGNORED_BY_PODMAN,
    refuse_what_would_be_ignored,
)
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import Incompatible
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount
from pytest_engine.core.spec.policies import Healthcheck
from pytest_engine.core.spec.settings import SETTINGS

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched

pytestmark = pytest.mark.engine

_NULL = "/dev/null"

# setting -> (what is there, what is wanted then, whether the container is changed in place)
_CHANGES: list[tuple[str, Any, Any, bool]] = [
    ("user", "1000", "1001", False),
    ("working_dir", "/bin/", "/etc", False),
    ("hostname", None, "shop", False),
    ("domainname", "one.test", "two.test", False),
    ("tty", None, True, False),
    ("interactive", True, False, False),
    ("stop_signal", "SIGINT", "QUIT", False),
    ("stop_timeout", None, 3, False),
    ("init", None, True, False),
    ("groups", ["1"], ["2", "3"], False),
    ("auto_remove", None, True, False),
    ("privileged", True, False, False),
    ("capabilities", None, ["NET_ADMIN", "cap_sys_time"], False),
    ("cap_drop", ["MKNOD"], ["ALL"], False),
    ("security_opts", None, ["no-new-privileges:true"], False),
    ("read_only", False, True, False),
    ("masked_paths", ["/proc/kcore"], ["/proc/keys"], False),
    ("readonly_paths", ["/proc/bus"], ["/proc/fs"], False),
    ("sysctls", {"net.ipv4.ip_forward": 1}, {"net.ipv4.ip_forward": 0}, False),
    ("ulimits", ["nofile:64"], ["nofile:64:128", "nproc=7"], False),
    ("oom_killer", None, True, False),
    ("oom_score_adj", None, 100, False),
    ("pids_limit", 50, 60, True),
    ("cgroup_parent", None, "/tests", False),
    ("cgroupns_mode", "host", "private", False),
    ("ipc_mode", "private", "host", False),
    ("pid_mode", None, "host", False),
    ("userns_mode", None, "host", False),
    ("uts", None, "host", False),
    ("network_mode", None, "none", False),
    ("mac_address", "02:00:00:00:00:01", "02-00-00-00-00-0A", False),
    ("dns_servers", ["127.0.0.2"], ["127.0.0.3", "127.0.0.2"], False),
    ("dns_opts", None, ["ndots:2"], False),
    ("dns_search_domains", ["one.test", "two.test"], ["two.test", "one.test"], False),
    ("etc_hosts", {"a": "10.0.0.1"}, {"a": "10.0.0.2", "gate": "host-gateway"}, False),
    ("publish_all_ports", None, True, False),
    ("tmpfs", ["/run"], ["/run/:size=1m", "/tmp"], False),  # noqa: S108  # in the container
    ("shm_size", None, "32m", False),
    ("volume_driver", None, "local", False),
    ("devices", [_NULL], [f"{_NULL}:/dev/x:r"], False),
    ("device_cgroup_rules", None, ["c 13:* rwm"], False),
    ("device_read_bps", None, [{"path": _NULL, "rate": "1m"}], False),
    ("device_write_bps", [{"path": _NULL, "rate": "1m"}], [{"path": _NULL, "rate": 7}], False),
    ("device_read_iops", None, [{"path": _NULL, "rate": 10}], False),
    ("device_write_iops", None, [{"path": _NULL, "rate": 10}], False),
    ("cpu_period", 50_000, 60_000, True),
    ("cpu_quota", 50_000, 60_000, True),
    ("cpu_shares", 512, 256, True),
    ("cpu_shares", 512, 0, False),
    ("cpuset_cpus", None, "0", True),
    ("cpuset_mems", None, "0", True),
    ("memory_reservation", "16m", "32m", True),
    ("memory_swappiness", None, 10, False),
]

# Of which one has to be there, and what is wanted: more than a name and a value.
_ELSEWHERE = {
    "annotations": "needs API 1.43",
    "blkio_weight": "needs a kernel that can weigh",
    "cpu_realtime_period": "needs a kernel with real-time scheduling of groups",
    "cpu_realtime_runtime": "likewise",
    "device_requests": "needs a driver for devices",
    "kernel_memory": "see below",
    "links": "see below",
    "memory_swap": "see below",
    "runtime": "see below",
    "storage_opts": "needs a storage driver with options",
    "volumes_from": "see below",
}


# What Podman honours and does not tell, or does nothing about.
_UNTOLD = frozenset({"cgroupns_mode", "device_cgroup_rules", "sysctls", "userns_mode"})
_NO_PODMAN = pytest.mark.lacks("podman5", reason="it takes it and does nothing, or tells nothing")


def _apply(engine: Engine, spec: ContainerSpec, *, check: bool = False) -> Any:
    return reconcile(engine, ContainerKind(), spec, state="present", check=check)


def _change(
    engine: Engine, scratch: Scratch, untouched: Untouched, image: str, there: Any, wanted: Any
) -> tuple[list[str], bool]:
    """Make a container, make it again, change it; return what differed, and whether it stayed."""
    name = scratch.name()
    one = ContainerSpec(name, image, **there)
    made = _apply(engine, one).resource
    with untouched():
        assert _apply(engine, one).differences == ()
        other = ContainerSpec(name, image, **wanted)
        said = _apply(engine, other, check=True)
    outcome = _apply(engine, other)
    assert said.actions == outcome.actions
    with untouched():
        assert _apply(engine, other).differences == ()
    return [item.field for item in outcome.differences], outcome.resource["Id"] == made["Id"]


@pytest.mark.parametrize(
    ("field", "there", "wanted", "stays"),
    [
        pytest.param(*case, marks=_NO_PODMAN if case[0] in {*_UNTOLD, *IGNORED_BY_PODMAN} else ())
        for case in _CHANGES
    ],
)
def test_a_setting_that_differs_is_changed(
    field: str,
    there: Any,
    wanted: Any,
    stays: object,
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    untouched: Untouched,
) -> None:
    changed = _change(engine, scratch, untouched, busybox, {field: there}, {field: wanted})
    assert changed == ([field], stays)


def test_every_setting_is_tested() -> None:
    tested = {field for field, *_ in _CHANGES}
    assert sorted(tested | set(_ELSEWHERE)) == sorted(setting.name for setting in SETTINGS)


@pytest.mark.parametrize("field", sorted(_UNTOLD))
def test_a_setting_that_may_not_be_told_is_no_difference(
    field: str, engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    wanted: dict[str, Any] = next(
        {field: wanted} for name, _, wanted, _ in _CHANGES if name == field
    )
    spec = ContainerSpec(scratch.name(), busybox, **wanted)
    _apply(engine, spec)
    with untouched():
        assert _apply(engine, spec).differences == ()


def test_memory_and_swap_are_changed_together(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    changed = _change(
        engine,
        scratch,
        untouched,
        busybox,
        {"memory": "64m", "memory_swap": "96m"},
        {"memory": "128m", "memory_swap": "unlimited"},
    )
    assert changed == (["memory_swap", "memory"], True)


@_NO_PODMAN
def test_the_runtime_that_the_engine_takes_anyway_is_no_difference(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    _apply(engine, ContainerSpec(scratch.name(), busybox))
    assert not _apply(engine, ContainerSpec(scratch.name(), busybox, runtime="runc")).changed


@pytest.mark.lacks("podman5", reason="it warns of nothing")
def test_what_the_engine_says_to_a_setting_is_handed_on(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    # It keeps a limit of swap only where there is one of memory.
    outcome = _apply(
        engine,
        ContainerSpec(scratch.name(), busybox, privileged=True, ports=[80], network_mode="host"),
    )
    assert "port" in " ".join(outcome.warnings)
    assert all(warning.startswith("Docker warning: ") for warning in outcome.warnings)


@pytest.mark.lacks("podman5", reason="it has no links")
def test_links_and_volumes_of_others(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    other = scratch.name("other")
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "60"]}, name=other)
    engine.containers.start(other)
    changed = _change(
        engine,
        scratch,
        untouched,
        busybox,
        {"links": [other], "volumes_from": [f"{other}:ro"]},
        {"links": [f"{other}:db"], "volumes_from": [other]},
    )
    assert changed == (["links", "volumes_from"], False)


@pytest.mark.parametrize("mode", ["ipc_mode", "network_mode", "pid_mode"])
def test_a_mode_that_names_a_container_is_kept_by_its_id(
    mode: str, engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    other = scratch.name("other")
    host: Any = {"IpcMode": "shareable"}
    made = engine.containers.create(
        {"Image": busybox, "Cmd": ["sleep", "60"], "HostConfig": host}, name=other
    )
    engine.containers.start(other)
    stated: dict[str, Any] = {mode: f"container:{other}"}
    spec = ContainerSpec(scratch.name(), busybox, **stated)
    outcome = _apply(engine, spec)
    key = next(setting.key for setting in SETTINGS if setting.name == mode)
    assert outcome.resource["HostConfig"][key] == f"container:{made['Id']}"
    with untouched():
        assert _apply(engine, spec).differences == ()


@pytest.mark.parametrize(
    ("version", "stated", "words"),
    [
        ("1.41", {"networks": [NetworkAttachment("x", mac_address="02:00:00:00:00:01")]}, "1.44"),
        ("1.42", {"kernel_memory": "8m"}, "1.42 on"),
    ],
)
def test_what_an_engine_would_ignore_is_refused(
    version: str, stated: dict[str, Any], words: str
) -> None:
    spec = ContainerSpec("web", **stated)
    # Never spoken to.
    engine = Engine("unix:///nowhere.sock", api_version=version)
    with engine, pytest.raises(Incompatible, match=words):
        refuse_what_would_be_ignored(engine, spec)


@_NO_PODMAN
def test_kernel_memory_where_there_is_some(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    if engine.api_version != "1.41":
        pytest.skip("newer engines have no kernel memory")
    there = {"memory": "64m", "kernel_memory": "32m"}
    wanted = {"memory": "64m", "kernel_memory": "40m"}
    changed = _change(engine, scratch, untouched, busybox, there, wanted)
    assert changed == (["kernel_memory"], True)


# What is there, and what is wanted then, on engines of today.
_NEWER: list[tuple[str, Any, Any]] = [
    ("annotations", {"a": "1"}, {"a": "2"}),
    ("healthcheck", Healthcheck("true"), Healthcheck("true", start_interval="2s")),
    (
        "mounts",
        [Mount("/a", "/srv", "bind", read_only=True)],
        [Mount("/a", "/srv", "bind", read_only=True, read_only_non_recursive=True)],
    ),
    ("mounts", [], [Mount("/a", "/srv/made/for/it", "bind", create_mountpoint=True)]),
    ("mounts", [], [Mount("/a", type="tmpfs", tmpfs_options=[["noexec"]])]),
    ("mounts", [], [Mount("/a", "busybox", "image")]),
]


@pytest.mark.lacks("20.10", reason="needs API 1.43 to 1.47")
@pytest.mark.lacks("26.1", reason="needs API 1.43 to 1.47")
@pytest.mark.lacks("podman5", reason="needs API 1.43 to 1.47")
@pytest.mark.parametrize(("field", "there", "wanted"), _NEWER)
def test_what_newer_engines_have_is_changed(
    field: str,
    there: Any,
    wanted: Any,
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    untouched: Untouched,
) -> None:
    changed = _change(engine, scratch, untouched, busybox, {field: there}, {field: wanted})
    assert changed == ([field], False)


@pytest.mark.lacks("20.10", reason="needs API 1.48")
@pytest.mark.lacks("26.1", reason="needs API 1.48")
@pytest.mark.lacks("podman5", reason="needs API 1.48")
def test_how_a_container_is_on_a_network_is_changed(
    engine: Engine, scratch: Scratch, busybox: str, untouched: Untouched
) -> None:
    name = scratch.name("net")
    engine.networks.create({"Name": name})
    one = NetworkAttachment(name, mac_address="02:00:00:00:00:01", gateway_priority=1)
    other = NetworkAttachment(
        name,
        mac_address="02:00:00:00:00:02",
        gateway_priority=2,
        driver_options={
            "com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.log_martians=1"
        },
    )
    changed = _change(
        engine, scratch, untouched, busybox, {"networks": [one]}, {"networks": [other]}
    )
    assert changed == (["networks"], True)
