"""Commands in containers that a runtime runs, and logs that it reads."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import Conflict, ContainerNotFound, Timeout
from pytest_engine.core.moment import parse_moment
from pytest_engine.core.runtime import (
    ContainerExecOptions,
    ContainerExecResult,
    ContainerLogsOptions,
)

if TYPE_CHECKING:
    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch
    from tests.core.runtime.conftest import Make

pytestmark = pytest.mark.engine

_BOTH = ["sh", "-c", "echo out; echo err >&2; exit 3"]
_TWO = "echo out; echo err >&2"


# Commands


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stdout", "stderr", "expected"),
    [
        (True, True, (b"out\n", b"err\n")),
        (True, False, (b"out\n", b"")),
        (False, True, (b"", b"err\n")),
        (False, False, (b"", b"")),
    ],
)
def test_a_command_returns_the_output_that_is_asked_for(
    stdout: bool,  # noqa: FBT001
    stderr: bool,  # noqa: FBT001
    expected: tuple[bytes, bytes],
    runtime: Runtime,
    run: Make,
) -> None:
    options = ContainerExecOptions(_BOTH, attach_stdout=stdout, attach_stderr=stderr)
    assert runtime.container_exec(run(), options) == ContainerExecResult(3, *expected)


@pytest.mark.smoke
def test_the_end_of_a_command_without_output_is_waited_for(runtime: Runtime, run: Make) -> None:
    name = run()
    command = ContainerExecOptions(["sh", "-c", "sleep 1; echo done > /file; exit 4"])
    assert runtime.container_exec(name, command).exit_code == 4
    look = ContainerExecOptions(["cat", "/file"], attach_stdout=True)
    assert runtime.container_exec(name, look).stdout == b"done\n"


@pytest.mark.parametrize("env", [["A=b c", "D="], {"A": "b c", "D": ""}])
def test_a_command_runs_as_is_stated(
    env: list[str] | dict[str, str], runtime: Runtime, run: Make
) -> None:
    script = 'id -u; id -g; pwd; echo "$A,${D-unset}"'
    options = ContainerExecOptions(
        ["sh", "-c", script], user="1000:1001", attach_stdout=True, working_dir="/etc", env=env
    )
    result = runtime.container_exec(run(), options)
    assert result.stdout.decode().splitlines() == ["1000", "1001", "/etc", "b c,"]


def test_a_command_is_no_line_for_a_shell(runtime: Runtime, run: Make) -> None:
    options = ContainerExecOptions(["echo", "$HOME; ls", "*"], attach_stdout=True)
    assert runtime.container_exec(run(), options).stdout == b"$HOME; ls *\n"


def test_output_of_any_bytes_and_size_is_whole(runtime: Runtime, run: Make) -> None:
    script = "head -c 3000000 /dev/zero; printf '\\377\\000' >&2"
    options = ContainerExecOptions(["sh", "-c", script], attach_stdout=True, attach_stderr=True)
    result = runtime.container_exec(run(), options)
    assert (len(result.stdout), result.stderr) == (3_000_000, b"\377\0")


def test_a_command_that_stays_silent_ends_in_time(runtime: Runtime, run: Make) -> None:
    options = ContainerExecOptions(["sleep", "5"], attach_stdout=True)
    with pytest.raises(Timeout, match=r"sleep in container .* was silent for 0\.3 s"):
        runtime.container_exec(run(), options, timeout=0.3)


def test_a_command_without_output_ends_in_time(runtime: Runtime, run: Make) -> None:
    with pytest.raises(Timeout):
        runtime.container_exec(run(), ContainerExecOptions(["sleep", "5"]), timeout=0.3)


def test_a_container_that_does_not_run_runs_no_command(runtime: Runtime, finished: Make) -> None:
    with pytest.raises(Conflict):
        runtime.container_exec(finished("true"), ContainerExecOptions(["true"]))


def test_what_is_not_there_has_no_commands_and_no_log(runtime: Runtime, scratch: Scratch) -> None:
    with pytest.raises(ContainerNotFound):
        runtime.container_exec(scratch.name(), ContainerExecOptions(["true"]))
    with pytest.raises(ContainerNotFound):
        runtime.container_logs(scratch.name(), ContainerLogsOptions(show_stdout=True))


# Logs


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("stdout", "stderr", "expected"),
    [
        (True, True, (b"out\n", b"err\n")),
        (True, False, (b"out\n", b"")),
        (False, True, (b"", b"err\n")),
    ],
)
def test_the_streams_of_a_log_are_chosen(
    stdout: bool,  # noqa: FBT001
    stderr: bool,  # noqa: FBT001
    expected: tuple[bytes, bytes],
    runtime: Runtime,
    finished: Make,
) -> None:
    options = ContainerLogsOptions(show_stdout=stdout, show_stderr=stderr)
    with runtime.container_logs(finished(_TWO), options) as log:
        assert log.read() == expected


def test_the_last_lines_of_a_log_are_read(runtime: Runtime, finished: Make) -> None:
    name = finished("seq 5")

    def lines(tail: int | None) -> list[bytes]:
        options = ContainerLogsOptions(show_stdout=True, tail=tail)
        return [line for _stream, line in runtime.container_logs(name, options).lines()]

    assert lines(2) == [b"4", b"5"]
    assert lines(0) == []
    assert lines(None) == [b"1", b"2", b"3", b"4", b"5"]


def test_lines_begin_with_their_times(runtime: Runtime, finished: Make) -> None:
    options = ContainerLogsOptions(show_stdout=True, timestamps=True)
    ((_stream, line),) = runtime.container_logs(finished("echo one"), options).lines()
    assert re.fullmatch(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* one", line)


def test_a_part_of_a_log_is_read_by_time(runtime: Runtime, finished: Make) -> None:
    # Whole seconds apart, for engines that log no fractions.
    name = finished("echo one; sleep 3; echo two")
    options = ContainerLogsOptions(show_stdout=True, timestamps=True)
    (_, first), (_, _second) = runtime.container_logs(name, options).lines()
    written = parse_moment(first.split()[0].decode()) // 10**9
    middle = datetime.fromtimestamp(written, timezone.utc) + timedelta(seconds=1.5)
    late = ContainerLogsOptions(show_stdout=True, since=middle)
    assert list(runtime.container_logs(name, late).lines()) == [("stdout", b"two")]
    early = ContainerLogsOptions(show_stdout=True, until=middle)
    assert list(runtime.container_logs(name, early).lines()) == [("stdout", b"one")]


@pytest.mark.smoke
def test_a_log_is_followed_until_the_container_ends(runtime: Runtime, run: Make) -> None:
    name = run("echo one; sleep 1; echo two")
    options = ContainerLogsOptions(show_stdout=True, follow=True)
    assert list(runtime.container_logs(name, options).lines()) == [
        ("stdout", b"one"),
        ("stdout", b"two"),
    ]


@pytest.mark.smoke
def test_a_log_that_is_followed_is_closed_by_another_thread(runtime: Runtime, run: Make) -> None:
    name = run("echo one; sleep 1000")
    lines: list[bytes] = []
    came = threading.Event()
    with runtime.container_logs(name, ContainerLogsOptions(show_stdout=True, follow=True)) as log:

        def follow() -> None:
            for _stream, line in log.lines():
                lines.append(line)
                came.set()

        reader = threading.Thread(target=follow)
        reader.start()
        assert came.wait(60)
        log.close()
        reader.join(1)
        assert not reader.is_alive()
    assert lines == [b"one"]


@pytest.mark.lacks("podman5", reason="it leaves details out")
def test_details_come_before_the_lines(runtime: Runtime, finished: Make) -> None:
    driver = {"Type": "json-file", "Config": {"labels": "colour", "env": "SHAPE"}}
    name = finished(
        "echo one",
        Labels={"colour": "green"},
        Env=["SHAPE=round"],
        HostConfig={"LogConfig": driver},
    )
    options = ContainerLogsOptions(show_stdout=True, details=True)
    ((_stream, line),) = runtime.container_logs(name, options).lines()
    details, _space, text = line.partition(b" ")
    assert sorted(details.split(b",")) == [b"SHAPE=round", b"colour=green"]
    assert text == b"one"
