"""Progress of pulls, pushes, loads, imports and builds, and errors among it.

The engine answers 200 before it begins; whatever fails later comes as a message of the
form `{"errorDetail": {"message": ...}, "error": ...}` inside the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from ..errors import StreamFailed
from ..streams import JsonDecoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from ..transport import Stream

__all__ = ["Progress", "ProgressStream", "read_progress"]


@dataclass(frozen=True)
class Progress:
    """A step of a pull, a push, a load or an import.

    Attributes:
        layer: the layer that it is about, by its short id; empty: the whole.
        status: what is done, in the engine's words: `Downloading`, `Pull complete`, ...
        current: bytes that are done; None where the engine does not count.
        total: bytes to be done; None where the engine does not know.
    """

    layer: str
    status: str
    current: int | None = None
    total: int | None = None


class ProgressStream:
    """The steps of a pull, a push or a load, as they come. Iterate over it.

    The work is done when the iteration has ended. A context manager; `close`, also from
    another thread, ends the iteration, and the engine gives the work up.
    """

    def __init__(self, stream: Stream, failed: Callable[[StreamFailed], StreamFailed]) -> None:
        """Take over an open answer.

        Args:
            stream: the answer.
            failed: makes the error to raise when the engine reports one.
        """
        self._stream = stream
        self._failed = failed

    def __iter__(self) -> Iterator[Progress]:
        """Iterate over the steps.

        Raises:
            StreamFailed: the work failed; the subclass says at what.
            ConnectionLost: the connection ended before the work did.
        """
        try:
            for message in read_progress(self._stream, self._stream.was_closed):
                yield _progress_of(message)
        except StreamFailed as exc:
            raise self._failed(exc) from exc
        finally:
            self._stream.close()

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def __enter__(self) -> ProgressStream:
        """Return the stream itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()


def read_progress(
    stream: Iterable[bytes], was_closed: Callable[[], bool] = bool
) -> Iterator[dict[str, Any]]:
    """Iterate over the messages of an answer.

    Args:
        stream: the answer.
        was_closed: tells whether the answer ended because nobody wants more of it.

    Raises:
        StreamFailed: the engine reports an error; `detail` holds its words.
        ConnectionLost: the answer ended in the middle of a message.
    """
    decoder = JsonDecoder()
    for data in stream:
        for message in decoder.feed(data):
            if not isinstance(message, dict):
                continue
            error = message.get("errorDetail") or message.get("error")
            if error:
                detail = error.get("message") if isinstance(error, dict) else error
                text = str(detail or message.get("error") or "no reason given").rstrip(". ")
                raise StreamFailed(text, detail=text)
            yield message
    if not was_closed():
        decoder.finish()


def _progress_of(message: dict[str, Any]) -> Progress:
    detail = message.get("progressDetail")
    numbers = detail if isinstance(detail, dict) else {}
    return Progress(
        layer=str(message.get("id") or ""),
        # A load says what it did as a build prints: `stream`.
        status=str(message.get("status") or message.get("stream") or "").strip(),
        current=_bytes(numbers.get("current")),
        total=_bytes(numbers.get("total")),
    )


def _bytes(value: Any) -> int | None:
    # The engine says -1, or nothing, where it does not know.
    return value if isinstance(value, int) and value >= 0 else None
