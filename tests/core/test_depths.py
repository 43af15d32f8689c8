"""Folders in folders, deeper than Python recurses."""

from __future__ import annotations

import io
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.archive import pack_path
from pytest_engine.core.buildcontext import pack_context
from pytest_engine.core.ensure.trees import path_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

DEPTH = 1200


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """A folder that ends with a file so many folders below it."""
    assert sys.getrecursionlimit() < DEPTH
    places = [tmp_path / "deep"]
    for _level in range(DEPTH):
        places.append(places[-1] / "d")
    for place in places:
        place.mkdir()
    (places[-1] / "file").touch()
    (tmp_path / "deep" / "a").touch()
    (tmp_path / "deep" / "e").touch()
    yield tmp_path / "deep"
    # What removes folders recurses as well.
    (places[-1] / "file").unlink()
    for place in places[:0:-1]:
        place.rmdir()


def names(depth: int) -> list[str]:
    """List what is in it, in the order of archives."""
    folders = ["/".join("d" * (level + 1)) for level in range(depth)]
    return ["a", *folders, f"{folders[-1]}/file", "e"]


def packed(pieces: Iterable[bytes]) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as archive:
        return archive.getnames()


def test_a_deep_folder_is_listed(deep: Path) -> None:
    entries = path_entries(deep, follow=True, mode=None, folder_mode=None)
    assert [entry.name for entry in entries] == ["", *names(DEPTH)]


def test_a_deep_folder_is_packed(deep: Path) -> None:
    assert packed(pack_path(deep, "")) == names(DEPTH)


def test_a_deep_folder_is_a_build_context(deep: Path) -> None:
    context = pack_context(deep, dockerfile_text="FROM scratch")
    assert packed(context.pieces) == [*names(DEPTH), context.dockerfile]
