"""TLS: the context of an endpoint, and sockets that both directions may use at once."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, TypeVar, cast

from ..errors import InvalidInput, is_endless, looking

if TYPE_CHECKING:
    from ..endpoint import Tls

__all__ = ["TlsSocket", "make_context", "wrap"]

_T = TypeVar("_T")
# Bytes that are encrypted, or taken from the socket, at a time: four of TLS's records.
_PIECE = 65536
# Bytes that are read of a file at a time.
_BLOCK = 262144
# SSL_OP_IGNORE_UNEXPECTED_EOF of OpenSSL 3, which the standard library names from 3.10 on.
_IGNORE_UNEXPECTED_EOF = 1 << 7


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
    # Nobody who writes is to be kept waiting for something to read.
    context.options |= ssl.OP_NO_RENEGOTIATION
    # Python 3.9 sets it where it is built with OpenSSL 3; a cut connection would seem complete.
    context.options &= ~_IGNORE_UNEXPECTED_EOF
    files = [path for path in (tls.ca, tls.cert, tls.key) if path]
    for path in files:
        with looking(path, "TLS"):
            # OpenSSL opens it by itself, and waits for a pipe with all threads.
            if is_endless(path):
                raise ValueError("it is a device, a pipe or a socket, and no file")
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
        named = ", ".join(map(str, files))
        raise InvalidInput(f"TLS: {named} cannot be used: {exc}.") from exc
    return context


def wrap(context: ssl.SSLContext, sock: socket.socket, hostname: str) -> socket.socket:
    """Shake hands with the other side.

    Raises:
        OSError: it speaks no TLS, or its certificate is not accepted; the socket is closed.
        ValueError: no host can have that name; likewise.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        tls = context.wrap_bio(incoming, outgoing, server_hostname=hostname)
    except BaseException:
        sock.close()
        raise
    wrapped = TlsSocket(sock, tls, incoming, outgoing)
    try:
        wrapped.shake_hands()
    except BaseException:
        wrapped.close()
        raise
    return wrapped


class TlsSocket(socket.socket):
    """A TLS socket that one thread may read while another writes, and that half-closes.

    The standard library's can do neither. OpenSSL wants one thread in a connection at a
    time, and Python before 3.13 does not see to that: here it works on memory alone, under
    a lock, and what has to be waited for is waited for outside.

    `shutdown(SHUT_WR)` sends TLS's own end of data (close_notify, RFC 8446 6.1), after
    which the other side may go on. `SSLSocket.unwrap` sends it as well, but then looks for
    the other side's and throws away the data that it finds instead; here there is none to
    be found, for it has been taken out before.

    An end without close_notify is an error: somebody cut the connection.
    """

    def __init__(
        self,
        sock: socket.socket,
        tls: ssl.SSLObject,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
    ) -> None:
        """Take over a connected socket; `wrap` does it."""
        self._patience = sock.gettimeout()
        super().__init__(sock.family, sock.type, sock.proto, fileno=sock.detach())
        super().settimeout(0.0)
        self._guard = threading.Lock()
        self._tls = tls
        # What came from the other side, still encrypted; and what was taken out early.
        self._incoming = incoming
        self._early = bytearray()
        # What goes to it, encrypted; and the part that waits for room in the socket.
        self._outgoing = outgoing
        self._unsent = b""

    @property
    def has_rest(self) -> bool:
        """Whether something has arrived that nobody has read, and `poll` does not see."""
        with self._guard:
            return bool(self._early or self._incoming.pending or self._tls.pending())

    def shake_hands(self) -> None:
        """Begin."""
        self._run(self._tls.do_handshake, sent=True)

    def gettimeout(self) -> float | None:
        """Return the timeout as it was set."""
        return self._patience

    def settimeout(self, value: float | None) -> None:
        """Set how long reads and writes wait."""
        self._patience = value

    def recv(self, bufsize: int, flags: int = 0) -> bytes:
        """Read what has arrived."""
        buffer = bytearray(bufsize)
        return bytes(buffer[: self.recv_into(buffer, bufsize, flags)])

    def recv_into(self, buffer: Any, nbytes: int | None = None, _flags: int = 0) -> int:
        """Read what has arrived."""
        with memoryview(buffer) as view, view.cast("B") as octets:
            try:
                return self._run(self._take, octets[: nbytes or None])
            except ssl.SSLZeroReturnError:
                return 0

    def send(self, data: Any, flags: int = 0) -> int:
        """Write the data; all of it."""
        self.sendall(data, flags)
        return memoryview(data).nbytes

    def send_patiently(self, data: Any) -> int:
        """Write the data, all of it, however long that takes; closing the socket ends it."""
        self._write(data, patient=True)
        return memoryview(data).nbytes

    def sendall(self, data: Any, _flags: int = 0) -> None:
        """Write the data."""
        self._write(data)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Write what a file holds from an offset on, and return how many bytes that were.

        The inherited way has the kernel do it, which sends them as they are: unencrypted.
        """
        file.seek(offset)
        sent = 0
        while count is None or sent < count:
            data = file.read(_BLOCK if count is None else min(_BLOCK, count - sent))
            if not data:
                break
            self.sendall(data)
            sent += len(data)
        return sent

    def shutdown(self, how: int) -> None:
        """End one direction or both."""
        if how == socket.SHUT_WR:
            self._run(self._say_end, sent=True)
        else:
            super().shutdown(how)

    def _write(self, data: Any, *, patient: bool = False) -> None:
        with memoryview(data) as view, view.cast("B") as octets:
            for start in range(0, len(octets), _PIECE):
                piece = octets[start : start + _PIECE]
                self._run(self._tls.write, piece, sent=True, patient=patient)

    def _run(
        self,
        operation: Callable[..., _T],
        *arguments: Any,
        sent: bool = False,
        patient: bool = False,
    ) -> _T:
        """Let OpenSSL do something, and feed it until it can.

        Args:
            operation: what to do, under the lock.
            arguments: its arguments.
            sent: whether to wait until what it has to say is on its way. A reader does not:
                the other side may wait for it to read on.
            patient: whether to wait for ever.
        """
        patience = None if patient else self._patience
        deadline = None if patience is None else time.monotonic() + patience
        done: list[_T] = []
        while True:
            events = 0
            with self._guard:
                try:
                    if not done:
                        done.append(operation(*arguments))
                except ssl.SSLWantReadError:
                    if self._fill():
                        continue
                    events = select.POLLIN
                except ssl.SSLError:
                    # Tells the other side what is wrong, if it still listens.
                    with contextlib.suppress(OSError):
                        self._flush()
                    raise
                try:
                    if not self._flush():
                        events |= select.POLLOUT
                except OSError:
                    # It no longer listens; it may have said why.
                    if sent:
                        raise
            if done and not (sent and events):
                return done[0]
            self._await(events, deadline)

    def _take(self, buffer: memoryview) -> int:
        if self._early:
            size = min(len(buffer), len(self._early))
            buffer[:size] = self._early[:size]
            del self._early[:size]
            return size
        # The annotations of the standard library forget that it may be a memoryview.
        return cast("int", self._tls.read(len(buffer), cast("bytearray", buffer)))

    def _say_end(self) -> None:
        with contextlib.suppress(ssl.SSLError):
            while True:
                self._early += self._tls.read(_PIECE)
        # The other side's end comes when it has finished.
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()

    def _fill(self) -> bool:
        """Hand to OpenSSL what has arrived; tell whether anything has."""
        try:
            data = super().recv(_PIECE)
        except BlockingIOError:
            return False
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
        return True

    def _flush(self) -> bool:
        """Send what OpenSSL has to say; tell whether all of it has found room."""
        self._unsent += self._outgoing.read()
        while self._unsent:
            try:
                self._unsent = self._unsent[super().send(self._unsent) :]
            except BlockingIOError:
                return False
        return True

    def _await(self, events: int, deadline: float | None) -> None:
        number = self.fileno()
        if number < 0:
            raise OSError(errno.EBADF, "the connection was closed meanwhile")
        poll = select.poll()
        poll.register(number, events)
        left = None if deadline is None else max(0.0, deadline - time.monotonic()) * 1000
        if not poll.poll(left):
            raise socket.timeout("timed out")


def _no_passphrase() -> str:
    raise ValueError("a key with a passphrase is not supported")
