"""An Ansible callback that writes every task's result to a file, a line of JSON for each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
type: aggregate
short_description: Write results to a file
description: Writes every task's result to the file that the variable RECORD_RESULTS names.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible-core has no annotations
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _record(self, result: Any, *, failed: bool) -> None:
        # Before ansible-core 2.19, they had no public names.
        host = result.host if hasattr(result, "host") else result._host  # noqa: SLF001
        told = result.result if hasattr(result, "result") else result._result  # noqa: SLF001
        task = result.task if hasattr(result, "task") else result._task  # noqa: SLF001
        line = {"host": host.get_name(), "task": result.task_name, "action": task.action}
        line["result"] = {**told, "failed": failed}
        with Path(os.environ["RECORD_RESULTS"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=str) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._record(result, failed=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        del ignore_errors
        self._record(result, failed=True)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._record(result, failed=True)
