"""The main modules on other releases of ansible-core, and on every Python that targets may have.

What is not found here is skipped, and the report says so.
"""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.environments import find_python, make_environment
from tests.scratch import Scratch

from .both_ways import both_ways
from .conftest import Playbooks
from .targets import TARGETS, write_play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_engine.core.client import Engine

    from .conftest import Run

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.releases,
    pytest.mark.slow,
    # One play for all Pythons of a release, in the test that comes first.
    pytest.mark.timeout(1800),
]

# Release -> the Pythons that it runs on, the best first, and those of the targets to try it with:
# all that it knows with the second one, the oldest and the newest with the others.
RELEASES = {
    "2.17": (("3.12", "3.11", "3.10"), ("3.9", "3.12")),
    "2.18": (("3.12", "3.13", "3.11"), ("3.9", "3.10", "3.11", "3.12", "3.13")),
    "2.19": (("3.13", "3.12", "3.11"), ("3.9", "3.13")),
    "2.20": (("3.13", "3.12"), ("3.9", "3.13")),
    "2.21": (("3.13", "3.12"), ("3.9", "3.13")),
}
MODULES = ("container", "container_copy_into", "container_exec", "image_tag", "network", "volume")
LIBRARIES = ("requests", "requests-unixsocket")
# The Python that Ansible runs with, and so the process as well.
ITSELF = "itself"
CASES = [
    (release, python) for release, (_, pythons) in RELEASES.items() for python in (*pythons, ITSELF)
]


def environment(name: str, python: str, *requirements: str) -> str:
    """Make an environment that stays for the next run, and say where its Python is."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "pytest-engine" / name
    return str(make_environment(folder, *requirements, python=python) / "python")


def controller(release: str) -> str | None:
    """Return a Python with that release of ansible-core; None: there is no Python for it."""
    major, minor = release.split(".")
    wanted = f"ansible-core>={release},<{major}.{int(minor) + 1}"
    found = (find_python(version) for version in RELEASES[release][0])
    python = next(filter(None, found), None)
    return python and environment(f"ansible-{release}", python, wanted, *LIBRARIES)


@pytest.fixture(scope="module")
def targets() -> dict[str, str]:
    """Version -> a Python with the two libraries; those that are found."""
    found = {version: find_python(version) for version in RELEASES["2.18"][1]}
    return {
        version: environment(f"target-{version}", python, *LIBRARIES)
        for version, python in found.items()
        if python
    }


@pytest.fixture(scope="module")
def scratch_of_all(engine: Engine) -> Iterator[Scratch]:
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module")
def play(
    targets: dict[str, str],
    collections: Path,
    engine_host: str,
    scratch_of_all: Scratch,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], Run | None]:
    """Play the targets with a release, on all of its Pythons; None: there is no Python for it."""

    @functools.cache
    def run(release: str) -> Run | None:
        python = controller(release)
        if python is None:
            return None
        folder = tmp_path_factory.mktemp("release")
        playbooks = Playbooks(collections, folder, engine_host, python=python)
        pythons = {name: targets[name] for name in RELEASES[release][1] if name in targets}
        hosts: dict[str, dict[str, Any]] = {
            f"{module}-{name.replace('.', '-')}": {
                "ansible_python_interpreter": interpreter,
                "role_of_host": module,
            }
            for name, interpreter in {**pythons, ITSELF: python}.items()
            for module in MODULES
        }
        playbook, *arguments = write_play(folder, hosts, engine_host)
        variables = {
            "ansible_python_interpreter": None,
            "output_dir": str(folder),
            "resource_prefix": scratch_of_all.name(release.replace(".", "-")),
            "setup_engine_image_is_there": True,
        }
        roles = {"ANSIBLE_ROLES_PATH": str(TARGETS)}
        return playbooks.run(
            Path(playbook), "-vvv", *arguments, variables=variables, environment=roles
        )

    return run


@pytest.mark.parametrize(("release", "python"), CASES)
def test_the_main_modules_work(
    release: str,
    python: str,
    play: Callable[[str], Run | None],
    targets: dict[str, str],
    busybox: str,
) -> None:
    assert busybox
    run = play(release)
    if run is None:
        pytest.skip(f"none of Python {', '.join(RELEASES[release][0])} is found for {release}")
    if python not in (*targets, ITSELF):
        pytest.skip(f"Python {python} is not found")
    ending = f"-{python.replace('.', '-')}"
    told = [line for line in run.told if line["host"].endswith(ending)]
    failed = {line["host"]: line["result"] for line in told if line["result"]["failed"]}
    assert failed == {}
    assert {line["host"].removesuffix(ending) for line in told} == set(MODULES)
    here = {line for line in run.output.splitlines() if line.endswith("in Ansible's own process")}
    assert len(here) >= len(MODULES)
    assert run.returncode == 0 or any(line["result"]["failed"] for line in run.told), run.output


@pytest.mark.parametrize("release", RELEASES)
def test_results_are_the_same_in_the_process_of_ansible(
    release: str, collections: Path, engine_host: str, scratch: Scratch, tmp_path: Path
) -> None:
    python = controller(release)
    if python is None:
        pytest.skip(f"none of Python {', '.join(RELEASES[release][0])} is found for {release}")
    playbooks = Playbooks(collections, tmp_path, engine_host, python=python)
    wanted = {"name": scratch.name("volume"), "labels": {"a": "1"}}
    missing = {"container": scratch.name("none"), "command": "true"}
    secret = {"registry": "127.0.0.1:1", "username": "same", "password": "same"}
    tasks: list[dict[str, Any]] = [
        {"pytest_engine.engine.volume": wanted, "check_mode": True, "diff": True},
        {"pytest_engine.engine.docker_volume": {**wanted, "size": 3}},
        {"pytest_engine.engine.container_exec": missing, "loop": [1, 2]},
        {"pytest_engine.engine.login": secret, "environment": {"DOCKER_TIMEOUT": 17}},
    ]
    told = both_ways(playbooks, tasks, variables={"ansible_python_interpreter": python})
    assert told["0"]["changed"]
    assert all(told[name]["failed"] for name in ("1", "2", "3"))


@pytest.mark.parametrize("release", ["2.17", "2.18"])
def test_a_filter_of_an_inventory_holds_where_it_gives_any_text(
    release: str,
    collections: Path,
    engine_host: str,
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    tmp_path: Path,
) -> None:
    python = controller(release)
    if python is None:
        pytest.skip(f"none of Python {', '.join(RELEASES[release][0])} is found for {release}")
    stages = {"web": {"stage": "production"}, "db": {"stage": ""}, "old": {}}
    for name, labels in stages.items():
        engine.containers.create({"Image": busybox, "Labels": labels}, name=scratch.name(name))
    stage = "docker_config.Labels.stage | default('')"
    ours = f"inventory_hostname.startswith('{scratch.name('')}')"
    filters = [{"exclude": f"not {ours}"}, {"include": stage}, {"exclude": True}]
    playbooks = Playbooks(collections, tmp_path, engine_host, python=python)
    listed = playbooks.list_hosts({"filters": filters})
    assert "failed" not in listed, listed
    assert set(listed["_meta"]["hostvars"]) == {scratch.name("web")}
