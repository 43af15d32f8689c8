"""Moments as the engine reads and writes them."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.moment import (
    decode_nanoseconds,
    encode_moment,
    encode_nanoseconds,
    parse_moment,
    read_moment,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-02T03:04:05Z", "1704164645.000000000"),
        ("2024-01-02T03:04:05.1Z", "1704164645.100000000"),
        ("2024-01-02T03:04:05.123456789Z", "1704164645.123456789"),
        ("2024-01-02T03:04:05.000000001+01:00", "1704161045.000000001"),
        ("1704164645.123456789", "1704164645.123456789"),
    ],
)
def test_what_the_engine_wrote_is_taken_to_the_nanosecond(text: str, expected: str) -> None:
    assert encode_moment(text) == expected


@pytest.mark.pitfall(40)
def test_nanoseconds_survive_both_ways() -> None:
    assert encode_nanoseconds(parse_moment("2024-01-02T03:04:05.123456789Z")) == (
        "1704164645.123456789"
    )


def test_a_timedelta_is_before_now() -> None:
    now = time.time()
    assert now - 61 < float(encode_moment(timedelta(minutes=1))) < now - 59


@pytest.mark.parametrize(
    "text", ["", "now", "2024-01-02", "2024-13-02T03:04:05Z", "2024-01-02T03:04:05.1234567891Z"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is no time"):
        parse_moment(text)


def test_a_moment_before_the_epoch_is_refused() -> None:
    with pytest.raises(InvalidInput, match="before the epoch"):
        encode_nanoseconds(-1)


def test_people_write_moments_in_three_ways() -> None:
    assert read_moment("1970-01-01T00:00:01Z", "since") == "1.000000000"
    assert read_moment("1700000000.5", "since") == "1700000000.5"
    before = time.time_ns()
    hour_ago = decode_nanoseconds(read_moment("1h", "since"))
    assert 0 <= hour_ago - (before - 3600 * 10**9) < 60 * 10**9


@pytest.mark.parametrize("text", ["", "yesterday", "2030-05-17", "-1", "12:00", "9" * 5000])
def test_other_words_are_no_moments(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"^since: "):
        read_moment(text, "since")
