"""Archives unpacked on this host, from containers that are not to be trusted."""

from __future__ import annotations

import resource
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pytest_engine.core.archive import unpack
from pytest_engine.core.errors import CopyFailed
from tests.core.archive.making import archive, folder, link, member, pieces

Tree = dict[str, str]


def _tree(root: Path) -> Tree:
    """Describe all below a folder: contents, or `-> target` of links."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        else:
            found[name] = "/" if path.is_dir() else path.read_text()
    return found


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond a size, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_becomes_the_target(tmp_path: Path) -> None:
    unpack(pieces(archive(member("f", b"text", mode=0o4751, mtime=42))), tmp_path / "g")
    status = (tmp_path / "g").stat()
    assert _tree(tmp_path) == {"g": "text"}
    assert (status.st_mode & 0o7777, status.st_mtime) == (0o751, 42)


@pytest.mark.parametrize("root", ["d", "."])
def test_a_folder_becomes_the_target(root: str, tmp_path: Path) -> None:
    data = archive(
        folder(root, 0o500),
        member(f"{root}/f", b"text"),
        folder(f"{root}/e"),
        link(f"{root}/e/l", "../f"),
        link(f"{root}/e/h", f"{root}/f", tarfile.LNKTYPE),
    )
    unpack(pieces(data), tmp_path / "t")
    assert _tree(tmp_path / "t") == {"e": "/", "e/h": "text", "e/l": "-> ../f", "f": "text"}
    assert (tmp_path / "t/e/h").stat().st_ino == (tmp_path / "t/f").stat().st_ino
    assert (tmp_path / "t").stat().st_mode & 0o777 == 0o700


def test_a_folder_is_merged_into_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("stays")
    (tmp_path / "f").write_text("goes")
    unpack([archive(folder("."), member("./f", b"new"))], tmp_path)
    assert _tree(tmp_path) == {"f": "new", "old": "stays"}


@pytest.mark.parametrize(
    "hostile",
    [
        [member("d/../../evil", b"x")],
        [member("../evil", b"x")],
        [member("/evil", b"x")],
        [member("evil", b"x")],
        [member("d/..", b"x")],
        [member("d/a/../../../evil", b"x")],
        [link("d/l", "/"), member("d/l/evil", b"x")],
        [link("d/l", "../.."), member("d/l/evil", b"x")],
        [link("d/l", "."), member("d/l/evil", b"x")],
        [link("d/l", "/etc/passwd")],
        [link("d/l", "..")],
        [folder("d/e"), link("d/e/l", "../../f")],
        [folder("d/e"), link("d/e/x", "../."), link("d/l", "e/x/../../evil")],
        [link("d/h", "/etc/passwd", tarfile.LNKTYPE)],
        [link("d/h", "d/../../evil", tarfile.LNKTYPE)],
        [link("d/h", "other/evil", tarfile.LNKTYPE)],
        [link("d/h", "d", tarfile.LNKTYPE)],
        [link("d/l", "f"), link("d/h", "d/l", tarfile.LNKTYPE)],
        [member("d/dev", type=tarfile.CHRTYPE, devmajor=1, devminor=3)],
        [member("d/dev", type=tarfile.BLKTYPE, devmajor=8)],
        [member("d/pipe", type=tarfile.FIFOTYPE)],
        [member("d/f", b"x"), member("d/f/evil", b"x")],
        [folder("d/f"), member("d/f", b"x")],
        [member("d/f", b"x"), folder("d/f")],
        [member("d/missing/f", b"x")],
    ],
)
@pytest.mark.pitfall(31)
def test_what_is_not_to_be_trusted_is_refused_and_leaves_nothing(
    hostile: list[tuple[tarfile.TarInfo, bytes]], tmp_path: Path
) -> None:
    (tmp_path / "evil").write_text("untouched")
    with pytest.raises(CopyFailed):
        unpack([archive(folder("d"), *hostile)], tmp_path / "t")
    assert _tree(tmp_path) == {"evil": "untouched"}


@pytest.mark.pitfall(31)
def test_nothing_is_written_through_a_link_that_is_there(tmp_path: Path) -> None:
    elsewhere, target = tmp_path / "elsewhere", tmp_path / "target"
    elsewhere.mkdir()
    target.mkdir()
    (target / "e").symlink_to(elsewhere)
    with pytest.raises(CopyFailed, match=r"cannot be written|no folder"):
        unpack([archive(folder("."), folder("./e"), member("./e/f", b"x"))], target)
    assert _tree(elsewhere) == {}


def test_a_link_that_is_there_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("untouched")
    (tmp_path / "f").symlink_to("other")
    unpack([archive(member("f", b"new"))], tmp_path / "f")
    assert _tree(tmp_path) == {"f": "new", "other": "untouched"}


def test_links_that_leave_are_kept_if_asked_for(tmp_path: Path) -> None:
    data = archive(folder("d"), link("d/l", "/proc/mounts"), link("d/m", "../x"))
    unpack([data], tmp_path / "t", keep_links=True)
    assert _tree(tmp_path / "t") == {"l": "-> /proc/mounts", "m": "-> ../x"}


def test_nothing_is_written_through_a_link_that_is_kept(tmp_path: Path) -> None:
    data = archive(folder("d"), link("d/l", str(tmp_path)), member("d/l/evil", b"x"))
    with pytest.raises(CopyFailed, match="nothing is written through it"):
        unpack([data], tmp_path / "t", keep_links=True)
    assert _tree(tmp_path) == {}


def test_a_full_disk_is_one_error_and_leaves_no_half_file(tmp_path: Path) -> None:
    data = archive(folder("d"), member("d/small", b"x"), member("d/large", b"x" * 100_000))
    with _largest_file(50_000), pytest.raises(CopyFailed, match="large cannot be written"):
        unpack(pieces(data, 4096), tmp_path / "t")
    assert _tree(tmp_path) == {}


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")
    data = archive(member("f", b"x" * 100_000))
    with _largest_file(50_000), pytest.raises(CopyFailed, match="cannot be written"):
        unpack(pieces(data, 4096), tmp_path / "f")
    assert _tree(tmp_path) == {"f": "old"}


def test_an_archive_that_is_cut_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")
    with pytest.raises(CopyFailed, match="ended too early"):
        unpack([archive(member("f", b"x" * 2000))[:1500]], tmp_path / "f")
    assert _tree(tmp_path) == {"f": "old"}


def test_a_source_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield archive(folder("d"), member("d/f", b"x" * 2000))[:2048]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        unpack(broken(), tmp_path / "t")
    assert _tree(tmp_path) == {}


def test_a_folder_that_cannot_be_written_to_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(CopyFailed, match="cannot be written: No such file or directory"):
        unpack([archive(member("f", b"x"))], tmp_path / "missing" / "f")


def test_an_empty_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CopyFailed, match="is empty"):
        unpack([archive()], tmp_path / "t")
