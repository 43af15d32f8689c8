"""In which container this very process runs, as far as its /proc tells."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["find_own_container", "read_own_container"]

# The folder of the cpuset that a container's own one is in, where the kernel shows it.
_FOLDERS = {
    "/docker": "docker",
    "/azpl_job": "azure_pipelines",
    "/actions_job": "github_actions",
}
# Engines mount a file of their own over /etc/hostname, and keep it by the container's id.
_HOSTNAMES = (
    (re.compile(r".*/([a-f0-9]{64})/hostname"), "docker"),
    (re.compile(r".*/([a-f0-9]{64})/userdata/hostname"), "podman"),
)


def find_own_container(cpuset: str, mountinfo: str) -> tuple[str, str]:
    """Find the container of a process.

    Args:
        cpuset: what its /proc/self/cpuset holds; empty if there is none.
        mountinfo: what its /proc/self/mountinfo holds.

    Returns:
        The container's id, and `docker`, `podman`, `azure_pipelines` or `github_actions`; both
        empty where it runs in none.
    """
    folder, _slash, name = cpuset.strip().rpartition("/")
    if folder in _FOLDERS and name:
        return name, _FOLDERS[folder]
    for line in mountinfo.splitlines():
        fields = line.split()
        if len(fields) < 5 or fields[4] != "/etc/hostname":
            continue
        for pattern, sort in _HOSTNAMES:
            match = pattern.fullmatch(fields[3])
            if match:
                return match[1], sort
    return "", ""


def read_own_container() -> tuple[str, str]:
    """Find the container of this process; see `find_own_container`."""
    return find_own_container(_read("/proc/self/cpuset"), _read("/proc/self/mountinfo"))


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
