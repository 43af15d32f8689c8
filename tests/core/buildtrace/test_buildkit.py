"""BuildKit's trace of a build, from messages that are made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.buildtrace import (
    BuildEvent,
    BuildKitTrace,
    BuildOutput,
    BuildProgress,
    BuildStep,
    BuildWarning,
)
from pytest_engine.core.errors import EngineError
from tests.core.buildtrace.records import (
    LOG,
    STATUS,
    STEP,
    WARNING,
    field,
    log,
    message,
    moment,
    step,
    varint,
)

_SECOND = 1_000_000_000


def _feed(trace: BuildKitTrace, data: bytes) -> list[BuildEvent]:
    return list(trace.feed(message(data)))


def _lines(events: list[BuildEvent]) -> list[tuple[str, str]]:
    return [(event.stream, event.line) for event in events if isinstance(event, BuildOutput)]


# Steps


@pytest.mark.pitfall(34)
@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (step("s1", "RUN a"), BuildStep(1, "RUN a")),
        (step("s1", "RUN a", started=3), BuildStep(1, "RUN a", "running", 3 * _SECOND)),
        (
            step("s1", "RUN a", started=3, completed=5),
            BuildStep(1, "RUN a", "done", 3 * _SECOND, 5 * _SECOND),
        ),
        (
            step("s1", "RUN a", cached=True, started=3, completed=3),
            BuildStep(1, "RUN a", "cached", 3 * _SECOND, 3 * _SECOND),
        ),
        (
            step("s1", "RUN a", started=3, completed=5, error="exit code: 1"),
            BuildStep(1, "RUN a", "failed", 3 * _SECOND, 5 * _SECOND, "exit code: 1"),
        ),
        (
            step("s1", "RUN a", started=3, completed=5, error="context canceled"),
            BuildStep(1, "RUN a", "canceled", 3 * _SECOND, 5 * _SECOND, "context canceled"),
        ),
    ],
)
def test_a_step_is_told_as_far_as_it_has_come(record: bytes, expected: BuildStep) -> None:
    assert _feed(BuildKitTrace(), record) == [expected]


def test_a_step_of_which_nothing_is_new_is_not_told_again() -> None:
    trace = BuildKitTrace()
    _feed(trace, step("s1", "RUN a", started=3))
    assert _feed(trace, step("s1", "RUN a", started=3)) == []


def test_steps_are_numbered_as_they_come() -> None:
    trace = BuildKitTrace()
    told = _feed(trace, step("s1", "RUN a") + step("s2", "RUN a") + step("s1", "RUN a", started=1))
    assert [event.number for event in told if isinstance(event, BuildStep)] == [1, 2, 1]


def test_how_long_a_step_took_is_counted() -> None:
    (event,) = _feed(BuildKitTrace(), step("s1", "RUN a", started=3, completed=5))
    assert isinstance(event, BuildStep)
    assert event.seconds == 2.0
    assert BuildStep(1, "x", "running", 3 * _SECOND).seconds is None


@pytest.mark.parametrize("name", ["[internal] load metadata for x", "copy /context /"])
def test_steps_of_buildkit_itself_are_known(name: str) -> None:
    assert BuildStep(1, name).is_internal
    assert not BuildStep(1, f"RUN {name}").is_internal


# Output


@pytest.mark.pitfall(34)
def test_output_is_told_line_by_line_with_its_stream() -> None:
    trace = BuildKitTrace()
    _feed(trace, step("s1", "RUN a", started=1))
    told = _feed(trace, log("s1", "one\ntwo\n\n") + log("s1", "Gr\u00f6\u00dfe\n", 2))
    assert _lines(told) == [
        ("stdout", "one"),
        ("stdout", "two"),
        ("stdout", ""),
        ("stderr", "Gr\u00f6\u00dfe"),
    ]
    running = BuildStep(1, "RUN a", "running", _SECOND)
    assert told[0] == BuildOutput(running, "stdout", "one", 7 * _SECOND + 5)


def test_a_line_that_comes_in_two_messages_is_one_line() -> None:
    trace = BuildKitTrace()
    whole = "Gr\u00f6\u00dfe\n".encode()
    begun = log("s1", whole[:3]) + log("s1", "other stream\n", 2) + log("s2", "other step\n")
    assert _lines(_feed(trace, begun)) == [("stderr", "other stream"), ("stdout", "other step")]
    assert _lines(_feed(trace, log("s1", whole[3:]))) == [("stdout", "Gr\u00f6\u00dfe")]


def test_a_line_without_an_end_is_told_when_its_step_ends() -> None:
    trace = BuildKitTrace()
    assert _feed(trace, log("s1", "half")) == []
    assert _lines(_feed(trace, step("s1", "RUN a", started=1, completed=2))) == [("stdout", "half")]
    assert list(trace.finish()) == []


def test_a_line_without_an_end_is_told_at_the_end() -> None:
    trace = BuildKitTrace()
    _feed(trace, log("s1", "half") + log("s2", "other", 2))
    assert _lines(list(trace.finish())) == [("stdout", "half"), ("stderr", "other")]


def test_output_that_is_no_text_is_told_as_far_as_it_goes() -> None:
    assert _lines(_feed(BuildKitTrace(), log("s1", b"a\xff\r\n"))) == [("stdout", "a\ufffd")]


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    trace = BuildKitTrace()
    told = [line for _ in range(5) for line in _lines(_feed(trace, log("s1", b"x" * (1 << 19))))]
    assert [len(line) for _stream, line in told] == [3 << 19]


# Progress and warnings


def _status(**fields: bytes | str | int) -> bytes:
    numbers = {"id": 1, "step": 2, "name": 3, "current": 4, "total": 5, "completed": 8}
    return field(STATUS, b"".join(field(numbers[key], value) for key, value in fields.items()))


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (_status(id="exporting layers", step="s1"), ("exporting layers", None, None, False)),
        (_status(id="sha256:1", step="s1", current=5, total=9), ("sha256:1", 5, 9, False)),
        (_status(id="sha256:1", step="s1", total=9), ("sha256:1", 0, 9, False)),
        (_status(id="sha256:1", step="s1", current=5), ("sha256:1", 5, None, False)),
        (_status(name="resolve", step="s1", completed=moment(1)), ("resolve", None, None, True)),
    ],
)
def test_progress_is_told_of_the_parts_of_a_step(
    record: bytes, expected: tuple[str, int | None, int | None, bool]
) -> None:
    trace = BuildKitTrace()
    _feed(trace, step("s1", "FROM a"))
    name, current, total, is_done = expected
    wanted = BuildProgress(BuildStep(1, "FROM a"), name, current, total, is_done)
    assert _feed(trace, record) == [wanted]


def test_a_warning_says_where() -> None:
    place = field(7, field(1, field(1, 3)) + field(2, field(1, 4)))
    fields = field(1, "s1") + field(3, "short") + field(4, "a") + field(4, "b") + field(5, "u")
    assert _feed(BuildKitTrace(), field(WARNING, fields + place)) == [
        BuildWarning(BuildStep(1, ""), "short", ("a", "b"), "u", 3)
    ]
    assert _feed(BuildKitTrace(), field(WARNING, field(3, "short"))) == [
        BuildWarning(BuildStep(1, ""), "short")
    ]


# What is no trace, or a broken one


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"id": "moby.image.id", "aux": {"ID": "sha256:1"}},
        {"id": "moby.buildkit.trace"},
        {"stream": "text\n"},
    ],
)
def test_other_messages_have_no_events(other: dict[str, Any]) -> None:
    assert list(BuildKitTrace().feed(other)) == []


def test_fields_that_are_not_known_are_passed_over() -> None:
    fixed = varint(9 << 3 | 1) + b"8 bytes!" + varint(9 << 3 | 5) + b"four"
    assert _lines(_feed(BuildKitTrace(), fixed + field(99, 5) + log("s1", "text\n"))) == [
        ("stdout", "text")
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\x80",
        b"\x80" * 20 + b"\x01",
        b"\x0a\x05abc",
        b"\x0b",
        field(STEP, b"\x80"),
        field(STEP, b"\x0a\x05abc"),
        field(STEP, field(5, b"\x80")),
        field(LOG, b"\x0b"),
    ],
)
def test_a_message_that_is_cut_off_is_an_error_of_ours(data: bytes) -> None:
    with pytest.raises(EngineError, match="trace of the build cannot be read"):
        _feed(BuildKitTrace(), data)


@pytest.mark.parametrize("aux", ["not base64!", "a", "\u00fc"])
def test_a_text_that_is_no_base64_is_an_error_of_ours(aux: str) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        list(BuildKitTrace().feed({"id": "moby.buildkit.trace", "aux": aux}))


@given(st.binary())
def test_any_bytes_are_a_trace_or_an_error_of_ours(data: bytes) -> None:
    for number in (None, STEP, STATUS, LOG, WARNING):
        trace = BuildKitTrace()
        try:
            _feed(trace, data if number is None else field(number, data))
            list(trace.finish())
        except EngineError:
            continue


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1))
def test_numbers_come_out_as_they_went_in(number: int) -> None:
    (event,) = _feed(BuildKitTrace(), _status(id="x", current=number))
    assert isinstance(event, BuildProgress)
    assert event.current == (number or None)


@given(st.lists(st.binary(max_size=9)))
def test_lines_do_not_depend_on_where_they_are_cut(pieces: list[bytes]) -> None:
    trace = BuildKitTrace()
    told: list[BuildEvent] = []
    for piece in pieces:
        told += _feed(trace, log("s1", piece))
    told += trace.finish()
    expected = b"".join(pieces).split(b"\n")
    if not expected[-1]:
        expected.pop()
    texts = [line.decode("utf-8", "replace").rstrip("\r") for line in expected]
    assert [line for _stream, line in _lines(told)] == texts
