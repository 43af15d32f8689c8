"""Fields that engines spell otherwise than the API's description, as the types have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.types import engine as types
from tests.core.swarms import encoded, eventually, service_spec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]


@pytest.mark.usefixtures("node")
class TestSpellings:
    def test_new_secrets_and_configs_have_an_id_in_capitals(
        self, engine: Engine, name: str
    ) -> None:
        secret = engine.secrets.create({"Name": name, "Data": encoded("x")})
        config = engine.configs.create({"Name": name, "Data": encoded("x")})
        assert set(secret) == set(types.SecretCreateResponse.__annotations__) == {"ID"}
        assert set(config) == set(types.ConfigCreateResponse.__annotations__) == {"ID"}

    @pytest.mark.parametrize("spelling", ["Healthcheck", "HealthCheck"])
    def test_a_healthcheck_is_taken_in_any_spelling_and_told_in_one(
        self, spelling: str, engine: Engine, name: str, busybox: str
    ) -> None:
        spec: Any = service_spec(name, busybox)
        spec["TaskTemplate"]["ContainerSpec"][spelling] = {"Test": ["NONE"]}
        engine.services.create(spec)
        told = engine.services.inspect(name)["Spec"]["TaskTemplate"]["ContainerSpec"]
        assert told["Healthcheck"] == {"Test": ["NONE"]}
        assert set(told) <= set(types.TaskSpecContainerSpec.__annotations__)

    def test_an_updated_service_tells_what_it_was(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        engine.services.create(service_spec(name, busybox))
        created = engine.services.inspect(name)
        spec: Any = {**created["Spec"], "Labels": {"color": "blue"}}
        engine.services.update(name, spec, version=created["Version"]["Index"])
        updated = engine.services.inspect(name)
        assert updated["PreviousSpec"] == created["Spec"]
        assert set(updated) <= set(types.Service.__annotations__)

    def test_a_task_tells_of_its_networks_as_the_swarm_keeps_them(
        self, engine: Engine, name: str, busybox: str
    ) -> None:
        pool: Any = {"Config": [{"Subnet": "10.213.0.0/24"}]}
        engine.networks.create({"Name": name, "Driver": "overlay", "IPAM": pool})
        spec: Any = service_spec(name, busybox)
        spec["TaskTemplate"]["Networks"] = [{"Target": name}]
        service = engine.services.create(spec)["ID"]
        # It leaves with the swarm.
        attachment = eventually(lambda: attached(engine, service))[0]
        network = attachment["Network"]
        assert set(attachment) == set(types.NetworkAttachment.__annotations__)
        assert set(network) <= set(types.NetworkAttachmentNetwork.__annotations__)
        assert set(network["Spec"]) <= set(types.NetworkAttachmentNetworkSpec.__annotations__)
        assert network["Spec"]["Name"] == name
        assert network["IPAMOptions"]["Configs"][0]["Subnet"] == "10.213.0.0/24"


def attached(engine: Engine, service: str) -> list[types.NetworkAttachment]:
    """What the networks of a service's tasks are, as soon as one has any."""
    tasks = engine.tasks.list(filters={"service": service})
    return [one for task in tasks for one in task.get("NetworksAttachments", [])]
