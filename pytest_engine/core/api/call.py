"""What all operations share: the version in the path, quoting, errors, JSON both ways."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union
from urllib.parse import quote, urlencode

from ..errors import ConnectionFailed, Incompatible, InvalidInput, error_from_answer

if TYPE_CHECKING:
    from ..transport import Answer, Stream, Transport
    from ..transport.stream import Body

__all__ = ["NEWEST_VERSION", "OLDEST_VERSION", "Caller", "image_path", "segment"]

OLDEST_VERSION = (1, 41)
NEWEST_VERSION = (1, 55)

QueryValue = Union[str, int, bool, Sequence[str], None]
_NOT_MODIFIED = 304
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})")


class Caller:
    """Calls operations of one engine, in the newest API version that both sides know.

    Args:
        transport: the connection to the engine.
        timeout: seconds that the engine may stay silent in a short call.
        api_version: the version to speak, like `1.41`; None: the newest common one,
            asked for (`GET /_ping`) when the first operation is called.
    """

    def __init__(self, transport: Transport, timeout: float, api_version: str | None) -> None:
        """Remember how to call; nothing is sent yet."""
        self.transport = transport
        self._timeout = timeout
        self._version = _parse_version(api_version) if api_version else None
        # For the version, and the process that it belongs to: a child may be forked while
        # another thread of its parent holds it.
        self._asking = (os.getpid(), threading.Lock())

    @property
    def version(self) -> tuple[int, int]:
        """The API version that is spoken, asked for once.

        Raises:
            Incompatible: the engine speaks no version that this client knows.
            ConnectionFailed: nobody answers, or something else than an engine.
        """
        version = self._version
        if version is None:
            if self._asking[0] != os.getpid():
                self._asking = (os.getpid(), threading.Lock())
            with self._asking[1]:
                version = self._version or self._negotiate()
                self._version = version
        return version

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        json_body: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        endless: bool = False,
    ) -> Answer:
        """Call an operation and read its whole answer.

        Args:
            method: the HTTP method.
            path: the operation's path, its parts quoted, without the version.
            query: parameters; those that are None are left out.
            json_body: a value that is sent as JSON.
            body: bytes that are sent as they are, instead of `json_body`.
            headers: further headers.
            endless: whether the engine may take as long as it likes to answer.

        Raises:
            ApiError: the engine refused; the subclass says why.
            ConnectionFailed: nobody answers, or the connection was lost.
            Timeout: the engine stayed silent for too long.
        """
        sent = dict(headers or {})
        if json_body is not None:
            body = _encode_json(json_body)
            sent["Content-Type"] = "application/json"
        elif body is None and method == "POST":
            body = b""
        answer = self.transport.request(
            method,
            self._target(path, query),
            body=body,
            headers=sent,
            timeout=None if endless else self._timeout,
        )
        if _is_refusal(answer.status):
            raise error_from_answer(answer.status, method, path, answer.body)
        return answer

    def json(self, method: str, path: str, **arguments: Any) -> Any:
        """Call an operation (see `call`) and decode its answer."""
        return self.call(method, path, **arguments).json()

    def modifies(self, method: str, path: str, **arguments: Any) -> bool:
        """Call an operation (see `call`) that answers 304 where nothing had to be done.

        Returns:
            Whether the engine did something.
        """
        return self.call(method, path, **arguments).status != _NOT_MODIFIED

    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, QueryValue] | None = None,
        json_body: Any = None,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        upgrade: bool = False,
    ) -> Stream:
        """Call an operation whose answer is read as it comes, on a connection of its own.

        Arguments and errors are those of `call`; `body` may be a file or an iterable,
        `timeout` bounds the silence between two reads and `upgrade` asks for the
        connection itself (the Engine API's "hijacking").
        """
        sent = dict(headers or {})
        if json_body is not None:
            body = _encode_json(json_body)
            sent["Content-Type"] = "application/json"
        elif body is None and method == "POST":
            body = b""
        elif body is not None and not _is_readable(body):
            raise InvalidInput(f"{body!r:.80} is neither bytes, a binary file nor pieces of bytes.")
        if timeout is not None and not _is_number(timeout, 0):
            raise InvalidInput(f"timeout: {timeout!r} is not a number of seconds.")
        stream = self.transport.stream(
            method,
            self._target(path, query),
            body=body,
            headers=sent,
            timeout=timeout,
            upgrade=upgrade,
        )
        if _is_refusal(stream.status):
            with stream:
                stream.settimeout(self._timeout)
                reason = stream.read_whole()
            raise error_from_answer(stream.status, method, path, reason)
        return stream

    def require(self, version: tuple[int, int], what: str) -> None:
        """Check that the engine is new enough for something.

        Raises:
            Incompatible: it is not; the message names the version that has it.
        """
        if self.version < version:
            raise Incompatible(
                f"{what} needs API {_format_version(version)}; the engine at "
                f"{self.transport.endpoint.url} is spoken to in {_format_version(self.version)}."
            )

    def _target(self, path: str, query: Mapping[str, QueryValue] | None) -> str:
        target = f"/v{_format_version(self.version)}{path}"
        pairs: list[tuple[str, str]] = []
        for key, value in (query or {}).items():
            if value is None:
                continue
            if isinstance(value, bool):
                pairs.append((key, "true" if value else "false"))
            elif isinstance(value, (str, int)):
                pairs.append((key, str(value)))
            elif isinstance(value, (list, tuple)) and all(_is_text(one) for one in value):
                pairs += [(key, item) for item in value]
            else:
                raise InvalidInput(f"{key}: {value!r:.80} is no text, number or list of texts.")
        try:
            return f"{target}?{urlencode(pairs, quote_via=quote)}" if pairs else target
        except UnicodeEncodeError as exc:
            raise InvalidInput(f"{exc.object!r:.80} is not text that can be sent.") from exc

    def _negotiate(self) -> tuple[int, int]:
        answer = self.transport.request("GET", "/_ping", timeout=self._timeout)
        advertised = answer.headers.get("Api-Version", "")
        # An engine that is in trouble, or something before it that wants a login, says so.
        if answer.status in (401, 403) or answer.status >= 500:
            raise error_from_answer(answer.status, "GET", "/_ping", answer.body)
        try:
            engine = _parse_version(advertised)
        except InvalidInput:
            if b"HTTPS server" in answer.body:
                raise ConnectionFailed(
                    f"The engine at {self.transport.endpoint.url} speaks TLS. Set "
                    "DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH, or give tls=Tls(...).",
                    endpoint=self.transport.endpoint.url,
                ) from None
            raise ConnectionFailed(
                f"Something answers at {self.transport.endpoint.url} that is no container "
                f"engine: GET /_ping names no API version (HTTP {answer.status}).",
                endpoint=self.transport.endpoint.url,
            ) from None
        if engine < OLDEST_VERSION:
            raise Incompatible(
                f"The engine at {self.transport.endpoint.url} speaks API {advertised}; the "
                f"oldest that is supported is {_format_version(OLDEST_VERSION)} "
                "(Docker Engine 20.10)."
            )
        return min(engine, NEWEST_VERSION)


def _encode_json(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInput(f"What was to be sent cannot be written as JSON: {exc}.") from exc


# Not everybody checks types, so these take whatever comes.


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object, least: float) -> bool:
    return isinstance(value, (int, float)) and value >= least


def _is_readable(body: object) -> bool:
    return not _is_text(body) and (hasattr(body, "read") or hasattr(body, "__iter__"))


def _is_refusal(status: int) -> bool:
    # Engines redirect paths that they find untidy; followed, that is another operation.
    return status >= 300 and status != _NOT_MODIFIED


def segment(value: str, what: str) -> str:
    """Quote a name or id so that it is one segment of a path and can be nothing else.

    Raises:
        InvalidInput: it is empty, a path or holds control characters.
    """
    if not value or not _is_text(value):
        raise InvalidInput(f"A {what} is named by a non-empty string, not by {value!r:.80}.")
    # An engine that gets a quoted slash redirects to the path that it then reads.
    if value in (".", "..") or any(ord(ch) < 32 or ord(ch) == 127 or ch == "/" for ch in value):
        raise InvalidInput(f"{value!r} cannot be the name of a {what}.")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError as exc:
        raise InvalidInput(f"{value!r:.80} cannot be the name of a {what}.") from exc


def image_path(name: str) -> str:
    """Quote the name of an image, whose slashes separate segments of the path."""
    parts = name.split("/") if _is_text(name) else [name]
    return "/".join(segment(part, "image") for part in parts)


def _parse_version(text: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(text.strip()) if _is_text(text) else None
    if match is None:
        raise InvalidInput(f"{text!r} is no API version like 1.41.")
    return int(match[1]), int(match[2])


def _format_version(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
