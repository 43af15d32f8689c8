"""The process of a container: what it writes and reads, its terminal, what it uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InvalidInput
from ...moment import Moment, encode_moment
from ..output import OutputStream, ProcessStream, find_tty, is_raw
from ..part import Part
from ..records import RecordStream
from .life import wait_for_end

if TYPE_CHECKING:
    from ...types.engine import ContainerStatsResponse, ContainerTopResponse

__all__ = ["Process"]

_CHOSEN_STREAMS = (1, 42)


class Process(Part):
    """Operations on what runs in containers."""

    def top(self, container: str, *, ps_args: str | None = None) -> ContainerTopResponse:
        """List the processes of a container, as `ps` of its host does.

        `GET /containers/{id}/top`.

        Args:
            container: name or id.
            ps_args: options of `ps`, like `-o pid,args`; None: `-ef`.

        Raises:
            Conflict: it does not run.
        """
        processes: ContainerTopResponse = self._caller.json(
            "ContainerTop", container, query={"ps_args": ps_args}
        )
        return processes

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
        details: bool = False,
        tty: bool | None = None,
        timeout: float | None = None,
    ) -> OutputStream:
        """Read what a container logged (`GET /containers/{id}/logs`).

        Args:
            container: name or id.
            follow: go on with what it logs from now on, until it ends.
            stdout: with its standard output.
            stderr: with its standard error.
            since: not before this moment; see `encode_moment` for its forms.
            until: not after this moment.
            tail: only so many last lines.
            timestamps: begin every line with its time (RFC 3339, nanoseconds).
            details: begin every line with what its log driver was told to add (`labels`
                and `env` among `LogConfig.Config`).
            tty: whether the container has a terminal. None: find out, which before API
                1.42 takes an inspect.
            timeout: seconds that the engine may stay silent, before and in the log; None: any.

        Raises:
            Timeout: it stayed silent for longer.
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
                "details": details or None,
            },
            timeout=timeout,
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
            container: name or id.
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

    def attach_websocket(
        self,
        container: str,
        *,
        stdin: bool = True,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = True,
        logs: bool = False,
        detach_keys: str | None = None,
    ) -> ProcessStream:
        """Connect to a container's process by a websocket.

        `GET /containers/{id}/attach/ws`. For what only lets websockets through: `attach`
        tells standard output and standard error apart, where all that is read here comes
        as `stdout`. Where the container has a terminal, `close_stdin` ends its output, too;
        write the byte 4 instead. Needs the library `websocket-client`
        (`pip install 'pytest-engine[websocket]'`).

        Args:
            container: name or id.
            stdin: to its standard input, where it was created with one (`OpenStdin`).
            stdout: to its standard output; before API 1.42 all three are attached.
            stderr: to its standard error.
            stream: to what it writes from now on.
            logs: begin with what it has logged.
            detach_keys: keys in the input that end the connection, like `ctrl-p,ctrl-q`.

        Raises:
            MissingLibrary: `websocket-client` is not installed.
            Incompatible: one of the three is left out, before API 1.42.
        """
        if not (stream or logs):
            raise InvalidInput("attach_websocket: choose stream, logs or both.")
        # Here, so that everything else needs no library for it.
        from ...transport.websocket import WebsocketStream, websocket_headers

        headers = websocket_headers()
        wanted = {"stdin": stdin, "stdout": stdout, "stderr": stderr}
        if self._caller.version < _CHOSEN_STREAMS:
            wanted = {name: chosen for name, chosen in wanted.items() if not chosen}
        opened = self._caller.stream(
            "ContainerAttachWebsocket",
            container,
            query={**wanted, "stream": stream, "logs": logs, "detachKeys": detach_keys},
            headers=headers,
        )
        return ProcessStream(
            WebsocketStream(opened, headers),
            tty=False,  # which nobody has asked for
            framed=False,
            resize=lambda height, width: self.resize(container, height=height, width=width),
            exit_code=lambda timeout: self._exit_code(container, timeout),
        )

    def resize(self, container: str, *, height: int, width: int) -> None:
        """Resize a container's terminal, in lines and columns.

        `POST /containers/{id}/resize`.

        Raises:
            Conflict: the container does not run.
        """
        self._caller.call("ContainerResize", container, query={"h": height, "w": width})

    def stats(
        self, container: str, *, stream: bool = True, one_shot: bool = False
    ) -> RecordStream[ContainerStatsResponse]:
        """Measure what a container uses (`GET /containers/{id}/stats`); see `usage_of`.

        Args:
            container: name or id.
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

    def _exit_code(self, container: str, timeout: float | None) -> int:
        # The engine takes one that was never started for one that has ended well.
        state = self._caller.json("ContainerInspect", container).get("State", {})
        if state.get("Status") == "created":
            raise InvalidInput(f"Container {container} was never started, so it cannot end.")
        return wait_for_end(self._caller, container, "not-running", timeout)["StatusCode"]
