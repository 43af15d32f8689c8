"""What a fixture hands out where that is more than the container itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from pytest_engine.core.container import Container

__all__ = ["Handling"]

T_co = TypeVar("T_co", covariant=True)


class Handling(Protocol[T_co]):
    """How a container becomes what its fixture hands out."""

    def before_start(self, container: Container) -> None:
        """See the container that was created, before it is started for the first time."""

    def opened(self, container: Container) -> AbstractContextManager[T_co]:
        """Make what the fixture hands out, of a container that is ready.

        Called in each process that uses the container, also where another one started it.
        """
