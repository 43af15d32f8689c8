"""Images: `/images/...` and `/commit`."""

from __future__ import annotations

from ..platforms import Platform
from .store import Store
from .traffic import Traffic

__all__ = ["Images", "Platform"]


class Images(Store, Traffic):
    """The images in an engine's own store, and their way from and to registries."""
