"""Files out of containers: what archives reach, and what is asked for that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.ensure.files_out import CopyOut, fetch_from
from pytest_engine.core.errors import ContainerNotFound, InvalidInput, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scratch
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine


@pytest.mark.lacks("podman5", reason="what is in a tmpfs it reads")
def test_what_archives_do_not_reach_while_a_container_runs_is_refused(
    engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("hidden")
    script = (
        "ln -s /mem /link; ln -s /mem/file /other; echo kept > /kept/file; echo seen > /mem/file; "
        "exec sleep 600"
    )
    mounts: Any = [{"Type": "volume", "Target": "/kept", "Source": scratch.name("kept")}]
    host: Any = {"Tmpfs": {"/mem": "", "/root": ""}, "Mounts": mounts}
    body: Any = {"Image": busybox, "Cmd": ["sh", "-c", script], "HostConfig": host}
    engine.containers.create(body, name=name)
    Container(engine, name).copy_in({"below": b"below"}, "/root")
    engine.containers.start(name)
    assert engine.exec.run(name, ["sh", "-c", "until cat /mem/file; do :; done"]).exit_code == 0
    target = tmp_path / "file"
    for source, where, follow in (
        ("/mem/file", "/mem/file", False),
        ("link/file", "/mem/file", False),
        ("/link", "/mem", True),
        ("/other", "/mem/file", True),
        ("/root/below", "/root/below", False),
        ("/proc/version", "/proc/version", False),
    ):
        for check in (True, False):
            with pytest.raises(InvalidInput, match=f"^{where} in container {name} is in /"):
                fetch_from(engine, name, CopyOut(source, target, follow=follow), check=check)
    assert not target.exists()
    with pytest.raises(NotFound):
        fetch_from(engine, name, CopyOut("/kept/none", target))
    assert fetch_from(engine, name, CopyOut("/kept/file", target)).changes
    assert target.read_text() == "kept\n"
    engine.containers.stop(name, timeout=0)
    assert fetch_from(engine, name, CopyOut("/root/below", tmp_path / "below")).changes


def test_what_is_here_already_takes_two_requests(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog, tmp_path: Path
) -> None:
    name = scratch.name("asked")
    engine.containers.create({"Image": busybox}, name=name)
    wanted = CopyOut("/etc/passwd", tmp_path / "passwd")
    with Engine(counted.host, environ={}, api_version="1.41") as client:
        assert fetch_from(client, name, wanted).changes
        counted.take()
        assert fetch_from(client, name, wanted).changes == ()
        assert len(counted.take()) == 2
        with pytest.raises(ContainerNotFound):
            fetch_from(client, scratch.name("none"), wanted)


def test_a_link_to_a_folder_here_is_that_folder_and_one_in_it_is_not(
    engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("linked")
    engine.containers.create({"Image": busybox}, name=name)
    Container(engine, name).copy_in({"in/file": b"one"}, "/data")
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    wanted = CopyOut("/data", tmp_path / "link")
    assert fetch_from(engine, name, wanted).changes
    assert (tmp_path / "real" / "in" / "file").read_bytes() == b"one"
    assert (tmp_path / "link").is_symlink()
    assert fetch_from(engine, name, wanted).changes == ()
    assert fetch_from(engine, name, wanted, check=True).changes == ()
    forced = fetch_from(engine, name, replace(wanted, force=True), check=True)
    assert [change.actual and change.actual.kind for change in forced.changes] == ["folder"]
    (tmp_path / "real" / "in").rename(tmp_path / "moved")
    (tmp_path / "real" / "in").symlink_to(tmp_path / "moved")
    changed = fetch_from(engine, name, wanted, check=True).changes
    assert [(change.name, change.actual and change.actual.kind) for change in changed] == [
        ("in", "link")
    ]
