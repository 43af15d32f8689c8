"""Whatever is asked for: once made it is as wanted, and what is changed is what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import Kind, reconcile
from pytest_engine.core.ensure.volumes import VolumeKind
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from pytest_engine.core.spec.policies import Healthcheck
from pytest_engine.core.spec.volume import VolumeSpec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched

pytestmark = pytest.mark.engine

# Properties, and values that differ from each other and from what an engine takes by itself.
_CONTAINER: dict[str, list[Any]] = {
    "auto_remove": [True],
    "cap_drop": [["MKNOD"], ["CHOWN", "cap_kill"]],
    "capabilities": [["NET_ADMIN"], ["SYS_TIME", "SYS_NICE"]],
    "command": [["sleep", "1"], "sleep 2", ["echo", "a b"]],
    "cpu_shares": [512, 256],
    "cpus": [0.5, 1.25],
    "devices": [["/dev/null"], ["/dev/null:/dev/x:r", "/dev/zero"]],
    "device_write_iops": [[{"path": "/dev/null", "rate": 3}], [{"path": "/dev/null", "rate": 4}]],
    "dns_servers": [["127.0.0.2"], ["127.0.0.3", "127.0.0.2"]],
    "domainname": ["one.test", "two.test"],
    "entrypoint": [["echo"], "sh -c"],
    "env": [{"A": "1"}, {"A": "2", "B": "x=y"}, {"C": "ü\n"}],
    "etc_hosts": [{"a": "10.0.0.1"}, {"a": "10.0.0.2", "b": "::1"}],
    "exposed_ports": [[70], ["71-73/udp"]],
    "groups": [["1"], ["2", "3"]],
    "healthcheck": [Healthcheck("true"), Healthcheck("false", "1m30s", 2, "0.5s", 4)],
    "hostname": ["one", "two"],
    "init": [True],
    "interactive": [True],
    "labels": [{"a": "1"}, {"a": "2", "b.c/d": ""}],
    "log_driver": ["local", "none"],
    "memory": ["64m", "1g", 7 * 1024**2 + 4096],
    "mounts": [
        [Mount("/m", type="tmpfs", tmpfs_size=1 << 20)],
        [Mount("/m", "/srv", "bind", read_only=True), Mount("/n")],
    ],
    "oom_score_adj": [7, 300],
    "pid_mode": ["host"],
    "pids_limit": [20, 30],
    "ports": [["127.0.0.1::80"], [81, "82-83/udp"], ["9990-9999:84", "[::1]::85/tcp"]],
    "privileged": [True],
    "read_only": [True],
    "restart_policy": ["unless-stopped", "always"],
    "security_opts": [["no-new-privileges"], ["seccomp=unconfined"]],
    "shm_size": ["1m", 2 << 20],
    "stop_signal": ["SIGINT", "QUIT"],
    "stop_timeout": [1, 0],
    "sysctls": [{"net.ipv4.ip_forward": 0}, {"net.ipv4.ip_forward": "1"}],
    "tmpfs": [["/t"], {"/t": "size=1m"}],
    "tty": [True],
    "ulimits": [["nofile:10"], ["nofile:10:20", "core:-1"]],
    "user": ["1", "2:3"],
    "volumes": [["/v"], ["/srv:/w:ro,z", "/x/"]],
    "working_dir": ["/bin/", "/etc/."],
}
_NETWORK: dict[str, list[Any]] = {
    "attachable": [True, False],
    "driver_options": [{"com.docker.network.bridge.enable_icc": "false"}, {"a": "b"}],
    "internal": [True, False],
    "ipam_config": [
        [IpamPool("10.249.201.0/24")],
        [IpamPool("10.249.202.0/24", "10.249.202.128/25", "10.249.202.9", {"x": "10.249.202.7"})],
    ],
    "labels": [{"a": "1"}, {"a": "2", "b": ""}],
}
_VOLUME: dict[str, list[Any]] = {
    "driver_options": [
        {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"},
        {"type": "tmpfs", "device": "tmpfs", "o": "size=2m"},
    ],
    "labels": [{"a": "1"}, {"a": "2", "b": ""}],
}
# What a container cannot have together, each with what then goes.
_NOT_WITH = {
    "auto_remove": "restart_policy",
    "privileged": "security_opts",
}


def _wishes(table: dict[str, list[Any]]) -> st.SearchStrategy[tuple[dict[str, Any], str, Any]]:
    """What is wanted, a property that is changed then, and its other value."""
    changeable = [name for name, values in table.items() if len(values) > 1]

    def wish(name: str) -> st.SearchStrategy[tuple[dict[str, Any], str, Any]]:
        others = {
            other: st.sampled_from(values)
            for other, values in table.items()
            if values and other != name
        }
        return st.tuples(
            st.fixed_dictionaries({}, optional=others),
            st.just(name),
            st.permutations(table[name]).map(lambda values: tuple(values[:2])),
        )

    return st.sampled_from(changeable).flatmap(wish)


def _hold(
    engine: Engine,
    scratch: Scratch,
    untouched: Untouched,
    kind: Kind[Any],
    specs: tuple[Any, Any],
    changed: str,
) -> None:
    there, wanted = specs
    with untouched():
        assert reconcile(engine, kind, there, check=True).changed
    assert reconcile(engine, kind, there).changed
    with untouched():
        again = reconcile(engine, kind, there)
        assert (again.changed, again.differences) == (False, ())
        said = reconcile(engine, kind, wanted, check=True)
    outcome = reconcile(engine, kind, wanted)
    # Of a list, each item that differs is named by itself.
    fields = {difference.field.partition("[")[0] for difference in outcome.differences}
    assert fields == {changed}
    assert said.actions == outcome.actions
    with untouched():
        assert reconcile(engine, kind, wanted).differences == ()
        assert reconcile(engine, kind, wanted, state="absent", check=True).changed
    assert reconcile(engine, kind, wanted, state="absent").changed
    assert scratch.everything() == set()


_bounded = settings(
    max_examples=25,
    deadline=None,
    # The fixtures hold no state of an example: each leaves nothing behind.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


# The tests of each field go over what it tells.
_NO_PODMAN = pytest.mark.lacks("podman5", reason="what it does not tell is no difference")


@_NO_PODMAN
@_bounded
@given(wish=_wishes(_CONTAINER))
def test_a_container_is_as_wanted(
    wish: tuple[dict[str, Any], str, Any],
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    untouched: Untouched,
) -> None:
    stated, changed, (one, other) = wish
    for name, loser in _NOT_WITH.items():
        if {name, loser} <= {*stated, changed}:
            stated = {k: v for k, v in stated.items() if k != (loser if changed != loser else name)}
    if "entrypoint" in {*stated, changed}:
        # Without the image's entrypoint there is no command of the image's either.
        stated.setdefault("command", ["a"])
    specs = tuple(
        ContainerSpec(scratch.name(), busybox, **{**stated, changed: value})
        for value in (one, other)
    )
    kind = ContainerKind(keep_volumes=False)
    _hold(engine, scratch, untouched, kind, (specs[0], specs[1]), changed)


@_NO_PODMAN
@_bounded
@given(wish=_wishes(_NETWORK))
def test_a_network_is_as_wanted(
    wish: tuple[dict[str, Any], str, Any], engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    stated, changed, (one, other) = wish
    specs = [NetworkSpec(scratch.name(), **{**stated, changed: value}) for value in (one, other)]
    _hold(engine, scratch, untouched, NetworkKind(), (specs[0], specs[1]), changed)


@_bounded
@given(wish=_wishes(_VOLUME))
def test_a_volume_is_as_wanted(
    wish: tuple[dict[str, Any], str, Any], engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    stated, changed, (one, other) = wish
    specs = [VolumeSpec(scratch.name(), **{**stated, changed: value}) for value in (one, other)]
    _hold(
        engine,
        scratch,
        untouched,
        VolumeKind(recreate="options-changed"),
        (specs[0], specs[1]),
        changed,
    )
