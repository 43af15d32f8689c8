"""Where the cases of the walk over the table of operations are kept.

A case calls one operation or several on an engine and checks what came of it there:

    @case("ContainerRename")
    def rename(world: World) -> None:
        ...

All cases of an operation together state every parameter and header that it has.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Callable

from tests.core.operations.world import World

__all__ = ["CASES", "Case", "World", "case"]

Case = Callable[[World], None]

CASES: defaultdict[str, list[Case]] = defaultdict(list)


def case(*operations: str) -> Callable[[Case], Case]:
    """Register a function as a case of operations, which it has to call."""

    def register(function: Case) -> Case:
        for operation in operations:
            CASES[operation].append(function)
        return function

    return register
