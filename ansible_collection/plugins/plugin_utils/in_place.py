# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Runs a module in the process that Ansible has for the task, where that makes no difference.

A task on this machine, by the Python that runs Ansible, need not be packed, written into a file
and started: a process of its own imports for half a second what is imported here already. The
module's code is the same, and so are its options, its rules and its result; what Ansible's class
for modules reads from a process and writes to it goes from hand to hand.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import warnings
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from ansible import constants
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import get_warning_messages
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["InPlace"]

# A variable: false gives each task a process of its own again.
_SWITCH = "pytest_engine_in_place"


class InPlace(ActionBase):  # type: ignore[misc]  # it has no annotations
    """The controller's part of a module, whose `main` its subclass names."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = True

    main: ClassVar[Callable[[], None]]

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Run the module: here if that makes no difference, else as Ansible does."""
        result = super().run(tmp, task_vars)
        merged: dict[str, Any] = merge_hash(result, self.run_module(task_vars or {}))
        return merged

    def run_module(self, variables: dict[str, Any]) -> dict[str, Any]:
        """Run the module, and return what it returned."""
        if self._makes_no_difference(variables):
            return self._run_in_place(variables)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        returned: dict[str, Any] = self._execute_module(task_vars=variables, wrap_async=wrap_async)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)  # noqa: SLF001  # Ansible offers it no other way
        return returned

    def _makes_no_difference(self, variables: Mapping[str, Any]) -> bool:
        """Whether the task is for this machine, this user and this Python, and is waited for."""
        # Apple's libraries end processes that were forked and ask for the system's proxies.
        if sys.platform == "darwin":
            return False
        if self._connection.transport != "local" or self._connection.become is not None:
            return False
        if self._task.async_val or constants.DEFAULT_KEEP_REMOTE_FILES:
            return False
        host = self._task.delegate_to
        if host:
            variables = variables.get("ansible_delegated_vars", {}).get(host, variables)
        wanted = self._templar.template(variables.get(_SWITCH, True))
        return boolean(wanted, strict=False) and _is_own(self._interpreter(variables))

    def _interpreter(self, variables: Mapping[str, Any]) -> str:
        """The Python that Ansible would start, empty where it has yet to look for one."""
        named = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        python = str(self._templar.template(named)).strip()
        if python.startswith("auto"):
            facts = variables.get("ansible_facts", {})
            python = str(facts.get("discovered_interpreter_python", ""))
        return python

    def _run_in_place(self, variables: dict[str, Any]) -> dict[str, Any]:
        name = self._task.action
        Display().vvv(f"Running {name} in Ansible's own process")
        arguments = dict(self._task.args)
        self._update_module_args(name, arguments, variables)
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        with ExitStack() as stack:
            stack.enter_context(_surroundings(environment, self._loader.get_basedir()))
            stack.enter_context(_interruptible())
            stack.enter_context(engine.made_by(partial(_Module, _plain(arguments))))
            try:
                type(self).main()
            except _Ended as ended:
                return _as_returned(ended.result)
        raise AssertionError(f"{name} ended without a result")


class _Ended(BaseException):
    """A module is done; nothing may take this for a failure of it."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__()
        self.result = result


class _Module(AnsibleModule):  # type: ignore[misc]  # it has no annotations
    """Ansible's class for modules, with its options handed over and its result handed back."""

    def __init__(self, given: dict[str, Any], **rules: Any) -> None:
        self._given = given
        # In some releases those of the loop's items before are still there.
        self._known = len(get_warning_messages())
        self._said: list[str] = []
        super().__init__(**rules)

    def _load_params(self) -> None:
        self.params = self._given

    def warn(self, warning: str, **_hints: Any) -> None:
        """Keep a warning for the result; a controller would show it at once."""
        self._said.append(warning)

    def _return_formatted(self, kwargs: dict[str, Any]) -> NoReturn:
        self.add_path_info(kwargs)
        kwargs.setdefault("invocation", {"module_args": self.params})
        told = [*get_warning_messages()[self._known :], *self._said]
        if told:
            kwargs["warnings"] = told
        # As they are, even where a secret is `true`.
        kept = {k: v for k, v in kwargs.items() if v is None or isinstance(v, bool)}
        raise _Ended({**remove_values(kwargs, self.no_log_values), **kept})


def _is_own(python: str) -> bool:
    """Whether this is the Python that runs here, in the same environment, maybe by another name."""
    own, other = Path(sys.executable), Path(python)
    # The folder is what makes an environment of it; links lead out of that.
    return other.parent == own.parent and other.resolve() == own.resolve()


@contextmanager
def _surroundings(environment: Mapping[str, Any], folder: str) -> Iterator[None]:
    """Have what a process of the task's own would be given, and nobody who reads its stderr."""
    before = dict(os.environ)
    place = Path.cwd()
    os.environ.update({name: str(value) for name, value in environment.items()})
    os.chdir(folder)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(place)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a module that Ansible ends undo what it has begun; Ansible's own way is to die at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []

    def interrupt(number: int, _frame: Any) -> None:
        told.append(number)
        # What is being undone is not to stay half undone.
        if len(told) == 1:
            raise KeyboardInterrupt

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
        for number in told[:1]:
            os.kill(os.getpid(), number)


def _as_returned(result: dict[str, Any]) -> dict[str, Any]:
    """Make of a result what Ansible makes of one that it has read."""
    returned = _plain(result)
    for stream in ("stdout", "stderr"):
        if stream in returned and f"{stream}_lines" not in returned:
            returned[f"{stream}_lines"] = (returned[stream] or "").splitlines()
    return returned


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make values what they are once they have been sent: nothing but what JSON has."""
    found: dict[str, Any] = json.loads(json.dumps(values, default=_plain_value))
    return found


def _plain_value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return list(value)
    if isinstance(value, date):
        return value.isoformat()
    # What came out of a vault is such a value, too.
    return str(value)
