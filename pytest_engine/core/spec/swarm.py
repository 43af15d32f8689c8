"""The wanted state of a swarm, and of an engine's part in one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..types.engine import SwarmInitBody, SwarmJoinBody

__all__ = ["SECTIONS", "MemberSpec", "NodeSpec", "SwarmSpec"]

# Property -> its section of the Engine's `SwarmSpec`, and its name there.
SECTIONS = {
    "task_history_retention_limit": ("Orchestration", "TaskHistoryRetentionLimit"),
    "snapshot_interval": ("Raft", "SnapshotInterval"),
    "keep_old_snapshots": ("Raft", "KeepOldSnapshots"),
    "log_entries_for_slow_followers": ("Raft", "LogEntriesForSlowFollowers"),
    "election_tick": ("Raft", "ElectionTick"),
    "heartbeat_tick": ("Raft", "HeartbeatTick"),
    "dispatcher_heartbeat_period": ("Dispatcher", "HeartbeatPeriod"),
    "node_cert_expiry": ("CAConfig", "NodeCertExpiry"),
    "signing_ca_cert": ("CAConfig", "SigningCACert"),
    "ca_force_rotate": ("CAConfig", "ForceRotate"),
    "autolock_managers": ("EncryptionConfig", "AutoLockManagers"),
}

# What engines take for a swarm's networks if neither is stated.
_USUAL_POOL = ("10.0.0.0/8",)
_USUAL_SIZE = 24


@dataclass(frozen=True)
class SwarmSpec:
    """The wanted state of a swarm; None means that a property is not stated.

    Attributes:
        name: its name; engines know `default` alone.
        labels: its labels, all of them.
        task_history_retention_limit: how many ended tasks it remembers for each slot.
        snapshot_interval: log entries between two snapshots of its managers.
        keep_old_snapshots: how many snapshots besides the present one they keep.
        log_entries_for_slow_followers: log entries that are kept for slow managers.
        election_tick: ticks without a leader after which a new one is elected.
        heartbeat_tick: ticks between two heartbeats of managers.
        dispatcher_heartbeat_period: nanoseconds between two heartbeats of a node.
        node_cert_expiry: nanoseconds that a node's certificate is good for.
        signing_ca_cert: the certificate (PEM) of the authority that signs those.
        signing_ca_key: its key (PEM), which is shown nowhere.
        ca_force_rotate: another number than the present one makes a new authority.
        autolock_managers: whether managers that are restarted need a key.
        listen_addr: where a new swarm listens.
        advertise_addr: where others reach it.
        data_path_addr: the address for what its containers say to each other.
        data_path_port: the port for that.
        default_addr_pool: the ranges that its networks are taken from.
        subnet_size: the prefix length of those networks.
    """

    name: str | None = None
    labels: Mapping[str, str] | None = None
    task_history_retention_limit: int | None = None
    snapshot_interval: int | None = None
    keep_old_snapshots: int | None = None
    log_entries_for_slow_followers: int | None = None
    election_tick: int | None = None
    heartbeat_tick: int | None = None
    dispatcher_heartbeat_period: int | None = None
    node_cert_expiry: int | None = None
    signing_ca_cert: str | None = None
    signing_ca_key: str | None = field(default=None, repr=False)
    ca_force_rotate: int | None = None
    autolock_managers: bool | None = None
    listen_addr: str = "0.0.0.0:2377"
    advertise_addr: str | None = None
    data_path_addr: str | None = None
    data_path_port: int | None = None
    default_addr_pool: Sequence[str] | None = None
    subnet_size: int | None = None

    def over(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Write what is stated over a specification in the Engine's form."""
        written = {
            key: dict(value) if isinstance(value, Mapping) else value
            for key, value in spec.items()
            if value is not None
        }
        # An engine that is told the certificate again wants its key again.
        for key in ("SigningCACert", "SigningCAKey"):
            written.get("CAConfig", {}).pop(key, None)
        if self.name is not None:
            written["Name"] = self.name
        if self.labels is not None:
            written["Labels"] = dict(self.labels)
        for name, (section, key) in SECTIONS.items():
            if getattr(self, name) is not None:
                written.setdefault(section, {})[key] = getattr(self, name)
        if self.signing_ca_key is not None:
            written.setdefault("CAConfig", {})["SigningCAKey"] = self.signing_ca_key
        return written

    def to_engine(self, *, anew: bool = False) -> SwarmInitBody:
        """Write it as the body of `POST /swarm/init`.

        Args:
            anew: let this engine found it although it is in one.
        """
        body: SwarmInitBody = {
            "ListenAddr": self.listen_addr,
            "ForceNewCluster": anew,
            "Spec": self.over({}),  # type: ignore[typeddict-item]
        }
        if self.advertise_addr is not None:
            body["AdvertiseAddr"] = self.advertise_addr
        if self.data_path_addr is not None:
            body["DataPathAddr"] = self.data_path_addr
        if self.data_path_port is not None:
            body["DataPathPort"] = self.data_path_port
        if self.default_addr_pool is not None or self.subnet_size is not None:
            # Engines ignore a size without ranges, and take 0 where ranges come without a size.
            body["DefaultAddrPool"] = list(self.default_addr_pool or _USUAL_POOL)
            body["SubnetSize"] = _USUAL_SIZE if self.subnet_size is None else self.subnet_size
        return body


@dataclass(frozen=True)
class MemberSpec:
    """An engine's place in a swarm that others founded.

    Attributes:
        remote_addrs: where managers of the swarm are reached.
        join_token: the swarm's token for workers or the one for managers; shown nowhere.
        listen_addr: where the engine listens for others.
        advertise_addr: where others reach it.
        data_path_addr: the address for what its containers say to those of others.
    """

    remote_addrs: Sequence[str] = ()
    join_token: str = field(default="", repr=False)
    listen_addr: str = "0.0.0.0:2377"
    advertise_addr: str | None = None
    data_path_addr: str | None = None

    def to_engine(self) -> SwarmJoinBody:
        """Write it as the body of `POST /swarm/join`."""
        if not self.remote_addrs or not self.join_token:
            raise InvalidInput("To join a swarm takes an address of a manager, and a token.")
        body: SwarmJoinBody = {
            "RemoteAddrs": list(self.remote_addrs),
            "JoinToken": self.join_token,
            "ListenAddr": self.listen_addr,
        }
        if self.advertise_addr is not None:
            body["AdvertiseAddr"] = self.advertise_addr
        if self.data_path_addr is not None:
            body["DataPathAddr"] = self.data_path_addr
        return body


@dataclass(frozen=True)
class NodeSpec:
    """The wanted state of a node; None means that a property is not stated.

    Attributes:
        name: its host name or its id.
        labels: its labels.
        keeps_labels: whether it may have others than `labels`.
        labels_to_remove: names of labels that it is not to have, unless `labels` has them.
        role: `manager` or `worker`.
        availability: `active`, `pause` or `drain`.
    """

    name: str
    labels: Mapping[str, str] | None = None
    keeps_labels: bool = True
    labels_to_remove: Sequence[str] = ()
    role: str | None = None
    availability: str | None = None

    def __post_init__(self) -> None:
        """Refuse an empty name, for which the engine would list all."""
        if not (self.name or "").strip():
            raise InvalidInput("A node needs a host name or an id.")
