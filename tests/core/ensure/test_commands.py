"""Commands in containers, with a limit to their time and with terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.ensure.commands import CommandSpec, run_command
from pytest_engine.core.errors import InvalidInput, Timeout

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch


@pytest.mark.engine
def test_a_command_that_keeps_writing_ends_with_its_time(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("chatty")
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=name)
    engine.containers.start(name)
    chatty = ["sh", "-c", "while true; do echo more; sleep 0.05; done"]
    with pytest.raises(Timeout, match=r"did not end within 0\.5 s\. It goes on in there"):
        run_command(engine, name, CommandSpec(chatty, time_limit=0.5))
    quick = CommandSpec(["sh", "-c", "echo out; echo err >&2; exit 3"], time_limit=30)
    result = run_command(engine, name, quick).result
    assert result is not None
    assert (result.exit_code, result.stdout, result.stderr) == (3, b"out\n", b"err\n")
    terminal = run_command(engine, name, CommandSpec("echo end", tty=True, time_limit=30)).result
    assert terminal is not None
    assert terminal.stdout == b"end\r\n"


def test_what_contradicts_itself_is_refused() -> None:
    for words, said in (
        ({"command": []}, "command: it is empty"),
        ({"command": "cat", "stdin": b"", "detach": True}, "stdin: a command that"),
        ({"command": "cat", "time_limit": 1.0, "detach": True}, "nobody waits"),
        ({"command": "cat", "time_limit": -1.0}, "is no time above 0"),
    ):
        with pytest.raises(InvalidInput, match=said):
            CommandSpec(**words)
