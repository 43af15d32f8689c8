"""The settings of plugins: how they are compared, and which can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.plugins import PluginKind, PluginSpec
from pytest_engine.core.errors import InvalidInput

# Plans ask nothing of it.
NOWHERE = Engine("unix:///nowhere/engine.sock", environ={})
PLUGIN: dict[str, Any] = {
    "Name": "sshfs:latest",
    "Enabled": True,
    "Config": {
        "Env": [
            {"Name": "DEBUG", "Settable": ["value"], "Value": "0"},
            {"Name": "FIXED", "Settable": None, "Value": "1"},
        ],
        "Mounts": [{"Name": "state", "Settable": ["source"]}],
        "Devices": [{"Name": "fuse", "Settable": ["path"]}],
        "Args": {"Name": "args", "Settable": ["value"]},
    },
    "Settings": {
        "Env": ["DEBUG=0", "FIXED=1"],
        "Mounts": [{"Name": "state", "Source": "/var/lib/docker/plugins/"}],
        "Devices": [{"Name": "fuse", "Path": "/dev/fuse"}],
        "Args": ["--one", "two"],
    },
}


def spec(**settings: str) -> PluginSpec:
    names = {name.replace("__", "."): value for name, value in settings.items()}
    return PluginSpec("vieux/sshfs", alias="sshfs", settings=names)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"DEBUG": "0"},
        {"DEBUG__value": "0"},
        {"state__source": "/var/lib/docker/plugins/"},
        {"fuse": "/dev/fuse"},
        {"args": "--one two"},
    ],
)
def test_settings_that_are_as_wanted_are_no_difference(settings: dict[str, str]) -> None:
    assert PluginKind().compare(spec(**settings), PLUGIN, ()) == ()


@pytest.mark.parametrize("name", ["DEBUG", "state__source", "fuse__path", "args"])
def test_settings_of_what_runs_are_changed_while_it_does_not(name: str) -> None:
    wanted = spec(**{name: "other"})
    differences = PluginKind().compare(wanted, PLUGIN, ())
    plan = PluginKind().plan(NOWHERE, wanted, "present", PLUGIN, differences)
    assert [step.action.verb for step in plan.steps] == ["disable", "set up", "enable"]
    plan = PluginKind().plan(NOWHERE, wanted, "disable", PLUGIN, differences)
    assert [step.action.verb for step in plan.steps] == ["disable", "set up"]


@pytest.mark.parametrize("name", ["FIXED", "NONE", "state__destination"])
def test_what_cannot_be_set_is_refused_before_anything_is_done(name: str) -> None:
    wanted = spec(**{name: "other"})
    differences = PluginKind().compare(wanted, PLUGIN, ())
    with pytest.raises(InvalidInput, match=r"DEBUG, DEBUG.value, args"):
        PluginKind().plan(NOWHERE, wanted, "present", PLUGIN, differences)


def test_settings_that_sound_like_secrets_are_not_shown() -> None:
    (difference,) = PluginKind().compare(spec(PASSWORD="hunter2"), PLUGIN, ())
    assert "hunter2" not in str(difference)
