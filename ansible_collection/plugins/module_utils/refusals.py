# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What no module can take, refused before any engine is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["find_fractions", "refuse_blank", "refuse_fractions"]


def refuse_blank(argument_spec: Mapping[str, Any], params: Mapping[str, Any]) -> None:
    """Refuse required texts that are empty, as Ansible makes them of null.

    Raises:
        InvalidInput: one is empty or blank.
    """
    for option, rule in argument_spec.items():
        is_text = rule.get("required") and rule.get("type") in ("str", "path")
        if is_text and not params[option].strip():
            raise InvalidInput(f"{option}: it is empty. Write what is meant.")


def refuse_fractions(params: Mapping[str, Any], *options: str) -> None:
    """Refuse texts that YAML may have changed; see `find_fractions`.

    Raises:
        InvalidInput: one of their values is a number with a fraction.
    """
    for found in find_fractions(params, *options):
        raise InvalidInput(found)


def find_fractions(params: Mapping[str, Any], *options: str) -> Iterator[str]:
    """Tell of numbers where texts are meant that YAML may have changed: of `3.10` it makes 3.1.

    Args:
        params: what is stated.
        options: those that are dictionaries of texts.

    Returns:
        A message for each, without the value, which may be a secret.
    """
    for option in options:
        for name, value in (params[option] or {}).items():
            if isinstance(value, float):
                yield (
                    f"{option}: {name} is a number with a fraction, which YAML may have changed. "
                    "Put what was written into quotes."
                )
