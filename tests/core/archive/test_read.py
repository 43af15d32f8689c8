"""Archives read as they come, whatever is in them."""

from __future__ import annotations

import contextlib
import itertools
import tarfile
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.archive import Member, read_file, read_members
from pytest_engine.core.errors import CopyFailed
from tests.core.archive.making import archive, folder, link, member, pieces

_FORMATS = [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT]


def _read(data: bytes, size: int = 7) -> list[tuple[Member, bytes]]:
    return [(one, b"".join(content)) for one, content in read_members(pieces(data, size))]


@pytest.mark.parametrize("format", _FORMATS)
@pytest.mark.parametrize("size", [1, 511, 512, 513, 1 << 20])
def test_what_went_in_comes_out_wherever_it_is_cut(format: int, size: int) -> None:
    data = archive(
        folder("d"),
        member("d/f", b"content", mode=0o4640, mtime=7),
        link("d/l", "f"),
        link("d/h", "d/f", tarfile.LNKTYPE),
        format=format,
    )
    assert _read(data, size) == [
        (Member("d", "folder", 0, 0o755, 0, ""), b""),
        (Member("d/f", "file", 7, 0o4640, 7, ""), b"content"),
        (Member("d/l", "link", 0, 0o644, 0, "f"), b""),
        (Member("d/h", "hard link", 0, 0o644, 0, "d/f"), b""),
    ]


@pytest.mark.parametrize("format", _FORMATS[:2])
@pytest.mark.pitfall(31)
def test_long_and_foreign_names_are_read(format: int) -> None:
    name, target = "d" * 99 + "/" + "\u00fc" * 120, "t" * 300
    (one, _), (two, content) = _read(archive(link(name, target), member("x", b"y"), format=format))
    assert (one.name, one.link) == (name, target)
    assert (two.name, content) == ("x", b"y")


def test_content_that_nobody_reads_is_skipped() -> None:
    data = archive(member("a", b"x" * 1000), member("b", b"y"))
    assert [one.name for one, _ in read_members(pieces(data))] == ["a", "b"]


@pytest.mark.parametrize("end", [0, 100, 512, 600, 1024, 1100])
def test_an_archive_that_is_cut_is_an_error(end: int) -> None:
    with pytest.raises(CopyFailed, match="ended too early"):
        _read(archive(member("a", b"x" * 600))[:end])


def test_a_size_that_is_a_lie_is_an_error() -> None:
    info, _ = member("a", b"")
    info.size = 1 << 60
    with pytest.raises(CopyFailed, match="ended too early"):
        _read(info.tobuf() + b"x" * 10240)


def test_a_negative_size_is_an_error() -> None:
    info = tarfile.TarInfo("a")
    info.size = -512
    with pytest.raises(CopyFailed, match="states -512 bytes"):
        _read(info.tobuf(tarfile.GNU_FORMAT) + b"\0" * 1024)


def test_a_huge_extended_header_is_refused_and_not_read() -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40

    def endless() -> Iterator[bytes]:
        yield info.tobuf(tarfile.GNU_FORMAT)
        yield from itertools.repeat(b"x" * 65536)

    with pytest.raises(CopyFailed, match="extended header of 1099511627776 bytes"):
        list(read_members(endless()))


@pytest.mark.parametrize("records", [b"x", b"5 a=b", b"99 path=x\n", b"0 a=b\n", b"6 a=b\n6 "])
def test_extended_headers_that_are_broken_are_refused(records: bytes) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, len(records)
    data = info.tobuf() + records.ljust(512, b"\0") + archive(member("x"))
    with pytest.raises(CopyFailed, match="cannot be read"):
        _read(data)


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(CopyFailed, match="no tar archive"):
        _read(b"<html>" * 1000)


def test_memory_does_not_grow_with_the_archive() -> None:
    def endless(count: int) -> Iterator[bytes]:
        header = member("f", b"x" * 4096)[0].tobuf()
        for _ in range(count):
            yield header
            yield b"x" * 4096
        yield b"\0" * 1024

    tracemalloc.start()
    for _ in read_members(endless(5000)):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


@given(st.binary(max_size=2048))
def test_garbage_is_an_archive_or_an_error_of_ours(data: bytes) -> None:
    with contextlib.suppress(CopyFailed):
        _read(data, 100)


@given(st.integers(0, 1535), st.integers(0, 255))
def test_a_flipped_byte_is_an_archive_or_an_error_of_ours(place: int, value: int) -> None:
    data = bytearray(archive(member("\u00fc" * 120, b"content")))
    data[place] = value
    with contextlib.suppress(CopyFailed):
        _read(bytes(data), 4096)


def test_one_file_is_read() -> None:
    assert read_file([archive(member("a", b"content"))]) == b"content"


@pytest.mark.parametrize("members", [[folder("a")], [member("a"), member("b")], [link("a", "b")]])
def test_one_file_is_neither_a_folder_nor_two(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    with pytest.raises(CopyFailed, match="not a file"):
        read_file([archive(*members)])


def test_one_file_is_not_none() -> None:
    with pytest.raises(CopyFailed, match="is empty"):
        read_file([archive()])
