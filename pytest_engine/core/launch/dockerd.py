"""Start a private dockerd, find it again, and stop it."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..endpoint import Endpoint, parse_endpoint
from ..errors import EngineError, LaunchFailed
from . import links
from .machine import ledger
from .record import Record, check_root
from .start import Programs, answers, start
from .teardown import empty_through_api, remove_files, remove_leftovers, terminate

__all__ = ["PrivateEngine", "check_possible", "launch_dockerd"]

_LOG_LINES = 15


class PrivateEngine:
    """A dockerd of our own, running or crashed, known by the folder that holds it.

    It outlives the process that launched it. Any process of the same user can `find` it and
    stop it.
    """

    def __init__(self, record: Record) -> None:
        self._record = record

    def __repr__(self) -> str:
        return f"PrivateEngine({str(self.root)!r}, pid={self.pid})"

    @classmethod
    def find(cls, root: str | Path) -> PrivateEngine | None:
        """Find the engine that was launched in a folder and not stopped since.

        It need not run any more: after a crash this is the way to have it cleaned up.

        Raises:
            EngineError: the folder holds something else.
        """
        record = Record.load(Path(root))
        return None if record is None else cls(record)

    @property
    def root(self) -> Path:
        """The folder that holds all of its files."""
        return self._record.root

    @property
    def endpoint(self) -> Endpoint:
        """Where its API listens."""
        return parse_endpoint(f"unix://{self._record.socket}", "private engine")

    @property
    def pid(self) -> int | None:
        """The number of its process; None if it does not run."""
        running = self._record.running()
        return None if running is None else running.pid

    @property
    def subnet(self) -> ipaddress.IPv4Network:
        """The addresses that its networks are taken from."""
        return self._record.subnet

    @property
    def log(self) -> Path:
        """The file that it writes its log to."""
        return self._record.log

    def log_tail(self, lines: int = _LOG_LINES) -> str:
        """Give the last lines of its log, empty if there is none."""
        return _log_tail(self._record, lines)

    def answers(self) -> bool:
        """Tell whether it runs and its API answers."""
        return self.pid is not None and answers(self._record)

    def stop(self, *, keep_data: bool = False, timeout: float = 20.0) -> None:
        """Stop it and remove everything of it from this machine.

        Containers, networks, mounts, bridges, firewall rules, control groups and files: all
        of it goes, also if it crashed before and left its containers running. Kernel settings
        and the firewall's policy go back to what they were before the first private engine,
        when the last one stops. Stopping twice is fine.

        Args:
            keep_data: keep images and volumes for the next launch in the same folder.
            timeout: seconds that dockerd gets to end by itself before it is killed.

        Raises:
            EngineError: something could not be removed; the message lists it.
        """
        if self.answers():
            empty_through_api(self._record)
        terminate(self._record, timeout)
        with ledger() as held:
            failures = remove_leftovers(self._record, held)
        failures = failures or remove_files(self._record, keep_data=keep_data)
        if failures:
            raise EngineError(
                f"The private engine in {self.root} has been stopped, but not all of it could be "
                "removed. Look at what keeps these in use and stop it again:"
                + "".join(f"\n- {failure}" for failure in failures)
            )


def check_possible(platform: str, user: int) -> None:
    """See whether a private dockerd can be launched at all.

    Args:
        platform: as in `sys.platform`.
        user: the number of the effective user.

    Raises:
        LaunchFailed: it cannot, and why.
    """
    if platform != "linux":
        raise LaunchFailed(
            f"A private dockerd needs Linux; this is {platform}. Install Docker Desktop, Colima or "
            "Podman and name its socket in DOCKER_HOST."
        )
    if user != 0:
        raise LaunchFailed(
            f"A private dockerd needs root; this is user {user}. Run as root (sudo), or use an "
            "engine that runs already and name its socket in DOCKER_HOST."
        )


def launch_dockerd(
    root: str | Path,
    *,
    registry_mirrors: Sequence[str] = (),
    insecure_registries: Sequence[str] = (),
    hosts: Sequence[str] = (),
    subnet: str | None = None,
    arguments: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    path: str | None = None,
    timeout: float = 60.0,
) -> PrivateEngine:
    """Start a dockerd that shares nothing with another engine on this machine.

    It has its own socket, data, log, bridge, addresses, control group and containerd, does
    not read `/etc/docker/daemon.json`, and keeps running when the caller ends. What engines
    cannot help sharing is the firewall: while dockerd starts (0.4 s), published ports of
    other engines in the same network namespace are reachable through their proxies only.
    If it does not start, nothing of it is left but what an earlier engine kept.

    Args:
        root: the folder for all of its files; made if it is missing. Images and volumes that
            an earlier engine kept there are used again.
        registry_mirrors: URLs to ask for images of Docker Hub first.
        insecure_registries: registries (`host:port` or a network) to speak plain HTTP with.
        hosts: addresses to listen on besides its unix socket (`tcp://127.0.0.1:2375`).
        subnet: the addresses for its networks, a /24 or larger; None chooses a free part of
            198.18.0.0/15.
        arguments: further arguments of dockerd.
        environment: environment variables of dockerd beyond those of this process, such as
            `HTTPS_PROXY`, or `SSL_CERT_DIR` for further authorities of registries.
        path: the search path for dockerd and what it starts; None means the environment's,
            and the administrators' folders.
        timeout: seconds until it must answer.

    Raises:
        LaunchFailed: it could not be started; the message has its last words.
        InvalidInput: the folder or the subnet cannot be used.
    """
    folder = check_root(Path(root))
    wanted = None if subnet is None else links.parse_subnet(subnet)
    check_possible(sys.platform, os.geteuid())
    programs = Programs.find(path, environment)
    _make_room(folder)
    record = _enter(folder, wanted)
    had_data = record.data_root.exists()
    options = [
        *(f"--host={host}" for host in hosts),
        *(f"--registry-mirror={url}" for url in registry_mirrors),
        *(f"--insecure-registry={registry}" for registry in insecure_registries),
        *arguments,
    ]
    with ledger() as held:
        try:
            record = start(record, programs, options, timeout)
        except BaseException as error:
            running = Record.load(folder) or record
            log_tail = _log_tail(running, _LOG_LINES)
            terminate(running, timeout=5.0)
            failures = remove_leftovers(running, held)
            failures = failures or remove_files(running, keep_data=had_data)
            if not isinstance(error, EngineError):
                raise
            also = "".join(f"\n- could not be removed: {failure}" for failure in failures)
            raise LaunchFailed(f"{error}{also}", log_tail) from error
    return PrivateEngine(record)


def _make_room(folder: Path) -> None:
    """Make the folder, and clean up after an engine that crashed in it."""
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    earlier = PrivateEngine.find(folder)
    if earlier is None:
        return
    if earlier.pid is not None:
        raise LaunchFailed(
            f"A private engine runs in {folder} already, as process {earlier.pid}. Use it "
            "(PrivateEngine.find), stop it first, or choose another folder."
        )
    earlier.stop(keep_data=True)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)


def _enter(folder: Path, wanted: ipaddress.IPv4Network | None) -> Record:
    """Choose the engine's addresses and write down that it is coming.

    On its own, before anything changes: what is written is enough to clean up after a crash
    at any later point.
    """
    with ledger() as held:
        used = [*links.networks_in_use(), *held.subnets()]
        record = Record(folder, links.free_slice(used) if wanted is None else wanted)
        record.save()
        held.enter(record.id, folder, record.subnet)
    return record


def _log_tail(record: Record, lines: int) -> str:
    """Give the last lines of dockerd's log, and of containerd's if dockerd was not reached."""
    for log in (record.log, record.containerd_log):
        try:
            text = log.read_text(errors="replace")
        except OSError:
            continue
        if text:
            return "\n".join(text.splitlines()[-lines:])
    return ""
