"""What the engine tells about a path in a container."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from ..errors import ConnectionLost, InvalidInput
from ..moment import parse_moment

__all__ = ["PathStat", "decode_path_stat"]

# Go's io/fs.FileMode has bits of its own above the nine of permission; they are not those
# of stat(2), https://pkg.go.dev/io/fs#FileMode.
_GO_FOLDER = 1 << 31
_GO_LINK = 1 << 27
_GO_TYPES = _GO_FOLDER | _GO_LINK | 1 << 26 | 1 << 25 | 1 << 24 | 1 << 21 | 1 << 19
_GO_SETUID, _GO_SETGID, _GO_STICKY = 1 << 23, 1 << 22, 1 << 20


@dataclass(frozen=True)
class PathStat:
    """A file, a folder or something else in a container.

    Attributes:
        name: the last part of its path; `.` for the contents of a folder.
        size: its size in bytes.
        mode: its permissions, with setuid, setgid and sticky bit where chmod has them.
        kind: `file`, `folder`, `link` or `other`.
        mtime: when it was changed, in nanoseconds since the epoch.
        link_target: where a symbolic link leads, as a path from the container's root with
            all links on the way resolved; empty for everything else.
    """

    name: str
    size: int
    mode: int
    kind: str
    mtime: int
    link_target: str

    @property
    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.kind == "folder"

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.kind == "link"


def decode_path_stat(header: str) -> PathStat:
    """Decode the header `X-Docker-Container-Path-Stat`: JSON in base64.

    Raises:
        ConnectionLost: it is something else; what answers is no engine.
    """
    try:
        fields = json.loads(base64.b64decode(header, validate=True))
        mode = int(fields["mode"])
        kind = _kind(mode)
        return PathStat(
            name=str(fields["name"]),
            size=int(fields["size"]),
            mode=_permissions(mode),
            kind=kind,
            mtime=parse_moment(str(fields["mtime"])),
            # Podman names a target for what is no link, too.
            link_target=str(fields.get("linkTarget") or "") if kind == "link" else "",
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, InvalidInput) as exc:
        raise ConnectionLost(f"{header[:80]!r} does not describe a path in a container.") from exc


def _kind(mode: int) -> str:
    if mode & _GO_FOLDER:
        return "folder"
    if mode & _GO_LINK:
        return "link"
    return "other" if mode & _GO_TYPES else "file"


def _permissions(mode: int) -> int:
    permissions = mode & 0o777
    for go, posix in ((_GO_SETUID, 0o4000), (_GO_SETGID, 0o2000), (_GO_STICKY, 0o1000)):
        if mode & go:
            permissions |= posix
    return permissions
