"""Many containers in one task."""

from __future__ import annotations

import contextlib
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import NotFound

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

MODULE = "pytest_engine.engine.containers"


def task(name: str, containers: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    more: dict[str, Any] = {
        key: options.pop(key) for key in ("check_mode", "ignore_errors") if key in options
    }
    return {"name": name, MODULE: {"containers": containers, **options}, **more}


def test_a_list_of_containers_is_brought_about_and_trimmed(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    names = [scratch.name(name) for name in ("web", "cache", "db")]
    base = {"image": busybox, "command": "sleep 600", "force_kill": True}
    project = {"labels": {"project": scratch.name("project"), "kept": 1}}
    web, cache, db = ({**base, "name": name, "labels": {"own": name}} for name in names)
    shop = [{**web, "depends_on": names[1:]}, cache, db]
    less = {"remove_others": True, **project}
    stranger = scratch.name("stranger")
    engine.containers.create({"Image": busybox}, name=stranger)
    run = playbooks.run_tasks(
        [
            task("create (check)", shop, check_mode=True, **project),
            task("create", shop, **project),
            task("again", shop, **project),
            task("change (check)", [{**web, "memory": "64m"}, cache, db], check_mode=True),
            task("change", [{**web, "memory": "64m"}, cache, db], **project),
            task("trim (check)", [web, db], check_mode=True, **less),
            task("trim", [web, db], **less),
            task("trimmed", [web, db], **less),
            task("remove", [{"name": name, "state": "absent"} for name in names]),
            task("removed", [{"name": name, "state": "absent"} for name in names]),
        ],
        "--diff",
    )
    assert run.returncode == 0, run.output
    results = run.results
    assert [name for name in results if name not in run.changed] == ["again", "trimmed", "removed"]
    for step in ("create", "change", "trim"):
        assert results[f"{step} (check)"]["actions"] == results[step]["actions"]
    created = results["create"]["containers"]
    assert [one["name"] for one in created] == names
    assert all(one["changed"] and one["container"]["State"]["Running"] for one in created)
    assert created[0]["container"]["Config"]["Labels"] == {
        "kept": "1",
        "own": names[0],
        "project": project["labels"]["project"],
    }
    times = [one["container"]["State"]["StartedAt"] for one in created]
    assert times[0] > max(times[1:])
    changed = [one["name"] for one in results["change"]["containers"] if one["changed"]]
    assert changed == names[:1]
    assert list(results["change"]["diff"]["after"]) == names[:1]
    assert results["trim"]["actions"] == [
        f"stop container {names[1]}",
        f"remove container {names[1]}",
    ]
    assert engine.containers.inspect(stranger)["Name"] == f"/{stranger}"


def test_a_container_whose_former_name_is_a_number_is_renamed_and_not_removed(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    former, name, label = uuid.uuid4().int, scratch.name("new"), scratch.name("label")
    made = engine.containers.create({"Image": busybox, "Labels": {label: "1"}}, name=str(former))
    entry = {"name": name, "image": busybox, "state": "present", "old_name": former}
    try:
        run = playbooks.run_tasks([task("rename", [entry], labels={label: 1}, remove_others=True)])
    finally:
        with contextlib.suppress(NotFound):
            engine.containers.remove(str(former))
    assert run.results["rename"]["actions"] == [f"rename container {former} to {name}"], run.output
    assert engine.containers.inspect(name)["Id"] == made["Id"]


def test_what_is_wrong_in_a_list_is_told_with_its_place(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    one, two = scratch.name("one"), scratch.name("two")
    entry = {"name": one, "image": busybox}
    broken = {"name": two, "image": busybox, "command": "/no/such/program"}
    fine = {**entry, "command": "sleep 600", "force_kill": True}
    run = playbooks.run_tasks(
        [
            task("option", [entry, {**entry, "imagee": "x"}], ignore_errors=True),
            task("suboption", [{**entry, "networks": [{"nam": "x"}]}], ignore_errors=True),
            task("name", [{"image": busybox}], ignore_errors=True),
            task("twice", [entry, entry], ignore_errors=True),
            task("unknown", [{**entry, "depends_on": ["nobody"]}], ignore_errors=True),
            task("others", [entry], remove_others=True, ignore_errors=True),
            task("value", [{**entry, "memory": "lots"}], ignore_errors=True),
            task("type", [{**entry, "healthcheck": False, "env": {}}], ignore_errors=True),
            task("number", [{**entry, "cpu_shares": "inf"}], ignore_errors=True),
            task("renamed", [{**entry, "old_name": two}, broken], ignore_errors=True),
            task("one of two", [fine, broken], ignore_errors=True),
        ]
    )
    assert list(run.messages) == list(run.results), run.output
    assert "This is a bug" not in run.output
    said = run.messages
    assert said["option"] == f"containers[1] ({one}): there is no option imagee."
    assert said["suboption"] == f"containers[0] ({one}): there is no option networks.nam."
    assert said["name"].startswith("containers[0] (None): ")
    assert "name" in said["name"]
    assert said["twice"] == f"containers: {one} occurs more than once."
    assert said["unknown"] == f"containers: {one} depends on nobody, which is none of them."
    assert said["others"].startswith("remove_others: without labels")
    assert said["value"].startswith(f"containers[0] ({one}): memory: 'lots' is no size")
    no_type = "a value is not of the type that the option has."
    assert said["type"] == f"containers[0] ({one}): healthcheck: {no_type}"
    assert said["number"] == f"containers[0] ({one}): cpu_shares: {no_type}"
    former = f"old_name: {two} is the name of another one of them."
    assert said["renamed"] == f"containers: {one}: {former}"
    assert said["one of two"].startswith(f"container {two}: ")
    assert said["one of two"].endswith(
        f"Done before that: create container {one}, start container {one}."
    )
    assert [c["name"] for c in run.results["one of two"]["containers"]] == [one]
    assert engine.containers.inspect(one)["State"]["Running"]
