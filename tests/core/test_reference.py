"""Image references, taken apart and put together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.reference import Reference, parse_reference

_DIGEST = "sha256:" + "0123456789abcdef" * 4
_component = st.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+){0,2}", fullmatch=True)
_registry = st.sampled_from(
    ["", "localhost/", "a.example/", "h:5000/", "[::1]:5000/", "A.B/", "docker.io/"]
)
_references = st.builds(
    lambda registry, path, tag, digest: registry + "/".join(path) + tag + digest,
    _registry,
    st.lists(_component, min_size=1, max_size=3),
    st.one_of(st.just(""), st.from_regex(r":[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}", fullmatch=True)),
    st.sampled_from(["", f"@{_DIGEST}"]),
)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("redis", Reference("", "redis")),
        ("redis:7", Reference("", "redis", "7")),
        ("library/redis", Reference("", "library/redis")),
        ("docker.io/library/redis", Reference("docker.io", "library/redis")),
        ("localhost/redis", Reference("localhost", "redis")),
        ("host:5000", Reference("", "host", "5000")),
        ("host:5000/redis", Reference("host:5000", "redis")),
        ("127.0.0.1:5000/a/b:1", Reference("127.0.0.1:5000", "a/b", "1")),
        ("[::1]:5000/a", Reference("[::1]:5000", "a")),
        ("Registry.Example/a", Reference("Registry.Example", "a")),
        (f"redis@{_DIGEST}", Reference("", "redis", "", _DIGEST)),
        (f"a.b/redis:7@{_DIGEST}", Reference("a.b", "redis", "7", _DIGEST)),
        ("a__b/c-d.e", Reference("", "a__b/c-d.e")),
    ],
)
def test_a_reference_is_taken_apart(text: str, reference: Reference) -> None:
    assert parse_reference(text) == reference


@given(_references)
def test_what_was_taken_apart_goes_together_again(text: str) -> None:
    assert str(parse_reference(text)) == text


@given(st.text())
def test_any_text_is_a_reference_or_refused(text: str) -> None:
    try:
        reference = parse_reference(text)
    except InvalidInput:
        return
    assert str(reference) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "redis ",
        "/redis",
        "redis/",
        "a//b",
        "a/../b",
        "redis:",
        "redis@sha256:12",
        "a:b:c",
        "-a",
        "a_-b",
        "redis\n",
        "http://a/b",
        ":7",
        f"redis:{'t' * 129}",
    ],
)
def test_what_is_no_reference_is_refused_and_shown(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_reference(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["Redis", "MyTeam/app", "a/B"])
def test_upper_case_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(InvalidInput, match="lower case"):
        parse_reference(text)


def test_the_longest_name_has_255_characters() -> None:
    assert len(parse_reference("a" * 255).name) == 255


@pytest.mark.parametrize("text", ["a" * 256, "h.x/" + "a" * 252])
def test_a_longer_name_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="at most 255"):
        parse_reference(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("redis", "redis:latest"), ("redis:7", "redis:7"), (f"a@{_DIGEST}", f"a@{_DIGEST}")],
)
def test_the_tag_is_latest_where_neither_tag_nor_digest_is_given(text: str, expected: str) -> None:
    assert str(parse_reference(text).with_default_tag()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("redis", True), ("a/b", True), ("docker.io/a", True), ("localhost/a", False)],
)
def test_a_name_without_a_registry_is_of_the_hub(text: str, expected: bool) -> None:  # noqa: FBT001
    assert parse_reference(text).is_hub == expected
