"""Where the cases of the walk over the table of operations are kept.

A case calls one operation or several on an engine and checks what came of it there:

    @case("ContainerRename")
    def rename(world: World) -> None:
        ...

All cases of an operation together state every parameter and header that it has. A case, or a module
of them, that an engine cannot run by its nature has the mark `lacks`, as a test has.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any, Callable

from tests.core.operations.world import World

__all__ = ["CASES", "Case", "World", "case", "reason_against"]

Case = Callable[[World], None]

CASES: defaultdict[str, list[Case]] = defaultdict(list)


def case(*operations: str) -> Callable[[Case], Case]:
    """Register a function as a case of operations, which it has to call."""

    def register(function: Case) -> Case:
        for operation in operations:
            CASES[operation].append(function)
        return function

    return register


def reason_against(case: Case, engine: str) -> str | None:
    """Return why an engine cannot run a case; None: it can."""
    module: Any = sys.modules[case.__module__]
    of_module = getattr(module, "pytestmark", [])
    marks = [mark.mark for mark in of_module] + list(getattr(case, "pytestmark", []))
    for mark in marks:
        if mark.name == "lacks" and engine in mark.args:
            return str(mark.kwargs["reason"])
    return None
