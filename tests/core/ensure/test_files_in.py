"""Files into containers: what is asked, read and sent for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.files_in import CopyIn, copy_into, same_content
from pytest_engine.core.ensure.files_out import CopyOut
from pytest_engine.core.ensure.trees import content_entry, path_entries
from pytest_engine.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

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


@pytest.mark.parametrize("path", ["", " "])
@pytest.mark.parametrize(
    "copy", [lambda path: CopyIn(path, []), lambda path: CopyOut(path, Path())]
)
def test_an_empty_path_is_not_the_root_of_the_container(
    copy: Callable[[str], object], path: str
) -> None:
    with pytest.raises(InvalidInput, match=r"^container_path: name the path in the container"):
        copy(path)


@pytest.mark.parametrize("kind", ["file", "link"])
@pytest.mark.parametrize("path", ["/etc/nginx/", "/etc/nginx/.", "/etc/nginx/..", "/", "."])
def test_a_file_does_not_become_what_is_written_as_a_folder(path: str, kind: str) -> None:
    file = content_entry(b"", 0o644)
    assert CopyIn(path, [replace(file, kind="folder")]).target == path
    with pytest.raises(InvalidInput, match=f"^container_path: {path} is a folder, .* with its na"):
        CopyIn(path, [replace(file, kind=kind)])


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
        # Before it changes something, it asks what is mounted in the container.
        assert requests(b"longer") == ["HEAD", "GET", "PUT"]
        assert requests(b"longer", 0o600) == ["HEAD", "GET", "PUT"]
        assert requests(b"other.", 0o600) == ["HEAD", "GET", "GET", "PUT"]
        assert requests(b"more", force=False) == ["HEAD"]
        assert requests(b"other.", 0o600, force=True) == ["HEAD", "GET", "PUT"]


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
@pytest.mark.lacks("podman5", reason="what is put below a tmpfs is in it, too")
def test_what_archives_do_not_reach_is_refused(
    engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("hidden")
    mounts: Any = [
        {"Type": "tmpfs", "Target": "/mem"},
        {"Type": "volume", "Target": "/run/kept", "Source": scratch.name("kept")},
    ]
    host: Any = {"Tmpfs": {"/run": ""}, "Mounts": mounts}
    body: Any = {"Image": busybox, "Cmd": ["sleep", "600"], "HostConfig": host}
    engine.containers.create(body, name=name)
    link = replace(content_entry(b"", 0o777), kind="link", link="run")
    copy_into(engine, name, CopyIn("/link", [link], owner=ROOT))
    (tmp_path / "run" / "kept").mkdir(parents=True)
    (tmp_path / "run" / "kept" / "file").touch()
    tree = path_entries(tmp_path, follow=True, mode=0o644, folder_mode=0o755)
    file = [content_entry(b"text", 0o644)]
    for wanted, where in (
        (CopyIn("/run/file", file), "/run/file"),
        (CopyIn("run/file", file, force=False), "/run/file"),
        (CopyIn("/link/file", file), "/run/file"),
        (CopyIn("/link", tree, follow=True), "/run"),
        (CopyIn("/mem", tree), "/mem"),
        (CopyIn("/proc/file", file), "/proc/file"),
    ):
        with pytest.raises(InvalidInput, match=f"^{where} in container {name} is in /"):
            copy_into(engine, name, replace(wanted, owner=ROOT), check=True)
    for target in ("/run/kept/file", "/link/kept/other", "/running"):
        assert copy_into(engine, name, CopyIn(target, file, owner=ROOT)).changes
    engine.containers.start(name)
    seen = engine.exec.run(name, ["cat", "/run/kept/file", "/run/kept/other", "/running"])
    assert seen.stdout == b"text" * 3
    assert copy_into(engine, name, CopyIn("/", tree, owner=ROOT)).changes
    (tmp_path / "run" / "file").touch()
    tree = path_entries(tmp_path, follow=True, mode=0o644, folder_mode=0o755)
    with pytest.raises(InvalidInput, match=f"^/run/file in container {name} is in /run, which"):
        copy_into(engine, name, CopyIn("/", tree, owner=ROOT))


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
