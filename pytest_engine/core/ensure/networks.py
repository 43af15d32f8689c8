"""Networks: a change means a new network, so the containers on it are moved over."""

from __future__ import annotations

import ipaddress
import itertools
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import Conflict, EngineError, Incompatible, NotFound, Timeout
from ..polling import poll
from ..spec.network import IpamPool, NetworkSpec
from .compare import Difference, Field, contains, covers, equals
from .container_names import find_container
from .endpoints import kept_endpoint
from .network_pools import normal_pools, pool_differences, same_pools
from .podman import network_as_docker_tells
from .reconcile import Kind, Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..types.engine import NetworkCreateBody

__all__ = ["NetworkKind"]


def _ipam(network: Mapping[str, Any]) -> Mapping[str, Any]:
    return network.get("IPAM") or {}


def _flag(name: str, key: str, *, usual: bool = False) -> Field:
    return Field(
        name,
        lambda spec: getattr(spec, name),
        lambda network: bool(network.get(key, usual)),
        equals,
    )


_ID = re.compile(r"[0-9a-f]{64}")
_PATIENCE = 20.0
# From here on a network can be without IPv4, and engines tell whether it is.
_IPV4_IS_OPTIONAL = (1, 47)

_FIELDS = (
    Field("driver", lambda spec: spec.driver, lambda network: network["Driver"], equals),
    Field(
        "driver_options",
        lambda spec: spec.driver_options,
        lambda network: network.get("Options") or {},
        contains,
        may_hold_secrets=True,
    ),
    Field(
        "ipam_driver",
        lambda spec: spec.ipam_driver,
        lambda network: _ipam(network).get("Driver"),
        equals,
    ),
    Field(
        "ipam_driver_options",
        lambda spec: spec.ipam_driver_options,
        lambda network: _ipam(network).get("Options") or {},
        equals,
        may_hold_secrets=True,
    ),
    Field(
        "ipam_config",
        lambda spec: (
            normal_pools([pool.to_engine() for pool in spec.ipam_config])
            if spec.ipam_config is not None
            else None
        ),
        lambda network: normal_pools(_ipam(network).get("Config") or []),
        same_pools,
    ),
    _flag("enable_ipv4", "EnableIPv4", usual=True),
    _flag("enable_ipv6", "EnableIPv6"),
    _flag("internal", "Internal"),
    _flag("attachable", "Attachable"),
    _flag("ingress", "Ingress"),
    _flag("config_only", "ConfigOnly"),
    Field("scope", lambda spec: spec.scope, lambda network: network.get("Scope"), equals),
    Field(
        "config_from",
        lambda spec: spec.config_from,
        lambda network: (network.get("ConfigFrom") or {}).get("Network", ""),
        equals,
    ),
    Field(
        "labels",
        lambda spec: spec.labels,
        lambda network: network.get("Labels") or {},
        contains,
        may_hold_secrets=True,
    ),
)


# What an inspected network and the body that makes one have in common.
_CONFIGURATION = (
    "Name",
    "Driver",
    "Options",
    "IPAM",
    "EnableIPv4",
    "EnableIPv6",
    "Internal",
    "Attachable",
    "Ingress",
    "Scope",
    "ConfigOnly",
    "Labels",
)


class _Found(dict[str, Any]):
    """A network as the engine shows it, and name -> id of who is on it."""

    def __init__(self, network: Mapping[str, Any], members: Mapping[str, str]) -> None:
        super().__init__(network)
        self.members = members


def _members(network: Mapping[str, Any]) -> dict[str, str]:
    return dict(network.members) if isinstance(network, _Found) else _listed_members(network)


@dataclass(frozen=True)
class NetworkKind(Kind[NetworkSpec]):
    """Networks.

    Attributes:
        connected: names or ids of the containers that are to be on it, as far as they exist;
            None: whoever is.
        appends: whether containers that are not named may stay on it.
        force: make the network anew even if nothing differs.
    """

    connected: Sequence[str] | None = None
    appends: bool = False
    force: bool = False
    noun: ClassVar[str] = "network"
    fields: ClassVar[Sequence[Field]] = _FIELDS

    def find(self, engine: Engine, wanted: NetworkSpec) -> Mapping[str, Any] | None:
        """Inspect the network of that name; never one whose id begins like it."""
        try:
            network = engine.networks.inspect(wanted.name)
        except NotFound:
            return None
        if wanted.name not in (network.get("Name"), network.get("Id")):
            return None
        return _Found(network, self._look_for_members(engine, network))

    def _look_for_members(self, engine: Engine, network: Mapping[str, Any]) -> dict[str, str]:
        """Return name -> id of the containers on a network, under the names that are stated."""
        # The engine lists those that run alone, and none by what else it may be called.
        members = _listed_members(network)
        wanted = self.connected or ()
        for name in wanted:
            id = None if name in members else _member_id(engine, str(network.get("Name")), name)
            if id is not None:
                members = {n: i for n, i in members.items() if i != id or n in wanted}
                members[name] = id
        return members

    def compare(
        self, wanted: NetworkSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare the stated properties, and who is on it if that is stated."""
        found = super().compare(wanted, network_as_docker_tells(actual, wanted), needs)
        differences = tuple(itertools.chain.from_iterable(map(_in_detail, found)))
        if self.connected is None:
            return differences
        there = sorted(_members(actual))
        same = covers(self.connected, there) if self.appends else set(self.connected) == set(there)
        if same:
            return differences
        stated = sorted({*there, *self.connected} if self.appends else set(self.connected))
        return (*differences, Difference("connected", stated, there))

    def plan(
        self,
        engine: Engine,
        wanted: NetworkSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, remove, make anew with its containers, connect and disconnect."""
        plan = Plan(exists=state == "present")
        what = f"network {wanted.name}"
        members = _members(actual) if actual is not None else {}
        changed = [item for item in differences if item.field != "connected"]
        before: dict[str, dict[str, Any]] = {}
        kept: dict[str, dict[str, Any]] = {}
        replaced = None
        if actual is not None and (state == "absent" or self.force or changed):
            network_id = str(actual["Id"])
            if state == "present":
                members |= _stopped_members(engine, wanted.name)
                # Read while planning: once the network is gone, nothing tells the aliases
                # and the fixed addresses that containers had there.
                for name, member in members.items():
                    before[name] = kept_endpoint(engine.containers.inspect(member), wanted.name)
                    kept[name], lost = _within(before[name], wanted.ipam_config or ())
                    plan.warnings += [
                        f"{name} gets another address than {address}, which the {what} has not "
                        "any more."
                        for address in lost
                    ]
                replaced = actual
            for name in members:
                self._disconnect(plan, engine, network_id, name, what)
            plan.add("remove", what, lambda: engine.networks.remove(network_id))
            actual = None
        if state == "absent":
            return plan
        on_it = set(members)
        if actual is None:
            _refuse_what_cannot_be_made(engine, wanted)
            is_swarms = replaced is not None and replaced.get("Scope") == "swarm"
            create = partial(_create_when_free, engine, wanted.to_engine(), waits=is_swarms)
            undo = (
                partial(_bring_back, engine, wanted, replaced, before, kept) if replaced else None
            )
            plan.add("create", what, create, undo=undo)
            on_it = set()
        self._settle_members(plan, engine, wanted, members, on_it, kept)
        return plan

    def _settle_members(
        self,
        plan: Plan,
        engine: Engine,
        wanted: NetworkSpec,
        members: Mapping[str, str],
        on_it: set[str],
        kept: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Connect who is to be on it and is not, disconnect who is and is not to be."""
        what = f"network {wanted.name}"
        stay = set(members) if self.connected is None or self.appends else set()
        names = [*members, *(name for name in self.connected or () if name not in members)]
        for name in names:
            if name in stay or name in (self.connected or ()):
                if name in on_it:
                    continue
                if name in members or find_container(engine, name):
                    self._connect(plan, engine, wanted.name, name, what, kept.get(name))
                else:
                    plan.warnings.append(f"There is no container {name} to connect to {what}.")
            elif name in on_it:
                self._disconnect(plan, engine, wanted.name, name, what)

    @staticmethod
    def _disconnect(plan: Plan, engine: Engine, network: str, name: str, what: str) -> None:
        plan.add(
            "disconnect",
            f"container {name} from {what}",
            lambda: engine.networks.disconnect(network, name, force=True),
        )

    @staticmethod
    def _connect(
        plan: Plan,
        engine: Engine,
        network: str,
        name: str,
        what: str,
        endpoint: Mapping[str, Any] | None,
    ) -> None:
        plan.add(
            "connect",
            f"container {name} to {what}",
            lambda: engine.networks.connect(network, name, endpoint),  # type: ignore[arg-type]
        )


def _refuse_what_cannot_be_made(engine: Engine, wanted: NetworkSpec) -> None:
    """Refuse while planning what would be refused once the old network is gone."""
    version = tuple(map(int, engine.api_version.split(".")))
    if wanted.enable_ipv4 is False and version < _IPV4_IS_OPTIONAL:
        raise Incompatible(
            f"enable_ipv4: a network without IPv4 needs API 1.47, and this engine is spoken to in "
            f"{engine.api_version}; leave it out."
        )


def _in_detail(difference: Difference) -> Iterable[Difference]:
    if difference.field != "ipam_config":
        return (difference,)
    return pool_differences(difference.wanted, difference.actual)


def _bring_back(
    engine: Engine,
    wanted: NetworkSpec,
    replaced: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
    kept: Mapping[str, Mapping[str, Any]],
) -> None:
    """Create a network that was there before, and put its containers back on it.

    Where the new one is there, although nobody was told so, they go on that.
    """
    told = {key: replaced.get(key) for key in _CONFIGURATION}
    # False is not always what leaving it out means.
    config: Any = {key: value for key, value in told.items() if value or value is False}
    name, endpoints = str(replaced["Name"]), before
    try:
        try:
            _create_when_free(engine, config, waits=replaced.get("Scope") == "swarm")
        except (Conflict, Timeout):
            new = NetworkKind().find(engine, wanted)
            if new is None or NetworkKind().compare(wanted, new, ()):
                raise
            name, endpoints = wanted.name, kept
        for member, endpoint in endpoints.items():
            engine.networks.connect(name, member, endpoint)  # type: ignore[arg-type]
    except EngineError as exc:
        raise EngineError(f"{exc} On it were: {', '.join(before) or 'no containers'}.") from exc


def _create_when_free(engine: Engine, config: NetworkCreateBody, *, waits: bool) -> None:
    """Create a network; a swarm takes a moment to let go of the name of one that is removed."""

    def is_created() -> bool:
        try:
            engine.networks.create(config)
        except Conflict:
            if not waits:
                raise
            return False
        return True

    poll(is_created, timeout=_PATIENCE, what=f"The name of network {config['Name']} is to be free")


def _stopped_members(engine: Engine, network: str) -> dict[str, str]:
    """Return name -> id of all containers that are on a network and do not run.

    Without being moved over they could not be started any more.
    """
    states = ["created", "exited"]
    if not engine.is_podman:
        # That state Podman does not know, and refuses to look for.
        states.append("dead")
    listed = engine.containers.list(all=True, filters={"network": network, "status": states})
    # One that is being removed has no name any more.
    named = [entry for entry in listed if entry.get("Names")]
    return {str(entry["Names"][0]).lstrip("/"): str(entry["Id"]) for entry in named}


def _within(
    endpoint: Mapping[str, Any], pools: Sequence[IpamPool]
) -> tuple[dict[str, Any], list[str]]:
    """Take the fixed addresses out of a container's settings that no pool of a network has.

    Returns:
        The settings, and those addresses.
    """
    subnets = [ipaddress.ip_network(pool.subnet, strict=False) for pool in pools if pool.subnet]
    stated: Mapping[str, Any] = endpoint.get("IPAMConfig") or {}
    lost = [
        str(stated[key])
        for key in ("IPv4Address", "IPv6Address")
        if stated.get(key) and not any(ipaddress.ip_address(stated[key]) in one for one in subnets)
    ]
    if not lost:
        return dict(endpoint), lost
    fits = {key: value for key, value in stated.items() if value not in lost}
    return {**endpoint, "IPAMConfig": fits}, lost


def _listed_members(network: Mapping[str, Any]) -> dict[str, str]:
    """Return name -> id of the containers that run on a network."""
    listed = network.get("Containers") or {}
    # An overlay lists its load balancer among them, as `lb-` and its name.
    return {str(one["Name"]): str(key) for key, one in listed.items() if _ID.fullmatch(key)}


def _member_id(engine: Engine, network: str, name: str) -> str | None:
    """Return the id of a container that is on a network, whether or not it runs."""
    container = find_container(engine, name)
    if container is None:
        return None
    networks = container.get("NetworkSettings", {}).get("Networks") or {}
    return str(container["Id"]) if network in networks else None
