"""One engine of a cluster, in a container of another engine."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

from ..client import Engine
from ..container import Container
from ..endpoint import Tls
from ..ensure.updating import update_object
from ..errors import ApiError, BadRequest, EngineError, LaunchFailed, NotFound
from ..polling import poll
from ..wait import log
from .boot import API_PORT, BOOT, CERTIFICATES, CUT, MEND, READY_LINE

if TYPE_CHECKING:
    import ipaddress
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ..container import Address
    from ..types.engine import ContainerCreateBody, HostConfig, Node, NodeSpec, PortBinding

__all__ = ["ClusterNode", "NodeWanted", "create_node"]

# What an engine in a container needs where root itself lacks a capability, so that it cannot hand
# on all of them. It writes below /proc/sys and mounts /proc, which must not be covered then.
_BOUNDED: HostConfig = {
    "CapAdd": ["ALL"],
    "CapDrop": ["SYS_RESOURCE"],
    "SecurityOpt": ["seccomp=unconfined", "apparmor=unconfined"],
    "MaskedPaths": [],
    "ReadonlyPaths": [],
}
# The same to engines that know which capabilities they lack, and refuse to drop those.
_AVAILABLE: HostConfig = {**_BOUNDED, "CapDrop": []}
_PRIVILEGED: HostConfig = {"Privileged": True}
_WAYS: dict[bool | None, tuple[HostConfig, ...]] = {
    True: (_PRIVILEGED,),
    False: (_BOUNDED, _AVAILABLE),
    None: (_PRIVILEGED, _BOUNDED, _AVAILABLE),
}


class ClusterNode:
    """A node of a cluster: an engine in a container.

    Attributes:
        name: its host name in the swarm: `manager-1`, `worker-1`, ...
        was_manager: whether it joined as a manager.
        address: its own address on the cluster's network, which stays when it is restarted.
        container: the container on the engine outside.
        certificates: the folder, on this machine, with `ca.pem`, `cert.pem` and `key.pem`.
        id: the id of its node in the swarm; empty until it has joined.
    """

    def __init__(
        self,
        name: str,
        container: Container,
        *,
        is_manager: bool,
        address: ipaddress.IPv4Address,
        certificates: Path,
        ask: Callable[[], Engine],
    ) -> None:
        """Remember the container; nothing is sent."""
        self.name = name
        self.was_manager = is_manager
        self.address = str(address)
        self.container = container
        self.certificates = certificates
        self.id = ""
        self._ask = ask
        self._engine: Engine | None = None

    def __repr__(self) -> str:
        """Show which node it is."""
        return f"ClusterNode({self.name!r})"

    @property
    def published(self) -> Address:
        """Where its engine is reached from here; another port after each start."""
        return self.container.address(API_PORT)

    @property
    def engine(self) -> Engine:
        """A client of its engine, which goes on after a restart of the node through this object.

        Raises:
            InvalidInput: the node does not run.
        """
        if self._engine is None:
            folder = self.certificates
            self._engine = Engine(
                f"tcp://{self.published}",
                tls=Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem"),
                # Proxies are for what is far away.
                environ={},
            )
        return self._engine

    @property
    def environ(self) -> dict[str, str]:
        """The variables by which other programs, like Docker's CLI, reach its engine."""
        return {
            "DOCKER_HOST": f"tcp://{self.published}",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(self.certificates),
        }

    def stop(self) -> None:
        """Stop its engine in good order; its tasks go elsewhere."""
        self._forget()
        self.container.stop()

    def kill(self) -> None:
        """End its engine from one moment to the next, as a power cut does."""
        self._forget()
        self.container.kill()

    def freeze(self) -> None:
        """Stop the clock of all that runs on it; its connections stay, and nobody answers."""
        self.container.pause()

    def start(self, timeout: float = 60.0) -> None:
        """Start it after `stop` or `kill`, or unfreeze it, and wait until its engine answers.

        A node that was cut off is so no longer: the rules that do it are gone with the stop.
        """
        state = self.container.state()
        if state == "paused":
            self.container.unpause()
        elif state != "running":
            self._forget()
            self.container.start()
        self.wait_for_engine(timeout)

    def cut_off(self, *others: ClusterNode) -> None:
        """Drop all that goes between it and other nodes; it stays reachable from here.

        `Cluster.cut_off` and `Cluster.partition` do it for sets of nodes.
        """
        self._run(CUT, [other.address for other in others], "be cut off")

    def mend(self) -> None:
        """Let through again what `cut_off` drops."""
        self._run(MEND, [], "be mended")

    def inspect(self) -> Node:
        """Tell what the swarm knows of it, as a manager that answers sees it."""
        return self._ask().nodes.inspect(self.id)

    def is_ready(self) -> bool:
        """Whether the swarm's managers hear of it."""
        return self.inspect().get("Status", {}).get("State") == "ready"

    def wait_until(self, state: str, timeout: float = 60.0) -> None:
        """Wait until the managers have noticed: `ready`, `down`.

        Raises:
            Timeout: they have not.
        """

        def seen() -> str:
            return self.inspect().get("Status", {}).get("State", "unknown")

        poll(
            lambda: seen() == state,
            timeout=timeout,
            what=f"Node {self.name} is to be {state}",
            tell=lambda: f"It is {seen()}.",
        )

    def drain(self) -> None:
        """Take its tasks away, and give it no more."""
        self._update({"Availability": "drain"})

    def pause(self) -> None:
        """Leave it its tasks, and give it no more."""
        self._update({"Availability": "pause"})

    def activate(self) -> None:
        """Give it tasks again."""
        self._update({"Availability": "active"})

    def promote(self) -> None:
        """Make it a manager."""
        self._update({"Role": "manager"})

    def demote(self) -> None:
        """Make it a worker.

        Raises:
            ApiError: it is the last manager, or too few others would be left to agree.
        """
        self._update({"Role": "worker"})

    def label(self, **labels: str) -> None:
        """Give it labels, for constraints like `node.labels.disk==fast`."""
        self._update({"Labels": {**(self.inspect()["Spec"].get("Labels") or {}), **labels}})

    def wait_for_engine(self, timeout: float = 60.0) -> None:
        """Wait until its engine answers, and fetch what a client shows to it.

        Raises:
            LaunchFailed: it ended, or does not answer in time; with its last log lines.
        """
        try:
            # Its socket, and its port.
            self.container.wait(log(READY_LINE, times=2), timeout)
            if not (self.certificates / "key.pem").exists():
                shutil.rmtree(self.certificates, ignore_errors=True)
                self.container.copy_out(CERTIFICATES, self.certificates)
            self.engine.system.ping()
        except EngineError as exc:
            raise LaunchFailed(
                f"The engine of node {self.name} does not answer: {exc} Its image needs dockerd, "
                f"iptables and openssl."
            ) from exc

    def close(self) -> None:
        """Remove its container, with all that is in it."""
        self._forget()
        try:
            self.container.remove()
        except NotFound:
            return

    def _update(self, change: NodeSpec) -> None:
        manager = self._ask()

        def look() -> Node:
            return manager.nodes.inspect(self.id)

        # The swarm changes a node itself, as while its role changes.
        update_object(
            look(),
            look,
            lambda spec: {**spec, **change},
            lambda spec, version: manager.nodes.update(self.id, spec, version=version),
        )

    def _run(self, program: str, arguments: Sequence[str], what: str) -> None:
        result = self.container.exec(["sh", "-euc", program, "sh", *arguments])
        if not result.ok:
            raise LaunchFailed(
                f"Node {self.name} cannot {what}: {result.error_text.strip()}. Its image needs "
                "iptables."
            )

    def _forget(self) -> None:
        if self._engine is not None:
            self._engine.close()
            self._engine = None


@dataclass(frozen=True)
class NodeWanted:
    """What the containers of all nodes have in common.

    Attributes:
        image: has dockerd, iptables and openssl.
        labels: of the containers and of the volumes that hold what the engines store.
        privileged: None: try, and fall back to all but what root lacks here.
        arguments: further ones for dockerd.
    """

    image: str
    labels: Mapping[str, str]
    privileged: bool | None
    arguments: Sequence[str]


def create_node(
    engine: Engine,
    network: str,
    host_name: str,
    address: ipaddress.IPv4Address,
    wanted: NodeWanted,
) -> Container:
    """Create the container of a node and start it, privileged or as far as that goes here.

    Args:
        engine: where to.
        network: the cluster's network, whose name the container's begins with.
        host_name: the node's name.
        address: its address on the network.
        wanted: the rest.
    """
    endpoint = engine.endpoint
    names = ["DNS:localhost", "IP:127.0.0.1", "IP:::1", f"IP:{address}", f"DNS:{host_name}"]
    if endpoint.host:
        is_number = ":" in endpoint.host or endpoint.host.replace(".", "").isdigit()
        names.append(f"{'IP' if is_number else 'DNS'}:{endpoint.host}")
    # One that is on this machine needs to be reached from nowhere else.
    bound: PortBinding = {"HostIp": "127.0.0.1"} if endpoint.is_local else {}
    name, labels = f"{network}-{host_name}", dict(wanted.labels)
    ways = _WAYS[wanted.privileged]
    for way in ways:
        body: ContainerCreateBody = {
            "Image": wanted.image,
            "Hostname": host_name,
            "Entrypoint": ["sh", "-euc", BOOT, "node"],
            "Cmd": list(wanted.arguments),
            "Env": [f"NAMES={','.join(names)}"],
            "Labels": labels,
            "ExposedPorts": {f"{API_PORT}/tcp": {}},
            "HostConfig": {
                "NetworkMode": network,
                "PortBindings": {f"{API_PORT}/tcp": [bound]},
                # Its control groups are below its container's, and go with them.
                "CgroupnsMode": "private",
                # Collects what the engine's own children leave behind.
                "Init": True,
                "Mounts": [
                    {
                        "Type": "volume",
                        "Target": "/var/lib/docker",
                        "VolumeOptions": {"Labels": labels},
                    }
                ],
                **way,
            },
            "NetworkingConfig": {
                "EndpointsConfig": {network: {"IPAMConfig": {"IPv4Address": str(address)}}}
            },
        }
        try:
            made = engine.containers.create(body, name=name)
        except BadRequest:
            if way is ways[-1]:
                raise
            continue
        container = Container(engine, made["Id"], name=name, image=wanted.image)
        try:
            container.start()
        except BaseException as exc:
            container.remove()
            if way is ways[-1] or not isinstance(exc, ApiError):
                raise
        else:
            break
    return container
