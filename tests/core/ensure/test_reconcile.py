"""Steps that are taken, and taken back."""

from __future__ import annotations

import pytest

from pytest_engine.core.ensure.reconcile import Plan
from pytest_engine.core.errors import EngineError


@pytest.mark.filterwarnings("error")
def test_an_interrupt_stays_one_where_warnings_are_errors() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    def failing() -> None:
        raise EngineError("No way back.")

    plan = Plan(exists=True)
    plan.add("create", "container web", interrupted, undo=failing)
    with pytest.raises(KeyboardInterrupt) as caught:
        plan.take([])
    told = "could not be put back as it was, for container web: No way back."
    assert told in str(caught.value.__cause__)
