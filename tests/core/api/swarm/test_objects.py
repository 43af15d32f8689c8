"""What services, secrets, configs and nodes have in common: names and versions."""

from __future__ import annotations

import base64
from typing import Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Conflict, InvalidInput, NotFound, OutOfSequence
from tests.core.swarms import encoded, service_spec

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

Objects = Callable[[Engine], Any]
_KINDS: list[Objects] = [
    lambda engine: engine.nodes,
    lambda engine: engine.services,
    lambda engine: engine.secrets,
    lambda engine: engine.configs,
]
_SECRET = "the-cat-is-called-mimi"


@pytest.mark.usefixtures("node")
class TestObjects:
    @pytest.mark.parametrize("objects", _KINDS)
    def test_one_that_is_missing_is_not_found(self, engine: Engine, objects: Objects) -> None:
        for call in (objects(engine).inspect, objects(engine).remove):
            with pytest.raises(NotFound) as caught:
                call("network")
            # And not that a network is missing.
            assert type(caught.value) is NotFound

    def test_a_missing_task_has_neither_facts_nor_a_log(self, engine: Engine) -> None:
        for call in (engine.tasks.inspect, engine.tasks.logs):
            with pytest.raises(NotFound):
                call("no-such-task")

    @pytest.mark.parametrize("objects", _KINDS[1:])
    def test_a_name_that_is_taken_is_a_conflict(
        self, engine: Engine, name: str, busybox: str, objects: Objects
    ) -> None:
        spec: Any = {**service_spec(name, busybox), "Data": encoded("x")}
        objects(engine).create(spec)
        with pytest.raises(Conflict):
            objects(engine).create(spec)

    @pytest.mark.pitfall(44)
    @pytest.mark.parametrize("objects", _KINDS)
    def test_an_outdated_version_is_told_apart_and_read_again(
        self, engine: Engine, name: str, node: str, busybox: str, objects: Objects
    ) -> None:
        kind = objects(engine)
        if kind is not engine.nodes:
            kind.create({**service_spec(name, busybox), "Data": encoded("x")})
        which = node if kind is engine.nodes else name
        first = kind.inspect(which)
        spec = {**first["Spec"], "Labels": {"a": "1"}}
        kind.update(which, spec, version=first["Version"]["Index"])
        with pytest.raises(OutOfSequence, match="Inspect it again"):
            kind.update(which, spec, version=first["Version"]["Index"])
        second = kind.inspect(which)
        kind.update(which, {**second["Spec"], "Labels": {}}, version=second["Version"]["Index"])
        assert not kind.inspect(which)["Spec"].get("Labels")

    def test_an_outdated_version_of_the_swarm_is_told_apart(self, engine: Engine) -> None:
        swarm = engine.swarm.inspect()
        engine.swarm.update(swarm["Spec"], version=swarm["Version"]["Index"])
        with pytest.raises(OutOfSequence):
            engine.swarm.update(swarm["Spec"], version=swarm["Version"]["Index"])

    @pytest.mark.parametrize("objects", _KINDS)
    @pytest.mark.parametrize("version", [None, "5", -1, True, 1.5, {"Index": 5}])
    def test_a_version_that_is_none_is_refused(
        self, engine: Engine, objects: Objects, version: object
    ) -> None:
        with pytest.raises(InvalidInput, match=r"Give the Version\.Index"):
            objects(engine).update("a", {"Name": "a"}, version=version)


@pytest.mark.usefixtures("node")
class TestSecretsAndConfigs:
    @pytest.mark.parametrize("objects", _KINDS[2:])
    @pytest.mark.parametrize("content", [_SECRET, _SECRET.encode(), 5, "Ym9keQ", "ä"])
    def test_content_that_is_not_base64_is_refused_and_not_shown(
        self, engine: Engine, objects: Objects, content: object
    ) -> None:
        kind = objects(engine)
        for call in (kind.create, lambda spec: kind.update("a", spec, version=1)):
            with pytest.raises(InvalidInput, match="text in base64") as caught:
                call({"Name": "a", "Data": content})
            assert str(content) not in f"{caught.value} {caught.value!r}"
            assert caught.value.__context__ is None

    @pytest.mark.parametrize("objects", _KINDS[2:])
    def test_what_the_engine_refuses_is_not_shown(self, engine: Engine, objects: Objects) -> None:
        content = encoded(_SECRET * 100_000)
        with pytest.raises(InvalidInput) as caught:
            objects(engine).create({"Name": "a", "Data": content})
        assert content[:30] not in f"{caught.value} {vars(caught.value)}"

    @pytest.mark.parametrize("objects", _KINDS[2:])
    def test_content_in_lines_is_taken(self, engine: Engine, name: str, objects: Objects) -> None:
        content = base64.encodebytes(b"x" * 100).decode()
        assert "\n" in content.strip()
        assert objects(engine).create({"Name": name, "Data": content})["ID"]

    def test_what_a_service_uses_is_not_removed(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        file = {"Name": "file", "UID": "0", "GID": "0", "Mode": 0o444}
        secret = engine.secrets.create({"Name": name, "Data": encoded("x")})["ID"]
        config = engine.configs.create({"Name": name, "Data": encoded("y")})["ID"]
        spec: Any = service_spec(name, busybox)
        spec["TaskTemplate"]["ContainerSpec"] |= {
            "Secrets": [{"File": file, "SecretID": secret, "SecretName": name}],
            "Configs": [
                {"File": {**file, "Name": "/config"}, "ConfigID": config, "ConfigName": name}
            ],
        }
        engine.services.create(spec)
        with pytest.raises(Conflict, match="in use"):
            engine.secrets.remove(name)
        with pytest.raises(Conflict, match="in use"):
            engine.configs.remove(name)
