"""The names that images are given here: those with a tag."""

from __future__ import annotations

from ...errors import InvalidInput
from ...reference import Reference, parse_reference

__all__ = ["parse_tagged"]


def parse_tagged(name: str) -> Reference:
    """Take a name apart that is given to an image, or pushed; its tag is `latest` without one.

    Raises:
        InvalidInput: it is no image reference, or has a digest.
    """
    reference = parse_reference(name).with_default_tag()
    if reference.digest:
        # Engines are told name and tag alone, and would take `latest` for the tag.
        raise InvalidInput(
            f"{name!r} has a digest, which a registry gives to what it gets. Name a tag here; "
            "images.tag gives one to an image that has none."
        )
    return reference
