"""What can be asked for of a build, and how it is written into the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypedDict

from .texts import check_texts, encode_list, encode_texts, list_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..types.engine import ResourcesUlimits

__all__ = [
    "BuildOptions",
    "BuilderName",
    "check_options",
    "encode_options",
    "not_buildkit",
    "only_buildkit",
]

BuilderName = Literal["buildkit", "classic"]

# Those that BuildKit passes over without a word, and those that it alone knows.
_NOT_BUILDKIT = (
    "memory",
    "memswap",
    "cpushares",
    "cpuperiod",
    "cpuquota",
    "cpusetcpus",
    "cpusetmems",
    "cgroupparent",
    "isolation",
)
_ONLY_BUILDKIT = ("outputs", "session")
_TEXTS = (
    "remote",
    "target",
    "platform",
    "network",
    "buildid",
    "session",
    "cpusetcpus",
    "cpusetmems",
    "cgroupparent",
    "isolation",
)


class BuildOptions(TypedDict, total=False):
    """The keyword arguments of `Build.image` and `Build.building`; each may be left out.

    Attributes:
        tags: what to call the image.
        dockerfile: the Dockerfile's path in the context.
        dockerfile_text: the Dockerfile itself, where it is not in the context.
        remote: a Git repository, a Dockerfile or an archive that the engine fetches instead
            of `context`, by its URL.
        args: values for the Dockerfile's `ARG` instructions; they are kept in the
            image's history, so they are no place for secrets.
        target: the stage to build; None: the last.
        labels: labels of the image.
        pull: look for newer base images.
        nocache: build every step anew.
        cachefrom: images whose steps may be taken instead of being built.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        network: the network of `RUN` instructions: `default`, `none` or `host`; of the
            classic builder also another one.
        extrahosts: what `RUN` instructions find in `/etc/hosts`, `name:address` each.
        shmsize: the size of `/dev/shm` in bytes.
        ulimits: limits of processes; with BuildKit from engine 23 on.
        outputs: what comes of the build instead of an image, as `{"Type": ..., "Attrs":
            {...}}`; most types need a `session`, and which ones there are differs: 26.1 and
            28.5 refuse `cacheonly`. BuildKit's alone.
        squash: make one layer of all new ones (an engine with experimental features).
        quiet: have nothing told but the image's id, and the log of a build that fails.
        builder: `buildkit` or `classic`; None: BuildKit, unless the engine says that it has
            it switched off. Podman has a builder of its own.
        buildid: a name for the build, for `cancel`. BuildKit's alone.
        session: the id of a session of the caller's own (`session.open`), which serves
            secrets, ssh agents and logins. BuildKit's alone.
        rm: remove the containers of the classic builder; None: yes.
        forcerm: remove them also when the build fails; None: unless `rm` is False.
        memory: most memory in bytes; this and all below are not BuildKit's.
        memswap: most memory and swap in bytes; -1: any amount of swap.
        cpushares: weight of its CPU time.
        cpuperiod: the scheduler's period in microseconds.
        cpuquota: CPU time in such a period, in microseconds.
        cpusetcpus: the CPUs to run on, `0-2` or `0,1`.
        cpusetmems: the memory nodes to use, likewise.
        cgroupparent: the control group to be in.
        securityopt: security options (of engines on Windows).
        isolation: `default`, `process` or `hyperv` (of engines on Windows).
        timeout: seconds that the build may stay silent; None: as long as it likes.
    """

    tags: list[str] | tuple[str, ...]
    dockerfile: str
    dockerfile_text: str | bytes | None
    remote: str | None
    args: Mapping[str, str] | None
    target: str | None
    labels: Mapping[str, str] | None
    pull: bool
    nocache: bool
    cachefrom: list[str] | tuple[str, ...]
    platform: str | None
    network: str | None
    extrahosts: list[str] | tuple[str, ...]
    shmsize: int | None
    ulimits: Sequence[ResourcesUlimits]
    outputs: Sequence[Mapping[str, Any]] | None
    squash: bool
    quiet: bool
    builder: BuilderName | None
    buildid: str | None
    session: str | None
    rm: bool | None
    forcerm: bool | None
    memory: int | None
    memswap: int | None
    cpushares: int | None
    cpuperiod: int | None
    cpuquota: int | None
    cpusetcpus: str | None
    cpusetmems: str | None
    cgroupparent: str | None
    securityopt: list[str] | tuple[str, ...]
    isolation: Literal["default", "process", "hyperv"] | None
    timeout: float | None


def check_options(options: Mapping[str, Any]) -> None:
    """Check that options exist, and that those are texts that have to be.

    Raises:
        TypeError: there is no such keyword argument.
        InvalidInput: a value is no text.
    """
    for name in options:
        if name not in BuildOptions.__annotations__:
            raise TypeError(f"A build has no option {name!r}.")
    check_texts(**{name: options.get(name) for name in _TEXTS})


def not_buildkit(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that BuildKit passes over without a word, with None for what is not stated."""
    return {name: options.get(name) for name in _NOT_BUILDKIT}


def only_buildkit(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that only BuildKit knows, likewise."""
    return {name: options.get(name) for name in _ONLY_BUILDKIT}


def encode_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Write options as the parameters of `POST /build`, all but the Dockerfile's name.

    Raises:
        InvalidInput: a value cannot be written.
    """
    stated = options.get
    forced = stated("forcerm")
    if forced is None and stated("rm") is not False:
        # Engines would leave the container of the step that failed.
        forced = True
    return {
        "t": list_texts("tags", stated("tags", ())),
        "remote": stated("remote"),
        "buildargs": encode_texts("args", stated("args")),
        "target": stated("target"),
        "labels": encode_texts("labels", stated("labels")),
        "pull": stated("pull") or None,
        "nocache": stated("nocache") or None,
        "cachefrom": encode_list("cachefrom", stated("cachefrom")),
        "platform": stated("platform"),
        "networkmode": stated("network"),
        "extrahosts": list_texts("extrahosts", stated("extrahosts", ())),
        "shmsize": stated("shmsize"),
        "ulimits": encode_list("ulimits", stated("ulimits")),
        "outputs": encode_list("outputs", stated("outputs")),
        "squash": stated("squash") or None,
        "q": stated("quiet") or None,
        "buildid": stated("buildid"),
        "session": stated("session"),
        "rm": stated("rm"),
        "forcerm": forced,
        "securityopt": list_texts("securityopt", stated("securityopt", ())),
        **not_buildkit(options),
    }
