"""Presets in projects of users: across workers, wired to other containers, from plugins."""

from __future__ import annotations

import re

import pytest

from pytest_engine import presets
from pytest_engine.__main__ import main
from tests.plugin.conftest import Project, project

__all__ = ["project"]

pytestmark = pytest.mark.engine

IMAGES = ("redis:7", "valkey/valkey:8", "postgres:15")


@pytest.fixture(autouse=True)
def _images(images: None) -> None:
    del images


def test_two_lines_are_a_server_and_a_part_of_it_for_each_test(project: Project) -> None:
    project.write(
        conftest="""
from pytest_engine import presets
redis = presets.redis()
keys = presets.fresh(redis)
""",
        test_it="""
seen = set()

@pytest.mark.parametrize("n", [1, 2, 3])
def test_keys(keys, redis, n):
    seen.add(redis.name)
    assert len(seen) == 1
    assert keys.url == f"{redis.url[:-1]}{keys.number}"
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.created() == 1
    assert project.left() == set()


def test_workers_have_databases_of_their_own(project: Project) -> None:
    (project.pytester.path / "schema.sql").write_text("CREATE TABLE shop (name text);")
    project.write(
        conftest="""
from pytest_engine import presets

def prepare(database):
    import psycopg
    with psycopg.connect(database.dsn) as connection:
        connection.execute("CREATE TABLE seen (worker text)")

postgres = presets.postgres("15", initial="schema.sql", prepare=prepare)
database = presets.fresh(postgres, scope="session")
""",
        test_it="""
import os, psycopg

@pytest.mark.parametrize("n", range(4))
def test_it(database, n):
    worker = os.environ["PYTEST_XDIST_WORKER"]
    assert database.name.startswith(f"test_{worker}_")
    with psycopg.connect(database.dsn) as connection:
        connection.execute("INSERT INTO seen VALUES (%s)", [worker])
        found = connection.execute("SELECT DISTINCT worker FROM seen").fetchall()
        assert connection.execute("SELECT count(*) FROM shop").fetchall() == [(0,)]
    assert found == [(worker,)]
""",
    )
    result = project.run_apart("-n", "2")
    result.assert_outcomes(passed=4)
    assert project.left() == set()


def test_the_next_run_gets_the_same_server(project: Project) -> None:
    conftest = """
from pytest_engine import presets
postgres = presets.postgres("15", initial={"a.sql": "CREATE TABLE shop (name text);"}, reuse=True)
database = presets.fresh(postgres)
"""
    test = """
import psycopg

def test_it(database):
    with psycopg.connect(database.dsn) as connection:
        assert connection.execute("SELECT count(*) FROM shop").fetchall() == [(0,)]
"""
    project.write(conftest=conftest, test_it=test)
    for created in (1, 1):
        project.run_apart("--engine-reuse").assert_outcomes(passed=1)
        assert project.created() == created
    project.write(conftest=conftest.replace("name text", "name text, price int"), test_it=test)
    project.run_apart("--engine-reuse").assert_outcomes(passed=1)
    assert project.created() == 2
    host = project.engine.endpoint.url
    assert main(["sweep", f"--host={host}", f"--state={project.state}", "--reused"]) == 0
    assert project.left() == set()


def test_another_container_is_told_where_the_server_is(project: Project) -> None:
    project.write(
        conftest="""
from pytest_engine import presets
backend = network(scope="session")
redis = presets.redis(network=backend, password="secret")
client = container(
    "redis:7",
    command="sleep 1000",
    env={"REDIS_URL": "{redis.internal_url}"},
    network=backend,
)
""",
        test_it="""
def test_it(client):
    found = client.exec(["sh", "-c", "redis-cli -u $REDIS_URL ping"])
    assert found.text == "PONG\\n"
""",
    )
    project.run().assert_outcomes(passed=1)


def test_a_preset_is_overridden_and_parametrised_as_any_fixture(project: Project) -> None:
    project.write(
        conftest="""
from pytest_engine import presets
store = presets.redis(scope="module")
keys = presets.fresh(store)
""",
        test_one="""
from pytest_engine import presets

store = presets.valkey(scope="module")

def test_it(keys, store):
    assert store.container.image == "valkey/valkey:8"
    assert keys.server.name == store.name
""",
        test_two="""
from pytest_engine import presets

class TestIt:
    inner = presets.redis(scope="function", doc="One for this class.")
    keys = presets.fresh(inner)

    def test_it(self, keys, store):
        assert keys.server.name != store.name

    @pytest.mark.parametrize("inner", ["redis:latest"], indirect=True)
    def test_image(self, inner):
        assert inner.container.image == "redis:latest"
""",
    )
    project.run().assert_outcomes(passed=3)
    shown = project.run("--fixtures", "test_two.py")
    shown.stdout.fnmatch_lines(["store * -- conftest.py:*"])
    shown.stdout.fnmatch_lines(["inner -- test_two.py:*", "*One for this class."])


def test_a_wrong_option_is_an_error_of_the_line_that_has_it(project: Project) -> None:
    project.write(
        conftest="from pytest_engine import presets\npostgres = presets.postgres(database='')",
        test_it="def test_it(): pass",
    )
    result = project.run()
    assert result.ret != 0
    shown = f"{result.stdout}{result.stderr}"
    assert "database: '' is no name." in shown
    assert re.search(r"conftest\.py:\d+: in <module>", shown)


def test_an_unknown_option_is_refused(project: Project) -> None:
    project.write(
        conftest="from pytest_engine import presets\nredis = presets.redis(colour='red')",
        test_it="def test_it(): pass",
    )
    result = project.run()
    assert "unexpected keyword argument 'colour'" in f"{result.stdout}{result.stderr}"


def test_a_server_that_does_not_become_ready_says_what_it_was_asked(project: Project) -> None:
    project.write(
        conftest="""
from pytest_engine import presets
redis = presets.redis(args=["--port", "7000"], timeout=2)
keys = presets.fresh(redis)
""",
        test_it="def test_it(keys): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "Fixture 'redis' (redis:7): Container * was not ready after 2 s.",
            "*answer(6379, expect=b'*PONG*'): 127.0.0.1:*",
            "*Running mode=standalone, port=7000.",
        ]
    )


PLUGIN = """
from dataclasses import dataclass
from pytest_engine import presets, wait

@dataclass(frozen=True)
class Page(presets.Server):
    @property
    def url(self):
        return f"http://{self.address}"

def page(version="latest", *, text="hello", **options):
    __tracebackhide__ = True
    return presets.preset(
        lambda container: Page(container, 80),
        f"busybox:{version}",
        ports=[80],
        command=["httpd", "-f", "-p", "80", "-h", "/w"],
        files={"/w/index.html": text},
        wait=wait.http(port=80),
        options=options,
    )

def pytest_engine_presets():
    return {"page": page}
"""


def test_a_plugin_adds_a_preset(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.pytester.makepyfile(acme_presets=PLUGIN)
    monkeypatch.syspath_prepend(project.pytester.path)
    project.write(
        conftest="""
from pytest_engine import presets
page = presets.page(text="bye", scope="function")
""",
        test_it="""
from urllib.request import urlopen
from pytest_engine import presets

def test_page(page):
    with urlopen(page.url) as answer:
        assert answer.read() == b"bye"

def test_names():
    assert "page" in dir(presets)
    with pytest.raises(AttributeError, match="no attribute 'pagee'; plugins add page"):
        presets.pagee
""",
    )
    result = project.run("-p", "acme_presets")
    result.assert_outcomes(passed=2)
    assert project.left() == set()


def test_without_plugins_a_wrong_name_is_told() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'postgress'$"):
        _ = presets.postgress  # type: ignore[attr-defined]  # that is the mistake
