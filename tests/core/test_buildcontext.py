"""Build contexts, packed as they are sent: read here with the standard library's tarfile."""

from __future__ import annotations

import io
import os
import socket
import sys
import tarfile
import tempfile
import tracemalloc
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.buildcontext import BuildContext, pack_context
from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONG = "a" * 90 + "/" + "b" * 120 + ".txt"


def _archive(data: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {member.name: member for member in archive}


def _content(data: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile(name)
        assert file is not None
        return file.read()


def _pack(root: BuildContext, dockerfile: str = "Dockerfile") -> bytes:
    return b"".join(pack_context(root, dockerfile).pieces)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files below a folder that has a Dockerfile, and return the folder."""

    def write(files: Mapping[str, str] | None = None) -> Path:
        for name, text in {"Dockerfile": "FROM scratch\n", **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return write


Write = Callable[..., Path]


def test_a_folder_becomes_an_archive(write: Write) -> None:
    data = _pack(write({"app/main.py": "print()"}))
    assert sorted(_archive(data)) == ["Dockerfile", "app", "app/main.py"]
    assert _content(data, "app/main.py") == b"print()"


def test_the_same_folder_gives_the_same_archive(write: Write) -> None:
    root = write({"b": "1", "a/c": "2", "a/b": "3"})
    assert _pack(root) == _pack(root)


@pytest.mark.pitfall(33)
def test_everything_belongs_to_root(write: Write) -> None:
    root = write({"mine": "x"})
    if os.geteuid() == 0:
        os.chown(root / "mine", 1234, 5678)
    owners = {(member.uid, member.gid) for member in _archive(_pack(root)).values()}
    assert owners == {(0, 0)}


def test_modes_are_kept(write: Write) -> None:
    root = write({"run.sh": "x", "d/x": ""})
    (root / "run.sh").chmod(0o4755)
    (root / "d").chmod(0o700)
    members = _archive(_pack(root))
    assert (members["run.sh"].mode, members["d"].mode) == (0o4755, 0o700)


def test_times_are_kept_in_whole_seconds(write: Write) -> None:
    root = write()
    os.utime(root / "Dockerfile", (1000.7, 1000.7))
    assert _archive(_pack(root))["Dockerfile"].mtime == 1000


def test_links_are_sent_as_links_wherever_they_lead(write: Write) -> None:
    root = write()
    (root / "here").symlink_to("Dockerfile")
    (root / "nowhere").symlink_to("/not/there")
    (root / "folder").symlink_to("/", target_is_directory=True)
    members = _archive(_pack(root))
    links = {name: member.linkname for name, member in members.items() if member.issym()}
    assert links == {"here": "Dockerfile", "nowhere": "/not/there", "folder": "/"}


def test_what_is_neither_file_nor_folder_nor_link_is_left_out(write: Write) -> None:
    root = write()
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(root / "s"))
        assert list(_archive(_pack(root))) == ["Dockerfile"]


@pytest.mark.parametrize("name", [_LONG, "Gr\u00f6\u00dfe \u65e5\u672c.txt", "a b\n'c", "n" * 255])
@pytest.mark.pitfall(29)
def test_long_and_odd_names_arrive(name: str, write: Write) -> None:
    data = _pack(write({name: "content"}))
    assert _content(data, name) == b"content"


def test_a_name_that_is_no_utf_8_arrives(write: Write) -> None:
    root = write()
    (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9"))).write_text("content")
    with tarfile.open(fileobj=io.BytesIO(_pack(root)), errors="surrogateescape") as archive:
        assert b"caf\xe9" in [os.fsencode(name) for name in archive.getnames()]


@pytest.mark.pitfall(33)
def test_a_large_file_comes_in_pieces(write: Write) -> None:
    root = write({"large": "x" * (3 << 20)})
    pieces = list(pack_context(root, "Dockerfile").pieces)
    assert max(map(len, pieces)) <= 1 << 20
    assert _content(b"".join(pieces), "large") == b"x" * (3 << 20)


def test_an_empty_file_and_an_empty_folder_arrive(write: Write) -> None:
    root = write({"empty": ""})
    (root / "folder").mkdir()
    members = _archive(_pack(root))
    assert (members["empty"].size, members["folder"].isdir()) == (0, True)


# Ignore files


def test_ignored_files_are_left_out(write: Write) -> None:
    root = write({".dockerignore": "*.log\nsecret", "a.log": "", "secret/key": "", "app": ""})
    assert sorted(_archive(_pack(root))) == [".dockerignore", "Dockerfile", "app"]


@pytest.mark.parametrize("pattern", ["*", "**", "Dockerfile\n.dockerignore\napp"])
@pytest.mark.pitfall(32)
def test_the_dockerfile_and_the_ignore_file_are_always_sent(pattern: str, write: Write) -> None:
    root = write({".dockerignore": pattern, "app": ""})
    assert sorted(_archive(_pack(root))) == [".dockerignore", "Dockerfile"]


@pytest.mark.parametrize("name", ["docker/Dockerfile.[a]*", "./Dockerfile.x", "d/../Dockerfile.y"])
def test_a_dockerfile_is_always_sent_however_it_is_written(name: str, write: Write) -> None:
    root = write({"d/x": "", name: "FROM scratch", ".dockerignore": "**"})
    assert os.path.normpath(name) in _archive(_pack(root, name))


def test_an_ignore_file_beside_the_dockerfile_wins(write: Write) -> None:
    root = write({".dockerignore": "a", "Dockerfile.dockerignore": "b", "a": "", "b": ""})
    names = _archive(_pack(root))
    assert ("a" in names, "b" in names) == (True, False)


def test_a_file_below_an_ignored_folder_can_be_taken_back(write: Write) -> None:
    root = write({".dockerignore": "docs\n!docs/a/keep", "docs/a/keep": "", "docs/a/not": ""})
    names = _archive(_pack(root))
    assert ("docs/a/keep" in names, "docs/a/not" in names) == (True, False)


def test_an_ignored_folder_is_not_walked_through(write: Write) -> None:
    root = write({".dockerignore": "modules", "modules/deep/a": "", "app/x": ""})
    seen: list[str] = []
    # An audit hook cannot be taken away again; this one listens only during this test.
    listening = True

    def listen(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event == "os.scandir":
            seen.append(str(arguments[0]))

    sys.addaudithook(listen)
    _pack(root)
    listening = False
    assert seen == [str(root), str(root / "app")]


def test_an_ignore_file_that_is_no_text_is_refused_by_name(write: Write) -> None:
    root = write()
    (root / ".dockerignore").write_bytes(b"caf\xe9")
    with pytest.raises(InvalidInput, match=r"\.dockerignore"):
        _pack(root)


def test_a_malformed_pattern_is_refused_before_anything_is_sent(write: Write) -> None:
    root = write({".dockerignore": "["})
    with pytest.raises(InvalidInput, match="Ignore pattern"):
        pack_context(root, "Dockerfile")


# What is not there, or changes


def test_a_missing_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"{tmp_path}/none is not a folder"):
        pack_context(tmp_path / "none", "Dockerfile")


def test_a_missing_dockerfile_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no Dockerfile\.prod in the build context"):
        pack_context(tmp_path, "Dockerfile.prod")


@pytest.mark.parametrize("name", ["../Dockerfile", "/etc/hostname"])
def test_a_dockerfile_outside_the_context_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").touch()
    (tmp_path / "context").mkdir()
    with pytest.raises(InvalidInput, match="in the build context"):
        pack_context(tmp_path / "context", name)


def _until(pieces: Iterator[bytes], size: int) -> bytes:
    """Take pieces until the next one would be the content of a file of that size."""
    for piece in pieces:
        if len(piece) == size:
            return piece
    raise AssertionError("no such piece")


def test_a_file_that_becomes_shorter_is_an_error_that_names_it(write: Write) -> None:
    root = write({"z": "x" * (2 << 20)})
    pieces = iter(pack_context(root, "Dockerfile").pieces)
    _until(pieces, 1 << 20)
    os.truncate(root / "z", 10)
    with pytest.raises(InvalidInput, match=f"{root}/z became shorter"):
        list(pieces)


def test_a_file_that_grows_is_sent_as_it_was(write: Write) -> None:
    root = write({"z": "x" * (2 << 20)})
    pieces = iter(pack_context(root, "Dockerfile").pieces)
    begin = [next(pieces) for _ in range(4)]
    with (root / "z").open("a") as file:
        file.write("more" * (1 << 20))
    assert _content(b"".join([*begin, *pieces]), "z") == b"x" * (2 << 20)


def test_a_file_that_vanishes_is_an_error_that_names_it(write: Write) -> None:
    root = write({"z": "x"})
    pieces = iter(pack_context(root, "Dockerfile").pieces)
    next(pieces)
    (root / "z").unlink()
    with pytest.raises(InvalidInput, match=f"{root}/z"):
        list(pieces)


# What the disk holds


def test_the_dockerfile_is_told_as_text(write: Write) -> None:
    root = write()
    (root / "Dockerfile").write_bytes(b"FROM a # caf\xe9")
    assert pack_context(root).text == "FROM a # caf\ufffd"
    assert _content(_pack(root), "Dockerfile") == b"FROM a # caf\xe9"


def test_a_sparse_file_is_sent_in_bounded_memory(write: Write) -> None:
    root = write()
    with (root / "sparse").open("wb") as file:
        file.truncate(256 << 20)
    sent = 0
    tracemalloc.start()
    try:
        for piece in pack_context(root).pieces:
            sent += len(piece)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sent > 256 << 20
    assert peak < 8 << 20


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_may_not_be_read_is_named(kind: str) -> None:
    # In a folder that everybody may look into, which those of pytest are not.
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        root.chmod(0o755)
        (root / "Dockerfile").write_text("FROM scratch\n")
        (root / "secret").mkdir() if kind == "folder" else (root / "secret").touch()
        (root / "secret").chmod(0)
        with _nobody(), pytest.raises(InvalidInput, match=f"{root}/secret"):
            list(pack_context(root).pieces)
        (root / "secret").chmod(0o700)


@contextmanager
def _nobody() -> Iterator[None]:
    """Be somebody whom permissions stop, which root is not."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)
