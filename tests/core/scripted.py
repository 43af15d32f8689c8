"""A server on a real unix socket that does what a test wrote down, whoever asks.

It says nothing of its own accord: every connection gets a script, a list of steps that
are taken one after the other, and is closed when they are done.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Union

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

# Longer than anything here takes, so that a mistake ends as a failure and not as a hang.
PATIENCE = 20.0


class Read:
    """Steps that read from the client, recorded in `ScriptedServer.requests` or `.received`."""

    REQUEST = "a whole request"
    HEAD = "the head of a request, its body left where it is"
    END = "all until the client ends its half of the connection"
    ECHO = "nothing: answer with the name in the path that was read, as its Id"
    AGAIN = "nothing: begin the script anew if the client sends more"
    DEAF = "nothing, now or later: refuse whatever the client goes on to send"
    FOREVER = "nothing: send the bytes of the step before again, until the client has enough"


@dataclass(frozen=True)
class Slowly:
    """A step that sends some bytes again and again, with breaks in between.

    Attributes:
        data: the bytes.
        times: how often; None: until the client has enough.
        pause: the breaks, in seconds.
    """

    data: bytes
    times: int | None = None
    pause: float = 0.05


Step = Union[bytes, str, threading.Event, Slowly]


@dataclass
class Request:
    """What a client sent."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Write an answer as an engine would; `api_version="1.41"` becomes `Api-Version`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-').title()}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def _echo(request: Request) -> bytes:
    name = request.target.split("/")[3]
    return answer(b'{"Id": "%s"}' % name.encode())


PONG = answer(b"OK", api_version="1.41")
ONE_ANSWER: tuple[Step, ...] = (Read.REQUEST, answer(b"{}"))
ALWAYS: tuple[Step, ...] = (*ONE_ANSWER, Read.AGAIN)


@dataclass
class ScriptedServer:
    """The server; connection number n follows script number n, and the last one from there on."""

    path: Path
    scripts: Sequence[Sequence[Step]]
    requests: list[Request] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._arrived = threading.Condition(self._lock)
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.path))
        self._listener.listen(128)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def host(self) -> str:
        """The address for `Engine`."""
        return f"unix://{self.path}"

    def wait_for_requests(self, count: int) -> None:
        """Wait until so many requests have arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, PATIENCE)

    def __enter__(self) -> ScriptedServer:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        for sock in (self._listener, *self._open):
            # Closing a socket does not wake a thread that waits on it.
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                script = self.scripts[min(self.connections, len(self.scripts) - 1)]
                self.connections += 1
                self._open.append(sock)
            thread = threading.Thread(target=self._serve, args=(sock, script))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket, script: Sequence[Step]) -> None:
        # The test may be done with the connection before the script is.
        with sock, contextlib.suppress(OSError), sock.makefile("rb") as reader:
            again, request, sent = True, Request("", "", {}), b""
            while again:
                again = False
                for step in script:
                    if isinstance(step, bytes):
                        sent = step
                    if not isinstance(step, str):
                        self._take(sock, step)
                    elif step == Read.END:
                        self.received.append(reader.read())
                    elif step == Read.DEAF:
                        sock.shutdown(socket.SHUT_RD)
                    elif step == Read.AGAIN:
                        again = bool(reader.peek(1))
                    elif step == Read.FOREVER:
                        self._repeat(sock, Slowly(sent, pause=0))
                    elif step == Read.ECHO:
                        sock.sendall(_echo(request))
                    else:
                        request = self._read(reader, with_body=step == Read.REQUEST)
        self.ended.set()

    def _take(self, sock: socket.socket, step: bytes | threading.Event | Slowly) -> None:
        if isinstance(step, bytes):
            sock.sendall(step)
        elif isinstance(step, threading.Event):
            step.wait(PATIENCE)
        else:
            self._repeat(sock, step)

    def _repeat(self, sock: socket.socket, step: Slowly) -> None:
        for _ in itertools.count() if step.times is None else range(step.times):
            if self._closing.wait(step.pause):
                return
            sock.sendall(step.data)

    def _read(self, reader: BinaryIO, *, with_body: bool) -> Request:
        readline, read = reader.readline, reader.read
        line = readline().decode()
        if not line:
            raise OSError("the client sent nothing")
        method, target, _ = line.split(" ")
        request = Request(method, target, {})
        while True:
            name, colon, value = readline().decode("latin-1").partition(":")
            if not colon:
                break
            request.headers[name.strip().lower()] = value.strip()
        if with_body and request.headers.get("transfer-encoding") == "chunked":
            while True:
                size = int(readline() or b"0", 16)
                request.body += read(size)
                readline()
                if not size:
                    break
        elif with_body:
            request.body = read(int(request.headers.get("content-length", 0)))
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        return request
