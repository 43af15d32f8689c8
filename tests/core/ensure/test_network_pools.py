"""In which properties pools of addresses differ from those that are wanted."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.ensure.compare import Difference
from pytest_engine.core.ensure.network_pools import normal_pools, pool_differences, same_pools

ONE = {"Subnet": "10.1.0.0/24", "Gateway": "10.1.0.1"}
SIX = {"Subnet": "fd00::/64"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([ONE], []),
        ([SIX, ONE], []),
        (
            [{**ONE, "Gateway": "10.1.0.9"}],
            [Difference("ipam_config[0].gateway", "10.1.0.9", "10.1.0.1")],
        ),
        (
            [ONE, {"Subnet": "fd01::/64"}],
            [Difference("ipam_config[1].subnet", "fd01::/64", "fd00::/64")],
        ),
        (
            [{"Subnet": "10.2.0.0/24", "IPRange": "10.2.0.0/25"}],
            [
                Difference("ipam_config[0].subnet", "10.2.0.0/24", "10.1.0.0/24"),
                Difference("ipam_config[0].iprange", "10.2.0.0/25", None),
            ],
        ),
        (
            # One more than there is has nothing to be compared with.
            [ONE, {"Subnet": "10.2.0.0/24"}],
            [Difference("ipam_config[1].subnet", "10.2.0.0/24", None)],
        ),
        (
            [{"AuxiliaryAddresses": {"host": "10.1.0.3"}}],
            [Difference("ipam_config[0].aux_addresses", {"host": "10.1.0.3"}, None)],
        ),
    ],
)
def test_a_difference_names_the_pool_and_its_property(
    wanted: list[dict[str, Any]], expected: list[Difference]
) -> None:
    there = [ONE, SIX]
    assert list(pool_differences(wanted, there)) == expected
    assert same_pools(wanted, there) == (not expected)


def test_an_address_is_the_same_however_it_is_written() -> None:
    wanted = {
        "Subnet": "FD00:1::/64",
        "IPRange": "fd00:1:0::/80",
        "Gateway": "fd00:1::0001",
        "AuxiliaryAddresses": {"printer": "FD00:1::0:9", "camera": "fd00:1::a"},
    }
    assert normal_pools([wanted]) == [
        {
            "Subnet": "fd00:1::/64",
            "IPRange": "fd00:1::/80",
            "Gateway": "fd00:1::1",
            "AuxiliaryAddresses": {"printer": "fd00:1::9", "camera": "fd00:1::a"},
        }
    ]


def test_the_address_of_a_host_names_its_network() -> None:
    assert normal_pools([{"Subnet": "10.1.0.5/24"}]) == [{"Subnet": "10.1.0.0/24"}]
