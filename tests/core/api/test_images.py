"""Images of a real engine, and their way from and to a real registry."""

from __future__ import annotations

import contextlib
import http.client
import io
import tarfile
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.errors import (
    BadRequest,
    Conflict,
    ImageNotFound,
    ImportFailed,
    InvalidInput,
    PullFailed,
    PushFailed,
)

if TYPE_CHECKING:
    from pytest_engine.core.api.progress import Progress
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine

_OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def _root_file_system() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("hello"))
    return buffer.getvalue()


def test_an_image_is_pulled_with_progress(engine: Engine, pushed: Callable[..., str]) -> None:
    # No other test builds this one: what fails to build keeps its images in use on Podman.
    name = pushed(LABEL="is=pulled")
    steps: list[Progress] = []
    engine.images.pull(name, progress=steps.append)
    labels: Any = engine.images.inspect(name).get("Config", {}).get("Labels")
    assert labels["is"] == "pulled"
    # The last words of Docker, and of Podman.
    done = ("Status: Downloaded newer image", "Download complete")
    assert any(step.status.startswith(done) for step in steps)


@pytest.mark.pitfall(28)
@pytest.mark.smoke
def test_only_the_stated_tag_is_pulled(engine: Engine, pushed: Callable[..., str]) -> None:
    name = pushed()
    engine.images.pull(name)
    engine.images.tag(name, f"{name[:-2]}:other")
    engine.images.push(f"{name[:-2]}:other")
    engine.images.remove(f"{name[:-2]}:other")
    engine.images.pull(name)
    with pytest.raises(ImageNotFound):
        engine.images.inspect(f"{name[:-2]}:other")


def _digest(name: str) -> str:
    """Ask the registry for the digest of an image, and name the image by it."""
    repository, tag = name.rsplit(":", 1)
    registry, _slash, path = repository.partition("/")
    connection = http.client.HTTPConnection(registry)
    # Those of Docker and of Podman.
    kinds = "application/vnd.docker.distribution.manifest.v2+json, " + _OCI_MANIFEST
    with contextlib.closing(connection):
        connection.request("HEAD", f"/v2/{path}/manifests/{tag}", headers={"Accept": kinds})
        return f"{repository}@{connection.getresponse().headers['Docker-Content-Digest']}"


def test_an_image_is_pulled_by_its_digest(engine: Engine, pushed: Callable[..., str]) -> None:
    name = pushed()
    digest = _digest(name)
    engine.images.pull(digest)
    assert digest in (engine.images.inspect(digest).get("RepoDigests") or [])
    engine.images.remove(digest)


def test_an_image_that_no_registry_has_says_what_to_check(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(PullFailed) as caught:
        engine.images.pull(scratch.name())
    assert caught.value.image == scratch.name()
    assert caught.value.detail in str(caught.value)


def test_a_tag_that_a_registry_lacks_says_what_to_check(
    engine: Engine, pushed: Callable[..., str]
) -> None:
    name = f"{pushed()[:-2]}:none"
    with pytest.raises(PullFailed, match=r"(not found|unknown).*Check the name and the tag"):
        engine.images.pull(name)


def test_a_registry_that_is_down_is_an_error_that_names_it(engine: Engine) -> None:
    with pytest.raises(PullFailed) as caught:
        engine.images.pull("127.0.0.1:1/nothing")
    assert "connection refused" in caught.value.detail
    assert str(caught.value).endswith("Check that the engine reaches 127.0.0.1:1.")


@pytest.mark.parametrize("name", ["Upper", "a b", "", "a:b:c", "http://a/b"])
def test_what_is_no_reference_is_refused(name: str, engine: Engine) -> None:
    for call in (engine.images.pull, engine.images.push):
        with pytest.raises(InvalidInput, match="no image reference"):
            call(name)


@pytest.mark.parametrize("tag", ["", ":1"])
def test_a_digest_is_no_name_to_give_or_to_push(tag: str, engine: Engine, busybox: str) -> None:
    name = f"127.0.0.1:1/some{tag}@sha256:{'a' * 64}"
    calls: list[Callable[[], object]] = [
        lambda: engine.images.push(name),
        lambda: engine.images.tag(busybox, name),
        lambda: engine.images.commit("no-such-container", name=name),
        lambda: engine.images.import_(b"", name),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match="has a digest"):
            call()


@pytest.mark.pitfall(12)
def test_an_image_that_does_not_exist_cannot_be_pushed(engine: Engine) -> None:
    # The engine looks for the image only after its answer has begun.
    with pytest.raises((ImageNotFound, PushFailed), match=r"does not exist|not known"):
        engine.images.push("127.0.0.1:1/nothing")


def test_a_registry_that_is_down_takes_no_push(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    name = f"127.0.0.1:1/{scratch.name()}:1"
    engine.images.tag(busybox, name)
    try:
        with pytest.raises(PushFailed, match="connection refused") as caught:
            engine.images.push(name)
    finally:
        engine.images.remove(name)
    assert caught.value.image == name


def test_an_image_gets_another_name_and_loses_it(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    name = scratch.name()
    engine.images.tag(busybox, name)
    assert engine.images.inspect(f"{name}:latest")["Id"] == engine.images.inspect(busybox)["Id"]
    untagged = engine.images.remove(name)[0].get("Untagged", "")
    assert untagged.removeprefix("docker.io/library/") == f"{name}:latest"
    with pytest.raises(ImageNotFound):
        engine.images.inspect(name)


def test_images_are_listed_by_filters(engine: Engine, busybox: str, scratch: Scratch) -> None:
    engine.images.tag(busybox, f"{scratch.name()}:1")
    (found,) = engine.images.list(filters={"reference": scratch.name()})
    tags = [tag.removeprefix("docker.io/library/") for tag in found["RepoTags"] or ()]
    assert f"{scratch.name()}:1" in tags


def test_a_missing_image_is_an_error_of_its_own(engine: Engine) -> None:
    for call in (engine.images.inspect, engine.images.remove):
        with pytest.raises(ImageNotFound, match=r"(?i)no such image.*|no-such-image"):
            call("no-such-image")


def test_an_image_that_a_container_uses_is_not_removed(
    engine: Engine, create: Run, busybox: str, scratch: Scratch
) -> None:
    name = scratch.name("image")
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL only={name}"}, tags=[name])
    create(Image=name)
    with pytest.raises(Conflict, match=r"is using|in use"):
        engine.images.remove(name)


@pytest.mark.smoke
def test_an_archive_becomes_an_image(engine: Engine, scratch: Scratch) -> None:
    name = scratch.name()
    changes = ['CMD ["/hello"]', "ENV A=b"]
    image_id = engine.images.import_(_root_file_system(), name, changes=changes, message="made")
    image = engine.images.inspect(name)
    assert image["Id"] == image_id
    assert image.get("Config", {}).get("Cmd") == ["/hello"]


def test_an_archive_may_come_in_pieces(engine: Engine, scratch: Scratch) -> None:
    data = _root_file_system()
    pieces = (data[start : start + 1000] for start in range(0, len(data), 1000))
    engine.images.import_(pieces, scratch.name())
    assert engine.images.inspect(scratch.name())


@pytest.mark.pitfall(12)
def test_a_broken_archive_is_an_error_that_names_the_image(
    engine: Engine, scratch: Scratch
) -> None:
    with pytest.raises(ImportFailed, match=f"Cannot import {scratch.name()}: ") as caught:
        engine.images.import_(b"no archive" * 1000, scratch.name())
    assert caught.value.image == scratch.name()


def test_a_change_that_is_none_is_an_error(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(
        (ImportFailed, BadRequest),
        match=r"(?i)(nonsense is not a valid|invalid instruction nonsense)",
    ):
        engine.images.import_(_root_file_system(), scratch.name(), changes=["NONSENSE x"])
