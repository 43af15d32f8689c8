"""Steps back at the end of a block, whatever happened in it."""

from __future__ import annotations

import pytest

from pytest_engine.core.container.undoing import Undoing
from pytest_engine.core.errors import EngineError, FaultNotUndone


def failing() -> None:
    raise EngineError("no way back")


def test_steps_are_taken_in_reverse_order() -> None:
    taken: list[str] = []
    with Undoing("It") as undoing:
        undoing.later("one", lambda: taken.append("one"))
        undoing.later("two", lambda: taken.append("two"))
        assert taken == []
    assert taken == ["two", "one"]


def test_a_step_that_fails_keeps_no_other_from_being_taken() -> None:
    taken: list[str] = []
    undoing = Undoing("The stop")
    undoing.later("one", lambda: taken.append("one"))
    undoing.later("it is off", failing)
    undoing.later("it is on", failing)
    with pytest.raises(FaultNotUndone) as caught, undoing:
        pass
    assert taken == ["one"]
    assert str(caught.value) == (
        "The stop could not be undone: it is on: no way back; it is off: no way back. The "
        "container is not as it was before: remove it and start another one."
    )


def test_an_error_in_the_block_goes_on_once_all_is_undone() -> None:
    taken: list[str] = []
    undoing = Undoing("It")
    undoing.later("one", lambda: taken.append("one"))
    with pytest.raises(LookupError), undoing:
        raise LookupError
    assert taken == ["one"]


def test_an_error_in_the_block_is_the_cause_of_one_in_undoing() -> None:
    undoing = Undoing("It")
    undoing.later("it is off", failing)
    with pytest.raises(FaultNotUndone) as caught, undoing:
        raise LookupError
    assert isinstance(caught.value.__cause__, LookupError)


def test_an_interrupt_is_not_hidden_by_what_cannot_be_undone() -> None:
    undoing = Undoing("The stop")
    undoing.later("it is off", failing)
    told = pytest.warns(UserWarning, match="The stop could not be undone: it is off: no way back")
    with told, pytest.raises(KeyboardInterrupt), undoing:
        raise KeyboardInterrupt


@pytest.mark.filterwarnings("error")
def test_an_interrupt_is_not_hidden_where_warnings_are_errors() -> None:
    undoing = Undoing("The stop")
    undoing.later("it is off", failing)
    with pytest.raises(KeyboardInterrupt) as caught, undoing:
        raise KeyboardInterrupt
    assert "The stop could not be undone" in str(caught.value.__cause__)


def test_an_interrupt_of_a_step_keeps_no_other_from_being_taken() -> None:
    taken: list[str] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    undoing = Undoing("It")
    undoing.later("one", lambda: taken.append("one"))
    undoing.later("two", interrupted)
    with pytest.raises(KeyboardInterrupt), undoing:
        pass
    assert taken == ["one"]
