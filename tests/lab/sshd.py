"""The lab's SSH server: Debian's `sshd` on the loopback address, with keys of its own.

Nothing of the machine's own SSH is read or changed: neither its configuration, nor its host
keys, nor anybody's `authorized_keys`.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_engine.core.launch.processes import (
    Process,
    boot_id,
    descendants,
    kill_all,
    spawn_detached,
)

from .packages import SYSTEM_PATH
from .steps import LabError

__all__ = ["Sshd"]

# Compiled into sshd, which takes no connection without it; Debian makes it when the service starts.
# It is left there: another server may have come to need it.
_PRIVILEGE_SEPARATION = Path("/run/sshd")


@dataclass(frozen=True)
class Sshd:
    """An SSH server into this very machine, for whoever has its key.

    Attributes:
        folder: its keys, configuration and log, and what clients need: `client.conf` (for
            `ssh -F`) knows it as the host `lab`, and as `behind` by a jump over `lab`.
    """

    folder: Path

    @property
    def port(self) -> int | None:
        """Where it listens on 127.0.0.1; None if it does not run."""
        return int(self._state()["port"]) if self.process() else None

    @property
    def client_config(self) -> Path:
        """The configuration for clients."""
        return self.folder / "client.conf"

    def process(self) -> Process | None:
        """Give its process, if that very one still runs."""
        state = self._state()
        if state.get("boot_id") != boot_id():
            return None
        process = Process(state["pid"], state["start_time"])
        return process if process.is_alive() else None

    def start(self, environment: Mapping[str, str] | None = None, timeout: float = 10.0) -> None:
        """Start it and wait until it answers; nothing happens if it runs.

        Args:
            environment: variables of the sessions, such as `PATH`.
            timeout: seconds until it must answer.

        Raises:
            LabError: it does not come up.
        """
        if self.process():
            return
        program = shutil.which("sshd", path=SYSTEM_PATH)
        if program is None:
            raise LabError("The program sshd is missing (package openssh-server).")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for key in ("host_key", "client_key"):
            if not (self.folder / key).exists():
                _make_key(self.folder / key)
        _PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        config, log = self.folder / "sshd.conf", self.folder / "sshd.log"
        config.write_text(self._server_config(port, environment or {}))
        self._write_client_config(port)
        # It restarts itself for every connection, by its full path.
        process = spawn_detached([program, "-D", "-e", "-f", str(config)], log, os.environ)
        self._save(port, process)
        deadline = time.monotonic() + timeout
        while not _greets(port):
            if not process.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise LabError(f"sshd did not come up:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> bool:
        """Stop it and its sessions, and remove its files; tell whether it ran."""
        process = self.process()
        if process is not None:
            # A session outlives the server that took its connection.
            sessions = descendants([process.pid])
            process.signal(signal.SIGTERM)
            if not process.wait_gone(5.0):
                process.signal(signal.SIGKILL)
                process.wait_gone(5.0)
            kill_all(sessions, 5.0)
        shutil.rmtree(self.folder, ignore_errors=True)
        return process is not None

    def _server_config(self, port: int, environment: Mapping[str, str]) -> str:
        self._copy_key("client_key.pub", "authorized_keys", "")
        lines = [
            f"Port {port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {self.folder}/host_key",
            f"AuthorizedKeysFile {self.folder}/authorized_keys",
            f"AllowUsers {getpass.getuser()}",
            "PermitRootLogin prohibit-password",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            # Who may write to folders above is nothing that a lab can ask for.
            "StrictModes no",
            "PidFile none",
            "LogLevel ERROR",
        ]
        variables = " ".join(f'"{name}={text}"' for name, text in environment.items())
        return "\n".join([*lines, f"SetEnv {variables}" if variables else "", ""])

    def _write_client_config(self, port: int) -> None:
        self._copy_key("host_key.pub", "known_hosts", f"[127.0.0.1]:{port} ")
        common = f"""\
  HostName 127.0.0.1
  Port {port}
  User {getpass.getuser()}
  IdentityFile {self.folder}/client_key
  IdentitiesOnly yes
  IdentityAgent none
  UserKnownHostsFile {self.folder}/known_hosts
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
"""
        self.client_config.write_text(f"Host lab\n{common}\nHost behind\n{common}  ProxyJump lab\n")

    def _copy_key(self, source: str, target: str, before: str) -> None:
        (self.folder / target).write_text(before + (self.folder / source).read_text())

    def _state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        except FileNotFoundError:
            return {}
        return state

    def _save(self, port: int, process: Process) -> None:
        state = {
            "port": port,
            "pid": process.pid,
            "start_time": process.start_time,
            "boot_id": boot_id(),
        }
        (self.folder / "state.json").write_text(json.dumps(state))


def _make_key(path: Path) -> None:
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(f"ssh-keygen failed: {done.stderr.strip()}")


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1.0) as sock:
            return sock.recv(4) == b"SSH-"
    except OSError:
        return False
