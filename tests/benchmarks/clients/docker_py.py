"""docker-py's low-level client, which its high-level one is built on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import docker

from . import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class DockerPy:
    def __init__(self, host: str) -> None:
        self._api = docker.APIClient(base_url=host, version="1.41", timeout=int(PATIENCE))

    def ping(self, times: int) -> None:
        for _ in range(times):
            self._api.ping()

    def inspect(self, container: str, times: int) -> None:
        for _ in range(times):
            self._api.inspect_container(container)

    def inspect_at_once(self, container: str, workers: int, times: int) -> None:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: self.inspect(container, times), range(workers)))

    def list(self, label: str, times: int) -> None:
        for _ in range(times):
            self._api.containers(all=True, filters={"label": label})

    def run(self, container: str, command: Sequence[str]) -> None:
        self.exec_output(container, command)

    def exec_output(self, container: str, command: Sequence[str]) -> int:
        created = self._api.exec_create(container, list(command))
        size = sum(len(data) for data in self._api.exec_start(created["Id"], stream=True))
        self._api.exec_inspect(created["Id"])
        return size

    def logs(self, container: str) -> int:
        return sum(len(data) for data in self._api.logs(container, stream=True, follow=False))

    def put_archive(self, container: str, path: str, archive: Path) -> None:
        with archive.open("rb") as file:
            self._api.put_archive(container, path, file)

    def get_archive(self, container: str, path: str) -> int:
        chunks, _stat = self._api.get_archive(container, path)
        return sum(len(data) for data in chunks)

    def tag_events(self) -> Iterator[dict[str, Any]]:
        events = self._api.events(decode=True, filters={"event": "tag"})
        try:
            yield from events
        finally:
            events.close()

    def close(self) -> None:
        self._api.close()
