# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of a container, and what they mean to the core."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

__all__ = ["ARGUMENTS", "RULES", "kind", "wanted"]

ARGUMENTS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "image": {"type": "str"},
    "pull": {
        "type": "raw",
        "default": "missing",
        "choices": ["never", "missing", "always", True, False],
    },
    "command": {"type": "raw"},
    "entrypoint": {"type": "list", "elements": "str"},
    "env": {"type": "dict"},
    "published_ports": {"type": "list", "elements": "str", "aliases": ["ports"]},
    "exposed_ports": {"type": "list", "elements": "str", "aliases": ["exposed", "expose"]},
    "mounts": {
        "type": "list",
        "elements": "dict",
        "options": {
            "target": {"type": "str", "required": True},
            "source": {"type": "str"},
            "type": {"type": "str", "default": "volume", "choices": ["bind", "tmpfs", "volume"]},
            "read_only": {"type": "bool"},
            "propagation": {
                "type": "str",
                "choices": ["private", "rprivate", "shared", "rshared", "slave", "rslave"],
            },
            "no_copy": {"type": "bool"},
            "labels": {"type": "dict"},
            "volume_driver": {"type": "str"},
            "volume_options": {"type": "dict"},
            "tmpfs_size": {"type": "str"},
            "tmpfs_mode": {"type": "str"},
        },
    },
    "volumes": {"type": "list", "elements": "str"},
    "networks": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "aliases": {"type": "list", "elements": "str"},
            "ipv4_address": {"type": "str"},
            "ipv6_address": {"type": "str"},
        },
    },
    "labels": {"type": "dict"},
    "restart_policy": {
        "type": "str",
        "choices": ["no", "on-failure", "always", "unless-stopped"],
    },
    "restart_retries": {"type": "int"},
    "healthcheck": {
        "type": "dict",
        "options": {
            "test": {"type": "raw"},
            "interval": {"type": "str"},
            "timeout": {"type": "str"},
            "retries": {"type": "int"},
            "start_period": {"type": "str"},
            "test_cli_compatible": {"type": "bool", "default": False},
        },
    },
    "user": {"type": "str"},
    "working_dir": {"type": "str"},
    "memory": {"type": "str"},
    "cpus": {"type": "float"},
    "recreate": {"type": "bool", "default": False},
    "force_kill": {"type": "bool", "default": False, "aliases": ["forcekill"]},
    "state": {
        "type": "str",
        "default": "started",
        "choices": ["absent", "present", "started", "stopped"],
    },
}
RULES: dict[str, Any] = {}

# Options that the spec has under the same name and in the same form.
SAME = (
    "cpus",
    "entrypoint",
    "env",
    "exposed_ports",
    "image",
    "memory",
    "name",
    "user",
    "volumes",
    "working_dir",
)


def _each(values: list[dict[str, Any]] | None, make: Callable[..., Any]) -> list[Any] | None:
    return None if values is None else [make(**value) for value in values]


def _words(command: list[Any] | str | None) -> list[str] | str | None:
    # YAML makes numbers of words such as 3600.
    return [str(word) for word in command] if isinstance(command, list) else command


def _mount(*, tmpfs_size: str | None, tmpfs_mode: str | None, **options: Any) -> engine.spec.Mount:
    given = {name: value for name, value in options.items() if value is not None}
    if tmpfs_size is not None:
        given["tmpfs_size"] = engine.spec.parse_bytes(tmpfs_size, "tmpfs_size")
    if tmpfs_mode is not None:
        given["tmpfs_mode"] = _octal(tmpfs_mode)
    return engine.spec.Mount(**given)


def _octal(text: str) -> int:
    try:
        return int(text, 8)
    except ValueError as error:
        raise engine.errors.InvalidInput(f"tmpfs_mode: {text!r} is no octal number.") from error


def _restart_policy(name: str | None, retries: int | None) -> engine.spec.RestartPolicy | None:
    return None if name is None else engine.spec.RestartPolicy(name, retries or 0)


def _healthcheck(options: dict[str, Any] | None) -> engine.spec.Healthcheck | None:
    if options is None:
        return None
    check = dict(options)
    if not check.pop("test_cli_compatible") and check["test"] is None:
        check = {"test": "NONE"}
    return engine.spec.Healthcheck(**check)


def wanted(params: Mapping[str, Any]) -> engine.spec.ContainerSpec:
    """What a task wants of a container."""
    return engine.spec.ContainerSpec(
        command=_words(params["command"]),
        ports=params["published_ports"],
        mounts=_each(params["mounts"], _mount),
        networks=_each(params["networks"], engine.spec.NetworkAttachment),
        labels=engine.texts(params["labels"]),
        restart_policy=_restart_policy(params["restart_policy"], params["restart_retries"]),
        healthcheck=_healthcheck(params["healthcheck"]),
        **{name: params[name] for name in SAME},
    )


def kind(params: Mapping[str, Any]) -> engine.ensure.ContainerKind:
    """How a task goes about it."""
    return engine.ensure.ContainerKind(
        pull={True: "always", False: "missing"}.get(params["pull"], params["pull"]),
        recreate=params["recreate"],
        force_kill=params["force_kill"],
    )
