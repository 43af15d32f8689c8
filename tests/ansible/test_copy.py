"""Files and folders into containers."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import NotFound

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

INTO = "container_copy_into"
Step = tuple[str, dict[str, Any], bool]


@pytest.fixture
def container(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """A container that has never run."""
    name = scratch.name("files")
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=name)
    return name


def members(engine: Engine, container: str, path: str) -> dict[str, tarfile.TarInfo]:
    with engine.containers.get_archive(container, path) as archive:
        data = b"".join(archive)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        return {member.name: member for member in tar}


def content(engine: Engine, container: str, path: str) -> bytes:
    with engine.containers.get_archive(container, path) as archive:
        data = b"".join(archive)
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        file = tar.extractfile(tar.getmembers()[0])
        assert file is not None
        return file.read()


def play(playbooks: Playbooks, module: str, steps: Iterable[Step]) -> dict[str, dict[str, Any]]:
    """Run a module step by step, in check mode before each change."""
    tasks: list[dict[str, Any]] = []
    expected: dict[str, bool] = {}
    for name, options, changes in steps:
        task = {"name": name, f"pytest_engine.engine.{module}": options}
        if changes:
            tasks.append({**task, "name": f"{name} (check)", "check_mode": True})
            expected[f"{name} (check)"] = True
        tasks.append(task)
        expected[name] = changes
    run = playbooks.run_tasks(tasks, "--diff")
    assert run.returncode == 0, run.output
    assert {name: result["changed"] for name, result in run.results.items()} == expected
    for name, result in run.results.items():
        if name.endswith("(check)"):
            done = run.results[name.removesuffix(" (check)")]
            assert (result["copied"], result.get("diff")) == (done["copied"], done.get("diff"))
    return run.results


def refusals(playbooks: Playbooks, module: str, **tasks: dict[str, Any]) -> dict[str, str]:
    """What a module says to tasks that all have to fail, in check mode as well."""
    said = []
    for arguments in ((), ("--check",)):
        run = playbooks.run_tasks(
            [
                {"name": name, f"pytest_engine.engine.{module}": options, "ignore_errors": True}
                for name, options in tasks.items()
            ],
            *arguments,
        )
        assert list(run.messages) == list(tasks), run.output
        assert "This is a bug" not in run.output
        said.append(run.messages)
    assert said[0] == said[1]
    return said[0]


def test_a_file_is_copied_into_a_container_that_never_ran(
    playbooks: Playbooks, engine: Engine, container: str, tmp_path: Path
) -> None:
    file = tmp_path / "motd"
    file.write_text("hello\n")
    file.chmod(0o640)
    other = tmp_path / "other"
    other.write_text("HELLO\n")
    other.chmod(0o640)
    base = {"container": container, "path": str(file), "container_path": "/motd"}
    results = play(
        playbooks,
        INTO,
        [
            ("create", base, True),
            ("again", base, False),
            ("content", {**base, "path": str(other)}, True),
            ("not over what is there", {**base, "force": False}, False),
            ("force", {**base, "force": True}, True),
            ("mode", {**base, "mode": "0600", "mode_parse": "modern"}, True),
            ("mode again", {**base, "mode": 0o600}, False),
            ("owner", {**base, "mode": 0o600, "owner_id": 7, "group_id": 8}, True),
            ("owner again", {**base, "mode": "384", "owner_id": 7, "group_id": 8}, False),
        ],
    )
    member = members(engine, container, "/motd")["motd"]
    assert (member.mode & 0o7777, member.uid, member.gid) == (0o600, 7, 8)
    assert member.mtime == int(file.stat().st_mtime)
    assert content(engine, container, "/motd") == b"hello\n"
    assert results["create"]["container_path"] == "/motd"
    assert results["create"]["copied"] == ["/motd"]
    assert results["create"]["diff"] == {
        "before_header": "/motd",
        "before": "",
        "after_header": str(file),
        "after": "hello\n",
    }
    diff = results["content"]["diff"]
    assert (diff["before"], diff["after"]) == ("hello\n", "HELLO\n")
    assert results["mode"]["diff"]["prepared"] == "mode: 0640 -> 0600\n"
    assert results["owner"]["diff"]["prepared"] == "owner: 0:0 -> 7:8\n"
    again = results["again"]["diff"]
    assert again["before"] == again["after"]


def test_a_content_is_copied_and_not_logged(
    playbooks: Playbooks, engine: Engine, container: str
) -> None:
    base = {"container": container, "container_path": "/a1", "mode": "0644"}
    base["mode_parse"] = "octal_string_only"
    results = play(
        playbooks,
        INTO,
        [
            ("short", {**base, "content": "1"}, True),
            ("again", {**base, "content": "1"}, False),
            ("base64", {**base, "content": "AP8=", "content_is_b64": True}, True),
            ("base64 again", {**base, "content": "AP\n8 =\n", "content_is_b64": True}, False),
            ("text", {**base, "content": "grün\n"}, True),
            ("large", {**base, "content": "x" * 200_000}, True),
            ("empty", {**base, "content": ""}, True),
            ("empty again", {**base, "content": ""}, False),
        ],
    )
    assert results["short"]["container_path"] == "/a1"
    assert results["short"]["diff"]["after"] == "1"
    assert results["base64"]["diff"] == {"before": "1", "before_header": "/a1", "src_binary": 1}
    assert results["text"]["diff"]["dst_binary"] == 1
    assert results["text"]["diff"]["after"] == "grün\n"
    assert results["text"]["diff"]["after_header"] == "dynamically generated"
    assert results["large"]["diff"]["src_larger"] == results["empty"]["diff"]["dst_larger"]
    invocation = results["text"]["invocation"]["module_args"]
    assert "grün" not in str(invocation)
    assert members(engine, container, "/a1")["a1"].mode & 0o7777 == 0o644


def test_a_folder_is_copied_and_only_what_differs_is_sent(
    playbooks: Playbooks, engine: Engine, container: str, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    (site / "deep" / "er").mkdir(parents=True)
    (site / "index.html").write_text("<h1>")
    (site / "deep" / "er" / "data").write_bytes(bytes(range(256)) * 5000)
    (site / "deep" / "link").symlink_to("er/data")
    os.mkfifo(site / "pipe")
    base = {"container": container, "path": str(site), "container_path": "/site/"}
    kept = {**base, "local_follow": False, "container_path": "/kept"}
    results = play(
        playbooks,
        INTO,
        [("create", base, True), ("again", base, False), ("links", kept, True)],
    )
    assert results["create"]["copied"] == [
        "/site",
        "/site/deep",
        "/site/deep/er",
        "/site/deep/er/data",
        "/site/deep/link",
        "/site/index.html",
    ]
    there = members(engine, container, "/kept")
    assert there["kept/deep/link"].linkname == "er/data"
    assert members(engine, container, "/site")["site/deep/link"].size == 256 * 5000

    (site / "deep" / "er" / "data").write_bytes(bytes(reversed(range(256))) * 5000)
    (site / "index.html").chmod(0o600)
    engine.containers.put_archive(container, "/kept", _one_file("foreign", b"stays"))
    results = play(
        playbooks,
        INTO,
        [
            ("change", kept, True),
            ("changed", kept, False),
            ("modes", {**kept, "mode": 0o444, "directory_mode": "0700"}, True),
            ("modes again", {**kept, "mode": 0o444, "directory_mode": "0700"}, False),
            ("there already", {**kept, "force": False}, False),
            ("into the root", {**kept, "path": str(site / "deep"), "container_path": "/"}, True),
            ("in the root", {**kept, "path": str(site / "deep"), "container_path": "/"}, False),
        ],
    )
    assert results["change"]["copied"] == ["/kept/deep/er/data", "/kept/index.html"]
    diff = results["change"]["diff"]
    assert "index.html: file 0644 0:0 4 bytes\n" in diff["before"]
    assert "index.html: file 0600 0:0 4 bytes\n" in diff["after"]
    assert results["modes"]["copied"] == [
        "/kept",
        "/kept/deep",
        "/kept/deep/er",
        "/kept/deep/er/data",
        "/kept/index.html",
    ]
    assert results["into the root"]["copied"] == ["/er", "/er/data", "/link"]
    assert content(engine, container, "/kept/foreign") == b"stays"


def _one_file(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def test_files_belong_to_the_user_that_the_container_runs_as(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    users = {"name": "web:www", "number": "1234", "known": "500", "both": "7:8", "root": "root"}
    names = {sort: scratch.name(sort) for sort in [*users, "unknown"]}
    for sort, name in names.items():
        user = users.get(sort, "nobody-knows")
        engine.containers.create({"Image": busybox, "User": user}, name=name)
        engine.containers.put_archive(name, "/etc", _one_file("passwd", b"web:x:500:501::/:/sh\n"))
        engine.containers.put_archive(name, "/etc", _one_file("group", b"web:x:501:\nwww:x:502:\n"))
    options = {"content": "x", "mode": 0o644, "container_path": "/x"}
    module = f"pytest_engine.engine.{INTO}"
    tasks = [
        {"name": sort, module: {"container": name, **options}, "ignore_errors": True}
        for sort, name in names.items()
    ]
    run = playbooks.run_tasks(tasks)
    owners = {}
    for sort in users:
        member = members(engine, names[sort], "/x")["x"]
        owners[sort] = (member.uid, member.gid)
    assert owners == {
        "name": (500, 502),
        "number": (1234, 0),
        "known": (500, 501),
        "both": (7, 8),
        "root": (0, 0),
    }
    assert run.messages["unknown"].endswith(
        "runs as nobody-knows, who is not in its /etc/passwd. State owner_id and group_id."
    )
    assert playbooks.run_tasks(tasks).changed == []


def test_links_in_the_container_are_replaced_or_followed(
    playbooks: Playbooks, engine: Engine, container: str
) -> None:
    engine.containers.start(container)
    script = "mkdir /d; echo old >/d/file; ln -s d/file /link; ln -s /d/new /dangling"
    assert engine.exec.run(container, ["sh", "-c", script]).exit_code == 0
    base = {"container": container, "content": "new\n", "mode": 0o644}
    results = play(
        playbooks,
        f"docker_{INTO}",
        [
            ("follow", {**base, "container_path": "/link", "follow": True}, True),
            ("followed", {**base, "container_path": "/link", "follow": True}, False),
            ("to nothing", {**base, "container_path": "/dangling", "follow": True}, True),
            ("replace", {**base, "container_path": "/link"}, True),
            ("replaced", {**base, "container_path": "/link"}, False),
        ],
    )
    assert results["follow"]["container_path"] == "/d/file"
    assert results["to nothing"]["container_path"] == "/d/new"
    assert results["replace"]["diff"]["before"] == "/d/file"
    assert members(engine, container, "/link")["link"].isreg()


def test_a_file_takes_the_place_of_a_folder(
    playbooks: Playbooks, engine: Engine, container: str
) -> None:
    engine.containers.put_archive(container, "/etc", _one_file("passwd", b"root:x:0:0::/:/sh\n"))
    wanted = {"container": container, "content": "new\n", "mode": 0o644, "container_path": "/etc"}
    unwanted = {**wanted, "content": "never", "force": False}
    results = play(
        playbooks,
        f"docker_{INTO}",
        [
            ("replace", {**wanted, "owner_id": 0, "group_id": 0}, True),
            ("replaced", {**wanted, "owner_id": 0, "group_id": 0}, False),
            ("leave", {**unwanted, "owner_id": 0, "group_id": 0}, False),
        ],
    )
    assert results["replace"]["diff"]["before"] == "(directory)"
    assert results["leave"]["diff"] == {
        "before_header": "/etc",
        "before": "new\n",
        "after_header": "/etc",
        "after": "new\n",
    }
    assert members(engine, container, "/etc")["etc"].isreg()


def test_what_cannot_be_copied_into_a_container_is_refused(
    playbooks: Playbooks, engine: Engine, container: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "folder" / "passwd").mkdir(parents=True)
    (tmp_path / "file").touch()
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "back").symlink_to("../circle")
    engine.containers.put_archive(container, "/", _one_file("taken", b""))
    text = {"container": container, "content": "secret-content", "container_path": "/x"}
    file = {"container": container, "path": str(tmp_path / "file"), "container_path": "/x"}
    said = refusals(
        playbooks,
        INTO,
        both={**text, "path": "/x", "mode": 1},
        neither={"container": container, "container_path": "/x"},
        no_mode=text,
        half_an_owner={**file, "owner_id": 1},
        mode={**file, "mode": "rw", "mode_parse": "modern"},
        number={**file, "mode": 420, "mode_parse": "octal_string_only"},
        base64={**text, "mode": 1, "content_is_b64": True},
        foreign={**text, "content": "####", "mode": 1, "content_is_b64": True},
        unnamed={**file, "path": ""},
        missing={**file, "path": str(tmp_path / "missing")},
        circle={**file, "path": str(tmp_path / "circle")},
        file_over_all={**file, "container_path": "/"},
        file_over_folder={**text, "mode": 1, "container_path": "/etc/"},
        folder_over_file={**file, "path": str(tmp_path / "folder"), "container_path": "/taken"},
        below_a_file={**file, "container_path": "/taken/below"},
        below_that={**file, "container_path": "/taken/below/further"},
        no_folder={**file, "container_path": "/nowhere/file"},
        no_container={**file, "container": scratch.name("missing")},
    )
    assert "because /taken is a file and no folder" in said["below_a_file"]
    assert "because /taken is a file and no folder" in said["below_that"]
    assert "/nowhere" in said["no_folder"]
    assert "mutually exclusive" in said["both"]
    assert "mode" in said["no_mode"]
    assert "owner_id, group_id" in said["half_an_owner"]
    assert said["mode"] == "mode: 'rw' is not an octal number that stands for permissions."
    assert said["number"] == (
        "mode: 420 is not an octal number in a string that stands for permissions."
    )
    assert said["base64"].startswith("content: it is not Base64")
    assert said["foreign"].startswith("content: it is not Base64")
    assert said["unnamed"].startswith("path: name the file or folder")
    assert said["missing"].startswith("path: there is no ")
    assert "leads back to a folder that it is in" in said["circle"]
    assert said["file_over_all"].startswith("container_path: / is a folder")
    assert said["file_over_folder"].startswith("container_path: /etc/ is a folder")
    assert "is a file, which is not replaced by a folder" in said["folder_over_file"]
    assert "No such container" in said["no_container"]
    with pytest.raises(NotFound):
        engine.containers.archive_info(container, "/x")
