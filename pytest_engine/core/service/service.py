"""A service with a life: what it is, how it is, and what can be done with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, OutOfSequence, telling
from ..polling import poll
from .body import read_definition, read_life, restarts
from .log import read_log
from .placement import avoided
from .states import WrongState, asked_for, check_allowed, count, state_of
from .view import described, is_synchronized
from .volumes import remove_volumes
from .waiting import wait_for_container, wait_for_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Callable

    from ..api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..types.engine import Service, Task
    from .body import Life
    from .definition import ServiceDefinition
    from .log import LogRecord
    from .services import LiveServices
    from .states import Counts

__all__ = ["LiveService"]

# Operations that change how many containers there are, and not what they are.
_COUNTING = ("stop", "scale")
_ATTEMPTS = 5
_PATIENCE = 60.0


class LiveService:
    """A service with a life, as it was when it was last looked at.

    Made by `LiveServices`. An operation looks again first, and is refused when the state does
    not allow it; it returns when the swarm has been told, so wait for a state afterwards.
    Looking costs two requests.
    """

    def __init__(self, services: LiveServices, service: Service, tasks: Sequence[Task]) -> None:
        """Remember what the manager told."""
        self._services = services
        self._engine = services.engine
        self._service = service
        self._tasks = tasks
        self._destroyed: str | None = None
        self._read()

    def _read(self) -> None:
        self._definition = read_definition(self._service)
        self._life = read_life(self._service)

    def __repr__(self) -> str:
        """Show which service it is, and its state."""
        return f"LiveService({self.name!r}, {self.state})"

    @property
    def uuid(self) -> str:
        """Its id in the swarm."""
        return self._service["ID"]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self._definition.name)

    @property
    def stack(self) -> str | None:
        """The stack that it belongs to."""
        return self._definition.stack

    @property
    def definition(self) -> ServiceDefinition:
        """What it is to be."""
        return self._definition

    @property
    def life(self) -> Life:
        """What is recorded of it."""
        return self._life

    @property
    def network(self) -> str:
        """The network on which it reaches other services by name, where `net` is `bridge`."""
        return self._life.network or self._services.network

    @property
    def tasks(self) -> Sequence[Task]:
        """Its tasks, past ones included."""
        return self._tasks

    @property
    def counts(self) -> Counts:
        """How many containers it has, and what the swarm says of those that fail."""
        return count(self._life, self._tasks, restarts=restarts(self._definition))

    @property
    def asked(self) -> int:
        """How many containers the swarm is asked for by now."""
        return asked_for(self._service, self._life) if self._life.is_deployed else 0

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self._destroyed:
            return "Terminating" if self._tasks else "Terminated"
        return state_of(self._service, self._life, self.counts, now=self._services.now())

    @property
    def synchronized(self) -> bool:
        """Whether its containers are as many and such as it is to have."""
        return is_synchronized(self._service, self._definition, self._life, self._tasks)

    def describe(self) -> dict[str, Any]:
        """Tell its attributes under Docker Cloud's names, from all that the swarm knows.

        That asks for the nodes and the other services as well. Variables are among it.
        """
        nodes = self._engine.nodes.list()
        return {
            **described(self._service, self._definition, self._life, self._tasks, nodes),
            "state": self.state,
            "destroyed_datetime": self._destroyed,
            "linked_from_service": sorted(
                other.uuid
                for other in self._services.list()
                if {link["to_service"] for link in other.definition.linked_to_service}
                & {self.name, self.uuid}
            ),
        }

    def refresh(self) -> LiveService:
        """Look at it again.

        Raises:
            NotFound: somebody else has removed it.
        """
        if self._destroyed:
            # Of a service that is gone no tasks can be asked for.
            tasks = self._services.tasks()
            self._tasks = [
                task
                for task in tasks
                if task.get("ServiceID") == self.uuid and task["Status"]["State"] != "orphaned"
            ]
            return self
        self._service = self._engine.services.inspect(self.uuid)
        self._tasks = self._services.tasks(service=self.uuid)
        self._read()
        return self

    def wait_until(self, *states: str, timeout: float = _PATIENCE) -> LiveService:
        """Wait until it is in one of some states.

        Raises:
            EngineError: no node takes a container of it, and no waiting will change that.
            Timeout: it is not; the message says in which it is, and why it gets no further.
        """
        wait_for_state(self, states, timeout)
        return self

    def update(self, *, network: str | None = None, **changes: Any) -> LiveService:
        """Change what it is to be.

        Containers that run are replaced where that changes something for them. Another
        `target_num_containers` counts from the next `scale`, `start` or `redeploy` on.

        Args:
            network: another network, made if it is missing.
            changes: attributes of `ServiceDefinition`; the others stay.
        """

        def change(before: ServiceDefinition, life: Life) -> tuple[ServiceDefinition, Life]:
            after = before.changed(**changes)
            life = replace(life, network=network or life.network)
            if life.is_deployed:
                digest = life.digest if after.image == before.image else self._digest(after)
                life = replace(life, operation="update", digest=digest)
            return after, life

        self._change("update", change)
        return self

    def start(self, *, timeout: float = _PATIENCE) -> LiveService:
        """Start its containers.

        Args:
            timeout: seconds for each container, where they are placed one after the other.
        """
        now = self._services.now()
        self._bring_up("start", timeout, started=now, deployed=now)
        return self

    def stop(self) -> LiveService:
        """End all its containers. Volumes stay; the containers go, and their logs with them."""
        now = self._services.now()
        self._change(
            "stop",
            lambda before, life: (
                before,
                replace(life, operation="stop", replicas=0, stopped=now),
            ),
        )
        return self

    def scale(self, target: int | None = None, *, timeout: float = _PATIENCE) -> LiveService:
        """Bring it to its `target_num_containers`.

        Where it has no containers, that is only set, for the next start.

        Args:
            target: another number.
            timeout: seconds for each container, where they are placed one after the other.

        Raises:
            InvalidInput: it has one container on every node.
        """
        if self._definition.deployment_strategy == "EVERY_NODE":
            raise InvalidInput(
                f"Service {self.name} has one container on every node (EVERY_NODE); it cannot be "
                "scaled."
            )
        self.refresh()
        check_allowed(self.name, "scale", self.state)
        if target is not None and target != self._definition.target_num_containers:
            self._change(
                "scale",
                lambda before, life: (replace(before, target_num_containers=target), life),
            )
        if self._life.is_deployed:
            self._bring_up("scale", timeout)
        return self

    def redeploy(self, *, reuse_volumes: bool = True, digest: str | None = None) -> LiveService:
        """Replace all its containers, or start them if it is stopped.

        Args:
            reuse_volumes: with the volumes of the present ones; else with empty ones. The
                former are removed when the service is terminated.
            digest: what its image's name stands for now, which is not to be deployed twice.

        Raises:
            WrongState: that has been deployed.
        """
        now = self._services.now()

        def change(before: ServiceDefinition, life: Life) -> tuple[ServiceDefinition, Life]:
            if digest and life.digest == digest:
                raise WrongState(
                    f"Service {self.name}: {digest} is deployed already.", operation="redeploy"
                )
            return before, replace(
                life,
                operation="redeploy",
                replicas=before.target_num_containers,
                deployed=now,
                started=life.started or now,
                redeployed=life.redeployed + 1,
                generation=life.generation + (0 if reuse_volumes else 1),
                digest=digest or self._digest(before),
            )

        self._change("redeploy", change)
        return self

    def terminate(self, *, timeout: float = _PATIENCE) -> LiveService:
        """Remove it, its containers, and its volumes on the engines that are known.

        Those are the manager that is asked, and the `nodes` of `LiveServices`.

        Args:
            timeout: seconds until its containers are gone, and then until its volumes are.
        """
        self.refresh()
        check_allowed(self.name, "terminate", self.state)
        self._engine.services.remove(self.uuid)
        self._destroyed = self._services.now()
        # The service is gone, whatever comes of the rest.
        with telling([f"terminate service {self.name}"]):
            poll(
                lambda: not self.refresh().tasks,
                timeout=timeout,
                what=f"Service {self.name} is to be terminated",
                tell=lambda: f"{len(self._tasks)} of its tasks are not gone.",
            )
            remove_volumes((self._engine, *self._services.nodes), self.name, timeout=timeout)
        return self

    def note(self, **recorded: Any) -> None:
        """Change what is recorded of its life (`Life`), and nothing else."""
        self._change(
            "update", lambda before, life: (before, replace(life, **recorded)), is_note=True
        )

    def logs(self, *, tail: int | None = 300, follow: bool = True) -> Iterator[LogRecord]:
        """Read what its containers log, every line with its source.

        Args:
            tail: so many last lines of each container; None: all.
            follow: go on with what they log from now on.
        """
        return read_log(self._engine, self.uuid, self.name, tail=tail, follow=follow)

    def _change(
        self,
        operation: str,
        change: Callable[[ServiceDefinition, Life], tuple[ServiceDefinition, Life]],
        *,
        replicas: int | None = None,
        avoid: Sequence[str] = (),
        is_checked: bool = False,
        is_note: bool = False,
    ) -> None:
        for attempt in range(_ATTEMPTS):
            self.refresh()
            if not is_checked:
                check_allowed(self.name, operation, self.state)
            definition, life = change(self._definition, self._life)
            kept = self._service if is_note or operation in _COUNTING else None
            body = self._services.body(definition, life, replicas=replicas, avoid=avoid, kept=kept)
            try:
                with self._services.on_network(definition, life, kept=kept):
                    self._engine.services.update(
                        self.uuid, body, version=self._service["Version"]["Index"]
                    )
            except OutOfSequence:
                # The swarm notes the progress of an update in the service itself.
                if attempt + 1 == _ATTEMPTS:
                    raise
            else:
                break
        self.refresh()

    def _bring_up(self, operation: str, timeout: float, **recorded: Any) -> None:
        """Bring it to its number of containers, one after the other where that is asked for."""
        self.refresh()
        check_allowed(self.name, operation, self.state)
        definition = self._definition
        target = definition.target_num_containers
        present = self.asked
        if "deployed" in recorded:
            recorded["digest"] = self._digest(definition)

        def change(before: ServiceDefinition, life: Life) -> tuple[ServiceDefinition, Life]:
            if is_begun and life.operation != operation:
                raise WrongState(
                    f"Service {self.name}: cannot {operation} it any further: meanwhile somebody "
                    f"has begun to {life.operation} it.",
                    operation=operation,
                    state=self.state,
                )
            # Those that have ended by themselves come back only as new ones.
            again = int(operation == "start" and life.is_deployed and not is_begun)
            return before, replace(
                life,
                operation=operation,
                replicas=target,
                until=self._services.now(timeout) if number < target else None,
                redeployed=life.redeployed + again,
                **recorded,
            )

        is_begun, number = False, target
        chooses = definition.deployment_strategy == "EMPTIEST_NODE"
        one_by_one = chooses or definition.sequential_deployment
        is_every = definition.deployment_strategy == "EVERY_NODE"
        if is_every or not one_by_one or target <= present:
            self._change(operation, change)
            return
        avoid: Sequence[str] = ()
        is_complete = False
        try:
            for number in range(present + 1, target + 1):
                avoid = avoided(self._engine, self.uuid, definition.tags) if chooses else ()
                self._change(
                    operation,
                    change,
                    replicas=number,
                    avoid=avoid,
                    is_checked=is_begun,
                )
                is_begun = True
                wait_for_container(self, number, timeout)
            is_complete = not avoid
        finally:
            if is_begun and not is_complete:
                # Nobody comes back for those that are missing; and a container that has to move
                # later may go anywhere.
                number = target
                self._change(operation, change, is_checked=True)

    def _digest(self, definition: ServiceDefinition) -> str | None:
        return self._services.digest(definition) if definition.autoredeploy else None
