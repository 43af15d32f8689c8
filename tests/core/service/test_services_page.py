"""The page of services, walked: what Docker Cloud had against what is here, both ways."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.service import LiveService
from pytest_engine.core.service.services import LiveServices
from pytest_engine.core.service.states import ALLOWED, STATES
from pytest_engine.core.types import engine as types
from tests.core.service import docker_cloud

PAGE = (Path(__file__).parents[3] / "docs/reference/services.md").read_text("utf-8")
_FIELD = re.compile(r"(no )?`([A-Z]\w+)\.(\w+)`")


def rows(section: str) -> dict[str, list[str]]:
    """Read a table of the page: the first cell, without its backticks -> the others."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): others for first, *others in cells}


ATTRIBUTES = rows("Attributes")
# An attribute that is refused -> a value that asks for something.
ASKING: dict[str, Any] = {
    "cgroup_parent": "/x",
    "cpu_shares": 512,
    "cpuset": "0",
    "devices": ["/dev/null:/dev/null"],
    "mac_address": "02:42:ac:11:65:43",
    "pid": "host",
    "privileged": True,
    "roles": ["global"],
}


def test_the_page_has_every_attribute_and_no_other() -> None:
    assert set(ATTRIBUTES) == docker_cloud.ATTRIBUTES


def test_every_attribute_that_could_be_set_can_be_stated_and_no_other() -> None:
    assert set(ServiceDefinition.names()) == docker_cloud.ATTRIBUTES - docker_cloud.READ_ONLY


def test_every_attribute_is_mapped_emulated_or_refused() -> None:
    assert {kind for kind, _how in ATTRIBUTES.values()} == {"mapped", "emulated", "refused"}
    assert [name for name, (_kind, how) in ATTRIBUTES.items() if not how] == []


def test_the_fields_that_the_page_names_are_there_or_are_not_as_it_says() -> None:
    wrong, seen = [], 0
    for name, (_kind, how) in ATTRIBUTES.items():
        for absent, owner, field in _FIELD.findall(how):
            seen += 1
            if (field in getattr(types, owner).__annotations__) == bool(absent):
                wrong.append((name, owner, field))
    assert wrong == []
    assert seen > 30


def test_what_is_refused_is_proved_by_a_field_that_is_not_there() -> None:
    refused = {name: how for name, (kind, how) in ATTRIBUTES.items() if kind == "refused"}
    assert [name for name, how in refused.items() if not how.startswith("no `")] == []
    # What nobody could set, nobody can ask for.
    assert set(refused) - docker_cloud.READ_ONLY == set(ASKING)


@pytest.mark.parametrize(("name", "value"), ASKING.items())
def test_what_is_refused_is_an_error_that_names_it(name: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=f"^{name}: a swarm service has no such property"):
        ServiceDefinition("busybox", **{name: value})


def test_what_could_be_told_is_told() -> None:
    source = inspect.getsource(LiveService.describe)
    from pytest_engine.core.service import view

    source += inspect.getsource(view.described)
    told = {name for name in docker_cloud.READ_ONLY if f'"{name}"' in source}
    assert docker_cloud.READ_ONLY - told == {"cgroup_name", "public_dns", "volumes_from"}


def test_the_page_has_every_operation_and_each_is_there() -> None:
    operations = rows("Operations")
    assert set(operations) == docker_cloud.OPERATIONS
    for here, _note in operations.values():
        owner, method = here.strip("`").split(".")
        assert callable(getattr({"LiveServices": LiveServices}.get(owner, LiveService), method))


def test_the_page_has_every_state_with_what_it_allows() -> None:
    states = rows("States")
    assert tuple(states) == STATES == tuple(docker_cloud.STATES)
    for state, (_when, allows) in states.items():
        named = tuple(filter(None, allows.split(", ")))
        assert named == ALLOWED.get(state, ())
        # What was allowed is; scale and update are an addition.
        assert set(named) - {"scale", "update"} == docker_cloud.STATES[state]


def test_every_strategy_is_there() -> None:
    for strategy in docker_cloud.STRATEGIES:
        assert f"\n`{strategy}`\n:" in PAGE
        assert ServiceDefinition("x", deployment_strategy=strategy).deployment_strategy == strategy
