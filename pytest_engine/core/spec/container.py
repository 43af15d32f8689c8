"""The wanted state of a container."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from ..errors import InvalidInput
from .attachment import NetworkAttachment
from .mounts import Mount, VolumeBind, VolumeLike, parse_volumes
from .policies import Healthcheck, RestartPolicy
from .ports import Port, PortLike, parse_exposed, parse_ports, to_port_map
from .readers import read_texts_by_name
from .settings import SETTINGS
from .values import Command, Env, check_cpus, parse_bytes, parse_command, parse_env

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import ContainerCreateBody, HostConfig

__all__ = ["ContainerSpec"]

# The Engine API's own pattern for names (`POST /containers/create`).
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_NANO = 10**9
_SMALLEST_MEMORY = 6 * 1024**2
# More than any machine has, and few enough for the engine to count in billionths.
_MANY_CPUS = 10**9


@dataclass(frozen=True)
class ContainerSpec:
    """The wanted state of a container; None means that a property is not stated.

    What people write in several forms is read when the object is made, so that an error
    names the option; the attributes then hold one form.

    Attributes:
        name: its name; None: the engine makes one up.
        image: the image's name or id.
        command: words, or a line that is split as a shell would; replaces the image's.
        entrypoint: likewise; an empty list takes the image's away.
        env: variables beyond the image's: a mapping, or texts `NAME=value`.
        ports: published ports (see `parse_ports`).
        exposed_ports: ports that are exposed only.
        mounts: mounts in the long form.
        volumes: mounts in the short form `[source:]target[:modes]`.
        networks: the networks that it is on, the first being its main one.
        labels: its labels.
        restart_policy: what happens when it ends.
        healthcheck: how its health is found out.
        user: `user[:group]` of its process, by name or number.
        working_dir: where its process starts.
        memory: the limit in bytes, or a text like `512m`; 0: none.
        cpus: how many processors' worth of time it may use; 0: any.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        attached: whether the engine takes its output for somebody's who waits for its end.
        default_host_ip: the host's address for ports that name none; None: all.
        log_driver: what keeps its output.
        log_options: what that is told, by name.
        hostname: its own name for itself.
        domainname: the domain of that.
        tty: whether it has a terminal.
        interactive: whether its standard input stays open.
        stop_signal: what asks its process to end.
        stop_timeout: seconds until a process that was asked to end is killed.
        init: whether a small process 1 passes on signals and cleans up after others.
        groups: further groups of its process.
        auto_remove: whether the engine removes it when it ends.
        runtime: what runs it, like `runc`.
        annotations: what that is told, by name (API 1.43).
        privileged: whether it may do almost all that the host may.
        capabilities: what it may do beyond the usual, like `NET_ADMIN`.
        cap_drop: what it may not do of the usual.
        security_opts: like `no-new-privileges`, `seccomp=...`.
        read_only: whether it cannot write to its file system.
        masked_paths: what it does not see of the kernel's folders; empty: it sees all.
        readonly_paths: what it cannot write to of them.
        sysctls: parameters of the kernel in its namespaces.
        ulimits: limits of its processes: `name:soft[:hard]`.
        oom_killer: whether it is spared when memory runs out (the Engine's `OomKillDisable`).
        oom_score_adj: how soon it is picked then, -1000 to 1000.
        pids_limit: how many processes it may have; -1: any number.
        cgroup_parent: the control group to put it in.
        cgroupns_mode: `private` or `host`.
        ipc_mode: `private`, `shareable`, `host`, `container:NAME`, ...
        pid_mode: `host` or `container:NAME`.
        userns_mode: `host`, or empty for the engine's own.
        uts: `host`, or empty for its own.
        network_mode: `bridge`, `host`, `none`, `container:NAME` or a network's name; None:
            the first of `networks`.
        mac_address: its address on the link layer, in its main network.
        dns_servers: addresses of the name servers it asks.
        dns_opts: how it asks them.
        dns_search_domains: domains that it completes names with.
        etc_hosts: further hosts it knows: name -> address, or `host-gateway`.
        links: containers that it finds under other names: `container[:alias]`.
        publish_all_ports: whether the host publishes all exposed ports.
        tmpfs: folders in memory: `path[:options]`.
        shm_size: the size of `/dev/shm`.
        storage_opts: options of the storage driver.
        volume_driver: the driver of volumes that are made for it.
        volumes_from: containers whose mounts it gets: `container[:ro]`.
        devices: devices of the host: `path[:path in the container[:rwm]]`.
        device_cgroup_rules: rules for devices, like `c 13:* rwm`.
        device_requests: devices that a driver provides (see `read_device_requests`).
        device_read_bps: limits of reading: mappings with `path` and `rate` in bytes.
        device_write_bps: limits of writing, likewise.
        device_read_iops: limits of reading: mappings with `path` and `rate` in calls.
        device_write_iops: limits of writing, likewise.
        blkio_weight: its share of input and output, 10 to 1000; 0: the usual.
        cpu_period: the length of a scheduler's period, in microseconds.
        cpu_quota: how much of a period it may use, in microseconds.
        cpu_realtime_period: the same for processes that run in real time.
        cpu_realtime_runtime: likewise.
        cpu_shares: its share of the processors when they are busy; 0: the usual.
        cpuset_cpus: the processors it may use, like `0-2,4`.
        cpuset_mems: the memory nodes it may use.
        kernel_memory: the limit of the kernel's memory for it; only before API 1.42.
        memory_reservation: the memory that it is left with when others need some.
        memory_swap: memory and swap together; -1 or `unlimited`: no limit.
        memory_swappiness: how readily its memory is swapped out, 0 to 100.

    Raises:
        InvalidInput: a value is malformed or contradicts another one.
    """

    name: str | None = None
    image: str | None = None
    command: Command | None = None
    entrypoint: Command | None = None
    env: Env | None = None
    ports: Sequence[PortLike] | None = None
    exposed_ports: Sequence[int | str] | None = None
    mounts: Sequence[Mount] | None = None
    volumes: Sequence[VolumeLike] | None = None
    networks: Sequence[str | NetworkAttachment] | None = None
    labels: Mapping[str, str] | None = None
    restart_policy: str | RestartPolicy | None = None
    healthcheck: Healthcheck | None = None
    user: str | None = None
    working_dir: str | None = None
    memory: str | int | None = None
    cpus: float | None = None
    platform: str | None = None
    attached: bool | None = None
    default_host_ip: str | None = None
    log_driver: str | None = None
    log_options: Mapping[str, Any] | None = None
    hostname: str | None = None
    domainname: str | None = None
    tty: bool | None = None
    interactive: bool | None = None
    stop_signal: str | None = None
    stop_timeout: int | None = None
    init: bool | None = None
    groups: Sequence[str] | None = None
    auto_remove: bool | None = None
    runtime: str | None = None
    annotations: Mapping[str, str] | None = None
    privileged: bool | None = None
    capabilities: Sequence[str] | None = None
    cap_drop: Sequence[str] | None = None
    security_opts: Sequence[str] | None = None
    read_only: bool | None = None
    masked_paths: Sequence[str] | None = None
    readonly_paths: Sequence[str] | None = None
    sysctls: Mapping[str, Any] | None = None
    ulimits: Sequence[str | Mapping[str, Any]] | None = None
    oom_killer: bool | None = None
    oom_score_adj: int | None = None
    pids_limit: int | None = None
    cgroup_parent: str | None = None
    cgroupns_mode: str | None = None
    ipc_mode: str | None = None
    pid_mode: str | None = None
    userns_mode: str | None = None
    uts: str | None = None
    network_mode: str | None = None
    mac_address: str | None = None
    dns_servers: Sequence[str] | None = None
    dns_opts: Sequence[str] | None = None
    dns_search_domains: Sequence[str] | None = None
    etc_hosts: Mapping[str, str] | Sequence[str] | None = None
    links: Sequence[str] | None = None
    publish_all_ports: bool | None = None
    tmpfs: Mapping[str, str] | Sequence[str] | None = None
    shm_size: str | int | None = None
    storage_opts: Mapping[str, str] | None = None
    volume_driver: str | None = None
    volumes_from: Sequence[str] | None = None
    devices: Sequence[str | Mapping[str, str]] | None = None
    device_cgroup_rules: Sequence[str] | None = None
    device_requests: Sequence[Mapping[str, Any]] | None = None
    device_read_bps: Sequence[Mapping[str, Any]] | None = None
    device_write_bps: Sequence[Mapping[str, Any]] | None = None
    device_read_iops: Sequence[Mapping[str, Any]] | None = None
    device_write_iops: Sequence[Mapping[str, Any]] | None = None
    blkio_weight: int | None = None
    cpu_period: int | None = None
    cpu_quota: int | None = None
    cpu_realtime_period: int | None = None
    cpu_realtime_runtime: int | None = None
    cpu_shares: int | None = None
    cpuset_cpus: str | None = None
    cpuset_mems: str | None = None
    kernel_memory: str | int | None = None
    memory_reservation: str | int | None = None
    memory_swap: str | int | None = None
    memory_swappiness: int | None = None

    def __post_init__(self) -> None:
        """Bring every property into its one form."""
        if self.name is not None and not _NAME.fullmatch(self.name):
            raise InvalidInput(
                f"name: {self.name!r}: letters, digits, '_', '.' and '-', at least two, and a "
                "letter or digit first."
            )
        put = object.__setattr__
        put(self, "command", parse_command(self.command, "command"))
        put(self, "entrypoint", parse_command(self.entrypoint, "entrypoint"))
        put(self, "env", parse_env(self.env))
        if self.ports is not None:
            put(self, "ports", parse_ports(self.ports))
        if self.exposed_ports is not None:
            put(self, "exposed_ports", parse_exposed(self.exposed_ports))
        if self.volumes is not None:
            put(self, "volumes", parse_volumes(self.volumes))
        if self.networks is not None:
            put(self, "networks", tuple(map(_attachment, self.networks)))
        if isinstance(self.restart_policy, str):
            put(self, "restart_policy", RestartPolicy(self.restart_policy))
        put(self, "platform", self.platform or None)
        if self.memory is not None:
            put(self, "memory", _memory(self.memory))
        if self.cpus is not None:
            if not 0 <= self.cpus < _MANY_CPUS:
                reason = "negative" if self.cpus < 0 else "no number of processors"
                raise InvalidInput(f"cpus: {self.cpus} is {reason}.")
            check_cpus(self.cpus, "cpus")
        self._read_settings()
        self._refuse_doubles()

    def _read_settings(self) -> None:
        put = object.__setattr__
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            if value is not None:
                put(self, setting.name, setting.read(value, setting.name))
        if self.log_options is not None:
            put(self, "log_options", read_texts_by_name(self.log_options, "log_options"))

    def _refuse_doubles(self) -> None:
        targets = [mount.target.rstrip("/") or "/" for mount in self.mounts or ()]
        targets += [volume.target for volume in self.volume_binds]
        names = [attachment.name for attachment in self.attachments]
        for what, values in (("mounted at", targets), ("network", names)):
            for value in values:
                if values.count(value) > 1:
                    raise InvalidInput(f"{what} {value}: stated more than once.")

    @property
    def published(self) -> tuple[Port, ...]:
        """The published ports, in their one form."""
        ports = parse_ports(self.ports or ())
        if not self.default_host_ip:
            return ports
        return tuple(
            port if port.host_ip else replace(port, host_ip=self.default_host_ip) for port in ports
        )

    @property
    def volume_binds(self) -> tuple[VolumeBind, ...]:
        """The mounts of the short form, in their one form."""
        return parse_volumes(self.volumes or ())

    @property
    def attachments(self) -> tuple[NetworkAttachment, ...]:
        """The networks, in their one form."""
        return tuple(map(_attachment, self.networks or ()))

    def to_engine(self) -> ContainerCreateBody:
        """Write it as the body of `POST /containers/create`.

        Only the first network is part of it: engines before API 1.44 take no more; the
        others are connected after creation.

        Raises:
            InvalidInput: the image is not stated.
        """
        if not self.image:
            raise InvalidInput(f"Container {self.name or ''}: state the image to create it from.")
        body: ContainerCreateBody = {"Image": self.image, "HostConfig": self._host_config()}
        self._add_process(body)
        self._add_exposed(body)
        for setting in SETTINGS:
            value = getattr(self, setting.name)
            if value is not None:
                place = cast("dict[str, Any]", body["HostConfig"] if setting.on_host else body)
                place[setting.key] = list(value) if isinstance(value, tuple) else value
        attachments = self.attachments
        if attachments:
            body["HostConfig"].setdefault("NetworkMode", attachments[0].name)
        if attachments and body["HostConfig"]["NetworkMode"] == attachments[0].name:
            endpoints = {attachments[0].name: attachments[0].to_engine()}
            body["NetworkingConfig"] = {"EndpointsConfig": endpoints}
        return body

    def _add_process(self, body: ContainerCreateBody) -> None:
        if self.command is not None:
            body["Cmd"] = list(self.command)
        if self.entrypoint is not None:
            # Both an empty list and an empty word take the image's away, and the word its
            # command as well; not every engine heeds the list.
            body["Entrypoint"] = list(self.entrypoint) or ([] if self.command is None else [""])
        env = parse_env(self.env)
        if env is not None:
            body["Env"] = [f"{key}={value}" for key, value in env.items()]
        if self.labels is not None:
            body["Labels"] = dict(self.labels)
        if self.healthcheck is not None:
            body["Healthcheck"] = self.healthcheck.to_engine()
        if self.attached is not None:
            body["AttachStdout"] = body["AttachStderr"] = self.attached
            if self.attached and self.interactive:
                body["AttachStdin"] = body["StdinOnce"] = True

    @property
    def later_attachments(self) -> tuple[NetworkAttachment, ...]:
        """The networks that a new container is connected to once it is there."""
        attachments = self.attachments
        if attachments and self.network_mode in (None, attachments[0].name):
            return attachments[1:]
        return attachments

    def _add_exposed(self, body: ContainerCreateBody) -> None:
        exposed = {port.key for port in self.published} | set(map(str, self.exposed_ports or ()))
        if exposed:
            body["ExposedPorts"] = {key: {} for key in sorted(exposed)}
        anonymous = [bind.target for bind in self.volume_binds if not bind.source]
        if anonymous:
            body["Volumes"] = {target: {} for target in anonymous}

    def _host_config(self) -> HostConfig:
        host: HostConfig = {}
        if self.ports is not None:
            host["PortBindings"] = to_port_map(self.published)  # type: ignore[typeddict-item]
        if self.mounts is not None:
            host["Mounts"] = [mount.to_engine() for mount in self.mounts]
        binds = [str(bind) for bind in self.volume_binds if bind.source]
        if binds:
            host["Binds"] = binds
        policy = self.restart_policy
        if isinstance(policy, RestartPolicy):
            host["RestartPolicy"] = {
                "Name": policy.name,  # type: ignore[typeddict-item]  # checked when it was made
                "MaximumRetryCount": policy.retries or 0,
            }
        if self.log_driver is not None or self.log_options is not None:
            host["LogConfig"] = {
                "Type": self.log_driver or "",  # type: ignore[typeddict-item]
                "Config": dict(self.log_options or {}),
            }
        if isinstance(self.memory, int):
            host["Memory"] = self.memory
        if self.cpus is not None:
            host["NanoCpus"] = round(self.cpus * _NANO)
        return host


def _attachment(value: str | NetworkAttachment) -> NetworkAttachment:
    return value if isinstance(value, NetworkAttachment) else NetworkAttachment(value)


def _memory(value: Any) -> int:
    memory = parse_bytes(value, "memory")
    if 0 < memory < _SMALLEST_MEMORY:
        raise InvalidInput(f"memory: {value} is below 6 MiB, the least that an engine takes.")
    return memory
