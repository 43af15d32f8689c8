"""What is known of a private engine: its folder says it all, also to another process."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import EngineError, InvalidInput
from .processes import Process, boot_id

__all__ = ["Record", "check_root"]

# The longest unix socket that dockerd makes below its folder; a path to one holds 107 bytes.
_LONGEST_SOCKET = "exec/containerd/containerd.sock.ttrpc"
_LONGEST_ROOT = 107 - len(_LONGEST_SOCKET) - 1


@dataclass(frozen=True)
class Record:
    """One private engine: where it is, and its process once there is one.

    Names of everything that the engine shares with the machine (bridge, control group,
    containerd's namespaces) follow from the folder, so that they can be found again even
    without this record.

    Attributes:
        root: the folder that holds all of its files.
        subnet: the addresses that its networks are taken from.
        process: its dockerd, None before it was started.
        boot: the boot of the machine in which `process` means something.
    """

    root: Path
    subnet: ipaddress.IPv4Network
    process: Process | None = None
    boot: str = ""

    @property
    def id(self) -> str:
        """Eight letters that stand for the folder."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:8]

    @property
    def bridge(self) -> str:
        """The interface of its default network (names hold at most 15 letters)."""
        return f"pe-{self.id}"

    @property
    def cgroup(self) -> str:
        """The control group below which all of its containers run."""
        return f"pytest-engine-{self.id}"

    @property
    def namespaces(self) -> tuple[str, str]:
        """Containerd's namespaces for its containers and its plugins."""
        return f"pytest-engine-{self.id}", f"pytest-engine-{self.id}-plugins"

    @property
    def socket(self) -> Path:
        """The socket of its API."""
        return self.root / "docker.sock"

    @property
    def data_root(self) -> Path:
        """Its images, containers and volumes."""
        return self.root / "data"

    @property
    def exec_root(self) -> Path:
        """Its sockets and files that mean something only while it runs."""
        return self.root / "exec"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.root / "dockerd.log"

    @property
    def containerd_socket(self) -> Path:
        """Where its containerd listens."""
        return self.exec_root / "containerd/containerd.sock"

    @property
    def containerd_config(self) -> Path:
        """Its containerd's configuration file."""
        return self.root / "containerd.toml"

    @property
    def containerd_log(self) -> Path:
        """What its containerd says."""
        return self.root / "containerd.log"

    @property
    def pid_file(self) -> Path:
        """Written by dockerd itself."""
        return self.root / "dockerd.pid"

    @property
    def config(self) -> Path:
        """Its configuration file, so that it does not read the machine's own one."""
        return self.root / "daemon.json"

    def running(self) -> Process | None:
        """Give its dockerd, if that very process still runs."""
        if self.process is None or self.boot != boot_id() or not self.process.is_alive():
            return None
        return self.process

    def started(self, process: Process) -> Record:
        """Add the process."""
        return replace(self, process=process, boot=boot_id())

    def save(self) -> None:
        """Write it into the folder, whole or not at all."""
        text = json.dumps(
            {
                "root": str(self.root),
                "subnet": str(self.subnet),
                "pid": self.process and self.process.pid,
                "start_time": self.process and self.process.start_time,
                "boot_id": self.boot,
            },
            indent=1,
        )
        new = self.root / "engine.json.new"
        new.write_text(f"{text}\n")
        new.replace(_path(self.root))

    def forget(self) -> None:
        """Remove it from the folder."""
        _path(self.root).unlink(missing_ok=True)

    @classmethod
    def load(cls, root: Path) -> Record | None:
        """Read it from the folder; None if no engine was started there.

        Raises:
            EngineError: the file is not one that `save` wrote.
        """
        root = root.resolve()
        path = _path(root)
        try:
            value = json.loads(path.read_text())
            process = None
            if value["pid"] is not None:
                process = Process(value["pid"], value["start_time"])
            subnet = ipaddress.IPv4Network(value["subnet"])
            return cls(root, subnet, process, value["boot_id"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError(
                f"{path} does not describe a private engine ({error!r}). If no engine runs below "
                f"{root}, remove that folder."
            ) from error


def _path(root: Path) -> Path:
    return root / "engine.json"


def check_root(root: Path) -> Path:
    """Resolve the folder and see that the engine's sockets fit below it.

    Raises:
        InvalidInput: the path is too long.
    """
    resolved = root.resolve()
    if len(os.fsencode(resolved)) > _LONGEST_ROOT:
        raise InvalidInput(
            f"The folder {resolved} is too long a path for an engine: sockets below it would "
            f"exceed the kernel's limit. Choose one of at most {_LONGEST_ROOT} bytes."
        )
    return resolved
