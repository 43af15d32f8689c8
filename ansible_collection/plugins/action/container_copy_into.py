# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The controller's part of `container_copy_into`: how long a diff may be, and how it is shown."""

from __future__ import annotations

from typing import Any

from ansible import constants
from ansible_collections.pytest_engine.engine.plugins.module_utils import hidden
from ansible_collections.pytest_engine.engine.plugins.modules import container_copy_into
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.in_place import InPlace


class ActionModule(InPlace):  # type: ignore[misc]  # it is found only where the collection is staged
    """Runs the module where the engine is; nothing of the controller is copied."""

    main = staticmethod(container_copy_into.main)

    def run_module(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the module, and show what it returns as it meant it."""
        self._task.args["_max_file_size_for_diff"] = constants.MAX_FILE_SIZE_FOR_DIFF
        returned: dict[str, Any] = super().run_module(variables)
        text = returned.pop("hidden", None)
        if text is not None:
            returned.update(hidden.reveal(text))
        return returned
