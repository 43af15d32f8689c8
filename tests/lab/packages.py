"""Install what the lab needs from the distribution's packages, where it is missing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .steps import LabError, run_logged, say, step

__all__ = ["SYSTEM_PATH", "ensure_programs", "missing_packages"]

# Program -> the packages of Debian and Ubuntu that bring it and what it cannot do without.
_PACKAGES = {
    "containerd": ("containerd",),
    "debootstrap": ("debootstrap", "debian-archive-keyring"),
    "docker-registry": ("docker-registry",),
    "docker": ("docker.io",),
    "dockerd": ("docker.io",),
    "htpasswd": ("apache2-utils",),
    "ip": ("iproute2",),
    "iptables": ("iptables",),
    "runc": ("runc",),
    "ssh": ("openssh-client",),
    "sshd": ("openssh-server",),
}
# Package -> what it would have the machine start at every boot.
_UNITS = {
    "containerd": ("containerd.service",),
    "docker-registry": ("docker-registry.service",),
    "docker.io": ("docker.service", "docker.socket"),
    "openssh-server": ("ssh.service", "ssh.socket"),
}
_POLICY = Path("/usr/sbin/policy-rc.d")

SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])


def missing_packages(programs: Iterable[str]) -> list[str]:
    """Name the packages of the programs that are not there."""
    missing = [name for name in programs if shutil.which(name, path=SYSTEM_PATH) is None]
    return sorted({package for name in missing for package in _PACKAGES[name]})


def ensure_programs(programs: Iterable[str], logs: Path) -> None:
    """Install the packages of the programs that are missing.

    Services that come with them are neither started nor enabled: the lab starts its own.

    Raises:
        LabError: it cannot be done here, or failed.
    """
    packages = missing_packages(programs)
    if not packages:
        return
    if shutil.which("apt-get", path=SYSTEM_PATH) is None:
        raise LabError(
            f"The lab needs the Debian packages {', '.join(packages)}, and this system has no "
            "apt-get. Install what they hold with this system's tools (dockerd, containerd, "
            "iptables, ip, docker-registry, debootstrap have to be on the PATH), or name an engine "
            "that runs already in PYTEST_ENGINE_TEST_HOST."
        )
    if os.geteuid() != 0:
        raise LabError(
            "The lab has to install packages, and this is not root. Run it as root, or install "
            f"them first: sudo apt-get install --no-install-recommends {' '.join(packages)}"
        )
    install = _apt_get("install", "--yes", "--no-install-recommends", *packages)
    with step(f"install {', '.join(packages)}", "Look at what apt-get says above."):
        with _no_services():
            try:
                run_logged(install, logs / "apt-install.log", _environment())
            except LabError:
                # The lists are missing, or older than the packages that they name.
                say("apt-get update, because the installation failed with the lists as they are")
                run_logged(_apt_get("update"), logs / "apt-update.log", _environment())
                run_logged(install, logs / "apt-install.log", _environment())
        _disable_units(packages, logs)


def _apt_get(*arguments: str) -> list[str]:
    # Somebody's unattended upgrade may hold the lock just now.
    return ["apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", *arguments]


def _environment() -> Mapping[str, str]:
    return {
        **os.environ,
        "PATH": SYSTEM_PATH,
        "DEBIAN_FRONTEND": "noninteractive",
        "LC_ALL": "C.UTF-8",
        # Ubuntu's restarts services and asks which.
        "NEEDRESTART_MODE": "l",
    }


@contextmanager
def _no_services() -> Iterator[None]:
    """Forbid packages to start services meanwhile (the interface is invoke-rc.d's).

    It works with systemd as well: deb-systemd-invoke asks the same script.
    """
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text(
        "#!/bin/sh\n# Written by the lab of pytest-engine for one installation.\nexit 101\n"
    )
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


def _disable_units(packages: Iterable[str], logs: Path) -> None:
    """Keep what was just installed from starting at the next boot."""
    units = [unit for package in packages for unit in _UNITS.get(package, ())]
    if units and Path("/run/systemd/system").is_dir():
        run_logged(["systemctl", "disable", *units], logs / "systemctl.log")
