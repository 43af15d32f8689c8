"""What builders say that speak text, as engines have sent it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.buildtrace import (
    BuildEvent,
    BuildOutput,
    BuildProgress,
    BuildStep,
    TextTrace,
)

_ID = "0123456789ab"


def _read(*texts: str, error: str = "") -> list[BuildEvent]:
    trace = TextTrace()
    told = [event for text in texts for event in trace.feed({"stream": text})]
    return [*told, *trace.finish(), *trace.end(error)]


def _steps(events: list[BuildEvent]) -> list[tuple[int, str, str]]:
    steps = [event for event in events if isinstance(event, BuildStep)]
    return [(event.number, event.name, event.state) for event in steps]


def _lines(events: list[BuildEvent]) -> list[tuple[int, str, str]]:
    found = [event for event in events if isinstance(event, BuildOutput)]
    return [(event.step.number, event.stream, event.line) for event in found]


def test_the_steps_of_the_classic_builder_are_told() -> None:
    told = _read(
        "Step 1/2 : FROM busybox",
        "\n",
        f" ---> {_ID}\n",
        "Step 2/2 : RUN a",
        "\n",
        f" ---> Running in {_ID}\n",
        "one\ntwo\n",
        f" ---> Removed intermediate container {_ID}\n",
        f" ---> {_ID}\n",
        f"Successfully built {_ID}\n",
        "Successfully tagged x:latest\n",
    )
    assert _steps(told) == [
        (1, "[1/2] FROM busybox", "running"),
        (1, "[1/2] FROM busybox", "done"),
        (2, "[2/2] RUN a", "running"),
        (2, "[2/2] RUN a", "done"),
    ]
    assert _lines(told) == [(2, "stdout", "one"), (2, "stdout", "two")]


def test_a_step_from_the_cache_says_so() -> None:
    told = _read("Step 1/1 : RUN a\n", " ---> Using cache\n", f" ---> {_ID}\n")
    assert _steps(told) == [(1, "[1/1] RUN a", "running"), (1, "[1/1] RUN a", "cached")]


def test_what_fails_is_the_step_that_was_last_told_of() -> None:
    told = _read("Step 1/2 : FROM a\n", "Step 2/2 : RUN a\n", error="the reason")
    assert told[-1] == BuildStep(2, "[2/2] RUN a", "failed", error="the reason")


def test_without_a_step_none_fails() -> None:
    assert _read(error="the reason") == []


def test_podmans_steps_are_told_by_their_stages() -> None:
    told = _read(
        "[1/2] STEP 1/2: FROM busybox AS one\n",
        "[1/2] STEP 2/2: RUN a\n",
        f"--> Using cache {_ID * 5}0123\n",
        f"--> {_ID}\n",
        "[2/2] STEP 1/1: FROM one\n",
        "COMMIT x\n",
        f"--> {_ID}\n",
        "Successfully tagged localhost/x:latest\n",
    )
    assert _steps(told) == [
        (1, "[1/2 1/2] FROM busybox AS one", "running"),
        (1, "[1/2 1/2] FROM busybox AS one", "done"),
        (2, "[1/2 2/2] RUN a", "running"),
        (2, "[1/2 2/2] RUN a", "cached"),
        (3, "[2/2 1/1] FROM one", "running"),
        (3, "[2/2 1/1] FROM one", "done"),
    ]
    assert _lines(told) == []


def test_what_is_coloured_is_of_stderr() -> None:
    told = _read("Step 1/1 : RUN a\n", "\x1b[91mwrong\n\x1b[0m", "right\n")
    assert _lines(told) == [(1, "stderr", "wrong"), (1, "stdout", "right")]


@pytest.mark.parametrize("note", [f"Removing intermediate container {_ID}\n", "Step 2/2 : RUN b\n"])
def test_a_line_that_a_step_does_not_end_is_ended_by_the_builder(note: str) -> None:
    told = _read("Step 1/2 : RUN a\n", "half", note)
    assert _lines(told) == [(1, "stdout", "half")]


def test_what_looks_like_a_note_within_the_output_is_output() -> None:
    told = _read("Step 1/1 : RUN a\n", " ---> see there\n", "--> \n", "Step by step\n")
    assert [line for _number, _stream, line in _lines(told)] == [
        " ---> see there",
        "--> ",
        "Step by step",
    ]


def test_a_pull_of_a_base_image_is_told_in_bytes() -> None:
    trace = TextTrace()
    detail = {"current": 5, "total": 9}
    messages: list[dict[str, Any]] = [
        {"stream": "Step 1/1 : FROM a\n"},
        {"status": "Downloading", "id": "abc", "progressDetail": detail},
        {"status": "Pulling from a", "progressDetail": {"current": -1}},
    ]
    step = BuildStep(1, "[1/1] FROM a", "running")
    assert [event for message in messages for event in trace.feed(message)] == [
        step,
        BuildProgress(step, "abc Downloading", 5, 9),
        BuildProgress(step, "Pulling from a"),
    ]


def test_what_comes_before_the_first_step_has_no_number() -> None:
    assert _lines(_read("Sending\n")) == [(0, "stdout", "Sending")]


@given(st.lists(st.text() | st.just(" ---> ") | st.just("Step 1/1 : ")))
def test_any_text_is_read(texts: list[str]) -> None:
    _read(*texts)
