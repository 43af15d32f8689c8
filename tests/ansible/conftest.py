"""The staged collection, and playbooks that use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collection.build import stage
from tests.core.swarms import swarm_of

from .nodes import NodePlaybooks
from .returns import undocumented

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import Cluster

HERE = Path(__file__).parent
EXAMPLE = HERE.parent.parent / "docs" / "examples" / "ansible"


@dataclass(frozen=True)
class Run:
    """What a playbook did.

    Attributes:
        results: the name of a task -> its last result.
        told: host, task and result of everything, in the order in which it ended.
    """

    returncode: int
    output: str
    results: dict[str, dict[str, Any]]
    told: list[dict[str, Any]]

    @property
    def changed(self) -> list[str]:
        """The names of the tasks that changed something, in their order."""
        return [name for name, result in self.results.items() if result.get("changed")]

    @property
    def messages(self) -> dict[str, str]:
        """What the tasks that failed said, by their names."""
        return {
            name: result["msg"] for name, result in self.results.items() if result.get("failed")
        }


class Playbooks:
    """Runs playbooks against one engine, on this machine and with the Ansible of one Python."""

    def __init__(
        self,
        collections: Path,
        folder: Path,
        engine_host: str,
        *,
        python: str = sys.executable,
    ) -> None:
        self.python = python
        self.collections = collections
        self.engine_host = engine_host
        self.folder = folder
        self._results = folder / "results.jsonl"
        # Empty, and found before the person's own one.
        (folder / "ansible.cfg").touch()

    def run(
        self,
        playbook: Path,
        *arguments: str,
        variables: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        may_warn: bool = False,
    ) -> Run:
        """Run a playbook, from a folder outside of the repository."""
        results = self._results
        results.write_text("")
        command = [self.python, "-m", "ansible", "playbook", str(playbook)]
        command += ["-i", "localhost,", *arguments]
        command += ["-c", "local", "-e", json.dumps(self._variables(variables))]
        done = subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder or self.folder,
            env=self.environment() | dict(environment or {}),
        )
        lines = list(map(json.loads, results.read_text("utf-8").splitlines()))
        by_task = {line["task"]: line["result"] for line in lines}
        run = Run(done.returncode, done.stdout, by_task, lines)
        # Ansible shows a traceback only when asked to, and a module never hands over one.
        assert "Traceback" not in json.dumps(run.results), run.output
        assert may_warn or "[WARNING]" not in run.output, run.output
        assert "[DEPRECATION" not in run.output, run.output
        wrong = {line["task"]: undocumented(line["action"], line["result"]) for line in lines}
        assert not any(wrong.values()), {task: keys for task, keys in wrong.items() if keys}
        return run

    def run_tasks(self, tasks: Sequence[Mapping[str, Any]], *arguments: str, **options: Any) -> Run:
        """Run tasks with the connection to the engine as their default."""
        play = {
            "hosts": "all",
            "gather_facts": False,
            "module_defaults": {
                "group/pytest_engine.engine.engine": {"docker_host": self.engine_host}
            },
            "tasks": list(tasks),
        }
        playbook = self.folder / "playbook.yml"
        # JSON is YAML.
        playbook.write_text(json.dumps([play]), encoding="utf-8")
        return self.run(playbook, *arguments, **options)

    def list_hosts(
        self,
        source: Mapping[str, Any],
        *,
        name: str = "some.docker.yml",
        may_warn: bool = False,
    ) -> dict[str, Any]:
        """Return what `ansible-inventory` makes of a source; `failed` has what it said instead."""
        path = self.write_inventory(source, name=name)
        done = subprocess.run(
            [self.python, "-m", "ansible", "inventory", "-i", str(path), "--list"],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={
                **self.environment(),
                "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
            },
        )
        assert "Traceback" not in done.stderr, done.stderr
        if done.returncode:
            return {"failed": done.stderr}
        assert may_warn or "[WARNING]" not in done.stderr, done.stderr
        assert "[DEPRECATION" not in done.stderr, done.stderr
        listed: dict[str, Any] = json.loads(done.stdout)
        return listed

    def write_inventory(self, source: Mapping[str, Any], *, name: str = "some.docker.yml") -> Path:
        """Write the source of an inventory of the engine's containers."""
        path = self.folder / name
        plugin = {"plugin": "pytest_engine.engine.containers", "docker_host": self.engine_host}
        path.write_text(json.dumps({**plugin, **source}), encoding="utf-8")
        return path

    def _variables(self, variables: Mapping[str, Any] | None) -> dict[str, Any]:
        given = {"engine": self.engine_host, "target": "all", **(variables or {})}
        every = {"ansible_python_interpreter": sys.executable, **given}
        if os.environ.get("PYTEST_ENGINE_TEST_OWN_PROCESS"):
            every.setdefault("pytest_engine_in_place", False)
        # None leaves it to the inventory.
        return {name: value for name, value in every.items() if value is not None}

    def environment(self) -> dict[str, str]:
        """What `ansible-playbook` and its like are run with."""
        # Nothing of the person's own Ansible.
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
        return kept | {
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_LOCAL_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_REMOTE_TEMP": str(self.folder / "tmp"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "RECORD_RESULTS": str(self._results),
            "LC_ALL": "C.UTF-8",
        }


@pytest.fixture(scope="session")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH that holds the staged collection and nothing else."""
    output = tmp_path_factory.mktemp("collections")
    stage(output)
    return output


@pytest.fixture(scope="session")
def collection(collections: Path) -> Path:
    """The folder of the staged collection."""
    return collections / "ansible_collections" / "pytest_engine" / "engine"


@pytest.fixture(scope="module")
def playbooks(
    collections: Path, tmp_path_factory: pytest.TempPathFactory, engine_host: str
) -> Playbooks:
    """Playbooks against the engine of the tests."""
    return Playbooks(collections, tmp_path_factory.mktemp("playbooks"), engine_host)


@pytest.fixture(scope="module")
def node(engine: Engine) -> Iterator[str]:
    """The node of a swarm that the engine is all of; with it goes what the swarm keeps."""
    with swarm_of(engine) as name:
        yield name


@pytest.fixture
def on_nodes(playbooks: Playbooks, cluster: Cluster) -> NodePlaybooks:
    """Playbooks on the nodes of the cluster: one manager and two workers."""
    return NodePlaybooks(playbooks, cluster)


@pytest.fixture
def module(playbooks: Playbooks) -> Callable[..., dict[str, Any]]:
    """Run one module once and return its result: `module("volume", name="data")`."""

    def run(name: str, *arguments: str, **options: Any) -> dict[str, Any]:
        task = {"name": name, f"pytest_engine.engine.{name}": options}
        return playbooks.run_tasks([task], *arguments).results[name]

    return run
