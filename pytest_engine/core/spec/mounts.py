"""What is mounted into a container: volumes, folders of the host, memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union, cast

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..types.engine import Mount as EngineMount

__all__ = ["BIND_MODES", "Mount", "VolumeBind", "VolumeLike", "parse_volumes"]

_TYPES = ("bind", "volume", "tmpfs", "npipe", "cluster", "image")
# What only some of them have.
_OF_TYPES = {
    "propagation": ("bind",),
    "non_recursive": ("bind",),
    "create_mountpoint": ("bind",),
    "read_only_non_recursive": ("bind",),
    "read_only_force_recursive": ("bind",),
    "no_copy": ("volume",),
    "labels": ("volume",),
    "volume_driver": ("volume",),
    "volume_options": ("volume",),
    "subpath": ("volume", "image"),
    "tmpfs_size": ("tmpfs",),
    "tmpfs_mode": ("tmpfs",),
    "tmpfs_options": ("tmpfs",),
}
BIND_MODES = frozenset(
    [
        "ro",
        "rw",
        "z",
        "Z",
        "nocopy",
        "consistent",
        "cached",
        "delegated",
        "private",
        "rprivate",
        "shared",
        "rshared",
        "slave",
        "rslave",
    ]
)


@dataclass(frozen=True)
class Mount:
    """A mount in the long form (`HostConfig.Mounts`), whose source has to exist.

    Attributes:
        target: the absolute path in the container.
        source: the volume's name or the host's path; None: an anonymous volume.
        type: `volume`, `bind`, `tmpfs`, `npipe`, `cluster` (API 1.42) or `image` (API 1.47).
        read_only: whether the container may not write to it.
        propagation: how mounts below a `bind` spread (`rprivate`, `rshared`, ...).
        no_copy: do not fill a new `volume` with what the image has at the target.
        labels: labels of a `volume` that is made for it.
        volume_driver: the driver of a `volume` that is made for it.
        volume_options: that driver's options.
        tmpfs_size: the limit of a `tmpfs` in bytes.
        tmpfs_mode: the file mode of a `tmpfs`, as a number (`0o1777`).
        tmpfs_options: further options of a `tmpfs`, each a name, or name and value (API 1.46).
        consistency: `consistent`, `cached` or `delegated`, which only Docker Desktop heeds.
        non_recursive: leave out what is mounted below the source of a `bind`.
        create_mountpoint: make the source of a `bind` if it is missing (API 1.42).
        read_only_non_recursive: what is mounted below a read-only `bind` stays writable
            (API 1.44).
        read_only_force_recursive: fail if that cannot be made read-only as well (API 1.44).
        subpath: the folder in a `volume` (API 1.45) or an `image` (API 1.48) to mount.
    """

    target: str
    source: str | None = None
    type: str = "volume"
    read_only: bool = False
    propagation: str | None = None
    no_copy: bool = False
    labels: Mapping[str, str] | None = None
    volume_driver: str | None = None
    volume_options: Mapping[str, str] | None = None
    tmpfs_size: int | None = None
    tmpfs_mode: int | None = None
    tmpfs_options: Sequence[Sequence[str]] | None = None
    consistency: str | None = None
    non_recursive: bool | None = None
    create_mountpoint: bool | None = None
    read_only_non_recursive: bool | None = None
    read_only_force_recursive: bool | None = None
    subpath: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine could mount."""
        if self.type not in _TYPES:
            raise InvalidInput(f"Mount at {self.target}: the type is one of {', '.join(_TYPES)}.")
        if not self.target.startswith("/") and self.type != "npipe":
            raise InvalidInput(f"Mount at {self.target!r}: the target is an absolute path.")
        if self.type in ("bind", "npipe") and not self.source:
            raise InvalidInput(f"Mount at {self.target}: a {self.type} needs a source.")
        if self.type == "tmpfs" and self.source:
            raise InvalidInput(f"Mount at {self.target}: a tmpfs has no source.")
        if isinstance(self.tmpfs_mode, int) and self.tmpfs_mode < 0:
            raise InvalidInput(
                f"Mount at {self.target}: tmpfs_mode: {self.tmpfs_mode} is negative."
            )
        for name, kinds in _OF_TYPES.items():
            if self.type not in kinds and getattr(self, name):
                raise InvalidInput(
                    f"Mount at {self.target}: {name} is for type {' and '.join(kinds)}."
                )

    def to_engine(self) -> EngineMount:
        """Write it as the Engine's `Mount`, without what is not stated."""
        mount: dict[str, Any] = {
            "Type": self.type,
            "Target": self.target,
            "ReadOnly": self.read_only,
        }
        if self.source is not None:
            mount["Source"] = self.source
        if self.consistency is not None:
            mount["Consistency"] = self.consistency
        for key, options in (
            ("BindOptions", self._bind_options()),
            ("VolumeOptions", self._volume_options()),
            ("TmpfsOptions", self._tmpfs_options()),
            ("ImageOptions", {"Subpath": self.subpath} if self.type == "image" else {}),
        ):
            stated = {name: value for name, value in options.items() if value is not None}
            if stated:
                mount[key] = stated
        return cast("EngineMount", mount)

    def _bind_options(self) -> dict[str, Any]:
        return {
            "Propagation": self.propagation,
            "NonRecursive": self.non_recursive,
            "CreateMountpoint": self.create_mountpoint,
            "ReadOnlyNonRecursive": self.read_only_non_recursive,
            "ReadOnlyForceRecursive": self.read_only_force_recursive,
        }

    def _volume_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"Subpath": self.subpath if self.type == "volume" else None}
        if self.no_copy or self.labels or self.volume_driver or self.volume_options:
            options |= {"NoCopy": self.no_copy, "Labels": dict(self.labels or {})}
            if self.volume_driver or self.volume_options:
                options["DriverConfig"] = {
                    "Name": self.volume_driver or "",
                    "Options": dict(self.volume_options or {}),
                }
        return options

    def _tmpfs_options(self) -> dict[str, Any]:
        return {
            "SizeBytes": self.tmpfs_size,
            "Mode": self.tmpfs_mode,
            "Options": (
                None if self.tmpfs_options is None else [list(item) for item in self.tmpfs_options]
            ),
        }


@dataclass(frozen=True)
class VolumeBind:
    """A mount in the short form (`HostConfig.Binds`), whose source is made if missing.

    Attributes:
        target: the absolute path in the container.
        source: the volume's name or the host's absolute path; empty: an anonymous volume.
        modes: `ro`, `z`, `nocopy`, ...; never `rw`, which is the default.
    """

    target: str
    source: str = ""
    modes: frozenset[str] = frozenset()

    def __str__(self) -> str:
        """Write it as the Engine's bind: `source:target[:modes]`."""
        text = f"{self.source}:{self.target}" if self.source else self.target
        return f"{text}:{','.join(sorted(self.modes))}" if self.modes else text


VolumeLike = Union[str, VolumeBind]


def parse_volumes(values: Iterable[VolumeLike]) -> tuple[VolumeBind, ...]:
    """Read mounts in the short form `[source:]target[:modes]`.

    A source that begins with `.` or `~` is a path of this host, made absolute here.

    Raises:
        InvalidInput: a text has another form, or a mode is unknown.
    """
    return tuple(value if isinstance(value, VolumeBind) else _parse(str(value)) for value in values)


def _parse(text: str) -> VolumeBind:
    parts = text.split(":")
    modes: frozenset[str] = frozenset()
    # Modes need a source: an anonymous volume has none in the engine's own short form.
    if len(parts) > 2 and all(mode in BIND_MODES for mode in parts[-1].split(",")):
        modes = frozenset(parts.pop().split(",")) - {"rw"}
    if len(parts) > 2 or not parts[-1].startswith("/"):
        raise InvalidInput(
            f"Volume {text!r}: write [source:]target[:modes] with an absolute target; modes "
            f"are {', '.join(sorted(BIND_MODES))}."
        )
    source = parts[0] if len(parts) == 2 else ""
    if len(parts) == 2 and not source:
        raise InvalidInput(f"Volume {text!r}: the source is empty.")
    if source.startswith((".", "~")):
        try:
            source = os.path.normpath(Path.cwd() / Path(source).expanduser())
        except RuntimeError as exc:
            raise InvalidInput(f"Volume {text!r}: whose home folder is that?") from exc
        except ValueError as exc:
            raise InvalidInput(f"Volume {text!r}: its source is no path: {exc}.") from exc
    return VolumeBind(_without_slash(parts[-1]), _without_slash(source), modes)


def _without_slash(path: str) -> str:
    return path.rstrip("/") or "/" if path.startswith("/") else path
