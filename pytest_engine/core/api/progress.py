"""Progress of pulls, pushes, imports and builds: JSON messages, and errors among them.

The engine answers 200 before it begins; whatever fails later comes as a message of the
form `{"errorDetail": {"message": ...}, "error": ...}` inside the answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import StreamFailed
from ..streams import JsonDecoder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read_progress"]


def read_progress(stream: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Iterate over the messages of an answer.

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
    decoder.finish()
