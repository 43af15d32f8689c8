"""Images built from Dockerfiles, where the engine does not have them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api.build import Build  # noqa: F401  # pylint: disable=unused-import
from ..api.images import Images  # noqa: F401  # pylint: disable=unused-import
from ..discovery import proxy_variables
from ..errors import InvalidInput
from ..reference import parse_reference
from .buildx import run_buildx
from .image_names import find_image, is_image_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..client import Engine

__all__ = ["BuildOutput", "BuildSecret", "BuildSpec", "Built", "build_image"]


@dataclass(frozen=True)
class BuildSecret:
    """A file that `RUN --mount=type=secret` finds, and that is in no layer.

    Attributes:
        id: what the Dockerfile calls it.
        type: where it comes from: `file`, `env` or `value`.
        source: the file, the variable, or the secret itself.
    """

    id: str
    type: str
    source: str = field(repr=False)


@dataclass(frozen=True)
class BuildOutput:
    """Something that comes of a build.

    Attributes:
        type: `image`, `local`, `tar`, `oci` or `docker`.
        dest: the file or folder to write to.
        context: the Docker context to load an image into.
        names: what to call the image; none: as the build says.
        push: push it to its registry.
    """

    type: str
    dest: str | None = None
    context: str | None = None
    names: tuple[str, ...] = ()
    push: bool = False


@dataclass(frozen=True)
class BuildSpec:
    """How an image is built.

    Attributes:
        name: what to call it, written out.
        path: the folder with the context.
        dockerfile: the Dockerfile, below that folder or elsewhere.
        args: values for `ARG` instructions.
        target: the stage to build.
        labels: labels of the image.
        cache_from: images whose steps may be taken instead of being built.
        pull: look for newer base images.
        nocache: build every step anew.
        network: the network of `RUN` instructions.
        etc_hosts: names -> addresses that `RUN` instructions find.
        platforms: what to build for; none: the engine's own.
        shm_size: the size of `/dev/shm` in bytes.
        secrets: what the build may read and not keep.
        outputs: what comes of it; none: an image in the engine's store.
        limits: limits of the containers in between, which the classic builder alone knows:
            `memory`, `memswap`, `cpushares`, `cpusetcpus`.
        rm: remove the containers in between, of the classic builder.
        config_proxies: hand on the proxies of Docker's configuration, where `args` states none.
        timeout: seconds that the build may stay silent.
    """

    name: str
    path: str
    dockerfile: str | None = None
    args: Mapping[str, str] | None = None
    target: str | None = None
    labels: Mapping[str, str] | None = None
    cache_from: Sequence[str] = ()
    pull: bool = False
    nocache: bool = False
    network: str | None = None
    etc_hosts: Mapping[str, str] = field(default_factory=dict)
    platforms: Sequence[str] = ()
    shm_size: int | None = None
    secrets: Sequence[BuildSecret] = ()
    outputs: Sequence[BuildOutput] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    rm: bool | None = None
    config_proxies: bool = False
    timeout: float | None = None

    @property
    def all_outputs(self) -> tuple[BuildOutput, ...]:
        """The outputs, with an image of the build's name among them."""
        named = [
            BuildOutput(o.type, o.dest, o.context, o.names or (self.name,), o.push)
            if o.type == "image"
            else o
            for o in self.outputs
        ]
        if not any(self.name in output.names for output in named):
            named.append(BuildOutput("image", names=(self.name,)))
        return tuple(named)

    @property
    def needs_session(self) -> str:
        """What of it needs a connection back to the client, which only buildx offers."""
        needs = ["secrets"] if self.secrets else []
        needs += [f"outputs of type {o.type}" for o in self.outputs if o.type != "image"][:1]
        needs += ["several platforms"] if len(self.platforms) > 1 else []
        return ", ".join(needs)


@dataclass(frozen=True)
class Built:
    """What came of building an image.

    Attributes:
        changed: whether the engine has another image of that name afterwards, or would have.
        built: whether it was built, or would be.
        image: the image, as the engine shows it at the end; None where it has none.
        before: `id`, or `exists: False`.
        after: the same afterwards; the id is `unknown` where only a build would tell.
        log: what the build had to say, line by line.
        command: the command that built it; empty where that was the engine by itself.
    """

    changed: bool
    built: bool
    image: Mapping[str, Any] | None
    before: dict[str, Any]
    after: dict[str, Any]
    log: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


def build_image(
    engine: Engine,
    wanted: BuildSpec,
    *,
    again: bool = False,
    check: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Built:
    """Build an image that the engine does not have. Doing it again changes nothing.

    It is BuildKit that builds, over the API; where `secrets`, `outputs` or several `platforms` are
    asked for, it is `docker buildx`.

    Args:
        engine: the engine.
        wanted: how to build it.
        again: build it also where the engine has it; it changes if another one comes of it.
        check: build nothing; tell what would be done.
        progress: called with every line that the build has to say.

    Raises:
        BuildFailed: a step failed.
        Incompatible: there is no buildx for what needs it.
        InvalidInput: the folder or the Dockerfile is not there, or the name is no name.
    """
    if is_image_id(wanted.name) or parse_reference(wanted.name).digest:
        raise InvalidInput(f"An image is built under a name with a tag, not as {wanted.name}.")
    dockerfile = _find_dockerfile(wanted)
    image = find_image(engine, wanted.name)
    before = _shown(image)
    if image is not None and not again:
        return Built(changed=False, built=False, image=image, before=before, after=before)
    if check:
        after = {"id": "unknown"}
        return Built(changed=True, built=True, image=image, before=before, after=after)
    log: list[str] = []

    def listen(line: str) -> None:
        log.append(line)
        if progress is not None:
            progress(line)

    command: tuple[str, ...] = ()
    if wanted.needs_session:
        command = run_buildx(engine.endpoint, wanted, dockerfile, listen)
    else:
        _build(engine, wanted, dockerfile, listen)
    new = find_image(engine, wanted.name)
    changed = new is None or image is None or new["Id"] != image["Id"] or _goes_out(wanted)
    return Built(
        changed=changed,
        built=True,
        image=new,
        before=before,
        after=_shown(new),
        log=tuple(log),
        command=command,
    )


def _goes_out(wanted: BuildSpec) -> bool:
    """Tell whether something comes of a build that the engine does not keep."""
    return any(output.type != "image" or output.push for output in wanted.outputs)


def _shown(image: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"id": image["Id"]} if image else {"exists": False}


def _find_dockerfile(wanted: BuildSpec) -> Path:
    """Return the Dockerfile's path.

    Raises:
        InvalidInput: it is not there, or the context is not.
    """
    folder = Path(wanted.path)
    if not folder.is_dir():
        raise InvalidInput(f"The build context {folder} is not a folder.")
    path = folder / (wanted.dockerfile or "Dockerfile")
    if not path.is_file():
        raise InvalidInput(f"There is no Dockerfile {path}.")
    return path


def _build(
    engine: Engine, wanted: BuildSpec, dockerfile: Path, progress: Callable[[str], None]
) -> None:
    outputs = wanted.all_outputs if wanted.outputs else (BuildOutput("image", None, None, ()),)
    names = dict.fromkeys((wanted.name, *(name for output in outputs for name in output.names)))
    proxies = proxy_variables(os.environ) if wanted.config_proxies else {}
    inside, text = _inside(dockerfile, Path(wanted.path))
    engine.build.image(
        wanted.path,
        tags=list(names),
        dockerfile=inside,
        dockerfile_text=text,
        args={**proxies, **(wanted.args or {})},
        target=wanted.target,
        labels=wanted.labels,
        cachefrom=list(wanted.cache_from),
        pull=wanted.pull,
        nocache=wanted.nocache,
        network=wanted.network,
        extrahosts=[f"{name}:{address}" for name, address in sorted(wanted.etc_hosts.items())],
        platform=wanted.platforms[0] if wanted.platforms else None,
        shmsize=wanted.shm_size,
        builder="classic" if wanted.limits else None,
        rm=wanted.rm,
        forcerm=wanted.rm,
        timeout=wanted.timeout,
        progress=progress,
        **wanted.limits,
    )
    for output in outputs:
        for name in output.names if output.push else ():
            engine.images.push(name)


def _inside(dockerfile: Path, folder: Path) -> tuple[str, bytes | None]:
    """Return the Dockerfile's path in the context; what it says where it is not in it."""
    try:
        return str(dockerfile.resolve().relative_to(folder.resolve())), None
    except ValueError:
        pass
    try:
        return "Dockerfile", dockerfile.read_bytes()
    except OSError as exc:
        raise InvalidInput(f"The Dockerfile {dockerfile} cannot be read: {exc}.") from exc
