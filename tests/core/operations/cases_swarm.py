"""Cases of swarms: nodes, services, tasks, secrets and configs."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from tests.core.operations.cases import World, case
from tests.core.swarms import (
    Neighbour,
    encoded,
    eventually,
    join,
    leave,
    neighbour_of,
    service_spec,
    swarm_of,
    tasks_of,
)
from tests.request_log import request_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_engine.core.api.output import OutputStream
    from pytest_engine.core.types.engine import Task

pytestmark = [pytest.mark.lacks("podman5", reason="Podman has no swarms")]

_TALK = ("sh", "-c", "echo first; echo second; echo wrong >&2; exec sleep 1000")
_FILE = {"UID": "0", "GID": "0", "Mode": 0o400}


@case("SwarmInit", "SwarmInspect", "SwarmUpdate", "SwarmUnlockkey", "SwarmLeave")
def a_swarm_comes_is_configured_and_goes(world: World) -> None:
    swarm = world.engine.swarm
    with swarm_of(world.engine, {"a": "b"}) as node:
        first = swarm.inspect()
        assert first["Spec"]["Labels"] == {"a": "b"}
        assert world.engine.system.info()["Swarm"]["NodeID"] == node
        assert swarm.unlock_key()["UnlockKey"] == ""

        locking: Any = {**first["Spec"], "EncryptionConfig": {"AutoLockManagers": True}}
        swarm.update(locking, version=first["Version"]["Index"], rotate_worker_token=True)
        second, key = swarm.inspect(), swarm.unlock_key()
        assert second["JoinTokens"]["Worker"] != first["JoinTokens"]["Worker"]
        assert second["JoinTokens"]["Manager"] == first["JoinTokens"]["Manager"]
        assert key["UnlockKey"].startswith("SWMKEY-")

        swarm.update(
            second["Spec"],
            version=second["Version"]["Index"],
            rotate_manager_token=True,
            rotate_manager_unlock_key=True,
        )
        assert swarm.inspect()["JoinTokens"]["Manager"] != first["JoinTokens"]["Manager"]
        assert swarm.unlock_key() != key

        leave(world.engine)
        assert world.engine.system.info()["Swarm"]["LocalNodeState"] == "inactive"


@case("SwarmJoin", "NodeList", "NodeInspect", "NodeUpdate", "NodeDelete", "SwarmUnlock")
def an_engine_joins_a_swarm_and_one_of_its_own_is_unlocked(world: World) -> None:
    with neighbour_of(world.engine, world.folder / "n") as neighbour:
        with request_log(neighbour.host) as log, Engine(log.host, environ={}) as engine:
            with swarm_of(world.engine) as manager:
                _grow_and_shrink(world.engine, manager, neighbour, engine)
            _lock_and_unlock(neighbour, engine)
        for head in log.take_heads():
            world.note(*head)


def _grow_and_shrink(manager: Engine, first: str, neighbour: Neighbour, engine: Engine) -> None:
    nodes = manager.nodes
    second = join(neighbour, manager, through=engine)
    assert {node["ID"] for node in nodes.list()} == {first, second}
    assert [node["ID"] for node in nodes.list(filters={"role": "worker"})] == [second]

    found = nodes.inspect(second)
    nodes.update(
        second,
        {"Role": "worker", "Availability": "drain", "Labels": {"a": "b"}},
        version=found["Version"]["Index"],
    )
    assert nodes.inspect(second)["Spec"]["Labels"] == {"a": "b"}
    assert nodes.inspect(second)["Spec"]["Availability"] == "drain"

    nodes.remove(second, force=True)
    assert [node["ID"] for node in nodes.list()] == [first]
    engine.swarm.leave()


def _lock_and_unlock(neighbour: Neighbour, engine: Engine) -> None:
    config: Any = {"EncryptionConfig": {"AutoLockManagers": True}}
    engine.swarm.init({"ListenAddr": f"{neighbour.address}:2377", "Spec": config})
    key = engine.swarm.unlock_key()
    neighbour.restart()
    assert engine.system.info()["Swarm"]["LocalNodeState"] == "locked"
    engine.swarm.unlock(key)
    assert engine.system.info()["Swarm"]["LocalNodeState"] == "active"


@case("ServiceCreate", "ServiceList", "ServiceInspect", "ServiceUpdate", "ServiceDelete")
def a_service_is_created_changed_and_removed(world: World) -> None:
    registry = "registry.example"
    login = {"auths": {registry: {"auth": encoded("user:password")}}}
    environ = {"DOCKER_AUTH_CONFIG": json.dumps(login), "DOCKER_CONFIG": "/nowhere"}
    image, name = f"{registry}/{world.name()}:1", world.name("service")
    world.engine.images.tag(world.image, image)
    with swarm_of(world.engine), Engine(world.engine.endpoint, environ=environ) as engine:
        services = engine.services
        made = services.create(service_spec(name, image, "sleep", "1001"))["ID"]
        tasks_of(engine, name, "running")
        assert services.inspect(name)["ID"] == made
        (listed,) = services.list(filters={"id": made})
        assert "ServiceStatus" not in listed
        (listed,) = services.list(filters={"name": name}, status=True)
        assert listed["ServiceStatus"]["RunningTasks"] == 1
        assert "UpdateConfig" not in services.inspect(name)["Spec"]
        filled = services.inspect(name, insert_defaults=True)["Spec"]
        assert filled["UpdateConfig"]["Parallelism"] == 1

        spec: Any = service_spec(name, image, "sleep", "1002")
        version = services.inspect(name)["Version"]["Index"]
        services.update(name, spec, version=version)
        eventually(lambda: _commands(engine, name) == ["sleep 1002"])

        spec["Labels"] = {"a": "b"}
        version = services.inspect(name)["Version"]["Index"]
        services.update(name, spec, version=version, registry_auth_from="spec")
        assert services.inspect(name)["Spec"]["Labels"] == {"a": "b"}

        version = services.inspect(name)["Version"]["Index"]
        services.update(name, spec, version=version, rollback="previous")
        assert not services.inspect(name)["Spec"].get("Labels")

        services.remove(made)
        assert services.list() == []
        eventually(lambda: _commands(engine, name) == [])
    world.engine.images.remove(image)


def _commands(engine: Engine, service: str) -> list[str]:
    label = f"com.docker.swarm.service.name={service}"
    return [found["Command"] for found in engine.containers.list(filters={"label": label})]


@case("TaskList", "TaskInspect", "TaskLogs", "ServiceLogs")
def a_service_has_tasks_with_logs(world: World) -> None:
    engine, name = world.engine, world.name("service")
    with swarm_of(engine) as node:
        engine.services.create(service_spec(name, world.image, *_TALK))
        (task,) = tasks_of(engine, name, "running")
        assert engine.tasks.list(filters={"service": name, "node": node}) == [task]
        assert engine.tasks.list(filters={"desired-state": "shutdown"}) == []
        assert engine.tasks.inspect(task["ID"])["NodeID"] == node
        _check_logs(lambda **options: engine.services.logs(name, **options), task)
        _check_logs(lambda **options: engine.tasks.logs(task["ID"], **options), task)


def _check_logs(logs: Callable[..., OutputStream], task: Task) -> None:
    def read(**options: Any) -> Sequence[tuple[str, bytes]]:
        with logs(**options) as log:
            return list(log.lines())

    # Lines reach the log some time after they were written.
    eventually(lambda: len(read()) == 3)
    assert read(stderr=False) == [("stdout", b"first"), ("stdout", b"second")]
    assert read(stdout=False) == [("stderr", b"wrong")]
    assert len(read(tail=1)) == 1
    (line,) = read(stdout=False, details=True)
    assert f"com.docker.swarm.task.id={task['ID']}".encode() in line[1]
    times = sorted(line[1].split()[0].decode() for line in read(timestamps=True))
    assert len(read(since=times[0])) == 3
    eventually(lambda: len(read(since=times[-1])) == 1)
    with logs(follow=True, stderr=False) as log:
        lines = log.lines()
        assert [next(lines)[1], next(lines)[1]] == [b"first", b"second"]


@case("SecretCreate", "SecretList", "SecretInspect", "SecretUpdate", "SecretDelete")
def a_secret_reaches_a_task_and_nobody_else(world: World) -> None:
    secrets, name = world.engine.secrets, world.name("secret")
    with swarm_of(world.engine):
        made = secrets.create({"Name": name, "Data": encoded("mimi"), "Labels": {"a": "1"}})["ID"]
        assert [found["ID"] for found in secrets.list(filters={"label": "a=1"})] == [made]
        assert secrets.list(filters={"label": "a=2"}) == []
        found = secrets.inspect(name)
        assert found["ID"] == made
        assert "Data" not in found["Spec"]
        secrets.update(
            name, {**found["Spec"], "Labels": {"a": "2"}}, version=found["Version"]["Index"]
        )
        assert [found["ID"] for found in secrets.list(filters={"label": "a=2"})] == [made]

        file = {"File": {"Name": "cat", **_FILE}, "SecretID": made, "SecretName": name}
        assert _read_in_task(world, "/run/secrets/cat", Secrets=[file]) == b"mimi"
        secrets.remove(name)
        assert secrets.list() == []


@case("ConfigCreate", "ConfigList", "ConfigInspect", "ConfigUpdate", "ConfigDelete")
def a_config_reaches_a_task(world: World) -> None:
    configs, name = world.engine.configs, world.name("config")
    with swarm_of(world.engine):
        made = configs.create({"Name": name, "Data": encoded("mimi"), "Labels": {"a": "1"}})["ID"]
        assert [found["ID"] for found in configs.list(filters={"label": "a=1"})] == [made]
        assert configs.list(filters={"label": "a=2"}) == []
        found = configs.inspect(name)
        assert base64.b64decode(found["Spec"]["Data"]) == b"mimi"
        configs.update(
            made, {**found["Spec"], "Labels": {"a": "2"}}, version=found["Version"]["Index"]
        )
        assert [found["ID"] for found in configs.list(filters={"label": "a=2"})] == [made]

        file = {"File": {"Name": "/cat", **_FILE}, "ConfigID": made, "ConfigName": name}
        assert _read_in_task(world, "/cat", Configs=[file]) == b"mimi"
        configs.remove(name)
        assert configs.list() == []


def _read_in_task(world: World, path: str, **container: Any) -> bytes:
    """Run a service with something in it, read a file in its container, and remove it."""
    name = world.name("service")
    spec: Any = service_spec(name, world.image)
    spec["TaskTemplate"]["ContainerSpec"] |= container
    world.engine.services.create(spec)
    (task,) = tasks_of(world.engine, name, "running")
    inside = task["Status"]["ContainerStatus"]["ContainerID"]
    content = world.engine.exec.run(inside, ["cat", path]).stdout
    world.engine.services.remove(name)
    return content
