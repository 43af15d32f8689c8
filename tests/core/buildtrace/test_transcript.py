"""Builds as lines for people, and what is left of those that have failed."""

from __future__ import annotations

import pytest

from pytest_engine.core.buildtrace import (
    BuildEvent,
    BuildOutput,
    BuildProgress,
    BuildStep,
    BuildWarning,
    Transcript,
)

_RUNNING = BuildStep(1, "RUN a", "running", 1)
_DONE = BuildStep(1, "RUN a", "done", 1, 2)
_FAILED = BuildStep(1, "RUN a", "failed", 1, 2, "exit code: 1")


def _add(transcript: Transcript, *events: BuildEvent) -> list[str]:
    return [line for event in events for line in transcript.add(event)]


def test_a_step_is_shown_once_when_it_begins() -> None:
    pending = BuildStep(1, "RUN a")
    assert _add(Transcript(), pending, _RUNNING, _DONE) == ["RUN a"]
    assert _add(Transcript(), pending) == []


def test_steps_of_the_same_name_are_told_apart() -> None:
    assert _add(Transcript(), _RUNNING, BuildStep(2, "RUN a", "running")) == ["RUN a", "RUN a"]


def test_what_comes_before_the_first_step_is_told_apart_by_name() -> None:
    first, second = BuildStep(0, "pull a", "done"), BuildStep(0, "pull b", "done")
    assert _add(Transcript(), first, second, first) == ["pull a", "pull b"]


def test_a_step_from_the_cache_says_so() -> None:
    assert _add(Transcript(), BuildStep(1, "RUN a", "cached", 1, 1)) == ["RUN a (cached)"]


def test_a_step_that_turns_out_to_be_cached_says_so_below() -> None:
    begun, cached = BuildStep(1, "RUN a", "running"), BuildStep(1, "RUN a", "cached")
    assert _add(Transcript(), begun, cached) == ["RUN a", "  (cached)"]


def test_steps_of_the_builder_itself_are_not_shown() -> None:
    assert _add(Transcript(), BuildStep(1, "[internal] load", "running")) == []


def test_progress_is_not_shown() -> None:
    assert _add(Transcript(), BuildProgress(_RUNNING, "layer", 1, 2)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [("text ", ["  text"]), (" ", []), ("10%\r90%", ["  90%"])],
)
def test_output_is_shown_below_its_step(line: str, expected: list[str]) -> None:
    assert _add(Transcript(), BuildOutput(_RUNNING, "stdout", line)) == expected


@pytest.mark.parametrize(
    ("warning", "expected"),
    [
        (BuildWarning(_RUNNING, "bad"), "warning: bad"),
        (BuildWarning(_RUNNING, "bad", line=3), "warning: bad (line 3)"),
        (BuildWarning(_RUNNING, "bad (line 3)", line=3), "warning: bad (line 3)"),
    ],
)
def test_a_warning_is_shown_with_its_line(warning: BuildWarning, expected: str) -> None:
    assert _add(Transcript(), warning) == [expected]


def test_of_a_failed_step_the_last_lines_are_kept() -> None:
    transcript = Transcript()
    other = BuildStep(2, "RUN b", "running")
    _add(transcript, *(BuildOutput(_RUNNING, "stdout", str(number)) for number in range(50)))
    _add(transcript, *(BuildOutput(other, "stdout", "other") for _ in range(50)), _FAILED)
    assert transcript.failed == _FAILED
    assert transcript.tail.split("\n") == [str(number) for number in range(10, 50)]


def test_of_a_failed_step_that_printed_nothing_the_end_of_the_build_is_kept() -> None:
    transcript = Transcript()
    _add(transcript, BuildOutput(BuildStep(2, "RUN b"), "stdout", "before"), _FAILED)
    assert transcript.tail == "  before\nRUN a"


def test_the_step_that_failed_is_not_the_one_that_was_canceled() -> None:
    canceled = BuildStep(2, "RUN b", "canceled", error="context canceled")
    transcript = Transcript()
    _add(transcript, canceled, _FAILED, BuildStep(3, "RUN c", "failed", error="later"))
    assert transcript.failed == _FAILED


def test_nothing_is_left_of_an_empty_build() -> None:
    assert (Transcript().failed, Transcript().tail) == (None, "")
