"""What the engine tells about a path."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.archive import PathStat, decode_path_stat
from pytest_engine.core.errors import ConnectionLost


def _header(**fields: Any) -> str:
    known = {"name": "f", "size": 2, "mode": 0o644, "mtime": "1970-01-01T00:00:01.000000002Z"}
    return base64.b64encode(json.dumps({**known, "linkTarget": "", **fields}).encode()).decode()


def test_a_file_is_described() -> None:
    assert decode_path_stat(_header()) == PathStat("f", 2, 0o644, "file", 1_000_000_002, "")


@pytest.mark.parametrize(
    ("mode", "kind", "permissions"),
    [
        (0x80000000 | 0o755, "folder", 0o755),
        (0x80100000 | 0o777, "folder", 0o1777),
        (0x08000000 | 0o777, "link", 0o777),
        (0x00800000 | 0o755, "file", 0o4755),
        (0x00400000 | 0o755, "file", 0o2755),
        (0x04000000 | 0o600, "other", 0o600),
        (0x04200000 | 0o600, "other", 0o600),
        (0x02000000 | 0o600, "other", 0o600),
        (0x01000000 | 0o600, "other", 0o600),
    ],
)
@pytest.mark.pitfall(30)
def test_go_modes_are_decoded(mode: int, kind: str, permissions: int) -> None:
    stat = decode_path_stat(_header(mode=mode))
    assert (stat.kind, stat.mode) == (kind, permissions)


@pytest.mark.pitfall(30)
def test_only_links_have_a_target() -> None:
    assert decode_path_stat(_header(linkTarget="/f")).link_target == ""
    assert decode_path_stat(_header(mode=0x08000000, linkTarget="/f")).link_target == "/f"


@pytest.mark.parametrize("header", ["", "x", "W10=", _header(mode="x"), _header(mtime="now")])
def test_what_is_no_description_is_an_error(header: str) -> None:
    with pytest.raises(ConnectionLost, match="does not describe a path"):
        decode_path_stat(header)


@given(st.text(max_size=100))
def test_garbage_is_an_error_of_ours(header: str) -> None:
    with pytest.raises(ConnectionLost):
        decode_path_stat(header)
