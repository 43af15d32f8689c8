"""The published ports of a Compose file's service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput
from .values import check_keys, read_choice, read_list

__all__ = ["read_ports"]

_SHORT = re.compile(
    r"(?:(?P<first>\d+)(?:-(?P<last>\d+))?:)?(?P<target>\d+)(?:-(?P<end>\d+))?"
    r"(?:/(?P<protocol>tcp|udp|sctp))?"
)
_LAST = 65535
_PROTOCOLS = ("tcp", "udp", "sctp")
_MODES = ("ingress", "host")
_LONG = ("target", "published", "protocol", "mode", "name", "app_protocol")


def read_ports(where: str, stated: Any) -> list[dict[str, Any]]:
    """Read ports: `published:target/protocol`, ranges of both, or mappings; each counts once.

    Raises:
        InvalidInput: something else stands there. A swarm publishes on all addresses of a
            node, so that one cannot be named.
    """
    ports: list[dict[str, Any]] = []
    for item in read_list(stated, f"{where}.ports"):
        read = _long(where, item) if isinstance(item, Mapping) else _short(where, str(item))
        # Several files may state the same one in their own ways; the engine refuses it twice.
        filled = [{"Protocol": "tcp", "PublishMode": "ingress", **port} for port in read]
        ports += [port for port in filled if port not in ports]
    return ports


def _long(where: str, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    check_keys(f"{where}.ports", item, _LONG)
    port: dict[str, Any] = {"TargetPort": _number(where, item.get("target"))}
    if item.get("published") not in (None, ""):
        port["PublishedPort"] = _number(where, item["published"])
    protocol = read_choice(item.get("protocol"), _PROTOCOLS, f"{where}.ports.protocol")
    if protocol:
        port["Protocol"] = protocol
    mode = read_choice(item.get("mode"), _MODES, f"{where}.ports.mode")
    if mode:
        port["PublishMode"] = mode
    return [port]


def _number(where: str, value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        # As a text: what is behind a point would get lost.
        number = int(str(value))
    except ValueError as exc:
        raise InvalidInput(f"{where}.ports: {value!r:.99} is no port.") from exc
    if not 0 <= number <= _LAST:
        raise InvalidInput(
            f"{where}.ports: {value!r} is no port. YAML may have read published:target as a number "
            "of base 60: write it in quotes."
        )
    return number


def _short(where: str, text: str) -> list[dict[str, Any]]:
    match = _SHORT.fullmatch(text)
    if match is None:
        raise InvalidInput(
            f"{where}.ports: {text!r}: write published:target/protocol; a swarm takes no address."
        )
    targets = _range(where, match["target"], match["end"])
    protocol = match["protocol"] or "tcp"
    if match["first"] is None:
        return [{"TargetPort": port, "Protocol": protocol} for port in targets]
    published = _range(where, match["first"], match["last"])
    if len(published) != len(targets):
        raise InvalidInput(f"{where}.ports: {text!r}: the ranges differ in length.")
    return [
        {"TargetPort": inner, "PublishedPort": outer, "Protocol": protocol}
        for inner, outer in zip(targets, published)
    ]


def _range(where: str, first: str, last: str | None) -> range:
    numbers = range(_number(where, first), _number(where, last or first) + 1)
    if not numbers:
        raise InvalidInput(f"{where}.ports: {first}-{last}: the range ends before it begins.")
    return numbers
