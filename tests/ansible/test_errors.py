"""What goes wrong is told in one message, and nothing is left behind."""

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port of this host that somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with room for 256 KiB, in which there is a file already."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], check=True)
    (folder / "old").write_text("old")
    yield folder
    subprocess.run(["umount", folder], check=True)


def messages(playbooks: Playbooks, *tasks: tuple[str, dict[str, Any]]) -> list[str]:
    """What the modules say, each of which has to fail, here and in no other way."""
    run = playbooks.run_tasks(
        [
            {
                "name": str(number),
                f"pytest_engine.engine.{module}": options,
                "ignore_errors": True,
            }
            for number, (module, options) in enumerate(tasks)
        ]
    )
    assert len(run.messages) == len(tasks), run.output
    assert "This is a bug" not in run.output
    return list(run.messages.values())


def test_a_wrong_value_names_the_option(playbooks: Playbooks, scratch: Scratch) -> None:
    name = scratch.name()
    container = {"name": name, "image": "busybox"}
    said = messages(
        playbooks,
        ("container", {**container, "memory": "lots"}),
        ("container", {**container, "published_ports": ["eighty"]}),
        ("container", {**container, "volumes": ["data"]}),
        ("container", {**container, "command": True}),
        ("container", {**container, "command": {"sleep": 5}}),
        ("container", {**container, "command": ["sleep", None]}),
        ("container", {**container, "command": "a 'b", "command_handling": "compatibility"}),
        ("container_wait", {"container": name, "exec": {"command": "a 'b"}}),
        ("container", {**container, "env": {"NUMBER": 1}}),
        ("container", {**container, "labels": {"release": 1.1}}),
        (
            "container",
            {**container, "mounts": [{"target": "/x", "type": "tmpfs", "tmpfs_mode": "9"}]},
        ),
        (
            "container",
            {**container, "mounts": [{"target": "/x", "type": "tmpfs", "tmpfs_mode": "-1"}]},
        ),
        ("container", {**container, "healthcheck": {"test": "true", "interval": "soon"}}),
        ("container", {**container, "healthcheck": {"test": False}}),
        ("container", {**container, "healthcheck": {"test": 0}}),
        ("container", {**container, "default_host_ip": "[::1"}),
        ("container", {**container, "default_host_ip": "[10.0.0.15"}),
        ("container", {**container, "default_host_ip": "[]"}),
        ("container", {**container, "pull": "sometimes"}),
        ("container", {**container, "pull": ["always"]}),
        ("container", {**container, "comparisons": {"env": ["strict"]}}),
        ("container", {**container, "privileges": True}),
        ("container", {"name": name}),
        ("network", {"name": name, "ipam_config": [{"subnet": "10.0.0.0/99"}]}),
        ("network", {"name": name, "labels": {"kept": True}}),
        ("volume", {"name": name, "labels": {"kept": False}}),
        ("volume", {"state": "present"}),
        ("image_pull", {"name": "UPPER/case"}),
    )
    expected = [
        "memory",
        "eighty",
        "'data'",
        "command: True is neither a text nor a list of words",
        "command: {'sleep': 5} is neither",
        "command: None is no word",
        "command: it cannot be split",
        "exec: it cannot be split",
        "NUMBER",
        "labels: the value 1.1 of release",
        "tmpfs_mode",
        "tmpfs_mode: -1 is negative",
        "interval",
        "healthcheck: the test is a text or a list, and not False",
        "healthcheck: the test is a text or a list, and not 0",
        "default_host_ip: '[::1' is neither",
        "default_host_ip: '[10.0.0.15' is neither",
        "default_host_ip: '[]' is neither",
        "pull",
        "pull: one of missing, always, never",
        "comparisons: env has ignore, strict, allow_more_present, not ['strict']",
        "privileges",
        "image",
        "10.0.0.0/99",
        "labels: the value True of kept",
        "labels: the value False of kept",
        "volume_name",
        "UPPER/case",
    ]
    assert [word for word, text in zip(expected, said) if word not in text] == [], said
    assert scratch.everything() == set()


def test_a_time_that_cannot_be_waited_is_refused_before_anything_is_done(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name()
    made = engine.containers.create(
        {"Image": busybox, "Cmd": ["sleep", "600"], "HostConfig": {"AutoRemove": True}}, name=name
    )
    engine.containers.start(made["Id"])
    never, waited = {"name": name, "removal_wait_timeout": -1}, {"container": name, "stable": 1}
    built = {"name": scratch.name("image"), "source": "build"}
    ill = {"name": name, "state": "healthy", "healthy_wait_timeout": float("nan")}
    said = messages(
        playbooks,
        ("container", {**never, "state": "stopped"}),
        ("containers", {"containers": [{**never, "state": "absent"}]}),
        ("container", {**ill, "command": "sleep 5"}),
        ("containers", {"containers": [{**ill, "healthy_wait_timeout": float("inf")}]}),
        ("container_wait", {**waited, "wait_timeout": 0}),
        ("container_wait", {**waited, "wait_timeout": float("inf")}),
        ("image", {**built, "build": {"path": "/", "http_timeout": -1}}),
    )
    expected = [
        "removal_wait_timeout: -1.0",
        f"containers[0] ({name}): removal_wait_timeout: -1.0",
        "healthy_wait_timeout: nan",
        f"containers[0] ({name}): healthy_wait_timeout: inf",
        "wait_timeout: 0.0",
        "wait_timeout: inf",
        "build.http_timeout: -1",
    ]
    found = [text[: len(start)] for start, text in zip(expected, said)]
    assert found == expected, said
    assert engine.containers.inspect(name)["State"]["Running"]
    assert engine.containers.inspect(name)["Id"] == made["Id"]


def test_what_is_no_text_is_refused(playbooks: Playbooks, scratch: Scratch, tmp_path: Path) -> None:
    name = scratch.name()
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    build = {"path": str(tmp_path)}
    volume = {"target": "/x", "source": name, "type": "volume"}

    def container(**options: Any) -> tuple[str, dict[str, Any]]:
        return "container", {"name": name, "image": "busybox", **options}

    tasks: dict[str, tuple[str, dict[str, Any]]] = {
        "mounts.labels: a": container(mounts=[{**volume, "labels": {"a": None}}]),
        "mounts.volume_options: a": container(mounts=[{**volume, "volume_options": {"a": None}}]),
        "log_options: a": container(log_driver="json-file", log_options={"a": None}),
        "networks.driver_options: a": container(
            networks=[{"name": "bridge", "driver_options": {"a": None}}]
        ),
        "driver_options: a": ("volume", {"name": name, "driver_options": {"a": []}}),
        "ipam_driver_options: a": ("network", {"name": name, "ipam_driver_options": {"a": {}}}),
        "args: a": ("image_build", {"name": name, **build, "args": {"a": None}}),
        "labels: a": ("image_build", {"name": name, **build, "labels": {"a": None}}),
    }
    image = {"name": name, "source": "build"}
    for option in ("args", "etc_hosts", "labels"):
        wrong = {**build, option: {"a": None}}
        tasks[f"build.{option}: a"] = ("image", {**image, "build": wrong})
    said = messages(playbooks, *tasks.values())
    assert [start for start, text in zip(tasks, said) if not text.startswith(start)] == [], said
    assert scratch.everything() == set()


def test_an_engine_that_does_not_answer_is_named(playbooks: Playbooks, taken_port: int) -> None:
    said = messages(
        playbooks,
        ("volume", {"name": "data", "docker_host": "unix:///nowhere/engine.sock"}),
        ("volume", {"name": "data", "docker_host": "tcp://127.0.0.1:1"}),
        ("volume", {"name": "data", "docker_host": f"tcp://127.0.0.1:{taken_port}", "timeout": 1}),
        ("volume", {"name": "data", "docker_host": "ftp://engine"}),
        ("volume", {"name": "data", "docker_host": "tcp://127.0.0.1:1", "cert_path": "/a.pem"}),
        ("volume", {"name": "data", "api_version": "9.99"}),
    )
    expected = ["/nowhere/engine.sock", ":1", f":{taken_port}", "ftp://", "client_cert", "9.99"]
    assert [word for word, text in zip(expected, said) if word not in text] == [], said


def test_an_image_that_cannot_be_had_is_named(playbooks: Playbooks, scratch: Scratch) -> None:
    container = {"name": scratch.name()}
    said = messages(
        playbooks,
        ("image_pull", {"name": "127.0.0.1:1/nothing", "tag": "3"}),
        ("container", {**container, "image": "127.0.0.1:1/nothing:3"}),
        ("container", {**container, "image": "127.0.0.1:1/nothing:3", "pull": "never"}),
    )
    assert [text for text in said if "127.0.0.1:1/nothing:3" not in text] == []
    assert scratch.everything() == set()


def test_a_port_in_use_leaves_no_container(
    playbooks: Playbooks, scratch: Scratch, busybox: str, taken_port: int
) -> None:
    ports = {"published_ports": [f"127.0.0.1:{taken_port}:80"], "command": "sleep 600"}
    (said,) = messages(
        playbooks, ("container", {"name": scratch.name(), "image": busybox, **ports})
    )
    assert "address already in use" in said
    assert str(taken_port) in said
    assert scratch.everything() == set()


def test_a_replacement_that_fails_leaves_the_old_container(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name("old")
    made = engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=name)["Id"]
    engine.containers.start(made)
    wanted = {"name": name, "image": busybox, "command": "no-such-program", "force_kill": True}
    (said,) = messages(playbooks, ("container", wanted))
    assert "no-such-program" in said
    there = engine.containers.inspect(name)
    assert (there["Id"], there["State"]["Running"]) == (made, True)
    assert scratch.everything() == {f"container {name}"}


def test_a_volume_in_use_is_not_removed(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    volume = scratch.name("data")
    engine.containers.create(
        {"Image": busybox, "HostConfig": {"Binds": [f"{volume}:/data"]}}, name=scratch.name("user")
    )
    (said,) = messages(playbooks, ("volume", {"name": volume, "state": "absent"}))
    assert "in use" in said
    assert f"volume {volume}" in scratch.everything()


def test_a_full_disk_leaves_what_was_there(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str, small_disk: Path
) -> None:
    container = scratch.name()
    engine.containers.create({"Image": busybox}, name=container)
    # A file of two megabytes, and so is the image that it is of.
    copy = {"container": container, "container_path": "/bin/busybox"}
    old, new = small_disk / "old", small_disk / "new"
    said = messages(
        playbooks,
        ("image_export", {"name": busybox, "path": str(old)}),
        ("image_export", {"name": busybox, "path": str(new)}),
        ("container_copy_out", {**copy, "path": str(old)}),
        ("container_copy_out", {**copy, "path": str(new)}),
        ("container_copy_out", {**copy, "container_path": "/bin", "path": str(new)}),
    )
    assert [text for text in said if "No space left on device" not in text] == []
    assert [str(new) in text for text in said] == [False, True, False, True, True]
    assert {path.name: path.read_text() for path in small_disk.iterdir()} == {"old": "old"}


def test_a_container_that_dies_while_it_is_waited_for_is_told_at_once(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name, waited = scratch.name("dies"), scratch.name("waited")
    dies = ["sh", "-c", "echo last words; sleep 1; exit 3"]
    engine.containers.create({"Image": busybox, "Cmd": dies}, name=waited)
    engine.containers.start(waited)
    container = {"name": name, "image": busybox, "command": dies, "healthy_wait_timeout": 600}
    said = messages(
        playbooks,
        ("container_wait", {"container": waited, "log": {"text": "never"}, "wait_timeout": 600}),
        (
            "container",
            {**container, "state": "healthy", "healthcheck": {"test": ["CMD", "false"]}},
        ),
    )
    assert [text for text in said if "exit code 3" not in text] == [], said
    assert [waited in said[0], name in said[1]] == [True, True], said
