"""The function that makes fixtures which are a swarm of several nodes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from .fixtures import session_of
from .lifecycle import explained

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import Cluster

    from .factories import Scope
    from .references import Fixture

__all__ = ["swarm_cluster"]


def swarm_cluster(
    managers: int = 1,
    workers: int = 2,
    *,
    image: str = "docker:27-dind",
    images: Sequence[str] = (),
    privileged: bool | None = None,
    arguments: Sequence[str] = (),
    timeout: float = 120.0,
    scope: Scope = "module",
) -> Fixture[Cluster]:
    """Make a fixture that is a swarm of several engines, each in a container of its own.

        swarm = swarm_cluster(managers=3, workers=2, images=["redis:7"])

        def test_a_lost_node(swarm):
            swarm.workers[0].kill()
            swarm.workers[0].wait_until("down")

    Its value is a `Cluster`. What a test does to the nodes, the next test of the same scope
    finds; `swarm.mend()` brings them back.

    Args:
        managers: how many nodes manage the swarm; three survive the loss of one.
        workers: how many nodes only work.
        image: what the nodes run: any image with dockerd, iptables and openssl.
        images: what is in the store of every node, copied from the engine outside, which
            pulls what it lacks.
        privileged: whether the nodes' containers are privileged. None: if that is allowed,
            else with all that it consists of but the capability to raise limits.
        arguments: further ones for every dockerd: `--registry-mirror=http://...`.
        timeout: seconds until every engine answers.
        scope: how long it lives. A cluster takes about ten seconds to come up.
    """

    def resource(
        *bound: object, request: pytest.FixtureRequest, engine: Engine
    ) -> Iterator[Cluster]:
        # In a class's body the fixture is a method; its instance is of no use here.
        del bound
        # It brings the client's libraries along.
        from pytest_engine.core.cluster import Cluster

        session = session_of(request.config)
        fixture = request.fixturename or "swarm_cluster"

        def substituted(name: str) -> str:
            return str(request.node.ihook.pytest_engine_image_name(name=name) or name)

        with explained(f"Fixture {fixture!r} (a swarm of {managers + workers} nodes)"):
            cluster = Cluster.start(
                engine,
                managers=managers,
                workers=workers,
                image=substituted(image),
                images=[substituted(name) for name in images],
                name=session.owner.name(fixture),
                labels=session.owner.labels(fixture),
                privileged=privileged,
                arguments=arguments,
                timeout=timeout,
            )
        with cluster:
            yield cluster

    resource.__doc__ = f"Made by pytest-engine: a swarm of {managers + workers} nodes."
    return cast("Fixture[Cluster]", pytest.fixture(scope=scope)(resource))
