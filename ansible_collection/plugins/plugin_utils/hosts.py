# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What inventories have in common: which of what they find is a host, and what may be a template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.parsing.convert_bool import boolean

try:
    # Where there is this, nothing is a template that was not marked as one: ansible-core 2.19.
    from ansible.template import is_trusted_as_template  # noqa: F401  # pylint: disable=unused-import
except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var as untrusted

    def _question(condition: str) -> str:
        """Ask whether a condition holds: templates make text and numbers of what they give."""
        return f"true if ({condition}) else false"
else:

    def untrusted(value: Any) -> Any:
        """Mark what may be no template; for 200 containers it took a fifth of the whole time."""
        return value

    def _question(condition: str) -> str:
        """Ask whether a condition holds: it is its own value."""
        return condition


if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["is_wanted", "read_filters", "untrusted"]


def read_filters(entries: Iterable[Any] | None) -> list[tuple[bool, Any]]:
    """Read filters: each as whether it includes, and its condition."""
    filters = []
    for number, entry in enumerate(entries or []):
        if (
            not isinstance(entry, dict)
            or len(entry) != 1
            or not {"include", "exclude"} & set(entry)
        ):
            raise AnsibleParserError(f"filters[{number}]: it takes either include or exclude.")
        ((kind, condition),) = entry.items()
        if not isinstance(condition, (str, bool)):
            raise AnsibleParserError(f"filters[{number}].{kind}: {condition!r} is no condition.")
        filters.append((kind == "include", condition))
    return filters


def is_wanted(
    evaluate: Callable[[Any, Mapping[str, Any]], Any],
    name: str,
    facts: Mapping[str, Any],
    filters: Iterable[tuple[bool, Any]],
) -> bool:
    """Tell whether something is a host: the first filter that holds decides."""
    for includes, condition in filters:
        if _holds(evaluate, condition, name, facts):
            return includes
    return True


def _holds(
    evaluate: Callable[[Any, Mapping[str, Any]], Any],
    condition: Any,
    name: str,
    facts: Mapping[str, Any],
) -> bool:
    if isinstance(condition, bool):
        return condition
    try:
        result = evaluate(_question(condition), {**facts, "inventory_hostname": name})
        return boolean(result) if isinstance(result, str) else bool(result)
    except (AnsibleError, TypeError) as error:
        raise AnsibleParserError(f"filters: {condition!r} for {name}: {error}") from error
