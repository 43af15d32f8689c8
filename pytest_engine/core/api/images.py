"""Images: `/images/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Callable

from ..errors import ApiError, ImportFailed, PullFailed, PushFailed, StreamFailed
from ..filters import Filters, encode_filters
from ..reference import DEFAULT_REGISTRY, Reference, parse_reference
from .call import Caller, image_path
from .progress import read_progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..auth import Credentials
    from ..types.engine import ImageDeleteResponseItem, ImageInspect, ImageSummary

__all__ = ["Images"]

Progress = Callable[[dict[str, Any]], None]


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
            "GET", "/images/json", query={"all": all, "filters": encode_filters(filters)}
        )
        return summaries

    def inspect(self, name: str) -> ImageInspect:
        """Tell all about an image (`GET /images/{name}/json`).

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
        """
        inspected: ImageInspect = self._caller.json("GET", f"/images/{image_path(name)}/json")
        return inspected

    def pull(
        self, name: str, *, platform: str | None = None, progress: Progress | None = None
    ) -> None:
        """Pull an image from its registry (`POST /images/create`).

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            progress: called with every progress message (`status`, `id`,
                `progressDetail` with `current` and `total` in bytes).

        Raises:
            PullFailed: the registry does not have the image, does not hand it out, or
                cannot be reached; `detail` says it in its words.
            InvalidInput: the name is no image reference.
        """
        reference = parse_reference(name).with_default_tag()
        query = {"fromImage": reference.name, "platform": platform}
        # A digest goes where a tag goes; without either, the engine would pull all tags.
        query["tag"] = reference.digest or reference.tag
        try:
            with self._caller.stream(
                "POST", "/images/create", query=query, headers=self._authorization(reference)
            ) as stream:
                for message in read_progress(stream):
                    if progress is not None:
                        progress(message)
        except (ApiError, StreamFailed) as exc:
            detail = exc.detail if isinstance(exc, StreamFailed) else exc.engine_message
            raise PullFailed(
                f"Cannot pull {name}: {detail}. {self._pull_advice(reference, detail)}",
                image=name,
                detail=detail,
            ) from exc

    def push(self, name: str, *, progress: Progress | None = None) -> None:
        """Push an image to the registry that its name says (`POST /images/{name}/push`).

        Raises:
            ImageNotFound: the engine's store does not have the image.
            PushFailed: the registry refuses it or cannot be reached.
        """
        reference = parse_reference(name).with_default_tag()
        try:
            with self._caller.stream(
                "POST",
                f"/images/{image_path(reference.name)}/push",
                query={"tag": reference.tag},
                headers=self._authorization(reference, always=True),
            ) as stream:
                for message in read_progress(stream):
                    if progress is not None:
                        progress(message)
        except StreamFailed as exc:
            raise PushFailed(
                f"Cannot push {name}: {exc.detail}.", image=name, detail=exc.detail
            ) from exc

    def tag(self, name: str, target: str) -> None:
        """Give an image a further name (`POST /images/{name}/tag`)."""
        reference = parse_reference(target).with_default_tag()
        self._caller.call(
            "POST",
            f"/images/{image_path(name)}/tag",
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
            "DELETE",
            f"/images/{image_path(name)}",
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
    ) -> str:
        """Make an image of a tar archive of a root file system.

        `POST /images/create?fromSrc=-`.

        Args:
            archive: the archive, plain or compressed.
            name: what to call the image.
            changes: Dockerfile instructions (`CMD ["sh"]`) applied to it.
            message: the commit message in its history.
            platform: `os[/arch[/variant]]` where it is not the engine's own.

        Returns:
            The image's id.

        Raises:
            ImportFailed: the archive is broken or the engine cannot store it.
        """
        reference = parse_reference(name).with_default_tag()
        image_id = ""
        try:
            with self._caller.stream(
                "POST",
                "/images/create",
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
            ) as stream:
                for item in read_progress(stream):
                    image_id = str(item.get("status", image_id))
        except (ApiError, StreamFailed) as exc:
            detail = exc.detail if isinstance(exc, StreamFailed) else exc.engine_message
            raise ImportFailed(
                f"Cannot import {name}: {detail}.", image=name, detail=detail
            ) from exc
        return image_id

    def _authorization(self, reference: Reference, *, always: bool = False) -> dict[str, str]:
        # A push without the header is refused before the registry is asked (HTTP 400).
        header = self._credentials.header(reference.registry or DEFAULT_REGISTRY)
        if header is None:
            return {"X-Registry-Auth": "e30="} if always else {}
        return {"X-Registry-Auth": header}

    def _pull_advice(self, reference: Reference, detail: str) -> str:
        registry = reference.registry or "Docker Hub (or the engine's mirror of it)"
        known = any(
            word in detail.lower()
            for word in ("not found", "unknown", "does not exist", "access denied", "unauthorized")
        )
        if known:
            return (
                f"Check the name and the tag; if the image is private, log in to {registry} "
                "with docker login."
            )
        return f"Check that the engine reaches {registry}."
