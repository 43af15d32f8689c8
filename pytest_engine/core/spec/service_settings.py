"""The settings of a swarm's service, each declared once.

From this table a spec is read and the Engine's JSON is written, and what is there is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InvalidInput
from .policies import Healthcheck
from .readers import (
    read_as_text,
    read_flag,
    read_number,
    read_size,
    read_text,
    read_texts,
    read_texts_by_name,
    read_ulimits,
)
from .values import check_cpus, parse_command, parse_duration, parse_env

__all__ = ["SERVICE_SETTINGS", "ServiceSetting"]


@dataclass(frozen=True)
class ServiceSetting:
    """A setting of a service.

    Attributes:
        name: its name in the spec.
        path: the Engine's names for it, from the outside in.
        read: (what people write, the option's name) -> the Engine's form.
        sort: how it is compared: `value`, `list` (in order), `set`, `dict`, `section` (a
            mapping of which only what is stated counts), `part` (a section that is not there
            where it is stated to be empty), `whole` (a mapping without what says nothing),
            `records` (a set of mappings), or `networks` (records with aliases in any order).
        default: what it means where the Engine does not tell it; of a section, what is written
            into it unless something else is stated or there.
    """

    name: str
    path: tuple[str, ...]
    read: Callable[[Any, str], Any]
    sort: str = "value"
    default: Any = None


def _duration(value: Any, what: str) -> int:
    return parse_duration(value, what)


def _command(value: Any, what: str) -> list[str]:
    return list(parse_command(value, what) or ())


def _listed(value: Any, what: str) -> list[str]:
    return list(read_texts(value, what))


def _env(value: Any, _what: str) -> list[str]:
    return [f"{name}={text}" for name, text in (parse_env(value) or {}).items()]


def _hosts(value: Any, what: str) -> list[str]:
    # Unlike those of containers: the address first, as in /etc/hosts.
    return [f"{address} {name}" for name, address in read_texts_by_name(value, what).items()]


def _cpus(value: Any, what: str) -> int:
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        number = -1.0
    if not 0 <= number < 2**33:
        raise InvalidInput(f"{what}: {value!r} is no number of processors.")
    check_cpus(number, what)
    return round(number * 10**9)


def _capabilities(value: Any, what: str) -> list[str]:
    names = [name.upper() for name in read_texts(value, what)]
    return [name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in names]


def _healthcheck(value: Any, what: str) -> dict[str, Any]:
    if isinstance(value, Healthcheck):
        return dict(value.to_engine())
    raise InvalidInput(f"{what}: {value!r} is no Healthcheck.")


# Engines replace one task after the other where nothing is stated, but take a section without a
# number for one that says 0: all at once.
_ONE_BY_ONE = {"Parallelism": 1}


def _ratio(value: Any, what: str) -> float:
    is_ratio = isinstance(value, (int, float)) and 0 <= value <= 1
    if not is_ratio or isinstance(value, bool):
        raise InvalidInput(f"{what}: {value!r} is no number from 0 to 1.")
    return float(value)


_RATES: Mapping[str, Callable[[Any, str], Any]] = {
    "Parallelism": read_number,
    "Delay": _duration,
    "FailureAction": read_text,
    "Monitor": _duration,
    "MaxFailureRatio": _ratio,
    "Order": read_text,
}


def _rollout(value: Any, what: str) -> dict[str, Any]:
    """Read how tasks are replaced; what the Engine calls differently is the case of letters."""
    section = {}
    for name, stated in dict(value).items():
        key = "".join(part.capitalize() for part in str(name).split("_"))
        if key not in _RATES:
            raise InvalidInput(f"{what}: {name!r} is none of its parts.")
        if stated is not None:
            section[key] = _RATES[key](stated, f"{what}: {name}")
    return section


def _ports(value: Any, what: str) -> list[dict[str, Any]]:
    """Read published ports: mappings in the Engine's form, with what it fills in by itself."""
    ports = []
    for item in value:
        if not isinstance(item, Mapping) or not isinstance(item.get("TargetPort"), int):
            raise InvalidInput(f"{what}: {item!r} names no port of the container.")
        ports.append({"Protocol": "tcp", "PublishMode": "ingress", **item})
    return ports


def _records(value: Any, what: str) -> list[dict[str, Any]]:
    """Take mappings in the Engine's form."""
    if not all(isinstance(item, Mapping) for item in value):
        raise InvalidInput(f"{what}: an item is no mapping.")
    return [dict(item) for item in value]


def _networks(value: Any, what: str) -> list[dict[str, Any]]:
    """Read networks: mappings in the Engine's form."""
    networks = _records(value, what)
    for network in networks:
        where = f"{what}: {network.get('Target')}"
        if network.get("Aliases") is not None:
            network["Aliases"] = list(read_texts(network["Aliases"], f"{where}: aliases"))
        if network.get("DriverOpts") is not None:
            network["DriverOpts"] = read_texts_by_name(network["DriverOpts"], f"{where}: options")
    return networks


def _spread(value: Any, what: str) -> list[dict[str, Any]]:
    preferences = []
    for item in value:
        if set(item) != {"spread"}:
            raise InvalidInput(f"{what}: {dict(item)!r}: engines know `spread` alone.")
        descriptor = read_as_text(item["spread"], f"{what}: spread")
        preferences.append({"Spread": {"SpreadDescriptor": descriptor}})
    return preferences


# So many always fit into 64 bits with a sign.
_DIGITS = 18


def _generic(value: Any, what: str) -> list[dict[str, Any]]:
    """Read generic resources: `kind=2` for so many, `kind=name` for a certain one."""
    resources = []
    for item in read_texts(value, what):
        kind, equals, amount = item.partition("=")
        if not (kind and equals and amount):
            raise InvalidInput(f"{what}: {item!r}: write kind=number or kind=name.")
        if amount.isdecimal():
            if len(amount) > _DIGITS:
                raise InvalidInput(f"{what}: {kind}: it is more than an engine can count.")
            resources.append({"DiscreteResourceSpec": {"Kind": kind, "Value": int(amount)}})
        else:
            resources.append({"NamedResourceSpec": {"Kind": kind, "Value": amount}})
    return resources


def _mapping(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"{what}: {value!r} is no mapping.")
    return dict(value)


def _ulimits(value: Any, what: str) -> list[dict[str, Any]]:
    return list(read_ulimits(value, what))


_TASK = ("TaskTemplate",)
_CONTAINER = (*_TASK, "ContainerSpec")
_DNS = (*_CONTAINER, "DNSConfig")
_LIMITS = (*_TASK, "Resources", "Limits")
_RESERVATIONS = (*_TASK, "Resources", "Reservations")
_RESTART = (*_TASK, "RestartPolicy")
_PLACEMENT = (*_TASK, "Placement")
_Setting = ServiceSetting

SERVICE_SETTINGS: tuple[ServiceSetting, ...] = (
    _Setting("labels", ("Labels",), read_texts_by_name, "dict"),
    # The process of a task.
    _Setting("command", (*_CONTAINER, "Command"), _command, "list"),
    _Setting("args", (*_CONTAINER, "Args"), _listed, "list"),
    _Setting("env", (*_CONTAINER, "Env"), _env, "set"),
    _Setting("user", (*_CONTAINER, "User"), read_text),
    _Setting("groups", (*_CONTAINER, "Groups"), _listed, "set"),
    _Setting("working_dir", (*_CONTAINER, "Dir"), read_text),
    _Setting("hostname", (*_CONTAINER, "Hostname"), read_text),
    _Setting("stdin_open", (*_CONTAINER, "OpenStdin"), read_flag),
    _Setting("tty", (*_CONTAINER, "TTY"), read_flag),
    _Setting("init", (*_CONTAINER, "Init"), read_flag),
    _Setting("stop_signal", (*_CONTAINER, "StopSignal"), read_text),
    _Setting(
        "stop_grace_period", (*_CONTAINER, "StopGracePeriod"), _duration, default=10_000_000_000
    ),
    _Setting("healthcheck", (*_CONTAINER, "Healthcheck"), _healthcheck, "part"),
    _Setting("container_labels", (*_CONTAINER, "Labels"), read_texts_by_name, "dict"),
    # What it may do.
    _Setting("cap_add", (*_CONTAINER, "CapabilityAdd"), _capabilities, "set"),
    _Setting("cap_drop", (*_CONTAINER, "CapabilityDrop"), _capabilities, "set"),
    _Setting("read_only", (*_CONTAINER, "ReadOnly"), read_flag),
    _Setting("sysctls", (*_CONTAINER, "Sysctls"), read_texts_by_name, "dict"),
    _Setting("ulimits", (*_CONTAINER, "Ulimits"), _ulimits, "records"),
    _Setting("credential_spec", (*_CONTAINER, "Privileges", "CredentialSpec"), _mapping, "whole"),
    # What it sees.
    _Setting("mounts", (*_CONTAINER, "Mounts"), _records, "records"),
    _Setting("secrets", (*_CONTAINER, "Secrets"), _records, "records"),
    _Setting("configs", (*_CONTAINER, "Configs"), _records, "records"),
    _Setting("dns", (*_DNS, "Nameservers"), _listed, "list"),
    _Setting("dns_search", (*_DNS, "Search"), _listed, "list"),
    _Setting("dns_options", (*_DNS, "Options"), _listed, "set"),
    _Setting("hosts", (*_CONTAINER, "Hosts"), _hosts, "set"),
    _Setting("networks", (*_TASK, "Networks"), _networks, "networks"),
    # How it is reached.
    _Setting("endpoint_mode", ("EndpointSpec", "Mode"), read_text, default="vip"),
    _Setting("publish", ("EndpointSpec", "Ports"), _ports, "records"),
    # How much of a node it gets, and of which.
    _Setting("limit_cpu", (*_LIMITS, "NanoCPUs"), _cpus),
    _Setting("limit_memory", (*_LIMITS, "MemoryBytes"), read_size),
    _Setting("limit_pids", (*_LIMITS, "Pids"), read_number),
    _Setting("reserve_cpu", (*_RESERVATIONS, "NanoCPUs"), _cpus),
    _Setting("reserve_memory", (*_RESERVATIONS, "MemoryBytes"), read_size),
    _Setting("generic_resources", (*_RESERVATIONS, "GenericResources"), _generic, "records"),
    _Setting("constraints", (*_PLACEMENT, "Constraints"), _listed, "set"),
    _Setting("placement_preferences", (*_PLACEMENT, "Preferences"), _spread, "list"),
    _Setting("replicas_max_per_node", (*_PLACEMENT, "MaxReplicas"), read_number),
    # What becomes of tasks that end, and of their logs.
    _Setting("restart_policy", (*_RESTART, "Condition"), read_text, default="any"),
    _Setting("restart_policy_delay", (*_RESTART, "Delay"), _duration, default=5_000_000_000),
    _Setting("restart_policy_attempts", (*_RESTART, "MaxAttempts"), read_number),
    _Setting("restart_policy_window", (*_RESTART, "Window"), _duration),
    _Setting("log_driver", (*_TASK, "LogDriver", "Name"), read_text),
    _Setting("log_driver_options", (*_TASK, "LogDriver", "Options"), read_texts_by_name, "dict"),
    # How tasks are replaced.
    _Setting("update_config", ("UpdateConfig",), _rollout, "section", _ONE_BY_ONE),
    _Setting("rollback_config", ("RollbackConfig",), _rollout, "section", _ONE_BY_ONE),
)
