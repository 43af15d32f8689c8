"""The wanted state of a swarm's service."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.service import ServiceSpec


def test_a_wrong_setting_is_named_as_it_was_written() -> None:
    written = {"limit_memory": "limits: memory"}
    with pytest.raises(InvalidInput, match=r"^limits: memory: '1x' is no size"):
        ServiceSpec("web", settings={"limit_memory": "1x"}, written=written)
    with pytest.raises(InvalidInput, match=r"^limit_cpu: 'x' is no number"):
        ServiceSpec("web", settings={"limit_cpu": "x"}, written=written)


def test_where_settings_are_written_is_no_part_of_them() -> None:
    plain = ServiceSpec("web", settings={"limit_memory": "1m"})
    written = {"limit_memory": "limits: memory"}
    assert ServiceSpec("web", settings={"limit_memory": "1m"}, written=written) == plain
    assert plain.with_image("x:1").settings == plain.settings


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"limit_cpu": "1e-10"}, "limit_cpu: 1e-10 is below 0.00001"),
        ({"limit_memory": 0.5}, "limit_memory: 0.5 is less than a byte"),
        ({"labels": {"a": None}}, "labels: a is null"),
        ({"hosts": {"a": ["10.0.0.1"]}}, "hosts: a is a list"),
        ({"sysctls": {"a": {}}}, "sysctls: a is a mapping"),
        ({"log_driver_options": {"a": None}}, "log_driver_options: a is null"),
        ({"placement_preferences": [{"spread": None}]}, "placement_preferences: spread is null"),
        (
            {"networks": [{"Target": "net", "DriverOpts": {"a": None}}]},
            "networks: net: options: a is null",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{reason}"):
        ServiceSpec("web", settings=settings)


def test_more_of_a_resource_than_can_be_counted_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^generic_resources: gpu: it is more than"):
        ServiceSpec("web", settings={"generic_resources": [f"gpu={'9' * 5000}"]})


@pytest.mark.parametrize("section", ["update_config", "rollback_config"])
@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("parallelism", "many", "'many' is no whole number"),
        ("parallelism", True, "True is no whole number"),
        ("max_failure_ratio", "0.5", "'0.5' is no number from 0 to 1"),
        ("max_failure_ratio", float("nan"), "nan is no number from 0 to 1"),
        ("max_failure_ratio", 2, "2 is no number from 0 to 1"),
        ("order", 1, "1 is no text"),
        ("failure_action", ["pause"], "is no text"),
        ("monitor", "soon", "'soon' is no duration"),
    ],
)
def test_a_rollout_that_cannot_be_is_refused(
    section: str, part: str, value: object, reason: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^{section}: {part}: .*{reason}"):
        ServiceSpec("web", settings={section: {part: value}})
