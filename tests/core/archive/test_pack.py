"""Files packed while they are sent."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.archive import pack_files, pack_path
from pytest_engine.core.archive.pack import is_name
from pytest_engine.core.errors import InvalidInput


def _members(archive: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return tar.getmembers()


def _names(archive: bytes) -> list[str]:
    return [member.name for member in _members(archive)]


def test_bytes_and_text_are_packed() -> None:
    data = b"".join(pack_files({"a": b"1", "b": "\u00fc"}, folders=["d"], mode=0o600, mtime=5))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        packed = {
            one.name: (one.mode, one.uid, one.mtime, one.isfile() and tar.extractfile(one).read())  # type: ignore[union-attr]
            for one in tar
        }
    assert packed == {
        "d": (0o755, 0, 5, False),
        "a": (0o600, 0, 5, b"1"),
        "b": (0o600, 0, 5, "\u00fc".encode()),
    }


@pytest.mark.parametrize("content", ["s3cret\udcff", 3, None, ["s3cret"]])
def test_what_is_neither_text_nor_bytes_is_refused_without_being_shown(content: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^a(:| is) n") as caught:
        list(pack_files({"a": content}))
    assert "s3cret" not in str(caught.value)


def test_archives_without_an_end_are_parts_of_another(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"2")
    parts = [
        *pack_files({"a": b"1"}, end=False),
        *pack_path(tmp_path / "b", "b", end=False),
        *pack_files({"c": b"3"}),
    ]
    assert _names(b"".join(parts)) == ["a", "b", "c"]


def test_a_folder_is_packed_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "f").write_bytes(b"x" * 3_000_000)
    (tmp_path / "e" / "f").chmod(0o741)
    (tmp_path / "l").symlink_to("e")
    (tmp_path / ("n" * 150)).touch()
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(os.path.relpath(tmp_path / "sock"))
        members = _members(b"".join(pack_path(tmp_path, "t", owner=(7, 8))))
    assert [one.name for one in members] == ["t", "t/e", "t/e/f", "t/l", f"t/{'n' * 150}"]
    assert {(one.uid, one.gid) for one in members} == {(7, 8)}
    assert (members[2].size, members[2].mode) == (3_000_000, 0o741)
    assert (members[3].type, members[3].linkname) == (tarfile.SYMTYPE, "e")


def test_the_contents_of_a_folder_are_packed_without_it(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    assert _names(b"".join(pack_path(tmp_path, ""))) == ["f"]


def test_files_get_the_stated_mode_and_folders_keep_their_own(tmp_path: Path) -> None:
    (tmp_path / "f").touch()
    tmp_path.chmod(0o750)
    members = _members(b"".join(pack_path(tmp_path, "d", mode=0o600)))
    assert [one.mode for one in members] == [0o750, 0o600]


def test_a_pipe_alone_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInput, match="neither a file"):
        b"".join(pack_path(tmp_path / "pipe", "pipe"))


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        b"".join(pack_path(tmp_path / "missing", "x"))


@pytest.mark.parametrize("name", ["", "a\0b", "\ud800", b"a", None])
def test_what_no_file_can_be_called_is_no_name(name: object) -> None:
    assert not is_name(name)


def test_a_name_need_not_be_one_in_the_encoding_of_this_host() -> None:
    program = (
        "import sys; from pytest_engine.core.archive.pack import is_name\n"
        "print(sys.getfilesystemencoding(), is_name('\\u0142'), is_name('\\udcff'))"
    )
    ascii_alone = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=ascii_alone)
    assert done.stdout == "ascii True True\n"
