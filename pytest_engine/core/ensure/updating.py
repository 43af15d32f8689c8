"""Updates of what a swarm keeps: whole specifications, each for one version of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from ..errors import NoLeader, OutOfSequence
from ..polling import until_led

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["update_object"]

# Managers write to an object all the time while its tasks come and go; to lose this often in a
# row takes somebody who updates the same one without end.
_ATTEMPTS = 8


def update_object(
    actual: Mapping[str, Any],
    inspect: Callable[[], Mapping[str, Any]],
    change: Callable[[dict[str, Any]], dict[str, Any]],
    update: Callable[[Any, int], object],
) -> None:
    """Update an object of a swarm, also if somebody else does so, or its leader goes, in between.

    An update names the version that it was made for, and is refused when there is another by
    then. The object is then read again, and the change made to what it has become. So it is where
    nobody knows whether the update was lost with the leader that had it.

    Args:
        actual: the object as it was read last.
        inspect: reads it again.
        change: takes its specification, and returns the one that it is to have.
        update: sends a specification for a version.

    Raises:
        OutOfSequence: others update it faster than it can be read.
        NoLeader: the swarm's managers do not choose another leader.
    """
    for _attempt in range(_ATTEMPTS - 1):
        try:
            _send(actual, change, update)
        except OutOfSequence:
            actual = inspect()
        except NoLeader:
            actual = until_led(inspect)
        else:
            return
    _send(actual, change, update)


def _send(
    actual: Mapping[str, Any],
    change: Callable[[dict[str, Any]], dict[str, Any]],
    update: Callable[[Any, int], object],
) -> None:
    update(change(dict(actual["Spec"])), actual["Version"]["Index"])
