"""Engines of other versions and makes, beside the lab's own one.

The smoke tests run on whichever engine PYTEST_ENGINE_TEST_ENGINE names: they are what all of them
have to do for the other tests to make sense.
"""

from __future__ import annotations

import os
import socket
import subprocess
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core import wait
from pytest_engine.core.container import Container
from tests.conftest import TEST_ENGINE
from tests.lab import OWN_ENGINE, Lab, LabError
from tests.lab.guests import GUESTS
from tests.lab.namespaces import inside

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

# Podman stops a container before it removes it by force, and waits so many seconds for its end.
_AT_ONCE = 1


@pytest.mark.engine
@pytest.mark.smoke
class TestEveryEngine:
    def test_it_is_the_one_that_was_asked_for(self, engine: Engine) -> None:
        version = engine.system.version()
        names = {component["Name"] for component in version.get("Components") or ()}
        if TEST_ENGINE.startswith("podman"):
            assert "Podman Engine" in names
            assert version["Version"].startswith(f"{TEST_ENGINE[len('podman') :]}.")
        else:
            assert "Engine" in names
            assert version["Version"].startswith(f"{TEST_ENGINE}.")

    def test_it_runs_a_container_and_serves_its_port(
        self, engine: Engine, busybox: str, scratch: Scratch
    ) -> None:
        created = engine.containers.create(
            {
                "Image": busybox,
                "Cmd": ["sh", "-c", "echo hello > index.html; exec httpd -f -p 80"],
                "ExposedPorts": {"80/tcp": {}},
                "StopTimeout": _AT_ONCE,
                "HostConfig": {"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1"}]}},
            },
            name=scratch.name(),
        )
        container = Container(engine, created["Id"])
        container.start()
        container.wait(wait.http("/", port=80))
        with urllib.request.urlopen(f"http://{container.address(80)}/") as answer:
            assert answer.read() == b"hello\n"
        assert container.exec("cat index.html").text == "hello\n"

    def test_it_limits_memory(self, engine: Engine, busybox: str, scratch: Scratch) -> None:
        created = engine.containers.create(
            {
                "Image": busybox,
                "Cmd": ["sleep", "60"],
                "StopTimeout": _AT_ONCE,
                "HostConfig": {"Memory": 64 << 20},
            },
            name=scratch.name(),
        )
        container = Container(engine, created["Id"])
        container.start()
        files = "/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
        assert container.exec(["sh", "-c", f"cat {files} 2>/dev/null"]).text == f"{64 << 20}\n"

    def test_containers_on_a_network_find_each_other_by_name(
        self, engine: Engine, busybox: str, scratch: Scratch
    ) -> None:
        network = scratch.name("net")
        engine.networks.create({"Name": network})
        for name, command in (("server", "nc -ll -p 9 -e echo hi"), ("client", "sleep 60")):
            created = engine.containers.create(
                {
                    "Image": busybox,
                    "Cmd": command.split(),
                    "StopTimeout": _AT_ONCE,
                    "NetworkingConfig": {"EndpointsConfig": {network: {}}},
                    "HostConfig": {"NetworkMode": network},
                },
                name=scratch.name(name),
            )
            engine.containers.start(created["Id"])
        found = Container(engine, scratch.name("client")).exec(
            ["nslookup", "-type=a", scratch.name("server")]
        )
        own = Container(engine, scratch.name("server")).ip(network)
        assert own in found.text


@pytest.mark.skipif(os.geteuid() != 0, reason="another network takes root")
def test_a_thread_is_inside_another_network_and_comes_back() -> None:
    before = _network()
    with subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE) as elsewhere:
        network = Path(f"/proc/{elsewhere.pid}/ns/net")
        # What exec takes the place of is still in the old one.
        while str(network.readlink()) == before:
            assert elsewhere.poll() is None
        with inside(network):
            assert _network() == str(network.readlink()) != before
            with pytest.raises(OSError, match="unreachable"):
                socket.create_connection(("192.0.2.1", 9))
        assert _network() == before
        assert elsewhere.stdin is not None
        elsewhere.stdin.close()


def _network() -> str:
    return str(Path("/proc/thread-self/ns/net").readlink())


def test_an_engine_that_does_not_run_says_how_to_start_it(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    assert lab.status().engines == []
    for ask in (lab.engine_host, lab.engine_network):
        with pytest.raises(
            LabError, match=r"28.5 .* Start it: python -m tests.lab up --engine 28.5"
        ):
            ask("28.5")


def test_an_unknown_engine_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"no engine '19'. It has: 20.10, 26.1, 28.5, podman5"):
        Lab(tmp_path / "lab").up(engines=["19"])
    assert list(tmp_path.iterdir()) == []


def test_every_engine_has_an_image_that_is_made_only_when_it_is_named() -> None:
    recipes = {name: recipe for recipe in Lab.recipes() for name in recipe.names}
    assert all(recipes[guest.image].is_rare for guest in GUESTS.values())
    assert OWN_ENGINE not in GUESTS
