"""One HTTP request to a service that may not be up yet."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .connect import Shutdown, connected, why_not

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

    from ..endpoint import Tls
    from .condition import Situation
    from .reach import Address

__all__ = ["Answer", "Trial"]

# Seconds of silence after which a try is given up and made again.
_PATIENCE = 5.0
_LONGEST_BODY = 1 << 20


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: the status code.
        headers: name in lower case -> value; those that came several times are joined.
        text: the beginning of the body, where that was asked for.
    """

    status: int
    headers: Mapping[str, str]
    text: str

    def header(self, name: str) -> str | None:
        """Return a header's value; None: there is none."""
        return self.headers.get(name.lower())


class Trial:
    """Asks; may be used many times.

    Args:
        tls: how connections are encrypted; None: they are not.

    Raises:
        InvalidInput: a file for TLS cannot be used.
    """

    def __init__(self, tls: Tls | None) -> None:
        self._tls = tls
        self._context = None
        if tls is not None:
            # Here, because few ask over TLS.
            from ..transport.tls import make_context

            self._context = make_context(tls)

    @property
    def scheme(self) -> str:
        """What the URL begins with."""
        return "http" if self._context is None else "https"

    def ask(
        self,
        situation: Situation,
        address: Address,
        what: tuple[str, str],
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        reads_body: bool,
    ) -> Answer | str:
        """Ask once; returns the answer, or why there is none.

        Args:
            situation: the wait, whose end breaks this off.
            address: where to ask.
            what: the method and the path.
            headers: headers to send.
            body: the body to send.
            reads_body: whether the answer's body is wanted.
        """
        # Here, because this loads the standard library's e-mail as well.
        from http import client

        connection = client.HTTPConnection(address.host, address.port)
        try:
            with self._socket(situation, address) as connection.sock:
                connection.request(*what, body=body, headers=dict(headers))
                with connection.getresponse() as response:
                    content = response.read(_LONGEST_BODY) if reads_body else b""
                    found: dict[str, str] = {}
                    for name, value in response.getheaders():
                        known = found.get(name.lower())
                        found[name.lower()] = value if known is None else f"{known}, {value}"
        except client.RemoteDisconnected:
            return "the connection was closed without an answer"
        except (OSError, client.HTTPException) as exc:
            return why_not(exc)
        finally:
            connection.close()
        return Answer(response.status, found, content.decode("utf-8", "replace"))

    @contextlib.contextmanager
    def _socket(self, situation: Situation, address: Address) -> Iterator[socket.socket]:
        with connected(address, situation, _PATIENCE) as sock:
            if self._context is None:
                yield sock
                return
            name = (self._tls.hostname if self._tls else None) or address.host
            wrapped = self._context.wrap_socket(sock, server_hostname=name)
            with wrapped, situation.holding(Shutdown(wrapped)):
                yield wrapped
