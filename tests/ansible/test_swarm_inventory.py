"""The inventory of a swarm's nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.nodes import NodeKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.spec.swarm import NodeSpec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

SOURCE = {"plugin": "pytest_engine.engine.swarm"}


def plain(value: Any) -> Any:
    """Take off what Ansible marks a text with that is no template."""
    if isinstance(value, dict):
        unmarked = {key: plain(item) for key, item in value.items()}
        return unmarked.get("__ansible_unsafe", unmarked)
    return value


def test_an_engine_without_a_swarm_says_so(playbooks: Playbooks) -> None:
    listed = playbooks.list_hosts(SOURCE, name="some.swarm.yml")
    assert "found a swarm" in listed["failed"].replace("\n", " ")


def test_nodes_are_hosts_in_groups(playbooks: Playbooks, engine: Engine, node: str) -> None:
    reconcile(engine, NodeKind(), NodeSpec(node, labels={"disk": "ssd"}))
    found = engine.nodes.inspect(node)
    source = {
        **SOURCE,
        "include_host_uri": True,
        "strict": True,
        "keyed_groups": [{"prefix": "label", "key": "Spec.Labels"}],
        "compose": {"ansible_user": "'deploy'"},
    }
    listed = playbooks.list_hosts(source, name="docker_swarm.yml")
    address = found["Status"]["Addr"]
    variables = plain(listed["_meta"]["hostvars"][node])
    attributes = variables.pop("docker_swarm_node_attributes")
    assert (attributes["ID"], attributes["Spec"]) == (node, found["Spec"])
    assert variables == {
        "ansible_host": address,
        "ansible_host_uri": f"tcp://{address}:2375",
        "ansible_user": "deploy",
    }
    groups = {name for name, group in listed.items() if node in group.get("hosts", ())}
    assert groups == {"manager", "leader", "label_disk_ssd"}


@pytest.mark.parametrize(
    ("options", "port"),
    [
        ({"tls": True}, 2376),
        ({"validate_certs": True}, 2376),
        ({"tls": True, "include_host_uri_port": 4321}, 4321),
    ],
)
def test_the_usual_port_is_that_of_the_connection(
    playbooks: Playbooks, node: str, options: dict[str, Any], port: int
) -> None:
    source = {**SOURCE, "verbose_output": False, "include_host_uri": True, **options}
    variables = playbooks.list_hosts(source, name="some.swarm.yml")["_meta"]["hostvars"][node]
    assert plain(variables["ansible_host_uri"]).endswith(f":{port}")


def test_a_filter_decides_which_nodes_are_hosts(playbooks: Playbooks, node: str) -> None:
    source = {**SOURCE, "verbose_output": False, "filters": [{"exclude": "Spec.Role != 'x'"}]}
    assert node not in str(playbooks.list_hosts(source, name="some.swarm.yml"))
    source["filters"] = [{"include": f"ID == '{node}'"}, {"exclude": True}]
    listed = playbooks.list_hosts(source, name="some.swarm.yml")
    assert list(listed["_meta"]["hostvars"]) == [node]
