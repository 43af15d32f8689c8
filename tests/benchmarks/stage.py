"""What the benchmarks find on the engine: made when a case asks for it, removed at the end."""

from __future__ import annotations

import io
import os
import tarfile
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import NotFound

if TYPE_CHECKING:
    from types import TracebackType

    from pytest_engine.core.types.engine import ContainerCreateBody, Mount

__all__ = ["IMAGE", "LISTED", "MIB", "Stage"]

MIB = 1 << 20
IMAGE = "busybox"
# Everything carries the label; its value says what for.
_LABEL = "pytest-engine.benchmark"
LISTED = f"{_LABEL}=listed"
# A line as services write them.
_LINE = b"2024-05-17T09:30:00.123Z INFO  request served path=/api/v1/things/%07d status=200 ms=12"


class Stage:
    """Containers and files for the cases.

    Attributes:
        host: the engine's address.
        scale: what amounts of data are multiplied with; below 1 to try something out.
    """

    def __init__(self, host: str, scale: float) -> None:
        self.host = host
        self.scale = scale
        self.engine = Engine(host, environ={})
        self._folder = tempfile.TemporaryDirectory(prefix="pytest-engine-bench-")
        # What a run that was killed has left.
        self._remove_all()
        self.engine.images.pull(IMAGE)

    def scaled(self, amount: int) -> int:
        """Return how much of something there is to be, at least one."""
        return max(1, int(amount * self.scale))

    @cached_property
    def idle(self) -> str:
        """A container that runs and does nothing, with a memory file system at /data."""
        config: ContainerCreateBody = {"Cmd": ["sleep", "100000"]}
        config["HostConfig"] = {"Mounts": [self._memory_mount()]}
        return self._run("idle", config)

    @cached_property
    def hundred(self) -> str:
        """The label of 100 containers that were never started."""
        for number in range(100):
            self._create(f"listed-{number}", {"Cmd": ["true"]}, purpose="listed")
        return LISTED

    @cached_property
    def short_lines(self) -> str:
        """A container that has logged 64 MiB in lines of some 80 bytes."""
        size = self.scaled(64 * MIB)
        return self._logged("short-lines", f"yes '{(_LINE % 1).decode()}' | head -c {size}")

    @cached_property
    def long_lines(self) -> str:
        """A container that has logged 128 MiB in lines of 8 KiB, the longest frames but one."""
        line = "head -c 8191 /dev/zero | tr '\\0' x; echo"
        size = self.scaled(128 * MIB)
        return self._logged("long-lines", f'line=$({line}); yes "$line" | head -c {size}')

    @cached_property
    def archive(self) -> Path:
        """A tar file of 256 MiB that holds one file, `big`, of random bytes."""
        path = Path(self._folder.name, "big.tar")
        info = tarfile.TarInfo("big")
        info.size = self.scaled(256 * MIB)
        with tarfile.open(path, "w") as archive:
            archive.addfile(info, _Repeated(os.urandom(MIB)))
        return path

    @cached_property
    def archived(self) -> str:
        """The path in the idle container of the file that the archive holds."""
        with self.archive.open("rb") as file:
            self.engine.containers.put_archive(self.idle, "/data", file)
        return "/data/big"

    def close(self) -> None:
        """Remove all of it."""
        self._remove_all()
        self.engine.close()
        self._folder.cleanup()

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @staticmethod
    def _memory_mount() -> Mount:
        # The disk's speed, and what else writes to it, are not what is measured.
        options = {"type": "tmpfs", "device": "tmpfs", "o": "size=640m"}
        return {
            "Type": "volume",
            "Target": "/data",
            "VolumeOptions": {
                "Labels": {_LABEL: "data"},
                "DriverConfig": {"Name": "local", "Options": options},
            },
        }

    def _create(self, name: str, config: ContainerCreateBody, purpose: str) -> str:
        config = {"Image": IMAGE, "Labels": {_LABEL: purpose}, "NetworkDisabled": True, **config}
        created = self.engine.containers.create(config, name=f"pytest-engine-bench-{name}")
        return created["Id"]

    def _run(self, name: str, config: ContainerCreateBody) -> str:
        container = self._create(name, config, purpose=name)
        self.engine.containers.start(container)
        return container

    def _logged(self, name: str, script: str) -> str:
        config: ContainerCreateBody = {
            "Cmd": ["sh", "-c", script],
            "HostConfig": {"LogConfig": {"Type": "json-file", "Config": {}}},
        }
        container = self._run(name, config)
        self.engine.containers.wait(container, timeout=600)
        return container

    def _remove_all(self) -> None:
        mine = {"label": _LABEL}
        for container in self.engine.containers.list(all=True, filters=mine):
            try:
                self.engine.containers.remove(container["Id"], force=True, volumes=True)
            except NotFound:
                continue
        for volume in self.engine.volumes.list(filters=mine).get("Volumes") or ():
            self.engine.volumes.remove(volume["Name"])


class _Repeated(io.RawIOBase):
    """A file without end that says the same again and again."""

    def __init__(self, block: bytes) -> None:
        super().__init__()
        self._block = block

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._block[:size]
