"""The variables of the process, for what is made while a test has changed them for itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping

__all__ = ["Environment"]

# pytest states the test that runs there.
_PYTESTS_OWN = "PYTEST_CURRENT_TEST"


class Environment(Mapping[str, str]):
    """The environment, as the thread that made this has it.

    Other threads get it as it was when `note` was called last, between two tests: what a test has
    changed for itself, with `monkeypatch` say, is none of their business.
    """

    def __init__(self) -> None:
        """Note it as it is."""
        self._home = threading.get_ident()
        self._noted = dict(os.environ)

    def note(self) -> None:
        """Note it as it is now, for the other threads."""
        self._noted = dict(os.environ)

    def noted(self) -> Mapping[str, str]:
        """Return it as the other threads have it; it does not change later."""
        return self._noted

    def is_as(self, earlier: Mapping[str, str]) -> bool:
        """Tell whether this thread still has what was noted once."""
        now = dict(self._seen())
        return {**now, _PYTESTS_OWN: ""} == {**earlier, _PYTESTS_OWN: ""}

    def __getitem__(self, name: str) -> str:
        """Return a variable."""
        return self._seen()[name]

    def __iter__(self) -> Iterator[str]:
        """Name the variables."""
        return iter(self._seen())

    def __len__(self) -> int:
        """Count the variables."""
        return len(self._seen())

    def _seen(self) -> Mapping[str, str]:
        return os.environ if threading.get_ident() == self._home else self._noted
