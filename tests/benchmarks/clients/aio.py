"""aiodocker, on an event loop that runs while something is asked of it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import aiodocker

from . import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator, Sequence
    from pathlib import Path


class Aiodocker:
    def __init__(self, host: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._docker = self._run(self._open(host))

    def ping(self, times: int) -> None:
        async def work() -> None:
            for _ in range(times):
                async with self._docker._query("_ping", versioned_api=False) as response:  # noqa: SLF001  # it has no ping of its own
                    await response.text()

        self._run(work())

    def inspect(self, container: str, times: int) -> None:
        self._run(self._inspect(container, times))

    def inspect_at_once(self, container: str, workers: int, times: int) -> None:
        async def work() -> None:
            await asyncio.gather(*(self._inspect(container, times) for _ in range(workers)))

        self._run(work())

    def list(self, label: str, times: int) -> None:
        async def work() -> None:
            filters = json.dumps({"label": [label]})
            for _ in range(times):
                await self._docker.containers.list(all="true", filters=filters)

        self._run(work())

    def run(self, container: str, command: Sequence[str]) -> None:
        self.exec_output(container, command)

    def exec_output(self, container: str, command: Sequence[str]) -> int:
        async def work() -> int:
            created = await self._docker.containers.container(container).exec(list(command))
            size = 0
            async with created.start(detach=False) as output:
                while message := await output.read_out():
                    size += len(message.data)
            await created.inspect()
            return size

        return int(self._run(work()))

    def logs(self, container: str) -> int:
        # It gives text by line; that of a container that runs it gives without holding all of it
        # only when it follows, which ends here because the container has ended.
        async def work() -> int:
            lines = self._docker.containers.container(container).log(
                stdout=True, stderr=True, follow=True
            )
            return sum([len(line) async for line in lines])

        return int(self._run(work()))

    def put_archive(self, container: str, path: str, archive: Path) -> None:
        async def work() -> None:
            with archive.open("rb") as file:
                await self._docker.containers.container(container).put_archive(path, file)

        self._run(work())

    def get_archive(self, container: str, path: str) -> int:
        async def work() -> int:
            with await self._docker.containers.container(container).get_archive(path) as archive:
                return sum(member.size for member in archive)

        return int(self._run(work()))

    def tag_events(self) -> Iterator[dict[str, Any]]:
        async def subscribe() -> Any:
            return self._docker.events.subscribe(filters=json.dumps({"event": ["tag"]}))

        subscriber = self._run(subscribe())
        try:
            while event := self._loop.run_until_complete(subscriber.get()):
                yield event
        finally:
            self._run(self._docker.events.stop())

    def close(self) -> None:
        self._run(self._docker.close())
        self._loop.close()

    async def _inspect(self, container: str, times: int) -> None:
        for _ in range(times):
            await self._docker.containers.container(container).show()

    @staticmethod
    async def _open(host: str) -> Any:
        return aiodocker.Docker(url=host, api_version="v1.41")

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(work, 10 * PATIENCE))
