"""PostgreSQL through psycopg: ready means ready, and every test has a database of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from pytest_engine import ContainerSpec, Mount, network, presets, volume, wait
from pytest_engine.core.errors import InvalidInput, Timeout
from pytest_engine.core.polling import poll
from pytest_engine.presets.initial import collect_scripts

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine import RunContainer

pytestmark = pytest.mark.engine

IMAGES = ("postgres:15",)


def prepare(database: presets.Database) -> None:
    with psycopg.connect(database.dsn) as connection:
        connection.execute("CREATE TABLE migrated (number int)")
        connection.execute("INSERT INTO migrated VALUES (42)")


backend = network(scope="module")
postgres = presets.postgres(
    "15",
    initial={
        "one.sql": "CREATE TABLE first (name text);",
        "a.sh": "psql -U $POSTGRES_USER -d "
        "$POSTGRES_DB -c \"INSERT INTO first VALUES ('from a script')\"",
    },
    network=backend,
    after=["images"],
    scope="module",
)
database = presets.fresh(postgres)
another = presets.fresh(postgres)
shared = presets.fresh(postgres, scope="module")

odd = presets.postgres(
    "15",
    database="o\"d na'me",
    username="me@home",
    password="p:/ w'\\\"ord",
    prepare=prepare,
    args=["-c", "max_connections=17"],
    env={"TZ": "Asia/Tokyo"},
    after=["images"],
    scope="module",
)
odd_database = presets.fresh(odd)

data = volume(scope="module")
durable = presets.postgres(
    "15",
    durable=True,
    volumes={"/var/lib/postgresql/data": data},
    after=["images"],
    scope="module",
)

usual = presets.postgres("15", database="postgres", after=["images"], scope="module")

each = presets.postgres("15", after=["images"], scope="function")


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.slow
@pytest.mark.parametrize("time", range(20))
def test_no_connection_fails_once_the_fixture_has_returned(
    each: presets.Postgres, time: int
) -> None:
    del time
    assert rows(each.url, "SELECT 1") == [(1,)]


def test_initial_scripts_have_run_in_the_order_in_which_they_were_stated(
    postgres: presets.Postgres,
) -> None:
    assert rows(postgres.url, "SELECT * FROM first") == [("from a script",)]


def test_url_and_dsn_lead_to_the_main_database(postgres: presets.Postgres) -> None:
    for address in (postgres.url, postgres.dsn):
        assert rows(address, "SELECT current_database(), current_user") == [("test", "test")]
    assert postgres.url == f"postgresql://test:test@{postgres.host}:{postgres.port}/test"
    assert postgres.main.url_as("postgresql+psycopg").startswith("postgresql+psycopg://test:")


def test_other_containers_reach_it_by_the_internal_url(
    postgres: presets.Postgres, run_container: RunContainer
) -> None:
    inspected = postgres.container.inspect()["NetworkSettings"]["Networks"]
    client = run_container(
        ContainerSpec(image="postgres:15", entrypoint=["sleep", "1000"], networks=[*inspected]),
        wait=False,
    )
    found = client.exec(["psql", postgres.internal_url, "-Atc", "SELECT name FROM first"])
    assert (found.text.strip(), found.error_text) == ("from a script", "")


@pytest.mark.parametrize("time", range(3))
def test_a_fresh_database_begins_as_the_main_one_did(
    database: presets.Database, postgres: presets.Postgres, time: int
) -> None:
    with psycopg.connect(postgres.url) as in_main, psycopg.connect(database.url) as connection:
        in_main.execute("SELECT 1")
        assert connection.execute("SELECT * FROM first").fetchall() == [("from a script",)]
        connection.execute("INSERT INTO first VALUES (%s)", [str(time)])
    assert database.name != postgres.database


def test_two_fresh_databases_never_meet(
    database: presets.Database, another: presets.Database
) -> None:
    with psycopg.connect(database.url) as connection:
        connection.execute("CREATE TABLE mine (number int)")
    assert rows(another.url, "SELECT to_regclass('mine')") == [(None,)]


@pytest.mark.parametrize("time", range(2))
def test_a_wider_scope_keeps_the_database(shared: presets.Database, time: int) -> None:
    with psycopg.connect(shared.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seen (number int)")
        connection.execute("INSERT INTO seen VALUES (1)")
        counted = connection.execute("SELECT count(*) FROM seen").fetchall()
    assert counted == [(time + 1,)]


def test_a_database_is_dropped_also_while_somebody_is_connected(
    postgres: presets.Postgres,
) -> None:
    with postgres.fresh() as made:
        connection = psycopg.connect(made.url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    assert made.name not in postgres.execute("SELECT datname FROM pg_database")


def test_a_statement_that_fails_says_why_and_the_next_one_works(
    postgres: presets.Postgres,
) -> None:
    with pytest.raises(presets.StatementFailed, match='"nothing" does not exist'):
        postgres.execute("SELECT * FROM nothing")
    assert postgres.execute("SELECT 1, 2;") == "1|2"


def test_names_and_passwords_may_be_odd(odd: presets.Postgres) -> None:
    assert rows(odd.url, "SELECT current_user") == [("me@home",)]
    assert rows(odd.dsn, "SELECT current_database()") == [("o\"d na'me",)]
    assert "ord" not in repr(odd)
    assert "ord" not in repr(odd.main)


def test_arguments_and_variables_reach_the_server(odd: presets.Postgres) -> None:
    assert rows(odd.url, "SHOW max_connections") == [("17",)]
    assert odd.container.exec(["printenv", "TZ"]).text.strip() == "Asia/Tokyo"


def test_data_in_memory_are_on_no_disk(odd: presets.Postgres) -> None:
    folder = rows(odd.url, "SHOW data_directory")[0][0]
    found = odd.container.exec(["stat", "-f", "-c", "%T", str(folder)])
    assert found.text.strip() == "tmpfs"


def test_durable_data_are_in_the_volume_and_survive_a_restart(durable: presets.Postgres) -> None:
    with psycopg.connect(durable.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS number")
    assert durable.execute("SHOW fsync") == "on"
    durable.container.restart()
    durable.container.wait(wait.exec(["pg_isready", "--host=127.0.0.1"]))
    assert rows(durable.url, "SELECT * FROM kept") == [(1,)]
    # Its client went with the first life of the container.
    with durable.fresh() as made:
        assert rows(made.url, "SELECT to_regclass('kept')") == [(None,)]


@pytest.mark.parametrize(
    "options",
    [
        presets.Options(volumes=["data:/var/lib/postgresql/data"]),
        presets.Options(volumes={"/var/lib/postgresql": "data"}),
        presets.Options(mounts=[Mount("/var/lib/postgresql/17/docker")]),
    ],
)
def test_a_volume_that_would_stay_empty_is_refused(options: presets.Options) -> None:
    with pytest.raises(InvalidInput, match="durable=True keeps them there"):
        presets.postgres(**options)


def test_what_prepare_has_made_is_in_every_database(
    odd: presets.Postgres, odd_database: presets.Database
) -> None:
    for url in (odd.url, odd_database.url):
        assert rows(url, "SELECT * FROM migrated") == [(42,)]


def test_a_template_that_is_missing_is_made_of_the_main_database(
    odd: presets.Postgres,
) -> None:
    odd.execute("DROP DATABASE pytest_engine_template")
    with odd.fresh() as made:
        assert rows(made.url, "SELECT * FROM migrated") == [(42,)]


def test_of_all_workers_one_prepares_a_server(each: presets.Postgres) -> None:
    calls = []

    def prepare_and_note(database: presets.Database) -> None:
        calls.append(database.name)
        prepare(database)

    each.execute("DROP DATABASE pytest_engine_template")
    # What each worker has: a handle of its own on the same container.
    workers = [replace(each, prepare=prepare_and_note) for _number in range(3)]
    with ThreadPoolExecutor() as threads:
        for done in [threads.submit(worker.open) for worker in workers]:
            done.result()
    for worker in workers:
        with worker.fresh() as made:
            assert rows(made.url, "SELECT * FROM migrated") == [(42,)]
        worker.close()
    assert calls == ["test"]


def test_a_worker_waits_for_the_one_that_prepares_a_server_but_not_for_ever(
    each: presets.Postgres,
) -> None:
    def prepare_while_another_waits(_database: presets.Database) -> None:
        message = f"{each.name}: an end of the `prepare` that another worker runs: not within 0.3 s"
        with pytest.raises(Timeout, match=message):
            hasty.open()

    each.execute("DROP DATABASE pytest_engine_template")
    first = replace(each, prepare=prepare_while_another_waits)
    hasty = replace(each, prepare=prepare, patience=0.3)
    first.open()
    hasty.open()
    for worker in (first, hasty):
        worker.close()


def test_the_database_that_every_server_has_may_be_the_main_one(
    usual: presets.Postgres,
) -> None:
    def prepare_late(database: presets.Database) -> None:
        server = database.server
        assert isinstance(server, presets.Postgres)
        others = "FROM pg_stat_activity WHERE backend_type = 'client backend'"
        others = f"SELECT count(*) > 1 {others} AND pid <> pg_backend_pid()"
        poll(lambda: server.execute(others) == "t", timeout=30, what="the others are waiting")
        prepare(database)

    usual.execute("DROP DATABASE pytest_engine_template")
    usual.close()
    workers = [replace(usual, prepare=prepare_late) for _number in range(3)]
    with ThreadPoolExecutor() as threads:
        for done in [threads.submit(worker.open) for worker in workers]:
            done.result()
    for worker in workers:
        assert worker.execute("SELECT current_database()") == "postgres"
        with worker.fresh() as made:
            assert rows(made.url, "SELECT * FROM migrated") == [(42,)]
        worker.close()


def test_whoever_is_connected_to_the_main_database_keeps_it_from_being_copied(
    odd: presets.Postgres,
) -> None:
    odd.execute("DROP DATABASE pytest_engine_template")
    with (
        psycopg.connect(odd.url),
        pytest.raises(presets.StatementFailed, match="has to close that connection"),
        odd.fresh(),
    ):
        pass


def test_scripts_come_from_files_and_folders_beside_the_caller(tmp_path: Path) -> None:
    (tmp_path / "b.sql").write_text("SELECT 2;")
    (tmp_path / "a.sql").write_text("SELECT 1;")
    (tmp_path / "README").write_text("not run")
    assert collect_scripts([tmp_path / "b.sql", tmp_path]) == {
        "000-b.sql": b"SELECT 2;",
        "001-a.sql": b"SELECT 1;",
        "002-b.sql": b"SELECT 2;",
    }


@pytest.mark.parametrize(
    ("scripts", "message"),
    [
        ("no-such-file.sql", "there is no .*tests/presets/no-such-file.sql"),
        ({"notes.txt": ""}, "'notes.txt' would not be run"),
        ({"a/b.sql": ""}, "'a/b.sql' would not be run"),
    ],
)
def test_scripts_that_would_not_run_are_refused(scripts: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        presets.postgres(initial=scripts)


@pytest.mark.parametrize("name", ["", "a\nb", "a\0b"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="is no name"):
        presets.postgres(database=name)
    with pytest.raises(InvalidInput, match="is no name"):
        presets.postgres(username=name)


def test_readiness_is_the_users_to_change(each_log: presets.Postgres) -> None:
    assert "ready to accept connections" in each_log.container.logs()


each_log = presets.postgres(
    "15",
    wait=wait.log("ready to accept connections", times=2),
    after=["images"],
    scope="function",
)
