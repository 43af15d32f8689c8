"""Images from Dockerfiles: `/build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from ..buildcontext import pack_context
from ..errors import ApiError, InvalidInput, StreamFailed
from ..filters import Filters, encode_filters
from .base_images import BaseImages, pull_base_images
from .builders import check_texts, choose_builder, encode_list, encode_texts, list_texts
from .building import BuildStream, build_failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..auth import Credentials
    from ..buildcontext import BuildContext
    from ..buildtrace import BuildEvent, Transcript
    from ..types.engine import BuildPruneResponse, ResourcesUlimits
    from .call import Caller

__all__ = ["Build"]

# The outputs that are images.
_IMAGES = frozenset({"moby", "image"})


class Build:
    """Builds with the engine's own builders: no command-line client takes part."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`; base images are pulled with the engine's `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def image(
        self,
        context: BuildContext = None,
        *,
        tags: Sequence[str] = (),
        dockerfile: str = "Dockerfile",
        dockerfile_text: str | bytes | None = None,
        remote: str | None = None,
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        labels: Mapping[str, str] | None = None,
        pull: bool = False,
        nocache: bool = False,
        cachefrom: Sequence[str] = (),
        platform: str | None = None,
        network: str | None = None,
        extrahosts: Sequence[str] = (),
        shmsize: int | None = None,
        ulimits: Sequence[ResourcesUlimits] = (),
        outputs: Sequence[Mapping[str, Any]] | None = None,
        squash: bool = False,
        quiet: bool = False,
        builder: str | None = None,
        buildid: str | None = None,
        session: str | None = None,
        rm: bool | None = None,
        forcerm: bool | None = None,
        memory: int | None = None,
        memswap: int | None = None,
        cpushares: int | None = None,
        cpuperiod: int | None = None,
        cpuquota: int | None = None,
        cpusetcpus: str | None = None,
        cpusetmems: str | None = None,
        cgroupparent: str | None = None,
        securityopt: Sequence[str] = (),
        isolation: str | None = None,
        progress: Callable[[str], None] | None = None,
        on_event: Callable[[BuildEvent], None] | None = None,
    ) -> str:
        """Build an image (`POST /build`).

        Base images from registries that the user has a login to are pulled before the build
        where the engine lacks them, because BuildKit cannot be handed the login. Of an archive or
        a `remote` context the client does not see the Dockerfile: pull them first.

        Args:
            context: a folder; names in the context -> contents; or an archive: bytes, a
                binary file or pieces of bytes, sent as it is. None with `remote`, and where
                the Dockerfile needs none.
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
                {...}}`; most types need a `session`, and which ones there are differs:
                26.1 and 28.5 refuse `cacheonly`. BuildKit's alone.
            squash: make one layer of all new ones (an engine with experimental features).
            quiet: have nothing told but the image's id, and the log of a build that fails.
            builder: `buildkit` or `classic`; None: BuildKit, unless the engine says that it has
                it switched off. Podman has a builder of its own.
            buildid: a name for the build, for `cancel`. BuildKit's alone.
            session: the id of a session of the caller's own (`session.open`), which serves
                secrets, ssh agents and logins. BuildKit's alone.
            rm: remove the containers of the classic builder; None: yes.
            forcerm: remove them also when the build fails.
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
            progress: called with every line that the build has to say to people.
            on_event: called with every event that `building` tells.

        Returns:
            The image's id; empty where `outputs` makes none.

        Raises:
            BuildFailed: a step failed; the error says which, and `log` holds what it printed.
            InvalidInput: the context is not there or lacks the Dockerfile.
            Incompatible: the builder cannot do what is asked for.
        """
        events = self.building(
            context,
            tags=tags,
            dockerfile=dockerfile,
            dockerfile_text=dockerfile_text,
            remote=remote,
            args=args,
            target=target,
            labels=labels,
            pull=pull,
            nocache=nocache,
            cachefrom=cachefrom,
            platform=platform,
            network=network,
            extrahosts=extrahosts,
            shmsize=shmsize,
            ulimits=ulimits,
            outputs=outputs,
            squash=squash,
            quiet=quiet,
            builder=builder,
            buildid=buildid,
            session=session,
            rm=rm,
            forcerm=forcerm,
            memory=memory,
            memswap=memswap,
            cpushares=cpushares,
            cpuperiod=cpuperiod,
            cpuquota=cpuquota,
            cpusetcpus=cpusetcpus,
            cpusetmems=cpusetmems,
            cgroupparent=cgroupparent,
            securityopt=securityopt,
            isolation=isolation,
        )
        with events:
            for event, lines in events.with_lines():
                if on_event is not None:
                    on_event(event)
                if progress is not None:
                    for line in lines:
                        progress(line)
        return events.image_id

    def building(
        self,
        context: BuildContext = None,
        *,
        tags: Sequence[str] = (),
        dockerfile: str = "Dockerfile",
        dockerfile_text: str | bytes | None = None,
        remote: str | None = None,
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        labels: Mapping[str, str] | None = None,
        pull: bool = False,
        nocache: bool = False,
        cachefrom: Sequence[str] = (),
        platform: str | None = None,
        network: str | None = None,
        extrahosts: Sequence[str] = (),
        shmsize: int | None = None,
        ulimits: Sequence[ResourcesUlimits] = (),
        outputs: Sequence[Mapping[str, Any]] | None = None,
        squash: bool = False,
        quiet: bool = False,
        builder: str | None = None,
        buildid: str | None = None,
        session: str | None = None,
        rm: bool | None = None,
        forcerm: bool | None = None,
        memory: int | None = None,
        memswap: int | None = None,
        cpushares: int | None = None,
        cpuperiod: int | None = None,
        cpuquota: int | None = None,
        cpusetcpus: str | None = None,
        cpusetmems: str | None = None,
        cgroupparent: str | None = None,
        securityopt: Sequence[str] = (),
        isolation: str | None = None,
    ) -> BuildStream:
        """Build an image event by event; it is there when the iteration ends. See `image`.

        The context is sent, and private base images are pulled, before this returns.
        """
        if remote is not None and context is not None:
            raise InvalidInput("Give either a context or a remote one.")
        if remote is None and context is None and dockerfile_text is None:
            raise InvalidInput("There is nothing to build: give a context.")
        check_texts(
            remote=remote,
            target=target,
            platform=platform,
            network=network,
            buildid=buildid,
            session=session,
            cpusetcpus=cpusetcpus,
            cpusetmems=cpusetmems,
            cgroupparent=cgroupparent,
            isolation=isolation,
        )
        packed = pack_context(context, dockerfile, dockerfile_text)
        not_buildkit = {
            "memory": memory,
            "memswap": memswap,
            "cpushares": cpushares,
            "cpuperiod": cpuperiod,
            "cpuquota": cpuquota,
            "cpusetcpus": cpusetcpus,
            "cpusetmems": cpusetmems,
            "cgroupparent": cgroupparent,
            "isolation": isolation,
        }
        query = {
            "t": list_texts("tags", tags),
            "dockerfile": packed.dockerfile,
            "remote": remote,
            "buildargs": encode_texts("args", args),
            "target": target,
            "labels": encode_texts("labels", labels),
            "pull": pull or None,
            "nocache": nocache or None,
            "cachefrom": encode_list("cachefrom", cachefrom),
            "platform": platform,
            "networkmode": network,
            "extrahosts": list_texts("extrahosts", extrahosts),
            "shmsize": shmsize,
            "ulimits": encode_list("ulimits", ulimits),
            "outputs": encode_list("outputs", outputs),
            "squash": squash or None,
            "q": quiet or None,
            "buildid": buildid,
            "session": session,
            "rm": rm,
            "forcerm": forcerm,
            "securityopt": list_texts("securityopt", securityopt),
            **not_buildkit,
        }
        if query["extrahosts"] and self._caller.is_podman:
            # It wants them as JSON.
            query["extrahosts"] = encode_list("extrahosts", extrahosts)
        chosen = choose_builder(
            self._caller,
            builder,
            not_buildkit=not_buildkit,
            only_buildkit={"outputs": outputs, "session": session},
        )
        query["version"] = chosen.version
        base = BaseImages()
        headers = {"Content-Type": "application/x-tar"}
        if chosen.takes_logins:
            headers.update(self._registry_config())
        elif packed.text is not None and session is None:
            base = pull_base_images(
                self._caller,
                self._credentials,
                packed.text,
                args=args,
                target=target,
                platform=platform,
                pull=pull,
            )
            query["pull"] = None if base.all_pulled else query["pull"]

        name = tags[0] if tags else ""

        def failed(
            exc: ApiError | StreamFailed, transcript: Transcript | None = None
        ) -> StreamFailed:
            return build_failed(
                name,
                exc.detail if isinstance(exc, StreamFailed) else exc.engine_message,
                dockerfile=packed.text or "",
                complaints=base.complaints,
                transcript=transcript,
            )

        try:
            stream = self._caller.stream(
                "ImageBuild", query=query, body=packed.pieces, headers=headers
            )
        except ApiError as exc:
            raise failed(exc) from exc
        makes_image = outputs is None or any(one.get("Type") in _IMAGES for one in outputs)
        return BuildStream(stream, failed, told=base.events, makes_image=makes_image)

    def cancel(self, buildid: str) -> None:
        """Give a build up that was begun with `buildid` (`POST /build/cancel`).

        The build ends as one that failed. That there is none of that name is no error.
        """
        check_texts(buildid=buildid)
        if not buildid:
            raise InvalidInput("buildid: name the build.")
        self._caller.call("BuildCancel", query={"id": buildid})

    def prune(
        self,
        *,
        all: bool = False,  # the Engine API's name
        filters: Filters | None = None,
        keep_storage: int | None = None,
        reserved_space: int | None = None,
        max_used_space: int | None = None,
        min_free_space: int | None = None,
    ) -> BuildPruneResponse:
        """Remove what builders keep for further builds (`POST /build/prune`).

        Args:
            all: also what was used lately, or may still be used from the store of images.
            filters: which: `until` (an age, `24h`), `id`, `parent`, `type`, `description`,
                `inuse`, `shared`, `private`.
            keep_storage: bytes to keep in any case; gone with API 1.52.
            reserved_space: the same under its newer name.
            max_used_space: bytes that may be used at most.
            min_free_space: bytes of the disk that are to be free.
        """
        pruned: BuildPruneResponse = self._caller.json(
            "BuildPrune",
            query={
                "all": all or None,
                "filters": encode_filters(filters),
                "keep-storage": keep_storage,
                "reserved-space": reserved_space,
                "max-used-space": max_used_space,
                "min-free-space": min_free_space,
            },
            endless=True,
        )
        return pruned

    def _registry_config(self) -> dict[str, str]:
        # Which registries a Dockerfile needs is known to the builder alone, so it gets
        # every login that the user has, as from the docker command.
        header = self._credentials.registry_config()
        return {"X-Registry-Config": header} if header else {}
