"""A service of a Compose file, as the specification of a swarm's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from ..spec.policies import Healthcheck
from ..spec.readers import read_as_text, read_texts
from ..spec.service import ServiceSpec
from ..spec.values import parse_command, read_env_file
from .handed import read_credential_spec, read_files
from .mounts import read_mounts
from .ports import read_ports
from .values import (
    NAMESPACE,
    check_keys,
    read_flag,
    read_hosts,
    read_items,
    read_mapping,
    read_mapping_or_none,
    read_number,
    read_numbered_section,
    read_one_or_more,
    read_scalar,
    read_section,
    read_sections,
)

__all__ = ["Names", "read_service"]

# What Compose knows and a swarm has no place for; the docker command ignores it as well.
_IGNORED = (
    *("blkio_config", "build", "cgroup", "cgroup_parent", "container_name", "cpu_count"),
    *("cpu_percent", "cpu_period", "cpu_quota", "cpu_shares", "cpus", "cpuset", "depends_on"),
    *("device_cgroup_rules", "devices", "develop", "domainname", "expose", "external_links"),
    *("gpus", "group_add", "ipc", "links", "mac_address", "mem_limit", "mem_reservation"),
    *("mem_swappiness", "memswap_limit", "network_mode", "oom_kill_disable", "oom_score_adj"),
    *("pid", "pids_limit", "platform", "privileged", "profiles", "pull_policy", "runtime"),
    *("scale", "security_opt", "shm_size", "storage_opt", "userns_mode", "volumes_from"),
)
_KNOWN = (
    *("cap_add", "cap_drop", "command", "configs", "credential_spec", "deploy", "dns"),
    *("dns_opt", "dns_search", "entrypoint", "env_file", "environment", "extra_hosts"),
    *("healthcheck", "hostname", "image", "init", "labels", "logging", "networks", "ports"),
    *("read_only", "restart", "secrets", "stdin_open", "stop_grace_period", "stop_signal"),
    *("sysctls", "tmpfs", "tty", "ulimits", "user", "volumes", "working_dir"),
)
_DEPLOY = (
    *("mode", "replicas", "labels", "update_config", "rollback_config", "resources"),
    *("restart_policy", "placement", "endpoint_mode"),
)
# Compose's name -> the setting's, for what is read as it is.
_SAME = {
    "cap_add": "cap_add",
    "cap_drop": "cap_drop",
    "hostname": "hostname",
    "stop_grace_period": "stop_grace_period",
    "stop_signal": "stop_signal",
    "working_dir": "working_dir",
}
# Sections of `deploy` and what is in them -> the setting's name, likewise.
_DEPLOYED = {
    ("resources.limits", "cpus"): "limit_cpu",
    ("resources.limits", "memory"): "limit_memory",
    ("resources.limits", "pids"): "limit_pids",
    ("resources.reservations", "cpus"): "reserve_cpu",
    ("resources.reservations", "memory"): "reserve_memory",
    ("restart_policy", "condition"): "restart_policy",
    ("restart_policy", "delay"): "restart_policy_delay",
    ("restart_policy", "max_attempts"): "restart_policy_attempts",
    ("restart_policy", "window"): "restart_policy_window",
    ("placement", "constraints"): "constraints",
    ("placement", "max_replicas_per_node"): "replicas_max_per_node",
}
_FLAGS = ("init", "read_only", "stdin_open", "tty")
# A container's policy -> the condition of a service's. Without any, a swarm starts what ended
# again, as it does for `no`: the docker command takes that for nothing stated.
_RESTART = {"always": "any", "unless-stopped": "any", "on-failure": "on-failure"}
# What a file that does not state it any more takes back. The rest has no value for that, and
# stays as it is: with `init`, the engine's own setting would be lost.
_UNSTATED: Mapping[str, Any] = {
    "args": [],
    "cap_add": [],
    "cap_drop": [],
    "command": [],
    "constraints": [],
    "dns": [],
    "dns_options": [],
    "dns_search": [],
    "endpoint_mode": "vip",
    "env": [],
    "generic_resources": [],
    "hostname": "",
    "hosts": {},
    "limit_cpu": 0,
    "limit_memory": 0,
    "limit_pids": 0,
    "placement_preferences": [],
    "read_only": False,
    "replicas_max_per_node": 0,
    "reserve_cpu": 0,
    "reserve_memory": 0,
    "restart_policy": "any",
    "restart_policy_attempts": 0,
    "restart_policy_delay": "5s",
    "restart_policy_window": 0,
    "stdin_open": False,
    "stop_grace_period": "10s",
    "stop_signal": "",
    "sysctls": {},
    "tty": False,
    "ulimits": [],
    "user": "",
    "working_dir": "",
}


@dataclass
class Names:
    """What a file calls networks and the like -> what the swarm does.

    Attributes:
        networks: key -> name.
        secrets: likewise.
        configs: likewise.
        volumes: likewise.
        volume_options: key -> what the file says of a volume.
        labels: what everything of the stack is labelled with.
        uses_default: whether a service is on the network that nobody names.
    """

    networks: Mapping[str, str]
    secrets: Mapping[str, str]
    configs: Mapping[str, str]
    volumes: Mapping[str, str]
    volume_options: Mapping[str, Mapping[str, Any]]
    labels: Mapping[str, str]
    uses_default: bool = False


def read_service(
    name: str, key: str, stated: Mapping[str, Any], names: Names, folder: Path
) -> tuple[ServiceSpec, list[str]]:
    """Read a service, and name what of it counts for nothing in a swarm."""
    where = f"services.{key}"
    check_keys(where, stated, (*_KNOWN, *_IGNORED))
    if not stated.get("image"):
        raise InvalidInput(f"{where}: a stack cannot be built, so it needs an image.")
    deploy = read_section(stated.get("deploy"), f"{where}.deploy")
    check_keys(f"{where}.deploy", deploy, _DEPLOY)
    labels = read_mapping(stated.get("labels"), f"{where}.labels")
    image = read_as_text(stated["image"], f"{where}.image")
    has_policy = deploy.get("restart_policy") is not None
    restart = {} if has_policy else _restart(f"{where}.restart", stated.get("restart"))
    settings: dict[str, Any] = {
        **_UNSTATED,
        **_stated({setting: stated.get(name) for name, setting in _SAME.items()}),
        **_stated({name: read_flag(stated.get(name), f"{where}.{name}") for name in _FLAGS}),
        **_process(where, stated, folder),
        **restart,
        **_deployed(f"{where}.deploy", deploy),
        "container_labels": {**labels, **names.labels},
        "labels": {
            **read_mapping(deploy.get("labels"), f"{where}.deploy.labels"),
            "com.docker.stack.image": image,
            **names.labels,
        },
        "mounts": read_mounts(
            where, stated, names.volumes, names.volume_options, names.labels, folder
        ),
        "networks": _networks(where, key, stated.get("networks"), names),
        "publish": read_ports(where, stated.get("ports")),
        "secrets": read_files(where, "secret", stated.get("secrets"), names.secrets),
        "configs": read_files(where, "config", stated.get("configs"), names.configs),
        "credential_spec": read_credential_spec(
            where, stated.get("credential_spec"), names.configs
        ),
    }
    if stated.get("user") is not None:
        settings["user"] = read_as_text(stated["user"], f"{where}.user")
    mode = read_scalar(deploy.get("mode"), f"{where}.deploy.mode") or "replicated"
    replicas = read_number(deploy.get("replicas"), f"{where}.deploy.replicas")
    if replicas is None and mode in ("replicated", "replicated-job"):
        # A number that was stated before, or scaled to, is taken back as well.
        replicas = 1
    written = {
        **{setting: f"{where}.{key}" for key, setting in _SAME.items()},
        **{setting: f"{where}.deploy.{part}.{key}" for (part, key), setting in _DEPLOYED.items()},
    }
    spec = ServiceSpec(name, image, mode, replicas, settings=settings, written=written)
    ignored = [*_IGNORED] if restart else [*_IGNORED, "restart"]
    return spec, [option for option in stated if option in ignored]


def _restart(where: str, stated: Any) -> dict[str, Any]:
    """Read the policy of a container: a name, and maybe how often to start it again."""
    # YAML 1.1 has a false for an unquoted no.
    text = "no" if stated in (None, False, "") else str(stated)
    name, colon, attempts = text.partition(":")
    if name == "no" and not colon:
        return {}
    if name not in _RESTART or (colon and not attempts.isdecimal()):
        raise InvalidInput(f"{where}: {stated!r}: write no, {', '.join(_RESTART)} or on-failure:3.")
    return {
        "restart_policy": _RESTART[name],
        "restart_policy_attempts": read_number(attempts or 0, where),
    }


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _process(where: str, stated: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Read what of a task is like that of any container."""
    env: dict[str, str] = {}
    for path in read_one_or_more(stated.get("env_file"), f"{where}.env_file"):
        env.update(read_env_file(str(folder / path)))
    env.update(_environment(f"{where}.environment", stated.get("environment")))
    logging = read_section(stated.get("logging"), f"{where}.logging")
    check_keys(f"{where}.logging", logging, ("driver", "options"))
    hosts = stated.get("extra_hosts")
    ulimits = read_section(stated.get("ulimits"), f"{where}.ulimits")
    return _stated(
        {
            "command": _words(f"{where}.entrypoint", stated.get("entrypoint")),
            "args": _words(f"{where}.command", stated.get("command")),
            "env": env,
            "dns": read_one_or_more(stated.get("dns"), f"{where}.dns"),
            "dns_options": read_one_or_more(stated.get("dns_opt"), f"{where}.dns_opt"),
            "dns_search": read_one_or_more(stated.get("dns_search"), f"{where}.dns_search"),
            "healthcheck": _healthcheck(where, stated.get("healthcheck")),
            "hosts": read_hosts(hosts, f"{where}.extra_hosts"),
            "log_driver": logging.get("driver"),
            "log_driver_options": read_mapping_or_none(
                logging.get("options"), f"{where}.logging.options"
            ),
            "sysctls": read_mapping(stated.get("sysctls"), f"{where}.sysctls"),
            "ulimits": [
                _ulimit(f"{where}.ulimits", name, limit) for name, limit in ulimits.items()
            ],
        }
    )


def _environment(where: str, stated: Any) -> dict[str, str]:
    pairs = stated.items() if isinstance(stated, Mapping) else _pairs(where, stated)
    for name, value in pairs:
        if value is None:
            raise InvalidInput(f"{where}: {name} has no value. Write {name}=${{{name}}}.")
    return read_mapping(stated, where)


def _pairs(where: str, stated: Any) -> list[tuple[str, str | None]]:
    texts = read_items(stated, where)
    return [(text.partition("=")[0], text if "=" in text else None) for text in texts]


def _words(where: str, command: Any) -> list[str] | None:
    words = parse_command(command, where)
    return None if words is None else list(words)


def _ulimit(where: str, name: str, limit: Any) -> str:
    is_pair = isinstance(limit, Mapping)
    limits = [limit.get("soft"), limit.get("hard")] if is_pair else [limit]
    numbers = [read_number(number, f"{where}.{name}", least=-1) for number in limits]
    return ":".join([name, *map(str, numbers)])


def _healthcheck(where: str, stated: Any) -> Healthcheck | None:
    if stated is None:
        return None
    check = read_section(stated, f"{where}.healthcheck")
    if read_flag(check.pop("disable", None), f"{where}.healthcheck.disable"):
        return Healthcheck(test="NONE")
    known = ("test", "interval", "timeout", "retries", "start_period", "start_interval")
    check_keys(f"{where}.healthcheck", check, known)
    check["retries"] = read_number(check.get("retries"), f"{where}.healthcheck.retries")
    return Healthcheck(**{key: check[key] for key in known if key in check})


def _deployed(where: str, deploy: Mapping[str, Any]) -> dict[str, Any]:
    resources = read_section(deploy.get("resources"), f"{where}.resources")
    limits = read_numbered_section(resources.get("limits"), f"{where}.resources.limits")
    kept = read_section(resources.get("reservations"), f"{where}.resources.reservations")
    policy = read_numbered_section(deploy.get("restart_policy"), f"{where}.restart_policy")
    placement = read_numbered_section(deploy.get("placement"), f"{where}.placement")
    check_keys(f"{where}.resources.limits", limits, ("cpus", "memory", "pids"))
    check_keys(f"{where}.resources.reservations", kept, ("cpus", "memory", "generic_resources"))
    check_keys(f"{where}.restart_policy", policy, ("condition", "delay", "max_attempts", "window"))
    check_keys(
        f"{where}.placement", placement, ("constraints", "preferences", "max_replicas_per_node")
    )
    sections = {
        "resources.limits": limits,
        "resources.reservations": kept,
        "restart_policy": policy,
        "placement": placement,
    }
    return _stated(
        {
            **{name: sections[part].get(key) for (part, key), name in _DEPLOYED.items()},
            "generic_resources": _generic(
                f"{where}.resources.reservations.generic_resources", kept.get("generic_resources")
            ),
            "placement_preferences": read_sections(
                placement.get("preferences"), f"{where}.placement.preferences"
            ),
            "endpoint_mode": deploy.get("endpoint_mode"),
            **{
                name: read_numbered_section(deploy[name], f"{where}.{name}")
                for name in ("update_config", "rollback_config")
                if deploy.get(name) is not None
            },
        }
    )


def _generic(where: str, stated: Any) -> list[str]:
    resources = []
    for item in read_sections(stated, where):
        check_keys(where, item, ("discrete_resource_spec",))
        inner = f"{where}.discrete_resource_spec"
        spec = read_section(item.get("discrete_resource_spec"), inner)
        check_keys(inner, spec, ("kind", "value"))
        kind = read_scalar(spec.get("kind"), f"{inner}.kind")
        value = read_number(spec.get("value"), f"{inner}.value")
        if not kind or value is None:
            raise InvalidInput(f"{inner}: state kind and value.")
        resources.append(f"{kind}={value}")
    return resources


def _networks(where: str, key: str, stated: Any, names: Names) -> list[dict[str, Any]]:
    """Read on which networks a service is; its key is a name for it on each."""
    own = f"{names.labels[NAMESPACE]}_default"
    named = stated or ["default"]
    if not isinstance(named, Mapping):
        named = dict.fromkeys(read_items(named, f"{where}.networks"))
    attachments = []
    for name, options in named.items():
        if name == "default":
            names.uses_default = True
        elif name not in names.networks:
            raise InvalidInput(f"{where}: the file has no network {name}.")
        section = read_section(options, f"{where}.networks.{name}")
        check_keys(f"{where}.networks.{name}", section, ("aliases", "driver_opts"))
        aliases = read_texts(section.get("aliases") or (), f"{where}.networks.{name}.aliases")
        attachment: dict[str, Any] = {
            "Target": names.networks.get(name, own),
            "Aliases": [*dict.fromkeys([*aliases, key])],
        }
        if section.get("driver_opts"):
            place = f"{where}.networks.{name}.driver_opts"
            attachment["DriverOpts"] = read_mapping(section["driver_opts"], place)
        attachments.append(attachment)
    return attachments
