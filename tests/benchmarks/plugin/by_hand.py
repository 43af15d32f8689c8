"""The Engine API by hand: as few requests as there can be, and nothing around them."""

from __future__ import annotations

import http.client
import json
import os
import socket
import time
from typing import Any

__all__ = ["ask", "call", "remove", "run", "until_answer"]

_PAUSE = 0.005


class _Connection(http.client.HTTPConnection):
    """A connection to the engine that DOCKER_HOST names."""

    def __init__(self) -> None:
        self._address = os.environ["DOCKER_HOST"]
        super().__init__("localhost", timeout=60)

    def connect(self) -> None:
        scheme, _, rest = self._address.partition("://")
        if scheme == "unix":
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.connect(rest)
        else:
            host, _, port = rest.rpartition(":")
            self.sock = socket.create_connection((host, int(port)))


def call(method: str, path: str, body: object = None) -> Any:
    """Send one request on a connection of its own; returns the decoded answer."""
    connection = _Connection()
    try:
        connection.request(
            method,
            path,
            None if body is None else json.dumps(body),
            {"Content-Type": "application/json"},
        )
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status >= 400:
        raise RuntimeError(f"{method} {path}: {response.status} {answer!r}")
    return json.loads(answer) if answer else None


def run(image: str, command: list[str]) -> tuple[str, int]:
    """Start a container that publishes port 80; returns its id and the host's port."""
    created = call(
        "POST",
        "/containers/create",
        {
            "Image": image,
            "Cmd": command,
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": ""}]}},
        },
    )
    container = str(created["Id"])
    call("POST", f"/containers/{container}/start")
    inspected = call("GET", f"/containers/{container}/json")
    return container, int(inspected["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"])


def until_answer(port: int) -> None:
    """Ask until there is an answer; the proxy in front of the container accepts before that."""
    while True:
        try:
            ask(port)
        except (OSError, http.client.HTTPException):
            time.sleep(_PAUSE)
        else:
            return


def ask(port: int, host: str = "127.0.0.1") -> None:
    """Ask once, and insist on an answer."""
    connection = http.client.HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/")
        if connection.getresponse().status != 200:
            raise OSError("not ready")
    finally:
        connection.close()


def remove(container: str) -> None:
    """Remove a container."""
    call("DELETE", f"/containers/{container}?force=1&v=1")
