"""What is made once for a whole run, by whichever worker comes first."""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from filelock import FileLock

from pytest_engine.core.errors import ConnectionFailed, EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .run import Run

__all__ = ["digest", "forget", "once", "recorded", "unless_done"]


def digest(*facts: object) -> str:
    """Make one short text of facts that are the same in all workers of a run."""
    text = json.dumps(facts, sort_keys=True, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def once(
    run: Run,
    key: str,
    make: Callable[[], Mapping[str, Any]],
    stands: Callable[[Mapping[str, Any]], bool] = lambda _told: True,
    clear: Callable[[int], None] = lambda _pid: None,
) -> Mapping[str, Any]:
    """Make something once in a run; whoever else wants it waits, and gets the same.

    Works between the run's workers and between the threads of each.

    Args:
        run: the run.
        key: what it is, the same in all workers.
        make: makes it, and returns what others have to know of it. An error that it ends in
            is everybody's; an interruption is not, nor an engine that does not answer: the
            next one tries again.
        stands: tells of what `make` returned before whether it is still there; what is not
            is made anew.
        clear: removes what a process has left that died while it made it.

    Returns:
        What `make` returned.

    Raises:
        EngineError: it could not be made, here or by another.
    """
    folder = _folder(run)
    with FileLock(folder / f"{key}.lock"):
        record = _read(folder / f"{key}.json")
        if record is None or ("error" not in record and not stands(record)):
            maker = folder / f"{key}.maker"
            died = _read(maker)
            if died is not None:
                clear(died["pid"])
            try:
                _write(maker, {"pid": os.getpid()})
                told = dict(make())
            except ConnectionFailed:
                raise
            except EngineError as exc:
                _write(folder / f"{key}.json", {"error": str(exc)})
                raise
            else:
                _write(folder / f"{key}.json", told)
            finally:
                maker.unlink(missing_ok=True)
            return told
    if "error" in record:
        raise EngineError(record["error"])
    return record


def forget(run: Run, key: str) -> None:
    """Have something made anew for the next who wants it: it is gone."""
    (run.path / "shared" / f"{key}.json").unlink(missing_ok=True)


def recorded(run: Run) -> str:
    """Return all that is recorded of what was made for the whole run, or is kept, as one text."""
    texts = []
    for file in (*(run.path / "shared").glob("*.json"), run.path / "kept"):
        # Another worker may have forgotten it by now.
        with suppress(FileNotFoundError):
            texts.append(file.read_text(encoding="utf-8"))
    return "\n".join(texts)


def unless_done(run: Run, key: str, do: Callable[[], None], *, since: float | None) -> None:
    """Do something, unless another worker or thread of the run has done it.

    Args:
        run: the run.
        key: what it is, the same in all workers.
        do: does it.
        since: it is enough that it was done after that, in seconds since the epoch: what was
            done before has been undone. None: whenever that was.
    """
    folder = _folder(run)
    with FileLock(folder / f"{key}.lock"):
        done = _read(folder / f"{key}.json")
        if done is None or (since is not None and done["at"] < since):
            do()
            _write(folder / f"{key}.json", {"at": time.time()})


def _folder(run: Run) -> Path:
    folder = run.folder.path / "shared"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return told


def _write(path: Path, told: Mapping[str, Any]) -> None:
    # Whole or not at all, also when the worker is killed.
    making = path.with_suffix(".new")
    making.write_text(json.dumps(told), encoding="utf-8")
    making.replace(path)


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    return repr(value)
