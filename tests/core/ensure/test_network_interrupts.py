"""A network's replacement that nobody hears the end of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import ConnectionLost
from pytest_engine.core.spec.network import IpamPool, NetworkSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.losing import Losing

pytestmark = pytest.mark.engine


def test_containers_stay_on_a_network_whose_creation_was_not_answered(
    engine: Engine, losing: Losing, scratch: Scratch, busybox: str
) -> None:
    name, container = scratch.name("net"), scratch.name("member")
    old, new = (
        NetworkSpec(name, ipam_config=[IpamPool(subnet)])
        for subnet in ("10.213.11.0/24", "10.213.12.0/24")
    )
    reconcile(engine, NetworkKind(), old)
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=container)
    # An address that the new network has not.
    there: Any = {"Aliases": ["web"], "IPAMConfig": {"IPv4Address": "10.213.11.9"}}
    engine.networks.connect(name, container, there)
    engine.containers.start(container)
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.request = f"POST /v{engine.api_version}/networks/create"
        with pytest.raises(ConnectionLost, match="networks/create"):
            reconcile(other, NetworkKind(), new)
    assert not reconcile(engine, NetworkKind(connected=[container]), new).changed
    endpoint = engine.containers.inspect(container)["NetworkSettings"]["Networks"][name]
    assert "web" in (endpoint["Aliases"] or ())
