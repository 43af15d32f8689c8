"""Secrets and configs, brought to a wanted state in a real swarm."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.configs import ConfigKind
from pytest_engine.core.ensure.contents import CONTENT_LABEL, VERSION_LABEL, ContentKind
from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.ensure.secrets import SecretKind
from pytest_engine.core.errors import Conflict, InvalidInput
from pytest_engine.core.spec.content import ContentSpec
from tests.core.swarms import encoded, service_spec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
    pytest.mark.parametrize("kind", [SecretKind(), ConfigKind()], ids=["secret", "config"]),
]


def actions(outcome: Outcome) -> list[str]:
    return [str(action) for action in outcome.actions]


def labels(outcome: Outcome) -> dict[str, str]:
    assert outcome.resource is not None
    found: dict[str, str] = outcome.resource["Spec"]["Labels"]
    return found


def names(engine: Engine, kind: ContentKind, name: str) -> set[str]:
    return {found["Spec"]["Name"] for found in kind.objects(engine).list(filters={"name": name})}


def use(engine: Engine, kind: ContentKind, name: str, image: str, content: str) -> None:
    """Make a service that uses a secret or a config."""
    noun = kind.noun.capitalize()
    found = kind.objects(engine).inspect(content)
    file = {"Name": content, "UID": "0", "GID": "0", "Mode": 0o444}
    spec: Any = service_spec(name, image)
    spec["Mode"]["Replicated"]["Replicas"] = 0
    spec["TaskTemplate"]["ContainerSpec"][f"{noun}s"] = [
        {f"{noun}ID": found["ID"], f"{noun}Name": content, "File": file}
    ]
    engine.services.create(spec)


def test_one_is_created_found_as_wanted_and_removed(
    engine: Engine, name: str, kind: ContentKind
) -> None:
    wanted = ContentSpec(name, b"mimi\xff", {"a": "1"})
    asked = reconcile(engine, kind, wanted, check=True)
    assert (actions(asked), names(engine, kind, name)) == ([f"create {kind.noun} {name}"], set())
    created = reconcile(engine, kind, wanted)
    assert actions(created) == actions(asked)
    assert labels(created).keys() == {"a", CONTENT_LABEL}
    assert "mimi" not in repr((created.before, created.after, wanted))
    assert not reconcile(engine, kind, wanted).changed
    assert not reconcile(engine, kind, replace(wanted, labels=None)).changed
    gone = reconcile(engine, kind, wanted, state="absent", check=True)
    assert (actions(gone), names(engine, kind, name)) == ([f"remove {kind.noun} {name}"], {name})
    assert reconcile(engine, kind, wanted, state="absent").resource is None
    assert not reconcile(engine, kind, wanted, state="absent").changed


def test_another_content_is_another_object(engine: Engine, name: str, kind: ContentKind) -> None:
    first = reconcile(engine, kind, ContentSpec(name, b"mimi"))
    other = ContentSpec(name, b"momo")
    asked = reconcile(engine, kind, other, check=True)
    assert first.resource == kind.find(engine, other)
    changed = reconcile(engine, kind, other)
    assert changed.actions == asked.actions
    assert actions(changed) == [f"remove {kind.noun} {name}", f"create {kind.noun} {name}"]
    assert [difference.field for difference in changed.differences] == ["data"]
    assert "momo" not in repr((changed.before, changed.after, changed.differences))
    assert not reconcile(engine, kind, other).changed


def test_labels_are_changed_in_place_while_a_service_uses_it(
    engine: Engine, name: str, busybox: str, kind: ContentKind
) -> None:
    first = reconcile(engine, kind, ContentSpec(name, b"mimi", {"a": "1", "b": "1"}))
    use(engine, kind, name, busybox, name)
    changed = reconcile(engine, kind, ContentSpec(name, b"mimi", {"b": "2"}))
    assert actions(changed) == [f"update {kind.noun} {name}"]
    assert labels(changed) == {**labels(first), "b": "2"}
    assert (changed.before["labels"], changed.after["labels"]) == ({"b": "1"}, {"b": "2"})
    assert first.resource is not None
    assert changed.resource is not None
    assert first.resource["ID"] == changed.resource["ID"]


def test_one_that_a_service_uses_cannot_be_replaced(
    engine: Engine, name: str, busybox: str, kind: ContentKind
) -> None:
    reconcile(engine, kind, ContentSpec(name, b"mimi"))
    use(engine, kind, name, busybox, name)
    with pytest.raises(Conflict, match=rf"{name}.*Nothing was changed.*versions"):
        reconcile(engine, kind, ContentSpec(name, b"momo"))
    assert not reconcile(engine, kind, ContentSpec(name, b"mimi")).changed


def test_versions_stand_beside_each_other_and_the_oldest_unused_go(
    engine: Engine, name: str, busybox: str, kind: ContentKind
) -> None:
    rolling = type(kind)(rolling=True, keep=2)
    first = reconcile(engine, rolling, ContentSpec(name, b"1"))
    assert actions(first) == [f"create {kind.noun} {name}_v1"]
    assert labels(first)[VERSION_LABEL] == "1"
    assert not reconcile(engine, rolling, ContentSpec(name, b"1")).changed
    use(engine, kind, name, busybox, f"{name}_v1")
    for content in (b"2", b"3"):
        reconcile(engine, rolling, ContentSpec(name, content))
    # The first would go, but is in use.
    assert names(engine, kind, name) == {f"{name}_v{number}" for number in (1, 2, 3)}
    engine.services.remove(name)
    last = reconcile(engine, rolling, ContentSpec(name, b"4"))
    removed = [f"remove {kind.noun} {name}_v{number}" for number in (1, 2)]
    assert actions(last) == [f"create {kind.noun} {name}_v4", *removed]
    assert labels(last)[VERSION_LABEL] == "4"
    # Another name that begins alike is none of its versions.
    reconcile(engine, kind, ContentSpec(f"{name}_other", b"x"))
    gone = reconcile(engine, rolling, ContentSpec(name), state="absent")
    assert (gone.after, names(engine, kind, name)) == (
        {"exists": False, "actions": [f"remove {kind.noun} {name}_v{n}" for n in (3, 4)]},
        {f"{name}_other"},
    )


def test_all_versions_stay_if_wanted(engine: Engine, name: str, kind: ContentKind) -> None:
    rolling = type(kind)(rolling=True, keep=-1)
    for number in range(11):
        reconcile(engine, rolling, ContentSpec(name, b"%d" % number))
    assert len(names(engine, kind, name)) == 11
    # By number, not by letters.
    assert not reconcile(engine, rolling, ContentSpec(name, b"10")).changed


def test_no_version_goes_while_there_are_fewer_than_may_stay(
    engine: Engine, name: str, kind: ContentKind
) -> None:
    rolling = type(kind)(rolling=True, keep=4)
    for number in range(1, 6):
        reconcile(engine, rolling, ContentSpec(name, b"%d" % number))
        there = {f"{name}_v{one}" for one in range(max(1, number - 3), number + 1)}
        assert names(engine, kind, name) == there


def test_what_is_forced_is_made_anew(engine: Engine, name: str, kind: ContentKind) -> None:
    wanted = ContentSpec(name, b"mimi")
    first = reconcile(engine, kind, wanted).resource
    forced = reconcile(engine, type(kind)(force=True), wanted)
    assert actions(forced) == [f"remove {kind.noun} {name}", f"create {kind.noun} {name}"]
    assert first is not None
    assert forced.resource is not None
    assert first["ID"] != forced.resource["ID"]


def test_a_content_that_nobody_can_tell_is_left_alone(
    engine: Engine, name: str, kind: ContentKind
) -> None:
    body: Any = {"Name": name, "Data": encoded("mimi")}
    kind.objects(engine).create(body)
    outcome = reconcile(engine, kind, ContentSpec(name, b"momo"))
    if kind.noun == "config":
        # It tells its content itself.
        assert outcome.changed
        assert outcome.resource is not None
        assert base64.b64decode(outcome.resource["Spec"]["Data"]) == b"momo"
        return
    assert not outcome.changed
    assert CONTENT_LABEL in outcome.warnings[0]


@pytest.mark.parametrize("content", [None, b"", b"x" * 1_100_000])
def test_what_an_engine_would_refuse_is_refused_before_anything_is_removed(
    engine: Engine, name: str, kind: ContentKind, content: bytes | None
) -> None:
    wanted = ContentSpec(name, b"mimi")
    reconcile(engine, kind, wanted)
    with pytest.raises(InvalidInput, match=name):
        reconcile(engine, type(kind)(force=True), ContentSpec(name, content))
    assert names(engine, kind, name) == {name}


def test_a_template_driver_is_stated_and_compared(
    engine: Engine, name: str, kind: ContentKind
) -> None:
    wanted = ContentSpec(name, b"{{ .Node.ID }}", template_driver="golang")
    assert reconcile(engine, kind, wanted).changed
    assert not reconcile(engine, kind, wanted).changed
    other = ContentSpec(name, b"{{ .Node.ID }}", template_driver="")
    assert [one.field for one in reconcile(engine, kind, other).differences] == ["template_driver"]
