"""Short calls: one request, one whole answer, over the engine's pool."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
from typing import TYPE_CHECKING, Any

from ..endpoint import encode_authority
from ..errors import ConnectionLost, EngineError, Timeout
from .dial import open_dialer
from .incoming import TooSlow, Unreadable, ran_out
from .stream import Body, Stream, at_least

if TYPE_CHECKING:
    from collections.abc import Mapping
    from email.message import Message

    from ..endpoint import Endpoint
    from .pool import Pool

__all__ = ["Answer", "Transport"]

# An idle connection costs a descriptor on both sides; more than this at once only
# happens in bulk work, which opens what it needs beyond.
_POOL_SIZE = 32
_LOOK = " Look into the engine's log."


class Answer:
    """A whole answer of an engine.

    Attributes:
        status: the HTTP status code.
        headers: the headers; look-ups ignore case.
        body: the bytes of the body.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: Message, body: bytes) -> None:
        """Hold what was read; nothing is left on the connection."""
        self.status = status
        self.headers = headers
        self.body = body

    def json(self) -> Any:
        """Decode the body.

        Raises:
            ConnectionLost: the body is no JSON: it was cut, or something else than
                an engine answers.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise ConnectionLost(
                f"The answer is not JSON but {self.body[:80]!r}; is this a container engine?"
            ) from exc


class Transport:
    """HTTP to one engine; may be shared by threads and survives a fork.

    Args:
        endpoint: where the engine is.
        user_agent: what the engine's log shows as the caller.
        connect_timeout: seconds that opening a connection may take.
        environ: the environment that names proxies; the process's own by default.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        user_agent: str,
        connect_timeout: float,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Choose the road; nothing is connected yet."""
        self.endpoint = endpoint
        self._headers = {"Host": _name_host(endpoint), "User-Agent": user_agent}
        self._connect_timeout = connect_timeout
        self._dialer = open_dialer(endpoint, os.environ if environ is None else environ)
        # The pool, and the process that it belongs to.
        self._pool: tuple[int, Pool] | None = None

    def request(
        self,
        method: str,
        target: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Send a request and read the whole answer, whatever its status is.

        Args:
            method: the HTTP method.
            target: path and query, quoted already.
            body: the bytes to send.
            headers: headers beyond `Host` and `User-Agent`.
            timeout: seconds that the engine may stay silent. So long it has for the head
                of its answer, and so long for the body, with a second more for every
                4 KiB of that. None: for ever, but what has begun has to go on in the time
                that connecting may take.

        Raises:
            ConnectionFailed: nobody answers at the endpoint.
            ConnectionLost: the connection ended before the answer did, or it is none.
            Timeout: the engine stayed silent for too long, or answers too slowly.
        """
        # First of all: it says what to do where the libraries below are missing.
        pool = self._open_pool()
        # Queries may hold secrets, such as those of a build.
        what = f"{method} {target.partition('?')[0]}"
        try:
            return Answer(
                *pool.exchange(
                    method,
                    target,
                    body=body,
                    headers={**self._headers, **headers} if headers else self._headers,
                    connect_timeout=self._connect_timeout,
                    timeout=timeout,
                )
            )
        except EngineError:
            # Said already, when connecting; some are of the classes below as well.
            raise
        except TooSlow as exc:
            raise Timeout(
                f"{what}: the engine at {self.endpoint.url} began to answer, but "
                f"{exc}. Look at the connection, and whether an engine is at its other end."
            ) from exc
        except Unreadable as exc:
            raise ConnectionLost(
                f"{what}: the answer of {self.endpoint.url} cannot be read: {exc}."
                f"{self._dialer.explain(exc) or _LOOK}",
                endpoint=self.endpoint.url,
            ) from exc
        except (OSError, ValueError, http.client.HTTPException) as exc:
            if ran_out(exc):
                raise Timeout(
                    f"{what}: the engine at {self.endpoint.url} stayed silent for "
                    f"{timeout:g} s. It may be busy; a longer timeout may help."
                ) from exc
            raise ConnectionLost(
                f"{what}: the connection to {self.endpoint.url} ended before the "
                f"answer did ({_brief(exc)}).{self._dialer.explain(exc) or _LOOK}",
                endpoint=self.endpoint.url,
            ) from exc

    def stream(
        self,
        method: str,
        target: str,
        *,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        upgrade: bool = False,
    ) -> Stream:
        """Send a request on a connection of its own and hand back the open answer.

        Args:
            method: the HTTP method.
            target: path and query, quoted already.
            body: bytes, a binary file or an iterable of bytes, sent as it comes.
            headers: headers beyond `Host` and `User-Agent`.
            timeout: seconds that the head may take, and then each read; None: for ever, but
                a head that has begun has to be there in the time that connecting may take.
            upgrade: ask for the connection itself, to write to it as well.

        Raises:
            ConnectionFailed: nobody answers at the endpoint.
            ConnectionLost: the connection ended before the answer began.
            Timeout: the engine stayed silent for too long.
        """
        sock = self._dialer.dial(self._connect_timeout)
        sock.settimeout(at_least(timeout))
        sent = {**self._headers, **(headers or {})}
        if upgrade:
            sent.update({"Connection": "Upgrade", "Upgrade": "tcp"})
        try:
            return Stream.open(
                sock,
                self.endpoint.url,
                method,
                target,
                body=body,
                headers=sent,
                patience=self._connect_timeout,
            )
        except ConnectionLost as exc:
            reason = self._dialer.explain(exc.__cause__ or exc)
            if not reason:
                raise
            raise ConnectionLost(f"{exc}{reason}", endpoint=self.endpoint.url) from exc

    def close(self) -> None:
        """Close the idle connections; the next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool[1].close()
        self._dialer.close()

    def _open_pool(self) -> Pool:
        # After a fork, parent and child must not read each other's answers from the
        # same sockets, so the child starts with a pool of its own. No lock: a child may
        # be forked while another thread holds it; of two pools made at once one is lost.
        pool = self._pool
        if pool is None or pool[0] != os.getpid():
            from .pool import open_pool

            pool = self._pool = (os.getpid(), open_pool(self._dialer, _POOL_SIZE))
        return pool[1]


def _name_host(endpoint: Endpoint) -> str:
    """Name the engine's host for what stands before it, and may go by its name."""
    if endpoint.scheme == "tcp":
        # Of a name that none can have, connecting says so.
        with contextlib.suppress(UnicodeError):
            return encode_authority(endpoint.host, endpoint.port)
    return "localhost"


def _brief(exc: BaseException) -> str:
    # Some hold the line that they could not read, however long it is.
    text = repr(exc)
    return text if len(text) <= 200 else f"{text[:200]} ..."
