"""How many tests passed, failed and were skipped, as JUnit reports tell it."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

__all__ = ["Counts", "read_junit"]


class Counts(NamedTuple):
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def read_junit(report: Path) -> Counts:
    """Count the test cases in a JUnit report.

    A test that fails and whose teardown then breaks too is two entries there, and one test here.
    """
    outcomes: dict[tuple[str | None, str | None], str] = {}
    try:
        cases = list(ET.parse(report).iter("testcase"))  # noqa: S314  # our own pytest wrote it
    except ET.ParseError:
        return Counts(failed=1)
    for case in cases:
        test = (case.get("classname"), case.get("name"))
        tags = {child.tag for child in case}
        if tags & {"failure", "error"}:
            outcomes[test] = "failed"
        elif "skipped" in tags:
            outcomes.setdefault(test, "skipped")
        else:
            outcomes.setdefault(test, "passed")
    found = list(outcomes.values())
    return Counts(found.count("passed"), found.count("failed"), found.count("skipped"))
