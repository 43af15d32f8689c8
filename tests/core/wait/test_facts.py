"""Moments, read from what an inspect says."""

from __future__ import annotations

import pytest

from pytest_engine.core.wait.facts import stamp


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("1970-01-01T00:01:00Z", "60.000000000"),
        ("1970-01-01T00:01:00.5Z", "60.500000000"),
        ("1970-01-01T00:01:00.123456789Z", "60.123456789"),
        ("1970-01-01T02:01:00.25+02:00", "60.250000000"),
        ("1970-01-01T02:01:00+02:00", "60.000000000"),
    ],
)
def test_a_moment_becomes_seconds_with_nanoseconds(moment: str, expected: str) -> None:
    assert stamp(moment) == expected


def test_going_back_keeps_the_fraction() -> None:
    assert stamp("1970-01-01T00:01:00.25Z", earlier=1) == "59.250000000"
