"""An engine of the run's own, where none answers and `--engine-missing=private` says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.launch import launch_dockerd

from . import shared

if TYPE_CHECKING:
    from .progress import Speaker
    from .run import Run

__all__ = ["private_engine"]

# Not among the user's own files: sockets have to have short paths, and what an engine stores
# does not belong on a file system that is another machine's, or in memory.
_PLACE = Path("/var/tmp")  # noqa: S108  # below a name that nobody knows beforehand


def private_engine(run: Run, speaker: Speaker) -> Engine:
    """Start the run's own engine, or find the one that another worker has started.

    Raises:
        EngineError: it cannot be started; the message says why.
    """
    root = _PLACE / f"pytest-engine-{run.owner.session[:16]}"
    endpoint = parse_endpoint(f"unix://{root}/docker.sock", "--engine-missing=private")

    def launch() -> dict[str, str]:
        # First, so that the reaper knows of it also if the run is killed meanwhile.
        run.folder.private.write_text(str(root), encoding="utf-8")
        run.begin(endpoint)
        speaker.say(f"starting a private engine in {root}")
        launch_dockerd(root)
        return {"root": str(root)}

    shared.once(run, "private-engine", launch)
    run.begin(endpoint)
    return Engine(endpoint)
