"""Containers of one task that use each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.containers"


def test_containers_that_use_each_other_follow_each_other(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    base = {"image": busybox, "command": "sleep 600", "force_kill": True}
    database = {**base, "name": scratch.name("db"), "state": "healthy"}
    database["healthcheck"] = {"test": ["CMD", "true"], "interval": "300ms"}
    web = {**base, "name": scratch.name("web"), "depends_on": [database["name"]]}
    side = {**base, "name": scratch.name("side"), "network_mode": f"container:{web['name']}"}
    changed: dict[str, Any] = {**web, "hostname": "other"}
    run = playbooks.run_tasks(
        [
            {"name": "create", MODULE: {"containers": [side, web, database]}},
            {"name": "again", MODULE: {"containers": [side, web, database]}},
            # A container's network goes with it, and so does what uses that.
            {"name": "change", MODULE: {"containers": [side, changed, database]}},
            {"name": "changed", MODULE: {"containers": [side, changed, database]}},
        ]
    )
    assert run.returncode == 0, run.output
    assert run.changed == ["create", "change"]
    made = {one["name"]: one["container"] for one in run.results["create"]["containers"]}
    assert made[database["name"]]["State"]["Health"]["Status"] == "healthy"
    started = [made[name["name"]]["State"]["StartedAt"] for name in (database, web, side)]
    assert started == sorted(started)
    touched = [one["name"] for one in run.results["change"]["containers"] if one["changed"]]
    assert touched == [side["name"], web["name"]]
    there = engine.containers.inspect(str(web["name"]))["Id"]
    inspected = engine.containers.inspect(str(side["name"]))["HostConfig"]["NetworkMode"]
    assert inspected == f"container:{there}"
