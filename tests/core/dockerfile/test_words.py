"""Words of a Dockerfile, as a shell would read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.dockerfile.words import expand, split_words

_VARIABLES = {"A": "one", "EMPTY": "", "PATH": "a/b/c.tar.gz", "_x9": "odd"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  a  b\tc ", ["a", "b", "c"]),
        ("a='b c' d", ["a='b c'", "d"]),
        ('"a b"c d', ['"a b"c', "d"]),
        (r"a\ b c", [r"a\ b", "c"]),
        (r'"a\" b" c', [r'"a\" b"', "c"]),
        (r"'a\' b", [r"'a\'", "b"]),
        ("it's open", ["it's open"]),
        ("end\\", ["end\\"]),
    ],
)
def test_words_end_at_white_space_outside_of_quotes(text: str, words: list[str]) -> None:
    assert split_words(text) == words


def test_the_escape_character_is_the_one_that_is_given() -> None:
    assert split_words("a` b c\\ d", "`") == ["a` b", "c\\", "d"]
    assert expand("a`$A\\$A", _VARIABLES, "`") == "a$A\\one"


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("plain:1", "plain:1"),
        ("$A", "one"),
        ("x${A}y", "xoney"),
        ("$A-$_x9.", "one-odd."),
        ("$NONE", ""),
        ("${NONE}", ""),
        ("${NONE:-two}", "two"),
        ("${NONE-two}", "two"),
        ("${EMPTY:-two}", "two"),
        ("${EMPTY-two}", ""),
        ("${A:-two}", "one"),
        ("${A:+two}", "two"),
        ("${A+two}", "two"),
        ("${EMPTY:+two}", ""),
        ("${EMPTY+two}", "two"),
        ("${NONE+two}", ""),
        ("${A:?wrong}", "one"),
        ("${NONE:-${A}-${NONE:-x}}", "one-x"),
        ("${NONE:-'a b'}", "a b"),
        ("${PATH#*/}", "b/c.tar.gz"),
        ("${PATH##*/}", "c.tar.gz"),
        ("${PATH%.*}", "a/b/c.tar"),
        ("${PATH%%.*}", "a/b/c"),
        ("${PATH%?gz}", "a/b/c.tar"),
        ("${PATH#x}", "a/b/c.tar.gz"),
        ("${PATH/b/x}", "a/x/c.tar.gz"),
        ("${PATH//[.]/x}", "a/b/c.tar.gz"),
        ("${PATH//./_}", "a/b/c_tar_gz"),
        ("'$A'", "$A"),
        ('"$A b"', "one b"),
        (r"\$A", "$A"),
        (r'"\$A \x \""', r'$A \x "'),
        ("100$", "100$"),
        ("$", "$"),
        ("a$.b", "a$.b"),
        ("$1x", "x"),
    ],
)
def test_variables_are_replaced(word: str, expected: str) -> None:
    assert expand(word, _VARIABLES) == expected


@pytest.mark.parametrize(
    "word",
    [
        "${",
        "${}",
        "${A",
        "${A:",
        "${A:x}",
        "${A^}",
        "${NONE:?wrong}",
        "${NONE?}",
        "${A:-two",
        "${A/x",
        "'open",
        '"open',
        "${NONE:-" * 50 + "}" * 50,
        "${PATH#****a}",
    ],
)
def test_what_cannot_be_told_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be told|is not set"):
        expand(word, _VARIABLES)


@given(st.text())
def test_any_text_is_a_word_or_refused(word: str) -> None:
    try:
        expand(word, _VARIABLES)
    except ValueError:
        return


@given(st.text(alphabet="${}:-+?#%/'\"\\A x*", max_size=60))
def test_odd_words_are_read_or_refused(word: str) -> None:
    try:
        expand(word, _VARIABLES)
    except ValueError:
        return


@given(st.text(), st.sampled_from("\\`"))
def test_nothing_but_white_space_is_lost_in_splitting(text: str, escape: str) -> None:
    def ink(value: str) -> str:
        return "".join(ch for ch in value if not ch.isspace())

    assert ink("".join(split_words(text, escape))) == ink(text)
