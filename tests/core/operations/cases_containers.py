"""Containers: each operation with an effect, or a value in its answer."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import (
    ApiError,
    BadRequest,
    ContainerNotFound,
    VolumeNotFound,
)
from tests.core.operations.cases import World, case
from tests.core.scripted import answer

if TYPE_CHECKING:
    from pytest_engine.core.api.output import OutputStream

TMP = "/tmp"  # noqa: S108  # in the container
DONE = answer(status="204 No Content")


def packed(**files: bytes) -> bytes:
    """Pack files, by their names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def said(stream: OutputStream) -> bytes:
    """Read what went to standard output, to the end."""
    with stream:
        return stream.read()[0]


def finished(world: World, *command: str, **config: Any) -> str:
    """Run a container to its end."""
    name = world.run(*command, **config)
    world.engine.containers.wait(name, timeout=60)
    return name


@case("ContainerList")
def listed(world: World) -> None:
    created, running = world.create(suffix="a"), world.run(suffix="b")
    filters = {"name": [created, running]}
    listing = world.engine.containers.list
    assert [one["Names"] for one in listing(filters=filters)] == [[f"/{running}"]]
    (newest,) = listing(all=True, filters=filters, limit=1, size=True)
    assert newest["Names"] == [f"/{running}"]
    assert (newest["SizeRootFs"] or 0) > 0


@case("ContainerCreate", "ContainerInspect")
def created(world: World) -> None:
    architecture = world.engine.images.inspect(world.image)["Architecture"]
    config: Any = {"Image": world.image, "Labels": {"a": "b"}}
    made = world.engine.containers.create(
        config, name=world.name(), platform=f"linux/{architecture}"
    )
    inspected = world.engine.containers.inspect(world.name(), size=True)
    assert (inspected["Id"], inspected["Name"]) == (made["Id"], f"/{world.name()}")
    assert (inspected["SizeRootFs"] or 0) > 0


@case("ContainerTop")
def processes(world: World) -> None:
    top = world.engine.containers.top(world.run("sleep", "1000"), ps_args="-o pid,args")
    assert top["Titles"] == ["PID", "COMMAND"]
    assert [row[1] for row in top["Processes"]] == ["sleep 1000"]


@pytest.mark.lacks("podman5", reason="its log lines have no details")
@case("ContainerLogs")
def logged(world: World) -> None:
    driver = {"Type": "json-file", "Config": {"labels": "purpose"}}
    name = finished(
        world,
        "sh",
        "-c",
        "echo 1; echo 2; echo err >&2",
        Labels={"purpose": "test"},
        HostConfig={"LogConfig": driver},
    )
    logs, detailed = world.engine.containers.logs, b"purpose=test 1\npurpose=test 2\n"
    assert said(logs(name, stderr=False, tail=3, details=True)) == detailed
    assert said(logs(name, since=timedelta(minutes=5), follow=True)) == b"1\n2\n"
    assert said(logs(name, until=1)) == b""
    stamped = said(logs(name, timestamps=True)).splitlines()
    assert [line.partition(b"Z ")[2] for line in stamped] == [b"1", b"2"]


@case("ContainerChanges", "ContainerExport")
def changed(world: World) -> None:
    name = finished(world, "touch", "/new")
    assert {"Path": "/new", "Kind": 1} in world.engine.containers.changes(name)
    with world.engine.containers.export(name) as stream:
        exported = io.BytesIO(b"".join(stream))
    with tarfile.open(fileobj=exported) as archive:
        assert archive.getmember("new").size == 0


@case("ContainerStats")
def measured(world: World) -> None:
    name = world.run()
    with world.engine.containers.stats(name, stream=False, one_shot=True) as records:
        (record,) = records
    assert (record["pids_stats"]["current"] or 0) >= 1


@case("ContainerResize")
def resized(world: World) -> None:
    name = world.run(Tty=True)
    world.engine.containers.resize(name, height=40, width=100)
    done = world.engine.exec.run(name, ["sh", "-c", "stty size < /proc/1/fd/0"])
    assert done.stdout.split() == [b"40", b"100"]


@case("ContainerStart")
def started(world: World) -> None:
    name = world.create()
    assert world.engine.containers.start(name, detach_keys="ctrl-a")
    assert world.engine.containers.inspect(name)["State"]["Running"]
    assert not world.engine.containers.start(name)


@pytest.mark.lacks("podman5", reason="it takes a checkpoint for nothing that is off")
@case("ContainerStart")
def started_from_a_checkpoint(world: World) -> None:
    with pytest.raises(BadRequest, match="checkpoint is only supported in experimental mode"):
        world.engine.containers.start(world.create(), checkpoint="c", checkpoint_dir="/srv")


@case("ContainerStop", "ContainerRestart")
def stopped(world: World) -> None:
    name = world.run()
    before = world.engine.containers.inspect(name)["State"]["StartedAt"]
    world.engine.containers.restart(name, timeout=60)
    after = world.engine.containers.inspect(name)["State"]
    assert (after["Running"], after["StartedAt"] == before) == (True, False)
    assert world.engine.containers.stop(name, timeout=60)
    assert world.engine.containers.inspect(name)["State"]["ExitCode"] == 0
    assert not world.engine.containers.stop(name)


@case("ContainerStop", "ContainerRestart")
def stopped_by_a_signal(world: World) -> None:
    with world.scripted(DONE, DONE) as (engine, server):
        assert engine.containers.stop("web", signal="INT", timeout=1)
        engine.containers.restart("web", signal="INT")
    targets = [request.target for request in server.requests]
    assert targets == [
        "/v1.55/containers/web/stop?t=1&signal=INT",
        "/v1.55/containers/web/restart?signal=INT",
    ]


@case("ContainerKill", "ContainerWait")
def killed(world: World) -> None:
    name = world.run("sleep", "1000")
    world.engine.containers.kill(name, signal="KILL")
    ended = world.engine.containers.wait(name, condition="not-running", timeout=60)
    assert ended["StatusCode"] == 137


@case("ContainerUpdate")
def updated(world: World) -> None:
    name = world.run()
    world.engine.containers.update(name, {"CpuShares": 512, "RestartPolicy": {"Name": "always"}})
    host = world.engine.containers.inspect(name)["HostConfig"]
    assert (host["CpuShares"], host["RestartPolicy"]["Name"]) == (512, "always")
    world.engine.containers.update(name, {"RestartPolicy": {"Name": "no"}})


@case("ContainerRename")
def renamed(world: World) -> None:
    name = world.create()
    world.engine.containers.rename(name, world.name("y"))
    assert world.engine.containers.inspect(world.name("y"))["Name"] == f"/{world.name('y')}"


@case("ContainerPause", "ContainerUnpause")
def paused(world: World) -> None:
    name = world.run()
    world.engine.containers.pause(name)
    assert world.engine.containers.inspect(name)["State"]["Status"] == "paused"
    world.engine.containers.unpause(name)
    assert world.engine.containers.inspect(name)["State"]["Status"] == "running"


def ready(world: World) -> str:
    """Start a container that says so, and repeats what it is told then."""
    name = world.run("sh", "-c", "echo ready; cat", OpenStdin=True, Tty=True)
    # What is said while an engine goes on from its log to the stream may be in neither of them.
    with world.engine.containers.logs(name, follow=True) as log:
        assert next(log.lines())[1].strip() == b"ready"
    return name


@case("ContainerAttach")
def attached(world: World) -> None:
    name = ready(world)
    with world.engine.containers.attach(
        name, stdin=True, stdout=True, stderr=True, stream=True, logs=True, detach_keys="ctrl-x"
    ) as process:
        lines = process.lines()
        assert next(lines) == ("stdout", b"ready")
        process.write(b"hello\n")
        assert next(lines) == ("stdout", b"hello")
        process.write(b"\x18")
        assert b"".join(line for _, line in lines).replace(b"hello", b"") in (
            b"",
            b"read escape sequence",
        )
    assert world.engine.containers.inspect(name)["State"]["Running"]


@pytest.mark.lacks("podman5", reason="Podman serves no websockets")
@case("ContainerAttachWebsocket")
def attached_by_websocket(world: World) -> None:
    name = ready(world)
    with world.engine.containers.attach_websocket(
        name, stream=True, logs=True, detach_keys="ctrl-x"
    ) as process:
        lines = process.lines()
        assert next(lines) == ("stdout", b"ready")
        process.write(b"hello\n")
        assert next(lines) == ("stdout", b"hello")


@case("ContainerAttachWebsocket")
def attached_by_websocket_in_part(world: World) -> None:
    missing = answer(b'{"message": "No such container: web"}', "404 Not Found")
    with world.scripted(missing) as (engine, server), pytest.raises(ContainerNotFound):
        engine.containers.attach_websocket("web", stdin=False)
    _path, _mark, query = server.requests[0].target.partition("?")
    assert query == "stdin=false&stdout=true&stderr=true&stream=true&logs=false"


@case("ContainerDelete")
def removed(world: World) -> None:
    name = world.run(Volumes={"/data": {}})
    (mount,) = world.engine.containers.inspect(name)["Mounts"]
    world.engine.containers.remove(name, force=True, volumes=True)
    with pytest.raises(ContainerNotFound):
        world.engine.containers.inspect(name)
    with pytest.raises(VolumeNotFound):
        world.engine.volumes.inspect(mount["Name"])


@pytest.mark.lacks("podman5", reason="it has no links between containers")
@case("ContainerDelete")
def unlinked(world: World) -> None:
    # tests/core/api/test_containers.py removes a link; its name has a slash in the path.
    with pytest.raises(ApiError, match="cannot remove the default link name"):
        world.engine.containers.remove(world.create(), link=True)


@case("PutContainerArchive", "ContainerArchive", "ContainerArchiveInfo")
def copied(world: World) -> None:
    # Engine 20.10 looks the user up on its own machine, where every Debian has this one.
    name = world.create(User="daemon")
    containers = world.engine.containers
    containers.put_archive(name, TMP, packed(data=b"1234"), copy_uid_gid=True)
    info = containers.archive_info(name, f"{TMP}/data")
    assert (info.kind, info.size) == ("file", 4)
    with containers.get_archive(name, f"{TMP}/data") as stream:
        copy = io.BytesIO(b"".join(stream))
    with tarfile.open(fileobj=copy) as archive:
        member = archive.getmember("data")
        assert (member.uid, member.gid) == (1, 1)
    with pytest.raises(ApiError, match=r"cannot overwrite directory|file exists"):
        containers.put_archive(name, "/", packed(tmp=b""), no_overwrite_dir_non_dir=True)


@case("ContainerPrune")
def pruned(world: World) -> None:
    label = {"prune": world.name()}
    ended, running = finished(world, "true", suffix="a", Labels=label), world.run(Labels=label)
    ended_id = world.engine.containers.inspect(ended)["Id"]
    done = world.engine.containers.prune(filters={"label": f"prune={world.name()}"})
    assert done["ContainersDeleted"] == [ended_id]
    assert world.engine.containers.inspect(running)["State"]["Running"]


@pytest.mark.lacks("podman5", reason="its Docker API has no checkpoints")
@case("CheckpointList", "CheckpointCreate", "CheckpointDelete")
def checkpoints_are_off(world: World) -> None:
    # tests/core/api/test_checkpoints.py has an engine that runs with --experimental.
    name, containers = world.run(), world.engine.containers
    for call in (
        lambda: containers.checkpoints(name, dir="/srv"),
        lambda: containers.create_checkpoint(name, {"CheckpointID": "c"}),
        lambda: containers.remove_checkpoint(name, "c", dir="/srv"),
    ):
        with pytest.raises(ApiError, match="experimental feature is disabled") as caught:
            call()
        assert caught.value.status == 501


@case("CheckpointList", "CheckpointCreate", "CheckpointDelete")
def checkpointed(world: World) -> None:
    listing = answer(b'[{"Name": "c"}]')
    with world.scripted(answer(status="201 Created"), listing, DONE) as (engine, server):
        engine.containers.create_checkpoint("web", {"CheckpointID": "c", "Exit": True})
        assert engine.containers.checkpoints("web", dir="/srv") == [{"Name": "c"}]
        engine.containers.remove_checkpoint("web", "c", dir="/srv")
    assert json.loads(server.requests[0].body) == {"CheckpointID": "c", "Exit": True}
