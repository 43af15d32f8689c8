"""What there is to run: the stages behind `make test` and its like."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace

from tests.environments import find_python
from tests.lab import OWN_ENGINE
from tests.lab.guests import GUESTS

from .run import ROOT, Stage

__all__ = ["GOALS", "REPORTS", "plan"]

REPORTS = ROOT / "build" / "reports"

# Goal -> what it is.
GOALS = {
    "unit": "the tests that need no engine",
    "test": "lint, types, docs and all tests, on the lab's own engine and in part on the others",
    "engines": "all tests of the core on each of the lab's other engines",
    "pythons": "the unit tests on every Python that is found",
    "all": "all of that, and other releases of Ansible, of pytest and of Python",
}

# Tests that need nothing but Python; the rest needs the lab's engine, Ansible or a package index.
_UNIT = "not engine and not ansible and not packaging"
_ON_ENGINE = "engine and not ansible and not packaging and not releases"
# The collection, on what is there; and besides on other releases, which takes as long again. So is
# the plugin on those of pytest.
_ANSIBLE = "ansible and not packaging and not releases"
_RELEASES = "releases"
# What other engines have to do as well. Tests that launch engines themselves do not care which
# one is there.
_CORE = (
    "--ignore=tests/core/test_launch.py",
    "--ignore=tests/core/roads",
    "--ignore=tests/core/cluster",
    "--ignore=tests/core/service",
    "tests/core",
    "tests/lab_tests/test_guests.py",
)
# The newest engine runs all tests of the core each time, like the oldest, which is the lab's own;
# those between and beside them run the short set.
_NEWEST = "28.5"
_PYTHONS = ("3.9", "3.10", "3.11", "3.12", "3.13")


def plan(goal: str) -> list[list[Stage]]:
    """List the lanes of a goal: what runs beside each other, each stage after the one before."""
    others = [name for name in GUESTS if name != _NEWEST]
    if goal == "unit":
        return [[_tests("unit", GOALS["unit"], _UNIT)]]
    if goal == "pythons":
        return [list(_pythons())]
    if goal == "engines":
        return [[_lab("engines", GUESTS), *map(_core, GUESTS)]]
    if os.environ.get("PYTEST_ENGINE_TEST_HOST"):
        # That engine takes the place of all of the lab's.
        further = [_own_processes(), _releases()] if goal == "all" else []
        return [[_on_own_engine(), _playbooks(), *further], _static()]
    own = [_lab("lab"), _on_own_engine()]
    beside = [*_static(), _lab("engines", GUESTS), _core(_NEWEST)]
    if goal == "all":
        own += [_playbooks(), _own_processes(), _releases(), _kills()]
        beside += [*map(_core, others), *_pythons()]
    else:
        # Both lanes take about as long. The playbooks and the tests that are left then share the
        # engine, and take turns where one of them changes all of it (tests/turns.py).
        beside += [*map(_smoke, others), _playbooks()]
    return [own, beside]


def _static() -> list[Stage]:
    return [
        _make("lint", "style and format"),
        _make("types", "types"),
        _make("docs", "the documentation, warnings are errors"),
        _tests("unit", GOALS["unit"], _UNIT),
        _tests("packaging", "distributions in clean environments", "packaging"),
    ]


def _on_own_engine() -> Stage:
    named = os.environ.get("PYTEST_ENGINE_TEST_HOST")
    which = f"the engine that is named, {named}" if named else f"engine {OWN_ENGINE}"
    return _tests("engine", f"tests on {which}", _ON_ENGINE)


def _playbooks() -> Stage:
    return _tests("ansible", "the collection: sanity and playbooks", _ANSIBLE)


def _own_processes() -> Stage:
    """Run each task of the playbooks as on another machine, which costs several times as much."""
    title = "playbooks with a process for each task"
    stage = _tests("own-processes", title, f"{_ANSIBLE} and engine")
    return replace(stage, environment={"PYTEST_ENGINE_TEST_OWN_PROCESS": "1"})


def _releases() -> Stage:
    title = "other releases of Ansible, pytest and Python"
    return _tests("releases", title, _RELEASES)


def _kills() -> Stage:
    """Kill runs at random moments, many more than an ordinary run of the tests has time for."""
    command = _pytest(sys.executable, "kills", "engine", "-rP", "tests/plugin/test_killed.py")
    environment = {"PYTEST_ENGINE_KILL_ROUNDS": "100"}
    return Stage("kills", "100 runs that are killed at random moments", [command], environment)


def _core(engine: str) -> Stage:
    name, title = f"core-{engine}", f"tests of the core on engine {engine}"
    return _tests(name, title, _ON_ENGINE, *_CORE, engine=engine)


def _smoke(engine: str) -> Stage:
    return _tests(
        f"smoke-{engine}", f"smoke tests on engine {engine}", "smoke", *_CORE, engine=engine
    )


def _lab(name: str, engines: Iterable[str] = ()) -> Stage:
    # All images, so that no test waits for a build.
    command = [sys.executable, "-m", "tests.lab", "up", "--images", "all"]
    for engine in engines:
        command += ["--engine", engine]
    title = "an engine, a registry and images" if name == "lab" else "the lab's other engines"
    return Stage(name, title, [command], starts_lab=True)


def _make(target: str, title: str) -> Stage:
    return Stage(target, title, [("make", "--no-print-directory", target)])


def _tests(name: str, title: str, marks: str, *arguments: str, engine: str = "") -> Stage:
    environment = {"PYTEST_ENGINE_TEST_ENGINE": engine} if engine else {}
    again = (*_pytest(sys.executable, name, marks, *arguments, again=True), "--last-failed")
    command = _pytest(sys.executable, name, marks, *arguments)
    return Stage(name, title, [command], environment, again=again)


def _pytest(
    python: str, name: str, marks: str, *arguments: str, again: bool = False
) -> Sequence[str]:
    report = REPORTS / (f"{name}-again" if again else name)
    junit = f"--junitxml={report.relative_to(ROOT)}.xml"
    # What failed is noted for each stage, as several run at a time.
    cache = ("-o", f"cache_dir=.pytest_cache/{name}")
    return (python, "-m", "pytest", junit, *cache, "-m", marks, *arguments)


def _pythons() -> Iterable[Stage]:
    for version in _PYTHONS:
        found = find_python(version)
        if found is None:
            print(f"Python {version} is not found and left out")
            continue
        folder = f".venv-{version}"
        python = f"{folder}/bin/python"
        name = f"python-{version}"
        yield Stage(
            name,
            f"the tests that need no engine, on {found}",
            [
                (found, "-m", "venv", folder),
                (python, "-m", "pip", "install", "--quiet", "--editable", ".[dev]"),
                (*_pytest(python, name, _UNIT), "-q"),
            ],
        )
