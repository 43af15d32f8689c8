"""Stacks, brought about in a real swarm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.converge import wait_converged
from pytest_engine.core.ensure.stack_looking import list_stack_tasks, list_stacks
from pytest_engine.core.ensure.stacks import StackOutcome, deploy_stack, remove_stack
from pytest_engine.core.errors import Conflict, EngineError, Incompatible, InvalidInput
from pytest_engine.core.stackfile.files import lay_over
from pytest_engine.core.stackfile.parts import read_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]


UNMET = "scheduling constraints not satisfied"


@pytest.fixture
def stack(engine: Engine, name: str) -> Iterator[str]:
    """The name of a stack that is removed after the test."""
    yield name
    remove_stack(engine, name, retries=20, interval=0.5)


def actions(outcome: StackOutcome) -> list[str]:
    return [str(action) for action in outcome.actions]


def file(image: str, **web: Any) -> dict[str, Any]:
    service = {"image": image, "command": ["sleep", "600"], "stop_grace_period": "1s"}
    return {
        "services": {
            "web": {
                **service,
                "secrets": ["key"],
                "configs": ["conf"],
                "deploy": {"replicas": 0},
                **web,
            },
            "db": {**service, "volumes": ["data:/data"], "deploy": {"replicas": 0}},
        },
        "secrets": {"key": {"content": "one"}},
        "configs": {"conf": {"content": "one"}},
        "volumes": {"data": {}},
    }


def deploy(engine: Engine, stack: str, file: dict[str, Any], **options: Any) -> StackOutcome:
    read = read_stack(stack, file, Path("/"))
    return deploy_stack(engine, read, **{"resolve": "never", **options})


def test_a_stack_is_deployed_found_as_wanted_and_removed(
    engine: Engine, stack: str, busybox: str
) -> None:
    asked = deploy(engine, stack, file(busybox), check=True)
    assert list_stacks(engine) == []
    made = deploy(engine, stack, file(busybox))
    assert (
        actions(made)
        == actions(asked)
        == [
            f"create network {stack}_default",
            f"create secret {stack}_key",
            f"create config {stack}_conf",
            f"create service {stack}_web",
            f"create service {stack}_db",
        ]
    )
    assert list_stacks(engine) == [
        {"Name": stack, "Namespace": "", "Orchestrator": "Swarm", "Services": "2"}
    ]
    again = deploy(engine, stack, file(busybox))
    assert (actions(again), again.warnings) == ([], [])
    assert len(again.services) == 2
    gone = remove_stack(engine, stack, check=True)
    assert len(list_stacks(engine)) == 1
    removed = remove_stack(engine, stack, retries=20, interval=0.5)
    assert sorted(actions(removed)) == sorted(actions(gone))
    assert sorted(actions(gone)) == sorted(a.replace("create", "remove") for a in actions(made))
    assert not remove_stack(engine, stack).changed


def test_what_the_file_does_not_state_any_more_is_taken_back(
    engine: Engine, stack: str, busybox: str
) -> None:
    more = {"environment": {"A": "1"}, "ports": [{"target": 80, "mode": "host"}], "user": "5"}
    deploy(engine, stack, file(busybox, **more))
    changed = deploy(engine, stack, file(busybox))
    assert actions(changed) == [f"update service {stack}_web"]
    assert changed.before[f"service {stack}_web"].keys() == {"exists", "env", "publish", "user"}
    assert not deploy(engine, stack, file(busybox)).changed


def test_what_a_service_lost_is_taken_back_in_every_part(
    engine: Engine, stack: str, busybox: str
) -> None:
    generic = {"generic_resources": [{"discrete_resource_spec": {"kind": "gpu", "value": 1}}]}
    nowhere = {"placement": {"constraints": ["node.id == x"]}}
    web = {"deploy": {"replicas": 2, "resources": {"reservations": generic}, **nowhere}}
    policy = {"restart": "on-failure:3", "stdin_open": True}
    deploy(engine, stack, file(busybox, **web, **policy))

    def spec() -> Any:
        return engine.services.inspect(f"{stack}_web")["Spec"]

    assert spec()["TaskTemplate"]["ContainerSpec"]["OpenStdin"] is True
    assert spec()["TaskTemplate"]["RestartPolicy"]["Condition"] == "on-failure"
    assert spec()["TaskTemplate"]["RestartPolicy"]["MaxAttempts"] == 3
    assert not deploy(engine, stack, file(busybox, **web, **policy)).changed

    less = file(busybox, deploy=nowhere)
    asked = deploy(engine, stack, less, check=True)
    changed = deploy(engine, stack, less)
    assert changed.before == asked.before
    assert changed.before[f"service {stack}_web"] == {
        "exists": True,
        "generic_resources": [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 1}}],
        "replicas": 2,
        "restart_policy": "on-failure",
        "restart_policy_attempts": 3,
        "stdin_open": True,
    }
    assert spec()["Mode"] == {"Replicated": {"Replicas": 1}}
    assert not deploy(engine, stack, less).changed


def test_another_log_driver_is_not_told_what_the_one_before_was(
    engine: Engine, stack: str, busybox: str
) -> None:
    web = {"image": busybox, "deploy": {"replicas": 0}}

    def log_to(**logging: Any) -> StackOutcome:
        return deploy(engine, stack, {"services": {"web": {**web, "logging": logging}}})

    log_to(driver="syslog", options={"syslog-address": "udp://127.0.0.1:514"})
    # The same one keeps what it was told.
    assert not log_to(driver="syslog").changed
    changed = log_to(driver="json-file").before[f"service {stack}_web"]
    assert changed.keys() == {"exists", "log_driver", "log_driver_options"}
    service: Any = engine.services.inspect(f"{stack}_web")
    assert service["Spec"]["TaskTemplate"]["LogDriver"] == {"Name": "json-file"}
    assert not log_to(driver="json-file").changed


def test_files_that_write_the_same_in_other_ways_are_laid_over_each_other(
    engine: Engine, stack: str, busybox: str
) -> None:
    # On a network that has no ports of its own.
    port = {"target": 80, "mode": "host"}
    more = {"environment": ["A=1"], "ports": [port], "volumes": ["data:/d"]}
    above = {
        "environment": {"B": 2},
        "ports": [{**port, "protocol": "tcp"}],
        "volumes": ["/srv:/d"],
        "secrets": [{"source": "key", "mode": 0o400}],
    }
    files = [file(busybox, **more), {"services": {"web": above}}]
    deploy(engine, stack, lay_over(files))
    spec: Any = engine.services.inspect(f"{stack}_web")["Spec"]
    container = spec["TaskTemplate"]["ContainerSpec"]
    assert container["Env"] == ["A=1", "B=2"]
    assert [mount["Source"] for mount in container["Mounts"]] == ["/srv"]
    assert [secret["File"]["Mode"] for secret in container["Secrets"]] == [0o400]
    assert [port["TargetPort"] for port in spec["EndpointSpec"]["Ports"]] == [80]
    assert not deploy(engine, stack, lay_over(files)).changed


def test_what_another_stack_has_stays_as_it_is(engine: Engine, stack: str, busybox: str) -> None:
    theirs, web = f"{stack}_b", {"image": busybox, "deploy": {"replicas": 0}}
    config = {"conf": {"content": "theirs"}}
    deploy(engine, theirs, {"services": {"web": web}, "configs": config})
    try:
        before = engine.services.inspect(f"{theirs}_web")["Spec"]
        mine = {"services": {"b_web": {**web, "user": "5"}}}
        with pytest.raises(InvalidInput, match=f"^services: .*belongs to the stack {theirs}, "):
            deploy(engine, stack, mine)
        with pytest.raises(InvalidInput, match=f"^configs: .*belongs to the stack {theirs}, "):
            deploy(
                engine,
                stack,
                {"services": {"web": web}, "configs": {"b_conf": {"content": "mine"}}},
            )
        same = {"services": {"web": web}, "configs": {"b_conf": config["conf"]}}
        assert [str(action) for action in deploy(engine, stack, same, check=True).actions] == [
            f"create network {stack}_default",
            f"create service {stack}_web",
        ]
        assert engine.services.inspect(f"{theirs}_web")["Spec"] == before
        assert remove_stack(engine, stack, check=True).actions == []
    finally:
        remove_stack(engine, theirs, retries=20, interval=0.5)


def test_services_that_the_file_lacks_are_pruned_if_wanted(
    engine: Engine, stack: str, busybox: str
) -> None:
    deploy(engine, stack, file(busybox))
    less = file(busybox)
    del less["services"]["db"]
    assert not deploy(engine, stack, less).changed
    asked = deploy(engine, stack, less, prune=True, check=True)
    assert list_stacks(engine)[0]["Services"] == "2"
    assert actions(deploy(engine, stack, less, prune=True)) == [f"remove service {stack}_db"]
    assert actions(asked) == [f"remove service {stack}_db"]
    assert list_stacks(engine)[0]["Services"] == "1"


def test_a_content_that_services_use_needs_another_name(
    engine: Engine, stack: str, busybox: str
) -> None:
    deploy(engine, stack, file(busybox))
    other = file(busybox)
    other["configs"]["conf"]["content"] = "two"
    with pytest.raises(Conflict, match="in use"):
        deploy(engine, stack, other)
    other["configs"]["conf"]["name"] = f"{stack}_conf2"
    assert actions(deploy(engine, stack, other)) == [
        f"create config {stack}_conf2",
        f"update service {stack}_web",
    ]


def test_a_credential_spec_is_found_as_wanted(engine: Engine, stack: str, busybox: str) -> None:
    web = {"image": busybox, "deploy": {"replicas": 0}}
    specs = {"services": {"web": {**web, "credential_spec": {"config": "conf"}}}}
    configs = {"configs": {"conf": {"content": "{}"}}}
    deploy(engine, stack, {**specs, **configs})
    assert not deploy(engine, stack, {**specs, **configs}).changed
    spec: Any = engine.services.inspect(f"{stack}_web")["Spec"]
    (config,) = engine.configs.list(filters={"label": f"com.docker.stack.namespace={stack}"})
    privileges = spec["TaskTemplate"]["ContainerSpec"]["Privileges"]
    assert privileges["CredentialSpec"]["Config"] == config["ID"]
    specs["services"]["web"]["credential_spec"] = {"file": "x.json"}
    deploy(engine, stack, {**specs, **configs})
    assert not deploy(engine, stack, {**specs, **configs}).changed


def test_a_folder_in_a_volume_needs_an_engine_that_has_it(
    engine: Engine, stack: str, busybox: str
) -> None:
    mount = {"target": "/a", "volume": {"subpath": "web"}}
    web = {"image": busybox, "deploy": {"replicas": 0}, "volumes": [mount]}
    old = type(engine)(engine.endpoint, api_version="1.41")
    with old, pytest.raises(Incompatible, match="Subpath"):
        deploy(old, stack, {"services": {"web": web}})


@pytest.mark.parametrize("network", ["host", "bridge"])
def test_a_service_runs_on_a_network_that_every_node_has(
    engine: Engine, stack: str, busybox: str, network: str
) -> None:
    web = {
        "image": busybox,
        "command": ["sleep", "600"],
        "stop_grace_period": "1s",
        "networks": ["own"],
    }
    networks = {"own": {"external": True, "name": network}}
    on_it = {"services": {"web": web}, "networks": networks}
    (service,) = deploy(engine, stack, on_it).services
    wait_converged(engine, service, timeout=60)
    (task,) = engine.tasks.list(filters={"service": service})
    assert task["Status"]["State"] == "running"
    assert not deploy(engine, stack, on_it).changed


def test_a_network_that_differs_is_left_as_it_is(engine: Engine, stack: str, busybox: str) -> None:
    deploy(engine, stack, file(busybox))
    other = {**file(busybox), "networks": {"default": {"attachable": True}}}
    outcome = deploy(engine, stack, other)
    assert not outcome.changed
    assert "attachable" in outcome.warnings[0]


def test_an_image_that_no_registry_tells_is_warned_of(
    engine: Engine, stack: str, busybox: str
) -> None:
    alone = {"services": {"web": {"image": "no.such.registry.invalid/web:1"}}}
    alone["services"]["web"]["deploy"] = {"replicas": 0}  # type: ignore[assignment]
    alone["services"]["db"] = alone["services"]["web"]
    outcome = deploy(engine, stack, alone, resolve="always")
    # Each registry is asked once for each image, and warned of as often.
    assert (outcome.changed, len(outcome.warnings)) == (True, 1)
    assert "no.such.registry.invalid/web:1 could not be looked up" in outcome.warnings[0]
    assert not deploy(engine, stack, alone, resolve="changed").warnings
    with pytest.raises(InvalidInput, match="resolve"):
        deploy(engine, stack, file(busybox), resolve="sometimes")


@pytest.mark.parametrize("resolve", ["changed", "never"])
def test_an_image_stays_pinned_while_its_name_does(
    engine: Engine, stack: str, pushed: Callable[..., str], resolve: str
) -> None:
    name = pushed()
    web: dict[str, Any] = {"image": name, "deploy": {"replicas": 0}}
    deploy(engine, stack, {"services": {"web": web}}, resolve="always")

    def image() -> str:
        spec = engine.services.inspect(f"{stack}_web")["Spec"]
        return str(spec["TaskTemplate"]["ContainerSpec"]["Image"])

    pinned = image()
    assert pinned.startswith(f"{name}@sha256:")
    changed = {"services": {"web": {**web, "hostname": "other"}}}
    assert actions(deploy(engine, stack, changed, resolve=resolve)) == [
        f"update service {stack}_web"
    ]
    assert image() == pinned
    assert not deploy(engine, stack, changed, resolve=resolve).changed


def test_its_tasks_are_listed_in_a_few_words(
    engine: Engine, node: str, stack: str, busybox: str
) -> None:
    deploy(engine, stack, file(busybox, deploy={"placement": {"constraints": ["node.id == x"]}}))
    (task,) = list_stack_tasks(engine, stack)
    assert node
    assert task.pop("ID")
    assert task.pop("CurrentState") in ("New", "Pending")
    assert task.pop("Error") in (
        "",
        "no suitable node (scheduling constraints not satisfied on 1 node)",
    )
    assert task == {
        "DesiredState": "Running",
        "Image": busybox,
        "Name": f"{stack}_web.1",
        "Node": "",
        "Ports": "",
    }
    assert list_stack_tasks(engine, "nobody") == []


def test_what_is_left_at_the_end_is_named(engine: Engine, stack: str, busybox: str) -> None:
    deploy(engine, stack, file(busybox))
    secret = engine.secrets.inspect(f"{stack}_key")["ID"]
    reference = {"SecretID": secret, "SecretName": f"{stack}_key"}
    file_of = {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}
    other: Any = {
        "Name": f"{stack}-other",
        "TaskTemplate": {
            "ContainerSpec": {"Image": busybox, "Secrets": [{**reference, "File": file_of}]}
        },
        "Mode": {"Replicated": {"Replicas": 0}},
    }
    engine.services.create(other)
    with pytest.raises(EngineError, match=f"is left: secret {stack}_key"):
        remove_stack(engine, stack, retries=1, interval=0.1)
    engine.services.remove(f"{stack}-other")
