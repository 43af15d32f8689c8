"""The collection as a user has it: built, installed, on a target with just the two libraries."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from ansible_collection.build import PLACE, SOURCE, make_tarball, stage

from .conftest import EXAMPLE, Playbooks

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LabImages, Scratch

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A collections path with what ansible-galaxy installs from the tarball."""
    folder = tmp_path_factory.mktemp("installed")
    tarball = make_tarball(stage(folder / "staged"), folder)
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", "install", str(tarball)]
    collections = folder / "collections"
    subprocess.run(
        [*command, "-p", str(collections), "--offline"],
        check=True,
        cwd=folder,
        # Nothing that is installed elsewhere counts.
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)},
    )
    return collections


@pytest.fixture(scope="module")
def installed_playbooks(
    installed: Path, tmp_path_factory: pytest.TempPathFactory, engine_host: str
) -> Playbooks:
    return Playbooks(installed, tmp_path_factory.mktemp("elsewhere"), engine_host)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python that has what the modules need on a target, and nothing else of ours."""
    folder = tmp_path_factory.mktemp("target")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    libraries = ["requests", "requests-unixsocket"]
    subprocess.run([*pip, "install", "--quiet", *libraries], check=True)
    listed = subprocess.run([*pip, "list", "--format", "json"], check=True, stdout=subprocess.PIPE)
    names = {package["name"].lower().replace("_", "-") for package in json.loads(listed.stdout)}
    assert names >= set(libraries)
    assert names & {"ansible-core", "docker", "filelock", "pytest", "pytest-engine"} == set()
    return python


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A Python without any package."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return str(folder / "bin" / "python")


def test_the_example_runs_from_the_tarball_on_a_target_with_two_libraries(
    installed_playbooks: Playbooks, target: str, lab: LabImages, scratch: Scratch
) -> None:
    lab.require("redis:7")
    variables: dict[str, Any] = {
        "ansible_python_interpreter": target,
        "prefix": scratch.name("store"),
        "store_port": 0,
    }
    first = installed_playbooks.run(EXAMPLE / "site.yml", variables=variables)
    assert first.returncode == 0, first.output
    assert {"Network", "Volume", "Container"} <= set(first.changed)
    second = installed_playbooks.run(EXAMPLE / "site.yml", variables=variables)
    assert (second.returncode, second.changed) == (0, []), second.output
    gone = installed_playbooks.run(EXAMPLE / "teardown.yml", variables=variables)
    assert gone.changed == ["No container", "No network", "No volume"], gone.output
    assert scratch.everything() == set()


def test_a_target_without_the_libraries_is_told_which(
    installed_playbooks: Playbooks, bare: str
) -> None:
    task = {"name": "volume", "pytest_engine.engine.volume": {"name": "data"}}
    variables = {"ansible_python_interpreter": bare}
    run = installed_playbooks.run_tasks([task], variables=variables)
    assert "pip install requests" in run.messages["volume"]


def test_a_collection_without_its_core_is_refused(tmp_path: Path, engine_host: str) -> None:
    collection = stage(tmp_path)
    shutil.rmtree(collection / "plugins" / "module_utils" / "core")
    task = {"name": "volume", "pytest_engine.engine.volume": {"name": "data"}}
    run = Playbooks(tmp_path, tmp_path, engine_host).run_tasks([task])
    assert run.returncode != 0
    assert "module_utils.core" in run.output


def test_a_collection_that_was_not_put_together_is_refused(
    tmp_path: Path, engine_host: str
) -> None:
    # As somebody has it who installs the folder of the repository.
    shutil.copytree(SOURCE, tmp_path / PLACE)
    task = {"name": "volume", "pytest_engine.engine.volume": {"name": "data"}}
    run = Playbooks(tmp_path, tmp_path, engine_host).run_tasks([task])
    assert "module_utils.core" in run.messages["volume"]
