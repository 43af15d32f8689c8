"""Images: `/images/...`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO, Callable

from ..auth import was_refused
from ..errors import ApiError, ImportFailed, InvalidInput, PullFailed, PushFailed, StreamFailed
from ..filters import Filters, encode_filters
from ..reference import Reference, parse_reference
from .progress import Progress, ProgressStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..auth import Credentials
    from ..transport import Stream
    from ..types.engine import ImageDeleteResponseItem, ImageInspect, ImageSummary
    from .call import Caller

__all__ = ["Images"]

OnProgress = Callable[[Progress], None]
_LOADED = re.compile(r"Loaded image(?: ID)?: (\S+)")


class Images:
    """The images in an engine's own store, and their way from and to registries."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`, and log in to registries with `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def list(
        self,
        *,
        all: bool = False,  # the Engine API's name
        filters: Filters | None = None,
    ) -> list[ImageSummary]:
        """List images (`GET /images/json`), with `all` also those in between of builds."""
        summaries: list[ImageSummary] = self._caller.json(
            "ImageList", query={"all": all, "filters": encode_filters(filters)}
        )
        return summaries

    def inspect(self, name: str) -> ImageInspect:
        """Tell all about an image (`GET /images/{name}/json`).

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
        """
        inspected: ImageInspect = self._caller.json("ImageInspect", name)
        return inspected

    def pull(
        self, name: str, *, platform: str | None = None, progress: OnProgress | None = None
    ) -> None:
        """Pull an image from its registry (`POST /images/create`).

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            progress: called with every step.

        Raises:
            PullFailed: the registry does not have the image, does not hand it out, or
                cannot be reached; `detail` says it in its words.
            InvalidInput: the name is no image reference.
        """
        with self.pulling(name, platform=platform) as steps:
            _follow(steps, progress)

    def pulling(self, name: str, *, platform: str | None = None) -> ProgressStream:
        """Pull an image step by step; it is there when the iteration ends. See `pull`."""
        reference = parse_reference(name).with_default_tag()
        query = {"fromImage": reference.name, "platform": platform}
        # A digest goes where a tag goes; without either, the engine would pull all tags.
        query["tag"] = reference.digest or reference.tag

        login = self._credentials.authorization(reference)

        def failed(exc: ApiError | StreamFailed) -> StreamFailed:
            detail = _detail(exc)
            advice = _pull_advice(reference, detail, login)
            return PullFailed(f"Cannot pull {name}: {detail}. {advice}", image=name, detail=detail)

        try:
            stream = self._caller.stream("ImageCreate", query=query, headers=login)
        except ApiError as exc:
            raise failed(exc) from exc
        return ProgressStream(stream, failed)

    def push(self, name: str, *, progress: OnProgress | None = None) -> None:
        """Push an image to the registry that its name says (`POST /images/{name}/push`).

        Raises:
            ImageNotFound: the engine's store does not have the image.
            PushFailed: the registry refuses it or cannot be reached.
        """
        with self.pushing(name) as steps:
            _follow(steps, progress)

    def pushing(self, name: str) -> ProgressStream:
        """Push an image step by step; it is there when the iteration ends. See `push`."""
        reference = parse_reference(name).with_default_tag()
        login = self._credentials.authorization(reference)

        def failed(exc: StreamFailed) -> StreamFailed:
            advice = _push_advice(reference, exc.detail, login)
            return PushFailed(
                f"Cannot push {name}: {exc.detail}. {advice}", image=name, detail=exc.detail
            )

        stream = self._caller.stream(
            "ImagePush",
            reference.name,
            query={"tag": reference.tag},
            # Without the header it is refused before the registry is asked (HTTP 400).
            headers=login or {"X-Registry-Auth": "e30="},
        )
        return ProgressStream(stream, failed)

    def load(
        self, archive: bytes | BinaryIO | Iterable[bytes], *, progress: OnProgress | None = None
    ) -> tuple[str, ...]:
        """Load images that `save` wrote (`POST /images/load`).

        Args:
            archive: the archive, plain or compressed.
            progress: called with every step.

        Returns:
            The names of the images, or the ids of those that had none.

        Raises:
            ImportFailed: the archive is broken or the engine cannot store it.
        """
        loaded: list[str] = []
        with self.loading(archive) as steps:
            for step in steps:
                loaded += _LOADED.findall(step.status)
                if progress is not None:
                    progress(step)
        return tuple(loaded)

    def loading(self, archive: bytes | BinaryIO | Iterable[bytes]) -> ProgressStream:
        """Load images step by step; they are there when the iteration ends. See `load`."""

        def failed(exc: ApiError | StreamFailed) -> StreamFailed:
            detail = _detail(exc)
            return ImportFailed(f"Cannot load images: {detail}.", detail=detail)

        try:
            stream = self._caller.stream(
                "ImageLoad",
                query={"quiet": False},
                body=archive,
                headers={"Content-Type": "application/x-tar"},
            )
        except ApiError as exc:
            raise failed(exc) from exc
        return ProgressStream(stream, failed)

    def save(self, names: str | Sequence[str]) -> Stream:
        """Write images into an archive that `load` reads (`GET /images/get`).

        Args:
            names: names or ids; a name without a tag stands for all of its tags.

        Returns:
            The archive's bytes, read from the engine as the caller iterates; a context
            manager with `close`.

        Raises:
            ImageNotFound: the engine's store does not have one of them.
        """
        wanted = [names] if isinstance(names, str) else list(names)
        if not (wanted and all(wanted)):
            raise InvalidInput("save: name one image at least.")
        return self._caller.stream("ImageGetAll", query={"names": wanted})

    def tag(self, name: str, target: str) -> None:
        """Give an image a further name (`POST /images/{name}/tag`)."""
        reference = parse_reference(target).with_default_tag()
        self._caller.call(
            "ImageTag",
            name,
            query={"repo": reference.name, "tag": reference.tag},
        )

    def remove(
        self, name: str, *, force: bool = False, noprune: bool = False
    ) -> Sequence[ImageDeleteResponseItem]:
        """Remove a name of an image, and the image with its last name.

        `DELETE /images/{name}`.

        Args:
            name: name or id.
            force: although stopped containers use it, or it has several names.
            noprune: keep its untagged parents.

        Raises:
            ImageNotFound: there is no such image.
            Conflict: a container uses it.
        """
        removed: Sequence[ImageDeleteResponseItem] = self._caller.json(
            "ImageDelete",
            name,
            query={"force": force or None, "noprune": noprune or None},
            endless=True,
        )
        return removed

    def import_(
        self,
        archive: bytes | BinaryIO | Iterable[bytes],
        name: str,
        *,
        changes: Sequence[str] = (),
        message: str | None = None,
        platform: str | None = None,
        progress: OnProgress | None = None,
    ) -> str:
        """Make an image of a tar archive of a root file system.

        `POST /images/create?fromSrc=-`.

        Args:
            archive: the archive, plain or compressed.
            name: what to call the image.
            changes: Dockerfile instructions (`CMD ["sh"]`) applied to it.
            message: the commit message in its history.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            progress: called with every step.

        Returns:
            The image's id.

        Raises:
            ImportFailed: the archive is broken or the engine cannot store it.
        """
        reference = parse_reference(name).with_default_tag()
        image_id = ""

        def failed(exc: ApiError | StreamFailed) -> StreamFailed:
            detail = _detail(exc)
            return ImportFailed(f"Cannot import {name}: {detail}.", image=name, detail=detail)

        try:
            stream = self._caller.stream(
                "ImageCreate",
                query={
                    "fromSrc": "-",
                    "repo": reference.name,
                    "tag": reference.tag,
                    "changes": list(changes),
                    "message": message,
                    "platform": platform,
                },
                body=archive,
                headers={"Content-Type": "application/x-tar"},
            )
        except ApiError as exc:
            raise failed(exc) from exc
        with ProgressStream(stream, failed) as steps:
            for step in steps:
                image_id = step.status
                if progress is not None:
                    progress(step)
        return image_id


def _follow(steps: ProgressStream, progress: OnProgress | None) -> None:
    for step in steps:
        if progress is not None:
            progress(step)


def _detail(exc: ApiError | StreamFailed) -> str:
    return exc.detail if isinstance(exc, StreamFailed) else exc.engine_message


def _pull_advice(reference: Reference, detail: str, login: object) -> str:
    registry = reference.registry or "Docker Hub (or the engine's mirror of it)"
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
