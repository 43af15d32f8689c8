"""Files into containers and out of them, by the rules of `docker cp`, on a real engine."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.container import Container
from pytest_engine.core.errors import (
    ContainerNotFound,
    CopyFailed,
    InvalidInput,
    NotFound,
    ServerError,
)
from tests.core.archive.making import archive, folder, member

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


@pytest.fixture
def never_started(engine: Engine, create: Run) -> Container:
    """Return a container that never ran, with a few files."""
    container = Container(engine, create())
    container.copy_in({"d/f": "text", "d/e/g": b"more"}, "/")
    return container


@pytest.fixture
def prepared(engine: Engine, finished: Run) -> Callable[[str], Container]:
    """Make containers in which a shell has done something."""
    return lambda script: Container(engine, finished("sh", "-c", script))


def _listing(container: Container, path: str) -> dict[str, tuple[int, int, int, bytes]]:
    """Tell what is in a folder: name -> (mode, user, group, content)."""
    data = b"".join(container.engine.containers.get_archive(container.id, f"{path}/."))
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for one in tar.getmembers():
            file = tar.extractfile(one) if one.isreg() else None
            content = file.read() if file else one.linkname.encode()
            # Podman leaves the root out, and the dot before what is in it.
            found[one.name.removeprefix("./")] = (one.mode & 0o7777, one.uid, one.gid, content)
    found.pop(".", None)
    return found


def _contents(container: Container, path: str) -> dict[str, bytes]:
    return {name: entry[3] for name, entry in _listing(container, path).items()}


# In


def test_bytes_become_a_file(never_started: Container) -> None:
    never_started.copy_in(b"hello", "/d/new")
    assert never_started.copy_out("/d/new") == b"hello"
    assert _listing(never_started, "/d")["new"][:3] == (0o644, 0, 0)


@pytest.mark.pitfall(29)
@pytest.mark.lacks("podman5", reason="in its archives all files belong to the container's user")
def test_bytes_replace_a_file_with_owner_and_mode(never_started: Container) -> None:
    never_started.copy_in(b"hello", "/d/f", owner=(12, 34), mode=0o4750)
    assert _listing(never_started, "/d")["f"] == (0o4750, 12, 34, b"hello")


def test_bytes_have_no_name_in_a_folder(never_started: Container) -> None:
    with pytest.raises(InvalidInput, match="is a folder; say what the file"):
        never_started.copy_in(b"hello", "/d")


@pytest.mark.lacks("podman5", reason="in its archives all files belong to the container's user")
def test_a_mapping_becomes_files_in_a_folder_that_is_there(never_started: Container) -> None:
    never_started.copy_in({"x": "1", "e/y": "2", "n/m/z": "3"}, "/d", owner=(5, 6))
    listing = _listing(never_started, "/d")
    assert listing["e"][:3] == (0o755, 0, 0)
    assert listing["n"][:3] == listing["n/m"][:3] == (0o755, 5, 6)
    assert listing["n/m/z"] == (0o644, 5, 6, b"3")
    assert (listing["e/y"][3], listing["e/g"][3]) == (b"2", b"more")


def test_a_mapping_becomes_a_new_folder(never_started: Container) -> None:
    never_started.copy_in({"x/y": "1"}, "/d/new/")
    assert _contents(never_started, "/d/new") == {"x": b"", "x/y": b"1"}


def test_folders_that_are_there_keep_their_mode(never_started: Container) -> None:
    never_started.engine.containers.put_archive(
        never_started.id, "/", archive(folder("sticky", 0o1777))
    )
    never_started.copy_in({"sticky/x": "1"}, "/")
    assert never_started.engine.containers.archive_info(never_started.id, "/sticky").mode == 0o1777


@pytest.mark.parametrize("name", ["/x", "../x", "a/../x", "", "a//b", "./a", "x\0y", "\ud800"])
def test_a_name_that_leaves_the_target_is_refused(name: str, never_started: Container) -> None:
    with pytest.raises(InvalidInput, match="is no path of a file below"):
        never_started.copy_in({name: b""}, "/d")


def test_content_that_cannot_be_sent_keeps_the_rest_from_being_sent(
    never_started: Container,
) -> None:
    with pytest.raises(InvalidInput, match="new/b is no text that can be sent"):
        never_started.copy_in({"new/a": "1", "new/b": "\udcff"}, "/")
    with pytest.raises(NotFound):
        never_started.engine.containers.archive_info(never_started.id, "/new")


@pytest.mark.parametrize(
    ("target", "expected"), [("/d", "/d/file"), ("/d/", "/d/file"), ("/d/new", "/d/new")]
)
def test_a_file_goes_into_a_folder_or_becomes_the_target(
    target: str, expected: str, never_started: Container, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("content")
    never_started.copy_in(tmp_path / "file", target)
    assert never_started.copy_out(expected) == b"content"


@pytest.mark.lacks("podman5", reason="it makes the folder")
def test_a_file_does_not_make_a_folder(never_started: Container, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="There is no folder /d/new/"):
        never_started.copy_in(tmp_path / "file", "/d/new/")
    with pytest.raises(InvalidInput, match="is no folder"):
        never_started.copy_in(tmp_path / "file", "/d/f/")
    with pytest.raises(NotFound):
        never_started.copy_in(tmp_path / "file", "/missing/file")


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("", "/d", "/d/src"),
        ("", "/d/new", "/d/new"),
        ("", "/d/new/", "/d/new"),
        ("/.", "/d/e", "/d/e"),
        ("/.", "/d/new", "/d/new"),
    ],
)
@pytest.mark.pitfall(31)
def test_a_folder_goes_into_one_or_becomes_the_target(
    source: str, target: str, expected: str, never_started: Container, tmp_path: Path
) -> None:
    (tmp_path / "src" / "sub").mkdir(parents=True)
    (tmp_path / "src" / "sub" / "file").write_text("content")
    (tmp_path / "src" / "link").symlink_to("sub")
    never_started.copy_in(f"{tmp_path}/src{source}", target)
    found = _contents(never_started, expected)
    found.pop("g", None)
    assert found == {"link": b"sub", "sub": b"", "sub/file": b"content"}


def test_a_folder_does_not_replace_a_file(never_started: Container, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is no folder"):
        never_started.copy_in(tmp_path, "/d/f")


def test_a_file_inside_does_not_replace_a_folder(never_started: Container, tmp_path: Path) -> None:
    (tmp_path / "e").touch()
    with pytest.raises((InvalidInput, ServerError), match=r"cannot overwrite|file exists"):
        never_started.copy_in(f"{tmp_path}/.", "/d")


def test_a_link_in_the_container_is_followed(
    prepared: Callable[[str], Container], tmp_path: Path
) -> None:
    container = prepared("mkdir /d; ln -s d /l; echo old > /d/f; ln -s d/f /m; ln -s d/new /n")
    (tmp_path / "file").write_text("new")
    container.copy_in(tmp_path / "file", "/l")
    container.copy_in(b"through", "/m")
    assert _contents(container, "/d") == {"f": b"through", "file": b"new"}
    assert container.engine.containers.archive_info(container.id, "/m").is_link


def test_a_source_that_is_missing_is_refused(never_started: Container, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no"):
        never_started.copy_in(tmp_path / "missing", "/d")


def test_a_container_that_is_missing_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(ContainerNotFound):
        Container(engine, "no-such-container").copy_in(tmp_path, "/d")
    with pytest.raises(ContainerNotFound):
        Container(engine, "no-such-container").copy_out("/d")


@pytest.mark.pitfall(29)
def test_a_large_file_is_streamed_both_ways(never_started: Container, tmp_path: Path) -> None:
    block = bytes(range(256)) * 4096
    with (tmp_path / "large").open("wb") as file:
        for _ in range(32):
            file.write(block)
    never_started.copy_in(tmp_path / "large", "/d/large")
    back = never_started.copy_out("/d/large", tmp_path / "back")
    assert back.read_bytes() == block * 32


def test_everything_may_go_to_the_containers_user(engine: Engine, create: Run) -> None:
    # The engine looks the name up where it runs.
    name = create(User="daemon")
    engine.containers.put_archive(
        name, "/home", archive(member("f", b"x", uid=7, gid=7)), copy_uid_gid=True
    )
    assert _listing(Container(engine, name), "/home")["f"][1:3] == (1, 1)


# Out


@pytest.mark.pitfall(30)
def test_the_kind_of_a_path_is_told(prepared: Callable[[str], Container]) -> None:
    container = prepared("mkdir -m 1777 /d; echo text > /f; chmod 4755 /f; ln -s d /l; mkfifo /p")

    def info(path: str) -> Any:
        stat = container.engine.containers.archive_info(container.id, path)
        return (stat.name, stat.kind, stat.mode, stat.is_dir, stat.link_target)

    assert info("/d") == ("d", "folder", 0o1777, True, "")
    assert info("/f") == ("f", "file", 0o4755, False, "")
    # Podman calls a link by what it leads to.
    assert info("/l")[1:] == ("link", 0o777, False, "/d")
    assert info("/p")[1] == "other"
    assert container.engine.containers.archive_info(container.id, "/f").size == 5


@pytest.mark.lacks("podman5", reason="it tells of the link, also with a slash behind its name")
def test_a_link_with_a_slash_behind_it_is_the_folder(prepared: Callable[[str], Container]) -> None:
    container = prepared("mkdir /d; chmod 1777 /d; ln -s d /l")
    info = container.engine.containers.archive_info(container.id, "/l/")
    assert (info.name, info.kind, info.mode, info.is_dir) == ("l", "folder", 0o1777, True)


def test_a_path_that_is_missing_is_named(never_started: Container) -> None:
    with pytest.raises(NotFound, match="there is no /d/missing in the container"):
        never_started.copy_out("/d/missing")


@pytest.mark.pitfall(31)
def test_a_file_becomes_the_target_or_goes_into_a_folder(
    never_started: Container, tmp_path: Path
) -> None:
    assert never_started.copy_out("/d/f", tmp_path) == tmp_path / "f"
    assert never_started.copy_out("/d/f", tmp_path / "g") == tmp_path / "g"
    assert (tmp_path / "f").read_text() == (tmp_path / "g").read_text() == "text"
    with pytest.raises(InvalidInput, match="There is no folder"):
        never_started.copy_out("/d/f", f"{tmp_path}/new/")


@pytest.mark.pitfall(31)
def test_a_folder_becomes_the_target_or_goes_into_one(
    never_started: Container, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    never_started.copy_out("/d/.", tmp_path / "link")
    assert (tmp_path / "real" / "f").read_text() == "text"
    assert never_started.copy_out("/d", tmp_path) == tmp_path / "d"
    assert never_started.copy_out("/d", tmp_path / "new") == tmp_path / "new"
    assert never_started.copy_out("/d/.", tmp_path / "d" / "e") == tmp_path / "d" / "e"
    (tmp_path / "in").mkdir()
    # Not beside it.
    assert never_started.copy_out("/d/e/..", tmp_path / "in") == tmp_path / "in" / "d"
    assert (tmp_path / "in/d/f").read_text() == "text"
    assert (tmp_path / "new/e/g").read_text() == (tmp_path / "d/e/e/g").read_text() == "more"
    with pytest.raises(InvalidInput, match="cannot become it"):
        never_started.copy_out("/d", tmp_path / "d" / "f")


def test_the_whole_container_comes_out(
    prepared: Callable[[str], Container], tmp_path: Path
) -> None:
    container = prepared("echo hello > /hello")
    with pytest.raises(CopyFailed, match="keep_links=True"):
        container.copy_out("/etc", tmp_path / "etc")
    assert not (tmp_path / "etc").exists()
    container.copy_out("/", tmp_path / "all", keep_links=True)
    assert (tmp_path / "all/hello").read_text() == "hello\n"
    assert (tmp_path / "all/etc/mtab").is_symlink()


def test_hard_links_stay_hard_links(prepared: Callable[[str], Container], tmp_path: Path) -> None:
    container = prepared("mkdir /d; echo x > /d/f; ln /d/f /d/g")
    container.copy_out("/d", tmp_path / "t")
    assert (tmp_path / "t/f").stat().st_ino == (tmp_path / "t/g").stat().st_ino


@pytest.mark.pitfall(31)
def test_a_link_is_followed_if_asked_for(
    prepared: Callable[[str], Container], tmp_path: Path
) -> None:
    container = prepared("mkdir /d; echo text > /d/f; ln -s d /l; ln -s l/f /m")
    assert container.copy_out("/m") == b"text\n"
    with pytest.raises(CopyFailed, match="is a link to /d/f"):
        container.copy_out("/m", tmp_path)
    assert container.copy_out("/m", tmp_path / "file", follow=True).read_text() == "text\n"
    container.copy_out("/l", tmp_path / "folder", follow=True)
    # Under the name that was asked for, as `docker cp` has it.
    assert container.copy_out("/m", tmp_path / "folder", follow=True) == tmp_path / "folder" / "m"
    assert (tmp_path / "folder/f").read_text() == "text\n"


@pytest.mark.lacks("podman5", reason="its archive of a link is one of what the link leads to")
def test_a_link_is_copied_if_asked_for(
    prepared: Callable[[str], Container], tmp_path: Path
) -> None:
    container = prepared("mkdir /d; ln -s d /l")
    link = container.copy_out("/l", tmp_path / "link", keep_links=True)
    assert str(link.readlink()) == "d"


def test_only_a_file_has_bytes(never_started: Container) -> None:
    with pytest.raises(InvalidInput, match="is a folder, not a file"):
        never_started.copy_out("/d")


def test_an_archive_can_be_closed_before_its_end(never_started: Container) -> None:
    with never_started.engine.containers.get_archive(never_started.id, "/") as stream:
        assert stream.read()


@pytest.mark.lacks("podman5", reason="it takes what is below a file for what is not there")
@pytest.mark.parametrize("path", ["/d/f/below", "/d/f/below/further"])
def test_a_path_below_a_file_is_said_to_be_one(never_started: Container, path: str) -> None:
    containers, container = never_started.engine.containers, never_started.id
    for attempt in (
        lambda: containers.archive_info(container, path),
        lambda: containers.get_archive(container, path),
        lambda: containers.put_archive(container, path, archive(folder("x"))),
        lambda: never_started.copy_in(b"text", path),
        lambda: never_started.copy_out(path, Path("/nowhere")),
    ):
        with pytest.raises(NotFound) as caught:
            attempt()
        assert "because /d/f is a file and no folder" in str(caught.value)


@pytest.mark.lacks("podman5", reason="it takes what is below a file for what is not there")
def test_a_path_below_a_link_to_a_file_is_said_to_be_one(
    prepared: Callable[[str], Container],
) -> None:
    container = prepared("echo text > /file; ln -s file /link")
    with pytest.raises(NotFound, match="because /link is a link to /file and no folder"):
        container.engine.containers.put_archive(container.id, "/link", archive(folder("x")))
