"""The images that a build needs, found in its Dockerfile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.dockerfile import BaseImage, find_base_images


def _names(text: str, **arguments: Any) -> list[str]:
    return [image.name for image in find_base_images(text, **arguments)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("RUN nothing", []),
        ("FROM", []),
        ("FROM scratch", []),
        ("FROM a", ["a"]),
        ("from a:1 as b", ["a:1"]),
        ("FROM --platform=linux/arm64 r:5000/a@sha256:12 AS b", ["r:5000/a@sha256:12"]),
        ('FROM "a"', ["a"]),
        ("FROM a AS one\nFROM one", ["a"]),
        ("FROM a AS One\nFROM ONE", ["a"]),
        ("FROM a AS a\nFROM a", ["a"]),
        ("FROM a AS one\nFROM one AS two\nFROM two\nRUN x", ["a"]),
        ("FROM a\nFROM b\n", ["b"]),
        ("FROM a AS one\nFROM b\nCOPY --from=one / /", ["a", "b"]),
        ("FROM a\nFROM b\nCOPY --from=0 / /", ["a", "b"]),
        ("FROM b\nCOPY --from=c:1 / /", ["b", "c:1"]),
        ("FROM b\nCOPY --chown=1 --from=c / /\nCOPY --from=c / /", ["b", "c"]),
        ("FROM b\nCOPY --from=$X / /", ["b"]),
        ("FROM b\nCOPY / --from=c", ["b"]),
        ("FROM b\nRUN --mount=type=bind,from=c,target=/x y", ["b", "c"]),
        ("FROM b\nRUN --mount=target=/x,FROM=c --mount=from=d y", ["b", "c", "d"]),
        ('FROM b\nRUN --mount="type=bind,from=c" y', ["b"]),
        ("FROM a AS one\nFROM b\nRUN --mount=type=cache,from=one,target=/x y", ["a", "b"]),
        ("FROM b\nONBUILD COPY --from=c / /", ["b"]),
        ("FROM b\nRUN <<EOF\nCOPY --from=c / /\nEOF", ["b"]),
        ("FROM b\nADD --from=c / /", ["b"]),
        ("COPY --from=early / /\nFROM b", ["b"]),
        ("# syntax=r/front:1\nFROM b", ["r/front:1", "b"]),
        ("# syntax=r/front:1 --opt\nFROM b", ["r/front:1", "b"]),
        ("#\n# syntax=r/front:1\nFROM b", ["b"]),
        ("FROM a AS one\nFROM one AS one\nFROM one", ["a"]),
        ("FROM b\nCOPY --from=99999999999999999999 / /", ["b", "99999999999999999999"]),
        ("FROM b\nCOPY --from=7 / /", ["b"]),
    ],
)
def test_images_are_found_and_stages_are_not(text: str, expected: list[str]) -> None:
    assert _names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ARG V\nFROM a:$V", ["a:given"]),
        ("ARG V=1\nFROM a:${V}", ["a:given"]),
        ("FROM a:$V", ["a:"]),
        ("ARG W=1\nFROM a:$W", ["a:1"]),
        ("ARG W=1 X=2\nFROM a:$W.$X", ["a:1.2"]),
        ("ARG W=1\nARG X=${W}2\nFROM a:$X", ["a:12"]),
        ("ARG W='a b'\nFROM $W", ["a b"]),
        ("FROM b AS one\nARG W=1\nFROM a:${W:-none}", ["a:none"]),
        ("ARG W=${\nFROM a:${W:-none}", ["a:none"]),
        ("FROM ${W:?needed}", []),
    ],
)
def test_variables_are_those_before_the_first_stage(text: str, expected: list[str]) -> None:
    assert _names(text, args={"V": "given"}) == expected


def test_a_frontend_that_is_given_wins() -> None:
    text = "# syntax=a\nFROM b"
    assert _names(text, args={"BUILDKIT_SYNTAX": "c"}) == ["c", "b"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("one", ["a"]),
        ("TWO", ["a", "b"]),
        ("0", ["a"]),
        (None, ["c"]),
        ("", ["c"]),
        ("none", []),
        ("9", []),
    ],
)
def test_stages_that_are_not_needed_are_left_out(target: str | None, expected: list[str]) -> None:
    text = "FROM a AS one\nFROM b AS two\nCOPY --from=one / /\nFROM c\n"
    assert _names(text, target=target) == expected


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("FROM a", None, None),
        ("FROM a", "linux/amd64", None),
        ("FROM a", "linux/arm64", "linux/arm64"),
        ("FROM --platform=linux/arm/v7 a", None, "linux/arm/v7"),
        ("FROM --platform=linux/arm/v7 a", "linux/arm64", "linux/arm/v7"),
        ("FROM --platform=$BUILDPLATFORM a", "linux/arm64", None),
        ("FROM --platform=$TARGETPLATFORM a", "linux/arm64", "linux/arm64"),
        ("ARG P=linux/s390x\nFROM --platform=$P a", None, "linux/s390x"),
        ("ARG P\nFROM --platform=$P a", None, None),
    ],
)
def test_images_are_wanted_for_a_platform(
    text: str, platform: str | None, expected: str | None
) -> None:
    assert find_base_images(text, platform=platform) == (BaseImage("a", expected),)


def test_the_parts_of_a_platform_are_variables() -> None:
    text = "FROM a:$TARGETOS-$TARGETARCH-${TARGETVARIANT:-none}-$BUILDARCH"
    assert _names(text, platform="linux/arm64/v8") == ["a:linux-arm64-v8-amd64"]
    assert _names(text) == ["a:linux-amd64-none-amd64"]


def test_an_image_is_found_once_for_each_platform() -> None:
    text = "FROM a\nCOPY --from=a / /\nFROM --platform=linux/arm64 a\nCOPY --from=0 / /"
    assert find_base_images(text) == (BaseImage("a"), BaseImage("a", "linux/arm64"))


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=2))
def test_any_text_has_images_or_none(text: str, args: dict[str, str]) -> None:
    find_base_images(text, args=args)


_WORDS = st.sampled_from(
    ["FROM", "a", "AS", "b", "COPY", "--from=b", "--from=0", "RUN", "--mount=from=b", "\n", "ARG"]
)


@given(st.lists(_WORDS), st.sampled_from([None, "a", "b", "0", "1"]))
def test_any_stages_are_walked_through(words: list[str], target: str | None) -> None:
    text = " ".join(words).replace(" \n ", "\n")
    assert set(_names(text, target=target)) <= set(text.split()) | {"a", "b"}
