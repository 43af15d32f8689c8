"""Whose hooks take part in what is made for a fixture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import pytest
    from pluggy import HookRelay, PluginManager

__all__ = ["conftest_folder", "hooks_of"]

_CONFTEST = "conftest.py"


def hooks_of(request: pytest.FixtureRequest, home: Path | None) -> HookRelay:
    """Return the hooks of plugins, and of the conftest files that count for a fixture.

    For one of session scope pytest itself asks those at its root folder and above alone, even
    where fixture, hook and all tests are in a folder below.

    Args:
        request: the request of the fixture.
        home: the folder of the file that defines it; None where only its node counts.
    """
    session = request.session
    if home is None or request.node is not session:
        return cast("HookRelay", request.node.ihook)
    folders = {item.path.parent for item in session.items}
    if not any(home in (folder, *folder.parents) for folder in folders):
        # A plugin's, or another module's, for all tests that there are.
        home = Path(os.path.commonpath(folders))
    return cast("HookRelay", _Hooks(session.config.pluginmanager, home))


def conftest_folder(plugin: object) -> Path | None:
    """Return the folder of the conftest file that a plugin of pytest is; None: it is none."""
    file = Path(str(getattr(plugin, "__dict__", {}).get("__file__") or ""))
    return file.parent if file.name == _CONFTEST else None


class _Hooks:
    """Stands in for `HookRelay`, without the conftest files that are not at a folder or above."""

    def __init__(self, plugins: PluginManager, home: Path) -> None:
        self._plugins = plugins
        nearby = (None, home, *home.parents)
        self._others = [
            plugin
            for _name, plugin in plugins.list_name_plugin()
            if plugin is not None and conftest_folder(plugin) not in nearby
        ]

    def __getattr__(self, name: str) -> Any:
        return self._plugins.subset_hook_caller(name, self._others)
