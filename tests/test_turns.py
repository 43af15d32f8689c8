"""How tests in several processes share an engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.turns import InTurn, Turns

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# Seconds in which a thread would have got what it must not get.
_A_WHILE = 0.2
_MARKERS = """
[pytest]
markers =
    engine
    destructive
"""


class Noted(Turns):
    """Turns that are told."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.told: list[str] = []

    def take(self, *, alone: bool) -> None:
        super().take(alone=alone)
        self.told.append("alone" if alone else "with others")

    def give_back(self) -> None:
        super().give_back()
        self.told.append("given back")


def test_several_share_and_one_has_it_alone(tmp_path: Path) -> None:
    first, second, alone, later = (Turns(tmp_path / "turns") for _ in range(4))
    told: list[str] = []

    def take_alone() -> None:
        alone.take(alone=True)
        told.append("alone")

    def take_later() -> None:
        later.take(alone=False)
        told.append("later")

    first.take(alone=False)
    second.take(alone=False)
    threads = [threading.Thread(target=target) for target in (take_alone, take_later)]
    for thread in threads:
        thread.start()
        thread.join(_A_WHILE)
    assert told == []
    first.give_back()
    threads[0].join(_A_WHILE)
    assert told == []
    second.give_back()
    threads[0].join()
    threads[1].join(_A_WHILE)
    assert told == ["alone"]
    alone.give_back()
    threads[1].join()
    assert told == ["alone", "later"]
    for turns in (first, second, alone, later):
        turns.close()


def test_a_module_with_a_destructive_test_has_the_engine_alone(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    pytester.makeini(_MARKERS)
    marked = "import pytest\nengine = pytest.mark.engine\n"
    pytester.makepyfile(
        test_1=(
            f"{marked}def test_a(): pass\n@engine\ndef test_b(): pass\n@engine\ndef test_c(): pass"
        ),
        test_2=(
            f"{marked}@engine\ndef test_a(): pass\n"
            "@engine\n@pytest.mark.destructive\ndef test_b(): assert False\n"
            "def test_c(): pass"
        ),
        test_3=f"{marked}@engine\ndef test_a(): pass",
    )
    turns = Noted(tmp_path / "turns")
    pytester.inline_run("-p", "no:cacheprovider", plugins=[InTurn(turns)])
    shared = ["with others", "given back"]
    assert turns.told == [*shared, *shared, "alone", "given back", *shared]
