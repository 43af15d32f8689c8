"""What is mounted into a container: volumes, folders of the host, memory."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Union, cast

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..types.engine import Mount as EngineMount

__all__ = ["Mount", "VolumeBind", "VolumeLike", "parse_volumes"]

_TYPES = ("bind", "volume", "tmpfs", "npipe")
_MODES = frozenset(
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
        type: `volume`, `bind`, `tmpfs` or `npipe`.
        read_only: whether the container may not write to it.
        propagation: how mounts below a `bind` spread (`rprivate`, `rshared`, ...).
        no_copy: do not fill a new `volume` with what the image has at the target.
        labels: labels of a `volume` that is made for it.
        volume_driver: the driver of a `volume` that is made for it.
        volume_options: that driver's options.
        tmpfs_size: the limit of a `tmpfs` in bytes.
        tmpfs_mode: the file mode of a `tmpfs`, as a number (`0o1777`).
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
        for kind, names in (
            ("bind", ("propagation",)),
            ("volume", ("no_copy", "labels", "volume_driver", "volume_options")),
            ("tmpfs", ("tmpfs_size", "tmpfs_mode")),
        ):
            for name in names:
                if kind != self.type and getattr(self, name):
                    raise InvalidInput(f"Mount at {self.target}: {name} is for type {kind}.")

    def to_engine(self) -> EngineMount:
        """Write it as the Engine's `Mount`, without what is not stated."""
        mount: EngineMount = {
            "Type": cast("object", self.type),  # type: ignore[typeddict-item]  # a checked literal
            "Target": self.target,
            "ReadOnly": self.read_only,
        }
        if self.source is not None:
            mount["Source"] = self.source
        if self.propagation is not None:
            mount["BindOptions"] = {"Propagation": self.propagation}  # type: ignore[typeddict-item]
        driver = {"Name": self.volume_driver or "", "Options": dict(self.volume_options or {})}
        if self.no_copy or self.labels or self.volume_driver or self.volume_options:
            mount["VolumeOptions"] = {"NoCopy": self.no_copy, "Labels": dict(self.labels or {})}
            if self.volume_driver or self.volume_options:
                mount["VolumeOptions"]["DriverConfig"] = driver  # type: ignore[typeddict-item]
        if self.tmpfs_size is not None or self.tmpfs_mode is not None:
            mount["TmpfsOptions"] = {}
            if self.tmpfs_size is not None:
                mount["TmpfsOptions"]["SizeBytes"] = self.tmpfs_size
            if self.tmpfs_mode is not None:
                mount["TmpfsOptions"]["Mode"] = self.tmpfs_mode
        return mount


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
    if len(parts) > 2 and all(mode in _MODES for mode in parts[-1].split(",")):
        modes = frozenset(parts.pop().split(",")) - {"rw"}
    if len(parts) > 2 or not parts[-1].startswith("/"):
        raise InvalidInput(
            f"Volume {text!r}: write [source:]target[:modes] with an absolute target; modes "
            f"are {', '.join(sorted(_MODES))}."
        )
    source = parts[0] if len(parts) == 2 else ""
    if len(parts) == 2 and not source:
        raise InvalidInput(f"Volume {text!r}: the source is empty.")
    if source.startswith((".", "~")):
        try:
            source = os.path.normpath(Path.cwd() / Path(source).expanduser())
        except RuntimeError as exc:
            raise InvalidInput(f"Volume {text!r}: whose home folder is that?") from exc
    return VolumeBind(_without_slash(parts[-1]), _without_slash(source), modes)


def _without_slash(path: str) -> str:
    return path.rstrip("/") or "/" if path.startswith("/") else path
