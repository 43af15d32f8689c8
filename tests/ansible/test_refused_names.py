"""A name that is empty, as Ansible makes it of a key left blank, is refused by every module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .refusing import Refusal, refusing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.ansible

ABSENT: dict[str, Any] = {"state": "absent"}
INTO = {"path": "/a", "container_path": "/b"}
# Module, the option, and what else it needs.
NAMED: list[tuple[str, str, dict[str, Any]]] = [
    ("compose_v2", "project_name", {"definition": {"services": {}}}),
    ("compose_v2", "project_name", {"project_src": "/", **ABSENT}),
    ("compose_v2_exec", "service", {"project_src": "/", "command": "true"}),
    ("compose_v2_run", "service", {"project_src": "/"}),
    ("config", "name", ABSENT),
    ("container", "name", ABSENT),
    ("container_copy_into", "container", INTO),
    ("container_copy_out", "container", INTO),
    ("container_exec", "container", {"command": "true"}),
    ("container_logs", "container", {}),
    ("container_wait", "container", {"stable": 1}),
    ("image", "name", ABSENT),
    ("image_build", "name", {"path": "/"}),
    ("image_load", "path", {}),
    ("image_pull", "name", {}),
    ("image_push", "name", {}),
    ("image_remove", "name", {}),
    ("image_tag", "name", {"repository": ["a"]}),
    ("network", "name", ABSENT),
    ("node", "hostname", {"role": "worker"}),
    ("plugin", "plugin_name", ABSENT),
    ("secret", "name", ABSENT),
    ("service", "name", ABSENT),
    ("stack", "name", ABSENT),
    ("stack", "name", {"compose": [{"services": {}}]}),
    ("stack_task_info", "name", {}),
    ("swarm_service", "name", ABSENT),
    ("swarm_service_info", "name", {}),
    ("volume", "volume_name", ABSENT),
]


@pytest.fixture(scope="module")
def said(collections: Path) -> Iterator[Refusal]:
    """What modules say of their options."""
    with refusing(collections) as said:
        yield said


@pytest.mark.parametrize("name", ["", " ", "\t\n"])
@pytest.mark.parametrize(("module", "option", "options"), NAMED)
def test_an_empty_name_is_refused(
    said: Refusal, module: str, option: str, options: dict[str, Any], name: str
) -> None:
    told = said(module, {**options, option: name})
    assert told.startswith(f"{option}: it is empty."), told


def test_null_is_refused_as_an_empty_name_is(said: Refusal) -> None:
    assert said("stack", {"name": None, **ABSENT}).startswith("name: it is empty.")


@pytest.mark.parametrize("name", ["", " ", None])
def test_an_empty_name_among_others_is_refused(said: Refusal, name: str) -> None:
    several = {"containers": [{"name": "web", **ABSENT}, {"name": name, **ABSENT}]}
    assert said("containers", several).startswith(f"containers[1] ({name}): name: it is empty.")
    node = {"state": "remove", "node_id": name}
    assert said("swarm", node) == "A node needs a host name or an id."


def test_each_module_that_needs_a_name_is_tested(collection: Path) -> None:
    needing = {
        path.stem
        for path in (collection / "plugins" / "modules").glob("*.py")
        for text in [path.read_text("utf-8")]
        if '"type": "str", "required": True' in text.partition("ARGUMENTS = {")[2]
    }
    assert sorted(needing - {module for module, _option, _options in NAMED}) == []
