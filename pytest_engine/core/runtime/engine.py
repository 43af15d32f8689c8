"""The runtime interface on an engine, Docker's or Podman's."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from ..auth import login_to
from ..errors import Conflict, ContainerNotFound, InvalidInput, Timeout
from ..reference import DEFAULT_REGISTRY
from ..spec.values import parse_env
from .checks import is_number
from .config import ContainerCreateConfig, to_spec
from .decode import (
    decode_container,
    decode_image,
    decode_info,
    decode_listed_container,
    decode_listed_image,
    decode_removed,
)
from .events import EngineEvents
from .options import (
    AuthConfig,
    ContainerExecOptions,
    ContainerListOptions,
    ContainerLogsOptions,
    ContainerRemoveOptions,
    ContainerStartOptions,
    ContainerStatusOptions,
    ContainerStopOptions,
    ContainerWaitOptions,
    EventsStreamOptions,
    ImageInspectOptions,
    ImageListOptions,
    ImagePruneOptions,
    ImagePullOptions,
    ImageRemoveOptions,
)
from .pulling import pull
from .results import (
    ContainerExecResult,
    ContainerListResult,
    ContainerStatusResult,
    ImageInspectResult,
    ImageListResult,
    ImagePruneResult,
    ImageRemoveResult,
    InfoResult,
)

if TYPE_CHECKING:
    from types import TracebackType

    from ..api.events import EventStream
    from ..api.output import OutputStream
    from ..client import Engine
    from ..types.engine import ContainerExecBody

__all__ = ["EngineRuntime"]

Options = TypeVar("Options")

# In seconds; what engines wait for a container that has no stop timeout of its own.
_STOP_TIMEOUT = 10


class EngineRuntime:
    """The methods of `Runtime`, done by an engine. A context manager that closes it.

    May be shared by threads, as the engine may be.

    Args:
        engine: the engine.
    """

    def __init__(self, engine: Engine) -> None:
        """Remember the engine; nothing is sent."""
        self._engine = engine

    def info(self) -> InfoResult:
        """Tell how the engine and its host are set up and what it holds (`GET /info`)."""
        return decode_info(self._engine.system.info())

    def login(self, auth: AuthConfig) -> None:
        """Log in to a registry, for the pulls of this runtime (`POST /auth`).

        The engine tries the login, unless it is a registry token, which engines take for pulls
        but do not try. It is kept in memory alone, by the client.

        Raises:
            PermissionDenied: the registry refuses the login.
            ServerError: the engine does not reach the registry.
        """
        auth = _stated(auth, AuthConfig)
        registry = auth.server_address or DEFAULT_REGISTRY
        if auth.registry_token:
            login = login_to(registry, registry_token=auth.registry_token)
            self._engine.credentials.remember(login)
        elif auth.identity_token:
            self._engine.system.login(registry, identity_token=auth.identity_token, remember=True)
        else:
            user, password = auth.username or "", auth.password or ""
            self._engine.system.login(registry, user, password, remember=True)

    def close(self) -> None:
        """Close the engine's idle connections; a later call opens new ones.

        Logs and events that are being read go on until they are closed themselves.
        """
        self._engine.close()

    def container_create(self, config: ContainerCreateConfig) -> str:
        """Create a container without starting it, and return its id.

        Raises:
            ImageNotFound: the engine does not have the image.
            Conflict: the name is taken.
            InvalidInput: a value is malformed or contradicts another one.
        """
        spec = to_spec(_stated(config, ContainerCreateConfig))
        created = self._engine.containers.create(spec.to_engine(), name=spec.name)
        return created["Id"]

    def container_start(self, id: str, options: ContainerStartOptions | None = None) -> None:
        """Start a container; one that runs is left as it is.

        Raises:
            ContainerNotFound: there is none of that name or id.
            PortInUse: a host port that it publishes is taken.
        """
        _chosen(options, ContainerStartOptions)
        self._engine.containers.start(id)

    def container_stop(self, id: str, options: ContainerStopOptions | None = None) -> None:
        """Ask a container to end and kill it if it does not; one that has ended is left.

        Raises:
            ContainerNotFound: there is none of that name or id.
            InvalidInput: there is no such signal.
        """
        options = _chosen(options, ContainerStopOptions)
        if options.signal is None:
            self._engine.containers.stop(id, timeout=options.timeout)
        else:
            self._stop_by_signal(id, options.signal, options.timeout)

    def container_remove(self, id: str, options: ContainerRemoveOptions | None = None) -> None:
        """Remove a container.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Conflict: it runs, and force was not asked for.
        """
        options = _chosen(options, ContainerRemoveOptions)
        self._engine.containers.remove(id, force=options.force, volumes=options.remove_volumes)

    def container_status(
        self, id: str, options: ContainerStatusOptions | None = None
    ) -> ContainerStatusResult:
        """Tell a container's state.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        options = _chosen(options, ContainerStatusOptions)
        return decode_container(self._engine.containers.inspect(id, size=options.size))

    def container_list(self, options: ContainerListOptions | None = None) -> ContainerListResult:
        """List containers; those that run, unless all are asked for."""
        options = _chosen(options, ContainerListOptions)
        listed = self._engine.containers.list(all=options.all, filters=options.filters)
        return ContainerListResult(tuple(map(decode_listed_container, listed)))

    def container_wait(
        self, id: str, options: ContainerWaitOptions, *, timeout: float | None = None
    ) -> int:
        """Wait for a container's end, and return the exit code of its process.

        Args:
            timeout: seconds to wait at most; None: for ever.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Timeout: it did not come in time.
        """
        options = _stated(options, ContainerWaitOptions)
        condition: Any = str(options.condition)
        return self._engine.containers.wait(id, condition=condition, timeout=timeout)["StatusCode"]

    def container_exec(
        self, id: str, options: ContainerExecOptions, *, timeout: float | None = None
    ) -> ContainerExecResult:
        """Run a command in a container, and wait for its end.

        Args:
            timeout: seconds that the command may stay silent; None: for ever. It goes on
                after that, for the engine has no way to end it.

        Raises:
            ContainerNotFound: there is none of that name or id.
            Conflict: the container does not run.
            Timeout: the command stayed silent for too long.
        """
        options = _stated(options, ContainerExecOptions)
        config: ContainerExecBody = {
            "Cmd": list(options.cmd),
            "AttachStdout": options.attach_stdout,
            "AttachStderr": options.attach_stderr,
        }
        env = parse_env(options.env)
        if env:
            config["Env"] = [f"{key}={value}" for key, value in env.items()]
        if options.user is not None:
            config["User"] = options.user
        if options.working_dir is not None:
            config["WorkingDir"] = options.working_dir
        if timeout is not None and not (is_number(timeout) and timeout > 0):
            raise InvalidInput(f"timeout: {timeout!r:.80} is not a number of seconds above 0.")
        exec_id = self._engine.exec.create(id, config)
        if not (options.attach_stdout or options.attach_stderr):
            # Podman connects to no command without a stream.
            self._engine.exec.start_detached(exec_id)
            return ContainerExecResult(self._engine.exec.wait(exec_id, timeout=timeout))
        try:
            process = self._engine.exec.start(exec_id, timeout=timeout)
            with process:
                stdout, stderr = process.read()
        except Timeout as exc:
            if timeout is None:
                raise
            raise Timeout(
                f"{options.cmd[0]} in container {id} was silent for {timeout:g} s."
            ) from exc
        return ContainerExecResult(process.exit_code(timeout), stdout, stderr)

    def container_logs(self, id: str, options: ContainerLogsOptions) -> OutputStream:
        """Read what a container logged.

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        options = _stated(options, ContainerLogsOptions)
        return self._engine.containers.logs(
            id,
            stdout=options.show_stdout,
            stderr=options.show_stderr,
            since=options.since,
            until=options.until,
            timestamps=options.timestamps,
            follow=options.follow,
            tail=options.tail,
            details=options.details,
        )

    def image_pull(self, name: str, options: ImagePullOptions | None = None) -> None:
        """Pull an image from the registry in its name, Docker Hub where it has none.

        Args:
            name: the image; the tag is `latest` where neither tag nor digest is given.

        Raises:
            ImageNotFound: the registry does not have it, or not for everybody.
            PermissionDenied: the registry wants a login, or another one.
            ServerError: the registry cannot be reached.
            InvalidInput: the name is no image reference, or has a tag although all are wanted.
            Incompatible: all tags are wanted of Podman.
        """
        options = _chosen(options, ImagePullOptions)
        pull(self._engine, name, all=options.all)

    def image_inspect(
        self, id: str, options: ImageInspectOptions | None = None
    ) -> ImageInspectResult:
        """Tell about an image; `id` is an id or a name.

        Raises:
            ImageNotFound: there is none of that name or id.
        """
        _chosen(options, ImageInspectOptions)
        return decode_image(self._engine.images.inspect(id))

    def image_list(self, options: ImageListOptions | None = None) -> ImageListResult:
        """List images."""
        options = _chosen(options, ImageListOptions)
        listed = self._engine.images.list(all=options.all, filters=options.filters)
        return ImageListResult(tuple(map(decode_listed_image, listed)))

    def image_remove(self, id: str, options: ImageRemoveOptions | None = None) -> ImageRemoveResult:
        """Remove a name of an image, and the image with its last name.

        Raises:
            ImageNotFound: there is none of that name or id.
            Conflict: a container uses it, or an id was given of what has several names.
        """
        options = _chosen(options, ImageRemoveOptions)
        removed = self._engine.images.remove(
            id, force=options.force, noprune=not options.prune_children
        )
        return ImageRemoveResult(decode_removed(removed))

    def image_prune(self, options: ImagePruneOptions | None = None) -> ImagePruneResult:
        """Remove images that nothing needs."""
        options = _chosen(options, ImagePruneOptions)
        pruned = self._engine.images.prune(filters=options.filters)
        return ImagePruneResult(
            decode_removed(pruned.get("ImagesDeleted")), pruned.get("SpaceReclaimed") or 0
        )

    def events_stream(self, options: EventsStreamOptions | None = None) -> EngineEvents:
        """Follow what happens on the engine, from now on or from a moment in the past.

        Raises:
            ConnectionFailed: nobody answers.
        """
        options = _chosen(options, EventsStreamOptions)
        return EngineEvents(
            self._engine.system.events(
                since=options.since, until=options.until, filters=options.filters
            )
        )

    def __enter__(self) -> EngineRuntime:
        """Return the runtime itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the engine's idle connections."""
        self.close()

    def _stop_by_signal(self, id: str, signal: str, timeout: int | None) -> None:
        """Stop a container by another signal than its own.

        `POST /containers/{id}/stop?signal=` is not in the API before 1.42, and lets a restart
        policy start the container again where its own signal is another (seen with 28.5).
        """
        containers = self._engine.containers
        inspected = containers.inspect(id)
        container = inspected["Id"]
        if timeout is None:
            own = inspected.get("Config", {}).get("StopTimeout")
            timeout = _STOP_TIMEOUT if own is None else own
        # Listened for before the signal: a policy may start it again before it could be waited
        # for.
        filters = {"type": "container", "container": container, "event": "die"}
        does_not_run = contextlib.suppress(Conflict)
        with self._engine.system.events(filters=filters) as ends, does_not_run:
            containers.kill(container, signal=signal)
            _next_within(ends, timeout)
        # Kills what goes on, and what is to be started again; one that was to be removed when
        # it ends may be gone.
        with contextlib.suppress(ContainerNotFound):
            containers.stop(container, timeout=0)


def _next_within(events: EventStream, timeout: int) -> None:
    """Wait for an event, or for so many seconds; below 0: for the event."""
    if not timeout:
        return
    timer = threading.Timer(timeout, events.close)
    timer.daemon = True
    if timeout > 0:
        timer.start()
    try:
        next(iter(events), None)
    finally:
        timer.cancel()


def _chosen(options: Options | None, kind: type[Options]) -> Options:
    return kind() if options is None else _stated(options, kind)


def _stated(options: Options, kind: type[Options]) -> Options:
    # Not everybody checks types.
    if not isinstance(options, kind):
        raise InvalidInput(f"{options!r:.80} is no {kind.__name__}.")
    return options
