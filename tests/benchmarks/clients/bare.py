"""The measure of all: `http.client` on the engine's socket, kept open.

It reads bytes and leaves them: neither JSON nor frames are taken apart, except for an event,
which is nothing before it is decoded. So it is what Python can do at best, not a client.
"""

from __future__ import annotations

import http.client
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from . import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_VERSION = "/v1.41"
_CHUNK = 65536


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=PATIENCE, blocksize=_CHUNK)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Bare:
    def __init__(self, host: str) -> None:
        self._path = host[len("unix://") :]
        self._connection = _Connection(self._path)

    def ping(self, times: int) -> None:
        for _ in range(times):
            self._call("GET", "/_ping")

    def inspect(self, container: str, times: int) -> None:
        for _ in range(times):
            self._call("GET", f"{_VERSION}/containers/{container}/json")

    def inspect_at_once(self, container: str, workers: int, times: int) -> None:
        clients = [Bare(f"unix://{self._path}") for _ in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda client: client.inspect(container, times), clients))
        for client in clients:
            client.close()

    def list(self, label: str, times: int) -> None:
        filters = quote(json.dumps({"label": [label]}))
        for _ in range(times):
            self._call("GET", f"{_VERSION}/containers/json?all=true&filters={filters}")

    def run(self, container: str, command: Sequence[str]) -> None:
        self.exec_output(container, command)

    def exec_output(self, container: str, command: Sequence[str]) -> int:
        config = {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True}
        created = self._call("POST", f"{_VERSION}/containers/{container}/exec", config)
        path = f"{_VERSION}/exec/{json.loads(created)['Id']}"
        # The output ends its connection, so it gets one that nobody waits for.
        connection = _Connection(self._path)
        headers = {
            "Content-Type": "application/json",
            "Connection": "Upgrade",
            "Upgrade": "tcp",
        }
        connection.request("POST", f"{path}/start", b'{"Detach": false}', headers)
        response = connection.getresponse()
        size = 0
        while data := response.fp.read1(_CHUNK):
            size += len(data)
        response.close()
        connection.close()
        self._call("GET", f"{path}/json")
        return size

    def logs(self, container: str) -> int:
        return self._read(f"{_VERSION}/containers/{container}/logs?stdout=true&stderr=true")

    def put_archive(self, container: str, path: str, archive: Path) -> None:
        target = f"{_VERSION}/containers/{container}/archive?path={path}"
        headers = {
            "Content-Type": "application/x-tar",
            "Content-Length": str(archive.stat().st_size),
        }
        with archive.open("rb") as file:
            self._connection.request("PUT", target, file, headers)
            self._whole_answer()

    def get_archive(self, container: str, path: str) -> int:
        return self._read(f"{_VERSION}/containers/{container}/archive?path={path}")

    def tag_events(self) -> Iterator[dict[str, Any]]:
        filters = quote(json.dumps({"event": ["tag"]}))
        self._connection.request("GET", f"{_VERSION}/events?filters={filters}")
        with self._connection.getresponse() as response:
            while line := response.readline():
                yield json.loads(line)

    def close(self) -> None:
        self._connection.close()

    def _call(self, method: str, target: str, body: object = None) -> bytes:
        if body is None:
            self._connection.request(method, target)
        else:
            headers = {"Content-Type": "application/json"}
            self._connection.request(method, target, json.dumps(body), headers)
        return self._whole_answer()

    def _whole_answer(self) -> bytes:
        response = self._connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise RuntimeError(f"The engine answers {response.status}: {answer[:200]!r}")
        return answer

    def _read(self, target: str) -> int:
        self._connection.request("GET", target)
        response = self._connection.getresponse()
        size = 0
        while data := response.read1(_CHUNK):
            size += len(data)
        return size
