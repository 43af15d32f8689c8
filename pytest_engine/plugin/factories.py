"""Functions that make fixtures: containers and images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Literal, cast

from pytest_engine.core.errors import InvalidInput

from . import lifecycle
from .builds import BuildPlan, build_image, read_options, refuse_build_options
from .fixtures import session_of
from .functions import (
    WRONG_ARGUMENT,
    callers,
    check_timeout,
    fixture_function,
    located,
    no_references,
)
from .handles import Image
from .hints import check_reuse, container_hints
from .images import check_policy
from .plan import ContainerPlan
from .recipe import SHARED

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import pytest

    from pytest_engine.core.api.build_options import BuilderName, BuildOptions
    from pytest_engine.core.buildcontext import Sources
    from pytest_engine.core.client import Engine
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.spec.mounts import Mount
    from pytest_engine.core.spec.policies import Healthcheck, RestartPolicy
    from pytest_engine.core.spec.ports import Port
    from pytest_engine.core.wait import Ready

    from .files import FileLike
    from .functions import Others, Scope
    from .images import PullPolicy
    from .plan import ImageLike, NetworkLike, Variant, VolumesLike
    from .references import Fixture


__all__ = ["container", "image"]


def container(
    image: ImageLike | None = None,
    *,
    build: Sources | None = None,
    name: str | None = None,
    command: str | Sequence[str] | None = None,
    entrypoint: str | Sequence[str] | None = None,
    env: Mapping[str, str] | None = None,
    ports: Sequence[int | str | Port] | None = None,
    files: Mapping[str, FileLike] | None = None,
    mounts: Sequence[Mount] | None = None,
    volumes: VolumesLike | None = None,
    tmpfs: Mapping[str, str] | Sequence[str] | None = None,
    network: NetworkLike | None = None,
    networks: Sequence[NetworkLike] = (),
    etc_hosts: Mapping[str, str] | Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    restart_policy: str | RestartPolicy | None = None,
    healthcheck: Healthcheck | None = None,
    init: bool | None = None,
    user: str | None = None,
    working_dir: str | None = None,
    privileged: bool | None = None,
    capabilities: Sequence[str] | None = None,
    read_only: bool | None = None,
    memory: str | int | None = None,
    cpus: float | None = None,
    platform: str | None = None,
    spec: ContainerSpec | None = None,
    pull: PullPolicy | None = None,
    wait: Ready | Literal[False] | None = None,
    timeout: float | None = None,
    after: Sequence[Any] = (),
    scope: Scope = "function",
    per_worker: bool = False,
    reuse: bool = False,
    params: Sequence[Variant] | None = None,
    ids: Sequence[str] | None = None,
    ahead: bool = True,
    prestart: int = 0,
    doc: str | None = None,
    handed: Callable[[Container], AbstractContextManager[object]] | None = None,
) -> Fixture[Container]:
    """Make a fixture that is a running container, ready to be used.

        redis = container("redis:7", ports=[6379], scope="session")

    The image is pulled if the engine does not have it. What the fixture made is removed
    at the end of its scope, or at once if the container does not become ready.

    `env`, `command`, `entrypoint`, `labels` and `etc_hosts` may refer to other fixtures of
    this package: `{redis.name}`, `{redis.id}`, `{redis.ip}`. On a network that a fixture
    made (not on the engine's default one), containers reach each other by name, and by the
    name of the fixture.

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
        files: what is put into it before it starts: absolute path -> bytes, text, the
            `pathlib.Path` of a file or folder (relative to the file of the caller), names
            below the path -> contents, or a `File` with an owner and permissions.
        mounts: mounts in the long form.
        volumes: path in the container -> a fixture made by `volume`, or a volume's name;
            or texts `source:target[:modes]`, where a source that begins with `.` is
            relative to the file of the caller.
        tmpfs: folders in memory: `path[:options]`.
        network: the network: a fixture made by `network`, a name, a `NetworkAttachment`.
        networks: further networks.
        etc_hosts: further hosts it knows: name -> address, or `host-gateway`.
        labels: labels beyond those of the run.
        restart_policy: what the engine does when the container ends.
        healthcheck: how its health is found out.
        init: whether a small process 1 passes on signals and cleans up after others.
        user: `user[:group]` of its process, by name or number.
        working_dir: where its process starts.
        privileged: whether it may do almost all that the host may.
        capabilities: what it may do beyond the usual, like `NET_ADMIN`.
        read_only: whether it cannot write to its file system.
        memory: the limit in bytes, or a text like `512m`.
        cpus: how many processors' worth of time it may use.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        spec: all else that a container can have, as a `ContainerSpec`; what it states is
            not stated by name as well.
        pull: when the image is pulled: `missing`, `always` (once in a run), `never`, or a
            `timedelta` after which it is pulled anew; None: `--engine-pull`.
        wait: when it is ready (`pytest_engine.wait`). None: when its healthcheck succeeds,
            if one is stated here, else when its published TCP ports answer. False: as
            soon as it has started.
        timeout: seconds until it has to be ready; None: `--engine-wait-timeout`.
        after: fixtures, or their names, that have to be there before.
        scope: how long it lives: `function`, `class`, `module`, `package`, `session`.
        per_worker: with `session`, each worker of pytest-xdist has its own; otherwise there is
            one for the whole run.
        reuse: with `session` and `--engine-reuse`, it outlives the run, and the next one uses
            it again if it still is as it should be. Not with `build`.
        params: makes every test run once for each: an image, or a mapping of properties
            of `ContainerSpec`. `@pytest.mark.parametrize(..., indirect=True)` does the
            same for one test.
        ids: names of the params, for the tests' names.
        ahead: whether it may start before a test asks for it, if that is known to happen;
            False: state this where it has to find something that the tests do first.
        prestart: of function scope: how many are kept ready for the next tests; not on the
            network of a fixture, where one at a time has the fixture's name.
        doc: what `pytest --fixtures` says of it.
        handed: makes what is handed to tests instead, of a container that is ready;
            `pytest_engine.presets.preset` is the way to it that has types.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    names = callers()
    check_policy(pull, "container")
    check_timeout(timeout, "container")
    known = image is not None or (spec is not None and spec.image is not None)
    if known == (build is not None) and not (params and not known):
        raise InvalidInput("container: state either an image or what to build.")
    check_reuse(scope, reuse=reuse, is_built=build is not None)
    place = names.shared_place(scope, per_worker=per_worker)
    try:
        plan = ContainerPlan.read(
            spec,
            {
                "name": name,
                "command": command,
                "entrypoint": entrypoint,
                "env": env,
                "ports": ports,
                "mounts": mounts,
                "tmpfs": tmpfs,
                "etc_hosts": etc_hosts,
                "labels": labels,
                "restart_policy": restart_policy,
                "healthcheck": healthcheck,
                "init": init,
                "user": user,
                "working_dir": working_dir,
                "privileged": privileged,
                "capabilities": capabilities,
                "read_only": read_only,
                "memory": memory,
                "cpus": cpus,
                "platform": platform,
            },
            image=image,
            networks=[*([] if network is None else [network]), *networks],
            volumes=volumes,
            after=after,
            files=files or {},
            names=names,
        )
    except InvalidInput as exc:
        # In which of our checks it was found, tells a user nothing.
        raise exc.with_traceback(None) from None
    recipe = None if build is None else BuildPlan(located(build, names))
    title = str(plan.spec.image or recipe or "a container")
    hints = container_hints(
        plan, ahead=ahead, prestart=prestart, scope=scope, has_params=params is not None
    )

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Container]:
        wanted = plan.filled(others, request.fixturename or "", getattr(request, "param", None))
        with lifecycle.started(
            session_of(request.config),
            engine,
            request,
            wanted,
            wait=wait,
            timeout=timeout,
            build=recipe if wanted.image is None else None,
            files=plan.files,
            pull=pull,
            home=names.folder,
            place=place,
            reuse=names.file if reuse else None,
        ) as running:
            if handed is None:
                yield running
                return
            with handed(running) as value:
                yield cast("Container", value)

    return cast(
        "Fixture[Container]",
        fixture_function(
            make,
            plan.references,
            names,
            title,
            hints,
            scope=scope,
            doc=doc or f"A container of {title}, by pytest-engine.",
            params=params,
            ids=ids,
        ),
    )


def image(
    name: str | None = None,
    *,
    build: Sources | None = None,
    dockerfile: str | None = None,
    args: Mapping[str, str] | None = None,
    target: str | None = None,
    labels: Mapping[str, str] | None = None,
    cache_from: Sequence[str] | None = None,
    network: str | None = None,
    builder: BuilderName | None = None,
    platform: str | None = None,
    options: BuildOptions | None = None,
    pull: PullPolicy | None = None,
    scope: Scope = "session",
    doc: str | None = None,
) -> Fixture[Image]:
    """Make a fixture that is an image, pulled if it is missing, or built.

    One that is built is built once in a run, by one of its workers, and removed at its
    end; the build cache stays. One that is pulled stays.

    Args:
        name: the image to pull.
        build: instead, a folder to build (relative to the file of the caller), or names
            in the context -> contents. The arguments from `dockerfile` to `builder`, and
            `options`, are for builds.
        dockerfile: the Dockerfile's path in it; None: `Dockerfile`.
        args: values for its `ARG` instructions; no place for secrets, as they are kept in
            the image's history.
        target: the stage to build; None: the last.
        labels: labels of the image, beyond those of the run.
        cache_from: images whose steps may be taken instead of being built.
        network: the network of `RUN` instructions: `default`, `none` or `host`.
        builder: `buildkit` or `classic`; None: BuildKit, unless the engine has it switched
            off.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        options: further options of the build: `BuildOptions`.
        pull: when the image is pulled: see `container`. For a build, `always` looks for
            newer base images, and `missing` or None does not.
        scope: how long the fixture's value is kept.
        doc: what `pytest --fixtures` says of it.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    names = callers()
    check_policy(pull, "image")
    if (name is None) == (build is None):
        raise InvalidInput("image: state either a name or what to build.")
    stated: dict[str, object] = {
        "dockerfile": dockerfile,
        "args": args,
        "target": target,
        "labels": labels,
        "cachefrom": None if cache_from is None else list(cache_from),
        "network": network,
        "builder": builder,
    }
    recipe = None
    if build is not None:
        stated |= {"platform": platform, "pull": pull}
        recipe = BuildPlan(located(build, names), read_options(stated, options))
    else:
        refuse_build_options(stated, options)

    @contextmanager
    def make(request: pytest.FixtureRequest, engine: Engine, others: Others) -> Iterator[Image]:
        del others
        session = session_of(request.config)
        if recipe is None:
            yield lifecycle.find_image(
                session, engine, request, str(name), pull, platform, names.folder
            )
        else:
            built = build_image(session, engine, recipe, request)
            yield Image(engine, built, built)

    title = str(name or recipe)
    doc = doc or f"The image {title}, by pytest-engine."
    made = fixture_function(make, no_references, names, title, SHARED, scope=scope, doc=doc)
    return cast("Fixture[Image]", made)
