"""The images that an engine has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...errors import InvalidInput
from ...filters import Filters, encode_filters
from ..part import Part
from ..platforms import Platform, encode_platform, encode_platforms
from .names import parse_tagged

if TYPE_CHECKING:
    from ...types.engine import (
        AttestationStatement,
        ContainerConfig,
        IDResponse,
        ImageDeleteResponseItem,
        ImageHistoryResponseItem,
        ImageInspect,
        ImagePruneResponse,
        ImageSearchResponse,
        ImageSummary,
    )

__all__ = ["Store"]


class Store(Part):
    """Operations on the images of an engine's own store."""

    def list(
        self,
        *,
        all: bool = False,  # the Engine API's name
        filters: Filters | None = None,
        digests: bool = False,
        shared_size: bool = False,
        manifests: bool = False,
        identity: bool = False,
    ) -> list[ImageSummary]:
        """List images (`GET /images/json`).

        Args:
            all: also those in between of builds.
            filters: `{"reference": ..., "label": [...], "dangling": True, ...}`.
            digests: with their digests, which engines tell anyway.
            shared_size: with the bytes that they share with others, which is slow
                (API 1.42).
            manifests: with the manifests of all their platforms (API 1.47).
            identity: with who signed and built them, in those manifests (API 1.54).
        """
        summaries: list[ImageSummary] = self._caller.json(
            "ImageList",
            query={
                "all": all,
                "filters": encode_filters(filters),
                "digests": digests or None,
                "shared-size": shared_size or None,
                "manifests": manifests or None,
                "identity": identity or None,
            },
        )
        return summaries

    def inspect(
        self, name: str, *, platform: Platform | None = None, manifests: bool = False
    ) -> ImageInspect:
        """Tell all about an image (`GET /images/{name}/json`).

        Args:
            name: name or id.
            platform: of an image for several, the one for this platform (API 1.49).
            manifests: with the manifests of all its platforms (API 1.48).

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
        """
        inspected: ImageInspect = self._caller.json(
            "ImageInspect",
            name,
            query={"platform": encode_platform(platform), "manifests": manifests or None},
        )
        return inspected

    def history(
        self, name: str, *, platform: Platform | None = None
    ) -> Sequence[ImageHistoryResponseItem]:
        """Tell how an image came about, the last step first (`GET /images/{name}/history`).

        Args:
            name: name or id.
            platform: of an image for several, the one for this platform (API 1.48).

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
        """
        history: list[ImageHistoryResponseItem] = self._caller.json(
            "ImageHistory", name, query={"platform": encode_platform(platform)}
        )
        return history

    def attestations(
        self,
        name: str,
        *,
        platform: Platform | Sequence[Platform] | None = None,
        type: Sequence[str] | None = None,
        statement: bool = False,
    ) -> Sequence[AttestationStatement]:
        """Tell what is attested of an image: of what and by whom it was built.

        `GET /images/{name}/attestations` (API 1.55).

        Args:
            name: name or id.
            platform: for these platforms; None: the engine's.
            type: of these types, like `https://slsa.dev/provenance/v1`; None: of all.
            statement: with what they state.

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
            Incompatible: the engine is older than API 1.55.
        """
        attestations: list[AttestationStatement] = self._caller.json(
            "ImageAttestations",
            name,
            query={
                "platform": encode_platforms(platform),
                "type": type,
                "statement": statement or None,
            },
        )
        return attestations

    def tag(self, name: str, target: str) -> None:
        """Give an image a further name (`POST /images/{name}/tag`).

        Raises:
            ImageNotFound: the engine's store has none of that name or id.
            InvalidInput: `target` is no image reference, or has a digest.
        """
        reference = parse_tagged(target)
        self._caller.call("ImageTag", name, query={"repo": reference.name, "tag": reference.tag})

    def remove(
        self,
        name: str,
        *,
        force: bool = False,
        noprune: bool = False,
        platforms: Platform | Sequence[Platform] | None = None,
    ) -> Sequence[ImageDeleteResponseItem]:
        """Remove a name of an image, and the image with its last name.

        `DELETE /images/{name}`.

        Args:
            name: name or id.
            force: although stopped containers use it, or it has several names.
            noprune: keep its untagged parents.
            platforms: of an image for several, only what is for these (API 1.50).

        Raises:
            ImageNotFound: there is no such image.
            Conflict: a container uses it.
        """
        removed: Sequence[ImageDeleteResponseItem] = self._caller.json(
            "ImageDelete",
            name,
            query={
                "force": force or None,
                "noprune": noprune or None,
                "platforms": encode_platforms(platforms),
            },
            endless=True,
        )
        return removed

    def prune(self, *, filters: Filters | None = None) -> ImagePruneResponse:
        """Remove images that no container uses (`POST /images/prune`).

        Args:
            filters: `{"dangling": False}` for those with names, too; `until`, `label`,
                `label!`. Without `dangling`, only those without a name are removed.

        Returns:
            What was removed, null where there was nothing, and the bytes that it took.
        """
        pruned: ImagePruneResponse = self._caller.json(
            "ImagePrune", query={"filters": encode_filters(filters)}, endless=True
        )
        return pruned

    def search(
        self, term: str, *, limit: int | None = None, filters: Filters | None = None
    ) -> Sequence[ImageSearchResponse]:
        """Look for images on Docker Hub (`GET /images/search`).

        Args:
            term: a word, or `registry/word` for another registry that can be searched.
            limit: at most so many.
            filters: `{"is-official": True, "stars": "100"}`.

        Raises:
            ServerError: the engine does not reach the registry, or it cannot be searched.
        """
        if not term:
            raise InvalidInput("search: the term is empty.")
        found: list[ImageSearchResponse] = self._caller.json(
            "ImageSearch",
            query={"term": term, "limit": limit, "filters": encode_filters(filters)},
            endless=True,
        )
        return found

    def commit(
        self,
        container: str,
        config: ContainerConfig | None = None,
        *,
        name: str | None = None,
        comment: str | None = None,
        author: str | None = None,
        pause: bool = True,
        changes: Sequence[str] = (),
    ) -> IDResponse:
        """Make an image of a container's files and configuration (`POST /commit`).

        Args:
            container: name or id.
            config: what to state otherwise than the container does.
            name: what to call the image.
            comment: the message in its history.
            author: who made it.
            pause: freeze the container meanwhile.
            changes: Dockerfile instructions (`CMD ["sh"]`) applied to it.

        Raises:
            ContainerNotFound: there is no such container.
            InvalidInput: the name is no image reference or has a digest, or a change is no
                instruction.
        """
        if not container:
            raise InvalidInput("commit: the container's name is empty.")
        reference = None if name is None else parse_tagged(name)
        created: IDResponse = self._caller.json(
            "ImageCommit",
            query={
                "container": container,
                "repo": reference and reference.name,
                "tag": reference and reference.tag,
                "comment": comment,
                "author": author,
                "pause": pause,
                "changes": changes,
            },
            json_body=config,
            endless=True,
        )
        return created
