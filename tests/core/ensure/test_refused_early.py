"""What the spoken API version lacks is refused before a container or a service is touched."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.many import Item, SomeFailed, reconcile_many
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.errors import Incompatible, InvalidInput
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount
from pytest_engine.core.spec.policies import Healthcheck
from pytest_engine.core.spec.service import ServiceSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.conftest import Serve
    from tests.core.scripted import Step

_ID = "a" * 64
_IMAGE = {"Id": f"sha256:{'1' * 64}", "Os": "linux", "Architecture": "amd64"}
_WEB = {
    "Id": _ID,
    "Name": "/web",
    "Image": _IMAGE["Id"],
    "State": {"Status": "running", "Running": True, "Paused": False},
    "Config": {"Image": "busybox"},
    "HostConfig": {"NetworkMode": "one"},
    "NetworkSettings": {"Networks": {"one": {}}},
}
_SPEC = ContainerSpec("web", "busybox")
_LATER = NetworkAttachment("two", gateway_priority=1)
_SLOW = Healthcheck("true", start_interval="1s")
_TMPFS = Mount("/t", type="tmpfs", tmpfs_options=[["noexec"]])


def _told(*values: object) -> Sequence[Sequence[Step]]:
    """Answer one request after the other, each on a connection of its own."""
    bodies = (json.dumps(value).encode() for value in values)
    return [(Read.REQUEST, answer(b, api_version="1.41", connection="close")) for b in bodies]


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"annotations": {"a": "b"}}, "HostConfig.Annotations"),
        ({"healthcheck": _SLOW}, "Healthcheck.StartInterval"),
        ({"mounts": [Mount("/m", "v", subpath="s")]}, "HostConfig.Mounts[].VolumeOptions.Subpath"),
        ({"mounts": [_TMPFS]}, "HostConfig.Mounts[].TmpfsOptions.Options"),
        (
            {"networks": [NetworkAttachment("one", gateway_priority=1)], "env": {"A": "1"}},
            "NetworkingConfig.EndpointsConfig{}.GwPriority",
        ),
        ({"networks": ["one", _LATER], "env": {"A": "1"}}, "EndpointConfig.GwPriority"),
        # Which the container that is there could get, too.
        ({"networks": ["one", _LATER]}, "EndpointConfig.GwPriority"),
    ],
)
@pytest.mark.parametrize("check", [True, False])
def test_a_container_that_runs_is_not_touched(
    stated: dict[str, Any], field: str, serve: Serve, *, check: bool
) -> None:
    server = serve(*_told(_WEB, _IMAGE, {}))
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(Incompatible) as caught,
    ):
        reconcile(engine, ContainerKind(), replace(_SPEC, **stated), state="started", check=check)
    assert str(caught.value).startswith(f"{field} of ")
    assert {request.method for request in server.requests} == {"GET"}


def test_a_network_whose_name_cannot_be_sent_is_refused_before_that(serve: Serve) -> None:
    server = serve(*_told(_WEB, _IMAGE, {}))
    wanted = replace(_SPEC, networks=["one", ".."], env={"A": "1"})
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(InvalidInput, match="cannot be the name of a network"),
    ):
        reconcile(engine, ContainerKind(), wanted, state="started")
    assert {request.method for request in server.requests} == {"GET"}


def test_none_of_many_containers_is_touched(serve: Serve) -> None:
    server = serve(*_told(_WEB, _IMAGE, {}))
    wanted = replace(_SPEC, annotations={"a": "b"})
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(SomeFailed, match=r"Annotations of ContainerCreate needs API 1\.43"),
    ):
        reconcile_many(engine, [Item("web", wanted, ContainerKind())])
    assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("mode", ["replicated", "global"])
def test_a_service_is_not_touched(mode: str, serve: Serve, *, check: bool) -> None:
    spec = {"Name": "s", "Mode": {"Replicated": {"Replicas": 1}}, "TaskTemplate": {}}
    server = serve(*_told({"ID": "s1", "Version": {"Index": 1}, "Spec": spec}, {}))
    wanted = ServiceSpec("s", "busybox", mode, settings={"healthcheck": _SLOW})
    with (
        Engine(server.host, api_version="1.41", environ={}) as engine,
        pytest.raises(Incompatible, match=r"StartInterval of Service.* needs API 1\.44"),
    ):
        reconcile(engine, ServiceKind(), wanted, check=check)
    assert {request.method for request in server.requests} == {"GET"}
