"""Names of images in an engine's store: given and taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.image_names import (
    familiar_name,
    find_image,
    name_image,
    remove_image,
    tag_image,
)
from pytest_engine.core.errors import Conflict, ImageNotFound, InvalidInput

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.request_log import RequestLog

NOBODY = "sha256:" + "0" * 64


def image_id(engine: Engine, name: str) -> str:
    return str(engine.images.inspect(name)["Id"])


@pytest.mark.parametrize(
    ("name", "tag", "expected"),
    [
        ("redis", "7", "redis:7"),
        ("redis:6", "7", "redis:6"),
        ("redis", "", "redis:latest"),
        ("host:5000/redis", "7", "host:5000/redis:7"),
        (f"redis@{NOBODY}", "7", f"redis@{NOBODY}"),
        (NOBODY, "7", NOBODY),
        ("sha256:7", "8", "sha256:7"),
    ],
)
def test_a_name_is_written_out(name: str, tag: str, expected: str) -> None:
    assert name_image(name, tag) == expected


@pytest.mark.parametrize(("name", "tag"), [("redis", "a/b"), ("redis", "-a"), ("Redis", "7")])
def test_what_is_no_name_is_refused(name: str, tag: str) -> None:
    with pytest.raises(InvalidInput):
        name_image(name, tag)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("redis", "redis:latest"),
        ("docker.io/library/redis:7", "redis:7"),
        ("index.docker.io/library/redis:7", "redis:7"),
        ("library/redis:7", "redis:7"),
        ("docker.io/team/redis", "team/redis:latest"),
        ("localhost/redis:7", "localhost/redis:7"),
        ("library/team/redis:7", "library/team/redis:7"),
        (NOBODY, NOBODY),
    ],
)
def test_a_name_of_the_hub_is_shown_without_it(name: str, expected: str) -> None:
    assert familiar_name(name) == expected


@pytest.mark.engine
def test_a_missing_image_gets_no_name(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound, match=scratch.name()):
        tag_image(engine, scratch.name(), [scratch.name("other")])


@pytest.mark.engine
@pytest.mark.parametrize("target", [NOBODY, f"busybox@{NOBODY}", "Busybox"])
def test_what_cannot_be_given_to_an_image_is_refused(
    target: str, engine: Engine, busybox: str
) -> None:
    with pytest.raises(InvalidInput):
        tag_image(engine, busybox, ["fine", target])
    assert find_image(engine, "fine:latest") is None


@pytest.mark.engine
def test_names_that_are_there_take_one_request(busybox: str, counted: RequestLog) -> None:
    with Engine(counted.host, environ={}) as client:
        tagging = tag_image(client, busybox, ["busybox:latest", "docker.io/library/busybox"])
    assert (tagging.tagged, tagging.before) == ((), tagging.after)
    assert counted.take() == ["GET /_ping", f"GET /images/{busybox}/json"]


@pytest.mark.lacks("podman5", reason="it keeps several digests of one image")
@pytest.mark.engine
def test_a_digest_goes_with_the_last_tag_of_its_repository(
    engine: Engine, pushed: Callable[..., str], scratch: Scratch
) -> None:
    name = pushed()
    engine.images.pull(name)
    (digest,) = engine.images.inspect(name).get("RepoDigests") or [""]
    engine.images.tag(name, scratch.name("kept"))
    foretold = remove_image(engine, name, check=True)
    assert find_image(engine, name) is not None
    removal = remove_image(engine, name)
    assert removal.untagged == (name, digest)
    assert (foretold.untagged, foretold.after) == (removal.untagged, removal.after)
    assert removal.after["digests"] == []


@pytest.mark.lacks("podman5", reason="it keeps several digests of one image")
@pytest.mark.engine
def test_an_image_loses_its_digest_alone(engine: Engine, pushed: Callable[..., str]) -> None:
    name = pushed()
    engine.images.pull(name)
    (digest,) = engine.images.inspect(name).get("RepoDigests") or [""]
    foretold = remove_image(engine, digest, check=True)
    removal = remove_image(engine, digest)
    assert (foretold.untagged, foretold.deleted) == (removal.untagged, removal.deleted)
    assert foretold.after == removal.after


@pytest.mark.engine
def test_removing_what_is_not_there_changes_nothing(engine: Engine, scratch: Scratch) -> None:
    removal = remove_image(engine, scratch.name() + ":1")
    assert (removal.image, removal.before, removal.after) == (
        None,
        {"exists": False},
        {"exists": False},
    )


@pytest.mark.engine
def test_an_image_in_use_is_refused_in_check_mode(
    engine: Engine, pushed: Callable[..., str], scratch: Scratch
) -> None:
    name = pushed(LABEL="is=used")
    engine.images.pull(name)
    container = scratch.name("user")
    engine.containers.create({"Image": name, "Cmd": ["sleep", "600"]}, name=container)
    with pytest.raises(InvalidInput, match=f"{container}. Removing it has to be forced"):
        remove_image(engine, name, check=True)
    assert remove_image(engine, name, force=True, check=True).deleted
    engine.containers.start(container)
    with pytest.raises(InvalidInput, match=f"{container}. Removing it has to be forced"):
        remove_image(engine, name, check=True)
    with pytest.raises(InvalidInput, match=f"{container}. Remove that first"):
        remove_image(engine, image_id(engine, name), force=True, check=True)


@pytest.mark.lacks("podman5", reason="it removes the container with the image")
@pytest.mark.engine
def test_an_image_that_runs_loses_its_last_name_by_force(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    name, container = scratch.name("runs:1"), scratch.name("user")
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL is={name}"}, tags=[name])
    body: Any = {"Image": name, "Cmd": ["sleep", "600"], "HostConfig": {"Init": True}}
    engine.containers.create(body, name=container)
    engine.containers.start(container)
    foretold = remove_image(engine, name, force=True, check=True)
    removal = remove_image(engine, name, force=True)
    assert (removal.untagged, removal.deleted) == ((name,), ())
    assert (removal.after["exists"], removal.after["tags"]) == (True, [])
    assert foretold == removal
    engine.containers.remove(container, force=True)
    engine.images.remove(str(removal.before["id"]))


@pytest.mark.parametrize("second", ["same:2", "other:1"])
@pytest.mark.engine
def test_an_id_of_several_names_has_to_be_forced(
    second: str, engine: Engine, busybox: str, scratch: Scratch
) -> None:
    names = [scratch.name("same:1"), scratch.name(second)]
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL is={names[0]}"}, tags=[names[0]])
    engine.images.tag(*names)
    image = image_id(engine, names[0])
    with pytest.raises(InvalidInput, match=r"several names .*has to be forced"):
        remove_image(engine, image, check=True)
    with pytest.raises(Conflict):
        remove_image(engine, image)
    foretold = remove_image(engine, image, force=True, check=True)
    removal = remove_image(engine, image, force=True)
    # Podman does not tell of the digests that go with them.
    assert set(removal.untagged) <= set(foretold.untagged)
    assert (foretold.after, removal.after) == ({"exists": False}, {"exists": False})


@pytest.mark.lacks("podman5", reason="an image there does not need the one it was built on")
@pytest.mark.engine
def test_an_image_that_another_was_built_on_loses_its_name_alone(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    name, child, container = scratch.name("base:1"), scratch.name("child:1"), scratch.name("made")
    engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL is={name}"}, tags=[name])
    engine.containers.create({"Image": name}, name=container)
    engine.images.commit(container, name=child)
    engine.containers.remove(container)
    image = image_id(engine, name)
    with pytest.raises(InvalidInput, match=f"what image {child} was built on"):
        remove_image(engine, image, force=True, check=True)
    with pytest.raises(Conflict, match="dependent child images"):
        remove_image(engine, image, force=True)
    foretold = remove_image(engine, name, check=True)
    removal = remove_image(engine, name)
    assert (removal.untagged, removal.deleted, removal.after["exists"]) == ((name,), (), True)
    assert foretold == removal
    remove_image(engine, child)
    assert find_image(engine, image) is None
