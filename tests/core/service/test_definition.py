"""What a service is to be: values, checked and in one form."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.service.body import Life, read_definition, to_body
from pytest_engine.core.service.definition import ServiceDefinition


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("redis", "redis"),
        ("tutum/hello-world:1", "hello-world"),
        ("registry:5000/a/b.c@sha256:" + "0" * 64, "b-c"),
    ],
)
def test_the_name_is_the_images_where_none_is_stated(image: str, name: str) -> None:
    assert ServiceDefinition(image).name == name


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"image": ""}, "image: state what"),
        ({"image": None, "name": "x"}, "image: state what"),
        ({"image": "Upper", "name": "x"}, "image: 'Upper' is no image reference"),
        ({"run_command": "a 'b"}, "run_command: it cannot be split"),
        ({"run_command": ["sleep", 3600]}, "run_command: 3600 is no string"),
        ({"entrypoint": "a 'b"}, "entrypoint: it cannot be split"),
        ({"name": "a b"}, "name: 'a b' is no name"),
        ({"name": "x" * 64}, "at most 63"),
        ({"target_num_containers": -1}, "target_num_containers: -1 is no whole number"),
        ({"target_num_containers": True}, "target_num_containers: True"),
        ({"deployment_strategy": "EVERY_NODE", "target_num_containers": 2}, "leave it out"),
        ({"memory": 0}, "memory: 0"),
        ({"memory_swap": 8}, "memory_swap: it is memory and swap together"),
        ({"memory": 8, "memory_swap": 4}, "memory_swap: 4 is no whole number of 8"),
        ({"autorestart": "SOMETIMES"}, "autorestart: 'SOMETIMES' is none of OFF, ON_FAILURE"),
        ({"autodestroy": "always"}, "autodestroy: 'always'"),
        ({"deployment_strategy": "X"}, "deployment_strategy: 'X'"),
        ({"net": "none"}, "net: 'none' is none of bridge, host"),
        ({"container_ports": [{"inner_port": 0}]}, "inner_port: 0 is no port"),
        ({"container_ports": [{}]}, "inner_port: None is no port"),
        ({"container_ports": [{"inner_port": 1, "outer_port": 70000}]}, "outer_port: 70000"),
        ({"container_ports": [{"inner_port": 1, "protocol": "sctp"}]}, "neither tcp nor udp"),
        ({"container_ports": [{"inner": 1}]}, "with keys of inner_port"),
        ({"linked_to_service": [{"name": "DB"}]}, "each states the service as to_service"),
        ({"bindings": [{}]}, "either a container_path or volumes_from"),
        ({"bindings": [{"container_path": "/a", "volumes_from": "b"}]}, "either"),
        ({"bindings": [{"volumes_from": "a", "host_path": "/b"}]}, "needs a container_path"),
        ({"bindings": [{"container_path": "/a", "volumes_from": ""}]}, "volumes_from: it names no"),
        ({"bindings": [{"volumes_from": "/"}]}, "volumes_from: it names no service"),
        ({"linked_to_service": [{"to_service": "/"}]}, "to_service: it names no service"),
        ({"bindings": [{"container_path": "a"}]}, "container_path: 'a' is no absolute path"),
        ({"tags": ["a b"]}, "tags: 'a b' is no tag"),
        ({"security_opt": ["seccomp=unconfined"]}, "is no labeling"),
        ({"security_opt": ["label:level"]}, "is no labeling"),
        ({"extra_hosts": ["x"]}, "is not of the form name:address"),
        ({"domainname": "example.com"}, "domainname: state the hostname"),
    ],
)
def test_what_cannot_be_is_refused(attributes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        ServiceDefinition(**{"image": "busybox", **attributes})


def test_a_wrong_variable_is_not_shown() -> None:
    with pytest.raises(InvalidInput) as caught:
        ServiceDefinition("busybox", container_envvars=[{"key": "PASSWORD", "vlaue": "hidden"}])
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "variables", [{"A=hidden": "c"}, [{"key": "A=hidden", "value": "c"}]], ids=["names", "list"]
)
def test_a_name_of_a_variable_ends_before_its_value(variables: Any) -> None:
    with pytest.raises(InvalidInput, match=r"^container_envvars: the name A=") as caught:
        ServiceDefinition("busybox", container_envvars=variables)
    assert "hidden" not in str(caught.value)


def test_forms_are_brought_into_one() -> None:
    definition = ServiceDefinition(
        "busybox",
        container_envvars=[{"key": "A", "value": "1"}],
        container_ports=[{"inner_port": 80, "outer_port": 8080}, {"inner_port": 81}],
        linked_to_service=[{"to_service": "/api/app/v1/service/80ff1635/"}],
        tags=[{"name": "one"}, "two"],  # type: ignore[list-item]
        bindings=[{"container_path": "/a"}, {"volumes_from": "/service/x/", "rewritable": False}],
    )
    assert definition.container_envvars == {"A": "1"}
    assert definition.container_ports == (
        {"inner_port": 80, "protocol": "tcp", "outer_port": 8080, "published": True},
        {"inner_port": 81, "protocol": "tcp", "published": False},
    )
    assert definition.linked_to_service == ({"to_service": "80ff1635", "name": "80ff1635"},)
    assert definition.tags == ("one", "two")
    assert definition.bindings == (
        {"container_path": "/a", "rewritable": True},
        {"volumes_from": "x", "rewritable": False},
    )
    assert definition.nickname == "busybox"


def test_a_definition_comes_back_from_what_was_made_of_it() -> None:
    definition = ServiceDefinition(
        "busybox:1",
        name="x",
        run_command="sh -c 'a b'",
        container_envvars={"A": "1", "B": "x=y"},
        container_ports=[{"inner_port": 80}],
        memory=64,
        tags=["a"],
    )
    body = to_body(definition, Life(), network="n", variables={"DB_PORT": "tcp://db:1"})
    container = body["TaskTemplate"]["ContainerSpec"]
    assert container["Args"] == ["sh", "-c", "a b"]
    assert sorted(container["Env"]) == ["A=1", "B=x=y", "DB_PORT=tcp://db:1"]
    assert "x=y" not in str(body["Labels"])
    again = read_definition({"Spec": body})
    assert again.plain() == definition.plain()
    assert again.container_envvars == {"A": "1", "B": "x=y"}


def test_a_variable_of_its_own_is_not_lost_to_one_of_a_link() -> None:
    definition = ServiceDefinition("busybox", container_envvars={"DB_PORT": "5432"})
    linked = {"DB_PORT": "tcp://db:1", "DB_PORT_1_TCP": "tcp://db:1"}
    body = to_body(definition, Life(), network="n", variables=linked)
    env = body["TaskTemplate"]["ContainerSpec"]["Env"]
    assert sorted(env) == ["DB_PORT=5432", "DB_PORT_1_TCP=tcp://db:1"]
    assert read_definition({"Spec": body}).container_envvars == {"DB_PORT": "5432"}


def test_a_service_that_is_not_to_run_has_no_containers() -> None:
    stopped = to_body(ServiceDefinition("x"), Life(), network="n")
    assert stopped["Mode"] == {"Replicated": {"Replicas": 0}}
    every = ServiceDefinition("x", deployment_strategy="EVERY_NODE")
    nowhere = to_body(every, Life("stop"), network="n")
    assert nowhere["TaskTemplate"]["Placement"]["Constraints"] == ["node.id==nowhere"]
    anywhere = to_body(every, Life("start"), network="n")
    assert anywhere["TaskTemplate"]["Placement"]["Constraints"] == []
