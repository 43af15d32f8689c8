"""The nodes of a swarm: what they are called, do, and are there for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import Conflict, InvalidInput, NotFound
from ..polling import until_led
from ..spec.swarm import NodeSpec
from .compare import Difference, Field, equals
from .reconcile import Kind, Outcome, Plan
from .updating import update_object

if TYPE_CHECKING:
    from ..api.nodes import Nodes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["NodeKind"]

_INTERVAL = 0.5


def _field(name: str, key: str) -> Field:
    return Field(name, lambda spec: getattr(spec, name), lambda node: node["Spec"].get(key), equals)


def _labels(node: Mapping[str, Any]) -> dict[str, str]:
    return dict(node["Spec"].get("Labels") or {})


@dataclass(frozen=True)
class NodeKind(Kind[NodeSpec]):
    """Nodes; they come by joining, so that one that is missing cannot be made.

    Attributes:
        force: remove one also while it is not down.
        patience: seconds to wait for one that has left to be down.
        clock: tells seconds.
        sleep: waits for some.
    """

    force: bool = False
    patience: float = 25.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] = time.sleep
    noun: ClassVar[str] = "node"
    fields: ClassVar[Sequence[Field]] = (
        Field("labels", lambda spec: spec.labels, _labels, equals, may_hold_secrets=True),
        _field("role", "Role"),
        _field("availability", "Availability"),
    )

    def find(self, engine: Engine, wanted: NodeSpec) -> Mapping[str, Any] | None:
        """Inspect the node of that host name, name or whole id; never one whose id begins so."""
        try:
            node = until_led(lambda: engine.nodes.inspect(wanted.name))
        except NotFound:
            return None
        told = node.get("Description") or {}
        names = (node["ID"], told.get("Hostname"), node["Spec"].get("Name"))
        return node if wanted.name in names else None

    def compare(
        self, wanted: NodeSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare the labels that it is to have in the end, and what else is stated."""
        return super().compare(replace(wanted, labels=_wanted(wanted, actual)), actual, needs)

    def plan(
        self,
        engine: Engine,
        wanted: NodeSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Update or remove."""
        plan = Plan(exists=state == "present")
        what = f"node {wanted.name}"
        if state == "absent":
            if actual is not None:
                identity = str(actual["ID"])
                plan.add("remove", what, lambda: self._remove(engine, identity))
        elif actual is None:
            raise InvalidInput(_missing(engine, wanted.name))
        elif differences:
            plan.add("update", what, lambda: _update(engine, wanted, actual))
        return plan

    def _remove(self, engine: Engine, identity: str) -> None:
        deadline = self.clock() + self.patience
        while True:
            try:
                engine.nodes.remove(identity, force=self.force)
            except Conflict as exc:
                # Managers take some seconds to see that it has left.
                if "is not down" not in exc.engine_message or self.clock() > deadline:
                    raise
                self.sleep(_INTERVAL)
            else:
                return


def _wanted(wanted: NodeSpec, actual: Mapping[str, Any]) -> dict[str, str]:
    stated = dict(wanted.labels or {})
    if not wanted.keeps_labels:
        return stated
    kept = {k: v for k, v in _labels(actual).items() if k not in wanted.labels_to_remove}
    return {**kept, **stated}


def _update(engine: Engine, wanted: NodeSpec, actual: Mapping[str, Any]) -> None:
    identity = str(actual["ID"])
    stated = {"Role": wanted.role, "Availability": wanted.availability}

    def change(spec: dict[str, Any]) -> dict[str, Any]:
        changed = {key: value for key, value in stated.items() if value is not None}
        return {**spec, **changed, "Labels": _wanted(wanted, {"Spec": spec})}

    update_object(
        actual,
        lambda: engine.nodes.inspect(identity),
        change,
        lambda spec, version: engine.nodes.update(identity, spec, version=version),
    )


def _missing(engine: Engine, name: str) -> str:
    known = sorted(node.get("Description", {}).get("Hostname", "") for node in engine.nodes.list())
    return f"The swarm has no node {name}. Its nodes are {', '.join(known)}."
