"""Open a connected socket to an endpoint, or say why that cannot be done."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ..errors import ConnectionFailed

if TYPE_CHECKING:
    from ..endpoint import Endpoint

__all__ = ["connection_failed", "dial"]


def dial(endpoint: Endpoint, timeout: float | None) -> socket.socket:
    """Connect to an endpoint.

    Args:
        endpoint: where to connect to.
        timeout: seconds that connecting may take; it stays set on the socket.

    Raises:
        ConnectionFailed: nobody listens there, or the socket must not be opened.
    """
    if endpoint.scheme == "tcp":
        try:
            sock = socket.create_connection((endpoint.host, endpoint.port), timeout)
        except (OSError, UnicodeError) as exc:
            raise connection_failed(endpoint, exc) from exc
        # Small requests on a connection that both sides write to: never hold them back.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(endpoint.path)
    except OSError as exc:
        sock.close()
        raise connection_failed(endpoint, exc) from exc
    return sock


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
    else:
        advice = "Check the address and the network in between."
    return ConnectionFailed(
        f"Cannot connect to the engine at {endpoint.url} (from {endpoint.origin}): "
        f"{reason}. {advice}",
        endpoint=endpoint.url,
    )
