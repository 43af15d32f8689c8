"""Find and undo what is mounted below a folder."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import EngineError
from .commands import run

__all__ = ["mount_points", "unmount_below"]

_ESCAPE = re.compile(r"\\([0-7]{3})")


def mount_points(mountinfo: str, root: Path) -> list[str]:
    """Pick from the text of `/proc/self/mountinfo` what is mounted at or below `root`.

    The newest comes first, which is the order in which mounts can be undone.
    """
    points = []
    for line in mountinfo.splitlines():
        # Field 5 is the mount point; blanks in it are written as \040 (proc(5)).
        point = _ESCAPE.sub(lambda match: chr(int(match[1], 8)), line.split(" ")[4])
        if point == str(root) or point.startswith(f"{root}/"):
            points.append(point)
    return points[::-1]


def unmount_below(root: Path) -> list[str]:
    """Unmount everything at or below `root`; return what could not be.

    What is still in use is detached: it goes away with its last user.
    """
    failures = []
    for point in mount_points(
        Path("/proc/self/mountinfo").read_text(errors="surrogateescape"), root
    ):
        try:
            run(["umount", point])
        except EngineError:
            try:
                run(["umount", "--lazy", point])
            except EngineError as error:
                failures.append(str(error))
    return failures
