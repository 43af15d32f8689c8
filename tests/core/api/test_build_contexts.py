"""What builds are made from: archives, Dockerfiles of their own, what the engine fetches."""

from __future__ import annotations

import functools
import http.server
import io
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.archive import pack_files
from pytest_engine.core.errors import BuildFailed, InvalidInput
from tests.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.api.build_options import BuilderName
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = pytest.mark.engine

_BUILDERS = pytest.mark.parametrize("builder", ["buildkit", "classic"])


def _archive(busybox: str) -> bytes:
    return b"".join(pack_files({"Dockerfile": f"FROM {busybox}\nCOPY f /f\n", "f": "it"}))


def _pieces(data: bytes) -> Iterator[bytes]:
    yield data[:1000]
    yield b""
    yield data[1000:]


@pytest.mark.smoke
@pytest.mark.parametrize("make", [bytes, io.BytesIO, _pieces])
@_BUILDERS
def test_an_archive_is_built(
    make: Callable[[bytes], Any],
    builder: BuilderName,
    engine: Engine,
    busybox: str,
    scratch: Scratch,
) -> None:
    engine.build.image(make(_archive(busybox)), tags=[scratch.name()], builder=builder)
    assert engine.images.inspect(scratch.name())


def test_an_archive_in_a_file_is_built(
    engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "context.tar").write_bytes(_archive(busybox))
    with (tmp_path / "context.tar").open("rb") as file:
        engine.build.image(file, tags=[scratch.name()])
    assert engine.images.inspect(scratch.name())


@_BUILDERS
def test_the_dockerfile_need_not_be_in_the_context(
    builder: BuilderName, engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "f").write_text("it\n")
    (tmp_path / ".dockerignore").write_text("not\n")
    (tmp_path / "not").touch()
    lines: list[str] = []
    engine.build.image(
        tmp_path,
        # What a run before has left in the cache is not run, and prints nothing.
        dockerfile_text=f"FROM {busybox}\nCOPY f* n* /d/\nRUN cat /d/f; ls /d #{scratch.name()}\n",
        tags=[scratch.name()],
        builder=builder,
        progress=lines.append,
    )
    # Podman prints the image's id after that.
    printed = [line for line in lines if line.startswith("  ") and "cached" not in line]
    assert printed[:2] == ["  it", "  f"]
    assert engine.images.inspect(scratch.name())["Id"].endswith("".join(printed[2:]).strip())


def test_a_dockerfile_that_needs_no_context_needs_none(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    engine.build.image(dockerfile_text=f"FROM {busybox}\nLABEL x=y\n", tags=[scratch.name()])
    labels: Any = engine.images.inspect(scratch.name())["Config"]["Labels"]
    assert labels["x"] == "y"


@pytest.fixture
def web(engine_host: str, tmp_path: Path) -> Iterator[str]:
    """Serve a folder where the engine reaches it, on its own loopback address."""
    assert engine_host
    folder = tmp_path / "web"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with serving(handler) as address:
        yield f"http://{address}"


@_BUILDERS
@pytest.mark.lacks("podman5", reason="its builder fetches no context")
def test_the_engine_fetches_a_context(
    builder: BuilderName, web: str, engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "web" / "context.tar").write_bytes(_archive(busybox))
    engine.build.image(remote=f"{web}/context.tar", tags=[scratch.name()], builder=builder)
    assert engine.images.inspect(scratch.name())


@pytest.mark.lacks("podman5", reason="its builder fetches no context")
def test_what_the_engine_cannot_fetch_is_an_error(web: str, engine: Engine) -> None:
    with pytest.raises(BuildFailed, match="404"):
        engine.build.image(remote=f"{web}/none.tar")


def test_a_file_that_cannot_be_sent_ends_the_build(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "z").write_bytes(b"x" * (4 << 20))

    class Shrinking:
        def __iter__(self) -> Iterator[bytes]:
            yield b"x" * 512
            raise OSError("the disk is gone")

    with pytest.raises(InvalidInput, match="the disk is gone"):
        engine.build.image(Shrinking())
    assert engine.system.version()
