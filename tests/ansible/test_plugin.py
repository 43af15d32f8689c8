"""The modules `plugin` and `plugin_info`, with a plugin in the lab's registry."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import NotFound
from tests.conftest import FOREIGN_HOST, Scratch
from tests.core.operations.cases_images import with_login
from tests.core.operations.cases_plugins import packed
from tests.core.operations.world import World
from tests.lab import Lab

from .steps import play
from .test_info import looks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.destructive]


@contextlib.contextmanager
def published(
    engine: Engine, scratch: Scratch, lab: LabImages, folder: Path, busybox: str
) -> Iterator[str]:
    """Put a plugin into the lab's registry, and say its name, without its tag `latest`."""
    registry = None if FOREIGN_HOST else Lab.default().status().registry
    if registry is None:
        pytest.skip("an engine that is not the lab's has no registry for tests")
    world = World(engine, engine.endpoint.url, scratch, busybox, lab, registry, folder)
    name = f"{registry}/{scratch.name('plugin')}"
    with with_login(world) as client:
        client.plugins.create(name, packed(world, "listens"))
        client.plugins.push(name)
        client.plugins.remove(name)
    yield name
    for left in (name, scratch.name("alias")):
        with contextlib.suppress(NotFound):
            engine.plugins.remove(left, force=True)


@pytest.fixture
def remote(
    engine: Engine, scratch: Scratch, lab: LabImages, tmp_path: Path, busybox: str
) -> Iterator[str]:
    """The name of a plugin in the lab's registry, without its tag `latest`."""
    with published(engine, scratch, lab, tmp_path, busybox) as name:
        yield name


def test_plugin(playbooks: Playbooks, engine: Engine, scratch: Scratch, remote: str) -> None:
    alias = scratch.name("alias")
    wanted: dict[str, Any] = {"plugin_name": remote, "alias": alias, "enable_timeout": 20}
    louder = {**wanted, "plugin_options": {"LEVEL": 2}}
    loudest = {**wanted, "plugin_options": {"LEVEL": 3}}
    what = f"plugin {alias}:latest"
    results = play(
        playbooks,
        "plugin",
        [
            ("no plugin yet", {**wanted, "state": "absent"}, False),
            ("install", wanted, True),
            ("installed", wanted, False),
            ("disabled already", {**wanted, "state": "disable"}, False),
            ("set up", louder, True),
            ("as it was set up", louder, False),
            ("enable", {**wanted, "state": "enable"}, True),
            ("enabled", {**louder, "state": "enable"}, False),
            ("set up what runs", loudest, True),
            ("as it was set up again", {**loudest, "state": "enable"}, False),
            ("disable", {**wanted, "state": "disable"}, True),
            ("remove", {**wanted, "state": "absent"}, True),
            ("install, set up, enable", {**louder, "state": "enable"}, True),
            ("force", {**wanted, "state": "absent", "force_remove": True}, True),
            ("removed", {**wanted, "state": "absent"}, False),
        ],
    )
    assert results["install"]["actions"] == [f"install {what}"]
    assert results["install"]["plugin"]["Name"] == f"{alias}:latest"
    assert results["install"]["plugin"]["Enabled"] is False
    assert results["install (check)"]["plugin"] == {}
    assert results["set up"]["plugin"]["Settings"]["Env"] == ["LEVEL=2"]
    assert results["set up"]["diff"]["before"]["plugin_options"] == {"LEVEL": "1"}
    assert results["set up"]["diff"]["after"]["plugin_options"] == {"LEVEL": "2"}
    running = ["disable", "set up", "enable"]
    assert results["set up what runs"]["actions"] == [f"{verb} {what}" for verb in running]
    assert results["set up what runs"]["plugin"]["Enabled"] is True
    assert results["set up what runs"]["plugin"]["Settings"]["Env"] == ["LEVEL=3"]
    at_once = ["install", "set up", "enable"]
    assert results["install, set up, enable"]["actions"] == [f"{verb} {what}" for verb in at_once]
    assert results["install, set up, enable"]["plugin"]["Enabled"] is True
    assert results["removed"]["plugin"] == {}
    assert [one["Name"] for one in engine.plugins.list() if one["Name"].startswith(alias)] == []


def test_a_plugin_that_does_not_come_up_with_new_settings_stays_disabled(
    playbooks: Playbooks, engine: Engine, remote: str
) -> None:
    engine.plugins.pull(remote, engine.plugins.privileges(remote))
    name = f"{remote}:latest"
    engine.plugins.enable(name, timeout=20)
    wanted = {"plugin_name": remote, "plugin_options": {"LEVEL": "none"}, "enable_timeout": 2}
    task = {"name": "broken", "pytest_engine.engine.plugin": wanted, "ignore_errors": True}
    told = playbooks.run_tasks([task]).messages["broken"]
    assert f"disable plugin {name}" in told
    assert f"set up plugin {name}" in told
    inspected = engine.plugins.inspect(name)
    assert (inspected["Enabled"], inspected["Settings"]["Env"]) == (False, ["LEVEL=none"])


def test_plugin_info_and_errors(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, remote: str
) -> None:
    engine.plugins.pull(remote, engine.plugins.privileges(remote))
    name = f"{remote}:latest"
    engine.plugins.enable(name, timeout=20)
    absent = {"plugin_name": remote, "state": "absent"}
    plugin, info = "pytest_engine.engine.plugin", "pytest_engine.engine.plugin_info"
    none = scratch.name("none")
    failing: list[dict[str, Any]] = [
        {"name": "enabled", plugin: absent},
        {"name": "enabled (check)", plugin: absent, "check_mode": True},
        {"name": "none", plugin: {"plugin_name": none, "state": "disable"}},
        {"name": "no such", plugin: {"plugin_name": f"{remote}-none"}},
        {"name": "no name", plugin: {"plugin_name": "No Name"}},
        {"name": "no setting", plugin: {"plugin_name": remote, "plugin_options": {"NONE": "1"}}},
        {"name": "negative", plugin: {"plugin_name": remote, "enable_timeout": -1}},
    ]
    tasks = [{**task, "ignore_errors": True} for task in failing]
    tasks += looks("docker_plugin", {"plugin_name": remote, "state": "enable"})
    tasks += [
        {"name": "one", info: {"name": remote}},
        {"name": "not one", info: {"name": none}},
        {"name": "several", info: {"names": [none, name]}},
        {"name": "matching", info: {"filters": {"enabled": True}}},
        {"name": "others", info: {"filters": {"enabled": False}}},
    ]
    run = playbooks.run_tasks(tasks)
    messages, results = run.messages, run.results
    assert messages.keys() == {task["name"] for task in failing}
    assert "force_remove" in messages["enabled"]
    assert messages["enabled (check)"] == messages["enabled"]
    assert none in messages["none"]
    assert f"{remote}-none" in messages["no such"]
    assert "No Name" in messages["no name"]
    assert "does not let NONE be set; it lets LEVEL, LEVEL.value" in messages["no setting"]
    assert "enable_timeout" in messages["negative"]
    # What failed leaves it as it was.
    assert results["0"]["changed"] is False
    inspected = engine.plugins.inspect(name)
    assert (results["one"]["exists"], results["one"]["plugin"]) == (True, inspected)
    assert (results["not one"]["exists"], results["not one"]["plugin"]) == (False, None)
    assert results["several"]["plugins"] == [inspected]
    assert results["several"]["missing"] == [none]
    assert name in [one["Name"] for one in results["matching"]["plugins"]]
    assert name not in [one["Name"] for one in results["others"]["plugins"]]
