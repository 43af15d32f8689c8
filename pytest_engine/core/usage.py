"""What a container uses, computed from the engine's measurements as the docker command does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .types.engine import ContainerStatsResponse

__all__ = ["Usage", "usage_of"]


@dataclass(frozen=True)
class Usage:
    """What a container uses.

    Attributes:
        cpu_percent: of one processor, so up to 100 times their number; None where the
            engine measured once only, as in the first record of a stream.
        memory: bytes in use, without file contents that the kernel could drop.
        memory_limit: bytes that it may use; without a limit of its own, the host's.
        network_received: bytes received on all of its networks since it was started.
        network_sent: bytes sent on them.
        block_read: bytes read from disks since it was started.
        block_written: bytes written to them.
        processes: how many processes and threads it has.
    """

    cpu_percent: float | None
    memory: int
    memory_limit: int
    network_received: int
    network_sent: int
    block_read: int
    block_written: int
    processes: int

    @property
    def memory_percent(self) -> float:
        """Memory in use, of its limit."""
        return 100 * self.memory / self.memory_limit if self.memory_limit else 0.0


def usage_of(stats: ContainerStatsResponse) -> Usage:
    """Compute what a container uses from a record of `containers.stats`.

    A container that does not run uses nothing: all numbers are 0.
    """
    record: Any = stats
    memory: Any = record.get("memory_stats") or {}
    networks: Any = (record.get("networks") or {}).values()
    blocks: Any = (record.get("blkio_stats") or {}).get("io_service_bytes_recursive") or ()
    return Usage(
        cpu_percent=_cpu_percent(record.get("cpu_stats") or {}, record.get("precpu_stats") or {}),
        memory=_memory(memory),
        memory_limit=memory.get("limit") or 0,
        network_received=sum(network.get("rx_bytes", 0) for network in networks),
        network_sent=sum(network.get("tx_bytes", 0) for network in networks),
        block_read=_blocks(blocks, "read"),
        block_written=_blocks(blocks, "write"),
        processes=(record.get("pids_stats") or {}).get("current") or 0,
    )


def _cpu_percent(now: dict[str, Any], before: dict[str, Any]) -> float | None:
    usage: Any = now.get("cpu_usage") or {}
    system: float = now.get("system_cpu_usage") or 0
    if not system:
        return 0.0
    if not before.get("system_cpu_usage"):
        return None
    used_before: float = (before.get("cpu_usage") or {}).get("total_usage", 0)
    used: float = usage.get("total_usage", 0) - used_before
    passed: float = system - before["system_cpu_usage"]
    if used <= 0 or passed <= 0:
        return 0.0
    processors: int = now.get("online_cpus") or len(usage.get("percpu_usage") or ()) or 1
    return 100.0 * used / passed * processors


def _memory(memory: dict[str, Any]) -> int:
    used = int(memory.get("usage") or 0)
    details: Any = memory.get("stats") or {}
    # Cgroup v1 sums up the hierarchy in a field of its own, v2 always does.
    for field in ("total_inactive_file", "inactive_file"):
        cached = details.get(field)
        if cached is not None:
            return used - cached if cached < used else used
    return used


def _blocks(entries: Any, operation: str) -> int:
    # Cgroup v1 says `Read`, v2 `read`.
    return sum(
        entry.get("value") or 0
        for entry in entries
        if str(entry.get("op", "")).lower() == operation
    )
