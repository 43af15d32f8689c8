"""What all operations share: paths and versions by the table, quoting, errors, JSON both ways."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union
from urllib.parse import quote, urlencode

from ..errors import ApiError, ConnectionFailed, Incompatible, InvalidInput
from ..operations import OPERATIONS
from .answers import check_answer
from .asked import check_seconds, fill_path, states

if TYPE_CHECKING:
    from ..operations import Operation, Span
    from ..transport import Answer, Stream, Transport
    from ..transport.stream import Body

__all__ = ["NEWEST_VERSION", "OLDEST_VERSION", "Caller"]

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
        self._is_podman: bool | None = None
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

    @property
    def is_podman(self) -> bool:
        """Whether the engine is Podman, which is told together with its version.

        Raises:
            Incompatible, ConnectionFailed: as for `version`.
        """
        if self._version is None:
            self._version = self.version
        if self._is_podman is None:
            # The version was stated, so the engine has not been asked yet.
            self._negotiate()
        return bool(self._is_podman)

    def check_call(self, operation: str, *names: str, json_body: Any = None) -> None:
        """Raise what `call` would raise before it sends anything."""
        self._target(OPERATIONS[operation], names, None, json_body)

    def call(
        self,
        operation: str,
        *names: str,
        query: Mapping[str, QueryValue] | None = None,
        json_body: Any = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        endless: bool = False,
    ) -> Answer:
        """Call an operation and read its whole answer.

        Args:
            operation: its id in the table of operations.
            names: what its path names, in that order.
            query: parameters; those that are None are left out.
            json_body: a value that is sent as JSON.
            body: bytes that are sent as they are, instead of `json_body`.
            headers: further headers.
            endless: whether the engine may take as long as it likes to answer.

        Raises:
            InvalidInput: a name or a parameter cannot be sent.
            Incompatible: the API version that is spoken lacks the operation, or something
                that is stated of it.
            ApiError: the engine refused; the subclass says why.
            ConnectionFailed: nobody answers, or the connection was lost.
            Timeout: the engine stayed silent for too long.
        """
        known = OPERATIONS[operation]
        path, target = self._target(known, names, query, json_body)
        sent = dict(headers or {})
        if json_body is not None:
            body = _encode_json(json_body)
            sent["Content-Type"] = "application/json"
        elif body is None and known.method == "POST":
            body = b""
        answer = self.transport.request(
            known.method,
            target,
            body=body,
            headers=sent,
            timeout=None if endless else self._timeout,
        )
        if _is_refusal(answer.status):
            raise _refused(answer.status, known.method, path, answer.body)
        return answer

    def json(self, operation: str, *names: str, **arguments: Any) -> Any:
        """Call an operation (see `call`), decode its answer and check it (see `check_json`)."""
        return self.check_json(operation, self.call(operation, *names, **arguments).json())

    def check_json(self, operation: str, value: Any) -> Any:
        """Return the decoded answer of an operation, an empty list for null where it is a list.

        Raises:
            ConnectionLost: no engine would answer so.
        """
        return check_answer(OPERATIONS[operation], value, self.transport.endpoint.url)

    def modifies(self, operation: str, *names: str, **arguments: Any) -> bool:
        """Call an operation (see `call`) that answers 304 where nothing had to be done.

        Returns:
            Whether the engine did something.
        """
        return self.call(operation, *names, **arguments).status != _NOT_MODIFIED

    def stream(
        self,
        operation: str,
        *names: str,
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
        known = OPERATIONS[operation]
        sent = dict(headers or {})
        if body is not None and not _is_readable(body):
            raise InvalidInput(f"{body!r:.80} is neither bytes, a binary file nor pieces of bytes.")
        check_seconds(timeout)
        path, target = self._target(known, names, query, json_body)
        if json_body is not None:
            body = _encode_json(json_body)
            sent["Content-Type"] = "application/json"
        elif body is None and known.method == "POST":
            body = b""
        stream = self.transport.stream(
            known.method,
            target,
            body=body,
            headers=sent,
            timeout=timeout,
            upgrade=upgrade,
        )
        if _is_refusal(stream.status):
            with stream:
                stream.settimeout(self._timeout)
                reason = stream.read_whole()
            raise _refused(stream.status, known.method, path, reason)
        return stream

    def _target(
        self,
        operation: Operation,
        names: Sequence[str],
        query: Mapping[str, QueryValue] | None,
        json_body: Any,
    ) -> tuple[str, str]:
        """The operation's path, and what is asked for with it: version, path and query."""
        path = fill_path(operation, names)
        pairs: list[tuple[str, str]] = []
        self._check(operation.span, operation.id)
        for key, value in (query or {}).items():
            if value is None:
                continue
            self._check(operation.query[key], f"{key} of {operation.id}")
            if isinstance(value, bool):
                pairs.append((key, "true" if value else "false"))
            elif isinstance(value, (str, int)):
                pairs.append((key, str(value)))
            elif isinstance(value, (list, tuple)) and all(_is_text(one) for one in value):
                pairs += [(key, item) for item in value]
            else:
                raise InvalidInput(f"{key}: {value!r:.80} is no text, number or list of texts.")
        if json_body:
            for field, span in operation.body.items():
                if not span.covers(self.version) and states(json_body, field.split(".")):
                    self._check(span, f"{field} of {operation.id}")
        target = f"/v{_format_version(self.version)}{path}"
        try:
            return path, f"{target}?{urlencode(pairs, quote_via=quote)}" if pairs else target
        except UnicodeEncodeError as exc:
            raise InvalidInput(f"{exc.object!r:.80} is not text that can be sent.") from exc

    def _check(self, span: Span, what: str) -> None:
        version = self.version
        if span.covers(version):
            return
        if version < span.since:
            wanted = f"needs API {_format_version(span.since)}"
        else:
            wanted = f"is not in the API since {_format_version(span.until or version)}"
        raise Incompatible(
            f"{what} {wanted}; the engine at {self.transport.endpoint.url} is spoken to in "
            f"{_format_version(version)}."
        )

    def _negotiate(self) -> tuple[int, int]:
        answer = self.transport.request("GET", "/_ping", timeout=self._timeout)
        advertised = answer.headers.get("Api-Version", "")
        # An engine that is in trouble, or something before it that wants a login, says so.
        if answer.status in (401, 403) or answer.status >= 500:
            raise _refused(answer.status, "GET", "/_ping", answer.body)
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
        self._is_podman = "Libpod-Api-Version" in answer.headers
        return min(engine, NEWEST_VERSION)


def _encode_json(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise InvalidInput(f"What was to be sent cannot be written as JSON: {exc}.") from exc


# Not everybody checks types, so these take whatever comes.


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_readable(body: object) -> bool:
    # Before Python 3.10 a memoryview iterates without saying so.
    is_bytes = isinstance(body, (bytes, bytearray, memoryview))
    return is_bytes or hasattr(body, "read") or (hasattr(body, "__iter__") and not _is_text(body))


def _refused(status: int, method: str, path: str, body: bytes) -> ApiError:
    # Most calls are not, and every task of Ansible's would read anew what refusals mean.
    from ..refusals import error_from_answer

    return error_from_answer(status, method, path, body)


def _is_refusal(status: int) -> bool:
    # Engines redirect paths that they find untidy; followed, that is another operation.
    return status >= 300 and status != _NOT_MODIFIED


def _parse_version(text: str) -> tuple[int, int]:
    match = _VERSION.fullmatch(text.strip()) if _is_text(text) else None
    if match is None:
        raise InvalidInput(f"{text!r} is no API version like 1.41.")
    return int(match[1]), int(match[2])


def _format_version(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
