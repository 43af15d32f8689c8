"""The function that makes fixtures which are a swarm of several nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from .early import hooks_in_turn
from .fixtures import session_of
from .functions import callers, fixture_function, no_references
from .images import resolve_name
from .participants import hooks_of
from .recipe import Hints

if TYPE_CHECKING:
    import pytest

    from pytest_engine.core.client import Engine
    from pytest_engine.core.cluster import Cluster

    from .functions import Scope
    from .references import Fixture

    Others = Mapping[str, Any]

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
    names = callers()
    title = f"a swarm of {managers + workers} nodes"

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Cluster]:
        del others
        # It brings the client's libraries along.
        from pytest_engine.core.cluster import Cluster

        session = session_of(request.config)
        fixture = request.fixturename or "swarm_cluster"
        hook = hooks_of(request, names.folder)
        with hooks_in_turn(request):
            nodes, *stored = [
                resolve_name(hook, session.settings.mirror, one) for one in (image, *images)
            ]
        session.run.begin(engine.endpoint)
        try:
            cluster = Cluster.start(
                engine,
                managers=managers,
                workers=workers,
                image=nodes,
                images=stored,
                name=session.owner.name(fixture),
                labels=session.owner.labels(fixture),
                privileged=privileged,
                arguments=arguments,
                folder=session.run.folder.path,
                timeout=timeout,
            )
            with cluster:
                yield cluster
        except BaseException:
            # Nobody here knows what has stayed; the reaper finds it by its labels.
            session.run.doubt()
            raise

    made = fixture_function(make, no_references, names, title, Hints(), scope=scope)
    return cast("Fixture[Cluster]", made)
