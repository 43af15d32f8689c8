"""Further engines, of other versions and makes, in containers on the lab's own one.

Each has its own network, with a loopback address of its own: a port that it publishes is
reached from there, not from the machine. `namespaces.inside` takes a test there.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ApiError, EngineError, NotFound

from .steps import LabError, say, step

if TYPE_CHECKING:
    from pytest_engine.core.types.engine import ContainerCreateBody, HostConfig

    from .registry import Registry

__all__ = ["GUESTS", "Guest", "Guests", "RunningGuest"]

_SCRIPT = Path(__file__).parent / "guest.sh"
_LABEL = "lab.recipe"
_START_TIMEOUT = 60.0
_LOG_LINES = 15
# A path to a unix socket holds 107 bytes.
_LONGEST_SOCKET = 107


@dataclass(frozen=True)
class Guest:
    """An engine that the lab can run beside its own.

    Attributes:
        name: what `--engine` takes.
        image: the lab's image with its programs.
        program: what `guest.sh` runs.
    """

    name: str
    image: str
    program: str

    @property
    def container(self) -> str:
        """The name of its container."""
        return f"engine-{self.name}"


GUESTS: Mapping[str, Guest] = {
    guest.name: guest
    for guest in (
        Guest("26.1", "engine:26.1", "dockerd"),
        Guest("28.5", "engine:28.5", "dockerd"),
        Guest("podman5", "engine:podman5", "podman"),
    )
}


@dataclass(frozen=True)
class RunningGuest:
    """A guest whose container runs.

    Attributes:
        host: the engine's address, as in `DOCKER_HOST`.
        network: the file that stands for its network namespace.
        address: where the machine reaches what it publishes.
        recipe: stands for all that it was started with.
    """

    host: str
    network: Path
    address: str
    recipe: str


class Guests:
    """The guests of one lab.

    Args:
        folder: a folder for their sockets; made where one starts.
        registry: the registry that they take images from.
    """

    def __init__(self, folder: Path, registry: Registry) -> None:
        self._folder = folder
        self._registry = registry

    def find(self, engine: Engine, guest: Guest) -> RunningGuest | None:
        """Look at a guest; None: its container does not run."""
        try:
            found = engine.containers.inspect(guest.container)
        except NotFound:
            return None
        if not found["State"].get("Running"):
            return None
        return RunningGuest(
            host=f"unix://{self._socket(guest)}",
            network=Path(f"/proc/{found['State']['Pid']}/ns/net"),
            address=found["NetworkSettings"]["Networks"]["bridge"]["IPAddress"],
            recipe=(found["Config"].get("Labels") or {}).get(_LABEL, ""),
        )

    def ensure(self, engine: Engine, guest: Guest, image_mark: str) -> None:
        """Start a guest if it does not run, or not as it would be started now.

        Args:
            engine: the lab's own engine.
            guest: which one.
            image_mark: stands for what its image is made of.

        Raises:
            LabError: it does not come up.
        """
        recipe = self._recipe(image_mark)
        running = self.find(engine, guest)
        if running is not None and running.recipe == recipe and _answers(running.host):
            say(f"engine {guest.name} runs at {running.host}")
            return
        with step(f"start engine {guest.name}"):
            _remove(engine, guest)
            shutil.rmtree(self._socket(guest).parent, ignore_errors=True)
            self._socket(guest).parent.mkdir(parents=True)
            engine.images.pull(guest.image)
            self._run(engine, guest, recipe)
            version = _wait_for(f"unix://{self._socket(guest)}", engine, guest)
        say(f"engine {guest.name} is {version} at unix://{self._socket(guest)}")

    def forget(self) -> None:
        """Remove what stopped guests have left: their sockets and logs."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _socket(self, guest: Guest) -> Path:
        return self._folder / guest.name / "engine.sock"

    def _recipe(self, image_mark: str) -> str:
        ingredients = (image_mark, str(self._registry.address), _SCRIPT.read_text())
        return hashlib.sha256("\0".join(ingredients).encode()).hexdigest()

    def _run(self, engine: Engine, guest: Guest, recipe: str) -> None:
        """Start the container: privileged, or with all but what machines in a sandbox lack."""
        socket = self._socket(guest)
        if len(str(socket)) > _LONGEST_SOCKET:
            raise LabError(f"{socket} is too long for a socket. Choose a shorter folder.")
        registry = self._registry
        bounded: HostConfig = {
            "CapAdd": ["ALL"],
            "CapDrop": ["SYS_RESOURCE"],
            "SecurityOpt": ["seccomp=unconfined"],
            # An engine writes below /proc/sys, and mounts /proc, which must not be covered then.
            "MaskedPaths": [],
            "ReadonlyPaths": [],
        }
        privileged: HostConfig = {"Privileged": True}
        for attempt in (privileged, bounded):
            body: ContainerCreateBody = {
                "Image": guest.image,
                "Cmd": ["sh", "-euc", _SCRIPT.read_text(), "guest.sh", guest.program],
                "Env": [
                    f"REGISTRY={registry.address}",
                    f"REGISTRY_CONFIG={registry.config}",
                ],
                "Labels": {_LABEL: recipe},
                "HostConfig": {
                    "Binds": [f"{socket.parent}:/lab", f"{registry.folder}:{registry.folder}"],
                    # Its control groups are below its container's, and go with them.
                    "CgroupnsMode": "private",
                    # Collects what the engine's own children leave behind.
                    "Init": True,
                    **attempt,
                },
            }
            engine.containers.create(body, name=guest.container)
            try:
                engine.containers.start(guest.container)
            except ApiError:
                # Where root lacks a capability, it cannot hand on all of them.
                if attempt is bounded:
                    raise
                _remove(engine, guest)
            else:
                return


def _answers(host: str) -> str | None:
    """Ask an engine for its version; None: it does not answer."""
    try:
        with Engine(host, timeout=10.0, environ={}) as client:
            return client.system.version()["Version"]
    except EngineError:
        return None


def _wait_for(host: str, engine: Engine, guest: Guest) -> str:
    """Wait until a guest answers and return its version.

    Raises:
        LabError: it has ended, or takes too long.
    """
    deadline = time.monotonic() + _START_TIMEOUT
    while True:
        version = _answers(host)
        if version is not None:
            return version
        is_alive = engine.containers.inspect(guest.container)["State"].get("Running")
        if not is_alive or time.monotonic() > deadline:
            with engine.containers.logs(guest.container, tail=_LOG_LINES) as log:
                said = b"\n".join(line for _, line in log.lines()).decode(errors="replace")
            raise LabError(
                f"engine {guest.name} {'does not answer' if is_alive else 'has ended'}. Its last "
                f"words:\n{said}"
            )
        # An engine tells of its readiness by answering only.
        time.sleep(0.05)


def _remove(engine: Engine, guest: Guest) -> None:
    try:
        engine.containers.remove(guest.container, force=True, volumes=True)
    except NotFound:
        return
