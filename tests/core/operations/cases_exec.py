"""Commands in running containers: each operation with an effect, or a value in its answer."""

from __future__ import annotations

import json
from typing import Any

from tests.core.operations.cases import World, case
from tests.core.scripted import answer


@case("ContainerExec", "ExecStart", "ExecInspect")
def run(world: World) -> None:
    config: Any = {"Cmd": ["sh", "-c", "echo $A; exit 3"], "Env": ["A=b"], "AttachStdout": True}
    exec_id = world.engine.exec.create(world.run(), config)
    with world.engine.exec.start(exec_id) as process:
        assert process.read() == (b"b\n", b"")
        assert process.exit_code(60) == 3
    inspected = world.engine.exec.inspect(exec_id)
    assert (inspected["ID"], inspected["Running"]) == (exec_id, False)


@case("ExecResize")
def resized(world: World) -> None:
    script = "read line; stty size"
    config: Any = {"Cmd": ["sh", "-c", script], "Tty": True}
    config.update(AttachStdin=True, AttachStdout=True)
    exec_id = world.engine.exec.create(world.run(), config)
    with world.engine.exec.start(exec_id, tty=True) as process:
        world.engine.exec.resize(exec_id, height=40, width=100)
        process.write(b"go\n")
        assert process.read()[0].split()[-2:] == [b"40", b"100"]


@case("ContainerExec", "ExecStart")
def sized_from_the_start(world: World) -> None:
    with world.scripted(answer(b'{"Id": "1"}'), answer(b"out")) as (engine, server):
        exec_id = engine.exec.create("web", {"Cmd": ["sh"], "ConsoleSize": [40, 100]})
        with engine.exec.start(exec_id, tty=True, console_size=(40, 100)) as process:
            assert process.read() == (b"out", b"")
    bodies = [json.loads(request.body) for request in server.requests]
    assert [body["ConsoleSize"] for body in bodies] == [[40, 100], [40, 100]]
