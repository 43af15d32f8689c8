"""Proxies that the environment names: tunnels to engines over TCP.

A tunnel (`CONNECT`, RFC 9110 9.3.6), because a proxy that forwards requests one by one would
not forward an upgraded connection.
"""

from __future__ import annotations

import base64
import ipaddress
import socket
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..endpoint import encode_authority
from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..endpoint import Endpoint

__all__ = ["Proxy", "find_proxy"]

_LONGEST_HEAD = 65536


class Proxy:
    """An HTTP proxy.

    Args:
        host: its name or address.
        port: its port.
        login: `user:password` to show to it; None: none.
    """

    def __init__(self, host: str, port: int, login: str | None = None) -> None:
        self._address = (host, port)
        self._login = login

    def __str__(self) -> str:
        """Name it, without the login."""
        host, port = self._address
        return f"{host}:{port}"

    def connect(self, host: str, port: int, timeout: float | None) -> socket.socket:
        """Make a tunnel.

        Raises:
            OSError: the proxy cannot be reached, or refuses.
            UnicodeError: no host can have that name.
        """
        authority = encode_authority(host, port)
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        if self._login is not None:
            login = base64.b64encode(self._login.encode()).decode()
            lines.append(f"Proxy-Authorization: Basic {login}")
        sock = socket.create_connection(self._address, timeout)
        try:
            sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
            _check(_read_head(sock, timeout))
            sock.settimeout(timeout)
        except BaseException:
            sock.close()
            raise
        return sock


def _read_head(sock: socket.socket, timeout: float | None) -> bytes:
    deadline = None if timeout is None else time.monotonic() + timeout
    head = b""
    # Byte by byte: what follows is already the engine's.
    while not head.endswith(b"\r\n\r\n"):
        if deadline is not None:
            # In all: a byte now and then would keep a timeout of each from running out.
            left = deadline - time.monotonic()
            if left <= 0:
                raise socket.timeout("timed out")
            sock.settimeout(left)
        byte = sock.recv(1)
        if not byte or len(head) > _LONGEST_HEAD:
            raise OSError("it ends, or goes on, in the middle of its answer")
        head += byte
    return head


def _check(head: bytes) -> None:
    status = head.partition(b"\r\n")[0].decode("latin-1")
    version, _space, code = status.partition(" ")
    if not version.startswith("HTTP/") or not code.startswith("2"):
        raise OSError(f"it answers {status[:80]!r}")


def find_proxy(endpoint: Endpoint, environ: Mapping[str, str]) -> Proxy | None:
    """Find the proxy that an environment names, unless its `NO_PROXY` excepts the engine.

    The variables are `HTTPS_PROXY` for engines with TLS, `HTTP_PROXY` for those without and
    `ALL_PROXY` for both; the same in small letters come first. This host's own engines need
    no proxy, as for the docker command.

    Raises:
        InvalidInput: it is named, and of another kind than HTTP.
    """
    if endpoint.is_local or _is_excepted(endpoint, _value(environ, "NO_PROXY")):
        return None
    name = "HTTP_PROXY" if endpoint.tls is None else "HTTPS_PROXY"
    address = _value(environ, name) or _value(environ, "ALL_PROXY")
    if not address:
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host:
        # Not shown, and not chained: it may hold a password.
        raise InvalidInput(f"The proxy for {endpoint.url} in the environment is no address.")
    if parts.scheme.lower() != "http":
        raise InvalidInput(
            f"The proxy for {endpoint.url} is no http:// proxy; others are not supported."
        )
    login = None
    if parts.username is not None:
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return Proxy(host, port or 80, login)


def _value(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name.lower())
    # In a CGI program, HTTP_PROXY is what a client sent as the header `Proxy` (CVE-2016-5385).
    if not value and not (name == "HTTP_PROXY" and "REQUEST_METHOD" in environ):
        value = environ.get(name)
    return (value or "").strip()


def _is_excepted(endpoint: Endpoint, exceptions: str) -> bool:
    """Tell whether `NO_PROXY` names an engine.

    Its parts are `*`, addresses, networks (10.0.0.0/8) and names, which stand for what is
    below them, too, and alone for that where they begin with a dot; each may have a port.
    """
    return any(_names(part.strip().lower(), endpoint) for part in exceptions.split(","))


def _names(part: str, endpoint: Endpoint) -> bool:
    if part == "*":
        return True
    host, colon, port = part.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.endswith("]")):
        if int(port) != endpoint.port:
            return False
        part = host
    part = part.strip("[]")
    try:
        network = ipaddress.ip_network(part, strict=False)
    except ValueError:
        # A star before the dot says what the dot alone does.
        name = part[1:] if part.startswith("*.") else part
        wanted = endpoint.host.lower().rstrip(".")
        return bool(name) and (wanted == name or wanted.endswith(f".{name.lstrip('.')}"))
    try:
        return ipaddress.ip_address(endpoint.host) in network
    except ValueError:
        return False
