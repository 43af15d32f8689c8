"""Containers: updated in place where the engine can, replaced where it cannot."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..api.asked import LONGEST_WAIT, check_seconds
from ..errors import ApiError, Conflict, InvalidInput, NotFound, Timeout
from ..spec.container import ContainerSpec
from .container_changes import add_changes, can_stay
from .container_compare import Comparing
from .container_fields import CONTAINER_FIELDS
from .container_names import is_called, is_container_id
from .container_settings import refuse_what_would_be_ignored
from .discarded import without_discarded
from .endpoints import check_connect
from .images import PULL_POLICIES, ImageKind, ImageSpec, is_newer_in_registry
from .podman import as_docker_tells
from .reconcile import Kind, Outcome, Plan, reconcile
from .replacement import NewContainer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from .compare import Difference, Field

__all__ = ["ContainerKind"]

# Where a bridge network keeps the address of the host for ports that name none.
_BINDING = "com.docker.network.bridge.host_binding_ipv4"
# Settings that may name another container.
_MODES = ("ipc_mode", "network_mode", "pid_mode")
# In seconds: what engines give a container to stop that states nothing.
_STOP_TIMEOUT = 10


@dataclass(frozen=True)
class ContainerKind(Kind[ContainerSpec]):
    """Containers.

    Attributes:
        pull: when the image is pulled: `missing`, `always` or `never`.
        asks_registry: whether in check mode, for `always`, the registry is asked if it has
            another image; if not, it is taken to have one.
        comparing: how a container is compared with what is wanted.
        recreate: replace the container even if nothing differs.
        restart: restart the container if it runs and was not just started.
        paused: whether a container that is started has its processes frozen; None: either.
        stop_timeout: seconds until a container that is stopped is killed; None: its own.
        force_kill: kill it instead of stopping it.
        kill_signal: with what signal; None: KILL. After another one it has as long to end as
            if it were stopped.
        keep_volumes: keep the anonymous volumes of a container that is removed.
        removal_timeout: seconds to wait for the engine to remove a container; None: for ever.
        old_name: a container of this name gets the wanted one if none has that.
        start: how a container is started, given the engine and its id; None: as usual.
        network_addresses: whether ports for which no address of the host is stated, also not in
            the spec, get the one that is an option of a bridge network of the container, and
            else 0.0.0.0. One that is there with ports at all addresses stays so.
    """

    pull: str = "missing"
    asks_registry: bool = True
    comparing: Comparing = field(default_factory=Comparing)
    recreate: bool = False
    restart: bool = False
    paused: bool | None = None
    stop_timeout: int | None = None
    force_kill: bool = False
    kill_signal: str | None = None
    keep_volumes: bool = True
    removal_timeout: float | None = None
    old_name: str | None = None
    start: Callable[[Engine, str], object] | None = None
    network_addresses: bool = False
    noun: ClassVar[str] = "container"
    states: ClassVar[Sequence[str]] = ("present", "started", "stopped", "absent")
    fields: ClassVar[Sequence[Field]] = CONTAINER_FIELDS

    def __post_init__(self) -> None:
        """Refuse an unknown policy, and a wait that would fail when all else is done."""
        if self.pull not in PULL_POLICIES:
            raise InvalidInput(f"pull: one of {', '.join(PULL_POLICIES)}.")
        check_seconds(self.removal_timeout, "removal_wait_timeout")

    def find(self, engine: Engine, wanted: ContainerSpec) -> Mapping[str, Any] | None:
        """Inspect the container of that name or whole id; never one whose id begins like it."""
        if not (wanted.name or "").strip():
            raise InvalidInput("A container whose state is to be brought about needs a name.")
        for name in filter(None, (wanted.name, self.old_name)):
            with contextlib.suppress(NotFound):
                container = engine.containers.inspect(name)
                if container.get("Name") == f"/{name}" or (
                    is_container_id(name) and container.get("Id") == name
                ):
                    return container
        return None

    def settle(
        self, engine: Engine, wanted: ContainerSpec, actual: Mapping[str, Any] | None
    ) -> ContainerSpec:
        """Put in the name of a container that was found by its id, and the ids of others."""
        refuse_what_would_be_ignored(engine, wanted)
        if actual is None:
            wanted = self._addressed(engine, wanted)
        found: dict[str, Any] = {}
        if actual is not None and actual.get("Id") == wanted.name:
            found["name"] = str(actual["Name"]).lstrip("/")
        for mode in _MODES:
            kind, _colon, other = str(getattr(wanted, mode) or "").partition(":")
            if kind == "container" and not is_container_id(other):
                # The engine keeps its id; one that is not there is the engine's to refuse.
                with contextlib.suppress(NotFound):
                    container = engine.containers.inspect(other)
                    if not is_called(container, other):
                        why = f"there is no container {other}, but one whose id begins so"
                        raise InvalidInput(f"{mode}: {why}. State its name.")
                    found[mode] = f"container:{container['Id']}"
        return replace(wanted, **found) if found else wanted

    def prepare(
        self, engine: Engine, wanted: ContainerSpec, state: str, *, check: bool
    ) -> Sequence[Outcome]:
        """See to the image."""
        if state == "absent" or not wanted.image:
            return ()
        image = ImageSpec(wanted.image, wanted.platform)
        pull = self.pull
        if check and pull == "always" and self.asks_registry and not image.is_id:
            there = ImageKind().find(engine, image)
            if there is not None and not is_newer_in_registry(engine, image, there):
                pull = "missing"
        outcome = reconcile(engine, ImageKind(pull), image, check=check)
        if check and outcome.changed and (pull != "always" or self.asks_registry):
            # What is to come is another one than the one that is there.
            outcome = replace(outcome, resource=None)
        return (outcome,)

    def examine(
        self,
        engine: Engine,
        wanted: ContainerSpec,
        actual: Mapping[str, Any],
        needs: Sequence[Outcome],
        noticed: list[str],
    ) -> tuple[Difference, ...]:
        """Compare all stated fields, and the image's id with that of the image of that name."""
        image = needs[0].resource if needs else None
        actual = as_docker_tells(actual, wanted)
        found = self.comparing.differences(engine, wanted, actual, image)
        if any(one.field == "ports" for one in found):
            # Only then it matters which address the networks have for them.
            exact = self._addressed(engine, wanted)
            if exact is not wanted:
                found = self.comparing.differences(engine, exact, actual, image)
        return without_discarded(engine, found, noticed)

    def _addressed(self, engine: Engine, wanted: ContainerSpec) -> ContainerSpec:
        """Put in the address of ports that have none, where the networks are to say it."""
        stated = wanted.default_host_ip is not None or all(one.host_ip for one in wanted.published)
        if stated or not self.network_addresses:
            return wanted
        for attachment in wanted.attachments:
            # One that is not there is the engine's to refuse.
            with contextlib.suppress(NotFound):
                network = engine.networks.inspect(attachment.name)
                address = (network.get("Options") or {}).get(_BINDING)
                if address and network.get("Driver") == "bridge":
                    return replace(wanted, default_host_ip=str(address))
        return replace(wanted, default_host_ip="0.0.0.0")  # noqa: S104  # what users ask for

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
        removing = actual is not None and actual["State"].get("Status") == "removing"
        if actual is not None and removing:
            # Its name is free only once it is gone.
            what = f"for the removal of container {wanted.name}"
            plan.add("wait", what, partial(self._wait_for_removal, engine, str(actual["Id"])))
            actual = None
        if state == "absent":
            if actual is not None:
                self._remove(plan, engine, wanted, actual)
            return plan
        if actual is None or self.recreate or not can_stay(differences):
            self._create(plan, engine, wanted, state, actual)
            return plan
        what, name = f"container {wanted.name}", str(actual["Id"])
        if actual["Name"] != f"/{wanted.name}":
            rename = partial(engine.containers.rename, name, wanted.name or "")
            plan.add("rename", f"container {self.old_name} to {wanted.name}", rename)
        leave_others = self.comparing.mode("networks") == "strict"
        add_changes(plan, engine, wanted, actual, differences, leave_others=leave_others)
        running = bool(actual["State"]["Running"])
        if state == "started" and not running:
            plan.turn("running", wanted=True, actual=False)
            plan.add("start", what, lambda: self._start(engine, name))
        elif state == "started" and self.restart:
            plan.add(
                "restart",
                what,
                lambda: engine.containers.restart(name, timeout=self.stop_timeout),
            )
        elif state == "stopped" and running:
            plan.turn("running", wanted=False, actual=True)
            plan.add("stop", what, lambda: self._stop(engine, actual))
        if state == "started":
            # A container that was restarted is not frozen any more.
            frozen = running and bool(actual["State"].get("Paused")) and not self.restart
            self._pause(plan, engine, what, lambda: name, frozen=frozen)
        return plan

    def _start(self, engine: Engine, container: str) -> None:
        if self.start is None:
            engine.containers.start(container)
        else:
            self.start(engine, container)

    def _pause(
        self,
        plan: Plan,
        engine: Engine,
        what: str,
        name: Callable[[], str],
        *,
        frozen: bool,
        undo: Callable[[], None] | None = None,
    ) -> None:
        if self.paused is not None:
            plan.turn("paused", wanted=self.paused, actual=frozen)
        if self.paused is True and not frozen:
            plan.add("pause", what, lambda: engine.containers.pause(name()), undo=undo)
        elif self.paused is False and frozen:
            plan.add("unpause", what, lambda: engine.containers.unpause(name()))

    def _stop(self, engine: Engine, actual: Mapping[str, Any]) -> None:
        container = str(actual["Id"])
        if actual["State"].get("Paused"):
            # Engines refuse to stop what cannot hear it.
            engine.containers.unpause(container)
        if not self.force_kill:
            engine.containers.stop(container, timeout=self.stop_timeout)
        else:
            # One that ended meanwhile has nothing left to kill.
            with contextlib.suppress(Conflict):
                engine.containers.kill(container, signal=self.kill_signal)
            if not self._kills:
                self._see_to_the_end(engine, actual)
        if (actual.get("HostConfig") or {}).get("AutoRemove"):
            # Until the engine has removed it, the name is taken and a removal refused.
            self._wait_for_removal(engine, container)

    @property
    def _kills(self) -> bool:
        signal = (self.kill_signal or "KILL").upper().removeprefix("SIG")
        return self.force_kill and signal in ("KILL", "9")

    def _see_to_the_end(self, engine: Engine, actual: Mapping[str, Any]) -> None:
        """Give a container that got a signal its time, then stop what still, or again, runs."""
        container, timeout = str(actual["Id"]), self.stop_timeout
        patience = (actual.get("Config") or {}).get("StopTimeout") if timeout is None else timeout
        patience = _STOP_TIMEOUT if patience is None else patience
        endless = not 0 <= patience <= LONGEST_WAIT
        try:
            engine.containers.wait(container, timeout=None if endless else patience)
        except Timeout:
            timeout = patience if endless else 0
        except ApiError:
            # Whatever kept it from waiting, the signal was sent.
            pass
        # One with auto-remove may be gone.
        with contextlib.suppress(NotFound):
            engine.containers.stop(container, timeout=timeout)

    def _wait_for_removal(self, engine: Engine, container: str) -> None:
        with contextlib.suppress(NotFound):
            engine.containers.wait(container, condition="removed", timeout=self.removal_timeout)

    def _remove(
        self, plan: Plan, engine: Engine, wanted: ContainerSpec, actual: Mapping[str, Any]
    ) -> None:
        what, name = f"container {wanted.name}", str(actual["Id"])
        if actual["State"]["Running"]:
            plan.turn("running", wanted=False, actual=True)
            plan.add("stop", what, lambda: self._stop(engine, actual))

        def remove() -> None:
            # One with auto-remove is gone as soon as it has stopped.
            with contextlib.suppress(NotFound):
                engine.containers.remove(name, force=True, volumes=not self.keep_volumes)

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
        wanted = self._addressed(engine, wanted)
        config = wanted.to_engine()
        # Before the old one is stopped.
        engine.check_call("ContainerCreate", json_body=config)
        new = NewContainer(engine, wanted.name or "", actual, keep_volumes=self.keep_volumes)
        runs = actual is not None and bool(actual["State"]["Running"])
        plan.turn("running", wanted=state == "started", actual=runs)
        if actual is not None and runs:
            stop = partial(self._stop, engine, actual)
            timeout = 0 if self._kills else self.stop_timeout
            plan.add("stop", what, lambda: new.stop_old(stop, timeout), undo=new.undo)

        def create() -> None:
            plan.warnings.extend(new.create(config, wanted.platform))

        plan.add("create", what, create, undo=new.undo)
        for attachment in wanted.later_attachments:
            check_connect(engine, attachment)
            to_network = f"{what} to network {attachment.name}"
            plan.add("connect", to_network, partial(new.connect, attachment), undo=new.undo)
        if state == "started":
            plan.add("start", what, lambda: self._start(engine, new.new_id), undo=new.undo)
            self._pause(plan, engine, what, lambda: new.new_id, frozen=False, undo=new.undo)
        if actual is not None:
            plan.add("remove", f"the replaced {what}", new.discard_old)
