"""What people are told when a fixture cannot be made."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_engine.core.errors import ApiError, BuildFailed

if TYPE_CHECKING:
    from pytest_engine.core.errors import EngineError

__all__ = ["explanation"]

# Each part of an engine names itself before it hands on what another one said; which of them
# differ from version to version.
_PREFIXES = re.compile(
    r"^(?:(?:failed to create (?:shim task|task for container|shim)|OCI runtime create failed|"
    r"OCI runtime error|(?:\S*/)?(?:runc|crun)(?: create failed)?|container_linux\.go:\d+|"
    r"starting container process caused|unable to start container process|"
    r"error during container init|crun|preparing container \S+ for attach): )+"
)
_LONG_ID = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")

_FULL = r"(?i)no space left on device"
_DISK_FULL = "A disk is full, the engine's or a tmpfs: `docker system df` tells what takes it."

_HINTS = (
    (
        r"executable file.* not found|no such file or directory.*exec|stat \S+: no such file",
        "The image has no such program: look at command= and entrypoint=.",
    ),
    (
        r"network \S+ not found|unable to find network",
        "Make it a fixture (network()), or create it before the run.",
    ),
    (
        r"could not select device driver",
        "This engine has no driver for the devices that are asked for.",
    ),
    (
        r"not a directory",
        "A file is mounted on a folder, or the reverse; files= takes what this host has.",
    ),
    (
        r"bind source path does not exist",
        "Paths of mounts= are those of the engine's host; files= takes this host's.",
    ),
    (
        r"rootfs is marked read-only",
        "With read_only=True, files= goes to volumes alone.",
    ),
    (_FULL, _DISK_FULL),
    (
        r"name \S+ is already in use",
        "Leave name= out, and it gets one that no other has.",
    ),
)


def explanation(exc: EngineError) -> str:
    """Say what went wrong, as somebody can use it who has not read the engine's source."""
    if not isinstance(exc, ApiError):
        text = str(exc)
        is_full = isinstance(exc, BuildFailed) and re.search(_FULL, text)
        return f"{text}\n{_DISK_FULL}" if is_full else text
    said = _PREFIXES.sub("", exc.engine_message)
    said = re.sub(r": unknown\b", "", said)
    told = str(exc).replace(exc.engine_message, said) if said else str(exc)
    text = _LONG_ID.sub(r"\1", told)
    hint = next((hint for pattern, hint in _HINTS if re.search(pattern, said)), "")
    return f"{text}\n{hint}" if hint else text
