"""What the docker command would show, computed from records of both cgroup versions."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.usage import Usage, usage_of


def _record(**changes: Any) -> Any:
    return {
        "cpu_stats": {
            "cpu_usage": {"total_usage": 3_000},
            "system_cpu_usage": 10_000,
            "online_cpus": 4,
        },
        "precpu_stats": {"cpu_usage": {"total_usage": 1_000}, "system_cpu_usage": 6_000},
        "memory_stats": {"usage": 100, "limit": 400, "stats": {"inactive_file": 30}},
        "networks": {
            "eth0": {"rx_bytes": 1, "tx_bytes": 2},
            "eth1": {"rx_bytes": 10, "tx_bytes": 20},
        },
        "blkio_stats": {
            "io_service_bytes_recursive": [
                {"op": "read", "value": 5},
                {"op": "write", "value": 6},
                {"op": "read", "value": 50},
                {"op": "discard", "value": 7},
            ]
        },
        "pids_stats": {"current": 3},
        **changes,
    }


def test_a_record_of_cgroup_v2_is_computed() -> None:
    assert usage_of(_record()) == Usage(200.0, 70, 400, 11, 22, 55, 6, 3)
    assert usage_of(_record()).memory_percent == 17.5


def test_a_record_of_cgroup_v1_is_computed() -> None:
    usage = usage_of(
        _record(
            cpu_stats={
                "cpu_usage": {"total_usage": 3_000, "percpu_usage": [1, 2]},
                "system_cpu_usage": 10_000,
            },
            memory_stats={
                "usage": 100,
                "limit": 400,
                "stats": {"total_inactive_file": 40, "inactive_file": 30},
            },
            blkio_stats={
                "io_service_bytes_recursive": [
                    {"op": "Read", "value": 5},
                    {"op": "Write", "value": 6},
                    {"op": "Total", "value": 11},
                ]
            },
        )
    )
    assert (usage.cpu_percent, usage.memory) == (100.0, 60)
    assert (usage.block_read, usage.block_written) == (5, 6)


def test_cached_files_beyond_the_usage_are_not_taken_off() -> None:
    memory = {"usage": 10, "limit": 400, "stats": {"inactive_file": 30}}
    assert usage_of(_record(memory_stats=memory)).memory == 10


def test_one_measurement_leaves_the_processor_unknown() -> None:
    once = {"cpu_usage": {"total_usage": 0}}
    assert usage_of(_record(precpu_stats=once)).cpu_percent is None


@pytest.mark.parametrize("before", [6_000, 10_000, 20_000])
def test_an_idle_processor_is_at_nothing(before: int) -> None:
    precpu = {"cpu_usage": {"total_usage": 3_000}, "system_cpu_usage": before}
    assert usage_of(_record(precpu_stats=precpu)).cpu_percent == 0.0


@pytest.mark.parametrize(
    "record",
    [
        {},
        {
            "memory_stats": {},
            "blkio_stats": {"io_service_bytes_recursive": None},
            "networks": None,
            "pids_stats": {},
            "cpu_stats": {"cpu_usage": {"total_usage": 0}},
            "precpu_stats": {"cpu_usage": {"total_usage": 0}},
        },
    ],
)
def test_what_does_not_run_uses_nothing(record: Any) -> None:
    usage = usage_of(record)
    assert usage == Usage(0.0, 0, 0, 0, 0, 0, 0, 0)
    assert usage.memory_percent == 0.0
