"""BuildKit's trace of a build, from messages that are made by hand."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.buildtrace import BuildTrace
from pytest_engine.core.errors import EngineError

_VERTEX, _STATUS, _LOG = 1, 2, 3


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _field(number: int, value: bytes | str | int) -> bytes:
    """Write one field of a protobuf message (protobuf.dev, "Encoding")."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _vertex(
    digest: str, name: str, *, cached: bool = False, started: bool = False, error: str = ""
) -> bytes:
    fields = _field(1, digest) + _field(2, "input") + _field(3, name)
    fields += _field(4, 1) if cached else b""
    fields += _field(5, _field(1, 1700000000)) if started else b""
    return _field(_VERTEX, fields + (_field(7, error) if error else b""))


def _log(digest: str, text: bytes | str) -> bytes:
    fields = _field(1, digest) + _field(2, b"") + _field(3, 1) + _field(4, text)
    return _field(_LOG, fields)


def _feed(trace: BuildTrace, message: bytes) -> list[str]:
    return list(trace.feed(base64.b64encode(message).decode()))


def test_a_step_is_shown_when_it_begins() -> None:
    trace = BuildTrace()
    assert _feed(trace, _vertex("s1", "RUN a")) == []
    assert _feed(trace, _vertex("s1", "RUN a", started=True)) == ["RUN a"]


def test_a_step_is_shown_once() -> None:
    trace = BuildTrace()
    _feed(trace, _vertex("s1", "RUN a", started=True))
    assert _feed(trace, _vertex("s1", "RUN a", started=True)) == []


def test_steps_of_the_same_name_are_told_apart() -> None:
    message = _vertex("s1", "RUN a", started=True) + _vertex("s2", "RUN a", started=True)
    assert _feed(BuildTrace(), message) == ["RUN a", "RUN a"]


def test_a_step_from_the_cache_says_so() -> None:
    assert _feed(BuildTrace(), _vertex("s1", "RUN a", cached=True)) == ["RUN a (cached)"]


def test_steps_of_buildkit_itself_are_not_shown() -> None:
    assert _feed(BuildTrace(), _vertex("s1", "[internal] load", started=True)) == []


@pytest.mark.pitfall(34)
def test_output_is_shown_line_by_line() -> None:
    message = _log("s1", "one\ntwo\n\n") + _log("s1", "Gr\u00f6\u00dfe\n")
    assert _feed(BuildTrace(), message) == ["  one", "  two", "  Gr\u00f6\u00dfe"]


def test_a_line_that_comes_in_two_messages_is_one_line() -> None:
    trace = BuildTrace()
    whole = "Gr\u00f6\u00dfe\n".encode()
    assert _feed(trace, _log("s1", whole[:3]) + _log("s2", "other\n")) == ["  other"]
    assert _feed(trace, _log("s1", whole[3:])) == ["  Gr\u00f6\u00dfe"]


def test_a_line_without_an_end_is_shown_at_the_end() -> None:
    trace = BuildTrace()
    assert _feed(trace, _log("s1", "half")) == []
    assert list(trace.finish()) == ["  half"]


def test_what_a_progress_bar_has_written_over_is_not_shown() -> None:
    assert _feed(BuildTrace(), _log("s1", "10%\r90%\r\n")) == ["  90%"]


def test_output_that_is_no_text_is_shown_as_far_as_it_goes() -> None:
    assert _feed(BuildTrace(), _log("s1", b"a\xff\n")) == ["  a\ufffd"]


def test_the_first_error_is_kept() -> None:
    trace = BuildTrace()
    _feed(trace, _vertex("s1", "RUN a", started=True, error="exit code: 1"))
    _feed(trace, _vertex("s2", "RUN b", error="canceled"))
    assert trace.error == "exit code: 1"


def test_fields_that_are_not_known_are_passed_over() -> None:
    fixed = _varint(9 << 3 | 1) + b"8 bytes!" + _varint(9 << 3 | 5) + b"four"
    message = _field(_STATUS, b"?") + fixed + _field(99, 5) + _log("s1", "text\n")
    assert _feed(BuildTrace(), message) == ["  text"]


@pytest.mark.parametrize(
    "message",
    [
        b"\x80",
        b"\x0a\x05abc",
        b"\x0b",
        _field(_VERTEX, b"\x80"),
        _field(_VERTEX, b"\x0a\x05abc"),
        _field(_LOG, b"\x0b"),
    ],
)
def test_a_message_that_is_cut_off_is_an_error_of_ours(message: bytes) -> None:
    with pytest.raises(EngineError, match="trace of the build cannot be read"):
        _feed(BuildTrace(), message)


@pytest.mark.parametrize("aux", ["not base64!", "a", "\u00fc"])
def test_a_text_that_is_no_base64_is_an_error_of_ours(aux: str) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        list(BuildTrace().feed(aux))


@given(st.binary())
def test_any_bytes_are_a_trace_or_an_error_of_ours(message: bytes) -> None:
    for wrapped in (message, _field(_VERTEX, message), _field(_LOG, message)):
        try:
            _feed(BuildTrace(), wrapped)
        except EngineError:
            continue
