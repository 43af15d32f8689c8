"""Containers of a real engine: their life, their output, their files."""

from __future__ import annotations

import io
import tarfile
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.containers import encode_moment
from pytest_engine.core.errors import (
    BadRequest,
    Conflict,
    ContainerNotFound,
    ImageNotFound,
    InvalidInput,
    NotFound,
    PortInUse,
    Timeout,
)

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


def _status(engine: Engine, name: str) -> str:
    return str(engine.containers.inspect(name)["State"]["Status"])


def test_a_created_container_does_not_run(engine: Engine, create: Run) -> None:
    assert _status(engine, create()) == "created"


def test_starting_twice_starts_once(engine: Engine, create: Run) -> None:
    name = create()
    assert (engine.containers.start(name), engine.containers.start(name)) == (True, False)


def test_stopping_twice_stops_once(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "trap 'exit 0' TERM; echo ready; sleep 1000 & wait")
    # Before that, nothing hears the signal.
    with engine.containers.logs(name, follow=True) as output:
        assert next(output.lines()) == ("stdout", b"ready")
    assert (engine.containers.stop(name), engine.containers.stop(name)) == (True, False)
    assert engine.containers.inspect(name)["State"]["ExitCode"] == 0


@pytest.mark.pitfall(15)
def test_a_container_that_does_not_stop_is_killed_in_the_end(engine: Engine, run: Run) -> None:
    name = run("sleep", "1000")
    engine.containers.stop(name, timeout=0)
    assert engine.containers.inspect(name)["State"]["ExitCode"] == 137


def test_a_signal_reaches_the_process(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "trap 'exit 7' USR1; echo ready; sleep 1000 & wait")
    with engine.containers.logs(name, follow=True) as output:
        assert next(output.lines()) == ("stdout", b"ready")
    engine.containers.kill(name, signal="USR1")
    assert engine.containers.wait(name, timeout=60)["StatusCode"] == 7


def test_a_container_that_does_not_run_cannot_be_killed(engine: Engine, create: Run) -> None:
    with pytest.raises(Conflict, match=r"is not running|only kill running"):
        engine.containers.kill(create())


@pytest.mark.smoke
def test_a_restart_begins_anew(engine: Engine, run: Run) -> None:
    name = run()
    before = engine.containers.inspect(name)["State"]["StartedAt"]
    engine.containers.restart(name)
    state = engine.containers.inspect(name)["State"]
    assert (state["Running"], state["StartedAt"] != before) == (True, True)


def test_a_container_is_frozen_and_goes_on(engine: Engine, run: Run) -> None:
    name = run()
    engine.containers.pause(name)
    assert _status(engine, name) == "paused"
    engine.containers.unpause(name)
    assert _status(engine, name) == "running"


def test_a_container_gets_another_name(engine: Engine, create: Run, scratch: Scratch) -> None:
    engine.containers.rename(create(), scratch.name("y"))
    assert scratch.everything() == {f"container {scratch.name('y')}"}


def test_limits_of_a_running_container_are_changed(engine: Engine, run: Run) -> None:
    name = run()
    engine.containers.update(name, {"Memory": 64 << 20, "MemorySwap": 128 << 20})
    assert engine.containers.inspect(name)["HostConfig"]["Memory"] == 64 << 20


def test_a_container_is_removed(engine: Engine, create: Run, scratch: Scratch) -> None:
    engine.containers.remove(create())
    assert scratch.everything() == set()


def test_a_running_container_is_removed_only_by_force(
    engine: Engine, run: Run, scratch: Scratch
) -> None:
    name = run()
    with pytest.raises(Conflict, match=r"cannot remove .*container"):
        engine.containers.remove(name)
    engine.containers.remove(name, force=True)
    assert scratch.everything() == set()


@pytest.mark.smoke
def test_containers_are_listed_by_filters(engine: Engine, create: Run, run: Run) -> None:
    created = create(suffix="a", Labels={"k": "v"})
    running = run(suffix="b", Labels={"k": "v"})
    mine = {"name": [created, running]}

    def names(**arguments: object) -> list[str]:
        listed = engine.containers.list(**arguments)  # type: ignore[arg-type]
        return sorted(entry["Names"][0] for entry in listed)

    assert names(filters=mine) == [f"/{running}"]
    assert names(filters=mine, all=True) == [f"/{created}", f"/{running}"]
    assert names(filters={**mine, "status": "created"}, all=True) == [f"/{created}"]
    assert names(filters={**mine, "label": "k=other"}, all=True) == []
    assert names(filters=mine, limit=1) == [f"/{running}"]


def test_the_size_is_told_if_asked_for(engine: Engine, create: Run) -> None:
    name = create()
    assert "SizeRw" in engine.containers.inspect(name, size=True)
    assert "SizeRw" not in engine.containers.inspect(name)


# Waiting


@pytest.mark.smoke
def test_waiting_tells_the_exit_code(engine: Engine, run: Run) -> None:
    assert engine.containers.wait(run("sh", "-c", "exit 3"), timeout=60)["StatusCode"] == 3


def test_waiting_for_what_does_not_end_is_a_timeout(engine: Engine, run: Run) -> None:
    name = run()
    with pytest.raises(Timeout, match=f"{name} did not reach not-running within 0.2 s"):
        engine.containers.wait(name, timeout=0.2)


def test_waiting_for_the_removal_ends_with_it(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "sleep 1; exit 5", HostConfig={"AutoRemove": True})
    answer = engine.containers.wait(name, condition="removed", timeout=60)
    assert answer["StatusCode"] == 5
    with pytest.raises(ContainerNotFound):
        engine.containers.inspect(name)


# Output


@pytest.mark.smoke
def test_output_is_told_apart_by_stream(engine: Engine, finished: Run) -> None:
    name = finished("sh", "-c", "echo out; echo err >&2")
    with engine.containers.logs(name) as output:
        assert output.read() == (b"out\n", b"err\n")


@pytest.mark.parametrize(
    ("stdout", "stderr", "expected"),
    [(True, False, (b"out\n", b"")), (False, True, (b"", b"err\n"))],
)
def test_one_stream_alone_is_read(
    stdout: bool,  # noqa: FBT001
    stderr: bool,  # noqa: FBT001
    expected: tuple[bytes, bytes],
    engine: Engine,
    finished: Run,
) -> None:
    name = finished("sh", "-c", "echo out; echo err >&2")
    with engine.containers.logs(name, stdout=stdout, stderr=stderr) as output:
        assert output.read() == expected


def test_no_stream_at_all_is_refused(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="choose stdout, stderr or both"):
        engine.containers.logs("any", stdout=False, stderr=False)


@pytest.mark.parametrize(
    ("tail", "expected"), [(None, b"1\n2\n3\n"), (2, b"2\n3\n"), (0, b""), (9, b"1\n2\n3\n")]
)
def test_the_last_lines_are_read(
    tail: int | None, expected: bytes, engine: Engine, finished: Run
) -> None:
    name = finished("seq", "3")
    with engine.containers.logs(name, tail=tail) as output:
        assert output.read()[0] == expected


@pytest.mark.pitfall(8)
def test_a_terminal_has_one_stream_without_frames(engine: Engine, finished: Run) -> None:
    name = finished("sh", "-c", "echo out; echo err >&2", Tty=True)
    with engine.containers.logs(name) as output:
        assert output.read() == (b"out\r\nerr\r\n", b"")


def _moments(engine: Engine, name: str) -> list[tuple[datetime, bytes]]:
    """Return when each line was logged, to the microsecond below."""
    with engine.containers.logs(name, timestamps=True) as output:
        lines = [line.partition(b" ") for _, line in output.lines()]
    return [
        (datetime.strptime(f"{time.decode()[:26]}+0000", "%Y-%m-%dT%H:%M:%S.%f%z"), text)
        for time, _, text in lines
    ]


@pytest.mark.lacks("podman5", reason="times in front of its log lines are whole seconds")
def test_lines_carry_their_time_if_asked_for(engine: Engine, finished: Run) -> None:
    begin = datetime.now(timezone.utc) - timedelta(seconds=1)
    ((moment, text),) = _moments(engine, finished("echo", "hello"))
    assert text == b"hello"
    assert begin < moment < begin + timedelta(minutes=1)


@pytest.mark.pitfall(40)
@pytest.mark.lacks("podman5", reason="times in front of its log lines are whole seconds")
def test_output_is_read_since_and_until_a_moment(engine: Engine, finished: Run) -> None:
    # More than the microsecond that a datetime can tell lies between the lines.
    name = finished("sh", "-c", "echo 1; sleep 0.1; echo 2; sleep 0.1; echo 3")
    (_, _), (second, _), (third, _) = _moments(engine, name)
    with engine.containers.logs(name, since=second) as output:
        assert output.read()[0] == b"2\n3\n"
    with engine.containers.logs(name, until=third) as output:
        assert output.read()[0] == b"1\n2\n"
    with engine.containers.logs(name, since=second, until=third) as output:
        assert output.read()[0] == b"2\n"
    with engine.containers.logs(name, since=second.astimezone(timezone(timedelta(hours=5)))) as o:
        assert o.read()[0] == b"2\n3\n"


def test_output_is_followed_until_the_container_ends(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "echo 1; sleep 0.3; echo 2")
    with engine.containers.logs(name, follow=True) as output:
        assert [line for _, line in output.lines()] == [b"1", b"2"]


def test_closing_ends_a_reader_that_follows(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "echo ready; sleep 1000")
    ready = threading.Event()
    with engine.containers.logs(name, follow=True) as output:

        def follow() -> None:
            for _ in output.lines():
                ready.set()

        reader = threading.Thread(target=follow)
        reader.start()
        assert ready.wait(60)
        output.close()
        reader.join(1)
        assert not reader.is_alive()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (5, "5"),
        (0, "0"),
        (1.5, "1.500000000"),
        ("10m", "10m"),
        (datetime(2024, 1, 2, 3, 4, 5, 678901, timezone.utc), "1704164645.678901000"),
        (datetime(2024, 1, 2, 3, 4, 5, 0, timezone(timedelta(hours=1))), "1704161045.000000000"),
        (datetime(1970, 1, 1, tzinfo=timezone.utc), "0.000000000"),
    ],
)
@pytest.mark.pitfall(40)
def test_a_moment_is_written_as_the_engine_takes_it(
    moment: datetime | float | str, expected: str
) -> None:
    assert encode_moment(moment) == expected


@pytest.mark.parametrize(
    "moment",
    [
        -1,
        -0.5,
        float("nan"),
        float("inf"),
        datetime(2024, 1, 1),  # noqa: DTZ001  # the point
        datetime(1969, 12, 31, 23, 59, 59, 500000, timezone.utc),
    ],
)
@pytest.mark.pitfall(40)
def test_a_moment_that_cannot_be_is_refused(moment: datetime | float) -> None:
    with pytest.raises(InvalidInput):
        encode_moment(moment)


# Files


def _tar(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


@pytest.mark.parametrize("as_file", [False, True])
@pytest.mark.smoke
def test_files_go_into_a_container_and_come_back(
    as_file: bool,  # noqa: FBT001
    engine: Engine,
    create: Run,
) -> None:
    name, data = create(), bytes(range(256)) * 8000
    packed = _tar("data.bin", data)
    engine.containers.put_archive(name, "/tmp", io.BytesIO(packed) if as_file else packed)  # noqa: S108
    archive = io.BytesIO(b"".join(engine.containers.get_archive(name, "/tmp/data.bin")))  # noqa: S108
    with tarfile.open(fileobj=archive) as unpacked:
        file = unpacked.extractfile("data.bin")
        assert file is not None
        assert file.read() == data


@pytest.mark.lacks("podman5", reason="its error does not name the path")
def test_a_file_that_does_not_exist_is_an_error_that_names_it(engine: Engine, create: Run) -> None:
    with pytest.raises(NotFound, match="/none"):
        engine.containers.get_archive(create(), "/none")


@pytest.mark.lacks("podman5", reason="it makes the folder")
def test_a_folder_that_does_not_exist_takes_no_files(engine: Engine, create: Run) -> None:
    with pytest.raises(NotFound, match="/none"):
        engine.containers.put_archive(create(), "/none", _tar("a", b""))


# Refusals, as the engine words them


def test_a_container_that_does_not_exist_is_told_from_other_things(engine: Engine) -> None:
    for call in (
        engine.containers.inspect,
        engine.containers.start,
        engine.containers.stop,
        engine.containers.remove,
        engine.containers.wait,
        engine.containers.logs,
        lambda name: engine.containers.get_archive(name, "/"),
        lambda name: engine.exec.create(name, {"Cmd": ["true"]}),
    ):
        with pytest.raises(ContainerNotFound, match=r"(?i)no (such )?container"):
            call("no-such-one")


@pytest.mark.smoke
def test_a_name_that_is_taken_is_a_conflict(create: Run) -> None:
    create()
    with pytest.raises(Conflict, match="is already in use by"):
        create()


def test_a_missing_image_is_told_from_a_missing_container(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound, match="Pull, build or load the image first"):
        engine.containers.create({"Image": scratch.name("image")}, name=scratch.name())


@pytest.mark.lacks("podman5", reason="it takes a working directory that is no path")
def test_a_configuration_that_cannot_be_is_a_bad_request(create: Run) -> None:
    with pytest.raises(BadRequest, match="working directory 'here' is invalid"):
        create(WorkingDir="here")


def test_a_port_that_another_container_has_is_in_use(engine: Engine, run: Run, create: Run) -> None:
    def publishing(binding: object) -> dict[str, Any]:
        return {
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": {"80/tcp": [binding]}},
        }

    name = run(suffix="a", **publishing({"HostIp": "127.0.0.1"}))
    settings: Any = engine.containers.inspect(name)["NetworkSettings"]
    other = create(suffix="b", **publishing(settings["Ports"]["80/tcp"][0]))
    with pytest.raises(PortInUse, match=r"already (allocated|in use)"):
        engine.containers.start(other)
