"""The road over ssh: one `ssh HOST docker system dial-stdio` for each connection.

It is the user's own ssh, with its configuration, keys, agent and jump hosts, and what the
docker command itself does. The process talks through one end of a socket pair, so that
timeouts and half-closing work as on any other socket.
"""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import tempfile
import threading
import time
import weakref
from typing import TYPE_CHECKING

from ..errors import ConnectionFailed

if TYPE_CHECKING:
    from ..endpoint import Endpoint

__all__ = ["SshDialer"]

_CONNECT_TIMEOUT = 30.0
# ssh ends by itself when its standard input does; this long it may take before it is ended.
_LINGER = 2.0
_NOT_FOUND = 127
_LONGEST_COMPLAINT = 4096
# Failures that nobody has asked about yet: a connection may fail after it was closed.
_REMEMBERED = 4


class SshDialer:
    """Connects through ssh; see the module.

    Args:
        endpoint: host, port, user, and the socket on the far side.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._own = _Calls()

    def dial(self, timeout: float | None) -> socket.socket:
        """Start ssh; that it connects shows with the first answer.

        Raises:
            ConnectionFailed: there is no ssh on this host.
        """
        ours, theirs = socket.socketpair()
        try:
            call = _Call(self._command(timeout or _CONNECT_TIMEOUT), ours, theirs)
        except OSError as exc:
            ours.close()
            raise ConnectionFailed(
                f"Cannot connect to the engine at {self._endpoint.url}: ssh cannot be run ({exc}). "
                "Install an OpenSSH client.",
                endpoint=self._endpoint.url,
            ) from exc
        finally:
            theirs.close()
        ours.settimeout(timeout)
        self._calls().add(call)
        return ours

    def explain(self, _exc: BaseException) -> str:
        """Say what ssh, or the docker command on the far side, complained about."""
        deadline = time.monotonic() + _LINGER
        calls = self._calls().take()
        reason = ""
        for call in reversed(calls):
            # The connection has ended, so the process behind it is about to.
            call.join(0 if reason else max(0.0, deadline - time.monotonic()))
            if call.code and not reason:
                reason = self._meaning(call.code, call.complaint)
        self._calls().put_back(calls)
        return reason

    def close(self) -> None:
        """Wait for the processes whose connections are closed, and end those that linger."""
        deadline = time.monotonic() + _LINGER
        calls = self._calls().take()
        # The others end with their connections: a stream that is read, a call of another thread.
        used = [call for call in calls if call.is_used()]
        self._calls().put_back(used)
        for call in calls:
            if call not in used:
                call.join(max(0.0, deadline - time.monotonic()))
                call.end()

    def _calls(self) -> _Calls:
        # After a fork the lock may be taken by a thread that only the parent has, and the
        # processes are the parent's. Of two lists made at once one is lost: its processes end
        # with their connections all the same.
        own = self._own
        if own.process != os.getpid():
            own = self._own = _Calls()
        return own

    def _command(self, timeout: float) -> list[str]:
        endpoint = self._endpoint
        command = ["ssh", "-T", "-o", f"ConnectTimeout={max(1, round(timeout))}"]
        # A question on a terminal that nobody looks at would wait for ever.
        command += ["-o", "BatchMode=yes"]
        if endpoint.user:
            command += ["-l", endpoint.user]
        if endpoint.port:
            command += ["-p", str(endpoint.port)]
        command += ["--", endpoint.host, "docker"]
        if endpoint.path:
            # The far side's shell reads the command.
            command += ["--host", shlex.quote(f"unix://{endpoint.path}")]
        return [*command, "system", "dial-stdio"]

    def _meaning(self, code: int, complaint: str) -> str:
        if code == _NOT_FOUND:
            advice = f"The far side needs the docker command; put it on {self._endpoint.host}."
        else:
            advice = f"Try it by hand: ssh {self._endpoint.host} docker version."
        return f" ssh ended with code {code}: {complaint or 'no word'}. {advice}"


class _Calls:
    """The ssh processes that one process of ours has started and not forgotten."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.lock = threading.Lock()
        self.calls: list[_Call] = []

    def add(self, call: _Call) -> None:
        with self.lock:
            failed = [one for one in self.calls if one.code][-_REMEMBERED:]
            self.calls = failed + [one for one in self.calls if one.is_running()]
            self.calls.append(call)

    def take(self) -> list[_Call]:
        with self.lock:
            calls, self.calls = self.calls, []
        return calls

    def put_back(self, calls: list[_Call]) -> None:
        """Remember those that still run."""
        with self.lock:
            self.calls += [call for call in calls if call.is_running()]


class _Call:
    """One ssh process, and a thread that hears it out and reaps it.

    Args:
        command: what is run.
        ours: our end of the connection.
        theirs: its end.
    """

    def __init__(self, command: list[str], ours: socket.socket, theirs: socket.socket) -> None:
        self._ours = weakref.ref(ours)
        self.complaint = ""
        self.code: int | None = None
        # No pipe: its end would be that of the last process that ssh has started, and a
        # shared connection (ControlPersist) stays for others.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the thread
        try:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._said,
                # Ctrl-C is for this program, which may still have to remove containers.
                start_new_session=True,
            )
        except BaseException:
            self._said.close()
            raise
        self._thread = threading.Thread(target=self._attend, name="pytest-engine-ssh", daemon=True)
        self._thread.start()

    def _attend(self) -> None:
        code = self._process.wait()
        with self._said as said:
            said.seek(max(0, said.seek(0, os.SEEK_END) - _LONGEST_COMPLAINT))
            self.complaint = said.read().decode("utf-8", "replace").strip()
        self.code = code

    def is_running(self) -> bool:
        return self._thread.is_alive()

    def is_used(self) -> bool:
        """Tell whether our end of the connection is open."""
        ours = self._ours()
        return ours is not None and ours.fileno() >= 0

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def end(self) -> None:
        """End the process if it still runs."""
        if self.is_running():
            self._process.terminate()
            self._thread.join(_LINGER)
