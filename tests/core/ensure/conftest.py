"""What the tests of `ensure` share: looking at the engine from outside, and counting requests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Callable

import pytest

from tests.core.ensure.losing import Losing
from tests.request_log import request_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.request_log import RequestLog

Untouched = Callable[[], contextlib.AbstractContextManager[None]]


def _look(engine: Engine, scratch: Scratch) -> dict[str, Any]:
    """Return all that the engine tells about what exists under a test's names."""
    seen: dict[str, Any] = {}
    for entry in scratch.everything():
        sort, _, name = entry.partition(" ")
        inspect: dict[str, Callable[[str], Any]] = {
            "container": engine.containers.inspect,
            "network": engine.networks.inspect,
            "volume": engine.volumes.inspect,
        }
        seen[entry] = inspect[sort](name)
        # The engine lists them in any order.
        seen[entry].get("Mounts", []).sort(key=lambda mount: mount["Destination"])
    return seen


@pytest.fixture
def untouched(engine: Engine, scratch: Scratch) -> Untouched:
    """Check that nothing changes on the engine within a `with` block."""

    @contextlib.contextmanager
    def check() -> Iterator[None]:
        before = _look(engine, scratch)
        yield
        assert _look(engine, scratch) == before

    return check


@pytest.fixture
def counted(engine_host: str) -> Iterator[RequestLog]:
    """Give a way to the engine on which requests are counted."""
    with request_log(engine_host) as log:
        yield log


@pytest.fixture
def losing(engine_host: str) -> Iterator[Losing]:
    """A way to the engine that loses an answer."""
    proxy = Losing(engine_host)
    try:
        yield proxy
    finally:
        proxy.close()
