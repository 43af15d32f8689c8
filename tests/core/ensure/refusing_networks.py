"""An engine with a network and containers on it that refuses what it is told to refuse."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

from tests.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Networks", "networks"]


class Networks:
    """What there is; containers run, and no two networks have one name.

    Attributes:
        host: the engine's address.
        there: the networks, by name.
        ids: the containers' ids, by name.
        on: who is on which network, and how: (network's id, container) -> endpoint.
        refused: requests that are refused, as patterns of the request and its container:
            `POST /networks/net/connect web`, -> how often yet.
        changes: the requests that changed something, or were to.
        gone: containers that are on their networks yet, and are not there.
        silent_from: the first request that is not answered, as a pattern, and none is after it.
        unanswered: how many came since then.
    """

    def __init__(self, name: str, members: dict[str, Any]) -> None:
        self.host = ""
        self.there: dict[str, Any] = {
            name: {"Id": "1" * 64, "Name": name, "Driver": "bridge", "Scope": "local"}
        }
        self.ids = {member: f"{index:x}" * 64 for index, member in enumerate(members, 10)}
        self.on = {("1" * 64, member): endpoint for member, endpoint in members.items()}
        self.refused: dict[str, int] = {}
        self.changes: list[str] = []
        self.gone: set[str] = set()
        self.silent_from = ""
        self.unanswered = 0
        self.ends = threading.Event()

    def members(self, name: str) -> dict[str, Any]:
        """Return who is on a network, and how."""
        id = self.there[name]["Id"]
        return {member: endpoint for (on, member), endpoint in self.on.items() if on == id}

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Return the status and what is told."""
        member = next(
            (n for n, id in self.ids.items() if body.get("Container") in (n, id, id[:12])), ""
        )
        request = f"{method} {path} {member}".strip()
        if self.unanswered or re.fullmatch(self.silent_from, request):
            self.unanswered += 1
            self.ends.wait()
        if method != "GET" and self._refuses(request):
            return 403, {"message": f"{request} is refused"}
        sort, name, *call = path.strip("/").split("/")
        if sort == "containers":
            return (200, []) if name == "json" else self._container(name)
        if name == "create":
            id = f"{len(self.changes):064x}"
            self.there[body["Name"]] = {"Scope": "local", **body, "Id": id}
            return 201, {"Id": id}
        found = next((one for one in self.there.values() if name in (one["Name"], one["Id"])), None)
        if found is None:
            return 404, {"message": f"network {name} not found"}
        on_it = {self.ids[member]: {"Name": member} for member in self.members(found["Name"])}
        told = {**found, "Containers": on_it}
        if method == "DELETE":
            del self.there[found["Name"]]
        elif call == ["connect"]:
            if (found["Id"], member) in self.on:
                return 403, {"message": f"{member} already exists in network"}
            self.on[found["Id"], member] = body["EndpointConfig"]
        elif call == ["disconnect"]:
            del self.on[found["Id"], member]
        return 200, told

    def _refuses(self, request: str) -> bool:
        self.changes.append(request)
        for pattern, left in self.refused.items():
            if left and re.fullmatch(pattern, request):
                self.refused[pattern] -= 1
                return True
        return False

    def _container(self, name: str) -> tuple[int, Any]:
        found = [one for one, id in self.ids.items() if name in (one, id, id[:12])]
        if not found or found[0] in self.gone:
            return 404, {"message": f"No such container: {name}"}
        (name,) = found
        names = {one["Id"]: one["Name"] for one in self.there.values()}
        ends = {names[on]: end for (on, who), end in self.on.items() if who == name and on in names}
        settings = {"Networks": ends}
        return 200, {"Id": self.ids[name], "Name": f"/{name}", "NetworkSettings": settings}


@contextlib.contextmanager
def networks(name: str = "net", /, **members: Any) -> Iterator[Networks]:
    """Serve a network and its containers: name -> endpoint."""
    state = Networks(name, members)

    class Conversation(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            path = re.sub(r"^/v[0-9.]+|\?.*$", "", self.path)
            told: tuple[int, Any] = (200, "OK")
            if path != "/_ping":
                told = state.answer(self.command, path, json.loads(body or b"{}"))
            data = json.dumps(told[1]).encode()
            self.send_response(told[0])
            self.send_header("Api-Version", "1.47")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_DELETE = do_GET  # noqa: N815  # the library looks for these names

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with serving(Conversation) as address:
        state.host = f"tcp://{address}"
        try:
            yield state
        finally:
            state.ends.set()
