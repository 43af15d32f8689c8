"""What the parts of a class have in common that would not fit into one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .call import Caller

__all__ = ["Part"]


class Part:
    """Some of the operations on a resource; the resource's class has them all."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller
