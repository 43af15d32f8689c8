"""Values that mean nothing, or not what they seem to, are refused before any engine is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .refusing import Refusal, refusing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.ansible

COPIED = {"container": "web", "container_path": "/a", "content": "b", "mode": "0644"}
# Ansible counts what is null as stated: its own rules let these pass.
NULL: list[tuple[str, dict[str, Any], str]] = [
    *(
        (module, {"name": "x", **stated}, "data: it is null, and so is data_src.")
        for module in ("secret", "config")
        for stated in ({"data": None}, {"data_src": None}, {"data": None, "data_is_b64": True})
    ),
    *(
        (f"{sort}_info", {option: None}, "Either name, names or filters is needed")
        for sort in ("config", "container", "network", "plugin", "secret", "volume")
        for option in ("name", "names", "filters")
    ),
    ("container_copy_into", {**COPIED, "owner_id": 5, "group_id": None}, "group_id: it is null"),
    ("container_copy_into", {**COPIED, "owner_id": None, "group_id": 5}, "owner_id: it is null"),
]


SERVICE = {"name": "web", "image": "nginx"}
SECRET = {"secret_name": "key"}
MODES: list[tuple[dict[str, Any], str]] = [
    *(
        ({"secrets": [{**SECRET, "mode": mode}]}, f"secrets: mode: {mode!r} is no octal number.")
        for mode in ("444", "0o", "0844", "", "rw", "-0444", "0x124")
    ),
    ({"secrets": [{**SECRET, "mode": 4.5}]}, "secrets: mode: 4.5 is no whole number."),
    ({"secrets": [{**SECRET, "mode": True}]}, "secrets: mode: True is no whole number."),
    ({"configs": [{"config_name": "a", "mode": "444"}]}, "configs: mode: '444' is no octal"),
    (
        {"mounts": [{"type": "tmpfs", "target": "/a", "tmpfs_mode": "700"}]},
        "mounts: tmpfs_mode: '700' is no octal",
    ),
]


DURATIONS: list[tuple[dict[str, Any], str]] = [
    ({"restart_config": {"delay": "1.5"}}, "restart_config: delay: '1.5' has no unit"),
    ({"restart_config": {"window": 0.5}}, "restart_config: window: '0.5' has no unit"),
    ({"update_config": {"monitor": "1e9"}}, "update_config: monitor: '1e9' has no unit"),
    ({"rollback_config": {"delay": "-5"}}, "rollback_config: delay: '-5' has no unit"),
]
RESERVED = {"ansible_key": "a", "ansible_version": "b", "mine": "c"}


WAITING: list[tuple[str, dict[str, Any]]] = [
    ("service", {"name": "web", "image": "nginx", "target_num_containers": 2}),
    ("stack", {"name": "shop", "compose": [{"services": {}}], "detach": False}),
    ("swarm_service", {**SERVICE, "wait": True}),
]


# Options that are empty, as of a variable without a value, and would be as if nobody stated them.
EMPTY: list[tuple[str, dict[str, Any], str]] = [
    ("container_wait", {"log": {"text": ""}}, "wait.log needs a text"),
    ("container_wait", {"log": {"pattern": ""}}, "wait.log: text is empty"),
    ("container_wait", {"all": [{"file": {"path": "/a", "content": ""}}]}, "wait.file: content is"),
    ("container_wait", {"file": {"path": "/a", "pattern": ""}}, "wait.file: content is empty"),
    ("container_wait", {"exec": {"command": "a", "output": ""}}, "wait.exec: output is empty"),
    ("container_wait", {"http": {"body": ""}}, "wait.http: body is empty"),
    ("container_exec", {"command": "a", "creates": ""}, "creates: it is empty"),
    ("container_exec", {"command": "a", "removes": " "}, "removes: it is empty"),
]


@pytest.fixture(scope="module")
def said(collections: Path) -> Iterator[Refusal]:
    """What modules say of their options."""
    with refusing(collections) as said:
        yield said


@pytest.mark.parametrize(("module", "options", "message"), NULL)
def test_what_is_null_is_not_stated(
    said: Refusal, module: str, options: dict[str, Any], message: str
) -> None:
    told = said(module, options)
    assert told.startswith(message), told


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("module", "options", "message"), EMPTY)
def test_what_is_empty_is_not_taken_for_anything(
    said: Refusal, module: str, options: dict[str, Any], message: str, *, check: bool
) -> None:
    told = said(module, {"container": "web", **options}, check=check)
    assert told.startswith(message), told


@pytest.mark.parametrize("module", ["secret", "config"])
def test_labels_that_tell_what_a_content_is_are_refused(said: Refusal, module: str) -> None:
    told = said(module, {"name": "key", "data": "x", "labels": RESERVED})
    assert told.startswith("labels: ansible_key, ansible_version tells what a content is."), told


@pytest.mark.parametrize(("stated", "message"), [*MODES, *DURATIONS])
def test_a_text_that_may_mean_another_number_is_refused(
    said: Refusal, stated: dict[str, Any], message: str
) -> None:
    told = said("swarm_service", {**SERVICE, **stated})
    assert told.startswith(message), told


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e12, -1])
@pytest.mark.parametrize(("module", "options"), WAITING)
def test_a_time_that_cannot_be_waited_is_refused_first(
    said: Refusal, module: str, options: dict[str, Any], seconds: float
) -> None:
    told = said(module, {**options, "wait_timeout": seconds})
    assert told.startswith("wait_timeout: "), told


@pytest.mark.parametrize("option", ["container_envvars", "labels"])
def test_a_fraction_may_have_been_another_text(said: Refusal, option: str) -> None:
    told = said("service", {**SERVICE, option: {"MODE": 1, "PYTHON": 3.25}})
    assert told.startswith(f"{option}: PYTHON is a number with a fraction"), told
    assert "3.25" not in told


def test_a_pause_that_cannot_be_is_refused_first(said: Refusal) -> None:
    stated = {"name": "shop", "state": "absent", "absent_retries_interval": -1}
    assert said("stack", stated).startswith("absent_retries_interval: ")
