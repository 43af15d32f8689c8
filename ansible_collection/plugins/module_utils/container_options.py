# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["ARGUMENTS", "RULES"]

TEXT: Mapping[str, Any] = {"type": "str"}
NUMBER: Mapping[str, Any] = {"type": "int"}
FLAG: Mapping[str, Any] = {"type": "bool"}
TEXTS: Mapping[str, Any] = {"type": "list", "elements": "str"}
MAPPING: Mapping[str, Any] = {"type": "dict"}


def _records(**options: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "list", "elements": "dict", "options": options}


def _choice(default: str | None, *choices: str) -> dict[str, Any]:
    given = {"type": "str", "choices": list(choices)}
    return given if default is None else {**given, "default": default}


def _rates(rate: Mapping[str, Any]) -> dict[str, Any]:
    return _records(path={**TEXT, "required": True}, rate={**rate, "required": True})


ARGUMENTS: dict[str, Any] = {
    "annotations": MAPPING,
    "auto_remove": FLAG,
    "blkio_weight": NUMBER,
    "cap_drop": TEXTS,
    "capabilities": TEXTS,
    "cgroup_parent": TEXT,
    "cgroupns_mode": _choice(None, "host", "private"),
    "cleanup": {"type": "bool", "default": False},
    "command": {"type": "raw"},
    "command_handling": _choice("correct", "compatibility", "correct"),
    "comparisons": MAPPING,
    "container_default_behavior": _choice("no_defaults", "compatibility", "no_defaults"),
    "cpu_period": NUMBER,
    "cpu_quota": NUMBER,
    "cpu_realtime_period": NUMBER,
    "cpu_realtime_runtime": NUMBER,
    "cpu_shares": NUMBER,
    "cpus": {"type": "float"},
    "cpuset_cpus": TEXT,
    "cpuset_mems": TEXT,
    "default_host_ip": TEXT,
    "detach": FLAG,
    "device_cgroup_rules": TEXTS,
    "device_read_bps": _rates(TEXT),
    "device_read_iops": _rates(NUMBER),
    "device_requests": _records(
        capabilities={"type": "list", "elements": "list"},
        count=NUMBER,
        device_ids=TEXTS,
        driver=TEXT,
        options=MAPPING,
    ),
    "device_write_bps": _rates(TEXT),
    "device_write_iops": _rates(NUMBER),
    "devices": TEXTS,
    "dns_opts": TEXTS,
    "dns_search_domains": TEXTS,
    "dns_servers": TEXTS,
    "domainname": TEXT,
    "entrypoint": TEXTS,
    "env": MAPPING,
    "env_file": {"type": "path"},
    "etc_hosts": MAPPING,
    "exposed_ports": {**TEXTS, "aliases": ["exposed", "expose"]},
    "force_kill": {"type": "bool", "default": False, "aliases": ["forcekill"]},
    "groups": TEXTS,
    "healthcheck": {
        "type": "dict",
        "options": {
            "test": {"type": "raw"},
            "test_cli_compatible": {"type": "bool", "default": False},
            "interval": TEXT,
            "timeout": TEXT,
            "start_period": TEXT,
            "start_interval": TEXT,
            "retries": NUMBER,
        },
    },
    "healthy_wait_timeout": {"type": "float", "default": 300},
    "hostname": TEXT,
    "image": TEXT,
    "image_comparison": _choice("desired-image", "desired-image", "current-image"),
    "image_label_mismatch": _choice("ignore", "ignore", "fail"),
    "image_name_mismatch": _choice("recreate", "ignore", "recreate"),
    "init": FLAG,
    "interactive": FLAG,
    "ipc_mode": TEXT,
    "keep_volumes": {"type": "bool", "default": True},
    "kernel_memory": TEXT,
    "kill_signal": TEXT,
    "labels": MAPPING,
    "links": TEXTS,
    "log_driver": TEXT,
    "log_options": {**MAPPING, "aliases": ["log_opt"]},
    "mac_address": TEXT,
    "masked_paths": TEXTS,
    "memory": TEXT,
    "memory_reservation": TEXT,
    "memory_swap": TEXT,
    "memory_swappiness": NUMBER,
    "mounts": _records(
        target={**TEXT, "required": True},
        source=TEXT,
        type=_choice("volume", "bind", "cluster", "image", "npipe", "tmpfs", "volume"),
        read_only=FLAG,
        consistency=_choice(None, "default", "consistent", "cached", "delegated"),
        propagation=_choice(None, "private", "rprivate", "shared", "rshared", "slave", "rslave"),
        no_copy=FLAG,
        labels=MAPPING,
        volume_driver=TEXT,
        volume_options=MAPPING,
        tmpfs_size=TEXT,
        tmpfs_mode=TEXT,
        tmpfs_options={"type": "list", "elements": "dict"},
        non_recursive=FLAG,
        create_mountpoint=FLAG,
        read_only_non_recursive=FLAG,
        read_only_force_recursive=FLAG,
        subpath=TEXT,
    ),
    "name": {**TEXT, "required": True},
    "network_mode": TEXT,
    "networks": _records(
        name={**TEXT, "required": True},
        aliases=TEXTS,
        driver_options=MAPPING,
        gateway_priority=NUMBER,
        ipv4_address=TEXT,
        ipv6_address=TEXT,
        links=TEXTS,
        mac_address=TEXT,
    ),
    "networks_cli_compatible": {"type": "bool", "default": True},
    "old_name": TEXT,
    "oom_killer": FLAG,
    "oom_score_adj": NUMBER,
    "output_logs": {"type": "bool", "default": False},
    "paused": FLAG,
    "pid_mode": TEXT,
    "pids_limit": NUMBER,
    "platform": TEXT,
    "privileged": FLAG,
    "publish_all_ports": FLAG,
    "published_ports": {**TEXTS, "aliases": ["ports"]},
    "pull": {
        "type": "raw",
        "default": "missing",
        "choices": ["never", "missing", "always", True, False],
    },
    "pull_check_mode_behavior": _choice("image_not_present", "image_not_present", "always"),
    "read_only": FLAG,
    "readonly_paths": TEXTS,
    "recreate": {"type": "bool", "default": False},
    "removal_wait_timeout": {"type": "float"},
    "restart": {"type": "bool", "default": False},
    "restart_policy": _choice(None, "no", "on-failure", "always", "unless-stopped"),
    "restart_retries": NUMBER,
    "runtime": TEXT,
    "security_opts": TEXTS,
    "shm_size": TEXT,
    "state": _choice("started", "absent", "present", "healthy", "started", "stopped"),
    "stop_signal": TEXT,
    "stop_timeout": NUMBER,
    "storage_opts": MAPPING,
    "sysctls": MAPPING,
    "tmpfs": TEXTS,
    "tty": FLAG,
    "ulimits": TEXTS,
    "user": TEXT,
    "userns_mode": TEXT,
    "uts": TEXT,
    "volume_driver": TEXT,
    "volumes": TEXTS,
    "volumes_from": TEXTS,
    "working_dir": TEXT,
}

RULES: Mapping[str, Any] = {
    "required_by": {"log_options": "log_driver", "restart_retries": "restart_policy"},
    "required_if": [("state", "present", ["image"])],
}
