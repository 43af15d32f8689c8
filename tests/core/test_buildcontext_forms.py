"""Build contexts that are no folder, and Dockerfiles that are not part of one."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.archive import pack_files
from pytest_engine.core.buildcontext import BuildContext, pack_context
from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _names(data: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return sorted(archive.getnames())


def _content(data: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        file = archive.extractfile(name)
        assert file is not None
        return file.read()


def _pack(context: BuildContext, dockerfile: str = "Dockerfile") -> bytes:
    return b"".join(pack_context(context, dockerfile).pieces)


def test_a_mapping_becomes_an_archive() -> None:
    files: dict[str, str | bytes] = {"Dockerfile": "FROM a", "d/\u00fc": b"\xff"}
    data = _pack(files)
    assert (_content(data, "Dockerfile"), _content(data, "d/\u00fc")) == (b"FROM a", b"\xff")


def test_a_mapping_without_the_dockerfile_is_refused() -> None:
    with pytest.raises(InvalidInput, match="The build context has no Dockerfile"):
        pack_context({"a": "b"}, "Dockerfile")


@pytest.mark.pitfall(32)
def test_an_ignore_file_counts_in_a_mapping_as_well() -> None:
    files = {
        "Dockerfile": "FROM a",
        ".dockerignore": "*\n!keep",
        "keep": "",
        "not": "",
        "./d/x": "",
    }
    assert _names(_pack(files)) == [".dockerignore", "Dockerfile", "keep"]
    files["Dockerfile.dockerignore"] = "keep"
    assert "keep" not in _names(_pack(files))


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": 5},
        {"Dockerfile": None},
        {"Dockerfile": "", "": ""},
        {"Dockerfile": "", "a\0b": ""},
        {"Dockerfile": "", "\ud800": ""},
        {"Dockerfile": "\ud800"},
        {"Dockerfile": "", 5: ""},
        {"Dockerfile": "", ".dockerignore": b"\xff"},
        {"Dockerfile": "", ".dockerignore": "["},
    ],
)
def test_a_mapping_to_something_else_is_refused(files: Any) -> None:
    with pytest.raises(InvalidInput):
        pack_context(files)


@pytest.mark.parametrize("context", [5, 5.0, object()])
def test_what_is_no_context_is_refused(context: Any) -> None:
    with pytest.raises(InvalidInput, match="is no build context"):
        pack_context(context)


@pytest.mark.parametrize("dockerfile", ["", 5, None, "a\0b"])
def test_what_is_no_path_of_a_dockerfile_is_refused(dockerfile: Any) -> None:
    with pytest.raises(InvalidInput, match="is no path"):
        pack_context({"Dockerfile": ""}, dockerfile)


@pytest.mark.parametrize(
    "make", [bytes, bytearray, io.BytesIO, lambda data: [data[:700], data[700:]]]
)
def test_an_archive_is_sent_as_it_is(make: Callable[[bytes], Any]) -> None:
    archive = b"".join(pack_files({"Dockerfile": "FROM a", "x": "y" * 600}))
    packed = pack_context(make(archive), "Dockerfile")
    assert b"".join(packed.pieces) == archive
    assert (packed.dockerfile, packed.text) == ("Dockerfile", None)


@pytest.mark.parametrize("pieces", [[5], ["text"], [b"a", None]])
def test_pieces_that_are_no_bytes_are_refused_while_they_are_sent(pieces: Any) -> None:
    with pytest.raises(InvalidInput, match="which is not bytes"):
        list(pack_context(pieces).pieces)


def test_a_file_of_text_is_refused() -> None:
    with pytest.raises(InvalidInput, match="open it as one of bytes"):
        pack_context(io.StringIO("text"))  # type: ignore[arg-type]


def test_an_archive_that_cannot_be_read_is_an_error_of_ours() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"a"
        raise OSError("the disk is gone")

    with pytest.raises(InvalidInput, match="cannot be read: the disk is gone"):
        list(pack_context(pieces()).pieces)


def test_without_a_context_nothing_is_sent() -> None:
    packed = pack_context(None)
    assert (list(packed.pieces), packed.text) == ([], None)


# A Dockerfile that is not part of the context


@pytest.mark.parametrize("text", ["FROM other\n", b"FROM other\n"])
def test_a_dockerfile_is_added_under_a_name_of_its_own(text: str | bytes, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "x").write_text("y")
    for context in (tmp_path, {"Dockerfile": "FROM scratch\n", "x": "y"}):
        packed = pack_context(context, dockerfile_text=text)
        data = b"".join(packed.pieces)
        assert _names(data) == [packed.dockerfile, "Dockerfile", "x"]
        assert _content(data, packed.dockerfile) == b"FROM other\n"
        assert _content(data, "Dockerfile") == b"FROM scratch\n"
        assert packed.text == "FROM other\n"


def test_an_added_dockerfile_has_the_same_name_every_time() -> None:
    names = [pack_context({}, dockerfile_text=text).dockerfile for text in ("a", "a", "b")]
    assert names[0] == names[1] != names[2]


def test_an_added_dockerfile_is_sent_whatever_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("**")
    for context in (tmp_path, {".dockerignore": "**", "x": ""}):
        packed = pack_context(context, dockerfile_text="FROM a")
        members = _names(b"".join(packed.pieces))
        assert members == sorted([".dockerignore", packed.dockerfile])


def test_an_added_dockerfile_needs_no_context() -> None:
    packed = pack_context(None, dockerfile_text="FROM a")
    assert _names(b"".join(packed.pieces)) == [packed.dockerfile]


@pytest.mark.parametrize("text", [5, "\ud800"])
def test_what_is_no_text_is_no_dockerfile(text: Any) -> None:
    with pytest.raises(InvalidInput, match="dockerfile_text"):
        pack_context({}, dockerfile_text=text)


def test_nothing_is_added_to_an_archive() -> None:
    with pytest.raises(InvalidInput, match="put the Dockerfile in"):
        pack_context(b"", dockerfile_text="FROM a")


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), st.binary()
    )
)
def test_any_files_arrive(files: dict[str, bytes]) -> None:
    files.pop(".dockerignore", None)
    files.pop("x.dockerignore", None)
    data = _pack({"x": b"FROM a", **files}, "x")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = [archive.extractfile(member) for member in archive]
        contents = sorted(file.read() for file in found if file is not None)
    assert contents == sorted({"x": b"FROM a", **files}.values())
