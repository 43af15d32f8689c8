"""One pool of keep-alive connections per engine, on the libraries below `requests`.

`requests_unixsocket` keys its pools by the whole URL, so that every path would get
connections of its own; here one engine has one pool. It is used without a `requests`
session around it, because preparing a request there costs more than sending it. For the
same reason requests go straight to its connections: the pool's own way parses the
URL, copies the headers and builds objects for retries, timeouts and the answer each time,
which took as long as the rest of a call.
"""

from __future__ import annotations

import functools
import http.client
import queue
import ssl
from collections import deque
from typing import TYPE_CHECKING, cast

from ..errors import MissingLibrary
from .incoming import Response

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

# The "safe" methods of RFC 9110, section 9.2.1, as far as the Engine has them.
_ONLY_READING = ("GET", "HEAD")


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
        # Whether something of the request has gone out, of which the head is the first.
        self.has_sent = False

    def connect(self) -> None:
        self.sock = self._dialer.dial(self.timeout)

    def send(self, data: bytes) -> None:
        http.client.HTTPConnection.send(self, data)
        self.has_sent = True


class _Idle:
    """As much of `queue.LifoQueue` as the library's pool uses, without its lock.

    A child may be forked while another thread of its parent holds that, and would wait for
    ever, at the latest when it lets go of its parent's pool. What is done to a deque's end is
    done at once, so nobody has to wait here whatever way is asked for; if several threads find
    the last place free, it has one more for a while.
    """

    def __init__(self, maxsize: int) -> None:
        self._items: deque[_Connection | None] = deque()
        self._size = maxsize

    def put(self, item: _Connection | None, **_way: object) -> None:
        if len(self._items) >= self._size:
            raise queue.Full
        self._items.append(item)

    def get(self, **_way: object) -> _Connection | None:
        try:
            return self._items.pop()
        except IndexError:
            raise queue.Empty from None


class Pool(UnixHTTPConnectionPool):  # type: ignore[misc]  # the library is untyped
    """The pool of one engine, whatever the path of the request and the road to it."""

    QueueCls = _Idle

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

        A kept connection may end just when it is used again, as when an engine restarts. Then
        a request that only reads goes out once more over a new connection, and any other if it
        did not go out the first time. Nothing else is sent twice, whatever happens: a POST
        that was cut off may have worked.

        Raises:
            EngineError: no connection could be made.
            TooSlow: the engine began to answer, but did not go on.
            socket.timeout: the engine stayed silent for `timeout` seconds.
            Unreadable: what came is no answer.
            OSError: the connection ended before the answer did.
            http.client.HTTPException: the same, or what came is no answer.
        """
        try:
            # An idle one that the engine has closed meanwhile comes back disconnected.
            connection = self._get_conn()
        except ClosedPoolError:
            # Another thread has closed the pool since this one got it.
            connection = self._new_conn()
        is_kept = connection.sock is not None
        connection.timeout = connect_timeout
        try:
            try:
                response = _ask(connection, method, target, body, headers, timeout)
            except (ConnectionError, ssl.SSLEOFError):
                if not is_kept or (connection.has_sent and method not in _ONLY_READING):
                    raise
                connection.close()
                response = _ask(connection, method, target, body, headers, timeout)
            # It goes where the answer does, if that ends with the connection.
            sock = connection.sock
            with response:
                answer = response.status, response.headers, response.read_whole()
        except BaseException:
            connection.close()
            raise
        # More than was asked for would be taken for the answer to what is asked next. A socket
        # with TLS keeps some as well; a plain one has no such attribute.
        if response.has_rest or getattr(sock, "has_rest", False):
            connection.close()
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


def _ask(
    connection: _Connection,
    method: str,
    target: str,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout: float | None,
) -> Response:
    """Send a request, over a new connection if there is none, and read the answer's head."""
    is_kept = connection.sock is not None
    if not is_kept:
        connection.connect()
        connection.response_class = functools.partial(Response, patience=connection.timeout)
    connection.sock.settimeout(timeout)
    connection.has_sent = False
    try:
        http.client.HTTPConnection.request(connection, method, target, body, headers)
    except (BrokenPipeError, ConnectionResetError):
        # An engine that refuses a body may answer and close before it has read it. But what
        # a kept connection still brings, before anything went out, is no answer to this.
        if is_kept and not connection.has_sent:
            raise
    return cast("Response", http.client.HTTPConnection.getresponse(connection))
