"""The swarm that an engine manages, and an engine's place in one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import (
    ApiError,
    EngineError,
    NoLeader,
    NotSwarmManager,
    ServerError,
    SwarmLocked,
)
from ..polling import until_led
from ..spec.swarm import SECTIONS, MemberSpec, SwarmSpec
from .compare import Difference, Field, equals
from .reconcile import Kind, Outcome, Plan
from .updating import update_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.swarm import Swarm  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import SwarmInitBody

__all__ = ["MemberKind", "SwarmKind", "swarm_facts"]

# Swarms of which nothing else is told.
_LOCKED = {"Locked": True}
_LEADERLESS: dict[str, Any] = {}


def _setting(name: str) -> Field:
    section, key = SECTIONS[name]
    return Field(
        name,
        lambda spec: getattr(spec, name),
        # What is not told has its zero value.
        lambda swarm: (swarm["Spec"].get(section) or {}).get(key),
        _same,
    )


def _same(wanted: Any, actual: Any) -> bool:
    return bool(wanted == actual) or (actual is None and not wanted)


def _authority(swarm: Mapping[str, Any]) -> str:
    """Return the certificate of the swarm's authority, as it was stated or as it is."""
    stated = (swarm["Spec"].get("CAConfig") or {}).get("SigningCACert")
    return str(stated or (swarm.get("TLSInfo") or {}).get("TrustRoot") or "").strip()


_FIELDS = (
    Field("name", lambda spec: spec.name, lambda swarm: swarm["Spec"].get("Name"), equals),
    Field(
        "labels",
        lambda spec: spec.labels,
        lambda swarm: swarm["Spec"].get("Labels") or {},
        equals,
        may_hold_secrets=True,
    ),
    *(_setting(name) for name in SECTIONS if name != "signing_ca_cert"),
    Field(
        "signing_ca_cert",
        lambda spec: spec.signing_ca_cert and spec.signing_ca_cert.strip(),
        _authority,
        equals,
    ),
)


@dataclass(frozen=True)
class SwarmKind(Kind[SwarmSpec]):
    """A swarm, as the engine that manages it tells.

    Attributes:
        force: found it anew with this engine alone, also if it manages one.
        rotate: what to make anew: `worker_token`, `manager_token`, `manager_unlock_key`.
        unlock_key: the key for a manager that is locked; shown nowhere.
    """

    force: bool = False
    rotate: Sequence[str] = ()
    unlock_key: str | None = field(default=None, repr=False)
    noun: ClassVar[str] = "swarm"
    states: ClassVar[Sequence[str]] = ("present",)
    fields: ClassVar[Sequence[Field]] = _FIELDS

    def find(self, engine: Engine, wanted: SwarmSpec) -> Mapping[str, Any] | None:
        """Inspect the swarm; of one that is locked, or lost its managers, only that is known."""
        del wanted
        try:
            # What is founded anew in any case may have no leader for good.
            return engine.swarm.inspect() if self.force else until_led(engine.swarm.inspect)
        except NoLeader:
            if not self.force:
                raise
            return _LEADERLESS
        except SwarmLocked:
            if self.unlock_key is None and not self.force:
                raise
            return _LOCKED
        except NotSwarmManager:
            member = engine.system.info().get("Swarm", {})
            state = member.get("LocalNodeState")
            if state == "active" or (state == "pending" and not self.force):
                # A worker, maybe one to be; nothing but a manager can tell, or change, what it
                # is in.
                raise
            if state == "error" and not self.force:
                raise _failure(member, "") from None
            return None

    def compare(
        self, wanted: SwarmSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare the stated properties, as far as they are told."""
        is_told = actual is not _LOCKED and actual is not _LEADERLESS
        return super().compare(wanted, actual, needs) if is_told else ()

    def plan(
        self,
        engine: Engine,
        wanted: SwarmSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Found it, unlock it, update it."""
        del state
        plan = Plan(exists=True)
        if actual is None or self.force:
            body = wanted.to_engine(anew=self.force)
            plan.add("create", "swarm", lambda: self._found(engine, body))
        elif actual is _LOCKED:
            plan.add("unlock", "swarm", lambda: self._unlock(engine, wanted))
        elif differences or self.rotate:
            new = " and ".join(what.replace("_", " ") for what in self.rotate)
            what = f"swarm, with a new {new}" if new else "swarm"
            plan.add("update", what, lambda: self._update(engine, wanted, actual))
        return plan

    def _found(self, engine: Engine, body: SwarmInitBody) -> None:
        engine.swarm.init(body)
        if self.force:
            # Its only manager may have to find out first that it leads.
            until_led(engine.swarm.inspect)

    def _unlock(self, engine: Engine, wanted: SwarmSpec) -> None:
        engine.swarm.unlock({"UnlockKey": self.unlock_key or ""})
        swarm = engine.swarm.inspect()
        if self.rotate or self.compare(wanted, swarm, ()):
            self._update(engine, wanted, swarm)

    def _update(self, engine: Engine, wanted: SwarmSpec, actual: Mapping[str, Any]) -> None:
        rotations: Any = {f"rotate_{what}": True for what in self.rotate}
        update_object(
            actual,
            engine.swarm.inspect,
            wanted.over,
            lambda spec, version: engine.swarm.update(spec, version=version, **rotations),
        )


def swarm_facts(engine: Engine, swarm: Mapping[str, Any], *, key: bool = False) -> dict[str, Any]:
    """Return the swarm with what others need to join it, and if wanted what unlocks its managers.

    What is not told, also for there being no swarm yet, is None.
    """
    unlocks = engine.swarm.unlock_key().get("UnlockKey") if key else None
    return {"JoinTokens": None, **swarm, "UnlockKey": unlocks or None}


@dataclass(frozen=True)
class MemberKind(Kind[MemberSpec]):
    """The place of an engine in a swarm: `join` it, or be in none (`absent`).

    Attributes:
        force: leave also as a manager, though the swarm may be lost with it; to join, leave also
            a swarm in which the engine has failed.
    """

    force: bool = False
    noun: ClassVar[str] = "node"
    states: ClassVar[Sequence[str]] = ("join", "absent")

    def find(self, engine: Engine, wanted: MemberSpec) -> Mapping[str, Any] | None:
        """Look what the engine tells of its own part in a swarm."""
        del wanted
        member = engine.system.info().get("Swarm", {})
        return None if member.get("LocalNodeState") in (None, "", "inactive") else member

    def plan(
        self,
        engine: Engine,
        wanted: MemberSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Join, leave, or leave what is none to come back to, and join then."""
        del differences
        plan = Plan(exists=state == "join")
        leave = partial(engine.swarm.leave, force=self.force)
        if state == "absent":
            if actual is not None:
                plan.add("leave", "swarm", leave)
            return plan
        body = wanted.to_engine()
        if actual is not None and self._is_to_leave(actual):
            plan.add("leave", "swarm", partial(engine.swarm.leave, force=True))
            actual = None
        if actual is None:
            plan.add("join", "swarm", lambda: _join(engine, body))
        return plan

    def _is_to_leave(self, member: Mapping[str, Any]) -> bool:
        """Tell whether a place in a swarm is none, or is to be given up."""
        state = member["LocalNodeState"]
        if state != "error":
            # A node that was restarted is pending, too, until a manager answers it; only one that
            # never got a certificate has no id.
            return bool(state == "pending" and not member.get("NodeID"))
        if not self.force:
            raise _failure(member, ", or join by force")
        return True


def _failure(member: Mapping[str, Any], otherwise: str) -> EngineError:
    """Tell of an engine that is a node of a swarm and cannot be one."""
    why = str(member.get("Error") or "the engine does not say why").rstrip(".")
    return EngineError(
        f"The engine is in a swarm already, and has failed there: {why}. If its log and a "
        f"restart do not help, take it out of that swarm first (absent){otherwise}."
    )


def _join(engine: Engine, body: Any) -> None:
    try:
        engine.swarm.join(body)
    except ServerError as exc:
        addresses = ", ".join(body["RemoteAddrs"])
        # It would go on in the background, and look like a node of a swarm.
        with contextlib.suppress(ApiError):
            engine.swarm.leave(force=True)
        raise EngineError(
            f"The swarm could not be joined at {addresses}: {exc.engine_message}. See that its "
            "managers run, that this engine reaches them there, and that the token is theirs."
        ) from exc
