"""The settings of a container that the Engine takes as they are, each declared once.

From this table a spec is read and the Engine's JSON is written, and what is there is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .attachment import read_mac_address
from .readers import (
    read_device_requests,
    read_devices,
    read_flag,
    read_hosts,
    read_links,
    read_number,
    read_rates_in_bytes,
    read_rates_in_calls,
    read_size,
    read_size_or_unlimited,
    read_text,
    read_texts,
    read_texts_by_name,
    read_tmpfs,
    read_ulimits,
)

__all__ = ["SETTINGS", "Setting"]


@dataclass(frozen=True)
class Setting:
    """A setting of a container.

    Attributes:
        name: its name in the spec.
        key: the Engine's name for it.
        read: (what people write, the option's name) -> the Engine's form.
        sort: how it is compared: `value`, `list` (in order), `set`, `dict`, or `records`
            (a set of mappings).
        on_host: whether it stands in `HostConfig`, else beside the command.
        updates: whether the engine changes it on a container that exists.
    """

    name: str
    key: str
    read: Callable[[Any, str], Any]
    sort: str = "value"
    on_host: bool = True
    updates: bool = False


SETTINGS: tuple[Setting, ...] = (
    # Its process.
    Setting("user", "User", read_text, on_host=False),
    Setting("working_dir", "WorkingDir", read_text, on_host=False),
    Setting("hostname", "Hostname", read_text, on_host=False),
    Setting("domainname", "Domainname", read_text, on_host=False),
    Setting("tty", "Tty", read_flag, on_host=False),
    Setting("interactive", "OpenStdin", read_flag, on_host=False),
    Setting("stop_signal", "StopSignal", read_text, on_host=False),
    Setting("stop_timeout", "StopTimeout", read_number, on_host=False),
    Setting("init", "Init", read_flag),
    Setting("groups", "GroupAdd", read_texts, "set"),
    Setting("auto_remove", "AutoRemove", read_flag),
    Setting("runtime", "Runtime", read_text),
    Setting("annotations", "Annotations", read_texts_by_name, "dict"),
    # What it may do.
    Setting("privileged", "Privileged", read_flag),
    Setting("capabilities", "CapAdd", read_texts, "set"),
    Setting("cap_drop", "CapDrop", read_texts, "set"),
    Setting("security_opts", "SecurityOpt", read_texts, "set"),
    Setting("read_only", "ReadonlyRootfs", read_flag),
    Setting("masked_paths", "MaskedPaths", read_texts, "set"),
    Setting("readonly_paths", "ReadonlyPaths", read_texts, "set"),
    Setting("sysctls", "Sysctls", read_texts_by_name, "dict"),
    Setting("ulimits", "Ulimits", read_ulimits, "records"),
    Setting("oom_killer", "OomKillDisable", read_flag),
    Setting("oom_score_adj", "OomScoreAdj", read_number),
    Setting("pids_limit", "PidsLimit", read_number, updates=True),
    # What it shares with others.
    Setting("cgroup_parent", "CgroupParent", read_text),
    Setting("cgroupns_mode", "CgroupnsMode", read_text),
    Setting("ipc_mode", "IpcMode", read_text),
    Setting("pid_mode", "PidMode", read_text),
    Setting("userns_mode", "UsernsMode", read_text),
    Setting("uts", "UTSMode", read_text),
    Setting("network_mode", "NetworkMode", read_text),
    # How it is reached, and reaches others.
    Setting("mac_address", "MacAddress", read_mac_address, on_host=False),
    Setting("dns_servers", "Dns", read_texts, "list"),
    Setting("dns_opts", "DnsOptions", read_texts, "set"),
    Setting("dns_search_domains", "DnsSearch", read_texts, "list"),
    Setting("etc_hosts", "ExtraHosts", read_hosts, "set"),
    Setting("links", "Links", read_links, "set"),
    Setting("publish_all_ports", "PublishAllPorts", read_flag),
    # Where it keeps things.
    Setting("tmpfs", "Tmpfs", read_tmpfs, "dict"),
    Setting("shm_size", "ShmSize", read_size),
    Setting("storage_opts", "StorageOpt", read_texts_by_name, "dict"),
    Setting("volume_driver", "VolumeDriver", read_text),
    Setting("volumes_from", "VolumesFrom", read_texts, "set"),
    # Devices.
    Setting("devices", "Devices", read_devices, "records"),
    Setting("device_cgroup_rules", "DeviceCgroupRules", read_texts, "list"),
    Setting("device_requests", "DeviceRequests", read_device_requests, "records"),
    Setting("device_read_bps", "BlkioDeviceReadBps", read_rates_in_bytes, "records"),
    Setting("device_write_bps", "BlkioDeviceWriteBps", read_rates_in_bytes, "records"),
    Setting("device_read_iops", "BlkioDeviceReadIOps", read_rates_in_calls, "records"),
    Setting("device_write_iops", "BlkioDeviceWriteIOps", read_rates_in_calls, "records"),
    # How much of the machine it gets.
    Setting("blkio_weight", "BlkioWeight", read_number, updates=True),
    Setting("cpu_period", "CpuPeriod", read_number, updates=True),
    Setting("cpu_quota", "CpuQuota", read_number, updates=True),
    Setting("cpu_realtime_period", "CpuRealtimePeriod", read_number, updates=True),
    Setting("cpu_realtime_runtime", "CpuRealtimeRuntime", read_number, updates=True),
    Setting("cpu_shares", "CpuShares", read_number, updates=True),
    Setting("cpuset_cpus", "CpusetCpus", read_text, updates=True),
    Setting("cpuset_mems", "CpusetMems", read_text, updates=True),
    Setting("kernel_memory", "KernelMemory", read_size, updates=True),
    Setting("memory_reservation", "MemoryReservation", read_size, updates=True),
    Setting("memory_swap", "MemorySwap", read_size_or_unlimited, updates=True),
    Setting("memory_swappiness", "MemorySwappiness", read_number),
)
