"""Facts about images, builds and files."""

from __future__ import annotations

import io
import tarfile
from typing import Any

from .fact import Ground, Topic, refusal

__all__ = ["TOPIC"]

TOPIC = Topic("Images and files")


@TOPIC.fact("names in answers")
def names(ground: Ground) -> str:
    tags = ground.engine.images.inspect(ground.image).get("RepoTags") or ()
    # Other tests may have given it more of them.
    return ", ".join(
        f"`{tag}`" for tag in tags if tag.endswith(f"{ground.image.partition(':')[0]}:latest")
    )


@TOPIC.fact("`RUN --mount=type=cache`")
def cache_mounts(ground: Ground) -> str:
    dockerfile = f"FROM {ground.image}\nRUN --mount=type=cache,target=/c touch /c/x\n"
    build = ground.engine.build.image
    tags = [ground.scratch.name("cache")]
    return refusal(lambda: build({"Dockerfile": dockerfile.encode()}, tags=tags)) or "yes"


@TOPIC.fact("labels that a build adds")
def labels_of_a_build(ground: Ground) -> str:
    dockerfile = f"FROM {ground.image}\nENV a=b\n".encode()
    built = ground.engine.build.image(
        {"Dockerfile": dockerfile}, tags=[ground.scratch.name("built")]
    )
    config: Any = ground.engine.images.inspect(built).get("Config") or {}
    labels = sorted(config.get("Labels") or {})
    return ", ".join(f"`{label}`" for label in labels) or "none"


@TOPIC.fact("files put into a folder that is not there")
def files_into_a_missing_folder(ground: Ground) -> str:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("file"))
    name = ground.create()
    put = ground.engine.containers.put_archive
    return refusal(lambda: put(name, "/none", buffer.getvalue())) or "the folder is made"
