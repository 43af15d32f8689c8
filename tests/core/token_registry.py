"""A registry with nothing in it that wants tokens, as Docker Hub does.

It speaks the registry's HTTP API as far as asking for a login, and the token server's part of it:
https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "anna", "s3cret-password"  # of nobody
IDENTITY, BEARER = "s3cret-identity", "s3cret-bearer"
_BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class _Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Serve the registry, and tokens for a user with a password."""
        path = urlsplit(self.path).path
        authorization = self.headers.get("Authorization")
        if path == "/token":
            self._hand_out(authorization == _BASIC)
        elif authorization != f"Bearer {BEARER}":
            host = self.headers["Host"]
            challenge = f'Bearer realm="http://{host}/token",service="lab"'
            self._answer(401, _error("UNAUTHORIZED"), challenge)
        elif path == "/v2/":
            self._answer(200, {})
        else:
            self._answer(404, _error("MANIFEST_UNKNOWN"))

    def do_HEAD(self) -> None:
        """Serve the registry; bodies are left out."""
        self.do_GET()

    def do_POST(self) -> None:
        """Serve tokens for an identity token, or for a user with a password."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        known = {"username": [USER], "password": [PASSWORD]}
        self._hand_out(
            form.get("refresh_token") == [IDENTITY] or {**form, **known} == form,
        )

    def _hand_out(self, known: object) -> None:
        tokens = {"token": BEARER, "access_token": BEARER, "refresh_token": IDENTITY}
        self._answer(200, tokens) if known else self._answer(401, _error("UNAUTHORIZED"))

    def _answer(self, status: int, value: object, challenge: str = "") -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _error(code: str) -> dict[str, list[dict[str, str]]]:
    words = {"UNAUTHORIZED": "authentication required", "MANIFEST_UNKNOWN": "manifest unknown"}
    return {"errors": [{"code": code, "message": words[code]}]}


@contextlib.contextmanager
def token_registry() -> Iterator[str]:
    """Serve it on a loopback address, and tell its host and port."""
    with serving(_Handler) as address:
        yield address
