"""The volumes of a service that is terminated, and what is left of them where that fails."""

from __future__ import annotations

import http.server
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.errors import Timeout
from pytest_engine.core.service.body import VOLUME_LABEL, Life, to_body
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.kind import ServiceKind, ServiceWanted
from tests.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator


class Manager:
    """A manager with a service, and with volumes.

    Attributes:
        volumes: name -> the label that tells whose it is.
        used: the names of those that something uses.
        asked: what it was asked: method and path.
    """

    def __init__(self) -> None:
        spec = to_body(ServiceDefinition("pg", name="db"), Life(operation="stop"), network="net")
        self.service: Any = {"ID": "id-of-db", "Version": {"Index": 1}, "Spec": spec}
        self.volumes = {
            "db.1.data.0": {VOLUME_LABEL: "db"},
            "db.2.data.0": {VOLUME_LABEL: "db"},
            "db.3.data.0": {},
            "db2.1.data.0": {VOLUME_LABEL: "db2"},
        }
        self.used = {"db.1.data.0"}
        self.asked: list[str] = []

    def answer(self, method: str, target: str) -> tuple[int, Any]:
        """Do what is asked, and tell how that went."""
        path, query = urlsplit(target).path.removeprefix("/v1.41"), urlsplit(target).query
        self.asked.append(f"{method} {path}")
        name = path.rpartition("/")[2]
        if path.startswith("/services/"):
            found, self.service = self.service, self.service if method == "GET" else None
            return (200, found) if found else (404, {"message": f"service {name} not found"})
        if path == "/volumes":
            key, _equals, value = json.loads(parse_qs(query)["filters"][0])["label"][0].partition(
                "="
            )
            found = [one for one, labels in self.volumes.items() if labels.get(key) == value]
            return 200, {"Volumes": [{"Name": one} for one in found]}
        if method == "DELETE" and name in self.used:
            return 409, {"message": f"remove {name}: volume is in use"}
        if method == "DELETE":
            del self.volumes[name]
            return 204, None
        return 200, []


@pytest.fixture
def manager() -> Manager:
    """One of its own for each test."""
    return Manager()


@pytest.fixture
def engine(manager: Manager) -> Iterator[Engine]:
    """Speaks to that manager."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, value = manager.answer(self.command, self.path)
            body = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_DELETE = do_GET  # noqa: N815  # its name there

        def log_message(self, *args: object) -> None:
            pass

    with serving(Handler) as host, Engine(f"tcp://{host}", api_version="1.41") as engine:
        yield engine


def absent(engine: Engine, *, check: bool = False) -> Outcome:
    kind = ServiceKind(timeout=0.1)
    return reconcile(engine, kind, ServiceWanted("db", {}), state="absent", check=check)


def test_a_termination_that_leaves_volumes_tells_which_and_that_the_service_is_gone(
    engine: Engine, manager: Manager
) -> None:
    with pytest.raises(Timeout, match=r"^The volumes of service db, which is gone.* uses ") as told:
        absent(engine)
    assert "uses db.1.data.0 still" in str(told.value)
    assert told.value.done == ("terminate service db",)
    # The other one did not wait for it.
    assert sorted(manager.volumes) == ["db.1.data.0", "db.3.data.0", "db2.1.data.0"]


def test_volumes_that_were_left_are_removed_the_next_time(engine: Engine, manager: Manager) -> None:
    with pytest.raises(Timeout):
        absent(engine)
    with pytest.raises(Timeout, match=r"^The volumes of service db, which is gone"):
        absent(engine)
    manager.used.clear()
    assert absent(engine, check=True).changed
    assert "db.1.data.0" in manager.volumes
    outcome = absent(engine)
    assert list(map(str, outcome.actions)) == ["remove volumes of service db"]
    assert sorted(manager.volumes) == ["db.3.data.0", "db2.1.data.0"]
    manager.asked.clear()
    assert not absent(engine).changed
    assert manager.asked == ["GET /services/db", "GET /volumes"]
