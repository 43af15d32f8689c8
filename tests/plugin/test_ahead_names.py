"""On a network, one container at a time is found by the name of a fixture."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from tests.plugin.looking import LOOKING

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

CONFTEST = f"""{LOOKING}
backend = network(scope="session")
client = container("busybox", command="sleep 1000", network=backend, scope="session")

def check_name(client, db, backend):
    said = client.exec(["nslookup", "db", "127.0.0.11"]).text.partition("Name:")[2]
    assert (said.count("Address"), said.count(db.ip(backend.name))) == (1, 1), said
"""


def test_that_of_the_next_module_does_not_start_before(project: Project) -> None:
    test = """
from conftest import check_name, there

def test_it(db, last, client, backend, pytestconfig):
    # With one at a time, this one comes last.
    assert there("last", pytestconfig, COUNT) == COUNT
    assert there("db", pytestconfig, patience=0) == 1
    check_name(client, db, backend)
"""
    project.write(
        conftest=CONFTEST
        + """
db = container("busybox", command="sleep 1000", network=backend, scope="module")
last = container("busybox", command="sleep 1000", scope="module")
""",
        test_a=test.replace("COUNT", "2"),
        test_b=test.replace("COUNT", "1"),
    )
    project.run("--engine-ahead=1").assert_outcomes(passed=2)
    assert project.left() == set()


def test_that_of_the_test_before_is_gone(project: Project) -> None:
    project.write(
        conftest=CONFTEST
        + """
db = container("busybox", command="sleep 1000", network=backend)

@pytest.fixture(scope="session", autouse=True)
def slow(engine):
    remove = engine.containers.remove

    def removed(*args, **kwargs):
        time.sleep(0.5)
        remove(*args, **kwargs)

    engine.containers.remove = removed
""",
        test_it="""
from conftest import check_name, there

@pytest.mark.parametrize("n", range(3))
def test_it(db, client, backend, n, pytestconfig):
    assert there("db", pytestconfig, patience=0) == 1
    check_name(client, db, backend)
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.left() == set()


def test_those_with_an_alias_or_an_address_of_their_own_start_when_they_are_asked_for(
    project: Project, engine: Engine
) -> None:
    network = f"plugin-test-{uuid.uuid4().hex[:8]}"
    engine.networks.create({"Name": network})
    test = """
from conftest import there

def test_it(db, last, pytestconfig):
    assert there("last", pytestconfig, COUNT) == COUNT
    assert there("db", pytestconfig, patience=0) == 1
"""
    project.write(
        conftest=LOOKING
        + f"""
there_already = NetworkAttachment({network!r}, aliases=["db"])
db = container("busybox", command="sleep 1000", network=there_already, scope="module")
last = container("busybox", command="sleep 1000", scope="module")
""",
        test_a=test.replace("COUNT", "2"),
        test_b=test.replace("COUNT", "1"),
    )
    try:
        project.run("--engine-ahead=1").assert_outcomes(passed=2)
    finally:
        engine.networks.remove(network)
    assert project.left() == set()
