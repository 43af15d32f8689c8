"""Pulls and pushes, and what a registry is asked before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.image_names import find_image
from pytest_engine.core.ensure.image_transfers import pull_image, push_image
from pytest_engine.core.errors import ImageNotFound, InvalidInput, PullFailed, PushFailed

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine

Push = Callable[..., str]
NOBODY = "sha256:" + "0" * 64


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_a_missing_image_is_pulled_and_again_changes_nothing(engine: Engine, pushed: Push) -> None:
    name = pushed()
    foretold = pull_image(engine, name, check=True)
    assert (foretold.changed, foretold.after) == (True, {"id": "unknown"})
    assert find_image(engine, name) is None
    first = pull_image(engine, name)
    assert (first.changed, first.pulled, first.before) == (True, True, {"exists": False})
    assert first.after == {"id": engine.images.inspect(name)["Id"]}
    for check in (True, False):
        again = pull_image(engine, name, check=check)
        assert (again.changed, again.pulled, again.before) == (False, True, again.after)
    there = pull_image(engine, name, always=False)
    assert (there.changed, there.pulled) == (False, False)


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_check_mode_sees_a_newer_image_in_the_registry(engine: Engine, pushed: Push) -> None:
    name = pushed(ENV="A=1")
    engine.images.pull(name)
    engine.images.tag(name, f"{name}-old")
    pushed(ENV="A=2")
    engine.images.tag(f"{name}-old", name)
    engine.images.remove(f"{name}-old")
    foretold = pull_image(engine, name, check=True)
    assert (foretold.changed, foretold.before) == (True, {"id": engine.images.inspect(name)["Id"]})
    assert pull_image(engine, name).changed
    assert not pull_image(engine, name, check=True).changed


def test_a_pull_for_another_platform_would_change_something(engine: Engine, pushed: Push) -> None:
    name = pushed()
    engine.images.pull(name)
    assert pull_image(engine, name, platform="s390x", always=False, check=True).changed
    assert not pull_image(engine, name, platform="linux", always=False, check=True).changed


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_check_mode_fails_where_the_pull_would(engine: Engine, pushed: Push) -> None:
    name = f"{pushed()}-none"
    for check in (True, False):
        with pytest.raises(PullFailed, match=f"Cannot pull {name}: manifest"):
            pull_image(engine, name, check=check)


def test_an_id_is_neither_pulled_nor_pushed(engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="cannot be pulled by its id"):
        pull_image(engine, NOBODY)
    for name in (NOBODY, f"busybox@{NOBODY}"):
        with pytest.raises(InvalidInput, match="only be pushed by a name with a tag"):
            push_image(engine, name)


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_a_push_again_takes_two_requests_and_changes_nothing(
    engine: Engine, pushed: Push, counted: RequestLog
) -> None:
    name = pushed()
    engine.images.pull(name)
    with Engine(counted.host, environ={}) as client:
        push = push_image(client, name)
    assert (push.changed, push.status, push.before) == (False, "", push.after)
    assert [line.split("/")[1] for line in counted.take()] == ["_ping", "images", "distribution"]


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_a_push_under_another_name_changes_the_registry(engine: Engine, pushed: Push) -> None:
    name = pushed()
    other = f"{name}-other"
    engine.images.pull(name)
    engine.images.tag(name, other)
    foretold = push_image(engine, other, check=True)
    assert (foretold.changed, foretold.before) == (True, {"exists": False})
    push = push_image(engine, other)
    assert (push.changed, push.before) == (True, {"exists": False})
    digest = engine.distribution.inspect(other)["Descriptor"].get("digest")
    assert push.after == {"digest": digest}
    assert not push_image(engine, other).changed
    engine.images.remove(other)


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
def test_a_push_of_another_image_replaces_the_one_there(engine: Engine, pushed: Push) -> None:
    name = pushed(ENV="A=1")
    other = pushed("other", ENV="A=2")
    engine.images.pull(other)
    engine.images.tag(other, name)
    there = engine.distribution.inspect(name)["Descriptor"].get("digest")
    push = push_image(engine, name)
    assert (push.changed, push.before) == (True, {"digest": there})
    assert push.after != push.before


def test_what_cannot_be_pushed_is_told(engine: Engine, busybox: str, scratch: Scratch) -> None:
    with pytest.raises(ImageNotFound):
        push_image(engine, scratch.name() + ":1", check=True)
    name = f"127.0.0.1:1/{scratch.name()}:1"
    engine.images.tag(busybox, name)
    foretold = push_image(engine, name, check=True)
    assert (foretold.changed, foretold.before) == (True, {})
    with pytest.raises(PushFailed, match="connection refused"):
        push_image(engine, name)
    engine.images.remove(name)
