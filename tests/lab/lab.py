"""The lab as a whole: what belongs to it, and how it comes and goes."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from pytest_engine.core.client import Engine
from pytest_engine.core.launch import PrivateEngine, check_possible, launch_dockerd

from .compose_cli import ensure_compose
from .guests import GUESTS, Guest, Guests, RunningGuest
from .image_store import ImageStore
from .packages import ensure_programs
from .private_registry import PrivateRegistry
from .recipes import Recipe, load_recipes, select
from .registry import Registry
from .sshd import Sshd
from .steps import LabError, say, step

__all__ = ["OWN_ENGINE", "Lab", "Status"]

# What `--engine` calls the lab's own one. With another release of Debian it is another version.
OWN_ENGINE = "20.10"

_RECIPES = Path(__file__).parent / "images"
_PROGRAMS = ("dockerd", "containerd", "runc", "iptables", "ip", "docker-registry")
_LOCK_TIMEOUT = 1800.0

_Server = TypeVar("_Server", PrivateRegistry, Sshd)


@dataclass(frozen=True)
class Status:
    """What of a lab is there.

    Attributes:
        engine: the address of its engine, as in `DOCKER_HOST`; None if it does not run.
        engine_pid: its process.
        registry: `host:port` of its registry; None if it does not run.
        registry_pid: its process.
        images: names that can be pulled -> what the image is.
        guests: name of a further engine that runs -> how to reach it.
        private_registry: `host:port` of the registry that asks for a login; None if it does
            not run.
        ssh_port: where the SSH server listens on 127.0.0.1; None if it does not run.
    """

    engine: str | None
    engine_pid: int | None
    registry: str | None
    registry_pid: int | None
    images: Mapping[str, str]
    guests: Mapping[str, RunningGuest]
    private_registry: str | None = None
    ssh_port: int | None = None

    @property
    def is_up(self) -> bool:
        """Whether the engine and the registry run."""
        return self.engine is not None and self.registry is not None

    @property
    def engines(self) -> list[str]:
        """What `--engine` calls the engines that run."""
        return [OWN_ENGINE, *self.guests] if self.is_up else []


class Lab:
    """An engine, a registry and images, all below one folder.

    Labs in different folders know nothing of one another and may be up at the same time.

    Args:
        folder: where everything is kept: `registry/` is the cache, which survives `down`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._logs = self.folder / "logs"
        self._registry = Registry(self.folder / "registry", self.folder / "registry" / "storage")
        self._images = ImageStore(
            self.folder / "registry", self._registry, self.folder / "builder", self._logs
        )
        self._guests = Guests(self.folder / "engines", self._registry)
        private = self.folder / "private-registry"
        self._private_registry = PrivateRegistry(private, private / "storage")
        self._sshd = Sshd(self.folder / "sshd")

    @classmethod
    def default(cls) -> Lab:
        """Give the lab in `$PYTEST_ENGINE_LAB`, else in the user's cache folder."""
        named = os.environ.get("PYTEST_ENGINE_LAB")
        if named:
            return cls(Path(named))
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        return cls(Path(cache, "pytest-engine", "lab"))

    @staticmethod
    def recipes() -> list[Recipe]:
        """The images that can be asked for."""
        return load_recipes(_RECIPES)

    @property
    def host(self) -> str:
        """The engine's address, as in `DOCKER_HOST`.

        Raises:
            LabError: it does not run.
        """
        status = self.status()
        if status.engine is None:
            raise LabError(f"The engine of the lab in {self.folder} does not run. {_HOW_TO_START}")
        return status.engine

    def engine_host(self, name: str = OWN_ENGINE) -> str:
        """Give the address of one of the lab's engines, as in `DOCKER_HOST`.

        Raises:
            LabError: it does not run.
        """
        return self.host if name == OWN_ENGINE else self._guest(name).host

    def engine_network(self, name: str = OWN_ENGINE) -> Path:
        """Give the file that stands for the network namespace of one of the lab's engines.

        There, and not outside, its published ports are on the loopback address.

        Raises:
            LabError: it does not run.
        """
        return Path("/proc/self/ns/net") if name == OWN_ENGINE else self._guest(name).network

    @property
    def registry(self) -> str:
        """`host:port` of the registry.

        Raises:
            LabError: it does not run.
        """
        address = self._registry.address
        if address is None:
            raise LabError(
                f"The registry of the lab in {self.folder} does not run. {_HOW_TO_START}"
            )
        return address

    @property
    def private_registry(self) -> PrivateRegistry:
        """The registry with TLS that asks for a login.

        Raises:
            LabError: it does not run.
        """
        return _running(self._private_registry, self.folder, "--private-registry")

    @property
    def sshd(self) -> Sshd:
        """The SSH server, whose sessions have the engine's address in `DOCKER_HOST`.

        Raises:
            LabError: it does not run.
        """
        return _running(self._sshd, self.folder, "--sshd")

    def environment(self, engine: str = OWN_ENGINE) -> dict[str, str]:
        """Give the variables by which tests and programs find the lab, and one of its engines.

        Raises:
            LabError: it is not up.
        """
        host = self.engine_host(engine)
        return {"DOCKER_HOST": host, "PYTEST_ENGINE_LAB_REGISTRY": self.registry}

    def up(
        self,
        images: Iterable[str] = (),
        engines: Iterable[str] = (),
        *,
        private_registry: bool = False,
        sshd: bool = False,
    ) -> None:
        """Install, start and build what is missing, and nothing else.

        Args:
            images: names that have to be pullable then (`redis:7`), or `all`.
            engines: engines that have to run then besides the lab's own one (`28.5`).
            private_registry: whether to start the registry with TLS that asks for a login.
            sshd: whether to start an SSH server.

        Raises:
            LaunchFailed: this is not Linux, or not root.
            LabError: a step failed; what came up before stays up.
        """
        recipes = self.recipes()
        guests = [_known(name) for name in engines if name != OWN_ENGINE]
        wanted = select(recipes, [*images, *(guest.image for guest in guests)])
        check_possible(sys.platform, os.geteuid())
        with self._locked():
            ensure_programs(_PROGRAMS, self._logs)
            self._start_registry()
            self._images.ensure(recipes, wanted)
            self._start_engine()
            if guests:
                marks = self._images.stored()
                with Engine(self.host, environ={}) as engine:
                    for guest in guests:
                        self._guests.ensure(engine, guest, marks[guest.image])
            if private_registry and not self._private_registry.process():
                ensure_programs(("htpasswd",), self._logs)
                with step("start the registry that asks for a login"):
                    self._private_registry.start()
            if sshd and not self._sshd.process():
                ensure_programs(("ssh", "sshd"), self._logs)
                with step("start the SSH server"):
                    self._sshd.start({"DOCKER_HOST": self.host})

    def compose(self, version: str) -> Path:
        """Give a folder for `DOCKER_CONFIG` with that version of the Compose plugin (`2.40`).

        Raises:
            LabError: it cannot be had.
        """
        with self._locked():
            return ensure_compose(self.folder / "compose", version)

    def down(self, *, purge: bool = False) -> None:
        """Stop everything and remove all of it from the machine; what is not there is skipped.

        Args:
            purge: remove the cache of images, too.

        Raises:
            LabError: something could not be removed.
        """
        if not self.folder.exists():
            say(f"nothing to take down in {self.folder}")
            return
        with self._locked():
            if (self.folder / "builder").exists():
                with step("remove what an interrupted build left"):
                    self._images.stop_builder()
            engine = PrivateEngine.find(self._engine_folder)
            if engine is not None:
                with step("stop the engine and remove all that it made"):
                    engine.stop()
            self._guests.forget()
            if self._sshd.folder.exists():
                with step("stop the SSH server"):
                    self._sshd.stop()
            if self._private_registry.folder.exists():
                with step("stop the registry that asks for a login"):
                    self._private_registry.stop()
            if self._registry.process():
                with step("stop the registry"):
                    self._registry.stop()
            if purge:
                with step(f"remove the cache in {self.folder}"):
                    for path in ("compose", "logs", "registry", "turns"):
                        shutil.rmtree(self.folder / path, ignore_errors=True)
                    self._mirror_note.unlink(missing_ok=True)
        if purge:
            (self.folder / "lock").unlink(missing_ok=True)
            # It may be a mount point, or hold what is not ours.
            with suppress(OSError):
                self.folder.rmdir()

    def status(self) -> Status:
        """Look at what is there; changes nothing."""
        engine = PrivateEngine.find(self._engine_folder)
        answers = engine is not None and engine.answers()
        guests = {}
        if engine is not None and answers:
            with Engine(engine.endpoint) as client:
                found = {guest.name: self._guests.find(client, guest) for guest in GUESTS.values()}
            guests = {name: guest for name, guest in found.items() if guest is not None}
        process = self._registry.process()
        about = {name: recipe.about for recipe in self.recipes() for name in recipe.names}
        return Status(
            engine=engine.endpoint.url if engine is not None and answers else None,
            engine_pid=None if engine is None else engine.pid,
            registry=self._registry.address,
            registry_pid=None if process is None else process.pid,
            images={name: about.get(name, "") for name in sorted(self._images.stored())},
            guests=guests,
            private_registry=self._private_registry.address,
            ssh_port=self._sshd.port,
        )

    def _guest(self, name: str) -> RunningGuest:
        guest = self.status().guests.get(_known(name).name)
        if guest is None:
            raise LabError(
                f"Engine {name} of the lab in {self.folder} does not run. {_HOW_TO_START} "
                f"--engine {name}"
            )
        return guest

    @property
    def _engine_folder(self) -> Path:
        return self.folder / "engine"

    @property
    def _mirror_note(self) -> Path:
        """Where it is noted which registry the engine was started with."""
        return self.folder / "engine-mirror"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep two `up` or `down` of the same lab from getting in each other's way."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / "lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say("waiting for another process that is at work on this lab")
            try:
                lock.acquire(timeout=_LOCK_TIMEOUT)
            except Timeout:
                raise LabError(
                    f"Another process holds {self.folder / 'lock'} for half an hour already."
                ) from None
        try:
            yield
        finally:
            lock.release()

    def _start_registry(self) -> None:
        if self._registry.process():
            say(f"the registry runs at {self._registry.address}")
            return
        with step("start the registry"):
            self._registry.start()

    def _start_engine(self) -> None:
        """Start the engine; one whose registry has moved is started anew."""
        mirror = f"http://{self.registry}"
        engine = PrivateEngine.find(self._engine_folder)
        if engine is not None and engine.answers():
            if self._mirror_note.exists() and self._mirror_note.read_text() == mirror:
                say(f"the engine runs at {engine.endpoint.url}")
                return
            with step("stop the engine, which has another registry for its mirror"):
                engine.stop()
        with step("start the engine", "Its log says more, if it got that far."):
            engine = launch_dockerd(self._engine_folder, registry_mirrors=[mirror])
            self._mirror_note.write_text(mirror)
            with Engine(engine.endpoint) as client:
                version = client.system.version()
        say(f"engine {version['Version']} at {engine.endpoint.url}, registry at {self.registry}")


def _running(server: _Server, folder: Path, option: str) -> _Server:
    if server.process() is None:
        raise LabError(f"The lab in {folder} has none of these. {_HOW_TO_START} {option}")
    return server


def _known(name: str) -> Guest:
    if name not in GUESTS:
        raise LabError(
            f"The lab has no engine {name!r}. It has: {', '.join([OWN_ENGINE, *GUESTS])}."
        )
    return GUESTS[name]


_HOW_TO_START = "Start it: python -m tests.lab up"
