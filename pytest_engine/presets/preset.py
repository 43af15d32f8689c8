"""What a preset is made with: a container's description, and what its fixture hands out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, Generic, TypedDict, TypeVar, cast

from pytest_engine.plugin.factories import container

from .server import Server

if TYPE_CHECKING:
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.mounts import Mount
    from pytest_engine.core.spec.ports import Port
    from pytest_engine.core.wait import Condition
    from pytest_engine.plugin.factories import NetworkLike, Scope, Variant, VolumesLike
    from pytest_engine.plugin.references import Fixture

__all__ = ["Options", "preset"]

S = TypeVar("S", bound=Server)


class Options(TypedDict, total=False):
    """What every preset takes besides what is its product's; those of `container`.

    Keys:
        image: the whole name of another image that behaves like the official one, such as
            a mirror's; the version is not used then.
        args: words at the end of the server's command line.
        env: further variables for the server.
        name: the container's name, for those who need a certain one.
        ports: instead of the preset's own: `["5432:5432"]` for a certain port of the host.
        network: a network that other containers reach it on.
        networks: further networks.
        volumes: as in `container`.
        mounts: as in `container`.
        labels: labels beyond those of the run.
        memory: the limit in bytes, or a text like `512m`.
        cpus: how many processors' worth of time it may use.
        wait: when it is ready, instead of the preset's own condition.
        timeout: seconds until it has to be ready; by default `--engine-wait-timeout`.
        after: fixtures that have to be there before.
        scope: how long it lives; `session` by default.
        params: runs every test once for each of these images.
        ids: names of the params.
    """

    image: str
    args: Sequence[str]
    env: Mapping[str, str]
    name: str
    ports: Sequence[int | str | Port]
    network: NetworkLike
    networks: Sequence[NetworkLike]
    volumes: VolumesLike
    mounts: Sequence[Mount]
    labels: Mapping[str, str]
    memory: str | int
    cpus: float
    wait: Condition
    timeout: float
    after: Sequence[Any]
    scope: Scope
    params: Sequence[Variant]
    ids: Sequence[str]


class _Preset(Generic[S]):
    """Copies files in before the start, and wraps the container once it is ready."""

    def __init__(self, serve: Callable[[Container], S], files: Mapping[str, bytes]) -> None:
        self._serve = serve
        self._files = files

    def before_start(self, container: Container) -> None:
        if self._files:
            files = {path.lstrip("/"): content for path, content in self._files.items()}
            container.copy_in(files, "/")

    @contextmanager
    def opened(self, container: Container) -> Iterator[S]:
        server = self._serve(container)
        try:
            server.open()
            yield server
        finally:
            server.close()


def preset(
    serve: Callable[[Container], S],
    image: str,
    *,
    ports: Sequence[int],
    wait: Condition,
    env: Mapping[str, str] | None = None,
    command: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
    mounts: Sequence[Mount] = (),
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
        files: path in the container -> content, there before the server starts.
        mounts: mounts, with those of the options behind them.
        options: what the preset's caller has stated.
    """
    __tracebackhide__ = True
    stated = cast("dict[str, Any]", dict(options or {}))
    words = [*command, *stated.pop("args", ())]
    arguments: dict[str, Any] = {
        "image": image,
        "ports": ports,
        "wait": wait,
        "scope": "session",
        **stated,
        "env": {**(env or {}), **stated.pop("env", {})},
        "mounts": [*mounts, *stated.pop("mounts", ())] or None,
        "command": words or None,
    }
    made = container(**arguments, handling=_Preset(serve, files or {}))
    return cast("Fixture[S]", made)
