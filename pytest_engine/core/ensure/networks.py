"""Networks: a change means a new network, so the containers on it are moved over."""

from __future__ import annotations

import ipaddress
import itertools
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ContainerNotFound, Incompatible, InvalidInput, NotFound
from ..spec.network import IpamPool, NetworkSpec
from .compare import Difference, Field, contains, covers, equals
from .container_names import find_container
from .endpoints import kept_endpoint
from .network_pools import normal_pools, pool_differences, same_pools
from .network_replacement import ReplacedNetwork, create_when_free, member_id
from .own_networks import is_own_network
from .podman import network_as_docker_tells
from .reconcile import Kind, Outcome, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

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
            id = None if name in members else member_id(engine, str(network.get("Name")), name)
            if id is not None:
                members = {n: i for n, i in members.items() if i != id or n in wanted}
                members[name] = id
        return members

    def settle(
        self, engine: Engine, wanted: NetworkSpec, actual: Mapping[str, Any] | None
    ) -> NetworkSpec:
        """Put in the name of a network that was found by its id."""
        del engine
        return wanted if actual is None else replace(wanted, name=str(actual["Name"]))

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
        members = _members(actual) if actual is not None else {}
        changed = [item for item in differences if item.field != "connected"]
        old = None
        if actual is not None and (state == "absent" or self.force or changed):
            asked = [f"state={state}"] if state == "absent" else ["force"] if self.force else []
            _refuse_own(engine, wanted.name, asked or [item.field for item in changed])
            if state == "present":
                members |= _stopped_members(engine, wanted.name)
            old = self._remove(plan, engine, wanted, actual, members)
        if state == "absent":
            return plan
        if actual is None or old:
            _refuse_what_cannot_be_made(engine, wanted)
            create = old.create if old else partial(create_when_free, engine)
            plan.add(
                "create",
                f"network {wanted.name}",
                partial(create, wanted.to_engine()),
                undo=old.undo if old else None,
            )
        self._settle_members(plan, engine, wanted, members, old)
        return plan

    def _remove(
        self,
        plan: Plan,
        engine: Engine,
        wanted: NetworkSpec,
        actual: Mapping[str, Any],
        members: Mapping[str, str],
    ) -> ReplacedNetwork:
        """Plan the removal of a network, and warn of what its containers lose if it is replaced."""
        what = f"network {wanted.name}"
        before: dict[str, dict[str, Any]] = {}
        kept: dict[str, dict[str, Any]] = {}
        # Read while planning: once the network is gone, nothing tells the aliases and the
        # fixed addresses that containers had there.
        # One that is named twice is called as `_settle_members` calls it.
        for member, name in {id: name for name, id in members.items()}.items():
            try:
                before[name] = kept_endpoint(engine.containers.inspect(member), wanted.name)
            except ContainerNotFound:
                if plan.exists:
                    raise
                # One that is gone can be listed yet. Disconnecting it is the way to be rid of it.
                before[name] = {}
            kept[name], lost = _within(before[name], wanted.ipam_config or ())
            if plan.exists:
                plan.warnings += [
                    f"{name} gets another address than {address}, which the {what} has not any "
                    "more."
                    for address in lost
                ]
        is_made = partial(self._is_made, engine, wanted)
        old = ReplacedNetwork(engine, actual, before, kept, is_made)
        for name in before:
            disconnect = partial(old.disconnect, name)
            plan.add("disconnect", f"container {name} from {what}", disconnect, undo=old.undo)
        plan.add("remove", what, old.remove, undo=old.undo)
        return old

    def _is_made(self, engine: Engine, wanted: NetworkSpec) -> bool:
        """Tell whether there is a network of the wanted properties, whoever is on it."""
        found = self.find(engine, wanted)
        differences = self.compare(wanted, found, ()) if found is not None else ()
        return found is not None and all(item.field == "connected" for item in differences)

    def _settle_members(
        self,
        plan: Plan,
        engine: Engine,
        wanted: NetworkSpec,
        members: Mapping[str, str],
        old: ReplacedNetwork | None,
    ) -> None:
        """Connect who is to be on it and is not, disconnect who is and is not to be."""
        what = f"network {wanted.name}"
        connect = old.connect if old else partial(engine.networks.connect, wanted.name)
        undo = old.undo if old else None
        # By their ids, as one container may be named twice.
        there = {id: name for name, id in members.items()}
        stay = {} if self.connected is not None and not self.appends else dict(there)
        for name in dict.fromkeys(self.connected or ()):
            id = members.get(name) or (find_container(engine, name) or {}).get("Id")
            if id is None:
                plan.warnings.append(f"There is no container {name} to connect to {what}.")
            else:
                stay.setdefault(id, there.get(id, name))
        on_it = {} if old else there
        for name in (name for id, name in on_it.items() if id not in stay):
            disconnect = partial(engine.networks.disconnect, wanted.name, name, force=True)
            plan.add("disconnect", f"container {name} from {what}", disconnect)
        for name in (name for id, name in stay.items() if id not in on_it):
            plan.add("connect", f"container {name} to {what}", partial(connect, name), undo=undo)


def _refuse_own(engine: Engine, name: str, asked: Iterable[str]) -> None:
    """Refuse while planning what an engine refuses once the containers are off."""
    if is_own_network(engine, name):
        raise InvalidInput(
            f"name: {name} is a network of the engine's own, which can be neither removed nor made "
            f"anew, as {', '.join(asked)} would have it. Change that, or name another network."
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
