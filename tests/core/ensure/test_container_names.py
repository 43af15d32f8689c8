"""Containers whose ids begin like the name of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.networks import NetworkKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.network import NetworkSpec

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = pytest.mark.engine


@pytest.fixture
def whole(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """The id of a container that runs."""
    config: Any = {"Image": busybox, "Cmd": ["sleep", "1000"], "HostConfig": {"Init": True}}
    made = engine.containers.create(config, name=scratch.name("c"))["Id"]
    engine.containers.start(made)
    return made


def test_it_is_not_put_on_a_network(engine: Engine, scratch: Scratch, whole: str) -> None:
    outcome = reconcile(engine, NetworkKind(connected=[whole[:6]]), NetworkSpec(scratch.name()))
    assert [whole[:6] in warning for warning in outcome.warnings] == [True]
    assert not engine.networks.inspect(scratch.name())["Containers"]
    # As much of it as the docker command shows is its id.
    outcome = reconcile(engine, NetworkKind(connected=[whole[:12]]), NetworkSpec(scratch.name()))
    assert list(engine.networks.inspect(scratch.name())["Containers"] or ()) == [whole]


@pytest.mark.parametrize("mode", ["ipc_mode", "network_mode", "pid_mode"])
def test_nothing_is_shared_with_it(
    engine: Engine, scratch: Scratch, busybox: str, whole: str, mode: str
) -> None:
    shares: dict[str, Any] = {mode: f"container:{whole[:6]}"}
    with pytest.raises(InvalidInput, match=f"{mode}: there is no container {whole[:6]}, but one"):
        reconcile(engine, ContainerKind(), ContainerSpec(scratch.name(), busybox, **shares))
