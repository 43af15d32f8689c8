"""Swarms for tests: of one engine, and of a second one that joins it from its own network."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import ipaddress
import os
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, TypeVar

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Conflict, NotSwarmManager, ServerError, SwarmLocked
from pytest_engine.core.launch import PrivateEngine, launch_dockerd
from tests.lab.namespaces import current_network, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Literal

    from pytest_engine.core.types.engine import ServiceCreateBody, SwarmInitBody, Task

_CLONE_NEWNET = 0x40000000
_PATIENCE = 60.0
# Engines connect a swarm's containers with the machine through it, and find it by this name.
_GATEWAY_NETWORK = "docker_gwbridge"
_PORT = 2377

Found = TypeVar("Found")


def encoded(text: str) -> str:
    """Write content as secrets and configs have it."""
    return base64.b64encode(text.encode()).decode()


def eventually(look: Callable[[], Found | None]) -> Found:
    """Look until there is something: a swarm tells of what becomes of it to those who ask only."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing came of it: {found!r}"
        time.sleep(0.05)


def address_of(engine: Engine) -> ipaddress.IPv4Interface:
    """The engine's own address on its bridge, which engines beside it can reach."""
    config = engine.networks.inspect("bridge")["IPAM"]["Config"][0]
    prefix = config["Subnet"].rpartition("/")[2]
    return ipaddress.IPv4Interface(f"{config['Gateway']}/{prefix}")


def bridge_of(engine: Engine) -> str:
    """The interface that is the engine's bridge."""
    return engine.networks.inspect("bridge")["Options"]["com.docker.network.bridge.name"]


@contextlib.contextmanager
def swarm_of(engine: Engine, labels: dict[str, str] | None = None) -> Iterator[str]:
    """Make an engine a swarm, and name its node; the swarm ends with the block.

    It listens on the engine's own bridge, where no other swarm of this machine does, and cannot
    publish ports other than those of nodes (`"PublishMode": "host"`).
    """
    address = address_of(engine).ip
    leave(engine)
    # Made by the engine, it would have the name that those of other engines here have.
    with contextlib.suppress(Conflict):
        engine.networks.create(
            {
                "Name": _GATEWAY_NETWORK,
                "Driver": "bridge",
                "Options": {
                    "com.docker.network.bridge.name": f"gw{bridge_of(engine)[-12:]}",
                    "com.docker.network.bridge.enable_icc": "false",
                },
            }
        )
    body: SwarmInitBody = {
        "ListenAddr": f"{address}:{_PORT}",
        "AdvertiseAddr": str(address),
        # A node that is silent for three of these is down.
        "Spec": {"Labels": labels or {}, "Dispatcher": {"HeartbeatPeriod": 1_000_000_000}},
    }
    try:
        node = _init(engine, body)
        # The network for published ports, which engines prepare and clear away when they like:
        # one swarm soon after another may find both of theirs.
        engine.networks.remove("ingress")
        yield node
    finally:
        leave(engine)
        engine.networks.remove(_GATEWAY_NETWORK)


def _init(engine: Engine, body: SwarmInitBody) -> str:
    try:
        return engine.swarm.init(body)
    except SwarmLocked:
        # Over a certificate that is left of the one before; failing clears it away (20.10).
        return engine.swarm.init(body)


def leave(engine: Engine) -> None:
    """Take an engine out of its swarm, if it is in one."""
    try:
        engine.swarm.leave(force=True)
    except NotSwarmManager:
        return
    except ServerError as exc:
        # It has left, while it was still writing a certificate, which is there yet (20.10).
        if "directory not empty" not in exc.engine_message:
            raise


@dataclass(frozen=True)
class Neighbour:
    """A second engine, in a network of its own with a cable to the bridge of the first.

    Attributes:
        engine: a client of it.
        host: where that is.
        address: where other engines reach it.
        folder: what holds its files.
        network: its network namespace, open.
    """

    engine: Engine
    host: str
    address: str
    folder: Path
    network: int

    def restart(self) -> None:
        """Stop the engine and start it again, with what it has kept."""
        with self.stopped():
            pass

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop the engine, and start it again after the block, with what it has kept."""
        with inside(self.network):
            _stop(self.folder, keep_data=True)
            yield
            launch_dockerd(self.folder)

    @contextlib.contextmanager
    def cut_off(self) -> Iterator[None]:
        """Take the cable out of the engine's network; its address stays what it is."""
        with inside(self.network):
            _ip("link", "set", "uplink", "down")
        try:
            yield
        finally:
            with inside(self.network):
                _ip("link", "set", "uplink", "up")


@contextlib.contextmanager
def neighbour_of(engine: Engine, folder: Path) -> Iterator[Neighbour]:
    """Start an engine beside another one; a folder with a short path holds it."""
    with _network_beside(engine) as (network, address):
        try:
            with inside(network):
                private = launch_dockerd(folder)
            with Engine(private.endpoint, environ={}) as client:
                yield Neighbour(client, private.endpoint.url, address, folder, network)
        finally:
            with inside(network):
                _stop(folder)


def _stop(folder: Path, *, keep_data: bool = False) -> None:
    private = PrivateEngine.find(folder)
    if private is not None:
        private.stop(keep_data=keep_data)


@contextlib.contextmanager
def _network_beside(engine: Engine) -> Iterator[tuple[int, str]]:
    """Make a network namespace, and plug it into an engine's bridge; name its address there."""
    near = address_of(engine)
    # The engine hands out the addresses of its bridge from the other end.
    address = str(near.network[-2])
    network, cable = _fresh_network(), f"sw{os.getpid()}"
    try:
        _ip("link", "add", cable, "type", "veth", "peer", "name", "uplink")
        try:
            _ip("link", "set", "uplink", "netns", f"/proc/{os.getpid()}/fd/{network}")
            _ip("link", "set", cable, "master", bridge_of(engine), "up")
            with inside(network):
                _ip("link", "set", "lo", "up")
                _ip("address", "add", f"{address}/{near.network.prefixlen}", "dev", "uplink")
                _ip("link", "set", "uplink", "up")
            yield network, address
        finally:
            _ip("link", "delete", cable)
    finally:
        os.close(network)


def join(
    neighbour: Neighbour,
    manager: Engine,
    *,
    role: Literal["Worker", "Manager"] = "Worker",
    through: Engine | None = None,
) -> str:
    """Make a neighbour a node of a manager's swarm, and name it.

    Args:
        through: another client of the neighbour.
    """
    engine = through or neighbour.engine
    engine.swarm.join(
        {
            "ListenAddr": f"{neighbour.address}:{_PORT}",
            "AdvertiseAddr": neighbour.address,
            "RemoteAddrs": [f"{address_of(manager).ip}:{_PORT}"],
            "JoinToken": manager.swarm.inspect()["JoinTokens"][role],
        }
    )
    return engine.system.info()["Swarm"]["NodeID"]


def service_spec(name: str, image: str, *command: str) -> ServiceCreateBody:
    """Specify a service of one task; its image is in the engine's store."""
    return {
        "Name": name,
        "TaskTemplate": {
            "ContainerSpec": {
                "Image": image,
                "Command": list(command) or ["sleep", "1000"],
                # Nothing of these listens to SIGTERM.
                "StopGracePeriod": 1,
            },
            "RestartPolicy": {"Condition": "none"},
        },
        "Mode": {"Replicated": {"Replicas": 1}},
    }


def tasks_of(engine: Engine, service: str, *states: str) -> Sequence[Task]:
    """Wait until all tasks of a service are in one of these states, and hand them over."""

    def look() -> Sequence[Task] | None:
        tasks = engine.tasks.list(filters={"service": service})
        reached = [task["Status"]["State"] in states for task in tasks]
        return tasks if reached and all(reached) else None

    return eventually(look)


def _fresh_network() -> int:
    """Make a network namespace and open it; it goes when nobody has it open."""
    opened = []

    def make() -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_CLONE_NEWNET) == 0:
            opened.append(current_network())

    # A thread goes there and never comes back.
    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    assert opened, "another network takes root"
    return opened[0]


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
