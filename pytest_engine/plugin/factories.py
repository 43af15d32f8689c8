"""Functions that make fixtures: containers, networks, volumes and images."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Literal, Union, cast

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.container import ContainerSpec

from . import lifecycle
from .fixtures import session_of
from .handles import Image, Network, Volume
from .plan import ContainerPlan
from .references import Fixture, LateSignature, Namespaces, names_in

if TYPE_CHECKING:
    from pytest_engine.core.buildcontext import Sources
    from pytest_engine.core.client import Engine
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.attachment import NetworkAttachment
    from pytest_engine.core.spec.mounts import Mount
    from pytest_engine.core.spec.network import NetworkSpec
    from pytest_engine.core.spec.policies import Healthcheck, RestartPolicy
    from pytest_engine.core.spec.ports import Port
    from pytest_engine.core.spec.volume import VolumeSpec
    from pytest_engine.core.wait import Condition

    Scope = Literal["session", "package", "module", "class", "function"]
    ImageLike = Union[str, Fixture[Image]]
    NetworkLike = Union[str, NetworkAttachment, Fixture[Network]]
    VolumesLike = Union[Sequence[str], Mapping[str, Union[str, Fixture[Volume]]]]
    Others = Mapping[str, Any]
    Variant = Union[str, Mapping[str, Any]]

__all__ = ["container", "image", "network", "volume"]


def container(
    image: ImageLike | None = None,
    *,
    build: Sources | None = None,
    name: str | None = None,
    command: str | Sequence[str] | None = None,
    entrypoint: str | Sequence[str] | None = None,
    env: Mapping[str, str] | None = None,
    ports: Sequence[int | str | Port] | None = None,
    mounts: Sequence[Mount] | None = None,
    volumes: VolumesLike | None = None,
    network: NetworkLike | None = None,
    networks: Sequence[NetworkLike] = (),
    labels: Mapping[str, str] | None = None,
    restart_policy: str | RestartPolicy | None = None,
    healthcheck: Healthcheck | None = None,
    user: str | None = None,
    working_dir: str | None = None,
    memory: str | int | None = None,
    cpus: float | None = None,
    wait: Condition | Literal[False] | None = None,
    timeout: float | None = None,
    after: Sequence[Any] = (),
    scope: Scope = "function",
    per_worker: bool = False,
    reuse: bool = False,
    params: Sequence[Variant] | None = None,
    ids: Sequence[str] | None = None,
) -> Fixture[Container]:
    """Make a fixture that is a running container, ready to be used.

        redis = container("redis:7", ports=[6379], scope="session")

    The image is pulled if the engine does not have it. What the fixture made is removed
    at the end of its scope, or at once if the container does not become ready.

    `env`, `command` and `entrypoint` may refer to other fixtures of this package:
    `{redis.name}`, `{redis.id}`, `{redis.ip}`. On a network that a fixture made (not on
    the engine's default one), containers reach each other by name, and by the name of
    the fixture.

    Args:
        image: the image, or a fixture made by `image`.
        build: instead, a folder to build (relative to the file of the caller), or names
            in the context -> contents. `image(build=...)` has more options.
        name: its name, for those who need a certain one; two runs at once cannot have
            the same.
        command: words, or a line that is split as a shell would; replaces the image's.
        entrypoint: likewise.
        env: variables beyond the image's.
        ports: ports to publish: `6379`, `"8080:80/tcp"`, a `Port`. The engine chooses the
            host's port where none is stated; `address(6379)` of the container tells it.
        mounts: mounts in the long form.
        volumes: path in the container -> a fixture made by `volume`, or a volume's name;
            or texts `source:target[:modes]`.
        network: the network: a fixture made by `network`, a name, a `NetworkAttachment`.
        networks: further networks.
        labels: labels beyond those of the run.
        restart_policy: what the engine does when the container ends.
        healthcheck: how its health is found out.
        user: `user[:group]` of its process, by name or number.
        working_dir: where its process starts.
        memory: the limit in bytes, or a text like `512m`.
        cpus: how many processors' worth of time it may use.
        wait: when it is ready (`pytest_engine.wait`). None: when its healthcheck succeeds,
            if one is stated here, else when its published TCP ports answer. False: as
            soon as it has started.
        timeout: seconds until it has to be ready; None: `--engine-wait-timeout`.
        after: fixtures, or their names, that have to be there before.
        scope: how long it lives: `function`, `class`, `module`, `package`, `session`.
        per_worker: with `session`, each worker of pytest-xdist has its own; otherwise there is
            one for the whole run.
        reuse: with `session` and `--engine-reuse`, it outlives the run, and the next one uses
            it again if it still is as it should be.
        params: makes every test run once for each: an image, or a mapping of properties
            of `ContainerSpec`. `@pytest.mark.parametrize(..., indirect=True)` does the
            same for one test.
        ids: names of the params, for the tests' names.
    """
    names = _callers()
    if (image is None) == (build is None) and not params:
        raise InvalidInput("container: state either an image or what to build.")
    if reuse and (scope != "session" or build is not None):
        raise InvalidInput("container: reuse goes with scope='session', and not with build.")
    place = _place(names, scope, per_worker=per_worker)
    # Values are read here already, so that an error points to the line that has it.
    plan = ContainerPlan(
        ContainerSpec(
            name=name,
            image=image if isinstance(image, str) else None,
            ports=ports,
            mounts=mounts,
            volumes=None if isinstance(volumes, Mapping) else volumes,
            labels=labels,
            restart_policy=restart_policy,
            healthcheck=healthcheck,
            user=user,
            working_dir=working_dir,
            memory=memory,
            cpus=cpus,
        ),
        texts={"command": command, "entrypoint": entrypoint, "env": env},
        image=None if isinstance(image, str) else image,
        networks=[*([] if network is None else [network]), *networks],
        volumes=volumes if isinstance(volumes, Mapping) else {},
        after=after,
        names=names,
    )
    list(names_in(plan.texts))
    recipe = None if build is None else lifecycle.BuildPlan(_located(build, names))
    title = str(image) if isinstance(image, str) else str(recipe or "a container")

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Container]:
        spec = plan.filled(others, request.fixturename or "", getattr(request, "param", None))
        with lifecycle.started(
            session_of(request.config),
            engine,
            request,
            spec,
            wait=wait,
            timeout=timeout,
            build=recipe if spec.image is None else None,
            place=place,
            reuse=names.file if reuse else None,
        ) as running:
            yield running

    return cast(
        "Fixture[Container]",
        _fixture(make, plan.references, names, title, scope=scope, params=params, ids=ids),
    )


def network(
    spec: NetworkSpec | None = None, *, scope: Scope = "function", per_worker: bool = False
) -> Fixture[Network]:
    """Make a fixture that is a network, on which containers reach each other by name.

    Args:
        spec: its properties; None: the engine's defaults, under a name of its own.
        scope: how long it lives.
        per_worker: as of `container`.
    """
    names = _callers()
    place = _place(names, scope, per_worker=per_worker)

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Network]:
        del others
        fixture = request.fixturename or "network"
        session = session_of(request.config)
        with lifecycle.made_network(session, engine, fixture, spec, place) as made:
            yield made

    return cast("Fixture[Network]", _fixture(make, _none, names, "a network", scope=scope))


def volume(
    spec: VolumeSpec | None = None, *, scope: Scope = "function", per_worker: bool = False
) -> Fixture[Volume]:
    """Make a fixture that is a volume, empty at first.

    Args:
        spec: its properties; None: the engine's defaults, under a name of its own.
        scope: how long it and the data in it live.
        per_worker: as of `container`.
    """
    names = _callers()
    place = _place(names, scope, per_worker=per_worker)

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Volume]:
        del others
        fixture = request.fixturename or "volume"
        session = session_of(request.config)
        with lifecycle.made_volume(session, engine, fixture, spec, place) as made:
            yield made

    return cast("Fixture[Volume]", _fixture(make, _none, names, "a volume", scope=scope))


def image(
    name: str | None = None,
    *,
    build: Sources | None = None,
    dockerfile: str = "Dockerfile",
    args: Mapping[str, str] | None = None,
    target: str | None = None,
    scope: Scope = "session",
) -> Fixture[Image]:
    """Make a fixture that is an image, pulled if it is missing, or built.

    One that is built is built once in a run, by one of its workers, and removed at its
    end; the build cache stays. One that is pulled stays.

    Args:
        name: the image to pull.
        build: instead, a folder to build (relative to the file of the caller), or names
            in the context -> contents. It is built with BuildKit.
        dockerfile: the Dockerfile's path in it.
        args: values for its `ARG` instructions; no place for secrets.
        target: the stage to build; None: the last.
        scope: how long the fixture's value is kept.
    """
    names = _callers()
    if (name is None) == (build is None):
        raise InvalidInput("image: state either a name or what to build.")
    recipe = None
    if build is not None:
        recipe = lifecycle.BuildPlan(_located(build, names), dockerfile, args, target)

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Image]:
        del others
        session = session_of(request.config)
        if recipe is None:
            yield lifecycle.find_image(session, engine, request, str(name))
        else:
            built = lifecycle.build_image(session, engine, recipe, request.fixturename or "image")
            yield Image(engine, built, built)

    title = str(name or recipe)
    return cast("Fixture[Image]", _fixture(make, _none, names, title, scope=scope))


def _fixture(
    make: Callable[[pytest.FixtureRequest, Engine, Others], AbstractContextManager[object]],
    references: Callable[[], Iterator[str]],
    names: Namespaces,
    title: str,
    *,
    scope: Scope,
    params: Sequence[object] | None = None,
    ids: Sequence[str] | None = None,
) -> object:
    """Make a fixture function whose arguments are the fixtures that it refers to."""

    def resource(*bound: object, **others: Any) -> Iterator[object]:
        # In a class's body the fixture is a method; its instance is of no use here.
        del bound
        request = others.pop("request")
        with ExitStack() as stack:
            with lifecycle.explained(f"Fixture {request.fixturename!r} ({title})"):
                value = stack.enter_context(make(request, others.pop("engine"), others))
            yield value

    resource.__doc__ = f"Made by pytest-engine: {title}."
    resource.__module__ = names.module
    resource.__signature__ = LateSignature(late=references)  # type: ignore[attr-defined]
    return pytest.fixture(scope=scope, params=params, ids=ids)(resource)


def _callers() -> Namespaces:
    """Remember who called the factory."""
    here = inspect.currentframe()
    factory = here.f_back if here else None
    return Namespaces(factory.f_back if factory else None)


def _place(names: Namespaces, scope: Scope, *, per_worker: bool) -> str | None:
    """Tell where a fixture is defined, if the workers of a run are to share what it makes."""
    return None if per_worker or scope != "session" else names.place


def _none() -> Iterator[str]:
    return iter(())


def _located(context: Sources, names: Namespaces) -> Sources:
    """Find a folder from the file that names it, whatever the working directory is."""
    if isinstance(context, Mapping):
        return context
    return Path(names.file).parent / context if names.file else Path(context)
