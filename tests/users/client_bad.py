"""What a user of the types gets wrong, one mistake a line: mypy reports each.

It is read by mypy alone, and never run. Every comment is the code of the error that mypy has to
report for its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine import Engine

if TYPE_CHECKING:
    from pytest_engine.core.types.engine import ServiceSpec


def containers(engine: Engine) -> None:
    engine.containers.create({"Imgae": "redis"})  # typeddict-unknown-key
    engine.containers.create({"Image": 7})  # typeddict-item
    engine.containers.create({"Cmd": "sleep 10"})  # typeddict-item
    engine.containers.create({"Env": {"A": "1"}})  # typeddict-item
    engine.containers.create({"HostConfig": {"Memory": "64m"}})  # typeddict-item
    engine.containers.create({"HostConfig": {"RestartPolicy": {"Name": "never"}}})  # typeddict-item
    engine.containers.create({"HostConfig": {"Mounts": [{"Type": "disk"}]}})  # typeddict-item
    engine.containers.create({"Image": "redis"}, nmae="web")  # call-arg
    engine.containers.create({"Image": "redis"})["ID"]  # typeddict-item
    engine.containers.start(7)  # arg-type
    engine.containers.inspect("web")["State"]["ExitCod"]  # typeddict-item
    engine.containers.inspect("web")["State"]["ExitCode"].strip()  # attr-defined
    engine.containers.wait("web", condition="healthy")  # arg-type
    engine.containers.update("web", {"Memory": 1.5})  # typeddict-item
    engine.containers.lst()  # attr-defined
    engine.container.list()  # attr-defined


def commands(engine: Engine) -> None:
    engine.exec.create("web", {"Cmd": "env"})  # typeddict-item
    engine.exec.run("web", ["env"], env=["A=1"])  # arg-type
    engine.exec.run("web", ["env"]).exitcode  # attr-defined


def images(engine: Engine) -> None:
    engine.images.pull("redis", tag="7")  # call-arg
    engine.images.inspect("redis")["Tags"]  # typeddict-item
    engine.images.save(7)  # arg-type
    name: bytes = engine.images.inspect("redis")["Id"]  # assignment
    print(name)


def build(engine: Engine) -> None:
    engine.build.image("folder", tags="app:1")  # arg-type
    engine.build.image("folder", tag=["app:1"])  # call-arg
    engine.build.image("folder", builder="kaniko")  # arg-type
    engine.build.image("folder", memory="64m")  # arg-type
    engine.build.image(7)  # arg-type


def networks_and_volumes(engine: Engine) -> None:
    engine.networks.create({"IPAM": {"Config": [{"Sub": "10.0.0.0/24"}]}})  # typeddict-unknown-key
    engine.networks.inspect("back", scope="host")  # arg-type
    engine.networks.inspect("back")["Containers"]["web"]["Address"]  # typeddict-item
    engine.networks.connect("back", {"Container": "web"})  # arg-type
    engine.volumes.create({"Name": "data", "Options": {}})  # typeddict-unknown-key
    engine.volumes.list()["Volume"]  # typeddict-item


def system(engine: Engine) -> None:
    engine.system.disk_usage(type=["images"])  # list-item
    engine.system.info()["CPUs"]  # typeddict-item
    engine.system.login("registry", "me")  # call-overload


def swarm(engine: Engine) -> None:
    spec: ServiceSpec = {"Name": "web", "Mode": {"Replicas": 2}}  # typeddict-unknown-key
    engine.services.update("web", spec)  # call-arg
    spec["TaskTemplate"]["ContainerSpec"]["HealthCheck"] = {}  # typeddict-unknown-key
    engine.services.create({"EndpointSpec": {"Mode": "random"}})  # typeddict-item
    engine.services.update("web", spec, version=1, rollback="next")  # arg-type
    engine.secrets.create({"Name": "password", "Data": b"secret"})  # typeddict-item
    engine.configs.create({"Name": "settings"})["Id"]  # typeddict-item
    engine.nodes.update("node", {"Role": "leader"}, version=1)  # typeddict-item
    engine.swarm.init("127.0.0.1")  # arg-type
    engine.tasks.inspect("task")["Status"]["State"] == "dead"  # comparison-overlap
    engine.plugins.set("sshfs", {"DEBUG": "1"})  # arg-type
