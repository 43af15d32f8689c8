"""The lab's images do what users of the names that they bear expect."""

from __future__ import annotations

import gzip
import io
import itertools
import tarfile
import urllib.request
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core import wait
from pytest_engine.core.container import Container

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import ContainerCreateBody
    from tests.conftest import LabImages, Scratch

pytestmark = pytest.mark.engine

Start = Callable[..., Container]


@pytest.fixture
def start(engine: Engine, lab: LabImages, scratch: Scratch) -> Start:
    """Give a function that starts a container of an image of the lab."""
    numbers = itertools.count()

    def started(
        image: str,
        *command: str,
        env: Mapping[str, str] | None = None,
        files: Mapping[str, bytes] | None = None,
        volume: str | None = None,
        port: int | None = None,
    ) -> Container:
        lab.require(image)
        engine.images.pull(image)
        body: ContainerCreateBody = {
            "Image": image,
            "Cmd": list(command),
            "Env": [f"{name}={value}" for name, value in (env or {}).items()],
            "HostConfig": {
                "Binds": [f"{scratch.name()}:{volume}"] if volume else [],
                "PortBindings": {f"{port}/tcp": [{"HostIp": "127.0.0.1"}]} if port else {},
            },
        }
        name = scratch.name(str(next(numbers)))
        created = engine.containers.create(body, name=name)["Id"]
        if files:
            engine.containers.put_archive(created, "/", _archive(files))
        container = Container(engine, created)
        container.start()
        return container

    return started


def _archive(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            member.mode = 0o755
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _exit_code(container: Container) -> int:
    return int(container.inspect()["State"]["ExitCode"])


_READY = wait.log("database system is ready to accept connections", times=2)


def _query(container: Container, text: str, *options: str) -> str:
    return container.exec(["psql", "-U", "app", "-d", "shop", "-Atc", text, *options]).text.strip()


class TestPostgres:
    def test_it_makes_the_user_and_the_database_and_asks_for_the_password(
        self, start: Start
    ) -> None:
        env = {"POSTGRES_PASSWORD": "p'w", "POSTGRES_USER": "app", "POSTGRES_DB": "shop"}
        container = start("postgres:15", env=env)
        container.wait(_READY)
        own = container.ip()
        assert _query(container, "select current_user, current_database()") == "app|shop"
        url = f"host={own} user=app dbname=shop"
        right = container.exec(["psql", url, "-Atc", "select 1"], env={"PGPASSWORD": "p'w"})
        wrong = container.exec(["psql", url, "-Atc", "select 1"], env={"PGPASSWORD": "x"})
        assert right.text == "1\n"
        assert "password authentication failed" in wrong.error_text
        assert container.exec("pg_isready").ok

    def test_its_initial_scripts_run_once_in_order(self, start: Start) -> None:
        scripts = "docker-entrypoint-initdb.d"
        files = {
            f"{scripts}/1.sql": b"create table log (line text);",
            f"{scripts}/2.sql.gz": gzip.compress(b"insert into log values ('gz');"),
            f"{scripts}/3.sh": b'#!/bin/sh\npsql -U "$POSTGRES_USER" -d "$POSTGRES_DB" '
            b"-c \"insert into log values ('sh')\"\n",
        }
        env = {"POSTGRES_PASSWORD": "pw", "POSTGRES_USER": "app", "POSTGRES_DB": "shop"}
        container = start("postgres:15", env=env, files=files)
        container.wait(_READY)
        container.restart()
        container.wait(wait.log("ready to accept connections"))
        assert _query(container, "select string_agg(line, ',') from log") == "gz,sh"

    def test_a_failing_initial_script_ends_it(self, start: Start) -> None:
        files = {"docker-entrypoint-initdb.d/1.sql": b"no sql;"}
        container = start("postgres:15", env={"POSTGRES_PASSWORD": "pw"}, files=files)
        container.wait(wait.exit(code=3))
        assert "syntax error" in container.logs()

    def test_its_data_survive_in_a_volume(self, start: Start) -> None:
        env = {"POSTGRES_PASSWORD": "pw", "POSTGRES_USER": "app", "POSTGRES_DB": "shop"}
        first = start("postgres:15", env=env, volume="/var/lib/postgresql/data")
        first.wait(_READY)
        assert _query(first, "create table kept ()") == "CREATE TABLE"
        first.stop()
        assert _exit_code(first) == 0
        second = start("postgres:15", volume="/var/lib/postgresql/data")
        second.wait(wait.log("ready to accept connections"))
        assert _query(second, "select count(*) from kept") == "0"

    def test_without_a_password_it_says_what_to_set(self, start: Start) -> None:
        container = start("postgres:15")
        container.wait(wait.exit(code=1))
        assert "Set POSTGRES_PASSWORD" in container.logs()

    def test_the_password_can_come_from_a_file_or_not_be_wanted(self, start: Start) -> None:
        files = {"secret": b"from-file\n"}
        container = start("postgres:15", env={"POSTGRES_PASSWORD_FILE": "/secret"}, files=files)
        trusting = start("postgres:15", env={"POSTGRES_HOST_AUTH_METHOD": "trust"})
        container.wait(_READY)
        trusting.wait(_READY)
        for tested, password in ((container, "from-file"), (trusting, "")):
            url = f"host={tested.ip()} user=postgres"
            done = tested.exec(["psql", url, "-Atc", "select 1"], env={"PGPASSWORD": password})
            assert done.text == "1\n"

    def test_options_reach_the_server(self, start: Start) -> None:
        env = {"POSTGRES_HOST_AUTH_METHOD": "trust", "POSTGRES_USER": "app", "POSTGRES_DB": "shop"}
        container = start("postgres:15", "-c", "max_connections=7", env=env)
        container.wait(_READY)
        assert _query(container, "show max_connections") == "7"


class TestRedis:
    def test_it_answers_as_its_own_user_and_stops_clean(self, start: Start) -> None:
        container = start("redis:7")
        container.wait(wait.log("Ready to accept connections"))
        assert container.exec(["redis-cli", "-h", container.ip(), "ping"]).text == "PONG\n"
        assert container.exec(["stat", "-c", "%U", "/data"]).text == "redis\n"
        container.stop()
        assert _exit_code(container) == 0

    def test_options_and_data_are_taken(self, start: Start) -> None:
        container = start("redis:7", "--appendonly", "yes", volume="/data")
        container.wait(wait.log("Ready to accept connections"))
        assert container.exec("redis-cli set kept 1").text == "OK\n"
        container.stop()
        second = start("redis:7", "redis-server", "--appendonly", "yes", volume="/data")
        second.wait(wait.log("Ready to accept connections"))
        assert second.exec("redis-cli get kept").text == "1\n"

    def test_another_command_runs_instead(self, start: Start) -> None:
        container = start("redis:7", "redis-cli", "--version")
        container.wait(wait.exit(code=0))
        assert container.logs().startswith("redis-cli 7.")


class TestNginx:
    def test_it_serves_its_folder_logs_and_stops_clean(self, start: Start) -> None:
        files = {"usr/share/nginx/html/hello.txt": b"hello\n"}
        container = start("nginx:latest", files=files, port=80)
        container.wait(wait.http("/", port=80))
        with urllib.request.urlopen(f"http://{container.address(80)}/hello.txt") as answer:
            assert answer.read() == b"hello\n"
        # It writes that down once it has answered.
        container.wait(wait.log('"GET /hello.txt HTTP/1.1" 200'))
        container.stop()
        assert _exit_code(container) == 0


class TestBases:
    def test_packages_can_be_installed_on_debian(self, engine: Engine, lab: LabImages) -> None:
        lab.require("debian:bookworm")
        log: list[str] = []
        engine.build.image(
            {
                "Dockerfile": b"FROM debian:bookworm\nRUN apt-get update "
                b"&& apt-get install --yes --no-install-recommends tini && tini --version\n"
            },
            nocache=True,
            progress=log.append,
        )
        assert any("tini version" in line for line in log)

    def test_busybox_has_its_tools(self, start: Start) -> None:
        container = start("busybox:latest", "sh", "-c", "id -un; echo a | sed s/a/b/; ls /usr/bin")
        container.wait(wait.exit(code=0))
        said = container.logs().split()
        assert said[:2] == ["root", "b"]
        assert {"busybox", "httpd", "nc", "wget"} <= set(said)
