"""What a module says before it asks any engine: it is run here, and its engine does not exist."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Refusal", "refusing"]

Refusal = Callable[..., str]
_PLUGINS = "ansible_collections.pytest_engine.engine.plugins"
_NOWHERE = "unix:///nowhere/engine.sock"


class _Ended(BaseException):
    """What a module ends with."""


class _Module:
    """Stands in for Ansible's class: reads the options as it does, and ends no program."""

    _diff = False

    def __init__(self, stated: Mapping[str, Any], *, check: bool, **rules: Any) -> None:
        # The tests are collected on Pythons for which Ansible is not installed, too.
        from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

        self.check_mode = check
        rules.pop("supports_check_mode")
        read = ModuleArgumentSpecValidator(rules.pop("argument_spec"), **rules).validate(stated)
        if read.error_messages:
            self.fail_json(msg="; ".join(read.error_messages))
        self.params = read.validated_parameters

    def fail_json(self, *, msg: str, **_result: object) -> NoReturn:
        raise _Ended(msg)

    def exit_json(self, **result: object) -> NoReturn:
        raise AssertionError(f"it did not fail: {result}")

    def warn(self, _text: str) -> None:
        """Keep it to itself."""

    log = warn


@contextmanager
def refusing(collections: Path) -> Iterator[Refusal]:
    """Give a way to run modules of a staged collection: `said("volume", {"name": None})`."""

    def said(module: str, options: Mapping[str, Any], *, check: bool = False) -> str:
        engine = importlib.import_module(f"{_PLUGINS}.module_utils.engine")
        main = importlib.import_module(f"{_PLUGINS}.modules.{module}").main
        stated = options if "cli_context" in options else {"docker_host": _NOWHERE, **options}
        make = engine.made_by(lambda **rules: _Module(stated, check=check, **rules))
        with pytest.raises(_Ended) as caught, make:
            main()
        (message,) = caught.value.args
        return str(message)

    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(collections)
        yield said
    for name in [name for name in sys.modules if name.partition(".")[0] == "ansible_collections"]:
        del sys.modules[name]
