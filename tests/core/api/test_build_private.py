"""Builds on images that a registry hands out to those alone who log in."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.archive import pack_files
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BuildFailed, ImageNotFound
from tests.conftest import FOREIGN_HOST
from tests.lab import Lab
from tests.lab.packages import ensure_programs
from tests.lab.private_registry import PrivateRegistry
from tests.request_log import request_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.api.build_options import BuilderName
    from tests.conftest import Scratch

pytestmark = [
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="it takes no certificate that it does not know"),
]


@pytest.fixture(scope="module")
def registry(
    engine_host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateRegistry]:
    """A registry that the engine reaches on its own loopback address, and that wants a login."""
    if FOREIGN_HOST:
        pytest.skip("an engine that is not the lab's is not beside us")
    assert engine_host
    ensure_programs(("htpasswd",), Lab.default().folder / "logs")
    folder = tmp_path_factory.mktemp("registry")
    server = PrivateRegistry(folder, folder / "storage")
    server.start()
    yield server
    server.stop()


Connect = Callable[..., Engine]


@pytest.fixture
def connect(engine_host: str, registry: PrivateRegistry, tmp_path: Path) -> Iterator[Connect]:
    """Make clients that have a login to it, or another password, or go over another road."""
    with contextlib.ExitStack() as stack:

        def make(password: str | None = None, host: str = engine_host) -> Engine:
            login = f"{registry.username}:{password or registry.password}"
            entry = {"auth": base64.b64encode(login.encode()).decode()}
            (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: entry}}))
            return stack.enter_context(Engine(host, environ={"DOCKER_CONFIG": str(tmp_path)}))

        yield make


@pytest.fixture
def private(
    connect: Connect, registry: PrivateRegistry, busybox: str, scratch: Scratch
) -> Iterator[str]:
    """The name of an image in the registry that the engine does not have."""
    name = f"{registry.host}/{scratch.name()}:1"
    engine = connect()
    engine.build.image({"Dockerfile": f"FROM {busybox}\nRUN echo it > /private\n"}, tags=[name])
    engine.images.push(name)
    engine.images.remove(name)
    yield name
    with contextlib.suppress(ImageNotFound):
        engine.images.remove(name, force=True)


def _has(engine: Engine, name: str) -> bool:
    try:
        return bool(engine.images.inspect(name))
    except ImageNotFound:
        return False


@pytest.mark.parametrize("builder", ["buildkit", "classic"])
@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM {private}\nRUN cat /private\n",
        "ARG BASE=nothing\nFROM $BASE\nRUN cat /private\n",
        "FROM {private} AS base\nFROM busybox\nCOPY --from=base /private /\nRUN cat /private\n",
        "FROM busybox\nCOPY --from={private} /private /\nRUN cat /private\n",
    ],
)
@pytest.mark.parametrize("pull", [False, True])
def test_a_private_base_image_is_found(
    dockerfile: str,
    builder: BuilderName,
    pull: bool,  # noqa: FBT001 - a parameter of the test
    connect: Connect,
    private: str,
    scratch: Scratch,
) -> None:
    lines: list[str] = []
    engine = connect()
    engine.build.image(
        {"Dockerfile": dockerfile.format(private=private)},
        tags=[scratch.name("built")],
        args={"BASE": private},
        builder=builder,
        pull=pull,
        nocache=True,
        progress=lines.append,
    )
    assert "  it" in lines
    assert (f"pull {private}" in lines) == (builder == "buildkit")


def test_a_private_image_is_mounted(connect: Connect, private: str, scratch: Scratch) -> None:
    mount = f"--mount=type=bind,from={private},target=/mnt"
    lines: list[str] = []
    connect().build.image(
        {"Dockerfile": f"FROM busybox\nRUN {mount} cat /mnt/private\n"},
        tags=[scratch.name("built")],
        nocache=True,
        progress=lines.append,
    )
    assert "  it" in lines


@pytest.mark.parametrize("spelt", [False, True])
def test_a_private_image_that_is_there_is_not_asked_for(
    spelt: bool,  # noqa: FBT001 - a parameter of the test
    connect: Connect,
    engine_host: str,
    private: str,
    scratch: Scratch,
) -> None:
    connect().images.pull(private)
    # The engine's own, as its kernel calls it.
    machines = {"amd64": "linux/x86_64", "arm64": "linux/aarch64"}
    platform = machines[connect().system.version()["Arch"]] if spelt else None
    with request_log(engine_host) as log:
        engine = connect(host=log.host)
        engine.build.image(
            {"Dockerfile": f"FROM {private}\n"}, tags=[scratch.name("built")], platform=platform
        )
        targets = [target for _method, target, _headers in log.take_heads()]
    assert [target for target in targets if "/images/create" in target] == []


def test_what_the_wanted_stage_does_not_need_is_not_pulled(
    connect: Connect, private: str, scratch: Scratch
) -> None:
    engine = connect()
    dockerfile = f"FROM busybox AS one\nLABEL a=b\nFROM {private}\n"
    engine.build.image({"Dockerfile": dockerfile}, tags=[scratch.name("built")], target="one")
    assert not _has(engine, private)


def test_a_public_base_is_left_to_the_builder(
    connect: Connect, engine_host: str, busybox: str, scratch: Scratch
) -> None:
    with request_log(engine_host) as log:
        engine = connect(host=log.host)
        dockerfile = {"Dockerfile": f"FROM {busybox}\n"}
        engine.build.image(dockerfile, tags=[scratch.name("built")], pull=False)
        targets = [target.partition("?")[0] for _method, target, _headers in log.take_heads()]
    assert [target.partition("/v1.")[2].partition("/")[2] for target in targets] == [
        "",
        "_ping",
        "build",
    ]


def test_logins_are_told_only_to_builders_that_take_them(
    connect: Connect, engine_host: str, busybox: str, scratch: Scratch
) -> None:
    told: dict[str, bool] = {}
    for builder in ("buildkit", "classic"):
        with request_log(engine_host) as log:
            connect(host=log.host).build.image(
                {"Dockerfile": f"FROM {busybox}\n"}, tags=[scratch.name(builder)], builder=builder
            )
            headers = [name.lower() for _method, _target, head in log.take_heads() for name in head]
        told[builder] = "x-registry-config" in headers
    assert told == {"buildkit": False, "classic": True}


def test_a_login_that_is_refused_is_named(
    connect: Connect, registry: PrivateRegistry, private: str
) -> None:
    with pytest.raises(BuildFailed) as caught:
        connect("s3cr3t-wrong").build.image({"Dockerfile": f"FROM {private}\n"})
    assert f"Before the build: Cannot pull {private}" in str(caught.value)
    assert "s3cr3t-wrong" not in str(caught.value)
    assert caught.value.detail
    assert registry.host in str(caught.value)


def test_an_archive_is_not_looked_into(connect: Connect, private: str, scratch: Scratch) -> None:
    def archive() -> Any:
        return pack_files({"Dockerfile": f"FROM {private}\n"})

    engine = connect()
    with pytest.raises(BuildFailed, match=r"pull the image first \(images.pull\)"):
        engine.build.image(archive())
    engine.images.pull(private)
    engine.build.image(archive(), tags=[scratch.name("built")])
