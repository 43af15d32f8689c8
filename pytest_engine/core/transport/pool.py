"""One pool of keep-alive connections per engine, on the libraries below `requests`.

`requests_unixsocket` keys its pools by the whole URL, so that every path would get
connections of its own; here one engine has one pool. It is used without a `requests`
session around it, because preparing a request there costs more than sending it. For the
same reason requests go straight to its connections: the pool's own way parses the
URL, copies the headers and builds objects for retries, timeouts and the answer each time,
which took as long as the rest of a call.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
from typing import TYPE_CHECKING

from ..errors import MissingLibrary

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

    from .dial import Dialer

# On an Ansible target a library may be missing. That is to be an error of ours, with
# advice, so the import is judged only when somebody wants a pool.
_import_error: ImportError | None = None
try:
    # First, so that it is the one that is named if both are missing.
    from requests import __version__ as requests_version
    from requests_unixsocket.adapters import UnixHTTPConnection, UnixHTTPConnectionPool
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool
    from urllib3.exceptions import ClosedPoolError
except ImportError as exc:
    _import_error = exc
    HTTPConnectionPool = UnixHTTPConnection = UnixHTTPConnectionPool = object  # type: ignore[misc,assignment]

__all__ = ["Pool", "open_pool", "require_libraries"]

# Bodies beyond this are read in pieces of it, so that memory is taken for what has come
# and not for what a head promises.
_PIECE = 1 << 20
# No answer of an engine that is read as a whole comes near.
_LONGEST_BODY = 1 << 27


def require_libraries() -> None:
    """Check that the libraries can be imported and fit each other.

    Raises:
        MissingLibrary: which one to install or upgrade, and how.
    """
    if _import_error is not None:
        name = (_import_error.name or "").partition(".")[0]
        library = "requests" if name in ("requests", "urllib3") else "requests-unixsocket"
        raise MissingLibrary(
            f"The Python library {library} is missing or broken ({_import_error}). "
            f"Install it for the Python that runs this: python -m pip install {library}"
        ) from _import_error
    if not issubclass(UnixHTTPConnection, HTTPConnection):
        # Up to 0.3.0 it builds on http.client alone, which urllib3 2 no longer takes.
        from urllib3 import __version__ as urllib3_version  # type: ignore[attr-defined]

        if int(urllib3_version.partition(".")[0]) >= 2:
            raise MissingLibrary(
                f"The installed requests-unixsocket is too old for requests {requests_version} "
                f"on urllib3 {urllib3_version}. Upgrade it: "
                "python -m pip install 'requests-unixsocket>=0.4'"
            )


def open_pool(dialer: Dialer, size: int) -> Pool:
    """Make the pool of a road; nothing is connected before the first request.

    Args:
        dialer: gives the connections.
        size: how many idle connections are kept; more are opened when they are needed
            and closed after use.

    Raises:
        MissingLibrary: requests or requests-unixsocket is missing or too old.
    """
    require_libraries()
    return Pool(dialer, size)


class _Connection(UnixHTTPConnection):  # type: ignore[misc]  # the library is untyped
    """A connection that is dialled, and so tells failing to connect from failing later."""

    def __init__(self, dialer: Dialer) -> None:
        super().__init__("http+unix://dialled")
        self._dialer = dialer

    def connect(self) -> None:
        self.sock = self._dialer.dial(self.timeout)


class Pool(UnixHTTPConnectionPool):  # type: ignore[misc]  # the library is untyped
    """The pool of one engine, whatever the path of the request and the road to it."""

    def __init__(self, dialer: Dialer, size: int) -> None:
        """Take the road; use `open_pool`."""
        HTTPConnectionPool.__init__(self, "localhost", maxsize=size)
        self._dialer = dialer

    def exchange(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None,
        headers: Mapping[str, str],
        connect_timeout: float,
        timeout: float | None,
    ) -> tuple[int, Message, bytes]:
        """Send a request and read the answer: its status, headers and body.

        Nothing is sent twice, whatever happens: a POST that was cut off may have worked.

        Raises:
            EngineError: no connection could be made.
            socket.timeout: the engine stayed silent for `timeout` seconds.
            OSError: the connection ended before the answer did.
            http.client.HTTPException: the same, or what came is no answer.
        """
        try:
            # An idle one that the engine has closed meanwhile comes back disconnected.
            connection = self._get_conn()
        except ClosedPoolError:
            # Another thread has closed the pool since this one got it.
            connection = self._new_conn()
        try:
            if connection.sock is None:
                connection.timeout = connect_timeout
                connection.connect()
            connection.sock.settimeout(timeout)
            # An engine that refuses a body may answer and close before it has read it.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                http.client.HTTPConnection.request(connection, method, target, body, headers)
            response = http.client.HTTPConnection.getresponse(connection)
            # It has the socket of an answer that ends with the connection.
            with response:
                answer = response.status, response.headers, _read_body(response)
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)
        return answer

    def _new_conn(self) -> _Connection:
        return _Connection(self._dialer)

    def _give_back(self, connection: _Connection) -> None:
        # Not `_put_conn`, which warns when more threads were at work than the pool keeps.
        try:
            self.pool.put(connection, block=False)
        except (queue.Full, AttributeError):  # it is None when the pool was closed meanwhile
            connection.close()


def _read_body(response: http.client.HTTPResponse) -> bytes:
    if response.length is not None and response.length <= _PIECE:
        return response.read()
    pieces: list[bytes] = []
    left = _LONGEST_BODY
    for piece in iter(lambda: response.read(_PIECE), b""):
        pieces.append(piece)
        left -= len(piece)
        if left < 0:
            raise http.client.HTTPException(f"it is longer than {_LONGEST_BODY >> 20} MiB")
    # Read in pieces, `http.client` takes the end of the connection for that of the body.
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)
