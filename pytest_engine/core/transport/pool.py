"""One pool of keep-alive connections per engine, on the libraries below `requests`.

`requests_unixsocket` keys its pools by the whole URL, so that every path would get
connections of its own; here one engine has one pool. It is used without a `requests`
session around it, because preparing a request there costs more than sending it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from ..errors import MissingLibrary
from .dial import dial

if TYPE_CHECKING:
    from ..endpoint import Endpoint

# On an Ansible target a library may be missing. That is to be an error of ours, with
# advice, so the import is judged only when somebody wants a pool.
_import_error: ImportError | None = None
try:
    from requests.adapters import HTTPAdapter
    from requests_unixsocket.adapters import UnixHTTPConnection, UnixHTTPConnectionPool
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool
except ImportError as exc:
    _import_error = exc
    HTTPConnectionPool = UnixHTTPConnection = UnixHTTPConnectionPool = object  # type: ignore[misc,assignment]

__all__ = ["open_pool", "require_libraries"]


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
                "The installed requests-unixsocket is too old for the installed requests "
                f"(urllib3 {urllib3_version}). Upgrade it: "
                "python -m pip install 'requests-unixsocket>=0.4'"
            )


def open_pool(endpoint: Endpoint, size: int) -> HTTPConnectionPool:
    """Make the pool for an endpoint; nothing is connected before the first request.

    Args:
        endpoint: where the engine is.
        size: how many idle connections are kept; more are opened when they are needed
            and closed after use.

    Raises:
        MissingLibrary: requests or requests-unixsocket is missing or too old.
    """
    require_libraries()
    if endpoint.scheme == "unix":
        return _UnixPool(endpoint, size)
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=size)
    pool: HTTPConnectionPool = adapter.poolmanager.connection_from_host(
        endpoint.host, endpoint.port, "http"
    )
    return pool


class _UnixConnection(UnixHTTPConnection):  # type: ignore[misc]  # the library is untyped
    """A connection that tells failing to connect from failing later."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__("http+unix://" + quote(endpoint.path, safe=""))
        self._endpoint = endpoint

    def connect(self) -> None:
        self.sock = dial(self._endpoint, self.timeout)


class _UnixPool(UnixHTTPConnectionPool):  # type: ignore[misc]  # the library is untyped
    """The pool of one socket, whatever the path of the request."""

    def __init__(self, endpoint: Endpoint, size: int) -> None:
        HTTPConnectionPool.__init__(self, "localhost", maxsize=size)
        self._endpoint = endpoint

    def _new_conn(self) -> _UnixConnection:
        return _UnixConnection(self._endpoint)
