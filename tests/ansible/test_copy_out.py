"""Files and folders out of containers."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from .test_copy import play, refusals

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

OUT = "container_copy_out"


@pytest.fixture
def container(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """A container that has never run."""
    name = scratch.name("files")
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=name)
    return name


def test_files_and_folders_are_copied_out(
    playbooks: Playbooks, engine: Engine, container: str, tmp_path: Path
) -> None:
    engine.containers.start(container)
    script = (
        "mkdir -p /d/in; echo one >/d/one; echo two >/d/in/two; ln -s one /d/link;"
        "ln /d/one /d/in/same; chmod 600 /d/one; ln -s /d/one /to-one"
    )
    assert engine.exec.run(container, ["sh", "-c", script]).exit_code == 0
    engine.containers.kill(container)
    target = tmp_path / "target"
    folder = {"container": container, "container_path": "/d", "path": str(target)}
    file = {**folder, "container_path": "/d/one", "path": str(tmp_path)}
    linked = {**folder, "container_path": "/to-one", "path": str(tmp_path / "two")}
    results = play(
        playbooks,
        OUT,
        [
            ("folder", folder, True),
            ("folder again", folder, False),
            ("file", file, True),
            ("file again", file, False),
            ("follow", {**linked, "follow": True}, True),
            ("followed", {**linked, "follow": True}, False),
            ("into", {**linked, "path": str(tmp_path), "follow": True}, True),
            ("link", {**linked, "path": str(tmp_path / "link"), "keep_links": True}, True),
            ("link again", {**linked, "path": str(tmp_path / "link"), "keep_links": True}, False),
            ("force", {**file, "force": True}, True),
        ],
    )
    assert (target / "one").read_text() == "one\n"
    assert (target / "one").stat().st_mode & 0o777 == 0o600
    assert (target / "in" / "same").samefile(target / "one")
    assert str((target / "link").readlink()) == "one"
    assert results["file"]["path"] == str(tmp_path / "one")
    assert results["follow"]["container_path"] == "/d/one"
    assert results["into"]["path"] == str(tmp_path / "to-one")
    assert results["folder"]["copied"] == [str(target)]

    (target / "one").write_text("other\n")
    (target / "in" / "two").chmod(0o600)
    (target / "mine").touch()
    results = play(
        playbooks,
        OUT,
        [
            ("there already", {**folder, "force": False}, False),
            ("change", folder, True),
            ("changed", folder, False),
        ],
    )
    # One of the two names of a file counts, the one that comes first.
    copied = set(results["change"]["copied"])
    assert len(copied & {str(target / "one"), str(target / "in" / "same")}) == 1
    assert len(copied) == 2
    assert "in/two: file 0600 4 bytes\n" in results["change"]["diff"]["before"]
    assert "in/two: file 0644 4 bytes\n" in results["change"]["diff"]["after"]
    assert (target / "one").read_text() == "one\n"
    assert (target / "mine").exists()


def test_what_cannot_be_copied_out_is_refused(
    playbooks: Playbooks, engine: Engine, container: str, scratch: Scratch, tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    engine.containers.put_archive(container, "/", packed.getvalue())
    (tmp_path / "file").touch()
    base = {"container": container, "container_path": "/etc", "path": str(tmp_path / "new")}
    said = refusals(
        playbooks,
        OUT,
        link={**base, "container_path": "/link"},
        folder_over_file={**base, "path": str(tmp_path / "file")},
        unnamed={**base, "path": ""},
        no_path={**base, "container_path": "/nothing"},
        no_container={**base, "container": scratch.name("missing")},
    )
    assert "follow copies what it leads to" in said["link"]
    assert "is no folder, and is not replaced by the folder /etc" in said["folder_over_file"]
    assert said["unnamed"].startswith("path: it is empty")
    assert "there is no /nothing" in said["no_path"]
    assert "No such container" in said["no_container"]
    assert not (tmp_path / "new").exists()
