"""One pool of keep-alive connections per engine, on the libraries below `requests`.

`requests_unixsocket` keys its pools by the whole URL, so that every path would get
connections of its own; here one engine has one pool. It is used without a `requests`
session around it, because preparing a request there costs more than sending it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import MissingLibrary

if TYPE_CHECKING:
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
                f"The installed requests-unixsocket is too old for requests {requests_version} "
                f"on urllib3 {urllib3_version}. Upgrade it: "
                "python -m pip install 'requests-unixsocket>=0.4'"
            )


def open_pool(dialer: Dialer, size: int) -> HTTPConnectionPool:
    """Make the pool of a road; nothing is connected before the first request.

    Args:
        dialer: gives the connections.
        size: how many idle connections are kept; more are opened when they are needed
            and closed after use.

    Raises:
        MissingLibrary: requests or requests-unixsocket is missing or too old.
    """
    require_libraries()
    return _Pool(dialer, size)


class _Connection(UnixHTTPConnection):  # type: ignore[misc]  # the library is untyped
    """A connection that is dialled, and so tells failing to connect from failing later."""

    def __init__(self, dialer: Dialer) -> None:
        super().__init__("http+unix://dialled")
        self._dialer = dialer

    def connect(self) -> None:
        self.sock = self._dialer.dial(self.timeout)


class _Pool(UnixHTTPConnectionPool):  # type: ignore[misc]  # the library is untyped
    """The pool of one engine, whatever the path of the request and the road to it."""

    def __init__(self, dialer: Dialer, size: int) -> None:
        HTTPConnectionPool.__init__(self, "localhost", maxsize=size)
        self._dialer = dialer

    def _new_conn(self) -> _Connection:
        return _Connection(self._dialer)
