"""Devices, pipes and sockets of this machine stay what they are."""

from __future__ import annotations

import base64
import json
import os
import socket
import stat
import tarfile
import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.archive import unpack
from pytest_engine.core.client import Engine
from pytest_engine.core.copying import copy_out
from pytest_engine.core.endpoint import Tls
from pytest_engine.core.ensure.archived_images import read_archive
from pytest_engine.core.ensure.files_out import CopyOut, fetch_from
from pytest_engine.core.ensure.logins import LoginSpec, ensure_login
from pytest_engine.core.errors import CopyFailed, InvalidInput
from pytest_engine.core.spec.values import read_env_file
from pytest_engine.core.transport.tls import make_context
from pytest_engine.core.writing import replace_file
from tests.core.archive.making import archive, folder, link, member
from tests.core.scripted import PONG, Read, answer

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Callable
    from pathlib import Path

    from tests.core.conftest import Serve

# A file and a link in a container, as an engine tells of them.
FILE, LINK = 0o644, 1 << 27 | 0o777


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes to."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.fixture(params=["pipe", "link"])
def place(request: pytest.FixtureRequest, pipe: Path) -> Path:
    """The pipe, or a link to it."""
    if request.param == "pipe":
        return pipe
    path = pipe.with_name("link")
    path.symlink_to(pipe)
    return path


def there(mode: int) -> bytes:
    """Answer that something is in a container."""
    fields = {"name": "f", "size": 1, "mode": mode, "mtime": "2024-01-01T00:00:00Z"}
    text = json.dumps({**fields, "linkTarget": "elsewhere"}).encode()
    return answer(x_docker_container_path_stat=base64.b64encode(text).decode())


def test_a_pipe_is_not_replaced_by_a_file(place: Path) -> None:
    with pytest.raises(InvalidInput, match="is no file, and is not replaced by one"):
        replace_file(place, [b"new"])
    assert stat.S_ISFIFO(place.stat().st_mode)
    assert len(list(place.parent.iterdir())) == 1 + place.is_symlink()


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("check", [True, False])
def test_a_pipe_is_no_place_for_logins(
    serve: Serve, place: Path, state: str, *, check: bool
) -> None:
    server, wanted = serve(()), LoginSpec("host:5000", "me", "secret")
    with Engine(server.host, environ={}) as engine, pytest.raises(InvalidInput) as caught:
        ensure_login(engine, wanted, str(place), state=state, check=check)
    assert str(caught.value).startswith(f"config_path: {place} is no file")
    assert server.connections == 0


@pytest.mark.parametrize("check", [True, False])
def test_a_pipe_is_not_replaced_by_what_is_in_a_container(
    serve: Serve, place: Path, *, check: bool
) -> None:
    server = serve((Read.REQUEST, PONG, Read.REQUEST, there(FILE)))
    with Engine(server.host, environ={}) as engine, pytest.raises(InvalidInput) as caught:
        fetch_from(engine, "c", CopyOut("/f", place, force=True), check=check)
    assert str(caught.value).startswith(f"path: {place} is a device, a pipe or a socket")


def test_a_pipe_is_not_replaced_by_a_copy(serve: Serve, place: Path) -> None:
    server = serve((Read.REQUEST, PONG, Read.REQUEST, there(FILE)))
    with Engine(server.host, environ={}) as engine, pytest.raises(InvalidInput, match="a pipe"):
        copy_out(engine.containers, "c", "/f", place)
    assert stat.S_ISFIFO(place.stat().st_mode)


def test_a_link_to_a_pipe_may_be_replaced_by_a_link(serve: Serve, pipe: Path) -> None:
    place = pipe.with_name("link")
    place.symlink_to(pipe)
    packed = answer(archive(link("f", "elsewhere")), content_type="application/x-tar")
    found = (Read.REQUEST, PONG, Read.REQUEST, there(LINK))
    # The last is an inspect, of a container that does not run.
    scripts = found, (Read.REQUEST, packed), (Read.REQUEST, answer(b"{}"))
    wanted = CopyOut("/f", place, keep_links=True)
    with Engine(serve(*scripts).host, environ={}) as engine:
        assert len(fetch_from(engine, "c", wanted, check=True).changes) == 1
    with Engine(serve(*scripts).host, environ={}) as engine:
        copy_out(engine.containers, "c", "/f", place, keep_links=True)
    assert str(place.readlink()) == "elsewhere"


@pytest.mark.parametrize("one", [member("d/pipe", b"new"), link("d/pipe", "f")])
def test_a_pipe_in_a_folder_is_not_replaced(one: tuple[tarfile.TarInfo, bytes], pipe: Path) -> None:
    with pytest.raises(CopyFailed, match="pipe is a device, a pipe or a socket"):
        unpack([archive(folder("d"), one)], pipe.parent)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (read_archive, "^{} is no archive of images that can be read: it is a device, a pipe"),
        (lambda path: make_context(Tls(ca=path)), "^TLS: {} cannot be read: it is a device"),
        (lambda path: make_context(Tls(cert=path)), "^TLS: {} cannot be read: it is a device"),
        (lambda path: make_context(Tls(cert=path, key=path)), "^TLS: {} cannot be read: it is a"),
    ],
)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(
    read: Callable[[str], object], said: str, place: Path
) -> None:
    with pytest.raises(InvalidInput, match=said.format(place)):
        read(str(place))


def test_a_socket_is_no_file_to_read(tmp_path: Path) -> None:
    place = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        with pytest.raises(InvalidInput, match=f"^env_file: {place} cannot be read: it is a dev"):
            read_env_file(str(place))


def test_a_pipe_that_somebody_writes_to_is_read(place: Path) -> None:
    writer = threading.Thread(target=place.write_text, args=("A=1\n",))
    writer.start()
    assert read_env_file(str(place)) == {"A": "1"}
    writer.join()


def test_what_a_shell_hands_over_is_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"A=1")
    os.close(writer)
    try:
        assert read_env_file(f"/dev/fd/{reader}") == {"A": "1"}
    finally:
        os.close(reader)
    assert read_env_file(os.devnull) == {}
