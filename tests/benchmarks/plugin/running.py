"""Runs pytest in an environment that has all contestants."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.environments import make_environment

from .clock import FILE
from .projects import PLUGINS, write_project

__all__ = ["REQUIREMENTS", "Stage", "Taken"]

REQUIREMENTS = (
    "pytest>=9,<10",
    "testcontainers>=4.15,<5",
    "pytest-docker-tools>=3.1.10,<4",
    # What this package needs; it is itself taken from the working tree.
    "requests>=2.28",
    "requests-unixsocket>=0.4",
    "filelock>=3.12",
)
_ROOT = Path(__file__).resolve().parents[3]


def _surroundings() -> dict[str, str]:
    # The others are compiled when they are installed; where no bytecode is kept, ours would be
    # compiled in each run.
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PYTEST") and key != "PYTHONDONTWRITEBYTECODE"
    }


@dataclass(frozen=True)
class Taken:
    """What a run took.

    Attributes:
        seconds: the whole process.
        times: what its clock wrote down: `loop` and `setup`.
    """

    seconds: float
    times: dict[str, float]


class Stage:
    """The environment, and a folder for projects."""

    def __init__(self, folder: Path, host: str) -> None:
        self.host = host
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._programs = make_environment(cache / "pytest-engine" / "plugin-bench", *REQUIREMENTS)
        self._folder = folder

    def run(self, contestant: str, case: str, *, times: int = 1, host: str | None = None) -> Taken:
        """Run the tests of a case.

        Args:
            contestant: whose fixtures; empty: nobody's.
            case: which tests.
            times: how many of them, where that can be chosen.
            host: the engine's address, where it is not the usual one.
        """
        project = self._folder / f"{contestant or 'nobody'} {case}"
        if not project.is_dir():
            write_project(project, contestant, case)
        written = self._folder / "times"
        written.unlink(missing_ok=True)
        command = [str(self._programs / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        # Looking for a plugin by its name takes pytest a while. Whoever has none loads an empty
        # one, so that this is nobody's: an installed plugin is not looked for.
        command += ["-p", PLUGINS.get(contestant, "tests.benchmarks.plugin")]
        if case != "empty":
            command += ["-p", "tests.benchmarks.plugin.clock"]
        environment = {
            **_surroundings(),
            "DOCKER_HOST": host or self.host,
            "PYTHONPATH": str(_ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ENGINE_BENCH_TIMES": str(times),
            FILE: str(written),
            # A further image, and a container that the others do not start.
            "TESTCONTAINERS_RYUK_DISABLED": "true",
            # It takes a file /.dockerenv as proof of running in a container.
            "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
        }
        begin = time.monotonic()
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        seconds = time.monotonic() - begin
        if done.returncode:
            raise RuntimeError(f"{contestant}, {case}: {done.stdout[-4000:]}{done.stderr[-2000:]}")
        taken = json.loads(written.read_text("utf-8")) if written.is_file() else {}
        return Taken(seconds, taken)

    def versions(self) -> str:
        """Say which versions of all contestants there are."""
        names = [requirement.partition(">")[0] for requirement in REQUIREMENTS]
        program = (
            "import sys; from importlib.metadata import version; "
            "print(', '.join(f'{n} {version(n)}' for n in sys.argv[1:]))"
        )
        command = [str(self._programs / "python"), "-c", program, *names[:4]]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip()
