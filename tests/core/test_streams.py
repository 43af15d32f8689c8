"""The engine's framings, cut at every byte as a network may cut them."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.errors import ConnectionLost, EngineError
from pytest_engine.core.streams import FrameDecoder, JsonDecoder, LineDecoder

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
# Values of the engine are objects; podman has lists, too.
_messages = st.lists(
    st.dictionaries(st.text(), _values, max_size=4) | st.lists(_values, max_size=4), max_size=5
)
_streams = st.sampled_from([("stdout", 1), ("stderr", 2)])


def _frame(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(payload)) + payload


def _pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in zip(edges, edges[1:])]


def _decode(decoder: Any, pieces: list[bytes]) -> list[Any]:
    return [value for piece in pieces for value in decoder.feed(piece)]


# Frames


@given(st.lists(st.tuples(_streams, st.binary(max_size=40))), st.lists(st.integers(0, 500)))
@pytest.mark.pitfall(7)
def test_frames_come_out_as_they_went_in_however_they_are_cut(
    frames: list[tuple[tuple[str, int], bytes]], cuts: list[int]
) -> None:
    data = b"".join(_frame(kind, payload) for (_, kind), payload in frames)
    decoder = FrameDecoder()
    found = _decode(decoder, _pieces(data, cuts))
    decoder.finish()
    assert found == [(name, payload) for (name, _), payload in frames if payload]


def test_frames_may_be_cut_at_every_byte() -> None:
    data = _frame(1, b"out") + _frame(2, b"err")
    for cut in range(len(data) + 1):
        assert _decode(FrameDecoder(), [data[:cut], data[cut:]]) == [
            ("stdout", b"out"),
            ("stderr", b"err"),
        ]


def test_a_frame_of_the_standard_input_is_shown_as_output() -> None:
    # "0: stdin (is written on stdout)", says the Engine API of attach.
    assert _decode(FrameDecoder(), [_frame(0, b"typed")]) == [("stdout", b"typed")]


@pytest.mark.pitfall(7)
def test_an_empty_frame_is_legal_and_says_nothing() -> None:
    assert _decode(FrameDecoder(), [_frame(1, b"") + _frame(1, b"x")]) == [("stdout", b"x")]


@pytest.mark.pitfall(7)
def test_output_that_ends_inside_a_frame_is_an_error() -> None:
    data = _frame(1, b"out")
    for cut in range(1, len(data)):
        decoder = FrameDecoder()
        assert _decode(decoder, [data[:cut]]) == []
        with pytest.raises(ConnectionLost, match="middle of a frame"):
            decoder.finish()


@pytest.mark.pitfall(7)
def test_a_system_error_in_the_output_is_raised_with_its_words() -> None:
    with pytest.raises(EngineError, match="broke off the output: disk is gone"):
        _decode(FrameDecoder(), [_frame(3, b"disk is gone")])


def test_frames_before_a_system_error_are_not_lost() -> None:
    frames = FrameDecoder().feed(_frame(1, b"first") + _frame(3, b"x"))
    assert next(frames) == ("stdout", b"first")
    with pytest.raises(EngineError, match="broke off"):
        next(frames)


@pytest.mark.parametrize("data", [b"plain text", b"\x01\x00\x00\x00\xff\xff\xff\xff"])
def test_output_without_frames_is_told_from_frames(data: bytes) -> None:
    with pytest.raises(EngineError, match="terminal"):
        _decode(FrameDecoder(), [data])


@given(st.binary(), st.lists(st.integers(0, 500)))
def test_any_bytes_are_frames_or_an_error_of_ours(data: bytes, cuts: list[int]) -> None:
    decoder = FrameDecoder()
    try:
        _decode(decoder, _pieces(data, cuts))
        decoder.finish()
    except EngineError:
        return


# Lines


@given(st.lists(st.binary(max_size=20)), st.lists(st.integers(0, 500)))
def test_lines_do_not_depend_on_how_the_output_is_cut(parts: list[bytes], cuts: list[int]) -> None:
    data = b"\n".join(parts)
    decoder = LineDecoder()
    found = [line for piece in _pieces(data, cuts) for line in decoder.feed("stdout", piece)]
    whole = LineDecoder()
    expected = [*whole.feed("stdout", data), *whole.finish()]
    assert [*found, *decoder.finish()] == expected


def test_line_ends_are_not_part_of_lines() -> None:
    decoder = LineDecoder()
    lines = [line for _, line in decoder.feed("stdout", b"a\r\nb\n\nc\rd\n")]
    assert lines == [b"a", b"b", b"", b"c\rd"]


def test_a_last_line_needs_no_line_end() -> None:
    decoder = LineDecoder()
    assert list(decoder.feed("stdout", b"a\nb")) == [("stdout", b"a")]
    assert list(decoder.finish()) == [("stdout", b"b")]


def test_streams_are_not_mixed_within_a_line() -> None:
    decoder = LineDecoder()
    chunks = [("stdout", b"one "), ("stderr", b"oh\n"), ("stdout", b"two\n")]
    found = [line for stream, data in chunks for line in decoder.feed(stream, data)]
    assert found == [("stderr", b"oh"), ("stdout", b"one two")]


# JSON


@given(_messages, st.sampled_from(["", "\n", "\r\n", " "]), st.lists(st.integers(0, 2000)))
@pytest.mark.pitfall(10)
def test_json_values_come_out_as_they_went_in_however_they_are_cut(
    messages: list[Any], separator: str, cuts: list[int]
) -> None:
    data = "".join(json.dumps(m, ensure_ascii=False) + separator for m in messages).encode()
    decoder = JsonDecoder()
    found = _decode(decoder, _pieces(data, cuts))
    decoder.finish()
    assert found == messages


@pytest.mark.parametrize("value", [{"a": "Größe", "b": [1, {"c": "}"}]}, [1, [2, "]"]]])
@pytest.mark.pitfall(10)
def test_json_may_be_cut_at_every_byte(value: object) -> None:
    data = json.dumps(value, ensure_ascii=False).encode()
    for cut in range(len(data) + 1):
        decoder = JsonDecoder()
        assert _decode(decoder, [data[:cut], data[cut:]]) == [value]
        decoder.finish()


def test_a_value_is_there_as_soon_as_its_last_byte_is() -> None:
    decoder = JsonDecoder()
    data = b'{"a": {"b": 1}}'
    found = [list(decoder.feed(bytes([byte]))) for byte in data]
    assert found[-1] == [{"a": {"b": 1}}]


@pytest.mark.pitfall(11)
def test_an_answer_that_ends_inside_a_value_is_an_error() -> None:
    data = b'{"a": 1}'
    for cut in range(1, len(data)):
        decoder = JsonDecoder()
        assert _decode(decoder, [data[:cut]]) == []
        with pytest.raises(ConnectionLost, match="middle of a JSON value"):
            decoder.finish()


def test_an_answer_that_ends_inside_a_character_is_an_error() -> None:
    decoder = JsonDecoder()
    _decode(decoder, [b'{"a": 1}\xc3'])
    with pytest.raises(ConnectionLost):
        decoder.finish()


@pytest.mark.parametrize("data", [b"<html>", b"Bad Gateway", b"{} nonsense", b"[" * 200000])
def test_an_answer_that_is_no_json_is_an_error_of_ours(data: bytes) -> None:
    decoder = JsonDecoder()
    with pytest.raises(ConnectionLost):
        _all(decoder, data)


def _all(decoder: JsonDecoder, data: bytes) -> list[Any]:
    values = _decode(decoder, [data])
    decoder.finish()
    return values


@given(st.binary(), st.lists(st.integers(0, 500)))
def test_any_bytes_are_json_or_an_error_of_ours(data: bytes, cuts: list[int]) -> None:
    decoder = JsonDecoder()
    try:
        _decode(decoder, _pieces(data, cuts))
        decoder.finish()
    except EngineError:
        return


class _Counted(json.JSONDecoder):
    """Counts the characters that it is made to look at."""

    looked_at = 0

    def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
        self.looked_at += len(s) - idx
        return super().raw_decode(s, idx)


def _looked_at(size: int) -> float:
    """Return how often a value of many braces is looked at when it comes in small pieces."""
    data = json.dumps({"list": [{"n": number} for number in range(size)]}).encode()
    decoder = JsonDecoder()
    counted = decoder._decoder = _Counted()  # noqa: SLF001  # the number of scans is the point
    found = [
        value
        for start in range(0, len(data), 16)
        for value in decoder.feed(data[start : start + 16])
    ]
    assert len(found) == 1
    return counted.looked_at / len(data)


def test_a_huge_value_in_small_pieces_is_not_scanned_anew_at_every_piece() -> None:
    assert _looked_at(8000) < 2 * _looked_at(1000)
