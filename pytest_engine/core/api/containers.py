"""Containers: `/containers/...`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Union

from ..errors import InvalidInput, Timeout
from ..filters import Filters, encode_filters
from .call import Caller, segment
from .output import OutputStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..types.engine import (
        ContainerCreateBody,
        ContainerCreateResponse,
        ContainerInspectResponse,
        ContainerSummary,
        ContainerUpdateBody,
        ContainerUpdateResponse,
        ContainerWaitResponse,
    )

__all__ = ["Containers", "Moment", "encode_moment"]

Moment = Union[datetime, int, float, str]
_MULTIPLEXED_CONTENT_TYPE = (1, 42)


class Containers:
    """The containers of an engine. `container` arguments are names or ids."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(
        self,
        *,
        all: bool = False,  # the Engine API's name
        limit: int | None = None,
        size: bool = False,
        filters: Filters | None = None,
    ) -> list[ContainerSummary]:
        """List containers (`GET /containers/json`).

        Args:
            all: also those that do not run.
            limit: at most so many, the newest first.
            size: with the sizes of their file systems, in bytes, which is slow.
            filters: `{"label": [...], "name": ..., "status": ..., ...}`.
        """
        summaries: list[ContainerSummary] = self._caller.json(
            "GET",
            "/containers/json",
            query={
                "all": all,
                "limit": limit,
                "size": size or None,
                "filters": encode_filters(filters),
            },
        )
        return summaries

    def create(
        self,
        config: ContainerCreateBody,
        *,
        name: str | None = None,
        platform: str | None = None,
    ) -> ContainerCreateResponse:
        """Create a container without starting it (`POST /containers/create`).

        Raises:
            ImageNotFound: the engine does not have the image.
            Conflict: the name is taken.
            InvalidInput: the engine refuses the configuration.
        """
        created: ContainerCreateResponse = self._caller.json(
            "POST",
            "/containers/create",
            query={"name": name, "platform": platform},
            json_body=config,
        )
        return created

    def inspect(self, container: str, *, size: bool = False) -> ContainerInspectResponse:
        """Tell all about a container (`GET /containers/{id}/json`).

        Raises:
            ContainerNotFound: there is none of that name or id.
        """
        inspected: ContainerInspectResponse = self._caller.json(
            "GET", self._path(container, "json"), query={"size": size or None}
        )
        return inspected

    def start(self, container: str) -> bool:
        """Start a container (`POST /containers/{id}/start`).

        Returns:
            Whether it was started; False: it ran already.

        Raises:
            PortInUse: a host port that it publishes is taken.
        """
        return self._caller.modifies("POST", self._path(container, "start"), endless=True)

    def stop(self, container: str, *, timeout: int | None = None) -> bool:
        """Stop a container (`POST /containers/{id}/stop`).

        Args:
            container: name or id.
            timeout: seconds until it is killed; None: the container's own stop timeout
                (10 where it has none); -1: never.

        Returns:
            Whether it was stopped; False: it did not run.
        """
        return self._caller.modifies(
            "POST", self._path(container, "stop"), query={"t": timeout}, endless=True
        )

    def restart(self, container: str, *, timeout: int | None = None) -> None:
        """Stop, then start a container (`POST /containers/{id}/restart`); see `stop`."""
        self._caller.call(
            "POST", self._path(container, "restart"), query={"t": timeout}, endless=True
        )

    def kill(self, container: str, *, signal: str | None = None) -> None:
        """Send a signal to a container's process, KILL if none is named.

        `POST /containers/{id}/kill`.

        Raises:
            Conflict: the container does not run.
        """
        self._caller.call("POST", self._path(container, "kill"), query={"signal": signal})

    def pause(self, container: str) -> None:
        """Freeze a container's processes (`POST /containers/{id}/pause`)."""
        self._caller.call("POST", self._path(container, "pause"))

    def unpause(self, container: str) -> None:
        """Let a container's frozen processes go on (`POST /containers/{id}/unpause`)."""
        self._caller.call("POST", self._path(container, "unpause"))

    def rename(self, container: str, name: str) -> None:
        """Give a container another name (`POST /containers/{id}/rename`).

        Raises:
            Conflict: the name is taken.
        """
        self._caller.call("POST", self._path(container, "rename"), query={"name": name})

    def update(self, container: str, config: ContainerUpdateBody) -> ContainerUpdateResponse:
        """Change limits and restart policy of a container while it runs.

        `POST /containers/{id}/update`; all other properties are fixed at creation.
        """
        updated: ContainerUpdateResponse = self._caller.json(
            "POST", self._path(container, "update"), json_body=config
        )
        return updated

    def remove(self, container: str, *, force: bool = False, volumes: bool = False) -> None:
        """Remove a container (`DELETE /containers/{id}`).

        Args:
            container: name or id.
            force: kill it first if it runs.
            volumes: remove its anonymous volumes with it.

        Raises:
            Conflict: it runs, or is being removed already.
        """
        self._caller.call(
            "DELETE",
            self._path(container),
            query={"force": force or None, "v": volumes or None},
            endless=True,
        )

    def wait(
        self,
        container: str,
        *,
        condition: str = "not-running",
        timeout: float | None = None,
    ) -> ContainerWaitResponse:
        """Wait until a container ends (`POST /containers/{id}/wait`).

        Args:
            container: name or id.
            condition: `not-running` (at once if it does not run), `next-exit` or `removed`.
            timeout: seconds to wait at most; None: for ever.

        Raises:
            Timeout: it did not end in time.
        """
        try:
            with self._caller.stream(
                "POST",
                self._path(container, "wait"),
                query={"condition": condition},
                timeout=timeout,
            ) as stream:
                answer: ContainerWaitResponse = stream.read_json()
        except Timeout as exc:
            raise Timeout(
                f"Container {container} did not reach {condition} within {timeout:g} s."
            ) from exc
        return answer

    def logs(
        self,
        container: str,
        *,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        until: Moment | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        tty: bool | None = None,
    ) -> OutputStream:
        """Read what a container logged (`GET /containers/{id}/logs`).

        Args:
            container: name or id.
            follow: go on with what it logs from now on, until it ends.
            stdout: with its standard output.
            stderr: with its standard error.
            since: not before this moment (seconds since the epoch, or an aware datetime).
            until: not after this moment.
            tail: only so many last lines.
            timestamps: begin every line with its time (RFC 3339, nanoseconds).
            tty: whether the container has a terminal. None: find out, which before API
                1.42 takes an inspect.
        """
        if not (stdout or stderr):
            raise InvalidInput("logs: choose stdout, stderr or both.")
        if tty is None and self._caller.version < _MULTIPLEXED_CONTENT_TYPE:
            tty = bool(self.inspect(container).get("Config", {}).get("Tty"))
        stream = self._caller.stream(
            "GET",
            self._path(container, "logs"),
            query={
                "follow": follow,
                "stdout": stdout,
                "stderr": stderr,
                "since": None if since is None else encode_moment(since),
                "until": None if until is None else encode_moment(until),
                "tail": tail,
                "timestamps": timestamps or None,
            },
        )
        if tty is None:
            tty = stream.headers.get("Content-Type") == "application/vnd.docker.raw-stream"
        return OutputStream(stream, tty=tty)

    def put_archive(
        self, container: str, path: str, archive: bytes | BinaryIO | Iterable[bytes]
    ) -> None:
        """Unpack a tar archive in a folder of a container (`PUT /containers/{id}/archive`).

        The folder has to exist; the container need not run.
        """
        with self._caller.stream(
            "PUT",
            self._path(container, "archive"),
            query={"path": path},
            body=archive,
            headers={"Content-Type": "application/x-tar"},
        ) as stream:
            for _answer in stream:
                pass

    def get_archive(self, container: str, path: str) -> Iterable[bytes]:
        """Pack a file or folder of a container as a tar archive.

        `GET /containers/{id}/archive`.

        Returns:
            The archive's bytes, read from the engine as the caller iterates.
        """
        return self._caller.stream("GET", self._path(container, "archive"), query={"path": path})

    @staticmethod
    def _path(container: str, operation: str = "") -> str:
        path = f"/containers/{segment(container, 'container')}"
        return f"{path}/{operation}" if operation else path


def encode_moment(moment: Moment) -> str:
    """Encode a moment as the engine takes it: seconds since the epoch and a fraction.

    Args:
        moment: an aware datetime, seconds since the epoch, or a string that is handed on
            (an RFC 3339 time, or a duration like `10m` before now).

    Raises:
        InvalidInput: the datetime has no time zone, or the number is negative.
    """
    if isinstance(moment, str):
        return moment
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise InvalidInput(f"{moment} has no time zone; the engine's may be another one.")
        # A float does not hold microseconds at today's distance from the epoch exactly.
        return f"{int(moment.timestamp())}.{moment.microsecond:06d}000"
    if moment < 0:
        raise InvalidInput(f"{moment} is before the epoch.")
    return str(moment) if isinstance(moment, int) else f"{moment:.9f}"
