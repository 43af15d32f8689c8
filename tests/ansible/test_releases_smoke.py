"""A little of what other releases of ansible-core and other Pythons have to do, in every run.

`test_releases.py` has the rest. What is not found here is skipped, and the report says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .both_ways import in_place
from .conftest import Playbooks
from .releases import ITSELF, RELEASES, controller, play, ran_on, target

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scratch

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.slow,
    # Environments are made first.
    pytest.mark.timeout(900),
]

MODULES = ("network", "volume")
# Release -> the Pythons of the targets; all that the collection knows are among them.
SMOKE = {"2.17": ("3.9",), "2.18": ("3.10", "3.11", "3.12", "3.13")}


@pytest.mark.parametrize("release", SMOKE)
def test_a_release_runs_modules_here_and_on_targets(
    release: str,
    collections: Path,
    engine_host: str,
    scratch: Scratch,
    busybox: str,
    tmp_path: Path,
) -> None:
    assert busybox
    python = controller(release)
    if python is None:
        pytest.skip(f"none of Python {', '.join(RELEASES[release][0])} is found for {release}")
    found = {version: target(version) for version in SMOKE[release]}
    pythons = {ITSELF: python, **{version: path for version, path in found.items() if path}}
    playbooks = Playbooks(collections, tmp_path, engine_host, python=python)
    run = play(playbooks, pythons, scratch.name(""), MODULES)
    assert run.returncode == 0, run.output
    assert {*in_place(run)} >= {*MODULES}
    for name in pythons:
        modules, failed = ran_on(run, name)
        assert failed == {}
        assert modules == set(MODULES)
    missing = sorted(found.keys() - pythons.keys())
    if missing:
        pytest.skip(f"the rest passed; Python {', '.join(missing)} is not found")
