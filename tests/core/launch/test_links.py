"""Choosing address ranges, and reading network ids from an engine's database."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from pytest_engine.core.errors import LaunchFailed
from pytest_engine.core.launch import links, mounts


def _networks(*texts: str) -> list[ipaddress.IPv4Network]:
    return [ipaddress.IPv4Network(text) for text in texts]


def test_the_first_part_that_nobody_uses_is_chosen() -> None:
    used = _networks("198.18.0.0/25", "198.18.40.0/24", "10.0.0.0/8")
    assert links.free_slice([]) == ipaddress.IPv4Network("198.18.0.0/19")
    assert links.free_slice(used) == ipaddress.IPv4Network("198.18.64.0/19")


def test_without_a_free_part_it_says_so() -> None:
    with pytest.raises(LaunchFailed, match="No addresses are left"):
        links.free_slice(_networks("198.0.0.0/8"))


def test_network_ids_are_read_from_the_database(tmp_path: Path) -> None:
    first, second = "ab" * 32, "01" * 32
    folder = tmp_path / "network/files"
    folder.mkdir(parents=True)
    (folder / "local-kv.db").write_bytes(
        b"\0\1docker/network/v1.0/network/"
        + first.encode()
        + b"/\xffdocker/network/v1.0/network/"
        + second.encode()
        + b"/ docker/network/v1.0/network/cut"
    )
    assert links.network_ids(tmp_path) == {first, second}
    assert links.network_ids(tmp_path / "missing") == set()


def test_mounts_below_a_folder_are_found_newest_first() -> None:
    lines = [
        "43 27 254:0 /x/data /x/data rw,relatime - ext4 /dev/vda rw",
        r"44 43 0:39 / /x/data/a\040b rw,relatime - overlay overlay rw",
        "45 27 254:0 / /xy rw,relatime - ext4 /dev/vda rw",
    ]
    assert mounts.mount_points("\n".join(lines), Path("/x")) == ["/x/data/a b", "/x/data"]
