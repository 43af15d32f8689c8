"""The inventory of an engine's containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import RequestLog, request_log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

STACK = {"com.docker.stack.namespace": "shop", "com.docker.swarm.service.name": "shop_web"}


def create(engine: Engine, name: str, **config: Any) -> None:
    body: Any = {"Cmd": ["sleep", "600"], "ExposedPorts": {"22/tcp": {}}, **config}
    engine.containers.create(body, name=name)


@pytest.fixture
def hosts(engine: Engine, scratch: Scratch, busybox: str) -> Iterator[dict[str, str]]:
    """Three containers, one of which does not run: `web`, `db` and `old`, by their names."""
    names = {name: scratch.name(name) for name in ("web", "db", "old")}
    ours = {"test": scratch.name()}
    create(
        engine,
        names["web"],
        Image=busybox,
        Labels={**ours, **STACK, "text": "{{ 6 * 7 }}"},
        HostConfig={"PortBindings": {"22/tcp": [{"HostIp": "0.0.0.0"}]}},  # noqa: S104
    )
    engine.containers.start(names["web"])
    create(
        engine,
        names["db"],
        Image=busybox,
        Labels=ours,
        HostConfig={
            "Links": [f"{names['web']}:web"],
            "PortBindings": {"22/tcp": [{"HostIp": "127.0.0.1"}]},
        },
    )
    engine.containers.start(names["db"])
    create(engine, names["old"], Image=busybox, Labels=ours)
    yield names
    # Its link is another name of what it leads to, for whoever lists the names.
    engine.containers.remove(names["db"], force=True)


@pytest.fixture
def ours(hosts: dict[str, str]) -> dict[str, Any]:
    """The filters that leave those containers alone."""
    prefix = hosts["web"].removesuffix("web")
    return {
        "filters": [{"include": f"inventory_hostname.startswith('{prefix}')"}, {"exclude": True}]
    }


@pytest.fixture
def log(engine_host: str) -> Iterator[RequestLog]:
    """The requests to the engine, by way of a proxy."""
    with request_log(engine_host) as log:
        yield log


def members(listed: dict[str, Any], group: str) -> set[str]:
    return set(listed.get(group, {}).get("hosts", ()))


def hostvars(listed: dict[str, Any], name: str) -> dict[str, Any]:
    variables: dict[str, Any] = listed["_meta"]["hostvars"][name]
    # So ansible-inventory writes what comes from elsewhere and is no template.
    return {
        key: value["__ansible_unsafe"]
        if isinstance(value, dict) and set(value) == {"__ansible_unsafe"}
        else value
        for key, value in variables.items()
    }


def names(engine: Engine) -> set[str]:
    """The names of all containers; those that links gave them have a second slash."""
    listed = [name for one in engine.containers.list(all=True) for name in one["Names"]]
    return {name[1:] for name in listed if name.count("/") == 1}


def published(engine: Engine, container: str) -> str:
    inspected: Any = engine.containers.inspect(container)
    return str(inspected["NetworkSettings"]["Ports"]["22/tcp"][0]["HostPort"])


@pytest.mark.parametrize("plugin", ["containers", "docker_containers"])
def test_every_container_is_a_host_by_one_question(
    playbooks: Playbooks, hosts: dict[str, str], log: RequestLog, engine: Engine, plugin: str
) -> None:
    there = names(engine)
    listed = playbooks.list_hosts(
        {"plugin": f"pytest_engine.engine.{plugin}", "docker_host": log.host}
    )
    found = set(listed["_meta"]["hostvars"])
    assert set(hosts.values()) <= found
    # Others make and remove containers meanwhile.
    assert there & names(engine) <= found
    requests = [line for line in log.take() if "/_ping" not in line and "/version" not in line]
    assert len(requests) == 1
    assert "/containers/json" in requests[0]
    inspected = engine.containers.inspect(hosts["web"])
    assert hostvars(listed, hosts["web"]) == {
        "ansible_connection": "pytest_engine.engine.engine",
        "ansible_docker_api_version": "auto",
        "ansible_docker_docker_host": log.host,
        "ansible_docker_timeout": 60,
        "ansible_docker_tls": False,
        "ansible_docker_validate_certs": False,
        "ansible_host": hosts["web"],
        "docker_name": hosts["web"],
        "docker_short_id": inspected["Id"][:13],
    }


def test_hosts_are_put_together_and_grouped_by_what_the_engine_knows(
    playbooks: Playbooks, hosts: dict[str, str]
) -> None:
    web, db, old = hosts.values()
    label = web.removesuffix("web") + "x"
    listed = playbooks.list_hosts(
        {
            "strict": True,
            "filters": [
                {"exclude": "not docker_state.Running"},
                {"include": f"docker_config.Labels.test | default('') == '{label}'"},
                {"exclude": True},
            ],
            "compose": {"image": "docker_config.Image", "stack": "docker_stack | default('none')"},
            "groups": {"frontends": "docker_name.endswith('web')"},
            "keyed_groups": [
                {"key": "docker_state.Status", "prefix": "is", "parent_group": "states"}
            ],
        }
    )
    assert set(listed["_meta"]["hostvars"]) == {web, db}
    assert old not in str(listed)
    assert hostvars(listed, web)["stack"] == "shop"
    assert hostvars(listed, db)["stack"] == "none"
    assert hostvars(listed, db)["image"] == "busybox"
    assert "docker_config" not in hostvars(listed, web)
    assert members(listed, "frontends") == {web}
    assert members(listed, "is_running") == {web, db}
    assert listed["states"]["children"] == ["is_running"]


def test_all_that_the_engine_knows_can_be_variables(
    playbooks: Playbooks, hosts: dict[str, str], ours: dict[str, Any], engine: Engine
) -> None:
    listed = playbooks.list_hosts({**ours, "verbose_output": True})
    variables = hostvars(listed, hosts["web"])
    inspected = engine.containers.inspect(hosts["web"])
    assert variables["docker_id"] == inspected["Id"]
    assert variables["docker_name"] == f"/{hosts['web']}"
    assert {f"docker_{key.lower()}" for key in inspected} <= set(variables)
    assert (variables["docker_stack"], variables["docker_service"]) == ("shop", "shop_web")


def test_tasks_run_in_the_hosts_and_labels_are_never_templates(
    playbooks: Playbooks, hosts: dict[str, str], ours: dict[str, Any]
) -> None:
    source = playbooks.write_inventory({**ours, "verbose_output": True})
    run = playbooks.run_tasks(
        [
            {"name": "run", "raw": "echo here"},
            {"name": "label", "ansible.builtin.debug": {"msg": "{{ docker_config.Labels.text }}"}},
        ],
        "-i",
        str(source),
        "--limit",
        hosts["web"],
    )
    assert run.returncode == 0, run.output
    assert run.results["run"]["stdout"] == "here\n"
    assert run.results["label"]["msg"] == "{{ 6 * 7 }}"


def test_ssh_servers_are_reached_where_they_are_published(
    playbooks: Playbooks, hosts: dict[str, str], ours: dict[str, Any], engine: Engine
) -> None:
    listed = playbooks.list_hosts({**ours, "connection_type": "ssh", "default_ip": "192.0.2.7"})
    ports = {name: published(engine, hosts[name]) for name in ("web", "db")}
    reached = {
        name: (variables["ansible_ssh_host"], variables["ansible_ssh_port"])
        for name in hosts
        for variables in [hostvars(listed, hosts[name])]
    }
    assert reached == {
        "web": ("192.0.2.7", ports["web"]),
        "db": ("127.0.0.1", ports["db"]),
        "old": ("", 0),
    }
    assert "ansible_connection" not in hostvars(listed, hosts["web"])


def test_the_docker_command_may_be_the_connection(
    playbooks: Playbooks, hosts: dict[str, str]
) -> None:
    listed = playbooks.list_hosts({"connection_type": "docker-cli"})
    variables = hostvars(listed, hosts["web"])
    assert variables["ansible_connection"] == "pytest_engine.engine.docker"
    assert variables["ansible_host"] == hosts["web"]
    assert not [name for name in variables if name.startswith("ansible_docker_")]


def test_the_engine_is_not_handed_on_where_that_is_not_wanted(
    playbooks: Playbooks, hosts: dict[str, str]
) -> None:
    listed = playbooks.list_hosts({"configure_docker_daemon": False})
    variables = hostvars(listed, hosts["web"])
    assert variables["ansible_connection"] == "pytest_engine.engine.engine"
    assert not [name for name in variables if name.startswith("ansible_docker_")]


def test_groups_of_old_are_made_when_asked_for(
    playbooks: Playbooks, hosts: dict[str, str], ours: dict[str, Any], engine: Engine
) -> None:
    # Ansible warns of groups that have the names of hosts.
    listed = playbooks.list_hosts({**ours, "add_legacy_groups": True}, may_warn=True)
    identity = engine.containers.inspect(hosts["web"])["Id"]
    groups = (identity, identity[:13], "image_busybox", "stack_shop", "service_shop_web")
    for group in groups:
        assert hosts["web"] in members(listed, group), group
    assert members(listed, "running") == {hosts["web"], hosts["db"]}
    assert members(listed, "stopped") == {hosts["old"]}
    assert members(listed, playbooks.engine_host) == set(hosts.values())


def test_a_group_has_no_variables_of_a_container_that_is_called_like_it(
    playbooks: Playbooks, scratch: Scratch, busybox: str, engine: Engine
) -> None:
    ours, service, task = {"test": scratch.name()}, scratch.name("web"), scratch.name("task")
    # First, because engines list the newest first, and its name is a group's by then.
    namesake = f"service_{service}"
    create(engine, namesake, Image=busybox, Labels={**ours, "com.docker.stack.namespace": "shop"})
    label = {"com.docker.swarm.service.name": service}
    create(engine, task, Image=busybox, Labels={**ours, **label})
    filters = [{"include": f"inventory_hostname in ['{namesake}', '{task}']"}, {"exclude": True}]
    source = {"add_legacy_groups": True, "verbose_output": True, "filters": filters}
    listed = playbooks.list_hosts(source, may_warn=True)
    assert members(listed, namesake) == {namesake, task}
    assert hostvars(listed, namesake)["docker_stack"] == "shop"
    assert "docker_stack" not in hostvars(listed, task)


def test_running_and_stopped_are_groups_where_nothing_is_either(
    playbooks: Playbooks, hosts: dict[str, str]
) -> None:
    nothing = {"add_legacy_groups": True, "filters": [{"exclude": True}]}
    path = playbooks.write_inventory(nothing)
    task = {"name": "groups", "debug": {"msg": "{{ [groups.running, groups.stopped] }}"}}
    run = playbooks.run_tasks([task], "-i", str(path))
    assert run.results["groups"]["msg"] == [[], []], hosts


def test_what_is_kept_is_not_asked_for_again(
    playbooks: Playbooks, hosts: dict[str, str], log: RequestLog, tmp_path: Path
) -> None:
    source = {
        "docker_host": log.host,
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path),
    }
    first = playbooks.list_hosts(source)
    assert log.take() != []
    assert playbooks.list_hosts(source) == first
    assert log.take() == []
    # What was kept does not say enough for this.
    more = playbooks.list_hosts({**source, "compose": {"image": "docker_config.Image"}})
    assert hostvars(more, hosts["web"])["image"] == "busybox"
    assert log.take() != []
    # Others make and remove containers meanwhile.
    again = playbooks.list_hosts(source)
    assert [hostvars(again, name) for name in hosts.values()] == [
        hostvars(first, name) for name in hosts.values()
    ]
    assert log.take() == []


def test_what_is_wrong_is_told_in_one_message(playbooks: Playbooks, hosts: dict[str, str]) -> None:
    del hosts
    both = {"include": "true", "exclude": "true"}
    for source, said in (
        ({"filters": [both]}, "filters[0]: it takes either include or exclude"),
        ({"filters": [{"include": 7}]}, "filters[0].include: 7 is no condition"),
        ({"filters": [{"include": "docker_nothing.X"}]}, "docker_nothing"),
        ({"strict": True, "compose": {"x": "docker_nothing.X"}}, "Could not set x"),
        ({"docker_host": "unix:///nowhere/docker.sock"}, "/nowhere/docker.sock"),
        ({"docker_host": "tcp://127.0.0.1:1", "ca_path": "/nowhere"}, "ca_path"),
        ({"connection_type": "telnet"}, "connection_type"),
    ):
        assert said in " ".join(playbooks.list_hosts(source)["failed"].split()), source


def test_other_files_are_left_to_other_plugins(playbooks: Playbooks) -> None:
    failed = playbooks.list_hosts({}, name="some.yml")["failed"]
    assert "could not be verified by" in " ".join(failed.split())
