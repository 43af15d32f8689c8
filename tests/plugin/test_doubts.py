"""A failure that leaves open whether the engine goes on: what it makes later is removed, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import FOREIGN_HOST
from tests.plugin.holding import impatience

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(bool(FOREIGN_HOST), reason="the proxy speaks to the lab's engine alone"),
]

CREATE = r"^POST \S*/containers/create\b"
INFO = r"^GET \S*/info\b"
CONFTEST = "box = container('busybox', command='sleep 1000')"
TESTS = """
import time

def test_refused(box): pass

def test_made_all_the_same(engine):
    # The proxy lets it through now.
    engine.system.info()
    until = time.monotonic() + 60
    while not engine.containers.list(all=True, filters={"label": "io.pytest-engine.fixture=box"}):
        assert time.monotonic() < until
        time.sleep(0.05)
"""


def test_what_is_made_after_a_proxy_has_lost_patience_is_removed(project: Project) -> None:
    project.write(conftest=CONFTEST, test_it=TESTS)
    with impatience(project.engine.endpoint.url, CREATE, INFO) as proxy:
        result = project.run_apart(host=proxy.host)
        result.assert_outcomes(passed=1, errors=1)
        result.stdout.fnmatch_lines(["Fixture 'box' (busybox): POST /containers/create: *504*"])
        assert project.await_no_runs() == []
    assert project.created() == 1
    assert project.left() == set()


def test_the_doubts_of_a_worker_keep_the_proof_of_the_run(project: Project) -> None:
    project.write(conftest=CONFTEST, test_it="def test_refused(box): pass")
    with impatience(project.engine.endpoint.url, CREATE, INFO) as proxy:
        project.run_apart("-n1", host=proxy.host).assert_outcomes(errors=1)
        assert project.await_no_runs() == []
        # Once by the controller, and by the process beside the run, which waits for more.
        assert proxy.take().count("GET /containers/json") > 1
    assert project.left() == set()


def test_after_a_refusal_nobody_looks_again(project: Project) -> None:
    project.write(
        conftest="""
named = dict(name="plugin-test-doubts", command="sleep 1000")
one = container("busybox", **named)
two = container("busybox", after=[one], **named)
""",
        test_it="def test_refused(two): pass",
    )
    with impatience(project.engine.endpoint.url, "^nothing", INFO) as proxy:
        project.run_apart("-n1", host=proxy.host).assert_outcomes(errors=1)
        assert project.await_no_runs() == []
        assert proxy.take().count("GET /containers/json") == 1
    assert project.left() == set()
