# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What modules share that tell everything about one thing, about several, or about all that match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import engine
from .core.ensure.looking import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    Inspect = Callable[[str], Any]
    Find = Callable[[Mapping[str, Any]], Iterable[Any]]

__all__ = ["run"]


def run(sort: str, ways: Callable[[engine.Call], tuple[Inspect, Find]], *aliases: str) -> None:
    """Run such a module.

    Args:
        sort: what is looked at, as the result calls one of them: `network`.
        ways: how the task's engine looks at one by its name, and finds all that match filters.
        aliases: other names of the option `name`.
    """
    name: dict[str, Any] = {"type": "str"}
    if aliases:
        name["aliases"] = list(aliases)
    arguments = {
        "name": name,
        "names": {"type": "list", "elements": "str"},
        "filters": {"type": "dict"},
    }
    one_of = [("name", "names", "filters")]
    engine.read_module(
        arguments,
        lambda call: _look(call, sort, *ways(call)),
        required_one_of=one_of,
        mutually_exclusive=one_of,
    )


def _look(call: engine.Call, sort: str, inspect: Inspect, find: Find) -> dict[str, Any]:
    params, several = call.params, f"{sort}s"
    filters = engine.filters(params["filters"])
    if filters is not None:
        return {several: list(find(filters))}
    names = params["names"] if params["name"] is None else [params["name"]]
    if names is None:
        # To Ansible null is a value that was stated.
        raise engine.errors.InvalidInput(
            "Either name, names or filters is needed, and all are null."
        )
    found, missing = look_up(inspect, names)
    if params["name"] is None:
        return {several: found, "missing": missing}
    return {"exists": bool(found), sort: found[0] if found else None}
