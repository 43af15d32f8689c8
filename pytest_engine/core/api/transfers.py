"""What pulls, pushes, loads and imports share, of images and of plugins alike."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO, Callable, Union

from ..auth import was_refused
from ..errors import ApiError, InvalidInput, PullFailed, PushFailed, ServerError, StreamFailed
from .progress import Progress, ProgressStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..reference import Reference
    from ..transport import Stream

__all__ = [
    "Archive",
    "OnProgress",
    "checked",
    "follow",
    "pull_steps",
    "push_steps",
    "words_of",
]

Archive = Union[bytes, BinaryIO, Iterable[bytes]]
OnProgress = Callable[[Progress], None]


def checked(archive: Archive) -> Archive:
    """See to it that what is sent is made of bytes, before or while it is sent.

    Raises:
        InvalidInput: it is not: at once, or when the piece that is none comes up.
    """
    if _is_text(archive):
        raise InvalidInput(f"{archive!r:.80} is text; an archive is bytes, or a file opened so.")
    is_pieces = not hasattr(archive, "read") and hasattr(archive, "__iter__")
    if is_pieces and not isinstance(archive, (bytes, bytearray, memoryview)):
        return _checked_pieces(archive)
    return archive


def _is_text(archive: object) -> bool:
    # Not everybody checks types.
    return isinstance(archive, (str, io.TextIOBase))


def _checked_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        is_bytes = isinstance(piece, (bytes, bytearray, memoryview))
        if not is_bytes:
            raise InvalidInput(f"A piece of an archive is bytes, not {piece!r:.80}.")
        yield piece


def follow(steps: ProgressStream, progress: OnProgress | None) -> None:
    """Go through the steps of some work to its end, and tell each."""
    for step in steps:
        if progress is not None:
            progress(step)


def words_of(exc: ApiError | StreamFailed) -> str:
    """Find the engine's own words: an error comes before the answer begins, or inside it."""
    return exc.detail if isinstance(exc, StreamFailed) else exc.engine_message


def pull_steps(
    name: str, reference: Reference, login: object, begin: Callable[[], Stream]
) -> ProgressStream:
    """Begin to pull.

    Args:
        name: what is pulled, as the caller wrote it.
        reference: the same, taken apart.
        login: whether a login is sent with it.
        begin: calls the operation.

    Raises:
        PullFailed: the engine refuses at once; so does, later on, the iteration.
    """

    def failed(exc: ApiError | StreamFailed) -> StreamFailed:
        detail = words_of(exc)
        advice = _pull_advice(reference, detail, login)
        return PullFailed(f"Cannot pull {name}: {detail}. {advice}", image=name, detail=detail)

    try:
        stream = begin()
    except ApiError as exc:
        raise failed(exc) from exc
    return ProgressStream(stream, failed)


def push_steps(
    name: str, reference: Reference, login: object, begin: Callable[[], Stream]
) -> ProgressStream:
    """Begin to push; arguments as for `pull_steps`.

    Raises:
        PushFailed: the registry cannot be reached, says the engine at once (as Podman does); so
            does, later on, the iteration.
    """

    def failed(exc: ApiError | StreamFailed) -> StreamFailed:
        detail = words_of(exc)
        advice = _push_advice(reference, detail, login)
        return PushFailed(f"Cannot push {name}: {detail}. {advice}", image=name, detail=detail)

    try:
        stream = begin()
    except ServerError as exc:
        raise failed(exc) from exc
    return ProgressStream(stream, failed)


def _pull_advice(reference: Reference, detail: str, login: object) -> str:
    registry = reference.registry or "Docker Hub (or the engine's mirror of it)"
    if "no space left on device" in detail.lower():
        return "The engine's disk is full: remove what is not needed, or give it a larger one."
    # The Hub says "denied" of images that do not exist, too.
    missing = ("not found", "unknown", "does not exist", "denied")
    if login and was_refused(detail):
        return f"Check the name, and the login to {registry} in Docker's configuration."
    if was_refused(detail) or any(word in detail.lower() for word in missing):
        return (
            f"Check the name and the tag; if the image is private, log in to {registry} "
            "with docker login."
        )
    return f"Check that the engine reaches {registry}."


def _push_advice(reference: Reference, detail: str, login: object) -> str:
    registry = reference.registry or "Docker Hub"
    if not was_refused(detail):
        return f"Check that the engine reaches {registry}, and may push there."
    if login:
        return f"Check the login to {registry} in Docker's configuration, and what it may push."
    return f"Log in to {registry} with docker login."
