"""How images come to an engine and leave it: registries and archives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...errors import ApiError, ImportFailed, InvalidInput, StreamFailed
from ...reference import parse_reference
from ..part import Part
from ..platforms import Platform, encode_platform, encode_platforms
from ..progress import ProgressStream
from ..transfers import (
    Archive,
    OnProgress,
    checked,
    follow,
    pull_steps,
    push_steps,
    words_of,
)
from .names import parse_tagged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...auth import Credentials
    from ...transport import Stream
    from ..call import Caller

__all__ = ["Traffic"]

_LOADED = re.compile(r"Loaded image(?: ID)?: (\S+)")
_TAR = {"Content-Type": "application/x-tar"}


class Traffic(Part):
    """Operations that bring images into an engine's store or out of it."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`, and log in to registries with `credentials`."""
        super().__init__(caller)
        self._credentials = credentials

    def pull(
        self,
        name: str,
        *,
        platform: str | None = None,
        all_tags: bool = False,
        progress: OnProgress | None = None,
    ) -> None:
        """Pull an image from its registry (`POST /images/create`).

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            all_tags: all that the registry has under this name, which has no tag then.
            progress: called with every step.

        Raises:
            PullFailed: the registry does not have the image, does not hand it out, or
                cannot be reached; `detail` says it in its words.
            InvalidInput: the name is no image reference.
        """
        with self.pulling(name, platform=platform, all_tags=all_tags) as steps:
            follow(steps, progress)

    def pulling(
        self, name: str, *, platform: str | None = None, all_tags: bool = False
    ) -> ProgressStream:
        """Pull an image step by step; it is there when the iteration ends. See `pull`."""
        reference = parse_reference(name)
        if all_tags and (reference.tag or reference.digest):
            raise InvalidInput(f"{name!r} names one image; all_tags goes with a name alone.")
        if not all_tags:
            reference = reference.with_default_tag()
        query = {"fromImage": reference.name, "platform": platform}
        # A digest goes where a tag goes; without either, the engine pulls all tags.
        query["tag"] = reference.digest or reference.tag or None
        login = self._credentials.authorization(reference)
        return pull_steps(
            name,
            reference,
            login,
            lambda: self._caller.stream("ImageCreate", query=query, headers=login),
        )

    def push(
        self,
        name: str,
        *,
        platform: Platform | None = None,
        progress: OnProgress | None = None,
    ) -> None:
        """Push an image to the registry that its name says (`POST /images/{name}/push`).

        Args:
            name: the image; the tag is `latest` where none is given.
            platform: of an image for several, only what is for this one (API 1.46).
            progress: called with every step.

        Raises:
            ImageNotFound: the engine's store does not have the image.
            PushFailed: the registry refuses it or cannot be reached.
            InvalidInput: the name is no image reference, or has a digest.
        """
        with self.pushing(name, platform=platform) as steps:
            follow(steps, progress)

    def pushing(self, name: str, *, platform: Platform | None = None) -> ProgressStream:
        """Push an image step by step; it is there when the iteration ends. See `push`."""
        reference = parse_tagged(name)
        login = self._credentials.authorization(reference)
        query = {"tag": reference.tag, "platform": encode_platform(platform)}
        # Without the header it is refused before the registry is asked (HTTP 400).
        headers = login or {"X-Registry-Auth": "e30="}
        return push_steps(
            name,
            reference,
            login,
            lambda: self._caller.stream("ImagePush", reference.name, query=query, headers=headers),
        )

    def load(
        self,
        archive: Archive,
        *,
        platform: Platform | Sequence[Platform] | None = None,
        quiet: bool = False,
        progress: OnProgress | None = None,
    ) -> tuple[str, ...]:
        """Load images that `save` wrote (`POST /images/load`).

        Args:
            archive: the archive, plain or compressed.
            platform: of images for several, only what is for these (API 1.48).
            quiet: without the steps in between.
            progress: called with every step.

        Returns:
            The names of the images, or the ids of those that had none.

        Raises:
            ImportFailed: the archive is broken or the engine cannot store it.
        """
        loaded: list[str] = []
        with self.loading(archive, platform=platform, quiet=quiet) as steps:
            for step in steps:
                for names in _LOADED.findall(step.status):
                    # Podman tells all of them as one text.
                    loaded += names.split(",")
                if progress is not None:
                    progress(step)
        return tuple(loaded)

    def loading(
        self,
        archive: Archive,
        *,
        platform: Platform | Sequence[Platform] | None = None,
        quiet: bool = False,
    ) -> ProgressStream:
        """Load images step by step; they are there when the iteration ends. See `load`."""

        def failed(exc: ApiError | StreamFailed) -> StreamFailed:
            detail = words_of(exc)
            return ImportFailed(f"Cannot load images: {detail}.", detail=detail)

        try:
            stream = self._caller.stream(
                "ImageLoad",
                query={"quiet": quiet, "platform": encode_platforms(platform)},
                body=checked(archive),
                headers=_TAR,
            )
        except ApiError as exc:
            raise failed(exc) from exc
        return ProgressStream(stream, failed)

    def save(
        self,
        names: str | Sequence[str],
        *,
        platform: Platform | Sequence[Platform] | None = None,
    ) -> Stream:
        """Write images into an archive that `load` reads (`GET /images/get`).

        One that is named by itself comes from `GET /images/{name}/get`.

        Args:
            names: names or ids; a name without a tag stands for all of its tags.
            platform: of images for several, only what is for these (API 1.48).

        Returns:
            The archive's bytes, read from the engine as the caller iterates; a context
            manager with `close`.

        Raises:
            ImageNotFound: the engine's store does not have one of them.
        """
        query: dict[str, Sequence[str] | None] = {"platform": encode_platforms(platform)}
        if isinstance(names, str):
            return self._caller.stream("ImageGet", names, query=query)
        # Not everybody checks types.
        is_list = isinstance(names, (list, tuple))
        if not is_list or not names or not all(names):
            raise InvalidInput(f"save: name one image at least, not {names!r:.80}.")
        query["names"] = names
        return self._caller.stream("ImageGetAll", query=query)

    def import_(
        self,
        archive: Archive | str,
        name: str,
        *,
        changes: Sequence[str] = (),
        message: str | None = None,
        platform: str | None = None,
        progress: OnProgress | None = None,
    ) -> str:
        """Make an image of a tar archive of a root file system.

        `POST /images/create?fromSrc=...`.

        Args:
            archive: the archive, plain or compressed; or a URL that the engine gets it from.
            name: what to call the image.
            changes: Dockerfile instructions (`CMD ["sh"]`) applied to it.
            message: the commit message in its history.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            progress: called with every step.

        Returns:
            The image's id.

        Raises:
            ImportFailed: the archive is broken or the engine cannot store it.
            InvalidInput: the name is no image reference, or has a digest.
        """
        reference = parse_tagged(name)
        image_id = ""

        def failed(exc: ApiError | StreamFailed) -> StreamFailed:
            detail = words_of(exc)
            return ImportFailed(f"Cannot import {name}: {detail}.", image=name, detail=detail)

        try:
            stream = self._caller.stream(
                "ImageCreate",
                query={
                    "fromSrc": archive if isinstance(archive, str) else "-",
                    "repo": reference.name,
                    "tag": reference.tag,
                    "changes": changes,
                    "message": message,
                    "platform": platform,
                },
                body=None if isinstance(archive, str) else checked(archive),
                headers=_TAR,
            )
        except ApiError as exc:
            raise failed(exc) from exc
        with ProgressStream(stream, failed) as steps:
            for step in steps:
                image_id = step.status
                if progress is not None:
                    progress(step)
        return image_id
