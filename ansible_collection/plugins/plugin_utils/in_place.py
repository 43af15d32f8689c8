# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Runs a module in the process that Ansible has for the task, where that makes no difference.

A task on this machine, by the Python that runs Ansible, need not be packed, written into a file
and started: a process of its own imports for half a second what is imported here already. The
module's code is the same, and so are its options, its rules and its result, for Ansible's own
class for modules reads and makes them, as its hooks for that allow.
"""

from __future__ import annotations

import json
import locale
import os
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from ansible import constants
from ansible.errors import AnsibleError
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.common.warnings import get_deprecation_messages, get_warning_messages
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:
    # Before ansible-core 2.19.
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _as_sent = partial(json.dumps, cls=AnsibleJSONEncoder, vault_to_text=True)
else:
    _as_sent = partial(json.dumps, cls=get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE))

# Before Ansible forks, so that no task has to. What they warn of is lost, as in a process of its own.
try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import requests  # noqa: F401  # as said above  # pylint: disable=unused-import
        import requests_unixsocket  # noqa: F401  # as said above  # pylint: disable=unused-import
except Exception:  # noqa: BLE001  # tasks for other machines go on without them, whatever it is
    _HAS_LIBRARIES = False
else:
    _HAS_LIBRARIES = True

__all__ = ["InPlace"]

# A variable: false gives each task a process of its own again.
_SWITCH = "pytest_engine_in_place"
# Variables of a task's environment that make another Python of it.
_OF_PYTHON = ("LD_", "PYTHON")
# Seconds, from an interrupt on. An engine that hangs could otherwise keep the process for ever, as
# no further interrupt ends it.
_TO_TAKE_BACK = 300


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
        arguments = self._arguments(variables) if self._makes_no_difference(variables) else None
        if arguments is not None:
            return self._run_in_place(arguments)
        wrap_async = self._task.async_val and not self._connection.has_native_async
        returned: dict[str, Any] = self._execute_module(task_vars=variables, wrap_async=wrap_async)
        if not wrap_async:
            self._remove_tmp_path(self._connection._shell.tmpdir)  # noqa: SLF001  # Ansible offers it no other way
        return returned

    def _makes_no_difference(self, variables: Mapping[str, Any]) -> bool:
        """Whether the task is for this machine, this user and this Python, and is waited for."""
        # Apple's libraries end processes that were forked and ask for the system's proxies.
        # What is missing here may be found by a Python that is started otherwise.
        if sys.platform == "darwin" or not _HAS_LIBRARIES:
            return False
        if self._connection.transport != "local" or self._connection.become is not None:
            return False
        # Of a task with a time limit, threads and commands here would not end in time.
        if self._task.async_val or self._task.timeout or constants.DEFAULT_KEEP_REMOTE_FILES:
            return False
        if any(name.startswith(_OF_PYTHON) for name in self._environment):
            return False
        host = self._task.delegate_to
        if host:
            variables = variables.get("ansible_delegated_vars", {}).get(host, variables)
        try:
            wanted = boolean(self._templar.template(variables.get(_SWITCH, True)), strict=False)
            return wanted and _is_own(self._interpreter(variables))
        except AnsibleError:
            # Ansible's own way may know what to do about it.
            return False

    def _interpreter(self, variables: Mapping[str, Any]) -> str:
        """The Python that Ansible would start, empty where it has yet to look for one."""
        named = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        python = str(self._templar.template(named)).strip()
        if python.startswith("auto"):
            facts = variables.get("ansible_facts", {})
            python = str(facts.get("discovered_interpreter_python", ""))
        return python

    @cached_property
    def _environment(self) -> dict[str, str]:
        """What the task has in its environment beside what Ansible has."""
        found: dict[str, Any] = {}
        self._compute_environment_string(found)
        return {name: str(value) for name, value in found.items()}

    def _arguments(self, variables: dict[str, Any]) -> str | None:
        """What the module is to read; None where it cannot be sent, which Ansible has words for."""
        arguments = dict(self._task.args)
        self._update_module_args(self._task.action, arguments, variables)
        try:
            return _as_sent({"ANSIBLE_MODULE_ARGS": arguments})
        except TypeError:
            return None

    def _run_in_place(self, arguments: str) -> dict[str, Any]:
        name = self._task.action
        Display().vvv(f"Running {name} in Ansible's own process")
        with ExitStack() as stack:
            # The last to end, as that may be the end of the process.
            stack.enter_context(_interruptible())
            stack.enter_context(_surroundings(self._environment, self._loader.get_basedir()))
            stack.enter_context(_handed_over(arguments))
            stack.enter_context(engine.made_by(_Module))
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


class _Module(basic.AnsibleModule):  # type: ignore[misc]  # it has no annotations
    """Ansible's class for modules, with its result handed back."""

    def __init__(self, **rules: Any) -> None:
        # Before ansible-core 2.19, those of the loop's items before are still there.
        self._known = (len(get_warning_messages()), len(get_deprecation_messages()))
        self._said: list[str] = []
        super().__init__(**rules)

    def warn(self, warning: str, **_hints: Any) -> None:
        """Keep a warning for the result; a controller would show it at once, secrets and all."""
        self._said.append(warning)

    def _record_module_result(self, o: dict[str, Any]) -> NoReturn:
        """Take a finished result: what Ansible has this method for, from 2.19 on."""
        warned, deprecated = self._known
        told = [*o.pop("warnings", ())[warned:], *remove_values(self._said, self.no_log_values)]
        deprecations = o.pop("deprecations", ())[deprecated:]
        raise _Ended(
            {
                **o,
                **({"warnings": told} if told else {}),
                **({"deprecations": deprecations} if deprecations else {}),
            }
        )

    def jsonify(self, data: dict[str, Any]) -> NoReturn:
        """Take a finished result, which older releases make JSON of as the last thing."""
        self._record_module_result(data)


def _is_own(python: str) -> bool:
    """Whether this is the Python that runs here, in the same environment, maybe by another name."""
    own, other = Path(sys.executable), Path(python)
    # The folder is what makes an environment of it; links lead out of that.
    return other.parent == own.parent and other.resolve() == own.resolve()


@contextmanager
def _surroundings(environment: Mapping[str, str], folder: str) -> Iterator[None]:
    """Have the environment and the folder that a process of the task's own would be given."""
    before = dict(os.environ)
    # Ansible's class for modules sets that of the environment.
    spoken = locale.setlocale(locale.LC_ALL)
    temporary, tempfile.tempdir = tempfile.tempdir, None
    place = None
    try:
        with suppress(OSError):
            place = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        os.chdir(folder)
        if "PWD" in before:
            # As a shell has it that is started there.
            os.environ["PWD"] = str(Path.cwd())
        os.environ.update(environment)
        with warnings.catch_warnings():
            # As a process of its own loses them.
            warnings.simplefilter("ignore")
            yield
    finally:
        tempfile.tempdir = temporary
        os.environ.clear()
        os.environ.update(before)
        locale.setlocale(locale.LC_ALL, spoken)
        # Where nobody may enter it again, what was done counts all the same.
        if place is not None:
            with suppress(OSError):
                os.fchdir(place)
            os.close(place)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a module that is interrupted undo what it has begun before this process ends.

    It ends after `_TO_TAKE_BACK` in any case.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    told: list[int] = []

    def interrupt(number: int, _frame: Any) -> None:
        told.append(number)
        # What is being undone is not to stay half undone.
        if len(told) > 1:
            return
        # By default, the system ends the process then, whatever Python's threads wait for.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_TO_TAKE_BACK)
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # What is ignored, as by a command in the background of a shell, goes on being ignored.
    before = {which: how for which, how in before.items() if how not in (signal.SIG_IGN, None)}
    for which in before:
        signal.signal(which, interrupt)
    try:
        yield
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)
        for number in told[:1]:
            os.kill(os.getpid(), number)


@contextmanager
def _handed_over(arguments: str) -> Iterator[None]:
    """Let Ansible's class for modules read these arguments, where a process leaves its own."""
    names = ("_ANSIBLE_ARGS", "_ANSIBLE_PROFILE", "_PARSED_MODULE_ARGS")
    before = {name: getattr(basic, name, None) for name in names}
    basic._ANSIBLE_ARGS = arguments.encode()  # noqa: SLF001  # what starts a module sets it, too
    basic._ANSIBLE_PROFILE = "legacy"  # noqa: SLF001  # likewise, from ansible-core 2.19 on
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(basic, name, value)


def _as_returned(result: dict[str, Any]) -> dict[str, Any]:
    """Make of a result what Ansible makes of one that it has read."""
    returned: dict[str, Any] = json.loads(_as_sent(result))
    for stream in ("stdout", "stderr"):
        if stream in returned and f"{stream}_lines" not in returned:
            returned[f"{stream}_lines"] = (returned[stream] or "").splitlines()
    return returned
