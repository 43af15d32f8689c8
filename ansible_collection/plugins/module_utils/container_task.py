# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the options of a container mean to the core."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from . import engine
from .container_options import ARGUMENTS
from .core.api.asked import check_seconds
from .core.ensure.attending import Foreground, wait_until_healthy
from .core.ensure.container_compare import Comparing
from .core.ensure.containers import ContainerKind
from .core.spec.attachment import NetworkAttachment
from .core.spec.container import ContainerSpec
from .core.spec.mounts import BIND_MODES, Mount, VolumeBind
from .core.spec.policies import Healthcheck, RestartPolicy
from .core.spec.ports import parse_ports
from .core.spec.readers import read_word
from .core.spec.settings import SETTINGS
from .core.spec.values import parse_bytes, parse_command, read_env_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from .core.api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import

__all__ = ["kind", "patience", "run", "wanted"]

# Options that the spec reads as they are.
SAME = (
    "cpus",
    "default_host_ip",
    "exposed_ports",
    "image",
    "log_driver",
    "memory",
    "name",
    "platform",
)
# What they are without being named, where a task asks for how it was in old times.
OLD_DEFAULTS: Mapping[str, Any] = {
    "auto_remove": False,
    "detach": True,
    "init": False,
    "interactive": False,
    "memory": "0",
    "paused": False,
    "privileged": False,
    "read_only": False,
    "tty": False,
}
# Options that the spec has under another name.
OTHER_NAMES = {
    "detach": "attached",
    "expose": "exposed_ports",
    "exposed": "exposed_ports",
    "log_opt": "log_options",
    "ports": "ports",
    "published_ports": "ports",
}


def settled(params: Mapping[str, Any]) -> dict[str, Any]:
    """Put in the defaults of old times where a task asks for them."""
    given = dict(params)
    if given["container_default_behavior"] == "compatibility":
        for name, value in OLD_DEFAULTS.items():
            if given[name] is None:
                given[name] = value
    return given


def wanted(options: Mapping[str, Any]) -> ContainerSpec:
    """What a task wants of a container."""
    params = settled(options)
    networks = params["networks"]
    mode = params["network_mode"]
    if networks and mode is None and not params["networks_cli_compatible"]:
        # The default network stays its main one, and these come in addition.
        mode = "default"
    elif networks and mode is None:
        mode = networks[0]["name"]
    address = params["default_host_ip"]
    if address is None and not networks:
        address = "0.0.0.0"  # noqa: S104  # as where this collection's users come from
    settings = {setting.name: params[setting.name] for setting in SETTINGS}
    same = {name: params[name] for name in SAME}
    return ContainerSpec(
        **{**settings, **same, "network_mode": mode, "default_host_ip": _address(address)},
        attached=not params["detach"],
        command=_words("command", params),
        entrypoint=_words("entrypoint", params),
        env=_environment(params["env_file"], params["env"]),
        ports=params["published_ports"],
        log_options=engine.plain_texts(params["log_options"], "log_options"),
        mounts=_each(params["mounts"], _mount),
        volumes=None if params["volumes"] is None else list(map(_volume, params["volumes"])),
        networks=_each(networks, _attachment),
        labels=engine.labels(params["labels"]),
        restart_policy=_restart_policy(params["restart_policy"], params["restart_retries"]),
        healthcheck=_healthcheck(params["healthcheck"]),
    )


def kind(options: Mapping[str, Any], start: Any = None) -> ContainerKind:
    """How a task goes about it.

    Args:
        options: the options of the task.
        start: how a container is started; None: as usual.
    """
    params = settled(options)
    comparing = Comparing(
        {**_modes(params["comparisons"] or {}), **_not_compared(params)},
        image_comparison=params["image_comparison"],
        image_label_mismatch=params["image_label_mismatch"],
        image_name_mismatch=params["image_name_mismatch"],
    )
    return ContainerKind(
        pull=_policy(params["pull"]),
        asks_registry=params["pull_check_mode_behavior"] != "always",
        comparing=comparing,
        recreate=params["recreate"],
        restart=params["restart"],
        paused=params["paused"],
        stop_timeout=params["stop_timeout"],
        force_kill=params["force_kill"],
        kill_signal=params["kill_signal"],
        keep_volumes=params["keep_volumes"],
        removal_timeout=params["removal_wait_timeout"],
        old_name=params["old_name"] if params["state"] != "absent" else None,
        start=start,
        network_addresses=params["default_host_ip"] is None and params["state"] != "absent",
    )


def patience(params: Mapping[str, Any]) -> float | None:
    """Tell how many seconds a container may take to be healthy; None is without end."""
    seconds: float = params["healthy_wait_timeout"]
    if seconds <= 0:
        return None
    check_seconds(seconds, "healthy_wait_timeout")
    return seconds


def run(call: engine.Call) -> dict[str, Any]:
    """Bring about what a task wants, and stay with the container as long as it asks for."""
    params = settled(call.params)
    seconds = patience(params)
    is_waited_for = params["detach"] is False
    if is_waited_for and params["paused"] and params["state"] in ("started", "healthy"):
        raise engine.errors.InvalidInput("detach: what is paused does not come to its end.")
    state = "started" if params["state"] == "healthy" else params["state"]
    with contextlib.closing(Foreground()) as stays:
        how = kind(params, stays.start if is_waited_for else None)
        outcome = call.reconcile(how, wanted(params), state)
        result: dict[str, Any] = engine.told(call, "container", outcome)
        if "diff" in result:
            # With both values, as community.docker's module has them.
            result["diff"]["differences"] = [
                {difference.field: {"parameter": difference.wanted, "container": difference.actual}}
                for difference in outcome.differences
            ]
        with engine.errors.telling(outcome.actions):
            if stays.container:
                return {**result, **_ending(call, stays, result)}
            if params["state"] == "healthy" and not call.check:
                return {**result, **_health(call, result["container"], seconds)}
    return result


def _health(
    call: engine.Call, container: Mapping[str, Any], seconds: float | None
) -> dict[str, Any]:
    """What came of the wait for a container's health, with the container as it is by then."""
    name = container["Id"]
    try:
        return {"container": wait_until_healthy(call.engine, name, seconds)}
    except (engine.errors.WaitTimeout, engine.errors.ContainerDied) as error:
        with contextlib.suppress(engine.errors.NotFound):
            container = call.engine.containers.inspect(name)
        return {"failed": True, "msg": str(error), "container": container}


def _ending(call: engine.Call, stays: Any, result: Mapping[str, Any]) -> dict[str, Any]:
    """What came of a container that the task waited for."""
    params, actions = call.params, result["actions"]
    container: Mapping[str, Any] = {}
    try:
        stays.stay(call.engine)
    except KeyboardInterrupt:
        if params["cleanup"]:
            stays.clean_up(call.engine, keep_volumes=params["keep_volumes"])
        raise
    with contextlib.suppress(engine.errors.NotFound):
        container = call.engine.containers.inspect(stays.container)
    if params["output_logs"] and stays.readable:
        call.log(stays.output)
    elif params["output_logs"]:
        call.warn(f"output_logs: {stays.output}")
    if params["cleanup"]:
        stays.clean_up(call.engine, keep_volumes=params["keep_volumes"])
        container, actions = {}, [*actions, f"remove container {params['name']}"]
    shown = {**container, "Output": stays.output}
    ended = {"status": stays.status, "actions": actions, "container": shown}
    return ended if stays.status == 0 else {**ended, "failed": True, "msg": stays.output}


def _modes(comparisons: Mapping[str, Any]) -> dict[str, str]:
    modes: dict[str, str] = {}
    given: dict[str, str] = {}
    for name, mode in comparisons.items():
        field = OTHER_NAMES.get(name, name)
        if field in given:
            raise engine.errors.InvalidInput(
                f"comparisons: {given[field]} and {name} are the same option."
            )
        if name == "attached" or (name != "*" and name not in {*ARGUMENTS, *OTHER_NAMES}):
            raise engine.errors.InvalidInput(f"comparisons: there is no option {name}.")
        given[field] = name
        # Variables of a file are variables.
        modes[field] = mode
    # How long to wait for its end is no reason to create it anew, if nobody says so.
    return modes if "*" in modes else {"stop_timeout": "ignore", **modes}


def _not_compared(params: Mapping[str, Any]) -> dict[str, str]:
    """What a new container has although nobody says so, and an old one need not have."""
    names = ["attached"] if params["detach"] is None else []
    if not params["networks_cli_compatible"] and params["network_mode"] is None:
        names.append("network_mode")
    return dict.fromkeys(names, "ignore")


def _policy(pull: Any) -> Any:
    # Ansible takes 1 and 0 for the booleans among the choices, and lists of choices as well.
    if isinstance(pull, int):
        return "always" if pull else "missing"
    return pull


def _address(address: str | None) -> str | None:
    if not address:
        return address
    bare = address[1:-1] if re.fullmatch(r"\[.+\]", address) else address
    try:
        # The spec reads addresses of ports; this one belongs to all of them.
        parse_ports([f"[{bare}]::1"])
    except engine.errors.InvalidInput as error:
        raise engine.errors.InvalidInput(
            f"default_host_ip: {address!r} is neither empty nor an address."
        ) from error
    return bare


def _each(values: list[dict[str, Any]] | None, make: Callable[..., Any]) -> list[Any] | None:
    return None if values is None else [make(**value) for value in values]


def _words(option: str, params: Mapping[str, Any]) -> Sequence[str] | None:
    stated = params[option]
    if isinstance(stated, list):
        stated = [read_word(word, option) for word in stated]
    elif isinstance(stated, (int, float)) and not isinstance(stated, bool):
        stated = read_word(stated, option)
    if params["command_handling"] == "compatibility":
        stated = " ".join(stated) if isinstance(stated, list) else stated
        stated = None if stated == "" else stated
    words: Sequence[str] | None = parse_command(stated, option)
    return words


def _environment(path: str | None, env: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if path is None:
        return None if env is None else dict(env)
    return {**read_env_file(path), **(env or {})}


def _attachment(driver_options: Mapping[str, Any] | None, **options: Any) -> NetworkAttachment:
    read = engine.texts(driver_options, "networks.driver_options")
    return NetworkAttachment(driver_options=read, **options)


def _mount(**options: Any) -> Mount:
    given = {name: value for name, value in options.items() if value is not None}
    for name in ("labels", "volume_options"):
        if name in given:
            given[name] = engine.texts(given[name], f"mounts.{name}")
    if "tmpfs_size" in given:
        given["tmpfs_size"] = parse_bytes(given["tmpfs_size"], "tmpfs_size")
    if "tmpfs_mode" in given:
        given["tmpfs_mode"] = _octal(given["tmpfs_mode"])
    if "tmpfs_options" in given:
        given["tmpfs_options"] = [_tmpfs_option(option) for option in given["tmpfs_options"]]
    return Mount(**given)


def _volume(text: str) -> VolumeBind | str:
    path, _colon, modes = text.partition(":")
    if path.startswith("/") and modes and BIND_MODES.issuperset(modes.split(",")):
        # Modes without a source are for community.docker a part of the path, and containers
        # that it has made are to be found as wanted.
        return VolumeBind(text)
    return text


def _octal(text: str) -> int:
    try:
        return int(text, 8)
    except ValueError as error:
        raise engine.errors.InvalidInput(f"tmpfs_mode: {text!r} is no octal number.") from error


def _tmpfs_option(option: Mapping[str, Any]) -> list[str]:
    if len(option) != 1:
        raise engine.errors.InvalidInput(f"tmpfs_options: {option!r}: one name in each mapping.")
    ((name, value),) = option.items()
    return [str(name)] if value is None else [str(name), str(value)]


def _restart_policy(name: str | None, retries: int | None) -> RestartPolicy | None:
    return None if name is None else RestartPolicy(name, retries)


def _healthcheck(options: dict[str, Any] | None) -> Healthcheck | None:
    if options is None:
        return None
    check = dict(options)
    # Where nothing is named; the spec refuses what else is no test.
    if not check.pop("test_cli_compatible") and check["test"] in (None, "", []):
        check = {"test": "NONE"}
    return Healthcheck(**check)
