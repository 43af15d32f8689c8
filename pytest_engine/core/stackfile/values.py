"""Values of a Compose file that may be written in more than one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import InvalidInput
from ..spec.readers import read_as_text

__all__ = [
    "NAMESPACE",
    "check_keys",
    "check_name",
    "is_external",
    "read_choice",
    "read_flag",
    "read_hosts",
    "read_items",
    "read_list",
    "read_mapping",
    "read_mapping_or_none",
    "read_mode",
    "read_number",
    "read_numbered_section",
    "read_one_or_more",
    "read_parts",
    "read_scalar",
    "read_section",
    "read_sections",
]

# The label by which everything of a stack is known; its value is the stack's name.
NAMESPACE = "com.docker.stack.namespace"


# What YAML 1.2 takes for text, and so does a variable that is filled in.
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "on"), True),
    **dict.fromkeys(("false", "no", "n", "off"), False),
}


def check_keys(where: str, stated: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse what nobody knows; `x-` begins what is for others."""
    unknown = [key for key in stated if key not in known and not str(key).startswith("x-")]
    if unknown:
        raise InvalidInput(f"{where}: {', '.join(map(str, unknown))}: not supported for a stack.")


def check_name(name: object) -> None:
    """Refuse to take nothing for the name of a stack: by no name, a swarm lists what is of any.

    Raises:
        InvalidInput: it is empty or blank, or no text.
    """
    if not isinstance(name, str) or not name.strip():
        raise InvalidInput("name: a stack is named by a text that is not empty.")


def read_choice(stated: Any, known: Sequence[str], where: str) -> str | None:
    """Read one of some words; None: it is not stated."""
    if stated in (None, ""):
        return None
    if stated not in known:
        raise InvalidInput(f"{where}: {stated!r} is none of {', '.join(known)}.")
    return str(stated)


def read_flag(stated: Any, where: str) -> bool | None:
    """Read a yes or no; None: it is not stated."""
    if stated is None or isinstance(stated, bool):
        return stated
    flag = _FLAGS.get(str(stated).lower())
    if flag is None:
        raise InvalidInput(f"{where}: {stated!r} is neither true nor false.")
    return flag


def read_number(stated: Any, where: str, least: int = 0) -> int | None:
    """Read a whole number, which may be a text; None: it is not stated."""
    if stated is None:
        return None
    if isinstance(stated, float) and stated.is_integer():
        # What a template has counted.
        stated = int(stated)
    try:
        # As a text: what is behind a point would get lost.
        number = int(str(stated))
    except ValueError as exc:
        raise InvalidInput(f"{where}: {stated!r:.99} is no number.") from exc
    if not least <= number < 2**63:
        raise InvalidInput(f"{where}: {number} is less than {least}, or more than engines count.")
    return number


def read_mode(stated: Any, where: str) -> int | None:
    """Read the mode of a file: a number, or a text of octal digits; None: it is not stated."""
    if isinstance(stated, str):
        if not re.fullmatch("(?:0o)?[0-7]{1,9}", stated):
            raise InvalidInput(f"{where}: {stated!r:.99} is no octal number.")
        stated = int(stated, 8)
    mode = read_number(stated, where)
    if mode is not None and mode > 0o7777:
        raise InvalidInput(f"{where}: no file has such a mode. Write one like 0440.")
    return mode


def _read_ratio(stated: Any, where: str) -> float | None:
    if stated is None:
        return None
    try:
        return float(str(stated))
    except ValueError as exc:
        raise InvalidInput(f"{where}: {stated!r:.99} is no number.") from exc


# What is a number wherever it stands below `deploy`.
_NUMBERS: Mapping[str, Callable[[Any, str], float | None]] = {
    "max_attempts": read_number,
    "max_failure_ratio": _read_ratio,
    "max_replicas_per_node": read_number,
    "parallelism": read_number,
    "pids": partial(read_number, least=-1),
}


def is_external(stated: Mapping[str, Any], where: str) -> bool:
    """Tell whether something is there already; before version 3.5 its name said so."""
    external = stated.get("external")
    if isinstance(external, Mapping):
        return True
    return bool(read_flag(external, f"{where}.external"))


def read_hosts(stated: Any, where: str) -> dict[str, str]:
    """Read hosts with their addresses: `name=address`, `name:address`, or a mapping.

    Raises:
        InvalidInput: one is not written so, or has several addresses.
    """
    if isinstance(stated, Mapping):
        pairs = [(str(name), address) for name, address in stated.items()]
    else:
        texts = read_items(stated, where)
        parts = [text.partition("=" if "=" in text else ":") for text in texts]
        pairs = [(name, address) for name, _sign, address in parts]
    hosts: dict[str, str] = {}
    for name, address in pairs:
        if not name or not address or not isinstance(address, str):
            raise InvalidInput(f"{where}: {name or address} is not written as name=address.")
        if name in hosts:
            raise InvalidInput(f"{where}: {name} has two addresses; a service has one for a name.")
        hosts[name] = address.removeprefix("[").removesuffix("]")
    return hosts


def read_mapping(stated: Any, where: str) -> dict[str, str]:
    """Read a mapping, or a list of texts `name=value`."""
    if isinstance(stated, Mapping):
        return {
            key: "" if value is None else read_as_text(value, f"{where}: {key}")
            for key, value in read_section(stated, where).items()
        }
    parts = (item.partition("=") for item in read_items(stated, where))
    return {key: value for key, _sign, value in parts}


def read_mapping_or_none(stated: Any, where: str) -> dict[str, str] | None:
    """Read what `read_mapping` does; nothing is None."""
    return None if stated is None else read_mapping(stated, where)


def read_list(stated: Any, where: str) -> list[Any]:
    """Read a list; nothing is an empty one."""
    if stated is None:
        return []
    if not isinstance(stated, (list, tuple)):
        raise InvalidInput(f"{where}: it is no list.")
    return list(stated)


def read_items(stated: Any, where: str) -> list[str]:
    """Read a list of texts, for which numbers may stand; nothing is an empty one."""
    return [read_as_text(item, f"{where}: an item") for item in read_list(stated, where)]


def read_one_or_more(stated: Any, where: str) -> list[str]:
    """Read a text, or a list of them; nothing is an empty one."""
    return [stated] if isinstance(stated, str) else read_items(stated, where)


def read_sections(stated: Any, where: str) -> list[dict[str, Any]]:
    """Read a list of mappings; nothing is an empty one."""
    return [read_section(item, where) for item in read_list(stated, where)]


def read_parts(file: Mapping[str, Any], section: str) -> dict[str, dict[str, Any]]:
    """Read what a section of a file describes by name; nothing is an empty mapping."""
    stated = file.get(section)
    if stated is None:
        return {}
    if not isinstance(stated, Mapping):
        raise InvalidInput(f"{section}: it is no mapping.")
    for key, value in stated.items():
        if value is not None and not isinstance(value, Mapping):
            raise InvalidInput(f"{section}.{key}: it is no mapping.")
    return {str(key): dict(value or {}) for key, value in stated.items()}


def read_scalar(stated: Any, where: str) -> str | None:
    """Read a text, for which a number may stand; None: it is not stated."""
    return None if stated is None else read_as_text(stated, where)


def read_section(stated: Any, where: str) -> dict[str, Any]:
    """Read a mapping; nothing is an empty one."""
    if stated is None:
        return {}
    if not isinstance(stated, Mapping):
        raise InvalidInput(f"{where}: it is no mapping.")
    return {read_as_text(key, f"{where}: a key"): value for key, value in stated.items()}


def read_numbered_section(stated: Any, where: str) -> dict[str, Any]:
    """Read a mapping in which numbers may be texts, as variables that are filled in are."""
    return {
        key: _NUMBERS[key](value, f"{where}.{key}") if key in _NUMBERS else value
        for key, value in read_section(stated, where).items()
    }
