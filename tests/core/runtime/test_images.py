"""Images of a real engine and a real registry, through the runtime interface."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Conflict, ImageNotFound, Incompatible, ServerError
from pytest_engine.core.runtime import (
    EngineRuntime,
    ImageInspectOptions,
    ImageListOptions,
    ImagePruneOptions,
    ImagePullOptions,
    ImageRemoveOptions,
    ImageRemoveSummary,
)
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from pytest_engine.core.runtime import Runtime
    from tests.conftest import Scratch
    from tests.core.conftest import Serve
    from tests.core.runtime.conftest import Make

pytestmark = pytest.mark.engine


# Pull


@pytest.mark.smoke
def test_an_image_is_pulled(runtime: Runtime, pushed: Callable[..., str]) -> None:
    name = pushed(LABEL="a=b")
    with pytest.raises(ImageNotFound):
        runtime.image_inspect(name)
    runtime.image_pull(name)
    assert name in runtime.image_inspect(name, ImageInspectOptions()).tags


@pytest.mark.lacks("podman5", reason="its Docker API pulls one tag only")
def test_one_tag_is_pulled_or_all_of_them(
    runtime: Runtime, engine: Engine, pushed: Callable[..., str]
) -> None:
    first = pushed(LABEL="a=b")
    repository = first[:-2]
    engine.images.pull(first)
    for tag in ("latest", "other"):
        engine.images.tag(first, f"{repository}:{tag}")
        engine.images.push(f"{repository}:{tag}")
        engine.images.remove(f"{repository}:{tag}")
    engine.images.remove(first)
    listed = ImageListOptions(filters={"reference": repository})
    try:
        runtime.image_pull(repository)
        (image,) = runtime.image_list(listed).images
        assert image.tags == (f"{repository}:latest",)
        runtime.image_pull(repository, ImagePullOptions(all=True))
        (image,) = runtime.image_list(listed).images
        assert sorted(image.tags) == [f"{repository}:{tag}" for tag in ("1", "latest", "other")]
    finally:
        for tag in ("latest", "other"):
            engine.images.remove(f"{repository}:{tag}", force=True)


@pytest.mark.smoke
def test_what_a_registry_lacks_is_not_found(runtime: Runtime, pushed: Callable[..., str]) -> None:
    name = pushed()
    for missing in (f"{name[:-2]}:none", f"{name[:-2]}-none:1"):
        with pytest.raises(ImageNotFound, match=f"Cannot pull {missing}"):
            runtime.image_pull(missing)


def test_a_registry_that_is_down_is_a_failure(runtime: Runtime) -> None:
    with pytest.raises(ServerError, match="connection refused"):
        runtime.image_pull("127.0.0.1:1/nothing")


def test_podman_pulls_one_tag_only(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(api_version="1.41", libpod_api_version="5.4.2")))
    podman = EngineRuntime(Engine(server.host, environ={}))
    with pytest.raises(Incompatible, match="one tag of redis"):
        podman.image_pull("redis", ImagePullOptions(all=True))
    assert len(server.requests) == 1


# Inspect and list


@pytest.mark.smoke
def test_an_image_is_told_about(runtime: Runtime, engine: Engine, image: Make) -> None:
    begin = datetime.now(timezone.utc)
    name = image()
    told = runtime.image_inspect(name)
    inspected = engine.images.inspect(name)
    assert (told.id, told.size) == (inspected["Id"], inspected["Size"])
    assert [tag.rpartition("/")[2] for tag in told.tags] == [name]
    assert told.created is not None
    assert abs(told.created - begin) < timedelta(minutes=1)
    assert (told.architecture, told.operating_system) == (inspected["Architecture"], "linux")
    # An id is as good as a name.
    assert runtime.image_inspect(told.id) == told


@pytest.mark.smoke
def test_images_are_listed(runtime: Runtime, image: Make) -> None:
    name = image(Labels={"shape": "round"})
    labelled = ImageListOptions(filters={"label": "shape=round", "reference": name})
    (listed,) = runtime.image_list(labelled).images
    told = runtime.image_inspect(name)
    assert (listed.id, listed.size, listed.tags) == (told.id, told.size, told.tags)
    assert listed.created is not None
    assert told.created is not None
    assert abs(listed.created - told.created) < timedelta(seconds=1)
    assert listed.labels["shape"] == "round"
    other = ImageListOptions(filters={"label": "shape=square", "reference": name})
    assert runtime.image_list(other).images == ()
    assert listed.id in {one.id for one in runtime.image_list().images}


@pytest.fixture
def generations(
    runtime: Runtime, engine: Engine, scratch: Scratch, busybox: str
) -> tuple[str, str]:
    """An image that was made from one without a name: the name, and the other's id."""
    container = engine.containers.create({"Image": busybox}, name=scratch.name("a"))["Id"]
    parent = engine.images.commit(container, changes=[f"LABEL of={scratch.name()}"])["Id"]
    engine.containers.remove(container)
    container = engine.containers.create({"Image": parent}, name=scratch.name("b"))["Id"]
    engine.images.commit(container, name=scratch.name("child"), comment="child")
    engine.containers.remove(container)
    return scratch.name("child"), runtime.image_inspect(parent).id


def _has(runtime: Runtime, image: str, options: ImageListOptions | None = None) -> bool:
    return image in {one.id for one in runtime.image_list(options).images}


def test_images_in_between_are_listed_if_asked(
    runtime: Runtime, engine: Engine, generations: tuple[str, str]
) -> None:
    name, parent = generations
    assert not _has(runtime, parent)
    everything = runtime.image_list(ImageListOptions(all=True)).images
    (between,) = [one for one in everything if one.id == parent]
    assert between.tags == ()
    engine.images.remove(name)


# Remove


@pytest.mark.smoke
def test_a_name_is_removed_and_the_image_with_the_last_one(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    name = image()
    told = runtime.image_inspect(name)
    engine.images.tag(name, scratch.name("second"))
    removed = runtime.image_remove(scratch.name("second")).images_removed
    (summary,) = removed
    assert summary.deleted is None
    assert (summary.untagged or "").endswith(f"{scratch.name('second')}:latest")
    removed = runtime.image_remove(name).images_removed
    assert ImageRemoveSummary(deleted=told.id) in removed
    with pytest.raises(ImageNotFound):
        runtime.image_inspect(told.id)


def test_an_image_without_a_name_goes_with_the_last_made_of_it_if_asked(
    runtime: Runtime, engine: Engine, generations: tuple[str, str]
) -> None:
    name, parent = generations
    engine.images.tag(name, f"{name}:second")
    runtime.image_remove(f"{name}:second")
    runtime.image_remove(name)
    assert _has(runtime, parent)
    engine.images.remove(parent)


def test_images_that_it_was_made_of_go_with_it_if_asked(
    runtime: Runtime, generations: tuple[str, str]
) -> None:
    name, parent = generations
    removed = runtime.image_remove(name, ImageRemoveOptions(prune_children=True)).images_removed
    assert ImageRemoveSummary(deleted=parent) in removed
    assert not _has(runtime, parent, ImageListOptions(all=True))


@pytest.mark.lacks("podman5", reason="its status is 500 where it wants force")
def test_an_image_of_several_names_goes_by_its_id_by_force_only(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make
) -> None:
    name = image()
    told = runtime.image_inspect(name)
    # Names of two repositories; of one, its names all go.
    engine.images.tag(name, scratch.name("second"))
    with pytest.raises(Conflict):
        runtime.image_remove(told.id)
    runtime.image_remove(told.id, ImageRemoveOptions(force=True))
    with pytest.raises(ImageNotFound):
        runtime.image_inspect(told.id)


def test_an_image_that_a_container_uses_is_kept(
    runtime: Runtime, create: Make, image: Make
) -> None:
    name = image()
    create(Image=name)
    with pytest.raises(Conflict):
        runtime.image_remove(name)
    assert runtime.image_inspect(name).tags


def test_what_is_not_there_is_not_found(runtime: Runtime, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound):
        runtime.image_inspect(scratch.name())
    with pytest.raises(ImageNotFound):
        runtime.image_remove(scratch.name())


# Prune


@pytest.mark.destructive
def test_unused_images_are_removed(
    runtime: Runtime, engine: Engine, scratch: Scratch, image: Make, create: Make
) -> None:
    label = scratch.name()
    unused = image(suffix="unused", Labels={"of": label})
    used = image(suffix="used", Labels={"of": label})
    create(Image=used)
    nameless = runtime.image_inspect(image(suffix="nameless", Labels={"of": label}, Env=["A=b"])).id
    engine.images.tag(unused, f"{scratch.name('nameless')}:1")

    pruned = runtime.image_prune(ImagePruneOptions({"label": f"of={label}"}))
    assert {one.deleted for one in pruned.images_removed if one.deleted} >= {nameless}
    unused_id = runtime.image_inspect(unused).id
    pruned = runtime.image_prune(ImagePruneOptions({"label": f"of={label}", "dangling": False}))
    assert unused_id in {one.deleted for one in pruned.images_removed}
    assert runtime.image_inspect(used).tags
    with pytest.raises(ImageNotFound):
        runtime.image_inspect(unused)


@pytest.mark.destructive
def test_where_nothing_is_unused_nothing_is_removed(runtime: Runtime, scratch: Scratch) -> None:
    pruned = runtime.image_prune(ImagePruneOptions({"label": f"of={scratch.name()}"}))
    assert (pruned.images_removed, pruned.space_reclaimed) == ((), 0)


@pytest.mark.destructive
@pytest.mark.lacks("podman5", reason="it counts layers that other images share")
def test_the_space_that_images_have_left_is_told(
    runtime: Runtime, engine: Engine, scratch: Scratch, run: Make
) -> None:
    label = scratch.name()
    name = run("head -c 1000000 /dev/urandom > /f")
    engine.containers.wait(name)
    engine.images.commit(name, changes=[f"LABEL of={label}"])
    engine.containers.remove(name)
    pruned = runtime.image_prune(ImagePruneOptions({"label": f"of={label}"}))
    # The containerd image store keeps it compressed, and beside that unpacked.
    assert 1_000_000 <= pruned.space_reclaimed < 3_000_000
