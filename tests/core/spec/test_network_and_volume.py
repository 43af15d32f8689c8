"""The wanted state of networks and volumes, and the bodies that they become."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from pytest_engine.core.spec.volume import VolumeSpec


def test_a_volume_states_only_its_name() -> None:
    assert VolumeSpec("data").to_engine() == {"Name": "data"}


def test_a_volume_states_what_is_stated() -> None:
    spec = VolumeSpec("data", driver="local", driver_options={"type": "tmpfs"}, labels={})
    assert spec.to_engine() == {
        "Name": "data",
        "Driver": "local",
        "DriverOpts": {"type": "tmpfs"},
        "Labels": {},
    }


def test_a_volume_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match="volume needs a name"):
        VolumeSpec("")


def test_a_network_states_only_its_name() -> None:
    assert NetworkSpec("back").to_engine() == {"Name": "back"}


def test_a_network_states_what_is_stated() -> None:
    spec = NetworkSpec(
        "back",
        driver="bridge",
        driver_options={"com.docker.network.bridge.name": "br9"},
        ipam_driver="default",
        ipam_driver_options={"a": "b"},
        ipam_config=[
            IpamPool("10.1.0.0/24", "10.1.0.0/25", "10.1.0.1", {"router": "10.1.0.2"}),
            IpamPool("fd00::/64"),
        ],
        enable_ipv4=False,
        enable_ipv6=True,
        internal=True,
        attachable=False,
        ingress=False,
        scope="local",
        config_only=False,
        config_from="base",
        labels={"a": "b"},
    )
    assert spec.to_engine() == {
        "Name": "back",
        "Driver": "bridge",
        "Options": {"com.docker.network.bridge.name": "br9"},
        "IPAM": {
            "Driver": "default",
            "Options": {"a": "b"},
            "Config": [
                {
                    "Subnet": "10.1.0.0/24",
                    "IPRange": "10.1.0.0/25",
                    "Gateway": "10.1.0.1",
                    "AuxiliaryAddresses": {"router": "10.1.0.2"},
                },
                {"Subnet": "fd00::/64"},
            ],
        },
        "EnableIPv4": False,
        "EnableIPv6": True,
        "Internal": True,
        "Attachable": False,
        "Ingress": False,
        "Scope": "local",
        "ConfigOnly": False,
        "ConfigFrom": {"Network": "base"},
        "Labels": {"a": "b"},
    }


def test_a_network_without_a_name_is_refused() -> None:
    with pytest.raises(InvalidInput, match="network needs a name"):
        NetworkSpec("")


@pytest.mark.parametrize(
    ("arguments", "value"),
    [
        ({"subnet": "10.1.0.0/33"}, "10.1.0.0/33"),
        ({"subnet": "10.1.0.0"}, "10.1.0.0"),
        ({"ip_range": "fd00::"}, "fd00::"),
        ({"subnet": "here"}, "here"),
        ({"ip_range": "10.1.0.0/x"}, "10.1.0.0/x"),
        ({"gateway": "10.1.0.0/24"}, "10.1.0.0/24"),
        (
            {"subnet": "10.1.0.0/24", "gateway": "10.2.0.1"},
            "gateway: 10.2.0.1 is not in 10.1.0.0/24",
        ),
        ({"subnet": "10.1.0.0/24", "gateway": "fd00::1"}, "gateway: fd00::1 is not in"),
        ({"subnet": "10.1.0.0/24", "ip_range": "10.1.0.0/16"}, "ip_range: 10.1.0.0/16 is not in"),
        (
            {"subnet": "fd00::/64", "aux_addresses": {"r": "fd01::1"}},
            "aux_addresses: r: fd01::1 is",
        ),
        ({"aux_addresses": {"router": "there"}}, "there"),
        ({"aux_addresses": {"router": ""}}, "aux_addresses: router: state its address"),
        ({"aux_addresses": {"router": 5}}, "aux_addresses: router: 5 is no text"),
        ({"aux_addresses": {"router": True}}, "aux_addresses: router: True is no text"),
        ({"aux_addresses": {"router": None}}, "aux_addresses: router: None is no text"),
        ({"aux_addresses": {"router": {}}}, "aux_addresses: router: {} is no text"),
    ],
)
def test_a_pool_that_cannot_be_is_refused_and_shown(arguments: dict[str, Any], value: str) -> None:
    with pytest.raises(InvalidInput, match="IPAM pool: ") as caught:
        IpamPool(**arguments)
    assert value in str(caught.value)
