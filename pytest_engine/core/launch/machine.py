"""What private engines share with the whole machine, and with one another.

Several may run side by side, started and stopped in any order. What the machine looked like
before the *first* of them came, and which are still there, is kept in one small file; who
leaves last puts everything back and removes the file. All changes happen under its lock.
"""

from __future__ import annotations

import fcntl
import ipaddress
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from . import firewall
from .processes import boot_id

__all__ = ["Baseline", "Ledger", "ledger", "read_setting", "write_setting"]

_FOLDER = Path("/run/pytest-engine")
_SETTINGS = (
    "net/ipv4/ip_forward",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/conf/default/forwarding",
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables",
)
# Outside of the folders that it is told to use, dockerd makes these: sockets of plugins, and
# of containerd's shims, whose folder is fixed in its code.
_FOLDERS = ("/run/docker/plugins", "/run/docker", "/run/containerd/s", "/run/containerd")


@dataclass
class Baseline:
    """The machine as it was before the first private engine came.

    Attributes:
        chains: family/table -> names of all chains.
        policies: family/table -> chain -> policy of the built-in chains.
        settings: path below /proc/sys -> value, for the kernel settings that exist.
        folders: folders of engines that existed.
    """

    chains: dict[str, list[str]]
    policies: dict[str, dict[str, str]]
    settings: dict[str, str]
    folders: list[str]

    @classmethod
    def take(cls) -> Baseline:
        """Look at the machine as it is now."""
        chains = {}
        policies = {}
        for family in firewall.FAMILIES:
            for name, table in firewall.read_tables(family).items():
                chains[f"{family}/{name}"] = list(table.policies)
                policies[f"{family}/{name}"] = {
                    chain: policy for chain, policy in table.policies.items() if policy != "-"
                }
        settings = {path: read_setting(path) for path in _SETTINGS}
        return cls(
            chains=chains,
            policies=policies,
            settings={path: value for path, value in settings.items() if value},
            folders=[folder for folder in _FOLDERS if Path(folder).is_dir()],
        )

    def restore(self) -> list[str]:
        """Put back what private engines changed; return what could not be.

        Chains that engines left empty go. Policies and kernel settings are put back only if
        no other engine came meanwhile, which would need them as they are now.
        """
        failures = []
        others = False
        for family in firewall.FAMILIES:
            tables = firewall.read_tables(family)
            jumps = {}
            chains = {}
            for name, table in tables.items():
                known = self.chains.get(f"{family}/{name}", [])
                chains[name] = firewall.idle_chains(table, keep=known)
                jumps[name] = firewall.jumps_into(table, chains[name])
                others |= bool(firewall.engine_chains(table) - {*known, *chains[name]})
            failure = firewall.apply(family, firewall.removal_script(jumps, chains))
            if failure:
                failures.append(failure)
        if not others:
            failures += self._restore_policies()
            failures += self._restore_settings()
        for folder in _FOLDERS:
            if folder not in self.folders:
                # Fails where somebody keeps something in it, and then it has to stay.
                with suppress(OSError):
                    Path(folder).rmdir()
        return failures

    def _restore_policies(self) -> list[str]:
        failures = []
        for family in firewall.FAMILIES:
            for name, table in firewall.read_tables(family).items():
                before = self.policies.get(f"{family}/{name}", {})
                changed = [
                    f":{chain} {before.get(chain, 'ACCEPT')} [0:0]\n"
                    for chain, policy in table.policies.items()
                    if policy not in ("-", before.get(chain, "ACCEPT"))
                ]
                if changed:
                    script = f"*{name}\n{''.join(changed)}COMMIT\n"
                    failure = firewall.apply(family, script)
                    if failure:
                        failures.append(failure)
        return failures

    def _restore_settings(self) -> list[str]:
        failures = []
        for path, value in self.settings.items():
            # Writing is not free of effects even with the same value: ip_forward resets others.
            if read_setting(path) not in ("", value):
                try:
                    write_setting(path, value)
                except OSError as error:
                    failures.append(f"kernel setting {path}: {error.strerror}")
        return failures


@dataclass
class Ledger:
    """Which private engines are on this machine, and what it was like without them.

    Attributes:
        baseline: None while there is no engine.
        engines: id -> root folder and subnet of each engine that was not stopped yet.
    """

    baseline: Baseline | None = None
    engines: dict[str, dict[str, str]] = field(default_factory=dict)

    def enter(self, id_: str, root: Path, subnet: ipaddress.IPv4Network) -> None:
        """Note an engine that is about to start; the first one has the machine looked at."""
        if self.baseline is None:
            self.baseline = Baseline.take()
        self.engines[id_] = {"root": str(root), "subnet": str(subnet)}

    def leave(self, id_: str) -> list[str]:
        """Strike an engine out; the last one puts the machine back. Return what failed."""
        self.engines.pop(id_, None)
        if self.engines or self.baseline is None:
            return []
        failures = self.baseline.restore()
        self.baseline = None
        return failures

    def forget_vanished(self) -> None:
        """Strike out engines whose folder somebody removed: nothing can stop them any more."""
        self.engines = {
            id_: engine
            for id_, engine in self.engines.items()
            if Path(engine["root"], "engine.json").exists()
        }

    def subnets(self) -> list[ipaddress.IPv4Network]:
        """The address ranges of the engines that were not stopped yet."""
        return [ipaddress.IPv4Network(engine["subnet"]) for engine in self.engines.values()]


def read_setting(path: str) -> str:
    """Read a kernel setting below /proc/sys; empty if the kernel does not have it."""
    try:
        return Path("/proc/sys", path).read_text().strip()
    except OSError:
        return ""


def write_setting(path: str, value: str) -> None:
    """Change a kernel setting below /proc/sys."""
    Path("/proc/sys", path).write_text(value)


def _ledger_path() -> Path:
    # Firewall and bridges belong to a network namespace, of which a machine may have many.
    return _FOLDER / f"net-{Path('/proc/self/ns/net').stat().st_ino}.json"


def _lock(path: Path) -> int:
    """Take the lock on a file that whoever holds the lock may remove."""
    while True:
        path.parent.mkdir(mode=0o755, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(handle).st_ino:
                return handle
        os.close(handle)


@contextmanager
def ledger() -> Iterator[Ledger]:
    """Hold the ledger of this network namespace; changes are written at the end.

    Others wait meanwhile. The file goes when the ledger is empty.
    """
    path = _ledger_path()
    handle = _lock(path)
    try:
        held = _decode(os.read(handle, 1 << 20))
        held.forget_vanished()
        try:
            yield held
        finally:
            if held.engines or held.baseline is not None:
                os.ftruncate(handle, 0)
                os.pwrite(handle, _encode(held), 0)
            else:
                path.unlink()
                with suppress(OSError):
                    _FOLDER.rmdir()
    finally:
        os.close(handle)


def _encode(held: Ledger) -> bytes:
    return json.dumps({"boot_id": boot_id(), **asdict(held)}, indent=1).encode()


def _decode(content: bytes) -> Ledger:
    # Where /run is a plain folder it survives a reboot, but what it says does not.
    value: dict[str, Any] = json.loads(content or b"{}")
    if value.get("boot_id") != boot_id():
        return Ledger()
    baseline = value["baseline"]
    return Ledger(baseline and Baseline(**baseline), value["engines"])
