"""The variables of the process, for what is made while a test has changed them for itself."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

__all__ = ["Environment", "same_environ"]

# pytest states the test that runs there.
_PYTESTS_OWN = "PYTEST_CURRENT_TEST"


class Environment(Mapping[str, str]):
    """The environment as it is, or in a thread that works for later, as it was noted.

    What a test has changed for itself, with `monkeypatch` say, is none of such a thread's business.
    """

    def __init__(self) -> None:
        """Note it as it is."""
        self._noted = dict(os.environ)
        self._pinned = threading.local()

    def note(self) -> None:
        """Note it as it is now, between two tests."""
        self._noted = dict(os.environ)

    def noted(self) -> Mapping[str, str]:
        """Return it as it was noted last; it does not change later."""
        return self._noted

    @contextmanager
    def pinned(self, noted: Mapping[str, str]) -> Iterator[None]:
        """Have this thread see what was noted, whatever is changed meanwhile."""
        self._pinned.environ = noted
        try:
            yield
        finally:
            del self._pinned.environ

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
        seen: Mapping[str, str] = getattr(self._pinned, "environ", os.environ)
        return seen


def same_environ(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Tell whether two environments are the same, whichever test runs."""
    return {**one, _PYTESTS_OWN: ""} == {**other, _PYTESTS_OWN: ""}
