"""Services with a life: how they are made and found."""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

# What an Engine imports by itself travels to a target because it is named here.
from ..api.asked import check_seconds
from ..api.distribution import Distribution  # noqa: F401  # pylint: disable=unused-import
from ..api.networks import Networks  # noqa: F401  # pylint: disable=unused-import
from ..api.nodes import Nodes  # noqa: F401  # pylint: disable=unused-import
from ..api.services import Services  # noqa: F401  # pylint: disable=unused-import
from ..api.tasks import Tasks  # noqa: F401  # pylint: disable=unused-import
from ..api.volumes import Volumes  # noqa: F401  # pylint: disable=unused-import
from ..errors import Conflict, EngineError, Incompatible, InvalidInput, NotFound, telling
from .body import DEFINITION_LABEL, Life, body_with, read_definition, read_life, to_body
from .links import LinkedServiceMissing, link_variables
from .service import LiveService
from .states import STATES, is_ending

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..client import Engine
    from ..types.engine import Service, ServiceCreateBody, Task
    from .definition import ServiceDefinition

__all__ = ["LiveServices"]

NETWORK = "services"
_SWAP = (1, 52)


class LiveServices:
    """The services with a life of a swarm: those that were made here, or by the module `service`.

    What they are and what has become of them is recorded in the swarm, as labels of theirs,
    and nowhere else: any program with any manager finds them as they are.

    Args:
        engine: a manager.
        network: the overlay network on which those that are created reach each other by
            name; made when the first is. The others stay on theirs.
        nodes: engines of other nodes, where volumes are to be removed as well when a
            service is terminated.
    """

    def __init__(
        self, engine: Engine, *, network: str = NETWORK, nodes: Sequence[Engine] = ()
    ) -> None:
        """Remember the engine; nothing is sent."""
        self.engine = engine
        self.network = network
        self.nodes = tuple(nodes)

    def create(self, definition: ServiceDefinition) -> LiveService:
        """Create a service without starting it.

        Raises:
            Conflict: the name is taken.
            LinkedServiceMissing: there is no service that it is linked to, or has volumes from.
            NotSwarmManager: the engine manages no swarm.
        """
        life = Life(network=self.network)
        body = self.body(definition, life)
        with self.on_network(definition, life):
            created = self.engine.services.create(body)
        return self.get(created["ID"])

    def get(self, service: str) -> LiveService:
        """Find a service by its name or whole uuid.

        Raises:
            NotFound: there is none.
            InvalidInput: there is one, but it was not made here, or cannot be read here.
        """
        found = self._inspect(service)
        if DEFINITION_LABEL not in (found["Spec"].get("Labels") or {}):
            raise InvalidInput(
                f"Service {service} is a swarm service without a life: it was not created as one, "
                "so nothing tells what it is to be. Use the swarm's own operations."
            )
        return LiveService(self, found, self.tasks(service=found["ID"]))

    def find(self, service: str) -> LiveService | None:
        """Find a service by its name or whole uuid; None: there is none."""
        try:
            return self.get(service)
        except NotFound:
            return None

    def list(
        self,
        *,
        uuid: str | None = None,
        state: str | None = None,
        name: str | None = None,
        stack: str | None = None,
    ) -> list[LiveService]:
        """List services, by name, in two or three requests however many there are.

        One whose definition cannot be read here, such as a newer version's, is left out.

        Args:
            uuid: only the one with this.
            state: only those in this state.
            name: only the one of this very name.
            stack: only those of this stack.
        """
        if state is not None and state not in STATES:
            raise InvalidInput(f"state: {state!r} is none of {', '.join(STATES)}.")
        found = self.engine.services.list(filters={"label": DEFINITION_LABEL})
        tasks: dict[str, list[Task]] = defaultdict(list)
        for task in self.tasks() if found else ():
            tasks[task.get("ServiceID", "")].append(task)
        services = []
        for one in found:
            # Others are not to suffer from it; `get` tells why.
            with suppress(InvalidInput):
                services.append(LiveService(self, one, tasks[one["ID"]]))
        wanted = {"uuid": uuid, "state": state, "name": name, "stack": stack}
        return sorted(
            (
                one
                for one in services
                if all(value is None or getattr(one, key) == value for key, value in wanted.items())
            ),
            key=lambda one: one.name,
        )

    def tasks(self, **filters: str) -> Sequence[Task]:
        """List tasks; those that are to end on a node that is down are `orphaned`.

        So does the swarm call them, after 24 hours: nobody can tell what has become of them until
        the node is back, which ends them then.
        """
        tasks = self.engine.tasks.list(filters=filters)
        if any(map(is_ending, tasks)):
            down = {
                node["ID"]: node["Description"]["Hostname"]
                for node in self.engine.nodes.list()
                if node["Status"]["State"] == "down"
            }
            for task in tasks:
                if is_ending(task) and task.get("NodeID") in down:
                    said = f"node {down[task['NodeID']]} is down"
                    task["Status"] = {**task["Status"], "State": "orphaned", "Err": said}
        return tasks

    def body(
        self,
        definition: ServiceDefinition,
        life: Life,
        *,
        replicas: int | None = None,
        avoid: Sequence[str] = (),
        kept: Service | None = None,
    ) -> ServiceCreateBody:
        """Make the specification of the swarm service, with what it takes from others.

        Args:
            definition: what it is to be.
            life: what is recorded of it.
            replicas: how many containers for now, where that is not yet `life.replicas`.
            avoid: the ids of nodes that get no container now.
            kept: a service whose containers stay as they are; others are not asked then.

        Raises:
            LinkedServiceMissing: another one is not there.
        """
        if kept is not None:
            return body_with(kept, definition, life, replicas=replicas, avoid=avoid)
        if definition.memory_swap is not None:
            major, minor = self.engine.api_version.split(".")
            if (int(major), int(minor)) < _SWAP:
                raise Incompatible("memory_swap: a swarm limits swap from API 1.52 on.")
        variables: dict[str, str] = {}
        for link in definition.linked_to_service:
            target = self._read(link["to_service"], definition, "linked_to_service")
            variables.update(link_variables(read_definition(target), link["name"]))
        sources = {
            name: self._read(name, definition, "volumes_from")
            for name in (one.get("volumes_from") for one in definition.bindings)
            if name
        }
        return to_body(
            definition,
            life,
            network=life.network or self.network,
            replicas=replicas,
            variables=variables,
            bindings={name: read_definition(one) for name, one in sources.items()},
            generations={name: read_life(one).generation for name, one in sources.items()},
            avoid=avoid,
        )

    @contextmanager
    def on_network(
        self, definition: ServiceDefinition, life: Life, *, kept: Service | None = None
    ) -> Iterator[None]:
        """Have the network that a service is on, before the swarm is told of the service.

        Errors of the block tell of a network that was made for it.

        Args:
            definition: what the service is to be.
            life: what is recorded of it.
            kept: a service whose containers stay as they are, on their network.
        """
        network = life.network or self.network
        is_made = kept is None and definition.net == "bridge" and self._have_network(network)
        with telling([f"create network {network}"] if is_made else ()):
            yield

    def digest(self, definition: ServiceDefinition) -> str | None:
        """Ask the registry what the image's name stands for; None: it does not tell."""
        try:
            return self.engine.distribution.inspect(definition.image)["Descriptor"]["digest"]
        except EngineError:
            return None

    def now(self, seconds: float = 0.0) -> str:
        """Tell the time, or that in so many seconds, as it is recorded.

        Raises:
            InvalidInput: that cannot be waited.
        """
        check_seconds(seconds)
        moment = datetime.now(timezone.utc) + timedelta(seconds=seconds)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _inspect(self, service: str) -> Service:
        """Look at the service of that name or uuid; never at one whose uuid begins so."""
        found = self.engine.services.inspect(service)
        if service in (found["ID"], found["Spec"].get("Name")):
            return found
        path = f"/services/{service}"
        raise NotFound(
            f"There is no service {service}, but one whose uuid begins so. State its name.",
            status=404,
            method="GET",
            path=path,
            engine_message="",
        )

    def _read(self, name: str, definition: ServiceDefinition, option: str) -> Service:
        try:
            found = self._inspect(name)
        except NotFound as exc:
            raise LinkedServiceMissing(
                f"Service {definition.name}: {option}: there is no service {name}. Create it, or "
                f"update {definition.name} to do without it.",
                status=exc.status,
                method=exc.method,
                path=exc.path,
                engine_message=exc.engine_message,
            ) from exc
        if DEFINITION_LABEL not in (found["Spec"].get("Labels") or {}):
            raise InvalidInput(f"Service {name} is a swarm service without a life.")
        return found

    def _have_network(self, network: str) -> bool:
        """Make a network unless it is there, and tell whether it was made."""
        try:
            self.engine.networks.inspect(network)
        except NotFound:
            try:
                self.engine.networks.create(
                    {"Name": network, "Driver": "overlay", "Attachable": True}
                )
            except Conflict:
                # Somebody else was faster.
                return False
            return True
        return False
