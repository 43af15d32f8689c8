"""Builds as they come: events, lines for people, and what is said of one that has failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable

from ..auth import was_refused
from ..buildtrace import BuildEvent, BuildKitTrace, BuildStep, TextTrace, Transcript
from ..dockerfile import find_line
from ..errors import BuildFailed, ConnectionLost, StreamFailed
from .progress import read_progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType

    from ..transport import Stream

__all__ = ["BuildStream", "build_failed"]

_IMAGE_ID = re.compile(r"(?:sha256:)?(?P<digits>[0-9a-f]{64})")
# "dockerfile parse error line 2: ..." of BuildKit in 20.10 and of the classic builder, "... on
# line 2: ..." of newer ones.
_PARSE_ERROR = re.compile(r"parse error(?: on)? line (\d+)")
_NEEDS_SESSION = re.compile(r"--mount=\S*\btype=(?:secret|ssh)\b")
# What BuildKit says when it wants to ask the client for something; a session is a gRPC server on
# the client's side of an upgraded connection.
_NO_SESSION = "no active session"
_LOOKS_FOR_BASE = "[internal] load metadata for "
# 20.10 asks a registry on the loopback address once more over HTTP, which one that speaks TLS
# answers with 400.
_REFUSED = re.compile(r"\b40[013]\b|denied")
_SESSION_ADVICE = (
    " A secret or an ssh agent cannot be handed to a build over the API alone: do without RUN "
    "--mount=type=secret and type=ssh. What a stage copies in stays out of the image as long as "
    "only other things are copied out of that stage (a build in several stages)."
)
_LOGIN_ADVICE = (
    " If a base image is private, log in to its registry with docker login, or check that login. "
    "Where the client does not see the Dockerfile (it is in an archive, or fetched by the "
    "engine), pull the image first (images.pull), and build without pull=True."
)


class BuildStream:
    """The events of a build, as they come. Iterate over it.

    The image is built when the iteration has ended. A context manager; `close`, also from
    another thread, ends the iteration, and the engine gives the build up.

    Attributes:
        image_id: the image's id; empty until the iteration has ended, and where the build makes
            no image (`outputs`).
    """

    def __init__(
        self,
        stream: Stream,
        failed: Callable[[StreamFailed, Transcript], StreamFailed],
        *,
        told: Sequence[BuildEvent] = (),
        makes_image: bool = True,
    ) -> None:
        """Take over an open answer.

        Args:
            stream: the answer.
            failed: makes the error to raise when the engine reports one.
            told: events of what was done before.
            makes_image: whether an image has to come of it.
        """
        self.image_id = ""
        self._stream = stream
        self._failed = failed
        self._told = told
        self._makes_image = makes_image

    def __iter__(self) -> Iterator[BuildEvent]:
        """Iterate over the events.

        Raises:
            BuildFailed: a step failed; it says which, and what the step printed.
            ConnectionLost: the connection ended before the build did.
        """
        for event, _lines in self.with_lines():
            yield event

    def with_lines(self) -> Iterator[tuple[BuildEvent, tuple[str, ...]]]:
        """Iterate over the events, each with the lines that it adds to a log for people.

        It raises what the iteration over the events does.
        """
        transcript = Transcript()
        try:
            for event in self._events():
                yield event, tuple(transcript.add(event))
        except StreamFailed as exc:
            raise self._failed(exc, transcript) from exc
        finally:
            self._stream.close()

    def _events(self) -> Iterator[BuildEvent]:
        yield from self._told
        # An engine speaks one of the two, but which is seen from what it says.
        records, text = BuildKitTrace(), TextTrace()
        printed = ""
        try:
            for message in read_progress(self._stream, self._stream.was_closed):
                self.image_id = _image_id(message) or self.image_id
                printed = _printed_id(message) or printed
                yield from records.feed(message)
                yield from text.feed(message)
        except StreamFailed as exc:
            yield from (*records.finish(), *text.finish(), *text.end(exc.detail))
            raise
        yield from (*records.finish(), *text.finish())
        if self._stream.was_closed():
            return
        yield from text.end()
        # A quiet build has nothing else.
        self.image_id = self.image_id or printed
        if self._makes_image and not self.image_id:
            raise ConnectionLost("The build ended without an image and without a reason.")

    def close(self) -> None:
        """End it."""
        self._stream.close()

    def __enter__(self) -> BuildStream:
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


def build_failed(
    name: str,
    detail: str,
    *,
    dockerfile: str = "",
    complaints: Iterable[str] = (),
    transcript: Transcript | None = None,
) -> BuildFailed:
    """Say what there is to say of a build that has failed.

    Args:
        name: what the image was to be called; may be empty.
        detail: the reason in the engine's words.
        dockerfile: what the Dockerfile says, where it is known.
        complaints: what has gone wrong before.
        transcript: the build so far.
    """
    detail = detail.strip().rstrip(".")
    step = transcript.failed if transcript else None
    line = _find_line(detail, step, dockerfile)
    at = [] if step is None or step.is_internal else [step.name]
    at += [] if line is None else [f"line {line} of the Dockerfile"]
    text = transcript.tail if transcript else ""
    message = "".join(
        (
            f"Cannot build {name or 'the image'}: {detail}.",
            f" That was {', '.join(at)}." if at else "",
            _advice(detail, step),
            *(f" {complaint}" for complaint in complaints),
            f"\n{text}" if text else "",
        )
    )
    return BuildFailed(
        message,
        image=name,
        detail=detail,
        step=step.name if step else "",
        line=line,
        log=text,
    )


def _find_line(detail: str, step: BuildStep | None, dockerfile: str) -> int | None:
    told = _PARSE_ERROR.search(detail)
    if told is not None:
        return int(told[1])
    return find_line(dockerfile, step.name) if step is not None else None


def _advice(detail: str, step: BuildStep | None) -> str:
    if step is not None and _NEEDS_SESSION.search(step.name):
        return _SESSION_ADVICE
    is_base = step is not None and step.name.startswith(_LOOKS_FOR_BASE)
    if _NO_SESSION in detail or was_refused(detail) or (is_base and _REFUSED.search(detail)):
        return _LOGIN_ADVICE
    return ""


def _image_id(message: Mapping[str, Any]) -> str:
    aux = message.get("aux")
    # Podman, and the classic builder, give the record no name.
    if message.get("id") in ("moby.image.id", None) and isinstance(aux, dict):
        return str(aux.get("ID", ""))
    return ""


def _printed_id(message: Mapping[str, Any]) -> str:
    text = message.get("stream")
    found = _IMAGE_ID.fullmatch(text.strip()) if isinstance(text, str) else None
    return f"sha256:{found['digits']}" if found else ""
