"""An engine that knows a few answers, and gives none to some requests, or to any."""

from __future__ import annotations

import hashlib
import json
import re
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["StubbornEngine"]

# The first that a request matches is its answer; others are answered with nothing.
_ANSWERS: dict[str, Any] = {
    "GET /images/json": [],
    "GET /(containers/json|networks)": [],
    "GET /volumes": {"Volumes": []},
    "GET /images/.*/json": {"Id": "sha256:0", "Config": {}},
}


class StubbornEngine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """It serves until its block ends, and lets go then of whoever waits for an answer.

    Attributes:
        host: its address.
        deaf: the requests that it never answers, as a pattern: `GET /info.*`; they end with
            their queries.
        last: the request after which it answers none any more, nor that, as a pattern.
        asked: the requests that have come.
        containers: id -> what is told of it.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self, path: Path, *, deaf: str = "", last: str = "", containers: Sequence[str] = ()
    ) -> None:
        self.host = f"unix://{path}"
        self.deaf = deaf
        self.last = last
        self.asked: list[str] = []
        self.containers: dict[str, dict[str, Any]] = {}
        self.over = threading.Event()
        for name in containers:
            self._create(name)
        super().__init__(str(path), _Conversation)

    def answer(self, request: str, query: dict[str, list[str]]) -> Any:
        """Return what is to be sent as JSON; None for nothing."""
        if request == "POST /containers/create":
            return {"Id": self._create(query["name"][0]), "Warnings": []}
        for id, told in self.containers.items():
            if re.fullmatch(f"GET /containers/({id}|{told['Name'][1:]})/json", request):
                return told
        return next((told for one, told in _ANSWERS.items() if re.fullmatch(one, request)), None)

    def _create(self, name: str) -> str:
        id = hashlib.sha256(name.encode()).hexdigest()
        self.containers[id] = {
            "Id": id,
            "Name": f"/{name}",
            "State": {"Status": "running", "Running": True, "StartedAt": "2026-01-01T00:00:00Z"},
        }
        return id

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.over.set()
        self.shutdown()
        self.server_close()


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StubbornEngine

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = urlsplit(self.path)
        request = f"{self.command} {re.sub(r'^/v[0-9.]+', '', target.path)}"
        asked = f"{request}?{target.query}"
        self.server.asked.append(asked)
        if re.fullmatch(self.server.last, asked):
            self.server.deaf = ".*"
        if re.fullmatch(self.server.deaf, asked):
            self.server.over.wait()
            self.close_connection = True
            return
        told = self.server.answer(request, parse_qs(target.query))
        body = b"" if told is None else json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Api-Version", "1.47")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_DELETE = do_GET  # noqa: N815  # the library looks for these names

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
