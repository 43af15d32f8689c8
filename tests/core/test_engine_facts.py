"""The page about engines is what this engine does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import FOREIGN_HOST, TEST_ENGINE
from tests.engine_facts import FACTS, Fact, Ground, heading
from tests.engine_facts.page import (
    PAGE,
    left_out,
    read_table,
    write_left_out,
    write_table,
    write_versions,
)
from tests.lab import OWN_ENGINE
from tests.lab.guests import GUESTS

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.scratch import Scratch

_EMPTY = """\
# Engines

<!-- measured: made by `make engines-table` -->
<!-- end of measured -->
Text.
<!-- left out: made by `make engines-table` -->
old
<!-- end of left out -->
"""


@pytest.mark.engine
@pytest.mark.smoke
@pytest.mark.skipif(bool(FOREIGN_HOST), reason="the page tells of the lab's engines")
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.probe.__name__)
def test_the_page_says_what_this_engine_does(
    fact: Fact, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    assert busybox == Ground.image
    table = read_table(PAGE.read_text(encoding="utf-8"))
    if heading(engine) not in table and TEST_ENGINE == OWN_ENGINE:
        # The lab's own engine is another one on another release of Debian.
        pytest.skip(f"the page does not tell of {heading(engine)}")
    assert fact.probe(Ground(engine, scratch)) == table[heading(engine)][fact.title]


_ADVICE = "Run python -m tests.engine_facts --write --no-engines."


def test_the_page_says_what_tests_leave_out() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert write_left_out(page, left_out()) == page, _ADVICE


def test_the_table_has_every_fact_and_what_each_version_brought() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = read_table(page)
    assert len(table) == len([OWN_ENGINE, *GUESTS])
    assert write_versions(write_table(page, FACTS, table), table) == page, _ADVICE


def test_what_is_written_is_read() -> None:
    facts = [Fact("A", "one", lambda _: ""), Fact("B", "two", lambda _: "")]
    table = {"X 1.0": {"one": "yes", "two": "no"}, "Y 2.0": {"one": "`a`, `b`", "two": "(400)"}}
    page = write_table(_EMPTY, facts, table)
    assert read_table(page) == table
    assert write_table(page, facts, table) == page
    assert page.replace("\n\n", "\n").endswith(_EMPTY[_EMPTY.index("Text.") :])


def test_reasons_are_found_in_marks(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        'pytestmark = pytest.mark.lacks("b", reason="no b")\n'
        '@pytest.mark.lacks("a", "b", reason="neither")\ndef test_x():\n    pass\n'
    )
    reasons = left_out(tmp_path)
    assert reasons == {"a": ["neither"], "b": ["neither", "no b"]}
    page = write_left_out(_EMPTY, reasons)
    assert "- `a`: neither\n- `b`: neither\n- `b`: no b\n" in page
    assert "old" not in page
