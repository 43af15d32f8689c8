"""Images on their way, step by step."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.api.progress import Progress
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import (
    ConnectionLost,
    ImageNotFound,
    ImportFailed,
    InvalidInput,
    PullFailed,
    PushFailed,
)
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.conftest import Serve


def _engine(host: str) -> Engine:
    return Engine(host, api_version="1.41", environ={})


@pytest.mark.engine
def test_a_pull_is_followed_layer_by_layer(engine: Engine, pushed: Callable[..., str]) -> None:
    name = pushed(RUN="true")
    with engine.images.pulling(name) as steps:
        told = list(steps)
    assert engine.images.inspect(name)
    done = ("Already exists", "Pull complete", "Download complete")
    assert {step.layer for step in told if step.status in done}


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it tells no bytes while it pushes")
def test_a_push_is_counted_in_bytes(
    engine: Engine, pushed: Callable[..., str], scratch: Scratch
) -> None:
    name = pushed()
    random = f"RUN head -c 3000000 /dev/urandom > /{scratch.name()}"
    engine.build.image({"Dockerfile": f"FROM busybox\n{random}"}, tags=[name])
    steps: list[Progress] = []
    engine.images.push(name, progress=steps.append)
    counted = [step for step in steps if step.status == "Pushing" and step.layer]
    assert max(step.current or 0 for step in counted) >= 3_000_000
    assert {step.total for step in counted} >= {3_000_000}
    assert {step.layer for step in steps if step.status == "Pushed"}


@pytest.mark.engine
def test_images_are_saved_and_loaded(engine: Engine, busybox: str, scratch: Scratch) -> None:
    names = [scratch.name("a") + ":1", scratch.name("b") + ":2"]
    for name in names:
        engine.build.image({"Dockerfile": f"FROM {busybox}\nRUN echo {name} > /name"}, tags=[name])
    ids = [engine.images.inspect(name)["Id"] for name in names]
    with engine.images.save(names) as archive:
        data = b"".join(archive)
    for name in names:
        engine.images.remove(name)
    steps: list[Progress] = []
    loaded = engine.images.load(io.BytesIO(data), progress=steps.append)
    assert sorted(name.removeprefix("docker.io/library/") for name in loaded) == names
    assert [engine.images.inspect(name)["Id"] for name in names] == ids
    assert any(step.status.startswith("Loaded image") for step in steps)


@pytest.mark.engine
def test_an_image_without_a_name_is_loaded_by_its_id(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL x=y"}, tags=[scratch.name()])
    image_id = engine.images.inspect(scratch.name())["Id"]
    with engine.images.save(image_id) as archive:
        assert engine.images.load(archive) == (image_id,)


@pytest.mark.engine
def test_what_is_missing_is_not_saved(engine: Engine, busybox: str, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound, match=scratch.name()):
        engine.images.save([busybox, scratch.name()])
    with pytest.raises(InvalidInput, match="name one image"):
        engine.images.save([])


@pytest.mark.engine
def test_garbage_is_not_loaded(engine: Engine) -> None:
    with pytest.raises(ImportFailed, match="invalid tar header"):
        engine.images.load(b"garbage" * 1000)


@pytest.mark.engine
def test_an_import_is_followed(engine: Engine, scratch: Scratch) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("hello"))
    steps: list[Progress] = []
    image_id = engine.images.import_(buffer.getvalue(), scratch.name(), progress=steps.append)
    assert steps[-1].status == image_id == engine.images.inspect(scratch.name())["Id"]


def test_messages_become_steps_wherever_they_are_cut(serve: Serve) -> None:
    body = (
        b'{"status":"Pulling from x","id":"latest"}\r\n'
        b'{"status":"Downloading","progressDetail":{"current":5,"total":9},"id":"ab"}\r\n'
        b'{"status":"Downloading","progressDetail":{"current":5,"total":-1},"id":"ab"}\r\n'
        b'{"status":"Waiting","progressDetail":{},"id":"ab"}{"stream":"gr\xc3\xb6\xc3\x9fer\\n"}'
        b'["no message"]{"aux":{"Tag":"x"}}'
    )
    sent = answer(body)
    server = serve((Read.REQUEST, *(sent[i : i + 1] for i in range(len(sent)))))
    assert list(_engine(server.host).images.pulling("x")) == [
        Progress("latest", "Pulling from x"),
        Progress("ab", "Downloading", 5, 9),
        Progress("ab", "Downloading", 5, None),
        Progress("ab", "Waiting"),
        Progress("", "gr\u00f6\u00dfer"),
        Progress("", ""),
    ]


_ERROR = b'{"status":"x"}{"errorDetail":{"message":"the reason"},"error":"the reason"}'


@pytest.mark.parametrize("sent", [answer(_ERROR), answer(b'{"message":"the reason"}', "500 No")])
@pytest.mark.pitfall(12)
def test_failures_are_told_in_the_engines_words(sent: bytes, serve: Serve) -> None:
    images = _engine(serve((Read.REQUEST, sent)).host).images
    with pytest.raises(PullFailed, match=r"Cannot pull x: the reason\. Check"):
        list(images.pulling("x"))
    with pytest.raises(ImportFailed, match="Cannot load images: the reason"):
        images.load(b"")
    with pytest.raises(ImportFailed, match="Cannot import x: the reason"):
        images.import_(b"", "x")


def test_a_push_fails_in_the_engines_words(serve: Serve) -> None:
    images = _engine(serve((Read.REQUEST, answer(_ERROR))).host).images
    with pytest.raises(PushFailed, match=r"Cannot push x: the reason\."):
        images.push("x")


def test_an_answer_that_is_cut_is_a_lost_connection(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve((Read.REQUEST, head + b'5\r\n{"sta\r\n0\r\n\r\n'))
    with pytest.raises(ConnectionLost):
        _engine(server.host).images.pull("x")


def test_closing_in_the_middle_is_an_end(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve((Read.REQUEST, head + b'14\r\n{"status":"x"}{"sta\r\n'))
    with _engine(server.host).images.pulling("x") as steps:
        iterator = iter(steps)
        assert next(iterator) == Progress("", "x")
        steps.close()
        assert list(iterator) == []
