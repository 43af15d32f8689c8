"""The mark `engine_requires`: which tests need what of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MARK", "add_marks", "note_requirements"]

MARK = "engine_requires"
_FIXTURE = "_engine_requirements"


def add_marks(config: pytest.Config) -> None:
    """Declare the mark, for `pytest --markers` and `--strict-markers`."""
    config.addinivalue_line(
        "markers",
        f"{MARK}(api=None, podman=None, swarm=None, buildkit=None, rootless=None, local=None, "
        "platform=None, runtime=None, reason=None): skip the test unless the container engine "
        "is, or has, all of this: the API version at least; Podman; a swarm's manager; BuildKit; "
        "one without root's rights; one on this host; a platform like linux/arm64; a runtime "
        "like nvidia.",
    )


def note_requirements(items: Iterable[pytest.Item]) -> None:
    """Have the requirements of tests looked at first of all, before anything is started.

    By a fixture, because the engine is one: it may be overridden.

    Raises:
        pytest.UsageError: a mark is malformed.
    """
    for item in items:
        if item.get_closest_marker(MARK) is None:
            continue
        from .requirements import read_requirements

        for mark in item.iter_markers(MARK):
            read_requirements(mark, item.nodeid)
        names = getattr(item, "fixturenames", None)
        if names is None:
            raise pytest.UsageError(
                f"{item.nodeid}: @pytest.mark.{MARK} is for tests that can have fixtures."
            )
        # Tests that a function was parametrised to have one list.
        if _FIXTURE not in names:
            names.insert(0, _FIXTURE)
