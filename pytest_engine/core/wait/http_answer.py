"""Wait for an HTTP answer."""

from __future__ import annotations

import base64
import re
import string
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Union
from urllib.parse import quote

from ..endpoint import Tls
from ..errors import InvalidInput
from ..spec.values import encode_text
from .condition import Leaf, Situation, Watcher
from .http_try import Answer, Trial
from .json_part import JsonWanted, json_differs
from .target import find_target, why_no_target
from .text import Text, is_wanted, require_text, shown

if TYPE_CHECKING:
    from .facts import Facts

__all__ = ["HttpAnswer", "http"]

Status = Union[int, Collection[int], Callable[[int], bool]]
# What methods and names of headers are made of (RFC 9110 5.6.2).
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True)
class HttpAnswer(Leaf):
    """An HTTP request to the container is answered as wanted."""

    path: str
    port: int | None
    status: Status
    method: str
    headers: Mapping[str, str] = field(hash=False, repr=False)
    body: Text | None
    json: JsonWanted = field(default=None, hash=False)
    response_headers: Mapping[str, Text] = field(default_factory=dict, hash=False)
    send: bytes | None = field(default=None, repr=False)
    tls: Tls | None = None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for, without what may be secret: headers and body sent."""
        parts = [repr(self.path)]
        if self.port is not None:
            parts.append(f"port={self.port}")
        if self.status != 200:
            parts.append(f"status={shown(self.status)}")
        if self.method != "GET":
            parts.append(f"method={self.method!r}")
        if self.body is not None:
            parts.append(f"body={shown(self.body)}")
        if self.json is not None:
            parts.append(f"json={shown(self.json)}")
        if self.response_headers:
            wanted = ", ".join(f"{k!r}: {shown(v)}" for k, v in self.response_headers.items())
            parts.append(f"response_headers={{{wanted}}}")
        if self.tls is not None:
            parts.append("tls=True")
        return f"http({', '.join(parts)})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to ask."""
        watcher = Watcher("its first try has not ended")
        problem = why_no_target(facts, self.port) if facts.is_running else None
        if problem:
            watcher.give_up(problem)
        # Files of TLS that cannot be used are told at once.
        watcher.probe = _Asking(self, Trial(self.tls))
        return watcher

    def judge(self, answer: Answer) -> str | None:
        """Say what of an answer is not as wanted; None: all is."""
        if not _is_status(answer.status, self.status):
            return ""
        for name, value in self.response_headers.items():
            actual = answer.header(name)
            if actual is None:
                return f"without the header {name}"
            if not is_wanted(actual, value):
                return f"with another header {name}: {actual!r}"
        if self.body is not None and not is_wanted(answer.text, self.body):
            does_not = "that does not contain" if isinstance(self.body, str) else "unlike"
            return f"with a body {does_not} {shown(self.body)}"
        if self.json is not None:
            return json_differs(answer.text, self.json)
        return None

    @property
    def reads_body(self) -> bool:
        """Whether the body of the answer counts."""
        return self.body is not None or self.json is not None


@dataclass(frozen=True)
class _Asking:
    condition: HttpAnswer
    trial: Trial

    def __call__(self, situation: Situation) -> str | None:
        wanted = self.condition
        address = find_target(situation.facts, wanted.port)
        if address is None:
            return why_no_target(situation.facts, wanted.port)
        what = f"{wanted.method} {self.trial.scheme}://{address}{wanted.path}"
        answer = self.trial.ask(
            situation,
            address,
            (wanted.method, _encode_path(wanted.path)),
            wanted.headers,
            wanted.send,
            reads_body=wanted.reads_body,
        )
        if isinstance(answer, str):
            return f"{what}: {answer}"
        problem = wanted.judge(answer)
        return None if problem is None else f"{what} answered {answer.status} {problem}".rstrip()


def _is_status(status: int, wanted: Status) -> bool:
    if callable(wanted):
        return bool(wanted(status))
    return status == wanted if isinstance(wanted, int) else status in wanted


def _encode_path(path: str) -> str:
    """Encode what may not stand in a request as it is; what is encoded already stays so."""
    return quote(path, safe=string.punctuation)


def _check_request(path: str, method: str, headers: Mapping[Any, Any]) -> None:
    """Refuse what `http.client` would, at every try."""
    encode_text(path, "wait.http: the path")
    if not _TOKEN.fullmatch(method):
        raise InvalidInput(f"wait.http: {method!r} is no method.")
    for name, value in headers.items():
        # Not everybody checks types; bytes are taken as well, and numbers as values.
        if not isinstance(name, (str, bytes)):
            raise InvalidInput(f"wait.http: {name!r:.80} is no name of a header.")
        if not isinstance(value, (str, bytes, int)):
            kind = type(value).__name__
            raise InvalidInput(f"wait.http: the header {name!r} is no text, but {kind}.")
        if isinstance(name, str) and not _TOKEN.fullmatch(name):
            raise InvalidInput(f"wait.http: {name!r} is no name of a header.")
        # Values may be secrets.
        if isinstance(value, str) and not _is_header(value):
            raise InvalidInput(f"wait.http: the header {name!r} is more than one line of Latin-1.")


def _is_header(value: str) -> bool:
    return all(ord(letter) < 256 and letter not in "\r\n\0" for letter in value)


def http(
    path: str = "/",
    *,
    port: int | None = None,
    status: Status = 200,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    send: str | bytes | None = None,
    auth: tuple[str, str] | None = None,
    tls: bool | Tls = False,
    body: Text | None = None,
    json: JsonWanted = None,
    response_headers: Mapping[str, Text] | None = None,
) -> HttpAnswer:
    """Wait until an HTTP request to the container is answered as wanted.

    Redirects are not followed: their own status counts. All that is stated has to be true of
    the same answer.

    Args:
        path: path and query; spaces and letters beyond ASCII are encoded.
        port: the port in the container; None: the only one that is published.
        status: the status of the answer, several of them, or a function that says
            whether one will do.
        method: the method.
        headers: headers to send.
        send: the body to send, text as UTF-8.
        auth: name and password for the server (Basic authentication).
        tls: over TLS. A `Tls` says by which authorities the server is known (`ca`), that it
            need not be (`verify=False`), for which name its certificate is (`hostname`), and
            what to show to it (`cert`, `key`).
        body: what the body of the answer has to contain, in its first MiB; or a compiled
            regular expression that is searched for in it, or a function that says whether it
            will do.
        json: what the body has to hold as JSON: a mapping of names to values, which have to
            be among its own, however deep; another value, which it has to be; or a function
            that takes it and says whether it will do.
        response_headers: headers that the answer has to have, each with what its value has to
            contain, or as for `body`.

    Raises:
        InvalidInput: the path does not begin with a slash, credentials are stated twice, or a
            request cannot hold something of it.
    """
    if not path.startswith("/"):
        raise InvalidInput(f"wait.http: the path begins with a slash, unlike {path!r}.")
    sent = dict(headers or {})
    _check_request(path, method, sent)
    if auth is not None:
        if "authorization" in {name.lower() for name in sent}:
            raise InvalidInput("wait.http: state either auth or the header Authorization.")
        login = base64.b64encode(encode_text(":".join(auth), "wait.http: auth"))
        sent["Authorization"] = f"Basic {login.decode()}"
    require_text(body, "wait.http: body")
    return HttpAnswer(
        path,
        port,
        status,
        method,
        sent,
        body,
        json,
        dict(response_headers or {}),
        encode_text(send, "wait.http: send") if isinstance(send, str) else send,
        (tls if isinstance(tls, Tls) else Tls()) if tls else None,
    )
