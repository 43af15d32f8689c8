"""Images from Dockerfiles: `/build`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from ..buildcontext import pack_context
from ..errors import ApiError, InvalidInput, StreamFailed
from ..filters import Filters, encode_filters
from .base_images import BaseImages, pull_base_images
from .build_options import (
    BuildOptions,
    check_options,
    encode_options,
    not_buildkit,
    only_buildkit,
)
from .builders import choose_builder
from .building import BuildStream, build_failed
from .texts import check_texts, encode_list

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..auth import Credentials
    from ..buildcontext import BuildContext
    from ..buildtrace import BuildEvent, Transcript
    from ..types.engine import BuildPruneResponse
    from .call import Caller

__all__ = ["Build", "BuildOptions"]

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
        progress: Callable[[str], None] | None = None,
        on_event: Callable[[BuildEvent], None] | None = None,
        **options: Unpack[BuildOptions],
    ) -> str:
        """Build an image (`POST /build`).

        Base images from registries that the user has a login to are pulled before the build
        where the engine lacks them, because BuildKit cannot be handed the login. Of an archive or
        a `remote` context the client does not see the Dockerfile: pull them first.

        Args:
            context: a folder; names in the context -> contents; or an archive: bytes, a
                binary file or pieces of bytes, sent as it is. None with `remote`, and where
                the Dockerfile needs none.
            progress: called with every line that the build has to say to people.
            on_event: called with every event that `building` tells.
            options: `tags=["app:1"]`, `target="test"` and all else that `BuildOptions` lists.

        Returns:
            The image's id; empty where `outputs` makes none.

        Raises:
            BuildFailed: a step failed; the error says which, and `log` holds what it printed.
            InvalidInput: the context is not there or lacks the Dockerfile.
            Incompatible: the builder cannot do what is asked for.
            TypeError: there is no such option.
        """
        events = self.building(context, **options)
        with events:
            for event, lines in events.with_lines():
                if on_event is not None:
                    on_event(event)
                if progress is not None:
                    for line in lines:
                        progress(line)
        return events.image_id

    def building(
        self, context: BuildContext = None, **options: Unpack[BuildOptions]
    ) -> BuildStream:
        """Build an image event by event; it is there when the iteration ends. See `image`.

        The context is sent, and private base images are pulled, before this returns.
        """
        check_options(options)
        text = options.get("dockerfile_text")
        if options.get("remote") is not None and context is not None:
            raise InvalidInput("Give either a context or a remote one.")
        if options.get("remote") is None and context is None and text is None:
            raise InvalidInput("There is nothing to build: give a context.")
        packed = pack_context(context, options.get("dockerfile", "Dockerfile"), text)
        query = {**encode_options(options), "dockerfile": packed.dockerfile}
        if query["extrahosts"] and self._caller.is_podman:
            # It wants them as JSON.
            query["extrahosts"] = encode_list("extrahosts", options["extrahosts"])
        chosen = choose_builder(
            self._caller,
            options.get("builder"),
            not_buildkit=not_buildkit(options),
            only_buildkit=only_buildkit(options),
        )
        query["version"] = chosen.version
        base = BaseImages()
        headers = {"Content-Type": "application/x-tar"}
        if chosen.takes_logins:
            headers.update(self._registry_config())
        elif packed.text is not None and options.get("session") is None:
            base = pull_base_images(
                self._caller,
                self._credentials,
                packed.text,
                args=options.get("args"),
                target=options.get("target"),
                platform=options.get("platform"),
                pull=options.get("pull", False),
            )
            query["pull"] = None if base.all_pulled else query["pull"]

        name = next(iter(options.get("tags", ())), "")

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
                "ImageBuild",
                query=query,
                body=packed.pieces,
                headers=headers,
                timeout=options.get("timeout"),
            )
        except ApiError as exc:
            raise failed(exc) from exc
        outputs = options.get("outputs")
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
