"""Sizes, durations, commands and environments, as people write them."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.values import (
    encode_text,
    parse_bytes,
    parse_command,
    parse_duration,
    parse_env,
    read_env_file,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (0, 0),
        (512, 512),
        ("512", 512),
        ("1k", 1024),
        ("512m", 512 * 1024**2),
        ("512MB", 512 * 1024**2),
        ("1.5GiB", 3 * 1024**3 // 2),
        ("0.5k", 512),
        ("1.5", 1),
        ("0.0", 0),
        (" 2 g ", 2 * 1024**3),
        ("1T", 1024**4),
        ("1p", 1024**5),
        ("7b", 7),
        ("9007199254740993", 9007199254740993),
    ],
)
def test_a_size_is_read(value: str | int, size: int) -> None:
    assert parse_bytes(value, "memory") == size


@pytest.mark.parametrize(
    "value",
    ["", "m", "-1", "1x", "1e3", "1,5g", "1 2", -1, True, "9" * 400 + "m", "0.5", "0.0001k"],
)
def test_what_is_no_size_is_refused_by_the_name_of_the_option(value: str | int) -> None:
    with pytest.raises(InvalidInput, match=r"^memory: "):
        parse_bytes(value, "memory")


@pytest.mark.parametrize(
    ("value", "nanoseconds"),
    [
        (0, 0),
        (2, 2 * 10**9),
        (0.25, 250 * 10**6),
        ("3", 3 * 10**9),
        ("1.5", 1500 * 10**6),
        ("30s", 30 * 10**9),
        ("1m30s", 90 * 10**9),
        ("1.5h", 5400 * 10**9),
        ("250ms", 250 * 10**6),
        ("10us", 10**4),
        ("10\u00b5s", 10**4),
        ("5ns", 5),
        ("1h2m3s4ms", 3723004 * 10**6),
    ],
)
def test_a_duration_is_read(value: str | float, nanoseconds: int) -> None:
    assert parse_duration(value, "interval") == nanoseconds


@pytest.mark.parametrize(
    "value",
    [
        "",
        "s",
        "-1s",
        "1 s",
        "1d",
        "1m 30s",
        "1M",
        "s1",
        -1,
        -0.5,
        True,
        float("nan"),
        float("inf"),
        "9" * 400,
        "9" * 400 + "h",
        1e300,
        10**400,
    ],
)
def test_what_is_no_duration_is_refused_by_the_name_of_the_option(value: str | float) -> None:
    with pytest.raises(InvalidInput, match=r"^interval: "):
        parse_duration(value, "interval")


@given(st.text())
def test_any_text_is_a_size_or_a_duration_or_refused(text: str) -> None:
    for parse in (parse_bytes, parse_duration):
        try:
            assert parse(text, "x") >= 0
        except InvalidInput:
            continue


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, None),
        ([], ()),
        ("", ()),
        ("sleep 5", ("sleep", "5")),
        ("sh -c 'echo \"a b\"'", ("sh", "-c", 'echo "a b"')),
        (["sh", "-c", "a b"], ("sh", "-c", "a b")),
        ([""], ("",)),
    ],
)
def test_a_command_is_read(value: str | list[str] | None, words: tuple[str, ...] | None) -> None:
    assert parse_command(value, "command") == words


@given(st.lists(st.text()))
def test_a_command_line_is_split_as_a_shell_would(words: list[str]) -> None:
    assert parse_command(shlex.join(words), "command") == tuple(words)


@pytest.mark.parametrize(
    "value",
    [
        *("echo 'open", "back\\", ["sleep", 5], [True], [None], b"sleep", b""),
        *(3600, 0, 1.5, True, False, {"sleep": 5}, {}, {"sleep"}),
    ],
)
def test_what_is_no_command_is_refused_by_the_name_of_the_option(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"^entrypoint: "):
        parse_command(value, "entrypoint")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "env"),
    [
        (None, None),
        ({}, {}),
        ([], {}),
        ({"A": "b=c", "D": ""}, {"A": "b=c", "D": ""}),
        (["A=b=c", "D="], {"A": "b=c", "D": ""}),
    ],
)
def test_an_environment_is_read(value: dict[str, str] | None, env: dict[str, str] | None) -> None:
    assert parse_env(value) == env


@pytest.mark.parametrize("value", [{"": "a"}, {"A=B": "c"}, {"A": 5}, {"A": None}, {"A": True}])
def test_an_environment_that_cannot_be_is_refused(value: dict[str, str]) -> None:
    with pytest.raises(InvalidInput, match=r"^env: "):
        parse_env(value)


@pytest.mark.parametrize("value", [["A"], ["=a"], "A=b", {"A\0": "b"}, {"A": "b\0"}])
def test_an_environment_of_another_form_is_refused(value: list[str]) -> None:
    with pytest.raises(InvalidInput, match=r"^env: "):
        parse_env(value)


def test_a_refusal_does_not_show_the_value_of_a_variable() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_env({"PASSWORD": 12345})
    assert "12345" not in str(caught.value)


def test_half_a_letter_is_refused_by_the_name_of_the_option_without_being_shown() -> None:
    assert encode_text("grün", "stdin") == "grün".encode()
    assert encode_text("\udcff", "stdin", "surrogateescape") == b"\xff"
    for text in ("s3cret\ud800", "s3cret\udcff"):
        with pytest.raises(InvalidInput) as caught:
            encode_text(text, "stdin")
        assert str(caught.value) == "stdin cannot be written as UTF-8: surrogates not allowed."
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("content", "env"),
    [
        ("", {}),
        ("# A=1\n\n  B=2\r\nC=a = b\n", {"B": "2", "C": "a = b"}),
        ("\ufeffA=1\nB=\n", {"A": "1", "B": ""}),
        ("A=one\u2028two\x0cthree\x85four\nB=2", {"A": "one\u2028two\x0cthree\x85four", "B": "2"}),
    ],
)
def test_a_file_of_variables_is_read(content: str, env: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_bytes(content.encode())
    assert read_env_file(str(path)) == env


@pytest.mark.parametrize(
    "line", ["export B=secret", "B =secret", "B\t=secret", "=secret", "secret"]
)
def test_a_line_of_another_form_is_refused_without_its_value(line: str, tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text(f"A=1\n{line}\n")
    with pytest.raises(InvalidInput, match=rf"^env_file: {path}, line 2: .*NAME=value") as caught:
        read_env_file(str(path))
    assert "secret" not in str(caught.value)
