"""The example playbook, as its README runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import EXAMPLE

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

SITE = EXAMPLE / "site.yml"
TEARDOWN = EXAMPLE / "teardown.yml"


@pytest.fixture
def variables(lab: LabImages, scratch: Scratch) -> dict[str, Any]:
    lab.require("redis:7")
    return {"prefix": scratch.name("store"), "store_port": 0}


def test_check_mode_says_what_would_change_and_changes_nothing(
    playbooks: Playbooks, scratch: Scratch, variables: dict[str, Any]
) -> None:
    run = playbooks.run(SITE, "--check", "--diff", variables=variables)
    assert run.returncode == 0, run.output
    assert {"Network", "Volume", "Container"} <= set(run.changed)
    assert run.results["Container"]["actions"][-2:] == [
        f"create container {variables['prefix']}-store",
        f"start container {variables['prefix']}-store",
    ]
    assert run.results["Container"]["diff"]["before"] == {"exists": False, "running": False}
    assert run.results["Container"]["diff"]["after"]["memory"] == 128 * 1024**2
    assert scratch.everything() == set()


def test_the_playbook_does_its_job_once_and_undoes_it(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, variables: dict[str, Any]
) -> None:
    first = playbooks.run(SITE, variables=variables)
    assert first.returncode == 0, first.output
    assert {"Network", "Volume", "Container"} <= set(first.changed)
    store = first.results["What the engine says"]["container"]
    assert store["State"]["Running"]
    there = engine.containers.inspect(f"{variables['prefix']}-store")
    assert store["Id"] == there["Id"]
    assert first.results["Where it is found"]["msg"].count(".") == 3

    second = playbooks.run(SITE, "--diff", variables=variables)
    assert second.returncode == 0, second.output
    assert second.changed == []

    more = variables | {"store_memory": "256m"}
    said = playbooks.run(SITE, "--check", "--diff", variables=more)
    assert said.changed == ["Container"]
    assert said.results["Container"]["diff"]["before"]["memory"] == 128 * 1024**2
    assert engine.containers.inspect(there["Id"])["HostConfig"]["Memory"] == 128 * 1024**2

    third = playbooks.run(SITE, variables=more)
    assert third.changed == ["Container"]
    assert third.results["Container"]["actions"] == [
        f"update memory of container {variables['prefix']}-store"
    ]
    assert engine.containers.inspect(there["Id"])["HostConfig"]["Memory"] == 256 * 1024**2

    gone = playbooks.run(TEARDOWN, variables=variables)
    assert gone.returncode == 0, gone.output
    assert gone.changed == ["No container", "No network", "No volume"]
    assert scratch.everything() == set()
    assert playbooks.run(TEARDOWN, variables=variables).changed == []
