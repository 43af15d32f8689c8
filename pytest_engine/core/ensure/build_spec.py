"""How an image is wanted to be built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..spec.values import encode_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BuildOutput", "BuildSecret", "BuildSpec"]


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

    def __post_init__(self) -> None:
        """Refuse what no process could be handed; Ansible lets null pass for a stated value."""
        # An empty value is one; for an empty file or variable buildx takes that of the id's name.
        source: object = self.source
        if not isinstance(source, str) or not (source or self.type == "value"):
            option = "src" if self.type == "file" else self.type
            raise InvalidInput(f"secrets: {self.id} has no {option}. State it.")
        if "\0" in self.id + self.source:
            # Without the secret.
            raise InvalidInput(f"secrets: {self.id!r} holds a NUL, which no process takes.")
        encode_text(self.id + self.source, f"secrets: {self.id!r}", "surrogateescape")


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
