# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What options mean to the core as conditions on containers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .core import container, errors, wait

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["condition", "container"]


def condition(stated: Mapping[str, Any]) -> wait.Condition:
    """Make one condition of all that a task states."""
    parts = list(_conditions(stated))
    parts += [_every(item, "all") for item in stated["all"] or ()]
    if stated["any"]:
        parts.append(wait.any(*(_every(item, "any") for item in stated["any"])))
    if not parts:
        raise errors.InvalidInput(
            "Nothing to wait for: state one of log, port, http, healthy, exec, exit, all, any."
        )
    return wait.all(*parts)


def _conditions(stated: Mapping[str, Any]) -> Iterator[wait.Condition]:
    if stated["log"] is not None:
        log = dict(stated["log"])
        text, pattern = log.pop("text"), log.pop("pattern")
        yield wait.log(text if pattern is None else _compiled(pattern), **log)
    if stated["port"] is not None:
        yield wait.port(stated["port"])
    if stated["http"] is not None:
        yield wait.http(**{**stated["http"], "status": tuple(stated["http"]["status"])})
    if stated["healthy"]:
        yield wait.healthy()
    if stated["exec"] is not None:
        argv, command = stated["exec"]["argv"], stated["exec"]["command"]
        yield wait.exec(command if argv is None else argv, exit_code=stated["exec"]["exit_code"])
    if stated["exit"] is not None:
        yield wait.exit(stated["exit"]["code"])


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise errors.InvalidInput(
            f"pattern: {pattern!r} is no regular expression: {error}."
        ) from error


def _every(stated: Mapping[str, Any], option: str) -> wait.Condition:
    parts = list(_conditions(stated))
    if not parts:
        raise errors.InvalidInput(f"{option}: an item of it states no condition.")
    return wait.all(*parts)
