"""Runs Ansible's commands and modules in an environment that has both collections."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collection.build import stage
from tests.environments import make_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["REQUIREMENTS", "Cost", "Stage"]

# The package `ansible` holds community.docker; what its modules need of Python is the same as ours.
REQUIREMENTS = ("ansible>=12,<13", "requests", "requests-unixsocket")


@dataclass(frozen=True)
class Cost:
    """What something took: of the clock, and of the processors in all its processes, in seconds."""

    seconds: float
    cpu: float


class Stage:
    """The environment, the staged collection, and a folder for what is written."""

    def __init__(
        self,
        folder: Path,
        host: str,
        *,
        name: str = "ansible-bench",
        requirements: Sequence[str] = REQUIREMENTS,
    ) -> None:
        self.host = host
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self._programs = make_environment(cache / "pytest-engine" / name, *requirements)
        self._folder = folder
        stage(folder)
        (folder / "ansible.cfg").touch()

    def play(self, task: dict[str, Any], times: int = 1, *, in_place: bool = True) -> Cost:
        """Run a task so many times in one playbook, where nothing is to fail.

        Args:
            task: the task.
            times: how often, in a loop.
            in_place: let ours run in Ansible's own process.
        """
        task = {"loop": list(range(times)), **task} if times > 1 else task
        play = {"hosts": "all", "gather_facts": False, "tasks": [{"name": "task", **task}]}
        playbook = self._folder / "playbook.yml"
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        command = [str(self._programs / "ansible-playbook"), str(playbook), "-i", "localhost,"]
        variables = {
            "ansible_python_interpreter": f"{self._programs}/python",
            "pytest_engine_in_place": in_place,
        }
        command += ["-c", "local", "-e", json.dumps(variables)]
        return self._run(command)

    def list_hosts(
        self, source: dict[str, Any] | None, least: int = 1, *, name: str = "bench.docker.yml"
    ) -> Cost:
        """List the hosts of an inventory, of which there have to be so many at least.

        Args:
            source: the options of its plugin; None: one host, by name.
            least: how many.
            name: of the file, by which plugins know theirs.
        """
        path = self._folder / name
        path.write_text(json.dumps(source), encoding="utf-8")
        inventory = "localhost," if source is None else str(path)
        # As a graph, because to print all variables takes longer than to find them.
        command = [str(self._programs / "ansible-inventory"), "-i", inventory, "--graph"]
        cost = self._run(command)
        text = (self._folder / "output").read_text("utf-8")
        found = len(re.findall(r"\|--(?!@)", text))
        if found < least:
            raise RuntimeError(f"{source} found {found} hosts of {least}:\n{text}")
        return cost

    def _run(self, command: list[str]) -> Cost:
        output = self._folder / "output"
        with output.open("wb") as file:
            begin = time.monotonic()
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env=self._environment(),
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            _pid, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begin
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{command[0]} failed:\n{output.read_text('utf-8')}")
        return Cost(seconds, used.ru_utime + used.ru_stime)

    def pack(self, module: str, options: dict[str, Any]) -> Path:
        """Pack a module with its options, as it travels to a target."""
        path = self._folder / f"{module}.payload.py"
        program = Path(__file__).with_name("packing.py")
        self._python(str(program), module, json.dumps(options), str(path))
        return path

    def count_imports(self, payload: Path) -> int:
        """Run a packed module, and count the Python modules that are imported by it."""
        done = self._python("-X", "importtime", str(payload))
        result = json.loads(done.stdout)
        if result.get("failed") or result.get("changed"):
            raise RuntimeError(f"the module was to do nothing: {done.stdout}")
        # The first line is the heading.
        return done.stderr.count("import time:") - 1

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._programs / "python"), *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=self._folder,
            env=self._environment(),
        )

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANSIBLE_", "DOCKER_"))}
        return kept | {
            "ANSIBLE_COLLECTIONS_PATH": str(self._folder),
            "ANSIBLE_CONFIG": str(self._folder / "ansible.cfg"),
            "ANSIBLE_LIBRARY": str(Path(__file__).with_name("library")),
            "ANSIBLE_LOCAL_TEMP": str(self._folder / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self._folder / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{self._programs}{os.pathsep}{os.environ['PATH']}",
        }
