"""Answers, of which only so much is taken, and in only so much time.

`http.client` bounds the length of a line and the number of headers. It does not bound how
many interim answers come before the one that counts, nor what stands between the chunks of a
body and behind them; and the timeout of a socket is one for each read, which a byte now and
then keeps from running out. Here both are counted, between the socket and the buffer.
"""

from __future__ import annotations

import http.client
import io
import socket
import sys
import time
from email.errors import MissingHeaderBodySeparatorDefect
from typing import Any

__all__ = ["Response", "TooSlow", "Unreadable", "ran_out"]

# The head, with all interim answers before it; an engine's has some hundred bytes.
_LONGEST_HEAD = 1 << 18
# No answer of an engine that is read as a whole comes near.
_LONGEST_BODY = 1 << 27
# What may come beside a piece of a body: lengths of chunks, trailers, what is read early.
_LONGEST_FRAMING = 1 << 20
# Bodies beyond this are read in pieces of it, so that memory is taken for what has come
# and not for what a head promises.
_PIECE = 1 << 20
# Bytes a second that the body of a short answer has to bring once its timeout has passed.
# A modem brings more, so no honest road falls below it; a byte now and then is far below.
_LEAST_RATE = 4096


class TooSlow(socket.timeout):
    """Something came in time, but not all that was due; `str()` ends a sentence."""


def ran_out(exc: BaseException) -> bool:
    """Tell whether a timeout of ours is over.

    From Python 3.10 on the error by which the system tells that the other side is gone
    (ETIMEDOUT) is of the same class; only that one has a number.
    """
    return isinstance(exc, socket.timeout) and exc.errno is None


class Unreadable(http.client.HTTPException):
    """What came is no answer that can be read; `str()` ends a sentence."""


class Response(http.client.HTTPResponse):
    """An answer whose head is there in bounded time and memory, as its body can be.

    Args:
        sock: where it comes from; the timeout that it has is that of the whole head.
        debuglevel: as `http.client` has it.
        method: the request's, for a HEAD is answered without a body.
        url: as `http.client` has it.
        patience: seconds for the rest of what has begun, where the socket has no timeout
            because an engine may take its time before it begins.
    """

    def __init__(
        self,
        sock: socket.socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
        *,
        patience: float,
    ) -> None:
        self._incoming = _Incoming(sock)
        self._patience = patience
        super().__init__(self._incoming, debuglevel, method, url)  # type: ignore[arg-type]  # all it does is to call makefile
        self._buffer = self.fp

    @property
    def has_rest(self) -> bool:
        """Whether more had come than the answer, once that is closed."""
        return self._incoming.has_rest

    @property
    def silence(self) -> float | None:
        """Seconds that a read may wait, whatever is due; None: any.

        It may be set from another thread and counts from the next read on.
        """
        return self._incoming.silence

    @silence.setter
    def silence(self, seconds: float | None) -> None:
        """Set it; see above."""
        self._incoming.silence = seconds

    def begin(self) -> None:
        """Read the head.

        Raises:
            Unreadable: it is too long, was cut, or is for a body that cannot be read.
            TooSlow: it began, and was not complete in time.
            socket.timeout: nothing came.
        """
        self._expect("its head", _LONGEST_HEAD, is_head=True)
        super().begin()
        # Interim answers that nobody asked for; `http.client` knows only the one of 100
        # (RFC 9110 15.2).
        while 101 < self.status < 200:
            self.headers = None  # type: ignore[assignment]  # as before the first
            super().begin()
        headers = self.headers
        if headers.defects and any(
            isinstance(one, MissingHeaderBodySeparatorDefect) for one in headers.defects
        ):
            # What comes after it was not read as headers, though it may say how long the body is.
            raise Unreadable("a line of its head is no header")
        # All names in one look: looking one up takes a millionth of a second, every time.
        if self.length != 0 and "-encoding" in " ".join(headers.keys()).lower():
            coded = headers.get("Content-Encoding")
            if not self.chunked:
                coded = coded or headers.get("Transfer-Encoding")
            if coded and coded.lower() != "identity":
                raise Unreadable(f"it is encoded as {coded!r:.40}, which was not asked for")
        self._incoming.expect("its next piece", _LONGEST_FRAMING if self.chunked else sys.maxsize)

    def close(self) -> None:
        """Let go of the socket."""
        try:
            super().close()
        finally:
            # It forgets the buffer first, even if that cannot be closed yet.
            self._buffer.close()

    def read_whole(self) -> bytes:
        """Read the body of a short answer.

        Raises:
            Unreadable: it is too long, or there can be none.
            TooSlow: it began, and did not go on fast enough.
            socket.timeout: nothing came.
            http.client.IncompleteRead: the connection ended within it.
        """
        if self.status == 101:
            raise Unreadable("it switches to another protocol, which was not asked for")
        self.expect_whole(_LONGEST_BODY)
        if self.length is not None and self.length <= _PIECE:
            return self.read()
        pieces = list(iter(lambda: self.read(_PIECE), b""))
        # Read in pieces, `http.client` takes the end of the connection for that of the body.
        if self.length:
            raise http.client.IncompleteRead(b"", self.length)
        return b"".join(pieces)

    def expect_whole(self, longest: int) -> None:
        """Let the body be so long, and let it come without long breaks once it has begun."""
        if self.length == 0:
            # Nothing will come, and the connection may stay open all the same.
            return
        self._expect("its body", longest + _LONGEST_FRAMING, rate=_LEAST_RATE)

    def expect_piece(self, longest: int) -> None:
        """Let some piece of the body come next, and if there is a timeout, within that."""
        incoming = self._incoming
        incoming.left = longest + _LONGEST_FRAMING
        if incoming.silence is None:
            incoming.deadline = None
        else:
            incoming.hurry(incoming.silence)

    def _expect(self, part: str, longest: int, *, rate: int = 0, is_head: bool = False) -> None:
        incoming = self._incoming
        incoming.expect(part, longest, rate=rate, is_head=is_head)
        seconds = incoming.silence
        if seconds is None:
            self.fp.peek(1)
            seconds = self._patience
        incoming.hurry(seconds)


class _Incoming(io.RawIOBase):
    """The bytes that a socket brings, as far as they are due.

    Attributes:
        left: how many more may come.
        silence: seconds that a read may wait; None: any.
        deadline: when all of the part has to be there; None: whenever it comes.
        has_rest: whether the buffer had more than the answer when it was closed.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.left = 0
        self.silence = sock.gettimeout()
        self.deadline: float | None = None
        self.has_rest = False
        self._sock = sock
        # As long as this is open, the descriptor is.
        self._hold = sock.makefile("rb", buffering=0)
        self._part = ""
        self._is_head = False
        self._has_ended = False
        # Whether the socket's timeout is what was left of a deadline.
        self._is_limited = False
        self._rate = 0
        self._seconds = 0.0
        self._taken = 0

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give `http.client` what it reads from."""
        return _Buffer(self)

    def expect(self, part: str, longest: int, *, rate: int = 0, is_head: bool = False) -> None:
        """Begin a part of the answer.

        Args:
            part: what it is, for messages.
            longest: how many bytes it may have.
            rate: for so many bytes of it there is a second more; 0: there is not.
            is_head: whether the connection must not end within it.
        """
        self.left, self.deadline = longest, None
        self._part, self._rate, self._is_head = part, rate, is_head
        self._taken = 0

    def hurry(self, seconds: float) -> None:
        """Let the rest of the part be there in so many seconds."""
        self._seconds = seconds
        self.deadline = time.monotonic() + seconds

    def end(self) -> None:
        """Take nothing more."""
        self.left, self._has_ended = 0, True

    def readable(self) -> bool:
        """Say what this is for."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Take what has arrived, or wait for something."""
        if self.left <= 0:
            if self._has_ended:
                return 0
            raise Unreadable(f"{self._part} goes on and on")
        if self.deadline is None:
            if self._is_limited:
                self._sock.settimeout(self.silence)
                self._is_limited = False
            size = self._sock.recv_into(buffer)
        else:
            size = self._take_in_time(buffer, self.deadline)
        if not size and self._is_head and self._taken:
            raise Unreadable("the connection ended within its head")
        self.left -= size
        self._taken += size
        return size

    def close(self) -> None:
        """Let go of the socket."""
        self._hold.close()
        super().close()

    def _take_in_time(self, buffer: Any, deadline: float) -> int:
        silence = self.silence
        if not (silence is None or self._taken or self._is_limited):
            # The first of the part: the socket's own timeout is as long as there is time.
            return self._sock.recv_into(buffer)
        left = deadline - time.monotonic()
        if self._rate:
            left += self._taken / self._rate
        if left > 0:
            self._sock.settimeout(left if silence is None else min(left, silence))
            self._is_limited = True
            try:
                return self._sock.recv_into(buffer)
            except socket.timeout:
                if silence is not None and (left >= silence or not self._taken):
                    raise
        grace = f" and a second for each {self._rate >> 10} KiB of it" if self._rate else ""
        raise TooSlow(f"{self._part} was not there within {self._seconds:g} s{grace}")


class _Buffer(io.BufferedReader):
    """The buffer above it, which tells when it is closed whether it holds something yet."""

    raw: _Incoming

    def close(self) -> None:
        """Look, and let go of the socket."""
        if not self.closed:
            # Nothing is read any more, so this neither waits nor takes what comes next.
            self.raw.end()
            self.raw.has_rest = bool(self.peek(1))
        super().close()
