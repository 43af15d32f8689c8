"""Images built from Dockerfiles, where the engine does not have them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..discovery import proxy_variables
from ..errors import BuildFailed, InvalidInput, reading, telling
from ..reference import parse_reference
from .build_spec import BuildOutput
from .buildx import run_buildx
from .image_names import find_image, is_image_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..api.build import Build  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from .build_spec import BuildSpec

__all__ = ["Built", "build_image"]


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
    docker_cli: str | None = None,
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
        docker_cli: the docker command, where buildx is needed; None: the one on the PATH.
        progress: called with every line that the build has to say.

    Raises:
        BuildFailed: a step failed, or a builder of buildx kept the image to itself.
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
        program = docker_cli or "docker"
        command = run_buildx(engine.endpoint, wanted, dockerfile, listen, program=program)
    else:
        _build(engine, wanted, dockerfile, listen)
    new = find_image(engine, wanted.name)
    if command and new is None and not _goes_out(wanted):
        raise BuildFailed(
            f"Built {wanted.name}, but the engine has no image of that name: the builder that "
            "docker buildx uses keeps it to itself. Let the engine's own build it, with "
            "BUILDX_BUILDER=default in the environment, or state outputs that are pushed.",
            image=wanted.name,
            detail="the engine has no image of that name",
            log="\n".join(log),
            command=command,
        )
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
    if not wanted.path:
        raise InvalidInput("path: name the folder with the build context; it is empty.")
    folder = Path(wanted.path)
    with reading(folder, "path"):
        if not folder.is_dir():
            raise InvalidInput(f"The build context {folder} is not a folder.")
    path = folder / (wanted.dockerfile or "Dockerfile")
    with reading(path, "dockerfile"):
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
    with telling([f"build image {wanted.name} from {wanted.path}"]):
        for output in outputs:
            for name in output.names if output.push else ():
                engine.images.push(name)


def _inside(dockerfile: Path, folder: Path) -> tuple[str, bytes | None]:
    """Return the Dockerfile's path in the context; what it says where it is not in it."""
    try:
        return str(dockerfile.resolve().relative_to(folder.resolve())), None
    except ValueError:
        pass
    with reading(dockerfile, "dockerfile"):
        return "Dockerfile", dockerfile.read_bytes()
