"""Ignore files, by the rules of the docker command (Go's, moby/patternmatcher)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.dockerignore import IgnoreRules, parse_ignore_file
from pytest_engine.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("a\nb\n", ["a", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("\n  \n\t\na", ["a"]),
        ("# comment\na", ["a"]),
        (" # no comment", ["# no comment"]),
        ("  a b  ", ["a b"]),
        ("\ufeffa", ["a"]),
        ("\ufeff# comment", []),
        ("/a", ["a"]),
        ("//a", ["a"]),
        ("a/", ["a"]),
        ("./a//b/../c", ["a/c"]),
        ("!a", ["!a"]),
        ("! /a/ ", ["!a"]),
        ("", []),
    ],
)
def test_an_ignore_file_is_read_as_the_docker_command_reads_it(
    text: str, patterns: list[str]
) -> None:
    assert parse_ignore_file(text) == patterns


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a", "a"),
        ("a", "a/b/c"),
        ("a/b", "a/b/c"),
        ("*", "a"),
        ("*", "a/b"),
        ("*.txt", "a.txt"),
        ("*/*.txt", "d/a.txt"),
        ("a?c", "abc"),
        ("**", "a/b/c"),
        ("**/a", "a"),
        ("**/a", "x/y/a"),
        ("**/a", "x/a/y"),
        ("a/**", "a/b"),
        ("a/**/b", "a/b"),
        ("a/**/b", "a/x/y/b"),
        ("**/*.go", "x/a.go"),
        ("**.txt", "a.txt"),
        ("**.txt", "d/a.txt"),
        ("**a", "d/ba"),
        ("[ab]c", "bc"),
        ("[a-c]d", "bd"),
        ("[^a]b", "xb"),
        ("[!]a", "!a"),
        (r"[\]]", "]"),
        (r"[a\-c]", "-"),
        (r"\*", "*"),
        (r"a\b", "ab"),
        ("a.b", "a.b"),
        ("a+b(c)|{d}$^", "a+b(c)|{d}$^"),
        ("\u00fc*", "\u00fcx"),
        ("a*", "a\nb"),
    ],
)
@pytest.mark.pitfall(32)
def test_a_pattern_ignores(pattern: str, path: str) -> None:
    assert IgnoreRules([pattern]).ignores(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("a", "ab"),
        ("a", "b/a"),
        ("a/b", "a"),
        ("*.txt", "d/a.txt"),
        ("a?c", "a/c"),
        ("README.md", "readme.md"),
        ("a.b", "axb"),
        ("a/**", "a"),
        ("a/**/b", "ab"),
        ("**.txt", "a.txt.gz"),
        ("**.t?t", "d.txt"),
        ("[a-c]d", "dd"),
        ("[^a]b", "ab"),
        ("[!a]", "b"),
        (r"\*", "a"),
        (r"[a\-c]", "b"),
    ],
)
@pytest.mark.pitfall(32)
def test_a_pattern_leaves_alone(pattern: str, path: str) -> None:
    assert not IgnoreRules([pattern]).ignores(path)


@pytest.mark.pitfall(32)
def test_the_last_pattern_that_matches_wins() -> None:
    rules = IgnoreRules(["*.md", "!README.md", "README.md"])
    assert rules.ignores("README.md")


@pytest.mark.pitfall(32)
def test_an_exclamation_mark_takes_files_back() -> None:
    rules = IgnoreRules(["*.md", "!README.md"])
    assert not rules.ignores("README.md")
    assert rules.ignores("other.md")


def test_what_is_taken_back_before_it_is_ignored_stays_ignored() -> None:
    assert IgnoreRules(["!README.md", "*.md"]).ignores("README.md")


def test_a_file_below_an_ignored_folder_can_be_taken_back() -> None:
    rules = IgnoreRules(["docs", "!docs/keep/this.md"])
    assert not rules.ignores("docs/keep/this.md")
    assert rules.ignores("docs/keep/that.md")


def test_taking_a_folder_back_takes_all_below_it_back() -> None:
    assert not IgnoreRules(["docs", "!docs/keep"]).ignores("docs/keep/a/b.md")


@pytest.mark.parametrize(
    ("patterns", "folder"),
    [
        (["d", "!d/keep"], "d"),
        (["d", "!d/a/b/keep"], "d/a"),
        (["d", "!**/keep"], "d/x"),
        (["d", "!d/*/keep"], "d/x"),
        (["d", "!?/keep"], "d"),
        (["d", r"!\d/keep"], "d"),
    ],
)
def test_an_ignored_folder_is_looked_into_where_something_may_be_taken_back(
    patterns: list[str], folder: str
) -> None:
    assert IgnoreRules(patterns).takes_back_below(folder)


@pytest.mark.parametrize(
    ("patterns", "folder"),
    [
        (["d"], "d"),
        (["d", "!Dockerfile"], "d"),
        (["d", "!e/keep"], "d"),
        (["d", "!d/a/keep"], "d/b"),
        (["d", "!dd/keep"], "d"),
    ],
)
def test_an_ignored_folder_is_passed_over_where_nothing_can_be_taken_back(
    patterns: list[str], folder: str
) -> None:
    assert not IgnoreRules(patterns).takes_back_below(folder)


@pytest.mark.parametrize("pattern", ["[", "[a", "[]a]", "[^]a]", "[z-a]", "a\\", "[a-]", "[-a]"])
def test_a_malformed_pattern_is_refused_and_shown(pattern: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        IgnoreRules([pattern])
    assert repr(pattern) in str(caught.value)


_characters = st.text(st.sampled_from("ab/.*?[]^-\\!#&|~ ,\u00fc"), max_size=12)


@given(st.lists(_characters, max_size=4), _characters)
def test_any_patterns_work_or_are_refused(lines: list[str], path: str) -> None:
    patterns = parse_ignore_file("\n".join(lines))
    try:
        rules = IgnoreRules(patterns)
    except InvalidInput:
        return
    assert rules.ignores(path) in (True, False)


@given(st.text(), st.text(min_size=1))
def test_any_ignore_file_works_or_is_refused(text: str, path: str) -> None:
    try:
        rules = IgnoreRules(parse_ignore_file(text))
    except InvalidInput:
        return
    assert rules.ignores(path) in (True, False)


@given(
    st.text(
        st.characters(blacklist_characters="\\*?[]!# \0/", blacklist_categories=["Cs"]), min_size=1
    )
)
def test_a_name_without_special_characters_ignores_just_itself(name: str) -> None:
    rules = IgnoreRules([name])
    assert rules.ignores(name)
    assert not rules.ignores(f"{name}x")
