"""The engine is restarted in the middle of a run: what tests are told, and what is left."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.launch import PrivateEngine
from tests.plugin.own_engine import NEEDS_ROOT, launched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.plugin.conftest import Project

pytestmark = [pytest.mark.engine, pytest.mark.slow, NEEDS_ROOT]

ROOT = Path(__file__).parents[2]
# Engines wait ten seconds for the end of what takes no SIGTERM.
AT_ONCE = 'AT_ONCE = ContainerSpec(stop_signal="SIGKILL")\n'
CONFTEST = f"""{AT_ONCE}
serving = dict(command="httpd -f -p 80", ports=[80], spec=AT_ONCE)
backend = network(scope="session")
data = volume(scope="session")
whole = container("busybox", network=backend, volumes={{"/d": data}}, scope="session", **serving)
part = container("busybox", scope="module", **serving)
own = container("busybox", network=backend, **serving)
ready = container("busybox", prestart=2, **serving)
"""
RESTART = """
import os, pathlib
from tests.plugin.own_engine import restart as restart_of

def restart():
    restart_of(pathlib.Path(os.environ["ENGINE_ROOT"]))
"""


@pytest.fixture(scope="module")
def own_engine(engine_host: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine that is restarted by the tests of the projects."""
    assert engine_host
    with launched(tmp_path_factory.mktemp("re")) as engine:
        engine.images.pull("busybox")
        yield engine


@pytest.fixture
def restarted(
    project: Project, own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """A project on that engine; nothing of it may be left there."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("ENGINE_ROOT", str(Path(own_engine.endpoint.path).parent))
    project.engine = own_engine
    yield project
    assert project.left() == set()
    assert project.await_no_runs() == []


def test_what_is_made_after_it_is_as_ever_and_what_died_is_told(restarted: Project) -> None:
    restarted.write(
        conftest=CONFTEST,
        test_one=f"""{RESTART}
def test_before(whole, part, own, ready): pass

def test_meanwhile(whole, part, own, ready):
    restart()
    own.exec("true")

def test_whole(whole): whole.exec("true")
def test_part(part): part.wait(wait.port(80))
def test_own(own): own.exec("true")

@pytest.mark.parametrize("n", range(3))
def test_ready(ready, n): ready.exec("true")
""",
        test_two="""
def test_part_of_another_module(part): part.exec("true")
def test_what_stays(backend, data): assert backend.inspect() and data.inspect()
""",
    )
    result = restarted.run_apart()
    result.assert_outcomes(passed=7, failed=3)
    failed = ("test_meanwhile", "test_whole", "test_part")
    result.stdout.fnmatch_lines([f"FAILED test_one.py::{name} - *" for name in failed])
    text = str(result.stdout)
    # What they used, and why no other was to be had.
    assert text.count("Container log: own (") == 1
    assert text.count("Container log: whole (") == 2
    assert text.count("Container log: part (") == 2
    assert text.count("or with the engine, if that was restarted. Tests that share its") >= 5
    assert "part was started ahead and has ended; it is made anew" in text
    assert "left behind" not in text


def test_a_fixture_that_is_made_meanwhile_tells_that_nobody_answers(restarted: Project) -> None:
    restarted.write(
        conftest=f"""{AT_ONCE}
import os, pathlib
from tests.plugin.own_engine import bring_back, take_away

root = pathlib.Path(os.environ["ENGINE_ROOT"])
whole = container("busybox", command="sleep 1000", spec=AT_ONCE, scope="session")

@pytest.fixture(scope="session")
def away():
    back = take_away(root)
    yield
    bring_back(root, back)

own = container("busybox", command="sleep 1000", spec=AT_ONCE)
""",
        test_one="""
def test_before(whole): pass
def test_meanwhile(whole, away, own): pass
def test_still_away(whole, own): pass
""",
    )
    result = restarted.run_apart("--engine-ahead=0")
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        ["Fixture 'own' (busybox): Cannot connect to the engine at unix://*docker.sock*"]
    )
    # What does not speak of the engine would be a traceback of its client.
    assert "Traceback" not in str(result.stdout)
    assert "requests.exceptions" not in str(result.stdout)


def test_workers_that_come_later_get_one_that_runs(restarted: Project) -> None:
    restarted.write(
        conftest=CONFTEST,
        test_one=f"""{RESTART}
import time

def test_it(request, worker_id):
    done = request.config.rootpath / "restarted"
    if worker_id == "gw0":
        request.getfixturevalue("whole").exec("true")
        restart()
        done.touch()
        return
    while not done.exists():
        time.sleep(0.05)
    request.getfixturevalue("whole").exec("true")
""",
    )
    result = restarted.run_apart("-n3", "--dist=each", "--engine-ahead=0")
    result.assert_outcomes(passed=3)
    filters = {"label": "io.pytest-engine.fixture=whole"}
    assert restarted.engine.containers.list(all=True, filters=filters) == []


def test_a_run_whose_engine_lost_everything_ends_well(restarted: Project) -> None:
    restarted.write(
        conftest=CONFTEST,
        test_one="""
import os, pathlib
from tests.plugin.own_engine import lose_everything

def test_before(whole, backend): lose_everything(pathlib.Path(os.environ["ENGINE_ROOT"]))
def test_whole(whole): whole.exec("true")
def test_own(own): pass
""",
        test_two="""
alone = container("busybox", command="sleep 1000")

def test_alone(alone): alone.exec("true")
""",
    )
    result = restarted.run_apart()
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["(It is not on the engine any more: somebody has removed it.)"],
    )
    assert "left behind" not in str(result.stdout)
    assert PrivateEngine.find(Path(os.environ["ENGINE_ROOT"])) is not None
