"""TLS: the context of an endpoint, and sockets that both directions may use at once."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidInput

if TYPE_CHECKING:
    from ..endpoint import Tls

__all__ = ["TlsSocket", "make_context", "wrap"]


def make_context(tls: Tls) -> ssl.SSLContext:
    """Read the files and make the context of all connections to an endpoint.

    The endpoint's own authorities replace the system's, and nothing of the environment
    (`REQUESTS_CA_BUNDLE`, `SSL_CERT_FILE` beside an own `ca`) gets in between.

    Raises:
        InvalidInput: a file cannot be read, or they do not belong together.
    """
    if tls.key is not None and tls.cert is None:
        raise InvalidInput(f"TLS: the key {tls.key} lacks its certificate.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = TlsSocket
    try:
        if not tls.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif tls.ca is not None:
            context.load_verify_locations(tls.ca)
        else:
            context.load_default_certs()
        if tls.cert is not None:
            # A key with a passphrase would ask for it on the terminal.
            context.load_cert_chain(tls.cert, tls.key, password=_no_passphrase)
    except (OSError, ValueError) as exc:
        files = ", ".join(str(path) for path in (tls.ca, tls.cert, tls.key) if path)
        raise InvalidInput(f"TLS: {files} cannot be used: {exc}.") from exc
    return context


def wrap(context: ssl.SSLContext, sock: socket.socket, hostname: str) -> socket.socket:
    """Shake hands with the other side.

    Raises:
        OSError: it speaks no TLS, or its certificate is not accepted; the socket is closed.
    """
    try:
        wrapped = cast("TlsSocket", context.wrap_socket(sock, server_hostname=hostname))
    except BaseException:
        sock.close()
        raise
    wrapped.share()
    return wrapped


class TlsSocket(ssl.SSLSocket):
    """A TLS socket that one thread may read while another writes, and that half-closes.

    OpenSSL wants one thread in a connection at a time, and Python before 3.13 does not
    see to that. So nothing waits inside OpenSSL: it is entered under a lock, and what it
    has to wait for is waited for outside.

    `shutdown(SHUT_WR)` sends TLS's own end of data (close_notify, RFC 8446 6.1), after
    which the other side may go on; the standard library's would end both directions.
    """

    _guard: threading.Lock | None = None
    _patience: float | None = None

    def share(self) -> None:
        """Begin to be shared by threads; called once, when hands have been shaken."""
        self._patience = super().gettimeout()
        super().settimeout(0.0)
        self._guard = threading.Lock()

    def gettimeout(self) -> float | None:
        """Return the timeout as it was set."""
        return super().gettimeout() if self._guard is None else self._patience

    def settimeout(self, value: float | None) -> None:
        """Set how long reads and writes wait."""
        if self._guard is None:
            super().settimeout(value)
        else:
            self._patience = value

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Read what has arrived."""
        try:
            return cast("int", self._patiently(super().recv_into, buffer, nbytes, flags))
        except ssl.SSLZeroReturnError:
            # The other side's end of data, after ours.
            return 0

    def send(self, data: Any, flags: int = 0) -> int:
        """Write some of the data."""
        return cast("int", self._patiently(super().send, data, flags))

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Write all of the data."""
        if self._guard is None:
            return super().sendall(data, flags)
        with memoryview(data) as view, view.cast("B") as octets:
            sent = 0
            while sent < len(octets):
                sent += self.send(octets[sent : sent + 16384], flags)
        return None

    def shutdown(self, how: int) -> None:
        """End one direction or both."""
        if how != socket.SHUT_WR or self._guard is None:
            super().shutdown(how)
            return
        # It is sent at once; waiting for the other side's is what `recv_into` does.
        with self._guard, contextlib.suppress(ssl.SSLWantReadError):
            self.unwrap()

    def _patiently(self, operation: Any, *arguments: Any) -> Any:
        guard = self._guard
        if guard is None:
            return operation(*arguments)
        deadline = None if self._patience is None else time.monotonic() + self._patience
        while True:
            with guard:
                try:
                    return operation(*arguments)
                except ssl.SSLWantReadError:
                    event = select.POLLIN
                except ssl.SSLWantWriteError:
                    event = select.POLLOUT
            self._await(event, deadline)

    def _await(self, event: int, deadline: float | None) -> None:
        poll = select.poll()
        poll.register(self.fileno(), event)
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(left):
            raise socket.timeout("timed out")


def _no_passphrase() -> str:
    raise ValueError("a key with a passphrase is not supported")
