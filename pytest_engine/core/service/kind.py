"""A service with a life as a wanted state: what `reconcile` has to know of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..api.asked import check_seconds
from ..ensure.compare import Difference, Field, equals
from ..ensure.reconcile import Action, Kind, Plan
from ..errors import EngineError, InvalidInput, telling
from .definition import ServiceDefinition
from .services import NETWORK, LiveServices
from .states import ALLOWED
from .volumes import find_volumes, remove_volumes

if TYPE_CHECKING:
    from ..client import Engine
    from .service import LiveService

__all__ = ["ServiceKind", "ServiceWanted"]

_EMPTY = ("Not running", "Stopped")


@dataclass(frozen=True)
class ServiceWanted:
    """What is stated of a service.

    Attributes:
        name: its name.
        attributes: of `ServiceDefinition`, those that are stated; the others stay as they
            are, or have their defaults in a service that is made.
        network: the network on which it reaches other services; None: its own, and
            `services` for one that is made.
    """

    name: str
    attributes: Mapping[str, Any]
    network: str | None = None

    def definition(self, before: ServiceDefinition | None = None) -> ServiceDefinition:
        """Say what the service is to be.

        Raises:
            InvalidInput: an attribute cannot be, or the image of a new service is missing.
        """
        kept = {} if before is None else {n: getattr(before, n) for n in before.names()}
        return ServiceDefinition(**{**kept, "name": self.name, **self.attributes})


class _Found(dict[str, Any]):
    """A service as it is shown, and the service itself."""

    def __init__(self, service: LiveService) -> None:
        super().__init__(service.describe())
        self.service = service


def _wanted(name: str, wanted: ServiceWanted) -> Any:
    if name not in wanted.attributes:
        return None
    # In the one form that it has there, too; what else a definition needs does not matter.
    stated = {"image": "unstated", "memory": wanted.attributes.get("memory")}
    return getattr(ServiceDefinition(**{**stated, **wanted.attributes, "name": wanted.name}), name)


def _actual(name: str, resource: Mapping[str, Any]) -> Any:
    return getattr(_service(resource).definition, name)


def _network(resource: Mapping[str, Any]) -> str:
    return _service(resource).network


def _service(resource: Mapping[str, Any]) -> LiveService:
    if not isinstance(resource, _Found):
        raise InvalidInput("A service is compared as it was found.")
    return resource.service


def _fields() -> tuple[Field, ...]:
    attributes = (
        Field(
            name,
            partial(_wanted, name),
            partial(_actual, name),
            _same,
            may_hold_secrets=name in ("container_envvars", "labels"),
        )
        for name in ServiceDefinition.names()
        if name != "name"
    )
    return (*attributes, Field("network", lambda wanted: wanted.network, _network, _same))


def _same(wanted: Any, actual: Any) -> bool:
    def plain(value: Any) -> Any:
        is_list = isinstance(value, Sequence) and not isinstance(value, str)
        return list(value) if is_list else value

    return equals(plain(wanted), plain(actual))


@dataclass(frozen=True)
class ServiceKind(Kind[ServiceWanted]):
    """Services with a life.

    Attributes:
        reuse_volumes: whether a redeployed service keeps its volumes.
        wait: whether its containers are waited for.
        timeout: seconds to wait for them, or for an operation that is under way.
    """

    reuse_volumes: bool = True
    wait: bool = True
    timeout: float = 60.0
    noun: ClassVar[str] = "service"
    states: ClassVar[Sequence[str]] = ("present", "absent", "started", "stopped", "redeployed")
    fields: ClassVar[Sequence[Field]] = _fields()

    def __post_init__(self) -> None:
        """Refuse what cannot be waited before anything is done."""
        check_seconds(self.timeout, "wait_timeout")

    def find(self, engine: Engine, wanted: ServiceWanted) -> Mapping[str, Any] | None:
        """Look for the service of that name."""
        found = LiveServices(engine).find(wanted.name)
        return None if found is None else _Found(found)

    def plan(
        self,
        engine: Engine,
        wanted: ServiceWanted,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, update, scale, start, stop, redeploy or terminate it."""
        plan = Plan(exists=state != "absent")
        what = f"service {wanted.name}"
        if not isinstance(actual, _Found):
            if state == "absent":
                self._plan_leftovers(engine, wanted.name, plan)
            else:
                # Wrong attributes are told in check mode already.
                definition = wanted.definition()
                services = LiveServices(engine, network=wanted.network or NETWORK)
                plan.add("create", what, lambda: services.create(definition))
                if state in ("started", "redeployed"):
                    plan.add("start", what, lambda: self._do(engine, wanted, "start"))
            return plan
        service = actual.service
        if state == "absent":
            plan.add("terminate", what, lambda: self._do(engine, wanted, "terminate"))
            return plan
        wanted.definition(service.definition)
        if differences:
            plan.add("update", what, lambda: self._do(engine, wanted, "update"))
        self._plan_state(engine, wanted, state, service, differences, plan)
        return plan

    def _plan_leftovers(self, engine: Engine, name: str, plan: Plan) -> None:
        """Remove what a termination that failed has left."""
        if find_volumes(engine, name):
            what = f"volumes of service {name}"
            plan.add("remove", what, lambda: remove_volumes([engine], name, timeout=self.timeout))

    def _plan_state(
        self,
        engine: Engine,
        wanted: ServiceWanted,
        state: str,
        service: LiveService,
        differences: Sequence[Difference],
        plan: Plan,
    ) -> None:
        what = f"service {wanted.name}"
        is_empty = not service.life.is_deployed or service.state in _EMPTY
        never_ran = service.life.operation == "create"
        if state == "stopped":
            if service.life.is_deployed and service.state != "Stopped":
                plan.add("stop", what, lambda: self._do(engine, wanted, "stop"))
        elif state == "redeployed" and not never_ran:
            plan.add("redeploy", what, lambda: self._do(engine, wanted, "redeploy"))
        elif state != "present" and is_empty:
            plan.add("start", what, lambda: self._do(engine, wanted, "start"))
        elif not is_empty and self._is_scaled(service, differences):
            plan.add("scale", what, lambda: self._do(engine, wanted, "scale"))

    def _is_scaled(self, service: LiveService, differences: Sequence[Difference]) -> bool:
        if any(one.field == "target_num_containers" for one in differences):
            return True
        # Somebody has scaled it by other means, or has ended while bringing them up. Whoever is
        # about it now is left to it.
        return (
            service.state in ALLOWED
            and service.definition.deployment_strategy != "EVERY_NODE"
            and service.asked != service.definition.target_num_containers
        )

    def _do(self, engine: Engine, wanted: ServiceWanted, operation: str) -> None:
        service = LiveServices(engine).get(wanted.name)
        if service.state not in ALLOWED:
            # Somebody's operation is under way; it may as well be the step before this one.
            service.wait_until(*ALLOWED, timeout=self.timeout)
        if operation == "update":
            service.update(network=wanted.network, **wanted.attributes)
        elif operation == "redeploy":
            service.redeploy(reuse_volumes=self.reuse_volumes)
        elif operation == "terminate":
            service.terminate(timeout=self.timeout)
        elif operation == "stop":
            service.stop()
        else:
            getattr(service, operation)(timeout=self.timeout)
        if self.wait and operation != "terminate":
            # It is done, whatever comes of the waiting.
            with telling((Action(operation, f"service {wanted.name}"),)):
                self._wait(service, operation)

    def _wait(self, service: LiveService, operation: str) -> None:
        if operation == "stop":
            service.wait_until("Stopped", timeout=self.timeout)
        elif service.life.is_deployed:
            service.wait_until("Running", "Stopped", timeout=self.timeout)
            counts = service.counts
            if counts.stopped and not counts.has_succeeded:
                raise EngineError(
                    f"Service {service.name}: its containers have ended: "
                    f"{'; '.join(counts.errors) or 'the swarm does not say why'}."
                )
