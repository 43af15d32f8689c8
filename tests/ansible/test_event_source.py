"""The event source of Event-Driven Ansible, run as ansible-rulebook runs it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import runpy
import socket
import subprocess
import sys
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from pytest_engine.core.client import Engine
from pytest_engine.core.launch import launch_dockerd
from tests.core.roads.relay import Relay
from tests.lab.packages import ensure_programs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.conftest import Scratch

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

# Seconds; an event is there within milliseconds, on an idle machine.
PATIENCE = 60.0


@pytest.fixture(scope="module")
def path(collection: Path) -> Path:
    return collection / "extensions/eda/plugins/event_source/engine_events.py"


@pytest.fixture(scope="module")
def main(path: Path) -> Any:
    return runpy.run_path(str(path))["main"]


@contextlib.asynccontextmanager
async def source(
    main: Any, args: dict[str, Any], room: int = 0
) -> AsyncIterator[asyncio.Queue[Any]]:
    """Run the source; cancelled at the end, it ends and leaves no thread."""
    queue: asyncio.Queue[Any] = asyncio.Queue(room)
    task = asyncio.create_task(main(queue, args))
    try:
        yield queue
    finally:
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        for thread in threading.enumerate():
            if thread.name == "engine-events":
                await asyncio.to_thread(thread.join, PATIENCE)
                assert not thread.is_alive()


async def take(queue: asyncio.Queue[Any]) -> Any:
    return await asyncio.wait_for(queue.get(), PATIENCE)


async def first(queue: asyncio.Queue[Any], happen: Callable[[], object]) -> Any:
    """Let something happen until the source, which may still be connecting, tells it."""
    while queue.empty():
        await asyncio.to_thread(happen)
        with contextlib.suppress(asyncio.TimeoutError):
            return await asyncio.wait_for(queue.get(), 0.5)
    return await queue.get()


@pytest.fixture
def container(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """A container that does not run, by its name."""
    name = scratch.name()
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=name)
    return name


def test_what_happens_to_a_container_arrives(
    main: Any, engine: Engine, engine_host: str, container: str
) -> None:
    inspected = engine.containers.inspect(container)

    async def follow() -> list[Any]:
        filters = {"type": "container", "container": container, "event": ["start", "die"]}
        there = {"docker_url": engine_host, "since": inspected["Created"]}
        async with source(main, {**there, "filters": filters}) as queue:
            await asyncio.to_thread(engine.containers.start, container)
            await asyncio.to_thread(engine.containers.kill, container)
            return [await take(queue), await take(queue)]

    started, died = asyncio.run(follow())
    assert (started["Type"], started["Action"]) == ("container", "start")
    assert started["Actor"]["ID"] == inspected["Id"]
    assert started["Actor"]["Attributes"]["name"] == container
    assert (died["Action"], died["Actor"]["Attributes"]["exitCode"]) == ("die", "137")
    assert json.loads(json.dumps(died)) == died


def test_a_moment_needs_no_quotes(
    main: Any, engine: Engine, engine_host: str, container: str
) -> None:
    created = engine.containers.inspect(container)["Created"]
    given = yaml.safe_load(f"{{since: {created}, filters: {{container: {container}}}}}")
    assert isinstance(given["since"], datetime)

    async def follow() -> Any:
        async with source(main, {"docker_host": engine_host, **given}) as queue:
            return await take(queue)

    assert asyncio.run(follow())["Action"] == "create"


def test_the_environment_says_where_the_engine_is(
    main: Any, engine: Engine, engine_host: str, container: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", engine_host)

    async def follow() -> Any:
        async with source(main, {"filters": {"container": container}}) as queue:
            return await first(queue, lambda: engine.containers.start(container))

    assert asyncio.run(follow())["Actor"]["Attributes"]["name"] == container


class CuttingRelay(Relay):
    def cut(self) -> None:
        """End all connections."""
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


def test_a_lost_connection_loses_no_event_and_doubles_none(
    main: Any, engine: Engine, engine_host: str, container: str
) -> None:
    names = [f"{container}-{number}" for number in range(6)]
    since = engine.containers.inspect(container)["Created"]
    filters = {"container": engine.containers.inspect(container)["Id"], "event": "rename"}

    async def follow(relay: CuttingRelay) -> list[Any]:
        there = {"docker_host": f"tcp://{relay.address}", "since": since}
        # A queue for one, as ansible-rulebook has it: the rest waits in the source.
        async with source(main, {**there, "filters": filters}, room=1) as queue:
            told = []
            for name in names:
                await asyncio.to_thread(engine.containers.rename, filters["container"], name)
                told.append(await take(queue))
                relay.cut()
            for name in reversed(names[:-1]):
                await asyncio.to_thread(engine.containers.rename, filters["container"], name)
            told += [await take(queue) for _ in names[1:]]
            return [event["Actor"]["Attributes"]["name"] for event in told]

    relay = CuttingRelay(engine_host.partition("://")[2])
    with relay:
        assert asyncio.run(follow(relay)) == [*names, *reversed(names[:-1])]


@pytest.mark.slow
def test_an_engine_that_is_restarted_is_followed_again(
    main: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    # A short name, because it is part of the names of sockets.
    root = tmp_path_factory.mktemp("e")
    ensure_programs(["dockerd", "iptables"], root)
    private = launch_dockerd(root)

    async def follow() -> list[Any]:
        nonlocal private
        filters = {"type": "volume", "event": "create"}
        arguments = {"docker_host": private.endpoint.url, "filters": filters}
        async with source(main, arguments) as queue:
            with Engine(private.endpoint) as client:
                before = await first(queue, lambda: client.volumes.create({}))
                await asyncio.to_thread(private.stop, keep_data=True)
                while not queue.empty():
                    queue.get_nowait()
                private = await asyncio.to_thread(launch_dockerd, root)
                await asyncio.to_thread(client.volumes.create, {"Name": "after"})
                return [before, await take(queue)]

    try:
        before, after = asyncio.run(follow())
    finally:
        private.stop()
    assert before["Actor"]["ID"] != "after"
    assert after["Actor"]["ID"] == "after"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"docker_host": "unix:///nowhere/engine.sock"}, "/nowhere/engine.sock"),
        ({"docker_host": "ftp://engine"}, "ftp://"),
        ({"host": "unix:///x"}, "host. Supported parameters include: "),
        ({"timeout": "long"}, "timeout"),
        ({"client_cert": "/a.pem"}, "client_key"),
        ({"reconnect": 0}, "reconnect: 0 is not between"),
        ({"reconnect": "inf"}, "reconnect: inf is not between"),
        ({"filters": {"kind": "container"}}, "filters.kind: engines know no such filter"),
        ({"filters": {"label": {"a": "b"}}}, "filters.label: {'a': 'b'} is neither"),
        ({"since": "yesterday"}, "'yesterday'"),
        ({"since": datetime(2030, 5, 17, 8)}, "'2030-05-17T08:00:00'"),  # noqa: DTZ001  # so it is
    ],
)
def test_a_wrong_argument_is_an_error_that_names_it(
    main: Any, engine_host: str, args: dict[str, Any], said: str
) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        asyncio.run(main(asyncio.Queue(), {"docker_host": engine_host, **args}))
    assert said in str(caught.value)
    assert {"EngineError"} <= {base.__name__ for base in type(caught.value).__mro__}


def test_its_documentation_has_every_argument(path: Path) -> None:
    loaded = runpy.run_path(str(path))
    documented = yaml.safe_load(loaded["DOCUMENTATION"])["options"]
    ours = {name: documented.pop(name) for name in ("filters", "since", "reconnect")}
    assert all(option["description"] for option in [*ours.values(), *documented.values()])
    connection = loaded["_module_utils"]("engine").CONNECTION
    expected = {k: v for k, v in connection.items() if k not in loaded["FOR_MODULES"]}
    keys = ("type", "default", "aliases")
    assert {
        name: {key: option[key] for key in keys if key in option}
        for name, option in documented.items()
    } == {
        name: {key: option[key] for key in keys if key in option}
        for name, option in expected.items()
    }
    (example,) = yaml.safe_load(loaded["EXAMPLES"])
    ((used, given),) = example["sources"][0].items()
    assert used == "pytest_engine.engine.engine_events"
    assert set(given) <= {*expected, *ours}


def test_run_by_hand_it_prints_events(
    path: Path, engine: Engine, engine_host: str, container: str, tmp_path: Path
) -> None:
    # As beside the package `ansible`, whose collections hide all others from Python.
    (tmp_path / "ansible_collections").mkdir()
    (tmp_path / "ansible_collections" / "__init__.py").touch()
    since = engine.containers.inspect(container)["Created"]
    engine.containers.start(container)
    process = subprocess.Popen(
        [sys.executable, str(path), f"docker_host={engine_host}", f"since={since}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    try:
        assert process.stdout is not None
        seen = iter(process.stdout.readline, "")
        assert any("'start'" in line and container in line for line in seen)
    finally:
        process.terminate()
        process.communicate()
