"""Where this machine gets its packages from, so that images get theirs from there, too.

A machine without a way to the public mirrors still has a mirror or a proxy that works, and
it is the one that apt is configured with.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["AptSources", "parse_apt_sources", "proxy_arguments", "read_apt_sources"]

# Settings that matter inside a container as they do outside. Others name files of this machine.
_SETTINGS = (
    "Acquire::http::Proxy",
    "Acquire::https::Proxy",
    "Acquire::https::Verify-",
    "Acquire::Check-Valid-Until",
    "Acquire::Retries",
)


_LOOPBACK = re.compile(r"^([^@]*@)?(localhost|127\.|\[::1\])")


@dataclass(frozen=True)
class AptSources:
    """What apt has to be told inside an image.

    Attributes:
        mirror: the URL of the Debian archive; empty means debootstrap's own default.
        sources: the text of `sources.list`; empty leaves what debootstrap writes.
        configuration: the text of a file for `apt.conf.d`.
    """

    mirror: str
    sources: str
    configuration: str

    @property
    def needs_certificates(self) -> bool:
        """Whether packages come over TLS, which a minimal Debian cannot verify by itself."""
        return "https://" in self.sources


def read_apt_sources(suite: str) -> AptSources:
    """Find the mirrors for a suite of Debian (`bookworm`) in this machine's apt.

    On another distribution than Debian, or without apt, they stay empty.
    """
    if "debian" not in _distribution() or shutil.which("apt-get") is None:
        return AptSources("", "", "")
    targets = _output("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(COMPONENT)")
    return parse_apt_sources(targets.splitlines(), _output("apt-config", "dump"), suite)


def parse_apt_sources(targets: Iterable[str], dump: str, suite: str) -> AptSources:
    """Make the configuration for a suite from what apt prints.

    Args:
        targets: lines `SITE RELEASE COMPONENT` of `apt-get indextargets`.
        dump: the output of `apt-config dump`.
        suite: the suite to install, which need not be this machine's own: a mirror of Debian
            holds them all.
    """
    mirror = security = ""
    for line in targets:
        site, release, component = line.split()
        if component != "main":
            continue
        if release.endswith("-security"):
            security = security or site
        elif not release.endswith(("-updates", "-backports")):
            mirror = mirror or site
    lines = []
    if mirror:
        lines = [f"deb {mirror} {suite} main", f"deb {mirror} {suite}-updates main"]
    if mirror and security:
        lines.append(f"deb {security} {suite}-security main")
    settings = [line for line in dump.splitlines() if line.startswith(_SETTINGS)]
    return AptSources(mirror, _text(lines), _text(settings))


def proxy_arguments(environ: Mapping[str, str]) -> dict[str, str]:
    """Give the build arguments by which `RUN` uses the proxies of this environment.

    A proxy on the loopback address is left out: from a container it cannot be reached.
    """
    return {
        name: environ[name]
        for name in ("http_proxy", "https_proxy", "no_proxy")
        if environ.get(name) and not _LOOPBACK.search(environ[name].partition("//")[2])
    }


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _distribution() -> list[str]:
    """Give the identifier of this distribution (`os-release(5)`)."""
    try:
        text = Path("/etc/os-release").read_text()
    except OSError:
        return []
    return [line[3:].strip('"') for line in text.splitlines() if line.startswith("ID=")]


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""
