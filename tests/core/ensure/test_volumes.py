"""Volumes, brought to a wanted state on a real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.compare import Difference
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.ensure.volumes import VolumeKind
from pytest_engine.core.errors import Conflict, InvalidInput, ServerError
from pytest_engine.core.spec.volume import VolumeSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.conftest import Untouched
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine


def _spec(scratch: Scratch, **labels: str) -> VolumeSpec:
    return VolumeSpec(scratch.name(), labels=labels or None)


def test_a_missing_volume_is_created(engine: Engine, scratch: Scratch) -> None:
    outcome = reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    assert [str(action) for action in outcome.actions] == [f"create volume {scratch.name()}"]
    assert engine.volumes.inspect(scratch.name())["Labels"] == {"a": "1"}
    assert outcome.resource == engine.volumes.inspect(scratch.name())
    assert (outcome.before, outcome.after["exists"]) == ({"exists": False}, True)


def test_a_volume_that_is_as_wanted_stays(
    engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    with untouched():
        outcome = reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    assert (outcome.changed, outcome.differences) == (False, ())


def test_a_volume_with_more_labels_than_wanted_is_as_wanted(
    engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1", b="2"))
    assert not reconcile(engine, VolumeKind(), _spec(scratch, a="1")).changed


def test_check_mode_creates_nothing(engine: Engine, scratch: Scratch, untouched: Untouched) -> None:
    with untouched():
        outcome = reconcile(engine, VolumeKind(), _spec(scratch, a="1"), check=True)
    assert (outcome.changed, outcome.resource) == (True, None)
    assert outcome.after["labels"] == {"a": "1"}


def test_a_volume_that_differs_is_kept_with_a_warning(
    engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    with untouched():
        outcome = reconcile(engine, VolumeKind(), _spec(scratch, a="2"))
    assert not outcome.changed
    assert outcome.differences == (Difference("labels", {"a": "2"}, {"a": "1"}),)
    assert outcome.before == outcome.after
    assert "exists with other labels" in outcome.warnings[0]


def test_a_volume_that_differs_is_made_anew_if_that_is_asked_for(
    engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    outcome = reconcile(engine, VolumeKind("options-changed"), _spec(scratch, a="2"))
    assert [action.verb for action in outcome.actions] == ["remove", "create"]
    assert engine.volumes.inspect(scratch.name())["Labels"] == {"a": "2"}
    assert not reconcile(engine, VolumeKind("options-changed"), _spec(scratch, a="2")).changed


def test_check_mode_makes_nothing_anew(
    engine: Engine, scratch: Scratch, untouched: Untouched
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    with untouched():
        kind = VolumeKind("options-changed")
        outcome = reconcile(engine, kind, _spec(scratch, a="2"), check=True)
    assert [action.verb for action in outcome.actions] == ["remove", "create"]


def test_a_volume_is_made_anew_whatever_it_is_if_that_is_asked_for(
    engine: Engine, scratch: Scratch
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch))
    outcome = reconcile(engine, VolumeKind("always"), _spec(scratch))
    assert [action.verb for action in outcome.actions] == ["remove", "create"]


def test_options_of_the_driver_are_compared(engine: Engine, scratch: Scratch) -> None:
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    spec = VolumeSpec(scratch.name(), driver="local", driver_options=options)
    reconcile(engine, VolumeKind(), spec)
    assert not reconcile(engine, VolumeKind(), spec).changed
    other = VolumeSpec(scratch.name(), driver_options={**options, "o": "size=2m"})
    (difference,) = reconcile(engine, VolumeKind(), other).differences
    assert difference == Difference("driver_options", {"o": "size=2m"}, {"o": "size=1m"})


def test_the_password_of_a_share_is_not_shown(engine: Engine, scratch: Scratch) -> None:
    def spec(password: str) -> VolumeSpec:
        options = {"type": "cifs", "device": "//nas/data", "o": f"addr=nas,password={password}"}
        return VolumeSpec(scratch.name(), driver="local", driver_options=options)

    masked = "addr=nas,password=********"
    created = reconcile(engine, VolumeKind(), spec("hunter2"))
    assert created.after["driver_options"]["o"] == masked
    assert not reconcile(engine, VolumeKind(), spec("hunter2")).changed
    outcome = reconcile(engine, VolumeKind("options-changed"), spec("hunter3"))
    assert outcome.differences == (Difference("driver_options", {"o": masked}, {"o": masked}),)
    assert "hunter" not in str((outcome.before, outcome.after, outcome.warnings))


def test_the_password_of_a_share_is_not_shown_when_it_cannot_be_mounted(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    options = {"type": "cifs", "device": "//127.0.0.1/x", "o": "addr=127.0.0.1,pass=hunter2"}
    spec = VolumeSpec(scratch.name(), driver="local", driver_options=options)
    reconcile(engine, VolumeKind(), spec)
    binds = [f"{scratch.name()}:/data"]
    engine.containers.create(
        {"Image": busybox, "HostConfig": {"Binds": binds}}, name=scratch.name("user")
    )
    with pytest.raises(ServerError, match="mount") as caught:
        engine.containers.start(scratch.name("user"))
    assert "hunter2" not in f"{caught.value} {caught.value!r}"


def test_a_volume_is_removed(engine: Engine, scratch: Scratch) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch))
    outcome = reconcile(engine, VolumeKind(), _spec(scratch), state="absent")
    assert [action.verb for action in outcome.actions] == ["remove"]
    assert (scratch.everything(), outcome.resource) == (set(), None)


def test_removing_a_missing_volume_changes_nothing(engine: Engine, scratch: Scratch) -> None:
    assert not reconcile(engine, VolumeKind(), _spec(scratch), state="absent").changed


def test_check_mode_removes_nothing(engine: Engine, scratch: Scratch, untouched: Untouched) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch))
    with untouched():
        outcome = reconcile(engine, VolumeKind(), _spec(scratch), state="absent", check=True)
    assert outcome.changed


def test_a_volume_in_use_is_not_removed(engine: Engine, scratch: Scratch, busybox: str) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch))
    binds = [f"{scratch.name()}:/data"]
    engine.containers.create(
        {"Image": busybox, "HostConfig": {"Binds": binds}}, name=scratch.name("user")
    )
    with pytest.raises(Conflict, match=r"volume is (in use|being used)"):
        reconcile(engine, VolumeKind(), _spec(scratch), state="absent")


def test_nothing_to_do_takes_one_request(
    engine: Engine, scratch: Scratch, counted: RequestLog
) -> None:
    reconcile(engine, VolumeKind(), _spec(scratch, a="1"))
    with Engine(counted.host, environ={}) as client:
        assert not reconcile(client, VolumeKind(), _spec(scratch, a="1")).changed
    assert counted.take() == ["GET /_ping", f"GET /volumes/{scratch.name()}"]


def test_an_unknown_state_is_refused(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(InvalidInput, match="state: 'started' is none of present, absent"):
        reconcile(engine, VolumeKind(), _spec(scratch), state="started")


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InvalidInput, match="recreate: one of never"):
        VolumeKind("sometimes")
