"""What a preset is made with: a container's description, and what its fixture hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, TypedDict, TypeVar, cast

from pytest_engine.core.errors import InvalidInput
from pytest_engine.plugin.factories import container

from .server import Server

if TYPE_CHECKING:
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec
    from pytest_engine.core.spec.mounts import Mount
    from pytest_engine.core.spec.ports import Port
    from pytest_engine.core.wait import Ready
    from pytest_engine.plugin.files import FileLike
    from pytest_engine.plugin.functions import Scope
    from pytest_engine.plugin.images import PullPolicy
    from pytest_engine.plugin.plan import NetworkLike, Variant, VolumesLike
    from pytest_engine.plugin.references import Fixture

__all__ = ["Options", "preset", "refuse_mounts"]

S = TypeVar("S", bound=Server)


class Options(TypedDict, total=False):
    """What every preset takes besides what is its product's; those of `container`.

    Attributes:
        image: the whole name of another image that behaves like the official one, such as
            a mirror's; the version is not used then.
        args: words at the end of the server's command line.
        env: further variables for the server.
        files: further files in the container, as in `container`.
        name: the container's name, for those who need a certain one.
        ports: instead of the preset's own: `["5432:5432"]` for a certain port of the host.
        network: a network that other containers reach it on.
        networks: further networks.
        volumes: as in `container`.
        mounts: as in `container`.
        labels: labels beyond those of the run.
        memory: the limit in bytes, or a text like `512m`.
        cpus: how many processors' worth of time it may use.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        spec: all else that a container can have, as a `ContainerSpec`.
        pull: when the image is pulled, as in `container`.
        wait: when it is ready, instead of the preset's own condition.
        timeout: seconds until it has to be ready; by default `--engine-wait-timeout`.
        after: fixtures that have to be there before.
        scope: how long it lives; `session` by default.
        per_worker: as in `container`.
        reuse: as in `container`.
        ahead: as in `container`.
        prestart: as in `container`.
        params: runs every test once for each of these images.
        ids: names of the params.
        doc: what `pytest --fixtures` says of it.
    """

    image: str
    args: Sequence[str]
    env: Mapping[str, str]
    files: Mapping[str, FileLike]
    name: str
    ports: Sequence[int | str | Port]
    network: NetworkLike
    networks: Sequence[NetworkLike]
    volumes: VolumesLike
    mounts: Sequence[Mount]
    labels: Mapping[str, str]
    memory: str | int
    cpus: float
    platform: str
    spec: ContainerSpec
    pull: PullPolicy
    wait: Ready
    timeout: float
    after: Sequence[Any]
    scope: Scope
    per_worker: bool
    reuse: bool
    ahead: bool
    prestart: int
    params: Sequence[Variant]
    ids: Sequence[str]
    doc: str


def preset(
    serve: Callable[[Container], S],
    image: str,
    *,
    ports: Sequence[int],
    wait: Ready,
    env: Mapping[str, str] | None = None,
    command: Sequence[str] = (),
    program: Sequence[str] = (),
    files: Mapping[str, FileLike] | None = None,
    tmpfs: Sequence[str] = (),
    options: Options | None = None,
) -> Fixture[S]:
    """Make a fixture of a server: a container, and a handle that knows its product.

    Args:
        serve: makes the handle; mostly the class itself.
        image: the image, unless the options name another.
        ports: ports of the container to publish, unless the options say how.
        wait: when it is ready, unless the options say so.
        env: variables for the server; those in the options win.
        command: the server's command line; words in the options follow it. Neither: the
            image's own.
        program: instead, the image's own, to be stated only where words follow it; not for
            images that put their program before such words themselves.
        files: path in the container -> content, there before the server starts.
        tmpfs: folders in memory.
        options: what the preset's caller has stated.
    """
    __tracebackhide__ = True
    stated = cast("dict[str, Any]", dict(options or {}))
    further = stated.pop("args", ())
    words = [*(command or (program if further else ())), *further]
    arguments: dict[str, Any] = {
        "image": image,
        "ports": ports,
        "wait": wait,
        "scope": "session",
        **stated,
        "env": {**(env or {}), **stated.pop("env", {})},
        "tmpfs": list(tmpfs) or None,
        "files": {**(files or {}), **stated.pop("files", {})},
        "command": words or None,
    }

    @contextmanager
    def handed(running: Container) -> Iterator[S]:
        server = serve(running)
        try:
            server.open()
            yield server
        finally:
            server.close()

    return cast("Fixture[S]", container(**arguments, handed=handed))


def refuse_mounts(options: Options, folder: str) -> None:
    """Refuse a mount at or above the folder of data that are kept in memory.

    Raises:
        InvalidInput: the options have one, which would stay empty.
    """
    volumes = options.get("volumes", ())
    targets = [mount.target for mount in options.get("mounts", ())]
    if isinstance(volumes, Mapping):
        targets += volumes
    else:
        targets += [text.split(":")[1] if ":" in text else text for text in volumes]
    for target in targets:
        if f"{target.rstrip('/')}/".startswith(f"{folder}/"):
            raise InvalidInput(
                f"volumes: nothing would be in {target}, for the data are kept in memory; "
                "durable=True keeps them there."
            )
