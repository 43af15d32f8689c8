"""Files into containers: what is asked, read and sent for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.files_in import CopyIn, copy_into, same_content
from pytest_engine.core.ensure.trees import content_entry, path_entries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scratch
    from tests.request_log import RequestLog

ROOT = (0, 0)
# Pieces of contents, and whether they are the same.
CONTENTS: list[tuple[list[bytes], list[bytes], bool]] = [
    ([], [], True),
    ([b""], [], True),
    ([b"ab", b"c"], [b"a", b"bc"], True),
    ([b"abc"], [b"ab"], False),
    ([b"ab"], [b"abc"], False),
    ([b"abc"], [b"abd"], False),
    ([b"a"], [], False),
]


def test_contents_are_compared_however_they_are_cut() -> None:
    for wanted, there, same in CONTENTS:
        assert same_content(wanted, there) is same, (wanted, there)


@pytest.mark.engine
def test_content_is_read_only_where_all_else_is_the_same(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog
) -> None:
    name = scratch.name("asked")
    engine.containers.create({"Image": busybox}, name=name)

    def requests(content: bytes, mode: int = 0o644, *, force: bool | None = None) -> list[str]:
        wanted = CopyIn("/file", [content_entry(content, mode)], owner=ROOT, force=force)
        copy_into(client, name, wanted)
        return [request.partition(" ")[0] for request in counted.take()]

    with Engine(counted.host, environ={}, api_version="1.41") as client:
        requests(b"one")
        assert requests(b"one") == ["HEAD", "GET"]
        assert requests(b"longer") == ["HEAD", "PUT"]
        assert requests(b"longer", 0o600) == ["HEAD", "PUT"]
        assert requests(b"other.", 0o600) == ["HEAD", "GET", "PUT"]
        assert requests(b"more", force=False) == ["HEAD"]
        assert requests(b"other.", 0o600, force=True) == ["HEAD", "PUT"]


@pytest.mark.engine
def test_a_folder_takes_one_look_and_its_foreign_files_are_not_read(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog, tmp_path: Path
) -> None:
    name = scratch.name("folder")
    engine.containers.create({"Image": busybox}, name=name)
    for number in range(20):
        (tmp_path / f"file-{number}").write_text(str(number))
    entries = path_entries(tmp_path, follow=True, mode=0o644, folder_mode=0o755)
    wanted = CopyIn("/folder", entries, owner=ROOT)
    with Engine(counted.host, environ={}, api_version="1.41") as client:
        assert len(copy_into(client, name, wanted).changes) == 21
        counted.take()
        assert copy_into(client, name, wanted).changes == ()
        assert len(counted.take()) == 2


@pytest.mark.engine
def test_a_large_file_is_sent_and_compared_as_it_is_read(
    engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("large")
    engine.containers.create({"Image": busybox}, name=name)
    file = tmp_path / "large"
    piece = bytes(range(256)) * 4096
    with file.open("wb") as output:
        for _number in range(40):
            output.write(piece)
    wanted = CopyIn("/large", path_entries(file, follow=True, mode=None, folder_mode=None))
    assert len(copy_into(engine, name, wanted).changes) == 1
    assert engine.containers.archive_info(name, "/large").size == 40 << 20
    assert copy_into(engine, name, wanted).changes == ()
    with file.open("r+b") as output:
        output.seek(39 << 20)
        output.write(b"changed")
    changed = copy_into(engine, name, wanted, check=True).changes
    assert [change.wanted.name for change in changed] == [""]
