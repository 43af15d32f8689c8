"""What inventories make of answers that engines give seldom, told by a server that plays one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.core.scripted import PONG, Read, ScriptedServer, Step, answer

from .conftest import Playbooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.core.scripted import Step

pytestmark = pytest.mark.ansible


@pytest.fixture
def list_hosts(collections: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Lists what a plugin makes of an engine's answer: host -> variables."""

    def run(source: dict[str, Any], answered: Any, name: str, **options: Any) -> dict[str, Any]:
        script: list[Step] = [
            Read.REQUEST,
            PONG,
            Read.REQUEST,
            answer(json.dumps(answered).encode()),
        ]
        with ScriptedServer(tmp_path / "engine.sock", [script]) as server:
            playbooks = Playbooks(collections, tmp_path, server.host)
            listed = playbooks.list_hosts(source, name=name, **options)
        assert "failed" not in listed, listed
        hosts: dict[str, Any] = listed["_meta"]["hostvars"]
        return {
            host: {name: plain(value) for name, value in variables.items()}
            for host, variables in hosts.items()
        }

    return run


def plain(value: Any) -> Any:
    """Take off what Ansible marks a text with that is no template."""
    return value.get("__ansible_unsafe", value) if isinstance(value, dict) else value


@pytest.mark.parametrize(
    ("status", "manager", "variables"),
    [
        (
            {"Addr": "fe80::1"},
            None,
            {"ansible_host": "fe80::1", "ansible_host_uri": "tcp://[fe80::1]:2375"},
        ),
        (
            {"Addr": "::"},
            {"Addr": "[fe80::2]:2377"},
            {"ansible_host": "fe80::2", "ansible_host_uri": "tcp://[fe80::2]:2375"},
        ),
        ({"Addr": None}, {"Addr": None}, {}),
        (None, None, {}),
    ],
    ids=["IPv6", "manager", "null", "nothing"],
)
def test_a_node_has_the_address_that_is_known(
    list_hosts: Callable[..., dict[str, Any]],
    status: Any,
    manager: Any,
    variables: dict[str, Any],
) -> None:
    source = {
        "plugin": "pytest_engine.engine.swarm",
        "include_host_uri": True,
        "verbose_output": False,
    }
    node = {"ID": "one", "Spec": {"Role": "manager"}, "Status": status, "ManagerStatus": manager}
    hosts = list_hosts(source, [node], "some.swarm.yml")
    assert hosts.get("one", {}) == variables


@pytest.mark.parametrize("name", ["all", "ungrouped", ""])
def test_a_container_that_no_host_can_be_called_like_is_known_by_its_id(
    list_hosts: Callable[..., dict[str, Any]], name: str
) -> None:
    ids = ["a" * 64, "b" * 64]
    containers = [{"Id": ids[0], "Names": [f"/{name}"]}, {"Id": ids[1], "Names": ["/web"]}]
    hosts = list_hosts({}, containers, "some.docker.yml", may_warn=True)
    assert sorted(hosts) == [ids[0][:13], "web"]
    assert hosts[ids[0][:13]]["docker_name"] == (name or ids[0][:13])
