"""Commands in running containers of a real engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.exec import ExecResult
from pytest_engine.core.errors import Conflict, ContainerNotFound, InvalidInput, NotFound, Timeout

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("command", "result"),
    [
        (["true"], ExecResult(0, b"", b"")),
        (["sh", "-c", "exit 42"], ExecResult(42, b"", b"")),
        (["sh", "-c", "echo out; echo err >&2; exit 1"], ExecResult(1, b"out\n", b"err\n")),
        (["echo", "a b", "*", "$HOME"], ExecResult(0, b"a b * $HOME\n", b"")),
        (["sh", "-c", "kill -9 $$"], ExecResult(137, b"", b"")),
    ],
)
@pytest.mark.smoke
def test_a_command_is_run(command: list[str], result: ExecResult, engine: Engine, run: Run) -> None:
    assert engine.exec.run(run(), command) == result


@pytest.mark.parametrize(("command", "code"), [("no-such-command", 127), ("/etc", 126)])
def test_a_command_that_cannot_be_started_has_an_exit_code_of_its_own(
    command: str, code: int, engine: Engine, run: Run
) -> None:
    result = engine.exec.run(run(), [command])
    # Podman says 125 where Docker says 126.
    assert result.exit_code in {125, 126, code}
    assert command.encode() in result.stdout + result.stderr


@pytest.mark.smoke
def test_a_command_gets_an_environment_a_user_and_a_folder(engine: Engine, run: Run) -> None:
    script = "echo $A; id -u; pwd"
    result = engine.exec.run(
        run(), ["sh", "-c", script], env={"A": "b=\u00fc"}, user="12", working_dir="/bin"
    )
    assert result.stdout.decode() == "b=\u00fc\n12\n/bin\n"


def test_a_megabyte_goes_in_and_out_at_once(engine: Engine, run: Run) -> None:
    data = bytes(range(256)) * 4096
    script = "tee /dev/stderr"
    assert engine.exec.run(run(), ["sh", "-c", script], stdin=data) == ExecResult(0, data, data)


def test_an_empty_input_is_one_that_ends(engine: Engine, run: Run) -> None:
    assert engine.exec.run(run(), ["cat"], stdin=b"") == ExecResult(0, b"", b"")


@pytest.mark.lacks(
    "podman5", reason="it resets the connection of a command that leaves input unread"
)
def test_a_command_need_not_read_its_input(engine: Engine, run: Run) -> None:
    assert engine.exec.run(run(), ["true"], stdin=b"x" * (1 << 22)).exit_code == 0


def test_a_command_that_stays_silent_is_a_timeout(engine: Engine, run: Run) -> None:
    name = run()
    with pytest.raises(Timeout, match=f"sleep in container {name} was silent for 0.3 s"):
        engine.exec.run(name, ["sleep", "1000"], timeout=0.3)


@pytest.mark.parametrize("limit", [None, 60])
def test_a_command_may_close_its_output_and_go_on(
    engine: Engine, run: Run, limit: float | None
) -> None:
    command = ["sh", "-c", "exec >/dev/null 2>&1; sleep 5; exit 7"]
    assert engine.exec.run(run(), command, time_limit=limit).exit_code == 7


def test_a_command_that_closed_its_output_has_its_time(engine: Engine, run: Run) -> None:
    command = ["sh", "-c", "exec >/dev/null 2>&1; sleep 1000"]
    with pytest.raises(Timeout, match=r"did not end within 0\.5 s"):
        engine.exec.run(run(), command, time_limit=0.5)


def test_a_command_may_speak_and_read_nothing_for_longer_than_it_may_be_silent(
    engine: Engine, run: Run
) -> None:
    # It speaks until all is read, so that how long that takes is no silence.
    script = "(while sleep 0.3; do echo . >&2; done) & sleep 3; wc -c; kill $!"
    result = engine.exec.run(run(), ["sh", "-c", script], stdin=b"x" * (1 << 24), timeout=2)
    assert (result.exit_code, result.stdout.strip()) == (0, b"%d" % (1 << 24))


def test_a_time_limit_that_cannot_be_waited_is_refused_by_its_name(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match=r"^time_limit: inf"):
        engine.exec.run("none", ["true"], time_limit=float("inf"))


def test_secrets_of_the_wrong_type_are_not_shown(engine: Engine) -> None:
    env: Any = {"PGPASSWORD": "s3cret", "PGPORT": 5432}
    with pytest.raises(InvalidInput, match="PGPORT is no text, but int") as caught:
        engine.exec.run("any", ["true"], env=env)
    assert "s3cret" not in str(caught.value)
    text: Any = "s3cret"
    with pytest.raises(InvalidInput, match="stdin: bytes are wanted, not str") as caught:
        engine.exec.run("any", ["true"], stdin=text)
    assert "s3cret" not in str(caught.value)


def test_a_timeout_with_input_leaves_no_thread(engine: Engine, run: Run) -> None:
    before = threading.active_count()
    with pytest.raises(Timeout):
        engine.exec.run(run(), ["sleep", "1000"], stdin=b"x" * (1 << 22), timeout=0.3)
    assert threading.active_count() == before


def test_output_with_a_terminal_is_one_stream(engine: Engine, run: Run) -> None:
    config = {"Cmd": ["sh", "-c", "echo out; echo err >&2"], "AttachStdout": True, "Tty": True}
    exec_id = engine.exec.create(run(), config)  # type: ignore[arg-type]
    with engine.exec.start(exec_id, tty=True) as output:
        assert output.read() == (b"out\r\nerr\r\n", b"")


@pytest.mark.parametrize(
    ("command", "stdin", "shown"),
    [
        ("read x; sleep 1; echo got $x; exit 3", b"word\n", b"word got word"),
        ("cat; exit 3", b"one\ntwo\n", b"one two one two"),
        ("cat >/kept; cat /kept; exit 3", b"no end", b"no endno end"),
        ("sleep 0.5; wc -c; exit 3", b"12345", b"123455"),
        ("sleep 0.5; wc -c; exit 3", b"12345\n", b"12345 6"),
        ("sleep 0.5; wc -c; exit 3", b"", b"0"),
        ("sleep 0.5; exit 3", b"nobody reads it\n", b"nobody reads it"),
    ],
)
def test_a_terminal_is_told_the_end_of_the_input_and_shows_what_comes_after(
    command: str, stdin: bytes, shown: bytes, engine: Engine, run: Run
) -> None:
    result = engine.exec.run(run(), ["sh", "-c", command], stdin=stdin, tty=True, timeout=60)
    # The terminal's echo may come in between.
    assert (result.exit_code, sorted(result.stdout.split())) == (3, sorted(shown.split()))


@pytest.mark.pitfall(5)
def test_a_conversation_is_held(engine: Engine, run: Run) -> None:
    config = {"Cmd": ["cat"], "AttachStdin": True, "AttachStdout": True}
    exec_id = engine.exec.create(run(), config)  # type: ignore[arg-type]
    with engine.exec.start(exec_id) as output:
        lines = output.lines()
        for text in (b"one", b"two"):
            output.write(text + b"\n")
            assert next(lines) == ("stdout", text)
        assert engine.exec.inspect(exec_id)["Running"]
        output.close_stdin()
        assert list(lines) == []


@pytest.mark.parametrize("command", ["ls -l", [], ""])
def test_a_command_is_a_list_of_words(command: str, engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="A command is a list of strings"):
        engine.exec.run("any", command)


def test_a_container_that_does_not_run_runs_no_command(engine: Engine, create: Run) -> None:
    with pytest.raises(Conflict, match=r"is not running|on running containers"):
        engine.exec.run(create(), ["true"])


def test_a_container_that_does_not_exist_runs_no_command(engine: Engine) -> None:
    with pytest.raises(ContainerNotFound):
        engine.exec.run("no-such-one", ["true"])


def test_a_command_that_nobody_listens_to_is_waited_for(engine: Engine, run: Run) -> None:
    exec_id = engine.exec.create(run(), {"Cmd": ["sh", "-c", "sleep 0.3; exit 3"]})
    engine.exec.start_detached(exec_id)
    with pytest.raises(Timeout, match=r"did not end within 0\.05 s"):
        engine.exec.wait(exec_id, timeout=0.05)
    assert engine.exec.wait(exec_id) == 3
    assert engine.exec.wait(exec_id, timeout=0) == 3


def test_a_command_that_was_not_set_up_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound, match=r"(?i)no .*exec (instance|session).* none"):
        engine.exec.start("none")
