"""Output of containers and of commands in them, as it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..streams import FrameDecoder, LineDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from ..transport import Stream

__all__ = ["OutputStream"]


class OutputStream:
    """What processes write, taken apart by stream.

    Iterate over it for `(stream, data)` with `stream` being `stdout` or `stderr`; a
    process with a terminal has `stdout` alone. A context manager; `close` may be called
    from any thread and ends an iteration in another one.

    Raises, while it is read:
        ConnectionLost: the connection ended before the output did.
        Timeout: nothing came within the timeout that was asked for.
    """

    def __init__(self, stream: Stream, *, tty: bool) -> None:
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

    def write(self, data: bytes) -> None:
        """Write to the process's standard input, where that is attached."""
        self._stream.write(data)

    def close_stdin(self) -> None:
        """End the process's standard input; its output goes on."""
        self._stream.close_write()

    def settimeout(self, timeout: float | None) -> None:
        """Set how many seconds of silence the next reads bear; None: any."""
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
