"""The modules `secret` and `config`, and what looks at them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from .steps import play
from .test_info import see

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

SECRET = "the-cat-is-called-mimi"


def test_an_engine_without_a_swarm_says_what_to_do(playbooks: Playbooks) -> None:
    tasks = [
        {"name": module, f"pytest_engine.engine.{module}": {"name": "x", **options}}
        for module, options in {
            "secret": {"data": "x"},
            "config": {"data": "x"},
            "secret_info": {},
            "config_info": {},
        }.items()
    ]
    run = playbooks.run_tasks([{**task, "ignore_errors": True} for task in tasks])
    assert len(run.messages) == len(tasks)
    for message in run.messages.values():
        assert "not a swarm manager" in message
        assert "found a swarm" in message


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("module", ["secret", "config"])
def test_a_task_brings_about_contents_and_never_shows_them(
    module: str, playbooks: Playbooks, engine: Engine, scratch: Scratch, tmp_path: Path
) -> None:
    name = scratch.name("one")
    file = tmp_path / "content"
    file.write_bytes(b"\xff\x00")
    wanted = {"name": name, "data": SECRET, "labels": {"tier": "one", "kept": 1}}
    binary = {"name": name, "data": base64.b64encode(b"\xff\x00").decode(), "data_is_b64": True}
    versions = {**wanted, "rolling_versions": True, "versions_to_keep": 1}
    results = play(
        playbooks,
        module,
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("less", {"name": name, "data": SECRET}, False),
            ("labels", {**wanted, "labels": {"tier": "two"}}, True),
            ("binary", binary, True),
            ("in lines", {**binary, "data": "/w\n  A=\n"}, False),
            ("from a file", {"name": name, "data_src": str(file)}, False),
            ("force", {**binary, "force": True}, True),
            ("first version", versions, True),
            ("first version again", versions, False),
            ("second version", {**versions, "data": "other"}, True),
            ("remove", {"name": name, "state": "absent"}, True),
            ("removed", {"name": name, "state": "absent"}, False),
            ("remove versions", {**versions, "state": "absent"}, True),
        ],
    )
    # What the task was told is among it; of a secret Ansible masks that.
    told = [{k: v for k, v in one.items() if k != "invocation"} for one in results.values()]
    assert SECRET not in str(results if module == "secret" else told)
    created = results["create"]
    assert created[f"{module}_name"] == created[module]["Spec"]["Name"] == name
    assert created[f"{module}_id"] == created[module]["ID"]
    assert created[module]["Spec"]["Labels"].items() >= {"tier": "one", "kept": "1"}.items()
    assert results["create (check)"][f"{module}_name"] == ""
    assert results["labels"]["diff"]["before"]["labels"] == {"tier": "one"}
    assert results["labels"][f"{module}_id"] == created[f"{module}_id"]
    assert results["binary"]["diff"]["after"]["data"] == "the wanted content"
    assert results["first version"][f"{module}_name"] == f"{name}_v1"
    assert results["second version"]["actions"] == [
        f"create {module} {name}_v2",
        f"remove {module} {name}_v1",
    ]
    assert results["removed"][module] == {}
    assert engine.secrets.list(filters={"name": name}) == []
    assert engine.configs.list(filters={"name": name}) == []


@pytest.mark.usefixtures("node")
@pytest.mark.parametrize("module", ["secret", "config"])
def test_the_info_modules_find_them(
    module: str, playbooks: Playbooks, engine: Engine, scratch: Scratch
) -> None:
    name, none = scratch.name("one"), scratch.name("none")
    objects: Any = engine.secrets if module == "secret" else engine.configs
    data = base64.b64encode(b"x").decode()
    objects.create({"Name": name, "Data": data, "Labels": {"of": name}})
    inspected = objects.inspect(name)
    one, no_one, several, matching = see(
        playbooks,
        f"{module}_info",
        {"name": name},
        {"name": none},
        {"names": [none, name]},
        {"filters": {"label": [f"of={name}"]}},
    )
    assert (one["exists"], one[module]) == (True, inspected)
    assert (no_one["exists"], no_one[module]) == (False, None)
    assert (several[f"{module}s"], several["missing"]) == ([inspected], [none])
    assert matching[f"{module}s"] == [inspected]


@pytest.mark.usefixtures("node")
def test_what_cannot_be_is_said(playbooks: Playbooks, scratch: Scratch) -> None:
    name = scratch.name("one")
    wrong: dict[str, dict[str, Any]] = {
        "no data": {"name": name},
        "both": {"name": name, "data": SECRET, "data_src": "/x"},
        "no base64": {"name": name, "data": f"{SECRET}!", "data_is_b64": True},
        "no file": {"name": name, "data_src": "/no/such/file"},
        "nothing in it": {"name": name, "data": ""},
        "no such name": {"name": "with spaces", "data": "x"},
    }
    tasks = [
        {"name": case, "pytest_engine.engine.secret": options, "ignore_errors": True}
        for case, options in wrong.items()
    ]
    run = playbooks.run_tasks(tasks)
    messages = run.messages
    assert messages.keys() == wrong.keys()
    assert "data, data_src" in messages["no data"]
    assert "mutually exclusive" in messages["both"]
    assert "not Base64" in messages["no base64"]
    assert "/no/such/file" in messages["no file"]
    assert "empty" in messages["nothing in it"]
    assert "invalid" in messages["no such name"]
    assert SECRET not in run.output
