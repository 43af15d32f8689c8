"""Proxies that the environment names: tunnels to engines over TCP.

A tunnel (`CONNECT`, RFC 9110 9.3.6), because a proxy that forwards requests one by one would
not forward an upgraded connection.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from ..endpoint import Endpoint

__all__ = ["Proxy", "find_proxy"]

_LONGEST_HEAD = 65536


class Proxy:
    """An HTTP proxy.

    Args:
        host: its name or address.
        port: its port.
        headers: what it has to be told, such as a login.
    """

    def __init__(self, host: str, port: int, headers: dict[str, str]) -> None:
        self._address = (host.strip("[]"), port)
        self._headers = headers

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
        authority = f"[{host}]:{port}" if ":" in host else f"{host.encode('idna').decode()}:{port}"
        lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
        lines += [f"{name}: {value}" for name, value in self._headers.items()]
        sock = socket.create_connection(self._address, timeout)
        try:
            sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
            _check(_read_head(sock))
        except BaseException:
            sock.close()
            raise
        return sock


def _read_head(sock: socket.socket) -> bytes:
    head = b""
    # Byte by byte: what follows is already the engine's.
    while not head.endswith(b"\r\n\r\n"):
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


def find_proxy(endpoint: Endpoint) -> Proxy | None:
    """Find the proxy that the environment of the process names, unless `NO_PROXY` excepts it.

    This host's own engines need none, as for the docker command.

    Raises:
        InvalidInput: it is named, and of another kind than HTTP.
    """
    if endpoint.is_local:
        return None
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies, select_proxy
    from urllib3.util import parse_url

    scheme = "http" if endpoint.tls is None else "https"
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    url = f"{scheme}://{host}:{endpoint.port}"
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    try:
        parsed = parse_url(proxy)
    except ValueError:
        # Not shown, and not chained: it may hold a password.
        raise InvalidInput(f"The proxy for {url} in the environment is no address.") from None
    if parsed.scheme not in (None, "http") or not parsed.host:
        raise InvalidInput(f"The proxy for {url} is no http:// proxy; others are not supported.")
    return Proxy(parsed.host, parsed.port or 80, HTTPAdapter().proxy_headers(proxy))
