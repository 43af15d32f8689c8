"""The main modules on other releases of ansible-core, and on every Python that targets may have.

What is not found here is skipped, and the report says so.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest

from tests.scratch import Scratch

from .both_ways import both_ways, in_place
from .conftest import Playbooks
from .releases import ITSELF, MODULES, RELEASES, controller, play, ran_on, target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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

CASES = [
    (release, python) for release, (_, pythons) in RELEASES.items() for python in (*pythons, ITSELF)
]


@pytest.fixture(scope="module")
def scratch_of_all(engine: Engine) -> Iterator[Scratch]:
    scratch = Scratch(engine)
    yield scratch
    scratch.clear()


@pytest.fixture(scope="module")
def played(
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
        found = {version: target(version) for version in RELEASES[release][1]}
        pythons = {version: path for version, path in found.items() if path}
        prefix = scratch_of_all.name(release.replace(".", "-"))
        return play(playbooks, {**pythons, ITSELF: python}, prefix)

    return run


@pytest.mark.parametrize(("release", "python"), CASES)
def test_the_main_modules_work(
    release: str, python: str, played: Callable[[str], Run | None], busybox: str
) -> None:
    assert busybox
    run = played(release)
    if run is None:
        pytest.skip(f"none of Python {', '.join(RELEASES[release][0])} is found for {release}")
    if python != ITSELF and target(python) is None:
        pytest.skip(f"Python {python} is not found")
    modules, failed = ran_on(run, python)
    assert failed == {}
    assert modules == set(MODULES)
    assert {*in_place(run)} >= {*MODULES}
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
