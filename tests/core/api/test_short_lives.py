"""Containers that end as soon as they begin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


@pytest.mark.pitfall(43)
def test_the_next_end_can_be_waited_for_before_the_start(engine: Engine, create: Run) -> None:
    name = create("sh", "-c", "exit 7")
    with ThreadPoolExecutor(1) as threads:
        ended = threads.submit(engine.containers.wait, name, condition="next-exit", timeout=60)
        # It does not run, but its next end has not come.
        assert not wait([ended], timeout=1).done
        # Nothing tells when the engine has begun to wait, so the container lives more than once.
        while not ended.done():
            engine.containers.start(name)
            wait([ended], timeout=1)
    assert ended.result()["StatusCode"] == 7
