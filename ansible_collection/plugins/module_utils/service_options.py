# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the options of a swarm's service mean to the core."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from .core import errors
from .core.api.asked import check_seconds
from .core.api.services import (  # pylint: disable=unused-import
    Services,  # noqa: F401  # so that Ansible packs it
)
from .core.auth import login_to
from .core.converge import wait_converged
from .core.ensure.service_report import describe_service
from .core.ensure.services import ServiceKind
from .core.reference import parse_reference
from .core.spec.mounts import Mount
from .core.spec.policies import Healthcheck
from .core.spec.readers import read_number, read_text
from .core.spec.service import ServiceSpec
from .core.spec.values import parse_bytes, parse_command, parse_env, read_env_file
from .engine import labels, texts, told

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from .engine import Call, Outcome

__all__ = ["bring_about"]

# Options that are settings of the core, by their name there.
_SAME = (
    "args",
    "cap_add",
    "cap_drop",
    "dns",
    "dns_options",
    "dns_search",
    "endpoint_mode",
    "groups",
    "hostname",
    "hosts",
    "init",
    "read_only",
    "rollback_config",
    "stop_grace_period",
    "stop_signal",
    "sysctls",
    "tty",
    "ulimits",
    "update_config",
    "user",
    "working_dir",
)
# Suboptions that are settings: (option, suboption) -> setting.
_INNER = {
    ("limits", "cpus"): "limit_cpu",
    ("limits", "memory"): "limit_memory",
    ("limits", "pids"): "limit_pids",
    ("reservations", "cpus"): "reserve_cpu",
    ("reservations", "memory"): "reserve_memory",
    ("reservations", "generic_resources"): "generic_resources",
    ("logging", "driver"): "log_driver",
    ("logging", "options"): "log_driver_options",
    ("placement", "constraints"): "constraints",
    ("placement", "preferences"): "placement_preferences",
    ("placement", "replicas_max_per_node"): "replicas_max_per_node",
    ("restart_config", "condition"): "restart_policy",
    ("restart_config", "delay"): "restart_policy_delay",
    ("restart_config", "max_attempts"): "restart_policy_attempts",
    ("restart_config", "window"): "restart_policy_window",
}
# Options whose durations are nanoseconds where they have no unit: so the module returns them, and
# so community.docker's reads them.
_POLICIES = ("restart_config", "rollback_config", "update_config")
_DURATIONS = ("delay", "monitor", "window")
_CREDENTIALS = {"config": "Config", "file": "File", "registry": "Registry"}


def bring_about(call: Call, known: MutableMapping[str, Any]) -> dict[str, Any]:
    """Bring about the service, wait for its tasks if asked to, and tell what it is.

    Args:
        call: what the task asks for.
        known: gets what was done, also where the tasks then do not get there.
    """
    params = call.params
    check_seconds(params["wait_timeout"], "wait_timeout")
    wanted = _wanted(call)
    if params["registry_auth"] is not None and params["image"] is not None:
        registry = parse_reference(params["image"]).registry or "docker.io"
        call.engine.credentials.remember(login_to(registry, **params["registry_auth"]))
    kind = ServiceKind(force=params["force_update"], resolve=params["resolve_image"])
    outcome = call.reconcile(kind, wanted)
    changes = [difference.field for difference in outcome.differences]
    known.update(told(call, "service", outcome))
    known.update(changes=changes, rebuilt="mode" in changes)
    service = outcome.resource if params["state"] == "present" else None
    known["swarm_service"] = _described(call, wanted, outcome)
    if service and params["wait"] and not call.check:
        with errors.telling(outcome.actions):
            known["service"] = _waited_for(call, service["ID"], known, updated=outcome.changed)
    return dict(known)


def _waited_for(
    call: Call, service: str, known: MutableMapping[str, Any], *, updated: bool
) -> Mapping[str, Any]:
    """Wait for the tasks; where they do not get there, it is known how the service is then."""
    params = call.params
    try:
        found: Mapping[str, Any] = wait_converged(
            call.engine, service, timeout=params["wait_timeout"], updated=updated
        )
    except errors.EngineError:
        with contextlib.suppress(errors.EngineError):
            found = call.engine.services.inspect(service)
            # What is rolled back has become what it was.
            known.update(service=found, swarm_service=_in_options(params, found["Spec"]))
        raise
    return found


def _described(call: Call, wanted: ServiceSpec, outcome: Outcome) -> dict[str, Any]:
    """Describe the service as it is, or in check mode would be."""
    if call.params["state"] == "absent":
        return {}
    spec = outcome.resource["Spec"] if outcome.resource else {}
    if call.check and outcome.changed:
        spec = wanted.over(spec)
    return _in_options(call.params, spec)


def _in_options(params: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = describe_service(spec, ports=params["publish"] or ())
    return described


def _wanted(call: Call) -> ServiceSpec:
    params = {
        **call.params,
        **{option: _policy(call.params[option], option) for option in _POLICIES},
    }
    if params["state"] == "absent":
        return ServiceSpec(params["name"])
    settings = {name: params[name] for name in _SAME}
    for (option, inner), name in _INNER.items():
        settings[name] = (params[option] or {}).get(inner)
    settings.update(
        command=_command(params, "command"),
        container_labels=labels(params["container_labels"], "container_labels"),
        credential_spec=_credentials(params["credential_spec"]),
        env=_env(params),
        healthcheck=_healthcheck(params["healthcheck"]),
        labels=labels(params["labels"]),
        mounts=_each(params["mounts"], lambda item: _mount(call, item)),
        networks=_each(params["networks"], _network),
        publish=_each(params["publish"], _port),
        secrets=_each(params["secrets"], lambda item: _file("secret", item)),
        configs=_each(params["configs"], lambda item: _file("config", item)),
    )
    if params["entrypoint"] is not None:
        if params["args"] is not None and params["command"] is not None:
            raise errors.InvalidInput("command: with an entrypoint it is the same as args.")
        settings["command"] = params["entrypoint"]
        if params["command"] is not None:
            settings["args"] = _command(params, "command")
    replicas = None if params["replicas"] == -1 else params["replicas"]
    if replicas is not None and params["mode"] in ("global", "global-job"):
        call.warn(f"replicas: mode {params['mode']} runs one task on each node, not {replicas}.")
        replicas = None
    return ServiceSpec(
        params["name"],
        image=params["image"],
        mode=params["mode"],
        replicas=replicas,
        max_concurrent=params["max_concurrent"],
        settings=settings,
        written={setting: f"{option}: {inner}" for (option, inner), setting in _INNER.items()},
    )


def _each(values: Any, read: Any) -> Any:
    return None if values is None else [read(value) for value in values]


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _command(params: Mapping[str, Any], option: str) -> list[str] | None:
    words = parse_command(params[option], option)
    return None if words is None else list(words)


def _env(params: Mapping[str, Any]) -> dict[str, str] | None:
    if params["env"] is None and params["env_files"] is None:
        return None
    env: dict[str, str] = {}
    for path in params["env_files"] or ():
        env.update(read_env_file(path, "env_files"))
    stated = params["env"]
    if isinstance(stated, str):
        stated = stated.split(",")
    if isinstance(stated, (list, tuple)):
        # What is wrong with it is not shown: it may hold a secret.
        if not all(isinstance(item, str) for item in stated):
            raise errors.InvalidInput("env: an item of the list is no text. Write NAME=value.")
    elif not isinstance(stated, (dict, type(None))):
        raise errors.InvalidInput(
            f"env: {stated!r} is no dictionary, no list and no text. Write NAME: value."
        )
    return {**env, **(parse_env(stated) or {})}


def _healthcheck(stated: Mapping[str, Any] | None) -> Healthcheck | None:
    return None if stated is None else Healthcheck(**stated)


def _policy(stated: Mapping[str, Any] | None, option: str) -> dict[str, Any] | None:
    if stated is None:
        return None
    return {
        name: _duration(value, f"{option}: {name}") if name in _DURATIONS and value else value
        for name, value in stated.items()
    }


def _duration(text: str, where: str) -> str:
    if text.strip().isdecimal():
        return f"{text.strip()}ns"
    try:
        float(text)
    except ValueError:
        return text
    raise errors.InvalidInput(
        f"{where}: {text!r} has no unit, and a number alone is in nanoseconds. Write 1.5s or so."
    )


def _credentials(stated: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if stated is None:
        return None
    return {_CREDENTIALS[name]: value for name, value in _stated(stated).items()}


def _mount(call: Call, stated: Mapping[str, Any]) -> Mapping[str, Any]:
    config = stated["driver_config"] or {}
    size = stated["tmpfs_size"]
    source = stated["source"]
    if source and stated["type"] == "tmpfs":
        # Engines take it, and then reject every task.
        call.warn(f"mounts: a tmpfs has no source; {source} at {stated['target']} is left out.")
        source = None
    mount = Mount(
        stated["target"],
        source=source,
        type=stated["type"],
        read_only=bool(stated["readonly"]),
        propagation=stated["propagation"],
        no_copy=bool(stated["no_copy"]),
        labels=labels(_full(stated["labels"]), "mounts.labels"),
        volume_driver=config.get("name"),
        volume_options=texts(_full(config.get("options")), "mounts.driver_config.options"),
        tmpfs_size=None if size is None else parse_bytes(size, "tmpfs_size"),
        tmpfs_mode=_mode(stated["tmpfs_mode"], "mounts: tmpfs_mode"),
    )
    written: Mapping[str, Any] = mount.to_engine()
    return written


def _full(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    # As community.docker's module sends them: to an engine null is an empty text.
    return None if values is None else {k: "" if v is None else v for k, v in values.items()}


def _network(stated: Any) -> dict[str, Any]:
    if isinstance(stated, str):
        return {"Target": stated}
    known = {"name": "Target", "aliases": "Aliases", "options": "DriverOpts"}
    if not isinstance(stated, dict) or "name" not in stated or set(stated) - set(known):
        raise errors.InvalidInput(
            f"networks: {stated!r} is neither a name nor a dictionary of name, aliases, options."
        )
    read_text(stated["name"], "networks: name")
    return {known[key]: value for key, value in _stated(stated).items()}


def _port(stated: Mapping[str, Any]) -> dict[str, Any]:
    return _stated(
        {
            "PublishedPort": stated["published_port"],
            "TargetPort": stated["target_port"],
            "Protocol": stated["protocol"],
            "PublishMode": stated["mode"],
        }
    )


def _mode(stated: Any, where: str) -> int | None:
    """Read permissions: what YAML made a number of is one, and a text is octal and says so."""
    if not isinstance(stated, str):
        return None if stated is None else read_number(stated, where)
    if re.fullmatch("[1-9][0-9]{0,3}", stated) and not re.fullmatch("[0-7]+", stated):
        # It can be no octal one: before ansible-core 2.19 templates make texts of numbers.
        return int(stated)
    if re.fullmatch("0(?:o?[0-7]+)?", stated) is None:
        raise errors.InvalidInput(
            f"{where}: {stated!r} is no octal number. Write it with a leading zero, such as '0444'."
        )
    return int(stated, 8)


def _file(sort: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    name = stated[f"{sort}_name"]
    file = {
        "Name": stated["filename"] or name,
        "UID": stated["uid"],
        "GID": stated["gid"],
        "Mode": _mode(stated["mode"], f"{sort}s: mode"),
    }
    key = sort.capitalize()
    identity = {} if stated[f"{sort}_id"] is None else {f"{key}ID": stated[f"{sort}_id"]}
    return {**identity, f"{key}Name": name, "File": _stated(file)}
