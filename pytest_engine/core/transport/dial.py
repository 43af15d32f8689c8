"""Roads to the engine: each gives connected sockets, or says why it cannot."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
from typing import TYPE_CHECKING, Protocol

from ..errors import ConnectionFailed, InvalidInput
from .tls import make_context, wrap

if TYPE_CHECKING:
    from ..endpoint import Endpoint

__all__ = ["Dialer", "connection_failed", "open_dialer"]


class Dialer(Protocol):
    """A road to one engine; may be used by several threads."""

    def dial(self, timeout: float | None) -> socket.socket:
        """Connect.

        Args:
            timeout: seconds that connecting may take; it stays set on the socket.

        Raises:
            ConnectionFailed: nobody listens there, or it must not be connected to.
        """

    def explain(self, exc: BaseException) -> str:
        """Say what may be behind the loss of a connection, as a sentence, or nothing."""

    def close(self) -> None:
        """Let go of what connections have left behind."""


def open_dialer(endpoint: Endpoint) -> Dialer:
    """Choose the road to an endpoint.

    Raises:
        InvalidInput: files for TLS cannot be read, or do not belong together.
    """
    if endpoint.scheme == "unix":
        return _UnixDialer(endpoint)
    if endpoint.scheme == "ssh":
        from .ssh import SshDialer

        return SshDialer(endpoint)
    return _TcpDialer(endpoint)


class _UnixDialer:
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def dial(self, timeout: float | None) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(timeout)
            sock.connect(self._endpoint.path)
        except OSError as exc:
            sock.close()
            raise connection_failed(self._endpoint, exc) from exc
        return sock

    def explain(self, _exc: BaseException) -> str:
        return ""

    def close(self) -> None:
        pass


class _TcpDialer:
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._context = None if endpoint.tls is None else make_context(endpoint.tls)

    def dial(self, timeout: float | None) -> socket.socket:
        endpoint = self._endpoint
        try:
            sock = self._connect(timeout)
        except (OSError, UnicodeError, http.client.HTTPException) as exc:
            raise connection_failed(endpoint, exc) from exc
        try:
            # Small requests on a connection that both sides write to: never hold them back.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is None or endpoint.tls is None:
                return sock
            return wrap(self._context, sock, endpoint.tls.hostname or endpoint.host)
        except OSError as exc:
            sock.close()
            raise connection_failed(endpoint, exc) from exc

    def _connect(self, timeout: float | None) -> socket.socket:
        endpoint = self._endpoint
        proxy = None if endpoint.is_local else _proxy_for(endpoint)
        if proxy is None:
            return socket.create_connection((endpoint.host, endpoint.port), timeout)
        # A tunnel, because a proxy that forwards requests would not forward an upgrade.
        host, port, headers = proxy
        tunnel = http.client.HTTPConnection(host, port, timeout=timeout)
        tunnel.set_tunnel(endpoint.host, endpoint.port, headers)
        with contextlib.closing(tunnel):
            tunnel.connect()
            sock, tunnel.sock = tunnel.sock, None
        return sock

    def explain(self, exc: BaseException) -> str:
        # With TLS 1.3 the engine looks at the client's certificate after the handshake,
        # so a refusal comes as the answer to the first request.
        if self._context is not None and "alert" in str(exc):
            return " The engine asks for a client certificate that it knows; name one."
        return ""

    def close(self) -> None:
        pass


def _proxy_for(endpoint: Endpoint) -> tuple[str, int, dict[str, str]] | None:
    """Find the proxy that the environment names for an address, unless NO_PROXY has it."""
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies, select_proxy
    from urllib3.util import parse_url

    scheme = "http" if endpoint.tls is None else "https"
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    url = f"{scheme}://{host}:{endpoint.port}"
    proxy = select_proxy(url, get_environ_proxies(url))
    if not proxy:
        return None
    parsed = parse_url(proxy)
    if parsed.scheme not in (None, "http") or not parsed.host:
        raise InvalidInput(f"The proxy for {url} is no http:// proxy; others are not supported.")
    return parsed.host, parsed.port or 80, HTTPAdapter().proxy_headers(proxy)


def connection_failed(endpoint: Endpoint, exc: BaseException) -> ConnectionFailed:
    """Say what went wrong when connecting, and what to do about it."""
    reason = getattr(exc, "strerror", None) or str(exc)
    if isinstance(exc, FileNotFoundError):
        reason = "there is no such socket"
        advice = "Start the engine, or set DOCKER_HOST to where it listens."
    elif isinstance(exc, PermissionError):
        reason = "this user may not open the socket"
        advice = "Join the socket's group (usually docker), or use a rootless engine."
    elif isinstance(exc, ConnectionRefusedError):
        reason = "nobody listens there"
        advice = "Start the engine, or set DOCKER_HOST to where it listens."
    elif isinstance(exc, ssl.SSLCertVerificationError):
        reason = f"its certificate is not accepted: {exc.verify_message}"
        advice = "Name the authority that signed it (ca.pem), or the name that it is for."
    elif isinstance(exc, ssl.SSLError):
        reason = f"TLS failed: {exc.reason or exc}"
        advice = "Check that the engine speaks TLS at this port."
    else:
        advice = "Check the address and the network in between."
    return ConnectionFailed(
        f"Cannot connect to the engine at {endpoint.url} (from {endpoint.origin}): "
        f"{reason}. {advice}",
        endpoint=endpoint.url,
    )
