"""This project's client, as `from pytest_engine import Engine` gives it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from pytest_engine.core.client import Engine

from . import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Ours:
    def __init__(self, host: str) -> None:
        self._engine = Engine(host, timeout=PATIENCE, environ={})

    def ping(self, times: int) -> None:
        for _ in range(times):
            self._engine.system.ping()

    def inspect(self, container: str, times: int) -> None:
        for _ in range(times):
            self._engine.containers.inspect(container)

    def inspect_at_once(self, container: str, workers: int, times: int) -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: self.inspect(container, times), range(workers)))

    def list(self, label: str, times: int) -> None:
        for _ in range(times):
            self._engine.containers.list(all=True, filters={"label": label})

    def run(self, container: str, command: Sequence[str]) -> None:
        self._engine.exec.run(container, command)

    def exec_output(self, container: str, command: Sequence[str]) -> int:
        exec_id = self._engine.exec.create(
            container, {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
        )
        with self._engine.exec.start(exec_id) as output:
            size = sum(len(data) for _stream, data in output)
        self._engine.exec.inspect(exec_id)
        return size

    def logs(self, container: str) -> int:
        with self._engine.containers.logs(container) as output:
            return sum(len(data) for _stream, data in output)

    def put_archive(self, container: str, path: str, archive: Path) -> None:
        with archive.open("rb") as file:
            self._engine.containers.put_archive(container, path, file)

    def get_archive(self, container: str, path: str) -> int:
        return sum(len(data) for data in self._engine.containers.get_archive(container, path))

    def tag_events(self) -> Iterator[dict[str, Any]]:
        with self._engine.system.events(filters={"event": "tag"}) as events:
            for event in events:
                yield cast("dict[str, Any]", event)

    def close(self) -> None:
        self._engine.close()
