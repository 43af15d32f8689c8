"""Platforms: compared with those of images, and as the engine's newer operations take them.

Those take JSON instead of `os/arch/variant`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from ..errors import InvalidInput

if TYPE_CHECKING:
    from ..types.engine import OCIPlatform

__all__ = ["Platform", "encode_platform", "encode_platforms", "platform_of", "same_platform"]

Platform = Union[str, "OCIPlatform"]

_PARTS = ("os", "architecture", "variant")
# What stands alone and is none of these is an architecture, as for the engine.
_SYSTEMS = ("linux", "windows", "freebsd", "darwin")
# What containerd takes for the same (platforms/database.go).
_ARCHITECTURES = {
    "aarch64": "arm64",
    "armel": "arm/v6",
    "armhf": "arm/v7",
    "i386": "386",
    "x86-64": "amd64",
    "x86_64": "amd64",
}
_VARIANTS = {"amd64/v1": "amd64", "arm": "arm/v7", "arm64": "arm64/v8", "arm64/8": "arm64/v8"}


def encode_platform(platform: Platform | None) -> str | None:
    """Write a platform as JSON (OCI image index, "platform"); None stays None.

    Args:
        platform: `os[/arch[/variant]]`, or the same as `{"os": ..., "architecture": ...}`.

    Raises:
        InvalidInput: it is neither.
    """
    if platform is None:
        return None
    if isinstance(platform, str):
        parts = platform.split("/")
        if all(parts) and len(parts) <= len(_PARTS):
            return json.dumps(dict(zip(_PARTS, parts)))
    elif _is_platform(platform):
        return json.dumps(dict(platform))
    raise InvalidInput(f"{platform!r:.80} is no platform like linux/arm64.")


def encode_platforms(platforms: Platform | Sequence[Platform] | None) -> list[str] | None:
    """Write one platform or several as JSON each; None stays None."""
    if platforms is None:
        return None
    if isinstance(platforms, (str, Mapping)):
        platforms = [platforms]
    is_list = isinstance(platforms, (list, tuple))
    if not is_list:
        raise InvalidInput(f"{platforms!r:.80} is neither a platform nor a list of them.")
    return [text for one in platforms if (text := encode_platform(one)) is not None]


def platform_of(image: Mapping[str, Any]) -> str:
    """Return the platform of an image as the engine shows it."""
    return _platform(f"{image.get('Os')}/{image.get('Architecture')}/{image.get('Variant') or ''}")


def same_platform(wanted: str, image: Mapping[str, Any]) -> bool:
    """Tell whether an image is for a platform, however that is spelt; `arm64` alone will do."""
    system = str(image.get("Os"))
    if wanted.lower() in _SYSTEMS:
        return wanted.lower() == system.lower()
    return _platform(wanted if "/" in wanted else f"{system}/{wanted}") == platform_of(image)


def _platform(text: str) -> str:
    """Normalise a platform as containerd does: arm64 is arm64/v8, arm is arm/v7."""
    system, _slash, rest = text.lower().partition("/")
    name, _slash, variant = rest.partition("/")
    processor = f"{_ARCHITECTURES.get(name, name)}/{variant}".rstrip("/")
    return "/".join(filter(None, (system, _VARIANTS.get(processor, processor))))


def _is_platform(value: object) -> bool:
    # Not everybody checks types.
    return isinstance(value, Mapping) and bool(value.get("os"))
