"""The engine itself: what it is, and what happens on it."""

from __future__ import annotations

import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import BadRequest

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.api.conftest import Run

pytestmark = pytest.mark.engine


@pytest.mark.smoke
def test_the_engine_answers(engine: Engine) -> None:
    engine.system.ping()


def test_the_engine_tells_its_version(engine: Engine) -> None:
    version: Any = engine.system.version()
    assert tuple(map(int, engine.api_version.split("."))) <= tuple(
        map(int, version["ApiVersion"].split("."))
    )


def test_the_engine_tells_what_it_holds(engine: Engine) -> None:
    info: Any = engine.system.info()
    assert info["OSType"] == "linux"


@pytest.mark.lacks("podman5", reason="it takes any API version for its own")
def test_a_version_that_the_engine_does_not_speak_is_refused_by_it(engine_host: str) -> None:
    engine = Engine(engine_host, api_version="1.999", environ={})
    with engine, pytest.raises(BadRequest, match=r"1\.999 is too new"):
        engine.system.info()


def _now() -> datetime:
    return datetime.now(timezone.utc)


@pytest.mark.lacks(
    "podman5", reason="it stops reading events at once where their end is in the past"
)
def test_events_of_the_past_are_told_until_now(
    engine: Engine, scratch: Scratch, finished: Run
) -> None:
    begin = _now()
    name = finished("true")
    engine.containers.remove(name)
    filters = {"container": name, "type": "container"}
    with engine.system.events(since=begin, until=_now(), filters=filters) as events:
        actions = [event.get("Action") for event in events]
    assert [a for a in actions if a != "attach"] == ["create", "start", "die", "destroy"]
    assert scratch.everything() == set()


@pytest.mark.smoke
def test_events_are_filtered(engine: Engine, finished: Run) -> None:
    begin = _now()
    name = finished("sh", "-c", "exit 4")
    filters = {"container": name, "event": ["die", "destroy"]}
    # Without an end: 26.1 writes "die" down a moment after it has answered who waited for it.
    with engine.system.events(since=begin, filters=filters) as events:
        event = next(iter(events))
    attributes: Any = event.get("Actor", {}).get("Attributes")
    assert (attributes["name"], attributes["exitCode"]) == (name, "4")


def test_events_before_the_moment_are_left_out(engine: Engine, create: Run) -> None:
    name = create()
    moment = _now()
    engine.containers.start(name)
    filters = {"container": name}
    with engine.system.events(since=moment, until=_now(), filters=filters) as events:
        assert "create" not in [event.get("Action") for event in events]


def test_events_that_happen_now_are_told_until_another_thread_closes(
    engine: Engine, create: Run
) -> None:
    name = create()
    seen = threading.Event()
    actions: list[str | None] = []
    with engine.system.events(filters={"container": name}) as events:

        def follow() -> None:
            for event in events:
                actions.append(event.get("Action"))
                if actions[-1] == "start":
                    seen.set()

        reader = threading.Thread(target=follow)
        reader.start()
        engine.containers.start(name)
        assert seen.wait(60)
        events.close()
        reader.join(1)
        assert not reader.is_alive()
    # Podman tells `init` first.
    assert "start" in actions[:2]
