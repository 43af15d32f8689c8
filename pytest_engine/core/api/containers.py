"""Containers: `/containers/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from ..errors import InvalidInput, Timeout
from ..filters import Filters, encode_filters
from ..moment import Moment, encode_moment
from .head import head_archive
from .output import OutputStream, ProcessStream, find_tty, is_raw
from .records import RecordStream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..archive import PathStat
    from ..transport import Stream
    from ..types.engine import (
        ContainerCreateBody,
        ContainerCreateResponse,
        ContainerInspectResponse,
        ContainerStatsResponse,
        ContainerSummary,
        ContainerUpdateBody,
        ContainerUpdateResponse,
        ContainerWaitResponse,
    )
    from .call import Caller

__all__ = ["Containers", "Moment", "encode_moment"]


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
            "ContainerList",
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
            "ContainerCreate",
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
            "ContainerInspect", container, query={"size": size or None}
        )
        return inspected

    def start(self, container: str) -> bool:
        """Start a container (`POST /containers/{id}/start`).

        Returns:
            Whether it was started; False: it ran already.

        Raises:
            PortInUse: a host port that it publishes is taken.
        """
        return self._caller.modifies("ContainerStart", container, endless=True)

    def stop(self, container: str, *, timeout: int | None = None) -> bool:
        """Stop a container (`POST /containers/{id}/stop`).

        Args:
            timeout: seconds until it is killed; None: the container's own stop timeout
                (10 where it has none); -1: never.

        Returns:
            Whether it was stopped; False: it did not run.
        """
        return self._caller.modifies("ContainerStop", container, query={"t": timeout}, endless=True)

    def restart(self, container: str, *, timeout: int | None = None) -> None:
        """Stop, then start a container (`POST /containers/{id}/restart`); see `stop`."""
        self._caller.call("ContainerRestart", container, query={"t": timeout}, endless=True)

    def kill(self, container: str, *, signal: str | None = None) -> None:
        """Send a signal to a container's process, KILL if none is named.

        `POST /containers/{id}/kill`.

        Raises:
            Conflict: the container does not run.
        """
        self._caller.call("ContainerKill", container, query={"signal": signal})

    def pause(self, container: str) -> None:
        """Freeze a container's processes (`POST /containers/{id}/pause`)."""
        self._caller.call("ContainerPause", container)

    def unpause(self, container: str) -> None:
        """Let a container's frozen processes go on (`POST /containers/{id}/unpause`)."""
        self._caller.call("ContainerUnpause", container)

    def rename(self, container: str, name: str) -> None:
        """Give a container another name (`POST /containers/{id}/rename`).

        Raises:
            Conflict: the name is taken.
        """
        self._caller.call("ContainerRename", container, query={"name": name})

    def update(self, container: str, config: ContainerUpdateBody) -> ContainerUpdateResponse:
        """Change limits and restart policy of a container while it runs.

        `POST /containers/{id}/update`; all other properties are fixed at creation.
        """
        updated: ContainerUpdateResponse = self._caller.json(
            "ContainerUpdate", container, json_body=config
        )
        return updated

    def remove(self, container: str, *, force: bool = False, volumes: bool = False) -> None:
        """Remove a container (`DELETE /containers/{id}`).

        Args:
            force: kill it first if it runs.
            volumes: remove its anonymous volumes with it.

        Raises:
            Conflict: it runs, or is being removed already.
        """
        self._caller.call(
            "ContainerDelete",
            container,
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
            condition: `not-running` (at once if it does not run), `next-exit` or `removed`.
            timeout: seconds to wait at most; None: for ever.

        Raises:
            Timeout: it did not end in time.
        """
        try:
            with self._caller.stream(
                "ContainerWait",
                container,
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
            follow: go on with what it logs from now on, until it ends.
            stdout: with its standard output.
            stderr: with its standard error.
            since: not before this moment; see `encode_moment` for its forms.
            until: not after this moment.
            tail: only so many last lines.
            timestamps: begin every line with its time (RFC 3339, nanoseconds).
            tty: whether the container has a terminal. None: find out, which before API
                1.42 takes an inspect.
        """
        if not (stdout or stderr):
            raise InvalidInput("logs: choose stdout, stderr or both.")
        if tty is None:
            tty = find_tty(self._caller, container)
        stream = self._caller.stream(
            "ContainerLogs",
            container,
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
        return OutputStream(stream, tty=is_raw(stream) if tty is None else tty)

    def attach(
        self,
        container: str,
        *,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = True,
        logs: bool = False,
        detach_keys: str | None = None,
        tty: bool | None = None,
    ) -> ProcessStream:
        """Connect to a container's process (`POST /containers/{id}/attach`).

        Attached before it is started, nothing that it writes is missed.

        Args:
            stdin: also to its standard input, which it was created with (`OpenStdin`).
            stdout: to its standard output.
            stderr: to its standard error.
            stream: to what it writes from now on.
            logs: begin with what it has logged.
            detach_keys: keys in the input that end the connection, like `ctrl-p,ctrl-q`.
            tty: whether the container has a terminal; see `logs`.
        """
        if not (stream or logs):
            raise InvalidInput("attach: choose stream, logs or both.")
        if tty is None:
            tty = find_tty(self._caller, container)
        opened = self._caller.stream(
            "ContainerAttach",
            container,
            query={
                "stdin": stdin,
                "stdout": stdout,
                "stderr": stderr,
                "stream": stream,
                "logs": logs,
                "detachKeys": detach_keys,
            },
            upgrade=True,
        )
        return ProcessStream(
            opened,
            tty=is_raw(opened) if tty is None else tty,
            resize=lambda height, width: self.resize(container, height=height, width=width),
            exit_code=lambda timeout: self._exit_code(container, timeout),
        )

    def resize(self, container: str, *, height: int, width: int) -> None:
        """Resize a container's terminal (`POST /containers/{id}/resize`)."""
        self._caller.call("ContainerResize", container, query={"h": height, "w": width})

    def stats(
        self, container: str, *, stream: bool = True, one_shot: bool = False
    ) -> RecordStream[ContainerStatsResponse]:
        """Measure what a container uses (`GET /containers/{id}/stats`); see `usage_of`.

        Args:
            stream: a record every second until the stream is closed; else a single one.
            one_shot: measure once instead of twice with a second in between, which leaves
                the processor's use unknown; with `stream=False` alone.
        """
        if one_shot and stream:
            raise InvalidInput("stats: one_shot goes with stream=False.")
        return RecordStream(
            self._caller.stream(
                "ContainerStats",
                container,
                query={"stream": stream, "one-shot": one_shot or None},
            )
        )

    def archive_info(self, container: str, path: str) -> PathStat:
        """Tell what a path in a container is (`HEAD /containers/{id}/archive`).

        The last part of the path is not followed if it is a link, unless `/` follows it.

        Raises:
            ContainerNotFound: there is no such container.
            NotFound: there is no such path in it.
        """
        return head_archive(self._caller, container, path)

    def put_archive(
        self,
        container: str,
        path: str,
        archive: bytes | BinaryIO | Iterable[bytes],
        *,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: bool = False,
    ) -> None:
        """Unpack a tar archive in a folder of a container (`PUT /containers/{id}/archive`).

        The folder has to exist; the container need not run.

        Args:
            path: the folder.
            archive: the archive, plain or compressed.
            no_overwrite_dir_non_dir: refuse to replace a folder by something else, and
                the reverse.
            copy_uid_gid: give everything to the user that the container runs as, whatever
                the archive says.
        """
        with self._caller.stream(
            "PutContainerArchive",
            container,
            query={
                "path": path,
                "noOverwriteDirNonDir": no_overwrite_dir_non_dir or None,
                "copyUIDGID": copy_uid_gid or None,
            },
            body=archive,
            headers={"Content-Type": "application/x-tar"},
        ) as stream:
            for _answer in stream:
                pass

    def get_archive(self, container: str, path: str) -> Stream:
        """Pack a file or folder of a container as a tar archive.

        `GET /containers/{id}/archive`.

        Returns:
            The archive's bytes, read from the engine as the caller iterates; a context
            manager with `close`.
        """
        return self._caller.stream("ContainerArchive", container, query={"path": path})

    def _exit_code(self, container: str, timeout: float | None) -> int:
        # The engine takes one that was never started for one that has ended well.
        if self.inspect(container).get("State", {}).get("Status") == "created":
            raise InvalidInput(f"Container {container} was never started, so it cannot end.")
        return self.wait(container, timeout=timeout)["StatusCode"]
