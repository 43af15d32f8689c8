"""The wanted state of a swarm, as the engine is told it."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.spec.swarm import SwarmSpec


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({}, (None, None)),
        ({"subnet_size": 26}, (["10.0.0.0/8"], 26)),
        ({"default_addr_pool": ["10.20.0.0/16"]}, (["10.20.0.0/16"], 24)),
        ({"default_addr_pool": ["10.20.0.0/16"], "subnet_size": 26}, (["10.20.0.0/16"], 26)),
    ],
)
def test_ranges_and_their_size_are_told_together(stated: dict[str, Any], told: object) -> None:
    body = SwarmSpec(**stated).to_engine()
    assert (body.get("DefaultAddrPool"), body.get("SubnetSize")) == told
