"""Commands in containers, with a limit to their time and with terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.archive import pack_files
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


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="its archives reach all that a running container sees")
def test_a_path_in_a_tmpfs_is_looked_for_in_the_container(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("hidden")
    mounts: Any = [
        {"Type": "tmpfs", "Target": "/mem"},
        {"Type": "volume", "Target": "/mem/kept", "Source": scratch.name("kept")},
    ]
    host: Any = {"Tmpfs": {"/run": ""}, "Mounts": mounts}
    engine.containers.create(
        {"Image": busybox, "Cmd": ["sleep", "600"], "User": "1000", "HostConfig": host}, name=name
    )
    below = pack_files({"run/below": b"", "mem/below": b""}, mtime=0)
    engine.containers.put_archive(name, "/", below)
    engine.containers.start(name)
    script = "cd /run && touch made && ln -s none dangling && ln -s /run /link; chmod 700 /run"
    script += "; touch /mem/made /mem/kept/made"
    assert engine.exec.run(name, ["sh", "-c", script], user="0").exit_code == 0
    there = ["/run/made", "run/made", "/link/made", "/run/dangling", "/run", "/mem/made"]
    there += ["/mem/kept/made", "/proc/1", "/link"]
    missing = ["/run/below", "/link/below", "/mem/below", "/mem/kept/none", "/proc/none"]
    seen = {
        path: not run_command(engine, name, CommandSpec("true", creates=path), check=True).changed
        for path in there + missing
    }
    assert seen == {**dict.fromkeys(there, True), **dict.fromkeys(missing, False)}
    assert run_command(engine, name, CommandSpec("true", removes="/run/made")).changed
    assert not run_command(engine, name, CommandSpec("true", removes="/run/below")).changed


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="its archives reach all that a running container sees")
def test_a_path_that_nothing_can_look_for_is_refused(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("bare")
    body: Any = {"Image": busybox, "Cmd": ["/bin/sleep", "600"], "Env": ["PATH=/none"]}
    body["HostConfig"] = {"Tmpfs": {"/run": ""}}
    engine.containers.create(body, name=name)
    engine.containers.start(name)
    wanted = CommandSpec("/bin/true", creates="/run/made")
    with pytest.raises(
        InvalidInput, match=r"/run/made .* cannot be told\. It is in /run, .* 12[67]:"
    ):
        run_command(engine, name, wanted)


def test_what_contradicts_itself_is_refused() -> None:
    for words, said in (
        ({"command": []}, "command: it is empty"),
        ({"command": "cat", "creates": ""}, "^creates: it is empty; name a path"),
        ({"command": "cat", "removes": " "}, "^removes: it is empty; name a path"),
        ({"command": "cat", "stdin": b"", "detach": True}, "stdin: a command that"),
        ({"command": "cat", "time_limit": 1.0, "detach": True}, "nobody waits"),
        ({"command": "cat", "time_limit": 0.0}, "command_timeout: 0 is no time above 0"),
        ({"command": "cat", "time_limit": -1.0}, "command_timeout: -1.0 is not a number"),
        ({"command": "cat", "time_limit": float("inf")}, "command_timeout: inf is not a number"),
    ):
        with pytest.raises(InvalidInput, match=said):
            CommandSpec(**words)
