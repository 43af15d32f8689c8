"""A database, talked to with its ordinary client library."""

import psycopg
import pytest


@pytest.fixture
def connection(postgres):
    """A connection whose changes are rolled back after the test."""
    host, port = postgres.address(5432)
    with psycopg.connect(
        host=host, port=port, user="postgres", password="secret", dbname="postgres"
    ) as connection:
        yield connection
        connection.rollback()


def test_rows_that_were_written_can_be_read(connection):
    connection.execute("CREATE TABLE colours (name text)")
    connection.execute("INSERT INTO colours VALUES ('green'), ('red')")
    rows = connection.execute("SELECT name FROM colours ORDER BY name").fetchall()
    assert rows == [("green",), ("red",)]


def test_the_version_is_the_one_that_was_asked_for(connection):
    assert connection.info.server_version // 10000 == 15
