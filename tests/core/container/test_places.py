"""Where real containers are reached, and where they reach the host that the tests run on."""

from __future__ import annotations

import http.server
import shutil
import socket
import threading
from typing import TYPE_CHECKING, Any, Callable
from urllib.request import urlopen

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Address, Container, HostAccess, host_access
from pytest_engine.core.container.hosting import gateway_of
from pytest_engine.core.errors import InvalidInput, NetworkNotFound
from pytest_engine.core.standpoint import Place, Standpoint
from tests.request_log import request_log
from tests.roads import use_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Scratch
    from tests.lab.sshd import Sshd

    Start = Callable[..., Container]

pytestmark = pytest.mark.engine

SERVE = "mkdir -p /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"
ALL = "0.0.0.0"  # noqa: S104  # told by an engine


@pytest.fixture
def start(engine: Engine, busybox: str, scratch: Scratch) -> Start:
    """Start a container with a web server."""

    def start(bound: str = "", *, name: str = "web", **host: Any) -> Container:
        body: Any = {
            "Image": busybox,
            "Cmd": ["sh", "-c", SERVE],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {
                "PortBindings": {"80/tcp": [{"HostIp": bound, "HostPort": ""}]},
                **host,
            },
        }
        container = Container(engine, engine.containers.create(body, name=scratch.name(name))["Id"])
        container.start()
        return container

    return start


def read(url: str) -> str:
    """Read a page."""
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - one that a handle has written
        return str(answer.read().decode())


def test_a_url_leads_to_the_port(start: Start) -> None:
    web = start()
    web.wait(wait.http("/"), timeout=30)
    assert web.url(80) == f"http://{web.address(80)}"
    assert web.url(80, "index.html", scheme="https") == f"https://{web.address(80)}/index.html"
    assert web.url(80, "?x=1") == f"http://{web.address(80)}?x=1"
    assert read(web.url(80, "/")) == "hello\n"


@pytest.mark.lacks("podman5", reason="its rules of the firewall do not lead from ::1 anywhere")
def test_a_port_that_is_bound_to_ipv6_is_reached_in_brackets(start: Start) -> None:
    web = start("::1")
    web.wait(wait.http("/"), timeout=30)
    assert web.url(80).startswith("http://[::1]:")
    assert read(web.url(80, "/")) == "hello\n"


def test_an_engine_that_is_named_by_its_address_publishes_there(
    start: Start, engine_host: str
) -> None:
    own = _own_address()
    with request_log(engine_host, own) as log, Engine(log.host, environ={}) as elsewhere:
        assert not elsewhere.endpoint.is_local
        web = Container(elsewhere, start().id)
        web.wait(wait.http("/"), timeout=30)
        assert web.address(80).host == own
        assert read(web.url(80, "/")) == "hello\n"
        bound = Container(elsewhere, start("127.0.0.1", name="bound").id)
        with pytest.raises(InvalidInput, match=r"published at 127\.0\.0\.1 of the engine's host"):
            bound.address(80)


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_host_of_published_ports_can_be_stated(
    start: Start, engine_host: str, host: str
) -> None:
    web = start("127.0.0.1")
    web.wait(wait.port(80), timeout=30)
    stated = {"PYTEST_ENGINE_PORTS_HOST": host}
    for client in (Engine(engine_host, environ=stated), Engine(engine_host, ports_host=host)):
        with client:
            again = Container(client, web.id)
            assert again.address(80) == Address(host, web.address(80).port)
            assert read(again.url(80, "/")) == "hello\n"


def test_an_argument_wins_over_the_environment(engine_host: str) -> None:
    stated = {"PYTEST_ENGINE_PORTS_HOST": "there"}
    assert Engine(engine_host, environ=stated, ports_host="[::1]").ports_host == "::1"
    assert Engine(engine_host, environ=stated, ports_host="").ports_host == ""


@pytest.mark.parametrize("host", ["http://here", "here:80", "here there", "[::1]:80"])
def test_what_is_no_host_is_refused(engine_host: str, host: str) -> None:
    with pytest.raises(InvalidInput, match=r"PYTEST_ENGINE_PORTS_HOST: .* is no host"):
        Engine(engine_host, environ={"PYTEST_ENGINE_PORTS_HOST": host})


@pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh on this machine")
def test_over_ssh_ports_are_reached_at_the_host_that_its_configuration_names(
    start: Start,
    sshd: Sshd,
    engine_host: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_config(sshd.client_config, tmp_path / "bin", monkeypatch)
    web = start()
    path = engine_host[len("unix://") :]
    with Engine(f"ssh://lab{path}", environ={}) as by_ssh:
        there = Container(by_ssh, web.id)
        assert there.address(80) == Address("127.0.0.1", web.address(80).port)
        there.wait(wait.http("/"), timeout=30)
        assert read(there.url(80, "/")) == "hello\n"


class Greeting(http.server.BaseHTTPRequestHandler):
    """Says who asked."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from the tests")

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def serve() -> Iterator[Callable[[str], int]]:
    """Start servers in this process, which listen on an address, and tell their ports."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def serve(bind: str) -> int:
        servers.append(http.server.ThreadingHTTPServer((bind, 0), Greeting))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return servers[-1].server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(container: Container, host: str, port: int) -> str:
    """Have a container ask a server; busybox cannot look up names for wget, but for nc."""
    request = f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n"
    script = f"(printf '{request}'; sleep 1) | nc -w 5 {host} {port}"
    return container.exec(["sh", "-c", script], time_limit=30).text


def test_a_container_reaches_a_server_of_the_tests(
    start: Start, serve: Callable[[str], int]
) -> None:
    web = start()
    access = web.host_access()
    assert "hello from the tests" in ask(web, access.host, serve(access.bind))


def test_a_container_on_a_network_of_its_own_does_so_as_well(
    start: Start, serve: Callable[[str], int], engine: Engine, scratch: Scratch
) -> None:
    name = scratch.name("backend")
    engine.networks.create({"Name": name, "Driver": "bridge"})
    web = start(NetworkMode=name)
    access = web.host_access()
    assert access == host_access(engine, name)
    assert "hello from the tests" in ask(web, access.host, serve(access.bind))


@pytest.mark.parametrize("own_network", [False, True])
def test_the_documented_name_leads_to_a_server_of_the_tests(
    start: Start,
    serve: Callable[[str], int],
    engine: Engine,
    scratch: Scratch,
    own_network: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    host: dict[str, Any] = {"ExtraHosts": ["host.docker.internal:host-gateway"]}
    if own_network:
        host["NetworkMode"] = scratch.name("backend")
        engine.networks.create({"Name": host["NetworkMode"], "Driver": "bridge"})
    web = start(**host)
    port = serve(ALL)
    assert "hello from the tests" in ask(web, "host.docker.internal", port)


@pytest.mark.lacks("podman5", reason="its host-gateway is another address of the host's")
def test_the_documented_name_is_the_address_of_the_default_network(
    start: Start, serve: Callable[[str], int], engine: Engine
) -> None:
    web = start(ExtraHosts=["host.docker.internal:host-gateway"])
    port = serve(host_access(engine).bind)
    assert "hello from the tests" in ask(web, "host.docker.internal", port)


def test_on_the_hosts_network_a_server_is_at_loopback(
    engine: Engine, busybox: str, scratch: Scratch, serve: Callable[[str], int]
) -> None:
    body: Any = {"Image": busybox, "Cmd": ["sleep", "1000"], "HostConfig": {"NetworkMode": "host"}}
    web = Container(engine, engine.containers.create(body, name=scratch.name())["Id"])
    web.start()
    assert web.host_access() == HostAccess("127.0.0.1", "127.0.0.1")
    assert "hello from the tests" in ask(web, "127.0.0.1", serve("127.0.0.1"))


def test_towards_an_engine_elsewhere_it_is_the_address_on_the_way(engine_host: str) -> None:
    own = _own_address()
    with request_log(engine_host, own) as log, Engine(log.host, environ={}) as elsewhere:
        assert host_access(elsewhere) == HostAccess(own, own)


def test_in_a_container_it_is_the_own_address_on_the_network(
    engine_host: str, engine: Engine, scratch: Scratch
) -> None:
    name = scratch.name("backend")
    identity = engine.networks.create({"Name": name, "Driver": "bridge"})["Id"]
    with Engine(engine_host, environ={}) as inside:
        place = Place("172.30.0.9", "172.30.0.1")
        inside.standpoint = Standpoint(is_inside=True, places={identity: place})
        assert host_access(inside, name) == HostAccess("172.30.0.9", "172.30.0.9")
        assert host_access(inside) == HostAccess("172.30.0.9", "172.30.0.9")
        inside.standpoint = Standpoint(is_inside=True, places={"other": place})
        with pytest.raises(InvalidInput, match=r"has no address on network .*backend"):
            host_access(inside, name)
        # It is looked at anew after that, and this process runs in none.
        assert host_access(inside, name) == host_access(engine, name)


def test_a_network_that_does_not_exist_is_told(engine: Engine) -> None:
    with pytest.raises(NetworkNotFound):
        host_access(engine, "no-such-network")


@pytest.mark.parametrize(
    ("configs", "expected"),
    [
        ([{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"}], "172.18.0.1"),
        ([{"Subnet": "172.18.0.0/16"}], "172.18.0.1"),
        (
            [{"Subnet": "fd00::/64", "Gateway": "fd00::1/64"}, {"Subnet": "10.0.0.0/24"}],
            "10.0.0.1",
        ),
        ([{"Subnet": "fd00::/64", "Gateway": "fd00::1/64"}], "fd00::1"),
    ],
)
def test_the_hosts_address_on_a_network_is_its_gateway(configs: Any, expected: str) -> None:
    network: Any = {"Name": "backend", "Driver": "bridge", "IPAM": {"Config": configs}}
    assert gateway_of(network) == expected


def test_on_other_networks_the_host_has_no_address() -> None:
    network: Any = {"Name": "outside", "Driver": "macvlan", "IPAM": {"Config": []}}
    with pytest.raises(InvalidInput, match=r"no address on network outside .driver macvlan"):
        gateway_of(network)
