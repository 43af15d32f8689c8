"""Wait for an HTTP answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import client
from typing import Callable, Union

from ..errors import InvalidInput
from .condition import Leaf, Situation, Watcher
from .connect import connected, why_not
from .facts import Address, Facts, address_of, own_address, published_ports

__all__ = ["HttpAnswer", "http"]

Status = Union[int, Collection[int], Callable[[int], bool]]

# Seconds of silence after which a try is given up and made again.
_PATIENCE = 5.0
_LONGEST_BODY = 1 << 20


@dataclass(frozen=True)
class HttpAnswer(Leaf):
    """An HTTP request to the container is answered as wanted."""

    path: str
    port: int | None
    status: Status
    method: str
    headers: Mapping[str, str] = field(hash=False)
    body: str | None

    def __str__(self) -> str:
        """Write it as it was asked for."""
        parts = [repr(self.path)]
        if self.port is not None:
            parts.append(f"port={self.port}")
        if self.status != 200:
            name = getattr(self.status, "__name__", None)
            parts.append(f"status={name or self.status}")
        if self.method != "GET":
            parts.append(f"method={self.method!r}")
        if self.body is not None:
            parts.append(f"body={self.body!r}")
        return f"http({', '.join(parts)})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to ask."""
        watcher = Watcher("not tried yet")
        problem = self._problem(facts) if facts.is_running else None
        if problem:
            watcher.give_up(problem)
        watcher.probe = self._probe
        return watcher

    def _problem(self, facts: Facts) -> str | None:
        if self._number(facts) is None:
            ports = ", ".join(published_ports(facts.inspected)) or "none"
            return f"which port to ask is not clear (published: {ports}); state port="
        if self._address(facts) is None:
            return (
                f"port {self.port} is not published, and the container's own address cannot be "
                "reached from here"
            )
        return None

    def _number(self, facts: Facts) -> int | None:
        if self.port is not None:
            return self.port
        published = [name for name in published_ports(facts.inspected) if name.endswith("/tcp")]
        return int(published[0].partition("/")[0]) if len(published) == 1 else None

    def _address(self, facts: Facts) -> Address | None:
        number = self._number(facts)
        if number is None:
            return None
        # What is published is what the tests will ask, so it is tried first.
        return address_of(facts, number) or own_address(facts, number)

    def _probe(self, situation: Situation) -> str | None:
        address = self._address(situation.facts)
        if address is None:
            return self._problem(situation.facts)
        connection = client.HTTPConnection(address.host, address.port)
        try:
            with connected(address, situation, _PATIENCE) as connection.sock:
                connection.request(self.method, self.path, headers=dict(self.headers))
                with connection.getresponse() as response:
                    content = response.read(_LONGEST_BODY) if self.body is not None else b""
        except client.RemoteDisconnected:
            return f"http://{address}: the connection was closed without an answer"
        except (OSError, client.HTTPException) as exc:
            return f"{self.method} http://{address}{self.path}: {why_not(exc)}"
        finally:
            connection.close()
        what = f"{self.method} http://{address}{self.path} answered {response.status}"
        if not _is_wanted(response.status, self.status):
            return what
        if self.body is not None and self.body not in content.decode("utf-8", "replace"):
            return f"{what} with a body that does not contain {self.body!r}"
        return None


def _is_wanted(status: int, wanted: Status) -> bool:
    if callable(wanted):
        return bool(wanted(status))
    return status == wanted if isinstance(wanted, int) else status in wanted


def http(
    path: str = "/",
    *,
    port: int | None = None,
    status: Status = 200,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str | None = None,
) -> HttpAnswer:
    """Wait until an HTTP request to the container is answered as wanted.

    Redirects are not followed: their own status counts.

    Args:
        path: path and query.
        port: the port in the container; None: the only one that is published.
        status: the status of the answer, several of them, or a function that says
            whether one will do.
        method: the method.
        headers: headers to send.
        body: a text that the answer has to contain, in its first MiB.
    """
    if not path.startswith("/"):
        raise InvalidInput(f"wait.http: the path begins with a slash, unlike {path!r}.")
    return HttpAnswer(path, port, status, method, dict(headers or {}), body)
