"""The engine as a whole: each operation with an effect, or a value in its answer."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.core.operations.cases import World, case
from tests.core.scripted import answer


@case("SystemPing", "SystemPingHead", "SystemVersion")
def pinged(world: World) -> None:
    version = world.engine.system.version()
    for ping in (world.engine.system.ping(), world.engine.system.ping_head()):
        assert (ping.api_version, ping.os_type) == (version["ApiVersion"], "linux")
        # Engine 20.10 names no builder unless it is configured to.
        assert ping.builder_version in ("", "1", "2")


@case("SystemInfo")
def described(world: World) -> None:
    assert world.engine.system.info()["OSType"] == "linux"


@pytest.mark.lacks("podman5", reason="it logs in to a registry that it does not know with TLS only")
@case("SystemAuth")
def logged_in(world: World) -> None:
    # The lab's registry asks for no login; tests/core/roads/test_credentials.py has one that does.
    status = world.engine.system.login(world.registry, "lab", "secret")["Status"]
    assert status == "Login Succeeded"


@pytest.mark.lacks("podman5", reason="it leaves out some events of the past")
@case("SystemEvents")
def events_told(world: World) -> None:
    now = datetime.now(timezone.utc)
    name = world.create()
    with world.engine.system.events(
        since=now - timedelta(minutes=1),
        until=datetime.now(timezone.utc) + timedelta(seconds=0.1),
        filters={"container": name, "event": "create"},
    ) as events:
        (event,) = events
    assert event["Actor"]["Attributes"]["name"] == name


@case("SystemDataUsage")
def disk_used(world: World) -> None:
    # The fields of the answer before API 1.52 are not those of the newest.
    usage: Any = world.engine.system.disk_usage()
    image_id = world.engine.images.inspect(world.image)["Id"]
    # Podman leaves the algorithm's name out.
    assert any(image_id.endswith(image["Id"]) for image in usage["Images"])


@case("SystemDataUsage")
def disk_used_in_part(world: World) -> None:
    body = b'{"VolumeUsage": {"TotalCount": 1, "Items": [{"Name": "data"}]}}'
    with world.scripted(answer(body)) as (engine, server):
        usage = engine.system.disk_usage(type=["volume", "image"], verbose=True)
    assert usage["VolumeUsage"]["TotalCount"] == 1
    (request,) = server.requests
    assert request.target == "/v1.55/system/df?type=volume&type=image&verbose=true"
