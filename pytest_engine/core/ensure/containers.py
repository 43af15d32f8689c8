"""Containers: updated in place where the engine can, replaced where it cannot."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import EngineError, InvalidInput, NotFound
from ..spec import ContainerSpec
from .compare import Difference, Field
from .container_fields import CONTAINER_FIELDS, NETWORKS, other_networks
from .images import PULL_POLICIES, ImageKind, ImageSpec
from .networks import kept_endpoint
from .podman import as_docker_tells, is_podmans, processor_limit
from .reconcile import Kind, Outcome, Plan, reconcile
from .replacement import NewContainer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..client import Engine
    from ..spec import NetworkAttachment
    from ..types.engine import ContainerUpdateBody

__all__ = ["ContainerKind"]

_BY_NAME = {field.name: field for field in CONTAINER_FIELDS}
_NANO = 10**9


@dataclass(frozen=True)
class ContainerKind(Kind[ContainerSpec]):
    """Containers.

    Attributes:
        pull: when the image is pulled: `missing`, `always` or `never`.
        recreate: replace the container even if nothing differs.
        restart: restart the container if it runs and nothing else is done to it.
        stop_timeout: seconds until a container that is stopped is killed; None: its own.
        force_kill: kill it instead of stopping it.
        keep_volumes: keep the anonymous volumes of a container that is removed.
    """

    pull: str = "missing"
    recreate: bool = False
    restart: bool = False
    stop_timeout: int | None = None
    force_kill: bool = False
    keep_volumes: bool = True
    noun: ClassVar[str] = "container"
    states: ClassVar[Sequence[str]] = ("present", "started", "stopped", "absent")
    fields: ClassVar[Sequence[Field]] = CONTAINER_FIELDS

    def __post_init__(self) -> None:
        """Refuse an unknown policy."""
        if self.pull not in PULL_POLICIES:
            raise InvalidInput(f"pull: one of {', '.join(PULL_POLICIES)}.")

    def find(self, engine: Engine, wanted: ContainerSpec) -> Mapping[str, Any] | None:
        """Inspect the container of that name; never one whose id begins like it."""
        if not wanted.name:
            raise InvalidInput("A container whose state is to be brought about needs a name.")
        try:
            container = engine.containers.inspect(wanted.name)
        except NotFound:
            return None
        return container if container.get("Name") == f"/{wanted.name}" else None

    def prepare(
        self, engine: Engine, wanted: ContainerSpec, state: str, *, check: bool
    ) -> Sequence[Outcome]:
        """See to the image."""
        if state == "absent" or not wanted.image:
            return ()
        return (reconcile(engine, ImageKind(self.pull), ImageSpec(wanted.image), check=check),)

    def compare(
        self, wanted: ContainerSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare all stated fields, and the image's id with that of the image of that name."""
        differences = super().compare(wanted, as_docker_tells(actual, wanted), needs)
        for image in needs:
            # In check mode an image that has still to be pulled counts as another one.
            if image.resource is None or image.resource["Id"] != actual["Image"]:
                there = (actual.get("Config") or {}).get("Image")
                there = f"{there} ({actual['Image']})"
                differences = (Difference("image", wanted.image, there), *differences)
        return differences

    def plan(
        self,
        engine: Engine,
        wanted: ContainerSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, replace, update, then start or stop."""
        plan = Plan(exists=state != "absent")
        if state == "absent":
            if actual is not None:
                self._remove(plan, engine, wanted, actual)
            return plan
        if actual is None or self.recreate or not all(map(_in_place, differences)):
            self._create(plan, engine, wanted, state, actual)
            return plan
        what, name = f"container {wanted.name}", str(actual["Id"])
        self._update(plan, engine, wanted, actual, differences)
        running = bool(actual["State"]["Running"])
        if state == "started" and not running:
            plan.add("start", what, lambda: engine.containers.start(name))
        elif state == "started" and self.restart and not plan.steps:
            plan.add(
                "restart",
                what,
                lambda: engine.containers.restart(name, timeout=self.stop_timeout),
            )
        elif state == "stopped" and running:
            plan.add("stop", what, lambda: self._stop(engine, actual))
        return plan

    def _stop(self, engine: Engine, actual: Mapping[str, Any]) -> None:
        container = str(actual["Id"])
        if self.force_kill:
            engine.containers.kill(container)
        else:
            engine.containers.stop(container, timeout=self.stop_timeout)
        if (actual.get("HostConfig") or {}).get("AutoRemove"):
            # Until the engine has removed it, the name is taken and a removal refused.
            with contextlib.suppress(NotFound):
                engine.containers.wait(container, condition="removed")

    def _remove(
        self, plan: Plan, engine: Engine, wanted: ContainerSpec, actual: Mapping[str, Any]
    ) -> None:
        what, name = f"container {wanted.name}", str(actual["Id"])
        if actual["State"]["Running"]:
            plan.add("stop", what, lambda: self._stop(engine, actual))

        def remove() -> None:
            # One with auto-remove is gone as soon as it has stopped.
            try:
                engine.containers.remove(name, force=True, volumes=not self.keep_volumes)
            except NotFound:
                return

        plan.add("remove", what, remove)

    def _create(
        self,
        plan: Plan,
        engine: Engine,
        wanted: ContainerSpec,
        state: str,
        actual: Mapping[str, Any] | None,
    ) -> None:
        """Create a container, in place of one that is there only set aside until it works."""
        what = f"container {wanted.name}"
        if actual is not None and not wanted.image:
            # By its id: its name may stand for another image by now.
            wanted = replace(wanted, image=str(actual["Image"]))
        config = wanted.to_engine()
        new = NewContainer(engine, wanted.name or "", actual, keep_volumes=self.keep_volumes)
        if actual is not None and actual["State"]["Running"]:
            plan.add("stop", what, new.undone_on_error(lambda: self._stop(engine, actual)))
        plan.add("create", what, new.undone_on_error(lambda: new.create(config)))
        for attachment in wanted.attachments[1:]:
            connect = new.undone_on_error(partial(new.connect, attachment))
            plan.add("connect", f"{what} to network {attachment.name}", connect)
        if state == "started":
            plan.add(
                "start", what, new.undone_on_error(lambda: engine.containers.start(new.new_id))
            )
        if actual is not None:
            plan.add("remove", f"the replaced {what}", new.discard_old)

    @staticmethod
    def _update(
        plan: Plan,
        engine: Engine,
        wanted: ContainerSpec,
        actual: Mapping[str, Any],
        differences: Sequence[Difference],
    ) -> None:
        what, name = f"container {wanted.name}", str(actual["Id"])
        changed = [difference.field for difference in differences]
        limits = [field for field in changed if field != NETWORKS]
        if limits:
            body = _update_body(wanted, actual, limits)
            plan.add(
                "update",
                f"{', '.join(limits)} of {what}",
                lambda: engine.containers.update(name, body),
            )
        if NETWORKS not in changed:
            return
        field = _BY_NAME[NETWORKS]
        there = field.actual(as_docker_tells(actual, wanted))
        others = other_networks(field.wanted(wanted), there)
        for attachment in wanted.attachments:
            if attachment.name in others:
                plan.add(
                    "connect",
                    f"{what} to network {attachment.name}",
                    partial(_reconnect, engine, actual, attachment)
                    if attachment.name in there
                    else partial(_connect, engine, name, attachment),
                )


def _connect(engine: Engine, container: str, attachment: NetworkAttachment) -> None:
    engine.networks.connect(attachment.name, container, attachment.to_engine())


def _reconnect(engine: Engine, actual: Mapping[str, Any], attachment: NetworkAttachment) -> None:
    """Change how a container is on a network; if that fails, it is on it as before."""
    container, network = str(actual["Id"]), attachment.name
    engine.networks.disconnect(network, container, force=True)
    try:
        _connect(engine, container, attachment)
    except EngineError:
        # A connection that failed leaves its settings behind.
        with contextlib.suppress(EngineError):
            engine.networks.disconnect(network, container, force=True)
        kept = kept_endpoint(actual, network)
        engine.networks.connect(network, container, kept)  # type: ignore[arg-type]
        raise


def _in_place(difference: Difference) -> bool:
    field = _BY_NAME.get(difference.field)
    return field is not None and field.in_place(difference.wanted, difference.actual)


def _update_body(
    wanted: ContainerSpec, actual: Mapping[str, Any], changed: Sequence[str]
) -> ContainerUpdateBody:
    body: ContainerUpdateBody = {}
    host = actual.get("HostConfig") or {}
    if "memory" in changed and isinstance(wanted.memory, int):
        body["Memory"] = wanted.memory
        # Without a limit for swap the engine took twice the memory, and now refuses
        # more memory than that; where it is so, it stays so.
        if (host.get("MemorySwap") or 0) in (0, 2 * (host.get("Memory") or 0)):
            body["MemorySwap"] = 2 * wanted.memory
    if "cpus" in changed and wanted.cpus is not None:
        nano_cpus = round(wanted.cpus * _NANO)
        if is_podmans(actual):
            body.update(processor_limit(nano_cpus))
        else:
            body["NanoCpus"] = nano_cpus
    if "restart_policy" in changed:
        body["RestartPolicy"] = _BY_NAME["restart_policy"].wanted(wanted)
    return body
