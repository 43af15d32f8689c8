"""Updates that somebody else comes in between of."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.ensure.updating import update_object
from pytest_engine.core.errors import NoLeader, OutOfSequence


class Shared:
    """An object of a swarm that others update as often as they are told to."""

    def __init__(self, others: int) -> None:
        self.others = others
        self.index = 1
        self.spec: dict[str, Any] = {"Labels": {}}

    def inspect(self) -> dict[str, Any]:
        return {"Version": {"Index": self.index}, "Spec": {**self.spec}}

    def update(self, spec: dict[str, Any], version: int) -> None:
        if self.others:
            self.others -= 1
            self.index += 1
            self.spec = {"Labels": {**self.spec["Labels"], f"other{self.index}": ""}}
        if version != self.index:
            raise OutOfSequence("late", status=500, method="", path="", engine_message="")
        self.index += 1
        self.spec = spec


def label(spec: dict[str, Any]) -> dict[str, Any]:
    return {**spec, "Labels": {**spec["Labels"], "ours": ""}}


def test_a_change_is_made_to_what_the_object_has_become() -> None:
    shared = Shared(2)
    update_object(shared.inspect(), shared.inspect, label, shared.update)
    assert list(shared.spec["Labels"]) == ["other2", "other3", "ours"]


def test_without_others_it_is_read_no_second_time() -> None:
    shared = Shared(0)
    update_object(shared.inspect(), lambda: pytest.fail("read again"), label, shared.update)
    assert list(shared.spec["Labels"]) == ["ours"]


def test_an_update_that_was_lost_with_a_leader_is_made_to_what_the_next_one_has() -> None:
    shared = Shared(0)
    told: list[str] = []

    def update(spec: dict[str, Any], version: int) -> None:
        if not told:
            told.append("lost")
            # It may have come through nevertheless.
            shared.update(spec, version)
            raise NoLeader("none", status=500, method="", path="", engine_message="")
        shared.update(spec, version)

    update_object(shared.inspect(), shared.inspect, label, update)
    assert (list(shared.spec["Labels"]), shared.index) == (["ours"], 3)


def test_it_is_not_tried_without_end() -> None:
    shared = Shared(1000)
    with pytest.raises(OutOfSequence):
        update_object(shared.inspect(), shared.inspect, label, shared.update)
    assert "ours" not in shared.spec["Labels"]
