"""Which images a prune takes, by lists such as an engine gives."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.ensure.unused_images import UnusedImages

DIGEST = f"sha256:{'0' * 64}"


def image(id: str, *names: str, parent: str = "") -> dict[str, Any]:
    return {
        "Id": id,
        "ParentId": parent,
        "RepoTags": [name for name in names if "@" not in name] or ["<none>:<none>"],
        "RepoDigests": [name for name in names if "@" in name] or None,
    }


def prune(
    *images: dict[str, Any], used: set[str] | None = None, named: bool = True, only: str = ""
) -> list[str]:
    """Prune, and tell what goes without its sort."""
    store = UnusedImages(images, used or set())
    gone = store.prune(lambda one: only in one["Id"], named=named)
    return [value for entry in gone for value in entry.values()]


def test_an_image_goes_with_all_its_names() -> None:
    names = (f"a@{DIGEST}", "a:1", "b:1")
    assert prune(image("1", *names)) == ["a:1", f"a@{DIGEST}", "b:1", "1"]


def test_an_image_with_a_tag_is_not_without_a_name() -> None:
    assert prune(image("1", "a:1"), image("2"), named=False) == ["2"]


def test_an_image_with_a_digest_alone_is_without_a_name() -> None:
    assert prune(image("1", f"a@{DIGEST}"), named=False) == [f"a@{DIGEST}", "1"]


@pytest.mark.parametrize(
    ("names", "lost"),
    [
        ([], []),
        (["a:1"], []),
        (["a:1", f"a@{DIGEST}"], []),
        (["a:1", "b:1"], ["a:1"]),
        (["a:1", "b:1", f"a@{DIGEST}"], ["a:1", f"a@{DIGEST}"]),
        (["a:1", "a:2", f"a@{DIGEST}"], ["a:1"]),
        # Spelt out, Docker Hub's names begin with its own.
        (["b:1", "a.example/b:1"], ["a.example/b:1"]),
        (["b:1", "e.example/b:1"], ["b:1"]),
    ],
)
def test_an_image_in_use_keeps_its_last_name(names: list[str], lost: list[str]) -> None:
    assert prune(image("1", *names), used={"1"}) == lost


def test_what_an_image_was_built_upon_goes_with_it() -> None:
    chain = [image("1", parent="2"), image("2", parent="3"), image("3")]
    assert prune(*chain, only="1") == ["1", "2", "3"]


def test_what_an_image_was_built_upon_stays_if_it_is_held() -> None:
    assert prune(image("1", parent="2"), image("2", "a:1"), only="1") == ["1"]
    assert prune(image("1", parent="2"), image("2"), only="1", used={"2"}) == ["1"]
    two = (image("1", parent="3"), image("2", parent="3"), image("3"))
    assert prune(*two, only="1") == ["1"]


def test_what_others_were_built_upon_goes_once_they_are_gone() -> None:
    assert prune(image("1"), image("2", parent="1")) == ["2", "1"]
    assert prune(image("1", "a:1"), image("2", parent="1")) == ["a:1", "2", "1"]
