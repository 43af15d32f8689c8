"""The lab's registry: Debian's `docker-registry` on the loopback address."""

from __future__ import annotations

import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_engine.core.launch.processes import Process, boot_id, spawn_detached

from .packages import SYSTEM_PATH
from .steps import LabError

__all__ = ["Registry"]

_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class Registry:
    """A registry whose images outlive its process.

    Attributes:
        folder: its configuration, its log and what is known of its process.
        storage: its images.
    """

    folder: Path
    storage: Path

    @property
    def address(self) -> str | None:
        """`127.0.0.1:port` of the running registry, else None."""
        return self._address() if self.process() else None

    @property
    def url(self) -> str | None:
        """The same as a URL, for an engine's list of mirrors."""
        return f"http://{self.address}" if self.address else None

    @property
    def config(self) -> Path:
        """What it was started with."""
        return self.folder / "config.json"

    def process(self) -> Process | None:
        """Give its process, if that very one still runs."""
        state = self._state()
        if state.get("boot_id") != boot_id():
            return None
        process = Process(state["pid"], state["start_time"])
        return process if process.is_alive() else None

    def start(self, timeout: float = 20.0) -> None:
        """Start it and wait until it answers; nothing happens if it runs.

        It gets the port that it had before, if that is free, so that the names of pushed
        images stay true.

        Raises:
            LabError: it does not come up.
        """
        if self.process():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.storage.mkdir(parents=True, exist_ok=True)
        program = shutil.which("docker-registry", path=SYSTEM_PATH)
        if program is None:
            raise LabError("The program docker-registry is missing (package docker-registry).")
        port = _free_port(self._state().get("port"))
        # JSON is YAML.
        self.config.write_text(json.dumps(self._configuration(port), indent=1))
        log = self.folder / "registry.log"
        process = spawn_detached([program, "serve", str(self.config)], log, os.environ)
        self._save(port, process)
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            if not process.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise LabError(
                    "docker-registry did not come up. Its last words:\n"
                    + "\n".join(log.read_text(errors="replace").splitlines()[-10:])
                )
            time.sleep(0.02)

    def stop(self) -> bool:
        """Stop it; tell whether it ran. Its images and its port stay."""
        process = self.process()
        if process is None:
            return False
        process.signal(signal.SIGTERM)
        if not process.wait_gone(5.0):
            process.signal(signal.SIGKILL)
            process.wait_gone(5.0)
        return True

    def holds(self, name: str) -> bool:
        """Tell whether it has an image of this name (`redis:7`)."""
        repository, _, tag = name.partition(":")
        return self._status(f"/v2/{repository_path(repository)}/manifests/{tag}") == 200

    def image_name(self, name: str) -> str:
        """Give the name under which an image is pushed to it."""
        repository, _, tag = name.partition(":")
        return f"{self._address()}/{repository_path(repository)}:{tag}"

    def _address(self) -> str:
        return f"127.0.0.1:{self._state()['port']}"

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._address(), timeout=10)

    def _is_ready(self) -> bool:
        return self._status("/v2/") == http.client.OK

    def _configuration(self, port: int) -> dict[str, Any]:
        return {
            "version": 0.1,
            "log": {"level": "warn", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self.storage)},
                "delete": {"enabled": True},
            },
            "http": {"addr": f"127.0.0.1:{port}", "secret": secrets.token_hex(16)},
        }

    def _status(self, path: str) -> int | None:
        connection = self._connect()
        try:
            connection.request("GET", path, headers={"Accept": _MANIFEST})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _state(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        except FileNotFoundError:
            return {}
        return state

    def _save(self, port: int, process: Process) -> None:
        (self.folder / "state.json").write_text(
            json.dumps(
                {
                    "port": port,
                    "pid": process.pid,
                    "start_time": process.start_time,
                    "boot_id": boot_id(),
                }
            )
        )


def repository_path(repository: str) -> str:
    """Spell a repository out as Docker Hub and its mirrors do: `redis` is `library/redis`."""
    return repository if "/" in repository else f"library/{repository}"


def _free_port(wanted: object) -> int:
    """Choose a free port on the loopback address: the wanted one if possible."""
    for port in (wanted, 0):
        if isinstance(port, int):
            with socket.socket() as probe:
                # As the registry will: connections of an earlier one may linger on it.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
                return int(probe.getsockname()[1])
    raise LabError("No port is free on 127.0.0.1.")
