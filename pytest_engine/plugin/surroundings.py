"""Functions that make fixtures of what containers live in: networks and volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from pytest_engine.core.spec.volume import VolumeSpec

from . import lifecycle
from .early import wait_for_names
from .files import CONTENT_FOLDER, fill_volume, place_files
from .fixtures import session_of
from .functions import WRONG_ARGUMENT, callers, fixture_function, no_references
from .recipe import NAMED, SHARED

if TYPE_CHECKING:
    import pytest

    from pytest_engine.core.client import Engine

    from .files import FileLike
    from .functions import Scope
    from .handles import Network, Volume
    from .references import Fixture

    Others = Mapping[str, Any]

__all__ = ["network", "volume"]


def network(
    spec: NetworkSpec | None = None,
    *,
    driver: str | None = None,
    driver_options: Mapping[str, str] | None = None,
    internal: bool | None = None,
    enable_ipv6: bool | None = None,
    subnets: Sequence[str | IpamPool] | None = None,
    labels: Mapping[str, str] | None = None,
    scope: Scope = "function",
    per_worker: bool = False,
    doc: str | None = None,
) -> Fixture[Network]:
    """Make a fixture that is a network, on which containers reach each other by name.

    Args:
        spec: all of its properties, under a certain name, which two runs at once cannot
            have both. None: those that are stated here, under a name of its own.
        driver: its driver; the engine's default is `bridge`.
        driver_options: what that is told.
        internal: whether it is cut off from the outside.
        enable_ipv6: whether it has IPv6 addresses; engines before 27 want a subnet for them.
        subnets: its addresses, like `10.1.0.0/24`.
        labels: labels beyond those of the run.
        scope: how long it lives.
        per_worker: as of `container`.
        doc: what `pytest --fixtures` says of it.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    pools = None if subnets is None else tuple(_pool(one) for one in subnets)
    given = _given(
        spec,
        "network",
        driver=driver,
        driver_options=driver_options,
        internal=internal,
        enable_ipv6=enable_ipv6,
        ipam_config=pools,
        labels=labels,
    )
    wanted = spec or NetworkSpec(lifecycle.ANY_NAME, **given)
    names = callers()
    place = names.shared_place(scope, per_worker=per_worker)

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Network]:
        del others
        fixture = request.fixturename or "network"
        session = session_of(request.config)
        if spec is not None:
            wait_for_names(session.removals, request)
        with lifecycle.made_network(session, engine, fixture, wanted, place) as made:
            yield made

    hints = NAMED if spec else SHARED
    made = fixture_function(make, no_references, names, "a network", hints, scope=scope, doc=doc)
    return cast("Fixture[Network]", made)


def volume(
    spec: VolumeSpec | None = None,
    *,
    driver: str | None = None,
    driver_options: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    content: FileLike | None = None,
    scope: Scope = "function",
    per_worker: bool = False,
    doc: str | None = None,
) -> Fixture[Volume]:
    """Make a fixture that is a volume.

    Args:
        spec: all of its properties, under a certain name, which two runs at once cannot
            have both, and nobody else before. None: those that are stated here, under a
            name of its own.
        driver: its driver; the engine's default is `local`.
        driver_options: what that is told, like `{"type": "tmpfs", "device": "tmpfs"}`.
        labels: labels beyond those of the run.
        content: what is in it at first: a folder, as a `pathlib.Path` (relative to the file
            of the caller), names -> contents, or a `File` of these, with an owner and
            permissions. None: nothing.
        scope: how long it and the data in it live.
        per_worker: as of `container`.
        doc: what `pytest --fixtures` says of it.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    names = callers()
    given = _given(spec, "volume", driver=driver, driver_options=driver_options, labels=labels)
    wanted = spec or VolumeSpec(lifecycle.ANY_NAME, **given)
    place = names.shared_place(scope, per_worker=per_worker)
    files = () if content is None else place_files({CONTENT_FOLDER: content}, names.folder)
    if any(isinstance(one.file.content, (bytes, str)) for one in files):
        raise InvalidInput(
            "volume: the content is a folder, as a pathlib.Path, or names -> contents."
        )

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Volume]:
        del others
        fixture = request.fixturename or "volume"
        session = session_of(request.config)

        def fill(name: str) -> None:
            if files:
                fill_volume(session, engine, fixture, name, files)

        if spec is not None:
            wait_for_names(session.removals, request)
        with lifecycle.made_volume(session, engine, fixture, wanted, place, fill) as made:
            yield made

    hints = NAMED if spec else SHARED
    made = fixture_function(make, no_references, names, "a volume", hints, scope=scope, doc=doc)
    return cast("Fixture[Volume]", made)


def _given(spec: object | None, what: str, **stated: Any) -> dict[str, Any]:
    __tracebackhide__ = WRONG_ARGUMENT
    given = {name: value for name, value in stated.items() if value is not None}
    if spec is not None and given:
        raise InvalidInput(f"{what}: state its properties in a spec or by name, not both.")
    return given


def _pool(subnet: str | IpamPool) -> IpamPool:
    return subnet if isinstance(subnet, IpamPool) else IpamPool(subnet)
