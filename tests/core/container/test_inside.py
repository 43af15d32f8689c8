"""Tests that run in a container of the engine themselves, with its socket mounted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
import requests
import requests_unixsocket
import urllib3

import pytest_engine
from pytest_engine.core import wait
from pytest_engine.core.container import Container
from tests.conftest import TEST_ENGINE, LabImages
from tests.lab import OWN_ENGINE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    Start = Callable[..., Container]

pytestmark = pytest.mark.engine

APART = pytest.mark.lacks(
    "podman5",
    reason="it turns a published port into the container's own, to which no other network leads",
)
SERVE = "mkdir -p /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"
# What the tests in the container do: they find the other one, ask it, and are asked by it.
INSIDE = """
import http.server, json, sys, threading
from urllib.request import urlopen
from pytest_engine import Container, Engine, errors, wait

engine = Engine("unix:///engine.sock")
target = Container(engine, sys.argv[1])
target.wait(wait.port(80) & wait.http("/", port=80), timeout=30)
found = {"host": target.address(80).host, "port": target.address(80).port}
found["page"] = urlopen(target.url(80, "/"), timeout=10).read().decode()
try:
    access = target.host_access()
except errors.InvalidInput as refusal:
    found["refusal"] = str(refusal)
else:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello from inside")

    server = http.server.HTTPServer((access.bind, 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    request = "printf 'GET / HTTP/1.0\\\\r\\\\n\\\\r\\\\n'; sleep 1"
    ask = f"({request}) | nc -w 5 {access.host} {server.server_port}"
    found["asked"] = "hello from inside" in target.exec(["sh", "-c", ask], time_limit=30).text
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def image(
    engine: Engine, lab: LabImages, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """An image with this package and the libraries that it needs."""
    lab.require("python:3")
    engine.images.pull("python:3")
    context = tmp_path_factory.mktemp("inside")
    for module in (pytest_engine, requests, requests_unixsocket, urllib3):
        folder = Path(str(module.__file__)).parent
        shutil.copytree(
            folder,
            context / "site" / folder.name,
            ignore=shutil.ignore_patterns("__pycache__", "plugin"),
        )
    for name in ("idna", "certifi", "charset_normalizer"):
        folder = Path(str(requests.__file__)).parents[1] / name
        shutil.copytree(folder, context / "site" / name, ignore=shutil.ignore_patterns("*.so"))
    (context / "Dockerfile").write_text(
        "FROM python:3\nCOPY site /site\nENV PYTHONPATH=/site PYTHONDONTWRITEBYTECODE=1\n"
    )
    made = engine.build.image(context)
    yield made
    engine.images.remove(made, force=True)


@pytest.fixture
def inside(engine: Engine, image: str, scratch: Scratch) -> Callable[..., dict[str, Any]]:
    """Run the program in a container, and return what it found."""
    # Guests have their socket in the folder that the lab mounts.
    path = engine.endpoint.path if TEST_ENGINE == OWN_ENGINE else "/lab/engine.sock"

    def run(target: Container, *extra: str, **host: Any) -> dict[str, Any]:
        body: Any = {
            "Image": image,
            "Cmd": ["python3", "-c", INSIDE, target.id],
            "HostConfig": {"Binds": [f"{path}:/engine.sock"], "ExtraHosts": list(extra), **host},
        }
        created = engine.containers.create(body, name=scratch.name("tests"))
        tests = Container(engine, created["Id"])
        tests.start()
        tests.wait(wait.exit(None), timeout=60)
        log = tests.logs()
        # Others whose network it shares cannot be removed before it.
        tests.remove()
        try:
            found: dict[str, Any] = json.loads(log.splitlines()[-1])
        except (ValueError, IndexError):
            raise AssertionError(log) from None
        return found

    return run


@pytest.fixture
def start(engine: Engine, busybox: str, scratch: Scratch) -> Start:
    """Start a container with a web server."""

    def start(network: str | None = None, bound: str = "", name: str = "web") -> Container:
        host: Any = {"PortBindings": {"80/tcp": [{"HostIp": bound, "HostPort": ""}]}}
        if network is not None:
            host["NetworkMode"] = network
        body: Any = {
            "Image": busybox,
            "Cmd": ["sh", "-c", SERVE],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": host,
        }
        container = Container(engine, engine.containers.create(body, name=scratch.name(name))["Id"])
        container.start()
        return container

    return start


@pytest.fixture
def networks(engine: Engine, scratch: Scratch) -> tuple[str, str]:
    """Two networks."""
    names = (scratch.name("one"), scratch.name("two"))
    for name in names:
        engine.networks.create({"Name": name, "Driver": "bridge"})
    return names


def test_on_one_network_the_container_itself_is_reached(
    start: Start, inside: Callable[..., dict[str, Any]], networks: tuple[str, str]
) -> None:
    web = start(networks[0], "127.0.0.1")
    found = inside(web, NetworkMode=networks[0])
    assert found == {"host": web.ip(), "port": 80, "page": "hello\n", "asked": True}


def test_on_the_default_network_the_container_itself_is_reached(
    start: Start, inside: Callable[..., dict[str, Any]]
) -> None:
    web = start()
    assert inside(web) == {"host": web.ip(), "port": 80, "page": "hello\n", "asked": True}


@APART
def test_on_another_network_the_published_port_is_reached_at_the_gateway(
    start: Start,
    inside: Callable[..., dict[str, Any]],
    networks: tuple[str, str],
    engine: Engine,
) -> None:
    web = start(networks[0])
    found = inside(web, NetworkMode=networks[1])
    assert found["port"] == web.address(80).port
    assert found["page"] == "hello\n"
    assert "has no address on network" in found["refusal"]
    assert found["host"] == engine.networks.inspect(networks[1])["IPAM"]["Config"][0]["Gateway"]


@APART
def test_on_another_network_the_hosts_name_is_used_where_it_was_given(
    start: Start, inside: Callable[..., dict[str, Any]], networks: tuple[str, str]
) -> None:
    web = start(networks[0])
    found = inside(web, "host.docker.internal:host-gateway", NetworkMode=networks[1])
    assert (found["host"], found["page"]) == ("host.docker.internal", "hello\n")


def test_on_the_hosts_network_loopback_is_reached(
    start: Start, inside: Callable[..., dict[str, Any]]
) -> None:
    web = start()
    found = inside(web, NetworkMode="host")
    assert (found["host"], found["page"]) == ("127.0.0.1", "hello\n")
    assert found["asked"]


def test_in_the_network_of_another_container_its_place_counts(
    start: Start, inside: Callable[..., dict[str, Any]], networks: tuple[str, str]
) -> None:
    web, neighbour = start(networks[0]), start(networks[0], name="neighbour")
    found = inside(web, NetworkMode=f"container:{neighbour.id}")
    assert (found["host"], found["page"]) == (web.ip(), "hello\n")
