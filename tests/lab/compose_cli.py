"""The Compose plugin of the docker command, in the releases that the tests run.

Debian 12 has none that is new enough, but the files of later releases of Debian run on it as they
are. They are unpacked in the lab's folder, where a docker command that is told so finds them:
nothing of the machine is changed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .apt_sources import read_apt_sources
from .packages import ensure_programs
from .steps import LabError, run_logged, step

__all__ = ["COMPOSE", "ensure_compose"]

# The version, as people call it -> the release of Debian that has it.
COMPOSE = {"2.26": "trixie", "2.40": "forky"}

_PACKAGE = "docker-compose"
_PLUGIN = Path("usr", "libexec", "docker", "cli-plugins", "docker-compose")
# Where a machine that is no Debian gets Debian's packages.
_MIRROR = "http://deb.debian.org/debian"
_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def ensure_compose(folder: Path, version: str) -> Path:
    """See to it that the docker command is there, and that version of its Compose plugin.

    Args:
        folder: where it is kept.
        version: one of `COMPOSE`.

    Returns:
        A folder for `DOCKER_CONFIG`, in which the docker command finds the plugin.

    Raises:
        LabError: it cannot be had.
    """
    config = folder / version
    plugin = config / "cli-plugins" / "docker-compose"
    logs = folder / "logs"
    ensure_programs(("docker",), logs)
    if plugin.exists():
        return config
    ensure_programs(("debootstrap",), logs)  # for the keys of Debian's archive
    with step(f"fetch Compose {version}", "apt-get has to reach a mirror of Debian."):
        unpacked = _unpack(folder / f"{version}.new", COMPOSE[version], logs)
        if not (unpacked / _PLUGIN).exists():
            raise LabError(f"The package {_PACKAGE} of {COMPOSE[version]} has no {_PLUGIN}.")
        plugin.parent.mkdir(parents=True, exist_ok=True)
        # The last step, as it says that all is there.
        (unpacked / _PLUGIN).replace(plugin)
        shutil.rmtree(folder / f"{version}.new")
    return config


def _unpack(work: Path, suite: str, logs: Path) -> Path:
    """Download the package of a release with lists of its own, and unpack it."""
    shutil.rmtree(work, ignore_errors=True)
    for name in ("lists/partial", "cache/archives/partial"):
        (work / name).mkdir(parents=True)
    mirror = read_apt_sources(suite).mirror or _MIRROR
    (work / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror} {suite} main\n")
    options = {
        "APT::Sandbox::User": "root",
        "Dir::Cache": work / "cache",
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": work / "lists",
    }
    apt_get = ["apt-get", *(part for k, v in options.items() for part in ("-o", f"{k}={v}"))]
    run_logged([*apt_get, "update"], logs / f"{suite}-update.log")
    # It downloads to where it is run.
    here = ["env", "-C", str(work)]
    run_logged([*here, *apt_get, "download", _PACKAGE], logs / f"{suite}-download.log")
    (archive,) = work.glob(f"{_PACKAGE}_*.deb")
    run_logged(["dpkg-deb", "-x", str(archive), str(work / "root")], logs / f"{suite}-unpack.log")
    return work / "root"
