# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The controller's part of `container_copy_into`: how long a diff may be, and how it is shown."""

from __future__ import annotations

from typing import Any

from ansible import constants
from ansible.plugins.action import ActionBase
from ansible.utils.vars import merge_hash
from ansible_collections.pytest_engine.engine.plugins.module_utils import hidden


class ActionModule(ActionBase):  # type: ignore[misc]  # it has no annotations
    """Runs the module where the engine is; nothing of the controller is copied."""

    TRANSFERS_FILES = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module, and show what it returns as it meant it."""
        self._supports_check_mode = True
        self._supports_async = True
        result = super().run(tmp, task_vars)
        self._task.args["_max_file_size_for_diff"] = constants.MAX_FILE_SIZE_FOR_DIFF
        returned = self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val)
        text = returned.pop("hidden", None)
        if text is not None:
            returned.update(hidden.reveal(text))
        merged: dict[str, Any] = merge_hash(result, returned)
        return merged
