"""What a service with a life is to be: its attributes, checked and in one form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..errors import InvalidInput
from ..reference import parse_reference
from ..spec.values import parse_command

__all__ = ["ServiceDefinition"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "autorestart": ("OFF", "ON_FAILURE", "ALWAYS"),
    "autodestroy": ("OFF", "ON_SUCCESS", "ALWAYS"),
    "deployment_strategy": ("EMPTIEST_NODE", "HIGH_AVAILABILITY", "EVERY_NODE"),
    "net": ("bridge", "host"),
}
# Attributes that no field of a swarm service carries -> what to do instead. Their defaults are
# accepted: they ask for nothing.
_REFUSED: Mapping[str, str] = {
    "cgroup_parent": "Set the default of the engines (dockerd --cgroup-parent).",
    "cpu_shares": "A limit of processors is no relative weight; leave it out.",
    "cpuset": "Leave it out.",
    "devices": "Run such a container on its node, without a swarm.",
    "mac_address": "Leave it out.",
    "pid": "Run such a container on its node, without a swarm.",
    "privileged": 'State what it needs: cap_add: ["ALL"] is all capabilities.',
    "roles": "Give it what it needs of the engine's API as a secret.",
}
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?")
_LABELING = re.compile(r"label[:=](disable|(user|role|type|level)[:=].+)")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class ServiceDefinition:
    """What a service is to be, in the attributes of Docker Cloud's services.

    `docs/reference/services.md` has every attribute and what becomes of it. Those that a
    swarm cannot give are refused when they ask for something.

    Attributes:
        image: what its containers run.
        name: None: the image's, without its path and tag.
        target_num_containers: how many containers to run; 1 by default, and with `EVERY_NODE`.
        run_command: the command; a text is split into words as a shell would.
        entrypoint: what the command is handed to, likewise.
        container_ports: `inner_port`, `protocol` (`tcp`), `outer_port` and `published`.
        container_envvars: variable -> value; or `key` and `value` for each.
        linked_to_service: `to_service` and `name` for each.
        bindings: `container_path`, `host_path`, `rewritable`; or `volumes_from`.
        autorestart: `OFF`, `ON_FAILURE` or `ALWAYS`.
        autodestroy: `OFF`, `ON_SUCCESS` or `ALWAYS`; done by the watcher.
        sequential_deployment: one container after the other.
        deployment_strategy: `EMPTIEST_NODE`, `HIGH_AVAILABILITY` or `EVERY_NODE`.
        tags: labels that its nodes have to have, with the value `true`.
        autoredeploy: whenever its image changes in the registry; done by the watcher.
        net: `bridge` or `host`.
        working_dir: where its processes start.
        nickname: a name for people.
        memory: the limit in MB.
        memory_swap: the limit of memory and swap together in MB (API 1.52).
        labels: of its containers.
        user: `user[:group]` of its processes.
        hostname: of its containers.
        domainname: the domain of the hostname.
        tty: whether they have a terminal.
        stdin_open: whether their standard input stays open.
        dns: name servers.
        dns_search: domains in which names are looked for.
        cap_add: capabilities beyond the engine's default.
        cap_drop: those taken away.
        extra_hosts: `name:address`.
        security_opt: `label:disable`, `label:user:...`, `role`, `type`, `level`.
        read_only: whether their file systems cannot be written to.
        stack: the stack that it belongs to.
        roles: refused.
        privileged: refused.
        pid: refused but for `none`.
        cpu_shares: refused.
        cpuset: refused.
        cgroup_parent: refused.
        devices: refused.
        mac_address: refused.

    Raises:
        InvalidInput: a value is none, or asks for what a swarm cannot give.
    """

    image: str = ""
    name: str | None = None
    target_num_containers: int = 1
    run_command: str | Sequence[str] | None = None
    entrypoint: str | Sequence[str] | None = None
    container_ports: Sequence[Mapping[str, Any]] = ()
    container_envvars: Mapping[str, str] | Sequence[Mapping[str, str]] = ()
    linked_to_service: Sequence[Mapping[str, Any]] = ()
    bindings: Sequence[Mapping[str, Any]] = ()
    autorestart: str = "OFF"
    autodestroy: str = "OFF"
    sequential_deployment: bool = False
    deployment_strategy: str = "EMPTIEST_NODE"
    tags: Sequence[str] = ()
    autoredeploy: bool = False
    net: str = "bridge"
    working_dir: str | None = None
    nickname: str | None = None
    memory: int | None = None
    labels: Mapping[str, str] | None = None
    user: str | None = None
    hostname: str | None = None
    tty: bool = False
    stdin_open: bool = False
    dns: Sequence[str] = ()
    dns_search: Sequence[str] = ()
    cap_add: Sequence[str] = ()
    cap_drop: Sequence[str] = ()
    extra_hosts: Sequence[str] = ()
    security_opt: Sequence[str] = ()
    read_only: bool = False
    stack: str | None = None
    roles: Sequence[str] = ()
    privileged: bool = False
    pid: str = "none"
    cpu_shares: int | None = None
    cpuset: str | None = None
    memory_swap: int | None = None
    cgroup_parent: str | None = None
    devices: Sequence[str] = ()
    domainname: str | None = None
    mac_address: str | None = None

    def __post_init__(self) -> None:
        """Check every attribute, and bring those with several forms into one."""
        image: object = self.image  # not everybody checks types
        if not image or not isinstance(image, str):
            raise InvalidInput("image: state what the containers of the service run.")
        try:
            parse_reference(image)
        except InvalidInput as exc:
            raise InvalidInput(f"image: {exc}") from exc
        for option in ("run_command", "entrypoint"):
            parse_command(getattr(self, option), option)
        self._check_choices()
        self._set(name=self.name or _name_of(self.image))
        if not _NAME.fullmatch(str(self.name)):
            raise InvalidInput(
                f"name: {self.name!r} is no name of a service: at most 63 letters, digits, - and _."
            )
        self._check_limits()
        self._set(
            container_ports=tuple(_port(one) for one in self.container_ports),
            container_envvars=_variables(self.container_envvars),
            linked_to_service=tuple(_link(one) for one in self.linked_to_service),
            bindings=tuple(_binding(one) for one in self.bindings),
            tags=tuple(_tag(one) for one in self.tags),
            nickname=self.nickname or self.name,
        )
        for one in self.security_opt:
            if not _LABELING.fullmatch(one):
                raise InvalidInput(
                    f"security_opt: {one!r} is no labeling; write label:disable, or label:user:, "
                    "role:, type: or level: and its value."
                )
        for one in self.extra_hosts:
            if ":" not in one:
                raise InvalidInput(f"extra_hosts: {one!r} is not of the form name:address.")
        if self.domainname and not self.hostname:
            raise InvalidInput("domainname: state the hostname, too.")

    def _check_choices(self) -> None:
        for name, advice in _REFUSED.items():
            value = getattr(self, name)
            if value and value != "none":
                raise InvalidInput(f"{name}: a swarm service has no such property. {advice}")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise InvalidInput(
                    f"{name}: {getattr(self, name)!r} is none of {', '.join(choices)}."
                )

    def _check_limits(self) -> None:
        _check_count("target_num_containers", self.target_num_containers, 0)
        if self.deployment_strategy == "EVERY_NODE" and self.target_num_containers != 1:
            raise InvalidInput(
                "target_num_containers: with EVERY_NODE every node has one container; leave it out."
            )
        if self.memory is not None:
            _check_count("memory", self.memory, 1)
        if self.memory_swap is not None:
            if self.memory is None:
                raise InvalidInput("memory_swap: it is memory and swap together; state memory.")
            _check_count("memory_swap", self.memory_swap, self.memory)

    def changed(self, **attributes: Any) -> ServiceDefinition:
        """Say what the service is to be with some attributes changed.

        Raises:
            InvalidInput: no service can be changed so.
        """
        after = replace(self, **attributes)
        if after.name != self.name:
            raise InvalidInput("name: a swarm service cannot be renamed.")
        kinds = [one.deployment_strategy == "EVERY_NODE" for one in (self, after)]
        if kinds[0] != kinds[1]:
            raise InvalidInput(
                "deployment_strategy: a service cannot be updated to or from EVERY_NODE. "
                "Terminate it and create it anew."
            )
        return after

    def plain(self) -> dict[str, Any]:
        """Say it in JSON's types, without the variables, which may be secret."""
        stated = asdict(self)
        del stated["container_envvars"]
        return {name: value for name, value in stated.items() if value != _DEFAULTS[name]}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Name all attributes."""
        return tuple(field.name for field in fields(cls))

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


_DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in fields(ServiceDefinition)}


def _name_of(image: str) -> str:
    return parse_reference(image).repository.rpartition("/")[2].replace(".", "-")


def _check_count(name: str, value: object, least: int) -> None:
    # Not everybody checks types.
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise InvalidInput(f"{name}: {value!r} is no whole number of {least} or more.")


def _known(what: str, one: object, keys: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(one, Mapping) or set(one) - set(keys):
        raise InvalidInput(f"{what}: {one!r} is no mapping with keys of {', '.join(keys)}.")
    return {key: value for key, value in one.items() if value is not None}


def _port(one: object) -> dict[str, Any]:
    keys = ("inner_port", "outer_port", "protocol", "published", "port_name", "endpoint_uri")
    given = _known("container_ports", one, keys)
    for key in ("inner_port", "outer_port"):
        number = given.get(key, 1 if key == "outer_port" else None)
        if not isinstance(number, int) or not 0 < number < 1 << 16:
            raise InvalidInput(f"container_ports: {key}: {number!r} is no port.")
    protocol = given.get("protocol", "tcp")
    if protocol not in ("tcp", "udp"):
        raise InvalidInput(f"container_ports: protocol: {protocol!r} is neither tcp nor udp.")
    port = {"inner_port": given["inner_port"], "protocol": protocol}
    # Whoever names an outer port wants it published.
    published = given.get("published", "outer_port" in given)
    if published and "outer_port" in given:
        port["outer_port"] = given["outer_port"]
    return {**port, "published": bool(published)}


def _variables(given: object) -> dict[str, str]:
    variables = {}
    if isinstance(given, Mapping):
        variables = {str(key): str(value) for key, value in given.items()}
        given = ()
    for one in given if isinstance(given, Sequence) else ():
        # What is wrong with it is not shown: it may hold a secret.
        if not isinstance(one, Mapping) or set(one) != {"key", "value"}:
            raise InvalidInput("container_envvars: each is a mapping with `key` and `value`.")
        variables[str(one["key"])] = str(one["value"])
    for whole in variables:
        name, equals, _value = whole.partition("=")
        if equals:
            # Without what may be a part of the value.
            raise InvalidInput(f"container_envvars: the name {name}=... holds a =. Write {name}.")
    return variables


def _link(one: object) -> dict[str, str]:
    given = _known("linked_to_service", one, ("to_service", "name", "from_service"))
    if not given.get("to_service"):
        raise InvalidInput("linked_to_service: each states the service as to_service.")
    target = _last(given["to_service"])
    if not target:
        raise InvalidInput("linked_to_service: to_service: it names no service.")
    return {"to_service": target, "name": str(given.get("name") or target)}


def _binding(one: object) -> dict[str, Any]:
    keys = ("host_path", "container_path", "rewritable", "volumes_from")
    given = _known("bindings", one, keys)
    rewritable = bool(given.pop("rewritable", True))
    if bool(given.get("container_path")) == bool(given.get("volumes_from")):
        raise InvalidInput("bindings: each states either a container_path or volumes_from.")
    if "volumes_from" in given:
        if "host_path" in given:
            raise InvalidInput("bindings: a host_path needs a container_path.")
        given["volumes_from"] = _last(given["volumes_from"])
        if not given["volumes_from"]:
            raise InvalidInput("bindings: volumes_from: it names no service. Leave it out.")
    for key in ("host_path", "container_path"):
        if not str(given.get(key, "/")).startswith("/"):
            raise InvalidInput(f"bindings: {key}: {given[key]!r} is no absolute path.")
    return {**given, "rewritable": rewritable}


def _tag(one: object) -> str:
    name = one.get("name") if isinstance(one, Mapping) else one
    if not isinstance(name, str) or not _TAG.fullmatch(name):
        raise InvalidInput(f"tags: {one!r} is no tag.")
    return name


def _last(address: object) -> str:
    # A service is named by its name, its id, or an address that ends in one of them.
    return str(address).rstrip("/").rpartition("/")[2]
