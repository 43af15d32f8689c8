"""A connection on which the caller serves the engine's builder: `/session`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..transport import Stream
    from .call import Caller

__all__ = ["Session"]

_HEADER = "X-Docker-Expose-Session-"


class Session:
    """Sessions of BuildKit, by which it asks its client for files, secrets and logins.

    The roles are turned around: the engine is the client of gRPC (HTTP/2 in clear), and
    the caller serves it. This opens the connection; speaking gRPC on it is up to the
    caller, and `engine.build` does without.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def open(
        self,
        session_id: str,
        *,
        name: str | None = None,
        shared_key: str | None = None,
        grpc_methods: Sequence[str] = (),
    ) -> Stream:
        """Open a session (`POST /session`).

        Args:
            session_id: what builds name it by.
            name: a name for the builder's log.
            shared_key: sessions with the same key share what the builder keeps of files
                that it was sent.
            grpc_methods: what the caller serves, like `/moby.filesync.v1.Auth/Credentials`.

        Returns:
            The connection itself, on which the engine begins to speak HTTP/2 at once.

        Raises:
            InvalidInput: an argument cannot be sent, or the engine finds it wrong.
        """
        values = {"Uuid": session_id, "Name": name, "Sharedkey": shared_key}
        headers = {_HEADER + key: value for key, value in values.items() if value is not None}
        # Not everybody checks types.
        is_list = isinstance(grpc_methods, (list, tuple))
        if not is_list:
            raise InvalidInput(f"grpc_methods: {grpc_methods!r:.80} is no list of texts.")
        headers.update(_repeated(f"{_HEADER}Grpc-Method", grpc_methods))
        for value in headers.values():
            if not _is_printable(value):
                raise InvalidInput(f"{value!r:.80} cannot be sent as a header.")
        upgrade = {"Connection": "Upgrade", "Upgrade": "h2c"}
        return self._caller.stream("Session", headers={**headers, **upgrade})


def _repeated(name: str, values: Sequence[str]) -> dict[str, str]:
    """Repeat a header, by spellings that only differ in case: a mapping holds each name once.

    The engine takes neither a list with commas nor anything else for more than one value.
    """
    letters = [index for index, letter in enumerate(name) if letter.isalpha()]
    spelled = {}
    for number, value in enumerate(values):
        chosen = {index for bit, index in enumerate(letters) if number >> bit & 1}
        spelling = "".join(c.swapcase() if i in chosen else c for i, c in enumerate(name))
        spelled[spelling] = value
    return spelled


def _is_printable(value: object) -> bool:
    return isinstance(value, str) and value != "" and value.isascii() and value.isprintable()
