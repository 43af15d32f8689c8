"""The part that a process has in a run: its folder, the proof of its life, and its reaper."""

from __future__ import annotations

import os
import socket
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.errors import EngineError
from pytest_engine.ownership.folders import RunFolder, state_folder
from pytest_engine.ownership.labels import Owner

from . import fixtures
from .background import at_forks

if TYPE_CHECKING:
    import subprocess

    import pytest

    from pytest_engine.core.endpoint import Endpoint

    from .options import Settings

__all__ = ["WORKER_INPUT", "Run"]

WORKER_INPUT = "pytest_engine_run"


class Run:
    """One run of pytest, with all its workers, as one of its processes sees it.

    Attributes:
        state: the folder for what outlives a process.
        path: the run's own folder, which is made when something is about to be made.
        owner: labels and names of the run.
        is_worker: whether this process is a worker whose controller looks after the run.
    """

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        """Find out which run it is; nothing is made yet."""
        given = _given(config)
        self.is_worker = given is not None
        self.state = state_folder(settings.state) if given is None else given.parents[1]
        self.path = self._new_path() if given is None else given
        worker = str(getattr(config, "workerinput", {}).get("workerid", ""))
        if self.is_worker and os.getpid() != config.stash[fixtures.PROCESS]:
            # One that was forked for a test: others have the same, and would have the same names.
            worker = self._new_worker()
        self.owner = Owner(self.path.name, self.path / "lock", worker)
        self._lock = threading.Lock()
        self._folder: RunFolder | None = None
        self._noted: set[Endpoint] = set()
        self._reaper: subprocess.Popen[bytes] | None = None
        self._unseen = False
        at_forks(in_child=self._begin_anew)

    def _new_path(self) -> Path:
        return self.state / "runs" / uuid.uuid4().hex

    @staticmethod
    def _new_worker() -> str:
        # As short as the names of workers are: it is a part of names.
        return uuid.uuid4().hex[:6]

    def _begin_anew(self) -> None:
        """Be a run of its own in a forked process, or in that of a worker a further worker.

        What the process makes goes when that ends, at the latest.
        """
        worker = ""
        if self.is_worker:
            worker = self._new_worker()
        else:
            self.path = self._new_path()
        self.owner = Owner(self.path.name, self.path / "lock", worker)
        self._lock = threading.Lock()
        if self._folder is not None:
            self._folder.release()
            self._folder = None
        self._noted = set()
        if self._reaper is not None:
            # No child of this process, so that nothing here collects it.
            self._reaper.returncode = 0
            self._reaper = None
        self._unseen = False

    @property
    def has_begun(self) -> bool:
        """Whether there is a folder of the run, and perhaps more."""
        return self._folder is not None

    @property
    def folder(self) -> RunFolder:
        """The run's folder, made and locked now if it was not.

        Raises:
            EngineError: it cannot be.
        """
        enter = RunFolder.join if self.is_worker else RunFolder.create
        with self._lock:
            if self._folder is None:
                try:
                    self._folder = enter(self.path)
                except OSError as exc:
                    raise EngineError(
                        f"The folder {self.path}, which proves that this run is alive, cannot be "
                        f"used: {exc.strerror}. Name another with --engine-state."
                    ) from exc
            return self._folder

    def begin(self, endpoint: Endpoint) -> None:
        """Get ready for something to be made on an engine: from now on nothing is left behind.

        Raises:
            EngineError: what looks after that cannot be started.
        """
        folder = self.folder
        with self._lock:
            if endpoint in self._noted:
                return
            try:
                folder.note_engine(endpoint)
                if not self._noted:
                    from pytest_engine.ownership import reaper

                    self._reaper = reaper.start(folder)
            except OSError as exc:
                raise EngineError(
                    "The process that removes what this run leaves cannot be started, so nothing "
                    f"is made: {exc}."
                ) from exc
            self._noted.add(endpoint)

    @property
    def doubtful(self) -> bool:
        """Whether something may have been made without our hearing of it."""
        return self._unseen

    def doubt(self) -> None:
        """Have the reaper look again: something may have been made without our hearing of it."""
        self._unseen = True

    def input(self) -> dict[str, str]:
        """Tell a worker which run it is a part of; from now on the run lives."""
        return {"path": str(self.folder.path), "host": socket.gethostname()}

    def finish(self, *, clean: bool, kept: bool = False) -> None:
        """Let go of the run.

        Args:
            clean: nothing of it is left on any engine, but for what is kept.
            kept: something is.
        """
        with self._lock:
            folder, self._folder = self._folder, None
            process, self._reaper = self._reaper, None
            self._noted.clear()
        if process is not None:
            process.wait()
        if folder is None:
            return
        if clean and not self._unseen and not self.is_worker:
            if kept:
                folder.end()
            else:
                folder.remove()
        folder.release()


def _given(config: pytest.Config) -> Path | None:
    """Find the folder of the run that this worker is a part of."""
    given = getattr(config, "workerinput", {}).get(WORKER_INPUT)
    # A worker on another host does not see the controller's files, nor its lock.
    if given is None or given["host"] != socket.gethostname():
        return None
    path = Path(given["path"])
    return path if path.is_dir() else None
