"""Services: their specification, and the logins that go with it."""

from __future__ import annotations

import base64
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import Conflict, InvalidInput, NetworkNotFound, OutOfSequence
from tests.conftest import TEST_ENGINE
from tests.core.scripted import ONE_ANSWER, Read, answer
from tests.core.swarms import encoded, service_spec, tasks_of
from tests.lab import OWN_ENGINE

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.types.engine import ServiceSpec
    from tests.core.conftest import Serve
    from tests.lab import Lab

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]


class TestServices:
    def test_an_image_that_is_no_reference_is_refused(self, engine: Engine) -> None:
        with pytest.raises(InvalidInput, match="no image reference"):
            engine.services.create(service_spec("a", "Not An Image"))

    def test_what_is_no_specification_is_refused_by_the_engine(
        self, engine: Engine, node: str
    ) -> None:
        assert node
        specs: list[Any] = [{}, [], {"TaskTemplate": 5}, {"TaskTemplate": {"ContainerSpec": []}}]
        for spec in specs:
            with pytest.raises(InvalidInput):
                engine.services.create(spec)

    def test_a_missing_network_is_told_from_a_missing_service(
        self, engine: Engine, node: str
    ) -> None:
        assert node
        spec = service_spec("a", "busybox")
        spec["TaskTemplate"]["Networks"] = [{"Target": "no-such-network"}]
        with pytest.raises(NetworkNotFound):
            engine.services.create(spec)

    @pytest.mark.parametrize("choice", ["registry_auth_from", "rollback"])
    def test_what_an_update_does_not_know_is_refused(self, engine: Engine, choice: str) -> None:
        with pytest.raises(InvalidInput, match=f"{choice}: 'next' is not "):
            engine.services.update("a", {}, version=1, **{choice: "next"})  # type: ignore[arg-type]

    def test_a_service_that_was_never_changed_cannot_go_back(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        engine.services.create(service_spec(name, busybox))
        found = engine.services.inspect(name)
        version = found["Version"]["Index"]
        with pytest.raises(Conflict, match="previous spec"):
            engine.services.update(name, found["Spec"], version=version, rollback="previous")

    def test_a_service_goes_back_to_its_specification_before(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        engine.services.create(service_spec(name, busybox, "sleep", "1"))
        first = engine.services.inspect(name)
        engine.services.update(
            name,
            service_spec(name, busybox, "sleep", "2"),
            version=first["Version"]["Index"],
        )
        for _attempt in range(50):
            second = engine.services.inspect(name)
            version = second["Version"]["Index"]
            # The swarm writes the status of the update into the service meanwhile.
            with contextlib.suppress(OutOfSequence):
                engine.services.update(name, second["Spec"], version=version, rollback="previous")
                break
        third = engine.services.inspect(name)
        assert third["Spec"]["TaskTemplate"]["ContainerSpec"]["Command"] == ["sleep", "1"]


class TestLogins:
    """The login to the registry of a service's image, and no other, goes with the service."""

    @pytest.mark.parametrize(
        ("image", "user"),
        [("a.example/app:1", "alice"), ("b.example/app", "bob"), ("app", None), (None, None)],
    )
    @pytest.mark.parametrize("update", [False, True])
    def test_it_is_that_of_the_images_registry(
        self, serve: Serve, image: str | None, user: str | None, *, update: bool
    ) -> None:
        server = serve((Read.REQUEST, answer(b'{"ID": "a"}')))
        with _with_logins(server.host) as engine:
            spec: Any = {"Name": "a", "TaskTemplate": {"ContainerSpec": {"Image": image}}}
            if update:
                engine.services.update("a", spec, version=1)
            else:
                engine.services.create(spec)
        header = server.requests[0].headers.get("x-registry-auth")
        sent = json.loads(base64.urlsafe_b64decode(header))["username"] if header else None
        assert sent == user

    def test_it_is_left_to_the_engine_where_that_is_asked_for(self, serve: Serve) -> None:
        server = serve(ONE_ANSWER)
        spec: ServiceSpec = {"TaskTemplate": {"ContainerSpec": {"Image": "a.example/app:1"}}}
        with _with_logins(server.host) as engine:
            engine.services.update("a", spec, version=1, registry_auth_from="previous-spec")
        (request,) = server.requests
        assert "x-registry-auth" not in request.headers
        assert request.target.endswith("?version=1&registryAuthFrom=previous-spec")

    @pytest.mark.skipif(TEST_ENGINE != OWN_ENGINE, reason="the registry is the machine's alone")
    def test_nodes_pull_with_it(
        self, engine: Engine, name: str, lab_below: Lab, busybox: str, tmp_path: Path
    ) -> None:
        lab_below.up(private_registry=True)
        registry = lab_below.private_registry
        image = f"{registry.host}/{name}:1"
        login = encoded(f"{registry.username}:{registry.password}")
        config = {"auths": {registry.host: {"auth": login}}}
        (tmp_path / "config.json").write_text(json.dumps(config))
        engine.images.tag(busybox, image)
        with Engine(engine.endpoint, environ={"DOCKER_CONFIG": str(tmp_path)}) as logged_in:
            logged_in.images.push(image)
            engine.images.remove(image)
            engine.services.create(service_spec(name, image))
            (refused,) = tasks_of(engine, name, "rejected")
            assert "No such image" in refused["Status"]["Err"]
            engine.services.remove(name)
            logged_in.services.create(service_spec(name, image))
            (task,) = tasks_of(engine, name, "running")
        assert task["Spec"]["ContainerSpec"]["Image"] == image
        engine.services.remove(name)


def _with_logins(host: str) -> Engine:
    logins = {
        f"{registry}.example": {"auth": encoded(f"{user}:secret")}
        for registry, user in (("a", "alice"), ("b", "bob"))
    }
    environ = {"DOCKER_AUTH_CONFIG": json.dumps({"auths": logins}), "DOCKER_CONFIG": "/nowhere"}
    return Engine(host, api_version="1.41", environ=environ)
