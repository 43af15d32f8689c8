"""The folder of a run: the proof that it lives, and what has to be known when it is over.

A run holds a lock on a file in a folder of its own as long as one of its processes lives.
What it makes on an engine names that file. Who can take the lock alone has the proof that
the run is over; who cannot, or does not find the file, or is on another machine, has none.

The folders are in the user's state folder, not in the one for run time: that is gone after
a power cut, and the proof with it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
import time
import weakref
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_engine.core.endpoint import Endpoint, Tls
from pytest_engine.core.errors import EngineError

from .labels import machine, user
from .locks import claim, is_claimed, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "FORGOTTEN",
    "Kept",
    "RunFolder",
    "Trace",
    "endpoint_of",
    "note_of",
    "runs",
    "state_folder",
]

VARIABLE = "PYTEST_ENGINE_STATE"
# Seconds after which what cannot be removed is given up, and its proof goes.
FORGOTTEN = 30 * 86400.0
_LOCK = "lock"
_ENDED = "ended"


def state_folder(stated: str | None = None) -> Path:
    """Find, or make, the folder for what outlives a process: runs, and reused containers.

    Args:
        stated: use this one. None: `PYTEST_ENGINE_STATE`, else
            `$XDG_STATE_HOME/pytest-engine` (`~/.local/state/pytest-engine`), and where that
            cannot be written, one of this user's among the temporary files.

    Raises:
        EngineError: it cannot be made, or is somebody else's.
    """
    stated = stated or os.environ.get(VARIABLE)
    if stated:
        return _made(_expanded(stated))
    home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")  # noqa: PTH111  # fails without a home
    if os.path.isabs(home):  # noqa: PTH117  # likewise
        try:
            return _made(Path(home) / "pytest-engine")
        except EngineError:
            pass
    return _made(Path(tempfile.gettempdir()) / f"pytest-engine-{os.getuid()}")


def _expanded(stated: str) -> Path:
    try:
        return Path(stated).expanduser().absolute()
    except RuntimeError as exc:
        raise EngineError(
            f"The folder {stated}, which proves that a run is alive, cannot be found: whoever that "
            f"is has no home. Name another with --engine-state or {VARIABLE}."
        ) from exc


def _made(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / "runs").mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
    except OSError as exc:
        raise EngineError(
            f"The folder {path}, which proves that a run is alive, cannot be made: "
            f"{exc.strerror}. Name another with --engine-state or {VARIABLE}."
        ) from exc
    # Anybody can make a folder of that name among the temporary files.
    if status.st_uid != os.getuid() or not os.access(path / "runs", os.W_OK):
        raise EngineError(
            f"The folder {path} is not this user's, or cannot be written. Name another with "
            f"--engine-state or {VARIABLE}."
        )
    return path


@dataclass(frozen=True)
class Kept:
    """Something that outlives its run because somebody wants to look at it.

    Attributes:
        kind: `container`, `network`, `volume` or `image`.
        id: its id (of a volume: its name).
        name: its name.
        fixture: the fixture that made it.
        test: the test that failed.
        until: when it may be removed, in seconds since the epoch.
        engine: how its engine is reached, as `note_of` writes it.
    """

    kind: str
    id: str
    name: str
    fixture: str
    test: str
    until: float
    engine: dict[str, Any]


class Trace:
    """What a folder says of its run, which may be over.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        """Remember the folder."""
        self.path = path

    @property
    def session(self) -> str:
        """The id of the run."""
        return self.path.name

    @property
    def lock(self) -> Path:
        """The file that is locked as long as the run lives."""
        return self.path / _LOCK

    @property
    def private(self) -> Path:
        """The file that names the folder of an engine of the run's own."""
        return self.path / "private"

    def about(self) -> Mapping[str, Any]:
        """Tell the `pid`, `host`, `machine` and `user` of the run, and when it `began`."""
        try:
            told: dict[str, Any] = json.loads((self.path / "about").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told

    @property
    def is_elsewhere(self) -> bool:
        """Whether the run is one of another machine, so that nothing proves that it is over.

        Machines may share a home; their locks need not reach each other.
        """
        host: str = self.about().get("host", socket.gethostname())
        return host != socket.gethostname()

    def engines(self) -> list[Endpoint]:
        """Tell on which engines the run has made something."""
        return [endpoint_of(one) for one in self._lines("engines")]

    def kept(self, *, lasting: bool = False) -> list[Kept]:
        """Tell what is to outlive the run.

        Args:
            lasting: only what can, which nothing does that is on the run's own engine.
        """
        kept = [Kept(**one) for one in self._lines("kept")]
        return [one for one in kept if not (lasting and self.owns(endpoint_of(dict(one.engine))))]

    @property
    def ended(self) -> bool:
        """Whether the run came to its end, and has removed by itself what it could."""
        return (self.path / _ENDED).exists()

    def owns(self, endpoint: Endpoint) -> bool:
        """Tell whether that is the run's own engine, which ends with it and all that is on it."""
        try:
            root = self.private.read_text(encoding="utf-8")
        except FileNotFoundError:
            return False
        return endpoint.path.startswith(f"{root}/")

    def claim(self, *, wait: bool = False) -> int | None:
        """Take the run's lock alone: the proof that it is over.

        Args:
            wait: wait for the end of the run.

        Returns:
            The open file, whose closing lets go of the lock; None if the run lives.

        Raises:
            OSError: there is no lock any more, or it is not this user's.
        """
        if self.is_elsewhere:
            return None
        return claim(self.lock, wait=wait)

    def claim_after_burial(self) -> int | None:
        """Do as `claim`, but if another, as its reaper, is clearing up after the run, wait."""
        lock = self.claim()
        if lock is None and is_claimed(self.lock):
            lock = self.claim(wait=True)
        return lock

    def remove(self) -> None:
        """Remove the folder."""
        # The lock goes last: until then another can see that the run is over.
        for entry in self.path.iterdir() if self.path.is_dir() else ():
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != _LOCK:
                entry.unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        try:
            text = (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        lines = []
        for line in text.splitlines():
            try:
                lines.append(json.loads(line))
            except ValueError:
                # The run was killed, or the disk was full, in the middle of it.
                continue
        return lines

    def _add(self, name: str, line: Mapping[str, Any]) -> None:
        # One write, so that lines of several processes do not mix.
        file = os.open(self.path / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(file, f"{json.dumps(line)}\n".encode())
        finally:
            os.close(file)


class RunFolder(Trace):
    """The folder of a living run, whose lock this process holds, together with the others."""

    def __init__(self, path: Path, lock: int) -> None:
        """Take over the open lock."""
        super().__init__(path)
        self._lock: int | None = lock
        # A process that is forked from this one must not keep the run alive after its end.
        me = weakref.ref(self)

        def in_child() -> None:
            folder = me()
            if folder is not None:
                folder.release()

        os.register_at_fork(after_in_child=in_child)

    @classmethod
    def create(cls, path: Path) -> RunFolder:
        """Make the folder of a run that begins.

        Args:
            path: `runs/ID` in the state folder.
        """
        # Under another name first: a folder without a lock that is held is a dead run's.
        making = path.with_name(f".{path.name}")
        making.mkdir(mode=0o700)
        lock = share(making / _LOCK)
        about = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "machine": machine(),
            "user": user(),
            "began": time.time(),
        }
        (making / "about").write_text(json.dumps(about), encoding="utf-8")
        making.rename(path)
        return cls(path, lock)

    @classmethod
    def join(cls, path: Path) -> RunFolder:
        """Take part in a run that lives, as its further process."""
        return cls(path, share(path / _LOCK))

    def note_engine(self, endpoint: Endpoint) -> None:
        """Write down that the run is about to make something on an engine."""
        noted = note_of(endpoint)
        if noted not in self._lines("engines"):
            self._add("engines", noted)

    def keep(self, kept: Kept) -> None:
        """Write down that something outlives the run."""
        self._add("kept", asdict(kept))

    def end(self) -> None:
        """Note that nothing was left undone; what stays is to be looked at."""
        (self.path / _ENDED).touch()

    def release(self) -> None:
        """Let go of the lock; when the last process of the run does, the run is over."""
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)


def runs(state: Path) -> Iterator[Trace]:
    """List the runs that left a folder or are alive."""
    for path in sorted((state / "runs").iterdir()):
        if not path.name.startswith("."):
            yield Trace(path)


def note_of(endpoint: Endpoint) -> dict[str, Any]:
    """Write down how an engine is reached, for a process with another working directory."""
    noted = asdict(endpoint)
    if endpoint.tls is not None:
        files = {
            name: os.path.abspath(value)  # noqa: PTH100  # as text, for JSON
            for name in ("ca", "cert", "key")
            if (value := getattr(endpoint.tls, name)) is not None
        }
        noted["tls"] = {**asdict(endpoint.tls), **files}
    return noted


def endpoint_of(noted: dict[str, Any]) -> Endpoint:
    """Read what `note_of` has written."""
    tls = noted.pop("tls", None)
    return Endpoint(**noted, tls=None if tls is None else Tls(**tls))
