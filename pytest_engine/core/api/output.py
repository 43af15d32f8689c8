"""Output of containers and of commands in them, as it comes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Callable

from ..errors import ConnectionLost
from ..streams import FrameDecoder, LineDecoder
from .asked import check_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ..transport import Stream
    from ..transport.websocket import WebsocketStream
    from .call import Caller

__all__ = ["OutputStream", "ProcessStream", "find_tty", "is_raw"]

_MULTIPLEXED_CONTENT_TYPE = (1, 42)
# What Ctrl-D sends: how a terminal is told that its input has ended.
_END_OF_INPUT = b"\x04"


class OutputStream:
    """What processes write, taken apart by stream.

    Iterate over it for `(stream, data)` with `stream` being `stdout` or `stderr`; a
    process with a terminal has `stdout` alone. A context manager; `close` may be called
    from any thread and ends an iteration in another one.

    Raises, while it is read:
        ConnectionLost: the connection ended before the output did.
        Timeout: nothing came within the timeout that was asked for.
    """

    def __init__(self, stream: Stream | WebsocketStream, *, tty: bool) -> None:
        """Take over an open answer.

        Args:
            stream: the answer.
            tty: whether the output comes from a terminal, which has no frames.
        """
        self._stream = stream
        self._tty = tty

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over `(stream, data)` as it arrives, until the output ends."""
        if self._tty:
            for data in self._stream:
                yield "stdout", data
            return
        frames = FrameDecoder()
        for data in self._stream:
            yield from frames.feed(data)
        if not self._stream.was_closed():
            frames.finish()

    def lines(self) -> Iterator[tuple[str, bytes]]:
        """Iterate over `(stream, line)`, lines without their line ends."""
        lines = LineDecoder()
        for stream, data in self:
            yield from lines.feed(stream, data)
        yield from lines.finish()

    def read(self) -> tuple[bytes, bytes]:
        """Read to the end and return what went to stdout and what to stderr."""
        parts: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
        for stream, data in self:
            parts[stream].append(data)
        return b"".join(parts["stdout"]), b"".join(parts["stderr"])

    def write(self, data: bytes, *, patient: bool = False) -> None:
        """Write to the process's standard input, where that is attached.

        Args:
            data: the bytes.
            patient: wait for as long as the stream is open until the process reads them, and
                not only for the timeout of reads.
        """
        self._stream.write(data, patient=patient)

    def close_stdin(self) -> None:
        """End the process's standard input; its output goes on."""
        self._stream.close_write()

    def settimeout(self, timeout: float | None) -> None:
        """Set how many seconds of silence the next reads bear; None: any.

        Raises:
            InvalidInput: it is no number of seconds.
        """
        check_seconds(timeout)
        self._stream.settimeout(timeout)

    def close(self) -> None:
        """Close the connection; the process goes on."""
        self._stream.close()

    def __enter__(self) -> OutputStream:
        """Return the stream itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.close()


class ProcessStream(OutputStream):
    """A process: what it writes, its standard input, its terminal and its end.

    Made by `containers.attach` and `exec.start`.
    """

    def __init__(
        self,
        stream: Stream | WebsocketStream,
        *,
        tty: bool,
        resize: Callable[[int, int], None],
        exit_code: Callable[[float | None], int],
        framed: bool | None = None,
    ) -> None:
        """Take over an upgraded connection.

        Args:
            stream: the connection.
            tty: whether the process is known to have a terminal.
            resize: how its terminal is resized.
            exit_code: how its end is waited for.
            framed: whether its output is in frames; None: where it has no terminal.
        """
        super().__init__(stream, tty=tty if framed is None else not framed)
        self._is_terminal = tty
        self._within_line = False
        self._patient = False
        self._resize = resize
        self._exit_code = exit_code

    def write(self, data: bytes, *, patient: bool = False) -> None:
        """Write to its standard input, where that is attached; see `OutputStream.write`."""
        self._patient = patient
        super().write(data, patient=patient)
        if data:
            self._within_line = bytes(memoryview(data).cast("B")[-1:]) != b"\n"

    def close_stdin(self) -> None:
        """End its standard input; its output goes on.

        A terminal is told so by a character, as by Ctrl-D, and hands it to one reader: what
        reads on after that waits for more.
        """
        if not self._is_terminal:
            super().close_stdin()
            return
        # Engines end the output together with the input of a terminal. Within a line the
        # character hands over what there is of it, and the next one is the end.
        with contextlib.suppress(ConnectionLost):
            end = _END_OF_INPUT * (2 if self._within_line else 1)
            # It comes after the input, and so waits like that.
            self._stream.write(end, patient=self._patient)

    def resize(self, height: int, width: int) -> None:
        """Tell its terminal how many lines and columns it has now.

        Raises:
            ApiError: it does not run, or has no terminal.
        """
        self._resize(height, width)

    def exit_code(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code.

        A process that writes more than the connection holds goes on only when that is
        read: read the output first, or in another thread. Works after `close`, too.

        Args:
            timeout: seconds to wait at most; None: for ever.

        Raises:
            Timeout: it did not end in time.
        """
        return self._exit_code(timeout)

    def __enter__(self) -> ProcessStream:
        """Return the stream itself."""
        return self


def find_tty(caller: Caller, container: str) -> bool | None:
    """Find out whether a container has a terminal; None: the answer's type will tell.

    Before API 1.42 that takes an inspect (`GET /containers/{id}/json`).
    """
    if caller.version >= _MULTIPLEXED_CONTENT_TYPE:
        return None
    inspected = caller.json("ContainerInspect", container)
    return bool((inspected.get("Config") or {}).get("Tty"))


def is_raw(stream: Stream) -> bool:
    """Tell by an answer's type (API 1.42) whether it comes from a terminal, without frames."""
    return stream.headers.get("Content-Type") == "application/vnd.docker.raw-stream"
