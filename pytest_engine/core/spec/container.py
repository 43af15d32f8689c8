"""The wanted state of a container."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .mounts import Mount, VolumeBind, VolumeLike, parse_volumes
from .ports import Port, PortLike, parse_exposed, parse_ports, to_port_map
from .values import Command, Env, parse_bytes, parse_command, parse_duration, parse_env

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import ContainerCreateBody, EndpointSettings, HealthConfig, HostConfig

__all__ = ["ContainerSpec", "Healthcheck", "NetworkAttachment", "RestartPolicy"]

# The Engine API's own pattern for names (`POST /containers/create`).
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_RESTART_POLICIES = ("no", "always", "on-failure", "unless-stopped")
_NANO = 10**9
_SMALLEST_MEMORY = 6 * 1024**2
# More than any machine has, and few enough for the engine to count in billionths.
_MANY_CPUS = 10**9


@dataclass(frozen=True)
class Healthcheck:
    """How the engine finds out whether a container is healthy.

    Attributes:
        test: a command line for the container's shell, a list of words without a shell,
            `["CMD", ...]`, `["CMD-SHELL", line]`, or `NONE` to switch off the image's.
        interval: between two tests: seconds, or a text like `1m30s`.
        timeout: that a test may take.
        start_period: at the beginning, in which failures do not count.
        retries: failures in a row that make it unhealthy.
    """

    test: Command | None = None
    interval: str | float | None = None
    timeout: str | float | None = None
    start_period: str | float | None = None
    retries: int | None = None

    def to_engine(self) -> HealthConfig:
        """Write it as the Engine's `HealthConfig`, without what is not stated.

        Raises:
            InvalidInput: a duration is none, or too short for the engine.
        """
        config: HealthConfig = {}
        if self.test is not None:
            config["Test"] = self._test(self.test)
        if self.interval is not None:
            config["Interval"] = _at_least_a_millisecond(self.interval, "interval")
        if self.timeout is not None:
            config["Timeout"] = _at_least_a_millisecond(self.timeout, "timeout")
        if self.start_period is not None:
            config["StartPeriod"] = _at_least_a_millisecond(self.start_period, "start_period")
        if self.retries is not None:
            if self.retries < 0:
                raise InvalidInput(f"healthcheck: retries: {self.retries} is negative.")
            config["Retries"] = self.retries
        return config

    @staticmethod
    def _test(test: Command) -> list[str]:
        if isinstance(test, str) and test.strip():
            return ["NONE"] if test.strip().upper() == "NONE" else ["CMD-SHELL", test]
        words = [] if isinstance(test, str) else list(test)
        if not words:
            raise InvalidInput("healthcheck: the test is empty.")
        return words if words[0] in ("NONE", "CMD", "CMD-SHELL") else ["CMD", *words]


def _at_least_a_millisecond(value: str | float, what: str) -> int:
    nanoseconds = parse_duration(value, f"healthcheck: {what}")
    if 0 < nanoseconds < 10**6:
        raise InvalidInput(f"healthcheck: {what} is shorter than 1 ms, which no engine takes.")
    return nanoseconds


@dataclass(frozen=True)
class RestartPolicy:
    """What the engine does when the container ends.

    Attributes:
        name: `no`, `always`, `on-failure` or `unless-stopped`.
        retries: how often at most, for `on-failure`; 0: without end.
    """

    name: str
    retries: int = 0

    def __post_init__(self) -> None:
        """Refuse what no engine takes."""
        if self.name not in _RESTART_POLICIES:
            raise InvalidInput(f"restart_policy: one of {', '.join(_RESTART_POLICIES)}.")
        if self.retries and self.name != "on-failure":
            raise InvalidInput("restart_retries: only for the policy on-failure.")


@dataclass(frozen=True)
class NetworkAttachment:
    """A network that a container is on, and how.

    Attributes:
        name: the network's name.
        aliases: further names of the container there.
        ipv4_address: its address there, for networks with a configured subnet.
        ipv6_address: likewise.
    """

    name: str
    aliases: Sequence[str] | None = None
    ipv4_address: str | None = None
    ipv6_address: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no address."""
        try:
            if self.ipv4_address:
                ipaddress.IPv4Address(self.ipv4_address)
            if self.ipv6_address:
                ipaddress.IPv6Address(self.ipv6_address)
        except ValueError as exc:
            raise InvalidInput(f"Network {self.name}: {exc}.") from exc

    def to_engine(self) -> EndpointSettings:
        """Write it as the Engine's `EndpointSettings`, without what is not stated."""
        endpoint: EndpointSettings = {}
        if self.aliases is not None:
            endpoint["Aliases"] = list(self.aliases)
        if self.ipv4_address or self.ipv6_address:
            endpoint["IPAMConfig"] = {}
            if self.ipv4_address:
                endpoint["IPAMConfig"]["IPv4Address"] = self.ipv4_address
            if self.ipv6_address:
                endpoint["IPAMConfig"]["IPv6Address"] = self.ipv6_address
        return endpoint


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
        if self.memory is not None:
            put(self, "memory", _memory(self.memory))
        if self.cpus is not None and not 0 <= self.cpus < _MANY_CPUS:
            reason = "negative" if self.cpus < 0 else "no number of processors"
            raise InvalidInput(f"cpus: {self.cpus} is {reason}.")
        self._refuse_doubles()

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
        return parse_ports(self.ports or ())

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
        if self.command is not None:
            body["Cmd"] = list(self.command)
        if self.entrypoint is not None:
            # The engine takes an empty list as "not stated", a list of one empty word
            # as "none".
            body["Entrypoint"] = list(self.entrypoint) or [""]
        env = parse_env(self.env)
        if env is not None:
            body["Env"] = [f"{key}={value}" for key, value in env.items()]
        if self.labels is not None:
            body["Labels"] = dict(self.labels)
        if self.healthcheck is not None:
            body["Healthcheck"] = self.healthcheck.to_engine()
        if self.user is not None:
            body["User"] = self.user
        if self.working_dir is not None:
            body["WorkingDir"] = self.working_dir
        self._add_exposed(body)
        if self.attachments:
            first = self.attachments[0]
            body["HostConfig"]["NetworkMode"] = first.name
            body["NetworkingConfig"] = {"EndpointsConfig": {first.name: first.to_engine()}}
        return body

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
                "MaximumRetryCount": policy.retries,
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
