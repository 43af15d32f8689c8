"""Engines in containers on a network of their own, joined into a swarm, and what befalls them."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

from ..crew import do_all
from ..errors import EngineError, InvalidInput, NotFound
from ..polling import poll
from .founding import have, join, make_network
from .node import ClusterNode, NodeWanted, create_node

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from ..client import Engine
    from ..types.engine import Node

__all__ = ["Cluster"]

IMAGE = "docker:27-dind"
# The engine's own address on the network is the first.
_FIRST_ADDRESS = 10
_MOST_NODES = 100


class Cluster:
    """A swarm of engines in containers of another engine.

    A context manager that removes all of it; `start` is what makes one.

    Attributes:
        name: the network's name, and what the containers' names begin with.
        nodes: all nodes, the managers first.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        nodes: Sequence[ClusterNode] = (),
        *,
        folder: Path | None = None,
    ) -> None:
        """Remember the nodes; nothing is sent."""
        self.name = name
        self.nodes: list[ClusterNode] = list(nodes)
        self._outside = engine
        self._parent = folder
        self._folder: Path | None = None
        self._network = ""
        self._is_closed = False

    @classmethod
    def start(
        cls,
        engine: Engine,
        *,
        managers: int = 1,
        workers: int = 2,
        image: str = IMAGE,
        images: Sequence[str] = (),
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        privileged: bool | None = None,
        arguments: Sequence[str] = (),
        folder: Path | None = None,
        timeout: float = 120.0,
    ) -> Cluster:
        """Start engines and join them into a swarm.

        Args:
            engine: where their containers run.
            managers: how many nodes manage; 3 survive the loss of one, 1 and 2 of none.
            workers: how many nodes only work.
            image: what the nodes run: any with dockerd, iptables and openssl.
            images: what every node has in its store from the start. They are taken from
                `engine`, which pulls what it lacks.
            name: None: one that nobody else has.
            labels: of all that is made on `engine`.
            privileged: whether the containers are; None: as far as it is allowed.
            arguments: further ones for every dockerd: `--registry-mirror=http://...`.
            folder: the certificates for clients are kept in one that is made in it. None: in
                the one for temporary files.
            timeout: seconds until every engine answers.

        Raises:
            LaunchFailed: an engine does not come up, or does not join. Nothing is left.
            PullFailed: the image is not to be had.
        """
        if not (managers >= 1 and workers >= 0 and managers + workers <= _MOST_NODES):
            raise InvalidInput(
                f"A swarm has one manager at least and here {_MOST_NODES} nodes at most, not "
                f"{managers} managers and {workers} workers."
            )
        cluster = cls(engine, name or f"cluster-{uuid.uuid4().hex[:12]}", folder=folder)
        try:
            for wanted in dict.fromkeys([image, *images]):
                have(engine, wanted)
            names = [f"manager-{number + 1}" for number in range(managers)]
            names += [f"worker-{number + 1}" for number in range(workers)]
            wanted_node = NodeWanted(image, dict(labels or {}), privileged, tuple(arguments))
            cluster._boot(names, wanted_node, timeout)
            join(cluster.name, cluster.nodes, timeout)
            if images:
                cluster.load(*images)
        except BaseException:
            # What went wrong first is what is told.
            with contextlib.suppress(EngineError):
                cluster.close()
            raise
        return cluster

    def __enter__(self) -> Cluster:
        """Return the cluster itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove all of it."""
        self.close()

    def __repr__(self) -> str:
        """Show which cluster it is."""
        return f"Cluster({self.name!r}, {len(self.nodes)} nodes)"

    def __getitem__(self, name: str) -> ClusterNode:
        """Find a node by its name.

        Raises:
            InvalidInput: there is none of that name; the message names those there are.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise InvalidInput(
            f"Cluster {self.name} has no node {name}, but {', '.join(n.name for n in self.nodes)}."
        )

    @property
    def managers(self) -> list[ClusterNode]:
        """The nodes that joined as managers."""
        return [node for node in self.nodes if node.was_manager]

    @property
    def workers(self) -> list[ClusterNode]:
        """The nodes that joined as workers."""
        return [node for node in self.nodes if not node.was_manager]

    @property
    def engine(self) -> Engine:
        """A client of a manager whose swarm has a leader.

        Raises:
            Timeout: there is none: too few managers are left, or they don't reach each other.
        """
        return self.leader().engine

    def leader(self, timeout: float = 30.0) -> ClusterNode:
        """Find the manager that leads, and wait for one to be chosen where there is none.

        Raises:
            Timeout: none is.
        """
        said: dict[str, str] = {}
        return poll(
            lambda: self._look_for_leader(said),
            timeout=timeout,
            what=f"Cluster {self.name} has no leader that answers",
            tell=lambda: " ".join(f"{name}: {text}" for name, text in said.items()),
        )

    def _look_for_leader(self, said: dict[str, str]) -> ClusterNode | None:
        for node in [*self.managers, *self.workers]:
            try:
                if node.container.state() != "running":
                    said[node.name] = "does not run."
                    continue
                listed: list[Node] = node.engine.nodes.list()
            except EngineError as exc:
                said[node.name] = str(exc)
                continue
            leads = {one["ID"] for one in listed if (one.get("ManagerStatus") or {}).get("Leader")}
            for one in self.nodes:
                if one.id in leads:
                    return one
        return None

    def load(self, *images: str) -> None:
        """Copy images from the engine outside into the store of every node that runs.

        Args:
            images: names, the tag being `latest` where they state none, and ids.

        Raises:
            PullFailed: the engine outside lacks one and cannot pull it.
        """
        wanted = [have(self._outside, image) for image in images]
        with tempfile.TemporaryFile() as archive:
            with self._outside.images.save(wanted) as pieces:
                for piece in pieces:
                    archive.write(piece)
            running = [node for node in self.nodes if node.container.state() == "running"]
            # One after the other: the archive has one position.
            for node in running:
                archive.seek(0)
                node.engine.images.load(archive, quiet=True)

    def cut_off(self, *nodes: ClusterNode) -> None:
        """Take nodes off the network of the cluster, each by itself; `mend` brings them back.

        Their engines go on, and stay reachable from here.
        """
        for node in nodes:
            others = [other for other in self.nodes if other is not node]
            node.cut_off(*others)

    def partition(self, *sides: Iterable[ClusterNode]) -> None:
        """Split the cluster: the nodes of a side reach each other, and nobody else.

        That takes the place of an earlier split.

        Args:
            sides: the nodes of each; those that are named in none form one more.
        """
        groups = [list(side) for side in sides]
        named = [node for group in groups for node in group]
        groups.append([node for node in self.nodes if node not in named])
        running = [node for node in self.nodes if node.container.state() == "running"]
        for node in running:
            # Sides that were split before may be one now.
            node.mend()
        for group in groups:
            others = [node for node in self.nodes if node not in group]
            for node in group:
                if others and node in running:
                    node.cut_off(*others)

    def mend(self, timeout: float = 60.0) -> None:
        """Bring everything back: mend the network, start what does not run, wait for all.

        Roles and availability stay as they are.

        Raises:
            Timeout: a node does not come back.
        """
        for node in self.nodes:
            if node.container.state() != "running":
                node.start(timeout)
            node.mend()
        self.leader(timeout)
        for node in self.nodes:
            node.wait_until("ready", timeout)

    def inventory(self) -> dict[str, object]:
        """Describe the nodes that run as an Ansible inventory, for the collection's modules.

        The groups are `managers` and `workers`; every host's modules run on this machine
        and talk to the node's engine. Where that is changes with each start of the node.
        """
        groups = {
            group: [node for node in nodes if node.container.state() in ("running", "paused")]
            for group, nodes in (("managers", self.managers), ("workers", self.workers))
        }
        return {
            "all": {
                "children": {
                    group: {"hosts": {node.name: _variables(node) for node in nodes}}
                    for group, nodes in groups.items()
                }
            }
        }

    def close(self) -> None:
        """Remove the containers, the network and the certificates.

        Raises:
            EngineError: something stayed; the message says what. The rest is gone.
        """
        failed: list[str] = []
        self._is_closed = True

        def remove(node: ClusterNode) -> None:
            try:
                node.close()
            except EngineError as exc:
                failed.append(f"{node.name}: {exc}")

        # A thread that an interrupt has left behind may still add to them.
        nodes = list(self.nodes)
        do_all(remove, nodes, at_once=len(nodes), name="cluster")
        try:
            # By its id: a network of the name may be somebody else's.
            if self._network:
                self._outside.networks.remove(self._network)
        except NotFound:
            pass
        except EngineError as exc:
            failed.append(f"network {self.name}: {exc}")
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        if failed:
            raise EngineError(f"Cluster {self.name} is not all gone: {' '.join(failed)}")
        self.nodes.clear()

    def _boot(self, names: Sequence[str], wanted: NodeWanted, timeout: float) -> None:
        subnet = make_network(self._outside, self.name, wanted.labels, self._note_network)
        made = tempfile.mkdtemp(prefix="pytest-engine-cluster-", dir=self._parent)
        folder = self._folder = Path(made)

        def boot(number: int) -> None:
            name, address = names[number], subnet[_FIRST_ADDRESS + number]
            node = ClusterNode(
                name,
                create_node(self._outside, self.name, name, address, wanted),
                is_manager=name.startswith("manager"),
                address=address,
                certificates=folder / name,
                ask=lambda: self.engine,
            )
            self.nodes.append(node)
            if self._is_closed:
                # An interrupt has not waited for it.
                node.close()
                return
            node.wait_for_engine(timeout)

        do_all(boot, range(len(names)), at_once=len(names), name="cluster")
        self.nodes.sort(key=lambda node: names.index(node.name))

    def _note_network(self, network: str) -> None:
        self._network = network


def _variables(node: ClusterNode) -> dict[str, object]:
    import sys

    folder = node.certificates
    return {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "docker_host": f"tcp://{node.published}",
        "validate_certs": True,
        "ca_path": str(folder / "ca.pem"),
        "client_cert": str(folder / "cert.pem"),
        "client_key": str(folder / "key.pem"),
        "node_id": node.id,
    }
