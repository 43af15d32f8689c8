"""Roads to the engine: each gives connected sockets, or says why it cannot."""

from __future__ import annotations

import socket
import ssl
import struct
from typing import TYPE_CHECKING, Protocol

from ..errors import ConnectionFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..endpoint import Endpoint
    from .proxy import Proxy

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


def open_dialer(endpoint: Endpoint, environ: Mapping[str, str]) -> Dialer:
    """Choose the road to an endpoint.

    Args:
        endpoint: where it leads.
        environ: the environment that names proxies.

    Raises:
        InvalidInput: files for TLS cannot be read, or do not belong together.
    """
    if endpoint.scheme == "unix":
        return _UnixDialer(endpoint)
    # What the other roads need is not loaded for this one.
    if endpoint.scheme == "ssh":
        from .ssh import SshDialer

        return SshDialer(endpoint)
    from .tcp import TcpDialer

    return TcpDialer(endpoint, environ)


class _UnixDialer:
    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def dial(self, timeout: float | None) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            # With a timeout of Python's, a unix socket whose queue is full refuses at once
            # (EAGAIN); the kernel's own timeout waits for a place (unix(7), socket(7)).
            _limit_connect(sock, timeout or 0)
            sock.connect(self._endpoint.path)
            _limit_connect(sock, 0)
            sock.settimeout(timeout)
        except OSError as exc:
            sock.close()
            raise connection_failed(self._endpoint, exc) from exc
        return sock

    def explain(self, _exc: BaseException) -> str:
        return ""

    def close(self) -> None:
        pass


def _limit_connect(sock: socket.socket, seconds: float) -> None:
    whole, fraction = divmod(seconds, 1)
    limit = struct.pack("@ll", int(whole), int(fraction * 10**6))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def connection_failed(
    endpoint: Endpoint, exc: BaseException, proxy: Proxy | None = None
) -> ConnectionFailed:
    """Say what went wrong when connecting, and what to do about it."""
    reason = getattr(exc, "strerror", None) or str(exc)
    if proxy is not None:
        reason = f"there is no way through the proxy {proxy}: {reason}"
        advice = "Check HTTP_PROXY and HTTPS_PROXY, or except the engine's host with NO_PROXY."
    elif isinstance(exc, FileNotFoundError):
        reason = "there is no such socket"
        advice = "Start the engine, or set DOCKER_HOST to where it listens."
    elif isinstance(exc, PermissionError):
        reason = "this user may not open the socket"
        advice = "Join the socket's group (usually docker), or use a rootless engine."
    elif isinstance(exc, BlockingIOError):
        reason = "it takes no more connections"
        advice = "It may be overloaded or hang; look into its log."
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
