"""Images in the engine's store, brought there from a real registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.image_transfers import pull_image
from pytest_engine.core.ensure.images import ImageKind, ImageSpec
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import ImageNotFound, InvalidInput, PullFailed

if TYPE_CHECKING:
    from pytest_engine.core.api.progress import Progress
    from tests.conftest import Scratch
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine

Push = Callable[..., str]


def _has(engine: Engine, name: str) -> bool:
    try:
        engine.images.inspect(name)
    except ImageNotFound:
        return False
    return True


def test_a_missing_image_is_pulled(engine: Engine, pushed: Push) -> None:
    name = pushed()
    progress: list[Progress] = []
    outcome = reconcile(engine, ImageKind(progress=progress.append), ImageSpec(name))
    assert [str(action) for action in outcome.actions] == [f"pull image {name}"]
    assert outcome.resource == engine.images.inspect(name)
    # The last words of Docker, and of Podman.
    done = ("Status: Downloaded newer image", "Download complete")
    assert any(step.status.startswith(done) for step in progress)


@pytest.mark.parametrize("platform", [None, ""])
def test_an_image_that_is_there_stays(
    platform: str | None, engine: Engine, busybox: str, pushed: Push
) -> None:
    assert not reconcile(engine, ImageKind("never"), ImageSpec(busybox, platform)).changed
    name = pushed()
    assert pull_image(engine, name, platform=platform, always=False).changed
    assert not pull_image(engine, name, platform=platform, always=False).pulled


def test_check_mode_pulls_nothing(engine: Engine, pushed: Push) -> None:
    name = pushed()
    outcome = reconcile(engine, ImageKind(), ImageSpec(name), check=True)
    assert (outcome.changed, _has(engine, name)) == (True, False)


def test_the_tag_is_latest_where_none_is_given(engine: Engine, busybox: str) -> None:
    outcome = reconcile(engine, ImageKind(), ImageSpec(busybox))
    assert outcome.resource == engine.images.inspect(f"{busybox}:latest")


def test_always_pulling_what_is_the_newest_changes_nothing(engine: Engine, pushed: Push) -> None:
    name = pushed()
    reconcile(engine, ImageKind(), ImageSpec(name))
    assert not reconcile(engine, ImageKind("always"), ImageSpec(name)).changed


def test_always_pulling_finds_a_newer_image(engine: Engine, pushed: Push) -> None:
    name = pushed(ENV="A=1")
    engine.images.pull(name)
    old = engine.images.inspect(name)["Id"]
    engine.images.tag(name, f"{name}-old")
    pushed(ENV="A=2")
    engine.images.tag(f"{name}-old", name)
    outcome = reconcile(engine, ImageKind("always"), ImageSpec(name))
    assert outcome.changed
    assert engine.images.inspect(name)["Id"] != old
    engine.images.remove(f"{name}-old", force=True)


def test_never_pulling_a_missing_image_is_an_error(engine: Engine, pushed: Push) -> None:
    name = pushed()
    with pytest.raises(InvalidInput, match=f"does not have image {name}, and pull: never"):
        reconcile(engine, ImageKind("never"), ImageSpec(name))


def test_never_pulling_an_image_that_is_there_changes_nothing(engine: Engine, busybox: str) -> None:
    assert not reconcile(engine, ImageKind("never"), ImageSpec(busybox)).changed


def test_an_image_is_found_by_its_id(engine: Engine, busybox: str) -> None:
    image_id = str(engine.images.inspect(busybox)["Id"])
    outcome = reconcile(engine, ImageKind(), ImageSpec(image_id))
    assert (outcome.changed, (outcome.resource or {})["Id"]) == (False, image_id)


def test_a_missing_id_cannot_be_pulled(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="an id cannot be pulled"):
        reconcile(engine, ImageKind(), ImageSpec("sha256:" + "0" * 64))


def test_the_platform_of_the_engine_is_as_wanted(engine: Engine, busybox: str) -> None:
    image = engine.images.inspect(busybox)
    spec = ImageSpec(busybox, platform=f"{image.get('Os')}/{image.get('Architecture')}")
    assert not reconcile(engine, ImageKind(), spec).changed


@pytest.mark.pitfall(48)
def test_an_image_of_another_platform_is_pulled(engine: Engine, busybox: str) -> None:
    spec = ImageSpec(busybox, platform="linux/s390x")
    outcome = reconcile(engine, ImageKind(), spec, check=True)
    assert [difference.field for difference in outcome.differences] == ["platform"]
    assert outcome.changed


def test_an_image_is_removed(engine: Engine, pushed: Push) -> None:
    name = pushed()
    engine.images.pull(name)
    assert reconcile(engine, ImageKind(), ImageSpec(name), state="absent", check=True).changed
    assert _has(engine, name)
    outcome = reconcile(engine, ImageKind(), ImageSpec(name), state="absent")
    assert [action.verb for action in outcome.actions] == ["remove"]
    assert not _has(engine, name)


def test_removing_a_missing_image_changes_nothing(engine: Engine, scratch: Scratch) -> None:
    outcome = reconcile(engine, ImageKind(), ImageSpec(scratch.name()), state="absent")
    assert not outcome.changed


def test_an_image_that_no_registry_has_is_an_error(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(PullFailed, match=f"Cannot pull {scratch.name()}:latest: "):
        reconcile(engine, ImageKind(), ImageSpec(scratch.name()))


def test_nothing_to_do_takes_one_request(busybox: str, counted: RequestLog) -> None:
    with Engine(counted.host, environ={}) as client:
        assert not reconcile(client, ImageKind(), ImageSpec(busybox)).changed
    assert counted.take() == ["GET /_ping", f"GET /images/{busybox}%3Alatest/json"]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InvalidInput, match="pull: one of missing, always, never"):
        ImageKind("sometimes")
