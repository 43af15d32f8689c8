"""HTTP answers of a server in a real container: what is sent, what is wanted, and TLS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core import wait
from pytest_engine.core.endpoint import Tls
from pytest_engine.core.errors import InvalidInput, WaitTimeout
from pytest_engine.core.wait.json_part import holds, json_differs
from tests.lab.certificates import Authority

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from pytest_engine.core.container import Container
    from tests.conftest import LabImages
    from tests.core.wait.conftest import Start

SERVER = """
import http.server, json, os, ssl, time

asked = []

class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/once":
            asked.append(self.path)
            time.sleep(600 * (len(asked) - 1))
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        told = {"method": self.command, "sent": sent, "status": {"db": "up", "queue": 3}}
        told["path"] = self.path
        told["auth"] = self.headers.get("Authorization")
        told["test"] = self.headers.get("X-Test")
        body = b"no JSON" if self.path == "/text" else json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Ready", "yes, ready")
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

server = http.server.ThreadingHTTPServer(("", 80), Echo)
if os.path.exists("/cert.pem"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("/cert.pem", "/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
"""


@pytest.fixture
def serve(start: Start, lab: LabImages, engine: Engine) -> Callable[..., Container]:
    """Start the server, with TLS if it gets files for that before it is started."""
    lab.require("python:3")
    engine.images.pull("python:3")

    def serve(files: dict[str, bytes] | None = None) -> Container:
        config = {"Image": "python:3", "Cmd": ["python3", "-c", SERVER]}
        container = start("", config=config, start=False)
        if files:
            container.copy_in(files, "/")
        container.start()
        return container

    return serve


@pytest.mark.engine
@pytest.mark.parametrize(
    "condition",
    [
        wait.http("/", method="POST", send="grüße", json={"method": "POST", "sent": "grüße"}),
        wait.http("/grüße?q=a b%20{c}", json={"path": "/gr%C3%BC%C3%9Fe?q=a%20b%20{c}"}),
        wait.http("/", json={"status": {"db": "up"}}),
        wait.http("/", json=lambda value: value["status"]["queue"] < 5),
        wait.http("/", body=re.compile(r'"queue": \d+')),
        wait.http("/", body=lambda text: text.startswith("{")),
        wait.http("/", response_headers={"x-ready": "yes", "Content-Length": re.compile(r"^\d+$")}),
        wait.http("/", auth=("me", "secret"), json={"auth": "Basic bWU6c2VjcmV0"}),
        wait.http("/", headers={"X-Test": "1"}, json={"test": "1"}),
    ],
    ids=str,
)
def test_an_answer_that_has_all_that_is_wanted_will_do(
    serve: Callable[..., Container], condition: wait.Condition
) -> None:
    serve().wait(condition, timeout=60)


@pytest.mark.engine
def test_a_try_that_the_end_cuts_short_does_not_hide_the_one_before(
    serve: Callable[..., Container],
) -> None:
    container = serve()
    container.wait(wait.port(80), timeout=60)
    with pytest.raises(WaitTimeout, match="/once answered 200"):
        container.wait(wait.http("/once", status=204), timeout=2)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (wait.http("/", json={"status": {"db": "down"}}), r"answered 200 with JSON unlike"),
        (wait.http("/text", json={"a": 1}), "answered 200 with a body that is no JSON"),
        (wait.http("/", body=re.compile("^x")), r"answered 200 with a body unlike /\^x/"),
        (wait.http("/", response_headers={"X-Later": ""}), "200 without the header X-Later"),
        (
            wait.http("/", response_headers={"X-Ready": "no"}),
            "200 with another header X-Ready: 'yes, ready'",
        ),
    ],
)
def test_an_answer_that_lacks_something_is_told(
    serve: Callable[..., Container], condition: wait.Condition, reason: str
) -> None:
    container = serve()
    container.wait(wait.port(80), timeout=60)
    with pytest.raises(WaitTimeout, match=reason):
        container.wait(condition, timeout=1.5)


@pytest.mark.engine
def test_credentials_are_never_told(serve: Callable[..., Container]) -> None:
    condition = wait.http(
        "/", status=201, auth=("me", "hunter2"), headers={"X-Token": "hunter3"}, send="hunter4"
    )
    assert "hunter" not in repr(condition) + str(condition)
    assert "bWU6" not in repr(condition) + str(condition)
    with pytest.raises(WaitTimeout) as caught:
        serve().wait(condition, timeout=1.5)
    assert "hunter" not in str(caught.value)


@pytest.mark.engine
def test_tls_is_verified_by_the_authority_that_is_named(
    serve: Callable[..., Container], tmp_path: Path
) -> None:
    ours = Authority(tmp_path / "ours")
    issued = ours.issue("server", "shop.test")
    container = serve({name: (issued / name).read_bytes() for name in ("cert.pem", "key.pem")})
    known = Tls(ca=ours.file, hostname="shop.test")
    container.wait(wait.http("/", tls=known, json={"method": "GET"}), timeout=60)
    container.wait(wait.http("/", tls=Tls(verify=False)), timeout=60)
    for other, reason in (
        (Tls(ca=ours.file), "certificate verify failed: IP address mismatch"),
        (Tls(ca=Authority(tmp_path / "theirs").file, hostname="shop.test"), "certificate verify"),
        (True, "certificate verify failed"),
    ):
        with pytest.raises(WaitTimeout, match=rf"GET https://127.*{reason}"):
            container.wait(wait.http("/", tls=other), timeout=1)


@pytest.mark.engine
def test_a_file_for_tls_that_is_not_there_ends_the_wait_at_once(start: Start) -> None:
    container = start("sleep 1000")
    with pytest.raises(InvalidInput, match=r"/nowhere/ca\.pem cannot be used"):
        container.wait(wait.http("/", tls=Tls(ca="/nowhere/ca.pem")), timeout=60)


def test_credentials_are_stated_once() -> None:
    with pytest.raises(InvalidInput, match="either auth or the header"):
        wait.http("/", auth=("a", "b"), headers={"authorization": "Bearer x"})


@pytest.mark.parametrize(
    ("path", "stated", "reason"),
    [
        ("/\udcff", {}, "the path cannot be written as UTF-8"),
        ("/", {"method": "GRÜSSE"}, "'GRÜSSE' is no method"),
        ("/", {"method": ""}, "'' is no method"),
        ("/", {"headers": {"grüße": "1"}}, "is no name of a header"),
        ("/", {"headers": {"X Y": "1"}}, "is no name of a header"),
        (
            "/",
            {"headers": {"X-A": "€ s3cret"}},
            "the header 'X-A' is more than one line of Latin-1",
        ),
        ("/", {"headers": {"X-A": "s3cret\r\nX-B: 1"}}, "the header 'X-A' is more than one line"),
        ("/", {"headers": {"X-A": None}}, "the header 'X-A' is no text, but NoneType"),
        ("/", {"headers": {"X-A": ["s3cret"]}}, "the header 'X-A' is no text, but list"),
        ("/", {"headers": {None: "1"}}, "None is no name of a header"),
        ("/", {"auth": ("me", "s3cret\udcff")}, "auth cannot be written as UTF-8"),
        ("/", {"send": "s3cret\udcff"}, "send cannot be written as UTF-8"),
    ],
)
def test_what_no_request_can_hold_is_refused_without_being_shown(
    path: str, stated: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        wait.http(path, **stated)
    assert "s3cret" not in str(caught.value)


def test_names_of_headers_may_be_bytes() -> None:
    headers: Any = {b"X-A": b"1"}
    assert wait.http("/", headers=headers).headers == headers


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": {"b": [1, 2], "c": 3}}, {"a": {"b": [1, 2]}}, True),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, False),
        ({"a": None}, {"b": None}, False),
        ({"a": True}, {"a": 1}, False),
        ([], {}, False),
        ("up", "up", True),
        (1, 1.0, True),
    ],
)
def test_json_holds_what_is_among_its_members(value: Any, wanted: Any, expected: bool) -> None:  # noqa: FBT001
    assert holds(value, wanted) is expected


def test_what_is_no_json_is_told() -> None:
    assert json_differs("[" * 100_000, []) == "with a body that is no JSON"
    assert json_differs("[]", []) is None
