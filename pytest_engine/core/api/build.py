"""Images from Dockerfiles: `/build`."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from ..buildcontext import BuildContext, pack_context
from ..buildtrace import BuildTrace
from ..errors import ApiError, BuildFailed, ConnectionLost, StreamFailed
from .progress import read_progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ..auth import Credentials
    from .call import Caller

__all__ = ["Build"]

_LOG_LINES = 40
# What BuildKit says when a step needs something of the client's; a session is a gRPC server on
# the client's side of an upgraded connection.
_NO_SESSION = "no active session"
_SESSION_ADVICE = (
    ". Secrets, ssh agents and logins cannot be handed to a build: do without RUN "
    "--mount=type=secret and type=ssh, and pull private base images before (images.pull), without "
    "pull=True here."
)


class Build:
    """Builds with BuildKit, over the API alone: no command-line client takes part."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`; base images are pulled with the engine's `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def image(
        self,
        context: BuildContext,
        *,
        tags: Sequence[str] = (),
        dockerfile: str = "Dockerfile",
        args: Mapping[str, str] | None = None,
        target: str | None = None,
        labels: Mapping[str, str] | None = None,
        pull: bool = False,
        nocache: bool = False,
        platform: str | None = None,
        network: str | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> str:
        """Build an image (`POST /build?version=2`).

        Args:
            context: a folder, or names in the context -> contents.
            tags: what to call the image.
            dockerfile: the Dockerfile's path in the context.
            args: values for the Dockerfile's `ARG` instructions; they are kept in the
                image's history, so they are no place for secrets.
            target: the stage to build; None: the last.
            labels: labels of the image.
            pull: look for newer base images.
            nocache: build every step anew.
            platform: `os[/arch[/variant]]` where it is not the engine's own.
            network: the network of `RUN` instructions: `default`, `none` or `host`.
            progress: called with every line that the build has to say.

        Returns:
            The image's id.

        Raises:
            BuildFailed: a step failed; the message and `log` hold what it printed.
            InvalidInput: the context is not there or lacks the Dockerfile.
        """
        name = tags[0] if tags else "the image"
        log = _BuildLog(progress)
        image_id = ""
        try:
            with self._caller.stream(
                "ImageBuild",
                query={
                    "version": "2",
                    "dockerfile": dockerfile,
                    "t": list(tags),
                    "buildargs": json.dumps(dict(args)) if args else None,
                    "labels": json.dumps(dict(labels)) if labels else None,
                    "target": target,
                    "pull": pull or None,
                    "nocache": nocache or None,
                    "platform": platform,
                    "networkmode": network,
                },
                body=pack_context(context, dockerfile),
                headers={"Content-Type": "application/x-tar", **self._registry_config()},
            ) as stream:
                for message in read_progress(stream):
                    image_id = _image_id(message) or image_id
                    log.read(message)
                log.end()
        except (ApiError, StreamFailed) as exc:
            detail = exc.detail if isinstance(exc, StreamFailed) else exc.engine_message
            text = log.end()
            advice = _SESSION_ADVICE if _NO_SESSION in detail else ""
            raise BuildFailed(
                f"Cannot build {name}: {detail}{advice}" + (f"\n{text}" if text else ""),
                image=name,
                detail=detail,
                log=text,
            ) from exc
        if not image_id:
            raise ConnectionLost(
                f"The build of {name} ended without an image and without a reason."
            )
        return image_id

    def _registry_config(self) -> dict[str, str]:
        # Which registries a Dockerfile needs is known to the builder alone, so it gets
        # every login that the user has, as from the docker command.
        header = self._credentials.registry_config()
        return {"X-Registry-Config": header} if header else {}


def _image_id(message: Mapping[str, Any]) -> str:
    aux = message.get("aux")
    # Podman, which has no BuildKit, gives the record no name.
    if message.get("id") in ("moby.image.id", None) and isinstance(aux, dict):
        return str(aux.get("ID", ""))
    return ""


class _BuildLog:
    """The lines of a build: handed on as they come, the last of them kept."""

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        self._progress = progress
        self._trace = BuildTrace()
        self._last: deque[str] = deque(maxlen=_LOG_LINES)

    def read(self, message: Mapping[str, Any]) -> None:
        """Find the lines in a message."""
        aux, text = message.get("aux"), message.get("stream")
        if message.get("id") == "moby.buildkit.trace" and isinstance(aux, str):
            self._say(self._trace.feed(aux))
        elif isinstance(text, str):
            self._say(text.splitlines())

    def end(self) -> str:
        """Say what is left, and return the last lines."""
        self._say(self._trace.finish())
        return "\n".join(self._last)

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._last.append(line)
            if self._progress is not None:
                self._progress(line)
