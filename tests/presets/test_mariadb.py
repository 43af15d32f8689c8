"""MariaDB through PyMySQL: ready means ready, and every test has a database of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pymysql
import pytest

from pytest_engine import presets
from pytest_engine.core.errors import Timeout

pytestmark = pytest.mark.engine

IMAGES = ("mariadb:11",)


def connect(database: presets.Database) -> pymysql.Connection[pymysql.cursors.Cursor]:
    return pymysql.connect(
        host=database.host,
        port=database.port,
        user=database.username,
        password=database.password,
        database=database.name,
        autocommit=True,
    )


def run(database: presets.Database, statement: str) -> tuple[tuple[object, ...], ...]:
    with connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchall())


def prepare(database: presets.Database) -> None:
    run(database, "CREATE TABLE migrated (number int)")
    run(database, "INSERT INTO migrated VALUES (42)")


mariadb = presets.mariadb(
    initial={
        "one.sql": "CREATE TABLE first (name text);",
        "a.sql": "INSERT INTO first VALUES ('from a script');",
        "view.sql": "CREATE VIEW seen AS SELECT name FROM first;",
    },
    prepare=prepare,
    after=["images"],
    scope="module",
)
database = presets.fresh(mariadb)
another = presets.fresh(mariadb)

plain = presets.mariadb(
    username="me 'n\\you",
    password="p:/ w'\\\"ord",
    root_password="it's",
    durable=True,
    args=["--max-connections=17"],
    after=["images"],
    scope="module",
)
plain_database = presets.fresh(plain)

each = presets.mariadb(after=["images"], scope="function")


@pytest.mark.slow
@pytest.mark.parametrize("time", range(3))
def test_no_connection_fails_once_the_fixture_has_returned(
    each: presets.MariaDb, time: int
) -> None:
    del time
    assert run(each.main, "SELECT 1") == ((1,),)


def test_initial_scripts_and_prepare_have_filled_the_main_database(
    mariadb: presets.MariaDb,
) -> None:
    assert run(mariadb.main, "SELECT * FROM seen") == (("from a script",),)
    assert run(mariadb.main, "SELECT * FROM migrated") == ((42,),)
    assert mariadb.url == f"mariadb://test:test@{mariadb.host}:{mariadb.port}/test"
    assert mariadb.internal_url == f"mariadb://test:test@{mariadb.name}:3306/test"


@pytest.mark.parametrize("time", range(3))
def test_a_fresh_database_begins_as_the_main_one_did(
    database: presets.Database, mariadb: presets.MariaDb, time: int
) -> None:
    run(mariadb.main, f"CREATE TABLE later_{time} (number int)")
    assert run(database, "SELECT * FROM seen") == (("from a script",),)
    assert run(database, "SELECT * FROM migrated") == ((42,),)
    assert {table for (table,) in run(database, "SHOW TABLES")} == {"first", "migrated", "seen"}
    run(database, "DELETE FROM first")


def test_two_fresh_databases_never_meet(
    database: presets.Database, another: presets.Database
) -> None:
    run(database, "DELETE FROM first")
    assert run(another, "SELECT count(*) FROM first") == ((1,),)


def test_a_database_is_gone_after_its_test(mariadb: presets.MariaDb) -> None:
    with mariadb.fresh() as made:
        assert made.name in mariadb.execute("SHOW DATABASES")
    assert made.name not in mariadb.execute("SHOW DATABASES")
    assert made.name not in mariadb.execute("SHOW GRANTS FOR test@'%'")


def test_a_statement_that_fails_says_why_and_the_next_one_works(
    mariadb: presets.MariaDb,
) -> None:
    with pytest.raises(presets.StatementFailed, match="nothing' doesn't exist"):
        mariadb.execute("SELECT * FROM test.nothing")
    assert mariadb.execute("SELECT 1, 2") == "1\t2"


def test_names_and_passwords_may_be_odd(
    plain: presets.MariaDb, plain_database: presets.Database
) -> None:
    assert run(plain.main, "SELECT 1") == ((1,),)
    assert run(plain_database, "SHOW TABLES") == ()
    assert run(plain_database, "CREATE TABLE mine (number int)") == ()
    assert plain.execute("SELECT user()") == "root@localhost"
    assert "ord" not in repr(plain)


def test_arguments_reach_the_server(plain: presets.MariaDb) -> None:
    assert run(plain.main, "SELECT @@max_connections, @@innodb_doublewrite") == ((17, "ON"),)


def test_what_is_not_durable_is_fast(each: presets.MariaDb) -> None:
    settings = "SELECT @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite, @@log_bin"
    assert run(each.main, settings) == ((0, "OFF", 0),)


def test_of_all_workers_one_prepares_a_server(each: presets.MariaDb) -> None:
    calls = []

    def prepare_and_note(database: presets.Database) -> None:
        calls.append(database.name)
        prepare(database)

    # What each worker has: a handle of its own on the same container.
    workers = [replace(each, has_content=True, prepare=prepare_and_note) for _number in range(3)]
    with ThreadPoolExecutor() as threads:
        for done in [threads.submit(worker.open) for worker in workers]:
            done.result()
    for worker in workers:
        with worker.fresh() as made:
            assert run(made, "SELECT * FROM migrated") == ((42,),)
        worker.close()
    assert calls == ["test"]


def test_a_worker_waits_for_the_one_that_prepares_a_server_but_not_for_ever(
    each: presets.MariaDb,
) -> None:
    def prepare_while_another_waits(_database: presets.Database) -> None:
        message = f"{each.name}: an end of the `prepare` that another worker runs: not within 0.3 s"
        with pytest.raises(Timeout, match=message):
            hasty.open()

    first = replace(each, has_content=True, prepare=prepare_while_another_waits)
    hasty = replace(each, has_content=True, prepare=prepare, patience=0.3)
    first.open()
    hasty.open()
    for worker in (first, hasty):
        worker.close()
