"""The life of containers: started, stopped, waited for, removed, and what is told of it."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import Conflict, ContainerNotFound, EngineError, Timeout
from pytest_engine.core.runtime import (
    ContainerListOptions,
    ContainerRemoveOptions,
    ContainerStartOptions,
    ContainerStatusOptions,
    ContainerStopOptions,
    ContainerWaitOptions,
    WaitCondition,
)
from tests.core.runtime.conftest import SLEEP

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch
    from tests.core.runtime.conftest import Make

pytestmark = pytest.mark.engine

# Hears two signals, and says so by its exit code.
_HEARS = "trap 'exit 3' INT; trap 'exit 4' TERM; echo ready; sleep 1000 & wait"
_DEAF = "trap '' INT TERM; echo ready; while :; do sleep 1; done"
_WAIT = ContainerWaitOptions()


@pytest.fixture
def ready(engine: Engine, run: Make) -> Make:
    """Start containers, and wait until they hear signals."""

    def ready(script: str, **config: Any) -> str:
        name = run(script, **config)
        with engine.containers.logs(name, follow=True, stderr=False) as log:
            assert next(log.lines()) == ("stdout", b"ready")
        return name

    return ready


# Start


@pytest.mark.smoke
def test_a_container_is_started_and_one_that_runs_is_left(runtime: Runtime, create: Make) -> None:
    name = create()
    runtime.container_start(name)
    assert runtime.container_status(name).status == "running"
    runtime.container_start(name, ContainerStartOptions())
    assert runtime.container_status(name).status == "running"


def test_what_is_not_there_is_not_found(runtime: Runtime, scratch: Scratch) -> None:
    name = scratch.name("none")
    for call in (
        runtime.container_start,
        runtime.container_stop,
        runtime.container_remove,
        runtime.container_status,
    ):
        with pytest.raises(ContainerNotFound):
            call(name)
    with pytest.raises(ContainerNotFound):
        runtime.container_wait(name, _WAIT)
    with pytest.raises(ContainerNotFound):
        runtime.container_stop(name, ContainerStopOptions(signal="SIGINT"))


# Stop


@pytest.mark.smoke
def test_a_container_is_stopped_and_one_that_has_ended_is_left(
    runtime: Runtime, ready: Make
) -> None:
    name = ready(_HEARS)
    runtime.container_stop(name)
    assert runtime.container_status(name).exit_code == 4
    runtime.container_stop(name)
    runtime.container_stop(name, ContainerStopOptions(signal="SIGINT"))
    assert runtime.container_status(name).exit_code == 4


def test_its_own_signal_stops_it_where_none_is_stated(runtime: Runtime, ready: Make) -> None:
    name = ready(_HEARS, StopSignal="SIGINT")
    runtime.container_stop(name)
    assert runtime.container_status(name).exit_code == 3


@pytest.mark.smoke
@pytest.mark.parametrize("signal", ["SIGINT", "INT", "2"])
def test_a_container_is_stopped_by_a_signal(signal: str, runtime: Runtime, ready: Make) -> None:
    name = ready(_HEARS)
    begin = time.monotonic()
    runtime.container_stop(name, ContainerStopOptions(signal=signal))
    assert runtime.container_status(name).exit_code == 3
    assert time.monotonic() - begin < 9


@pytest.mark.parametrize("signal", [None, "SIGINT"])
def test_a_container_that_does_not_hear_is_killed(
    signal: str | None, runtime: Runtime, ready: Make
) -> None:
    name = ready(_DEAF)
    begin = time.monotonic()
    runtime.container_stop(name, ContainerStopOptions(signal=signal, timeout=1))
    assert 1 <= time.monotonic() - begin < 9
    assert runtime.container_status(name).exit_code == 137


@pytest.mark.parametrize("signal", [None, "SIGINT"])
def test_no_patience_kills_at_once(signal: str | None, runtime: Runtime, ready: Make) -> None:
    name = ready(_DEAF)
    begin = time.monotonic()
    runtime.container_stop(name, ContainerStopOptions(signal=signal, timeout=0))
    assert time.monotonic() - begin < 5
    assert runtime.container_status(name).exit_code == 137


@pytest.mark.parametrize("signal", [None, "SIGINT"])
def test_its_own_patience_counts_where_none_is_stated(
    signal: str | None, runtime: Runtime, ready: Make
) -> None:
    name = ready(_DEAF, StopTimeout=1)
    begin = time.monotonic()
    runtime.container_stop(name, ContainerStopOptions(signal=signal))
    assert 1 <= time.monotonic() - begin < 9
    assert runtime.container_status(name).exit_code == 137


@pytest.mark.parametrize("signal", [None, "SIGINT"])
def test_endless_patience_kills_nobody(signal: str | None, runtime: Runtime, ready: Make) -> None:
    slow = "trap 'sleep 2; exit 5' INT TERM; echo ready; sleep 1000 & wait"
    name = ready(slow, StopTimeout=1)
    runtime.container_stop(name, ContainerStopOptions(signal=signal, timeout=-1))
    assert runtime.container_status(name).exit_code == 5


@pytest.mark.parametrize("own_signal", [None, "SIGTERM", "SIGQUIT"])
def test_a_policy_does_not_start_again_what_was_stopped_by_a_signal(
    own_signal: str | None, runtime: Runtime, ready: Make
) -> None:
    stop = {} if own_signal is None else {"StopSignal": own_signal}
    name = ready(_HEARS, HostConfig={"RestartPolicy": {"Name": "always"}}, **stop)
    runtime.container_stop(name, ContainerStopOptions(signal="SIGINT"))
    # Engines start again after 100 ms.
    with pytest.raises(Timeout):
        runtime.container_wait(name, ContainerWaitOptions(WaitCondition.NEXT_EXIT), timeout=1)
    assert runtime.container_status(name).status == "exited"


def test_a_container_that_goes_when_it_ends_is_stopped_by_a_signal(
    runtime: Runtime, ready: Make
) -> None:
    name = ready(_HEARS, HostConfig={"AutoRemove": True})
    runtime.container_stop(name, ContainerStopOptions(signal="SIGINT"))
    with contextlib.suppress(ContainerNotFound):
        runtime.container_wait(name, ContainerWaitOptions(WaitCondition.REMOVED), timeout=60)
    with pytest.raises(ContainerNotFound):
        runtime.container_status(name)


def test_a_signal_that_is_none_is_refused(runtime: Runtime, ready: Make) -> None:
    name = ready(_HEARS)
    with pytest.raises(EngineError, match=r"(?i)signal"):  # engines differ in its kind
        runtime.container_stop(name, ContainerStopOptions(signal="SIGNONSENSE"))
    assert runtime.container_status(name).status == "running"


# Wait


@pytest.mark.smoke
def test_the_end_of_a_container_is_waited_for(runtime: Runtime, run: Make) -> None:
    assert runtime.container_wait(run("sleep 0.3; exit 5"), _WAIT, timeout=60) == 5


def test_one_that_has_ended_is_not_waited_for(runtime: Runtime, finished: Make) -> None:
    assert runtime.container_wait(finished("exit 6"), _WAIT, timeout=60) == 6


def test_the_next_end_is_waited_for(runtime: Runtime, engine: Engine, finished: Make) -> None:
    name = finished("echo x >> /runs; exit $(wc -l < /runs)")
    starter = threading.Timer(0.5, engine.containers.start, [name])
    starter.start()
    condition = ContainerWaitOptions(WaitCondition.NEXT_EXIT)
    assert runtime.container_wait(name, condition, timeout=60) == 2
    starter.join()


def test_the_removal_is_waited_for(runtime: Runtime, engine: Engine, finished: Make) -> None:
    name = finished("exit 7")
    remover = threading.Timer(0.5, engine.containers.remove, [name])
    remover.start()
    condition = ContainerWaitOptions(WaitCondition.REMOVED)
    assert runtime.container_wait(name, condition, timeout=60) == 7
    remover.join()
    with pytest.raises(ContainerNotFound):
        runtime.container_status(name)


def test_a_wait_ends_in_time(runtime: Runtime, run: Make) -> None:
    with pytest.raises(Timeout):
        runtime.container_wait(run(), _WAIT, timeout=0.3)


# Remove


@pytest.mark.smoke
def test_a_container_that_runs_is_removed_by_force_only(
    runtime: Runtime, scratch: Scratch, run: Make
) -> None:
    name = run()
    with pytest.raises(Conflict):
        runtime.container_remove(name)
    assert runtime.container_status(name).status == "running"
    runtime.container_remove(name, ContainerRemoveOptions(force=True))
    assert scratch.everything() == set()


def test_a_container_that_does_not_run_is_just_removed(
    runtime: Runtime, scratch: Scratch, finished: Make
) -> None:
    runtime.container_remove(finished("true"))
    assert scratch.everything() == set()


@pytest.mark.parametrize("with_them", [True, False])
def test_its_own_volumes_are_removed_if_asked(
    with_them: bool,  # noqa: FBT001
    runtime: Runtime,
    engine: Engine,
    scratch: Scratch,
    create: Make,
) -> None:
    named = {"Type": "volume", "Source": scratch.name("v"), "Target": "/named"}
    name = create(Volumes={"/own": {}}, HostConfig={"Mounts": [named]})
    mounts: Any = engine.containers.inspect(name).get("Mounts")
    (own,) = [mount["Name"] for mount in mounts if mount["Destination"] == "/own"]
    runtime.container_remove(name, ContainerRemoveOptions(remove_volumes=with_them))
    listed = [volume["Name"] for volume in engine.volumes.list().get("Volumes") or ()]
    assert (own in listed) is not with_them
    assert scratch.name("v") in listed
    if not with_them:
        engine.volumes.remove(own)


# Status and lists


@pytest.mark.smoke
def test_the_state_of_a_container_is_told(runtime: Runtime, engine: Engine, create: Make) -> None:
    name = create("trap 'exit 9' TERM; sleep 1000 & wait")
    status = runtime.container_status(name)
    assert (status.id, status.status) == (engine.containers.inspect(name)["Id"], "created")
    assert (status.ip_address, status.exit_code) == ("", None)
    runtime.container_start(name)
    status = runtime.container_status(name, ContainerStatusOptions())
    assert (status.status, status.exit_code, status.size_rw) == ("running", None, None)
    assert engine.exec.run(name, ["hostname", "-i"]).stdout.decode().split() == [status.ip_address]
    engine.containers.pause(name)
    assert runtime.container_status(name).status == "paused"
    engine.containers.unpause(name)
    runtime.container_stop(name)
    status = runtime.container_status(name)
    assert (status.status, status.ip_address, status.exit_code) == ("exited", "", 9)


@pytest.mark.lacks("podman5", reason="NetworkMode is bridge on every network")
def test_the_address_is_the_one_on_its_network(
    runtime: Runtime, engine: Engine, scratch: Scratch, create: Make
) -> None:
    for suffix in ("a", "z"):
        engine.networks.create({"Name": scratch.name(suffix)})
    name = create(HostConfig={"NetworkMode": scratch.name("z")})
    engine.networks.connect(scratch.name("a"), name)
    runtime.container_start(name)
    networks: Any = engine.containers.inspect(name).get("NetworkSettings")
    expected = networks["Networks"][scratch.name("z")]["IPAddress"]
    assert runtime.container_status(name).ip_address == expected != ""
    runtime.container_remove(name, ContainerRemoveOptions(force=True))


def test_the_size_is_told_if_asked(runtime: Runtime, finished: Make) -> None:
    name = finished("head -c 300000 /dev/zero > /file")
    status = runtime.container_status(name, ContainerStatusOptions(size=True))
    assert status.size_rw is not None
    assert status.size_root_fs is not None
    assert 300_000 <= status.size_rw < 1_000_000 < status.size_root_fs


@pytest.mark.smoke
def test_containers_are_listed(runtime: Runtime, scratch: Scratch, run: Make, create: Make) -> None:
    run(suffix="running", Labels={"a": "1", "b": "1"})
    create(suffix="created", Labels={"a": "2", "b": "1"})
    create(suffix="other", Labels={"a": "3", "b": "2"})
    prefix = scratch.name("")

    def listed(*, all: bool, **filters: str | list[str]) -> set[str]:
        options = ContainerListOptions(all=all, filters={"name": prefix, **filters})
        found = runtime.container_list(options).containers
        return {name.replace(prefix, "") for one in found for name in one.names}

    assert listed(all=False) == {"running"}
    assert listed(all=True) == {"running", "created", "other"}
    # Values of a key are joined by OR, keys by AND.
    assert listed(all=True, status=["running", "created"]) == {"running", "created", "other"}
    assert listed(all=True, status="created") == {"created", "other"}
    assert listed(all=True, status=["created", "exited"], label="b=1") == {"created"}


def test_a_listed_container_has_its_state_twice(runtime: Runtime, run: Make, busybox: str) -> None:
    name = run(SLEEP, Labels={"shape": "round"})
    (listed,) = runtime.container_list(ContainerListOptions(filters={"name": name})).containers
    assert listed.status == "running"
    assert listed.state.startswith("Up ")
    assert listed.image.endswith((busybox, f"{busybox}:latest"))
    assert listed.labels["shape"] == "round"
    assert listed.id == runtime.container_status(name).id


def test_all_is_listed_where_nothing_is_stated(runtime: Runtime, run: Make) -> None:
    name = run()
    assert [one for one in runtime.container_list().containers if name in one.names]
