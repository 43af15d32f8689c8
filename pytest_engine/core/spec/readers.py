"""Settings of a container as people write them, read into the Engine's own form.

A reader takes the Engine's form as well, so that a spec can be made from another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..errors import InvalidInput
from .values import parse_bytes

__all__ = [
    "read_as_text",
    "read_device_requests",
    "read_devices",
    "read_flag",
    "read_hosts",
    "read_links",
    "read_number",
    "read_rates_in_bytes",
    "read_rates_in_calls",
    "read_size",
    "read_size_or_unlimited",
    "read_text",
    "read_texts",
    "read_texts_by_name",
    "read_tmpfs",
    "read_ulimits",
    "read_word",
]


def read_text(value: object, what: str) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise InvalidInput(f"{what}: {value!r} is no text.")
    return value


def read_flag(value: object, what: str) -> bool:
    """Read a yes or no."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{what}: {value!r} is neither true nor false.")
    return value


def read_number(value: object, what: str) -> int:
    """Read a whole number."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInput(f"{what}: {value!r} is no whole number.")
    if not -(2**63) <= value < 2**63:
        raise InvalidInput(f"{what}: {value} is more than an engine can count.")
    return value


def read_texts(value: object, what: str) -> tuple[str, ...]:
    """Read a list of texts."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(f"{what}: {value!r} is no list.")
    return tuple(read_text(item, what) for item in value)


def read_word(value: object, what: str) -> str:
    """Read a word of a command; YAML makes numbers and booleans of some."""
    if value is None or isinstance(value, (list, tuple, Mapping)):
        raise InvalidInput(f"{what}: {value!r} is no word. Put what was written into quotes.")
    return str(value)


def read_as_text(value: object, what: str) -> str:
    """Read a text; a number or a boolean is written as one."""
    if value is None or (isinstance(value, Iterable) and not isinstance(value, str)):
        kind = "a mapping" if isinstance(value, Mapping) else "a list"
        # Without the value, which may be a secret.
        raise InvalidInput(
            f'{what} is {"null" if value is None else kind}. Write a text; "" is an empty one.'
        )
    return str(value).lower() if isinstance(value, bool) else str(value)


def read_texts_by_name(value: object, what: str) -> dict[str, str]:
    """Read a mapping from names to texts; numbers and booleans are written as texts."""
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{what}: {value!r} is no mapping.")
    return {str(name): read_as_text(item, f"{what}: {name}") for name, item in value.items()}


def read_size(value: Any, what: str) -> int:
    """Read a number of bytes."""
    return parse_bytes(value, what)


def read_size_or_unlimited(value: Any, what: str) -> int:
    """Read a number of bytes, where `unlimited` and -1 mean that there is no limit."""
    return -1 if value in ("unlimited", "-1", -1) else parse_bytes(value, what)


def read_devices(value: Any, what: str) -> tuple[dict[str, str], ...]:
    """Read devices of the host: `path[:path in the container[:rwm]]`."""
    devices = []
    for item in value:
        if isinstance(item, Mapping):
            devices.append(dict(item))
            continue
        parts = read_text(item, what).split(":")
        if len(parts) > 3 or not all(parts):
            raise InvalidInput(f"{what}: {item!r}: write path[:path in the container[:rwm]].")
        inside = parts[1] if len(parts) > 1 else parts[0]
        rights = parts[2] if len(parts) > 2 else "rwm"
        if len(parts) == 2 and not inside.startswith("/") and set(inside) <= set("rwm"):
            inside, rights = parts[0], inside
        devices.append(
            {"PathOnHost": parts[0], "PathInContainer": inside, "CgroupPermissions": rights}
        )
    return tuple(devices)


def read_rates_in_bytes(value: Any, what: str) -> tuple[dict[str, Any], ...]:
    """Read limits of devices in bytes per second: mappings with `path` and `rate`."""
    return tuple(
        {"Path": path, "Rate": parse_bytes(rate, f"{what}: {path}")}
        for path, rate in _rates(value, what)
    )


def read_rates_in_calls(value: Any, what: str) -> tuple[dict[str, Any], ...]:
    """Read limits of devices in operations per second: mappings with `path` and `rate`."""
    return tuple(
        {"Path": path, "Rate": read_number(rate, f"{what}: {path}")}
        for path, rate in _rates(value, what)
    )


def _rates(value: Any, what: str) -> list[tuple[str, Any]]:
    rates = []
    for item in value:
        stated = {str(name).lower(): limit for name, limit in dict(item).items()}
        if set(stated) != {"path", "rate"}:
            raise InvalidInput(f"{what}: {item!r}: state path and rate.")
        rates.append((read_text(stated["path"], what), stated["rate"]))
    return rates


def _read_list_as_texts(value: Any, what: str) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(f"{what}: {value!r} is no list.")
    return [read_as_text(item, what) for item in value]


def _read_capabilities(value: Any, what: str) -> list[list[str]]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(f"{what}: {value!r} is no list of lists.")
    return [_read_list_as_texts(item, what) for item in value]


_REQUEST: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = {
    "driver": ("Driver", read_text),
    "count": ("Count", read_number),
    "device_ids": ("DeviceIDs", _read_list_as_texts),
    "capabilities": ("Capabilities", _read_capabilities),
    "options": ("Options", read_texts_by_name),
}
_REQUEST_BY_KEY = {key: (key, read) for key, read in _REQUEST.values()}


def read_device_requests(value: Any, what: str) -> tuple[dict[str, Any], ...]:
    """Read requests for devices that a driver provides, such as GPUs.

    Each is a mapping with `driver`, `count` (-1: all), `device_ids`, `capabilities` (lists of
    texts, of which one has to fit as a whole) and `options`.
    """
    requests = []
    for item in value:
        request: dict[str, Any] = {}
        for name, stated in dict(item).items():
            known = _REQUEST.get(name) or _REQUEST_BY_KEY.get(name)
            if known is None:
                raise InvalidInput(f"{what}: {name!r} is none of {', '.join(_REQUEST)}.")
            if stated is not None:
                key, read = known
                request[key] = read(stated, f"{what}: {name}")
        if request.get("Count") and request.get("DeviceIDs"):
            raise InvalidInput(f"{what}: state count or device_ids, not both.")
        requests.append(request)
    return tuple(requests)


def read_ulimits(value: Any, what: str) -> tuple[dict[str, Any], ...]:
    """Read limits of processes: `name:soft[:hard]`, -1 being without a limit."""
    limits = []
    for item in value:
        if isinstance(item, Mapping):
            limits.append(dict(item))
            continue
        name, *numbers = read_text(item, what).replace("=", ":", 1).split(":")
        try:
            soft, hard = (int(number) for number in (numbers * 2 if len(numbers) == 1 else numbers))
        except ValueError as exc:
            raise InvalidInput(f"{what}: {item!r}: write name:soft[:hard].") from exc
        limits.append({"Name": name, "Soft": soft, "Hard": hard})
    return tuple(limits)


def read_hosts(value: Any, what: str) -> tuple[str, ...]:
    """Read further hosts: a mapping from names to addresses, or texts `name:address`."""
    if isinstance(value, Mapping):
        addresses = read_texts_by_name(value, what)
        return tuple(f"{name}:{address}" for name, address in addresses.items())
    return read_texts(value, what)


def read_links(value: Any, what: str) -> tuple[str, ...]:
    """Read links to other containers: `container[:alias]`."""
    return tuple(link if ":" in link else f"{link}:{link}" for link in read_texts(value, what))


def read_tmpfs(value: Any, what: str) -> dict[str, str]:
    """Read folders in memory: texts `path[:options]`, or a mapping."""
    if isinstance(value, Mapping):
        return read_texts_by_name(value, what)
    pairs = (read_text(item, what).partition(":") for item in value)
    return {path: options for path, _colon, options in pairs}
