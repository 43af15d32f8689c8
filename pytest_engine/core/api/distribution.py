"""What registries have, without pulling it: `/distribution/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..reference import parse_reference

if TYPE_CHECKING:
    from ..auth import Credentials
    from ..types.engine import DistributionInspect
    from .call import Caller

__all__ = ["Distribution"]


class Distribution:
    """Images as registries have them, asked for by the engine."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`, and log in to registries with `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def inspect(self, name: str) -> DistributionInspect:
        """Tell an image's digest and its platforms (`GET /distribution/{name}/json`).

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.

        Raises:
            InvalidInput: the name is no image reference.
            PermissionDenied: the registry does not have the image, or does not show it.
            ApiError: the registry cannot be reached, or has no such tag.
        """
        reference = parse_reference(name).with_default_tag()
        inspected: DistributionInspect = self._caller.json(
            "DistributionInspect",
            str(reference),
            headers=self._credentials.authorization(reference),
            endless=True,
        )
        return inspected
