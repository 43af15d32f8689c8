"""Logins, kept and forgotten where the docker command does it."""

from __future__ import annotations

import base64
import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.auth import RegistryLogin, registry_of
from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.logins import LoginSpec, ensure_login
from pytest_engine.core.errors import EngineError, InvalidInput
from pytest_engine.core.login_store import LoginStore

if TYPE_CHECKING:
    from pathlib import Path

HUB = "https://index.docker.io/v1/"
SECRET = "s3cr3t-\u00fc:word"  # of nobody

# Keeps each login in a file that is named after the server, as docker-credential-helpers says.
HELPER = """#!/usr/bin/env python3
import json, pathlib, sys
text = sys.stdin.read()
place = lambda server: pathlib.Path(__file__).with_name(server.replace("/", "_") + ".login")
if sys.argv[1] == "store":
    value = json.loads(text)
    if value["Username"] == "broken":
        sys.exit(f"no room for {value['Secret']}")
    place(value["ServerURL"]).write_text(text)
elif sys.argv[1] == "get" and place(text).exists():
    print(place(text).read_text())
elif sys.argv[1] == "erase" and place(text).exists():
    place(text).unlink()
else:
    sys.exit(print("credentials not found in native keychain") or 1)
"""


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put `docker-credential-test` on the PATH; the folder where it keeps logins."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "docker-credential-test"
    script.write_text(HELPER)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def entry(username: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def content(path: Path) -> Any:
    return json.loads(path.read_text())


def test_a_login_is_kept_found_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "config.json"
    store = LoginStore(path)
    assert store.find("host:5000") is None
    store.keep("host:5000", "me", SECRET)
    assert content(path) == {"auths": {"host:5000": entry("me", SECRET)}}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert store.find("host:5000") == RegistryLogin("host:5000", "me", SECRET)
    store.forget("host:5000")
    assert content(path) == {"auths": {}}
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("registry", "key"),
    [
        ("docker.io", HUB),
        (HUB, HUB),
        ("https://index.docker.io/v1", HUB),
        ("registry-1.docker.io", HUB),
        ("https://host:5000/v2/", "host:5000"),
        ("http://host", "host"),
        ("host:5000/", "host:5000"),
        ("ghcr.io/acme", "ghcr.io"),
        ("index.docker.io/v1/", HUB),
    ],
)
def test_a_url_stands_for_its_registry(registry: str, key: str, tmp_path: Path) -> None:
    store = LoginStore(tmp_path / "config.json")
    store.keep(registry, "me", SECRET)
    assert list(content(tmp_path / "config.json")["auths"]) == [key]
    assert store.find(registry_of(registry)) == store.find(registry)


@pytest.mark.parametrize(
    "key", ["https://host", "https://host/v1/", "http://host/v2/", "host/", "host/v1/", "host/team"]
)
def test_a_login_under_another_key_is_found_and_forgotten(key: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"auths": {key: entry("me", SECRET), "kept": {}}}))
    store = LoginStore(path)
    assert store.find("host") == RegistryLogin("host", "me", SECRET)
    store.forget("host")
    assert content(path) == {"auths": {"kept": {}}}


def test_what_else_is_in_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    before = {
        "auths": {"other": entry("you", "x")},
        "proxies": {"default": {}},
        "currentContext": 1,
    }
    path.write_text(json.dumps(before))
    path.chmod(0o644)
    store = LoginStore(path)
    store.keep("host", "me", SECRET)
    store.forget("host")
    assert content(path) == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_forgetting_what_is_not_there_writes_nothing(tmp_path: Path) -> None:
    LoginStore(tmp_path / "config.json").forget("host")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"auths": 7}'])
def test_a_broken_file_is_not_replaced(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    broken = r"logins cannot be read|is no JSON object"
    with pytest.raises(EngineError, match=broken):
        LoginStore(path).keep("host", "me", SECRET)
    with pytest.raises(EngineError, match=broken):
        LoginStore(path).forget("host")
    assert path.read_text() == text


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match=r"Cannot (read|write)") as caught:
        LoginStore(tmp_path / "file" / "config.json").keep("host", "me", SECRET)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("username", "password", "said"),
    [
        ("me:you", SECRET, "username: it has a colon"),
        ("me\udcff", SECRET, "username cannot be written as UTF-8"),
        ("me", SECRET + "\udcff", "password cannot be written as UTF-8"),
    ],
)
def test_a_login_that_the_file_cannot_hold_is_refused(
    username: str, password: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=f"^{said}") as caught:
        LoginStore(tmp_path / "config.json").keep("host", username, password)
    assert "s3cr3t" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", [False, True])
def test_a_login_that_cannot_be_kept_is_not_tried(check: bool, tmp_path: Path) -> None:  # noqa: FBT001  # from the line above
    wanted = LoginSpec("host", "me:you", SECRET)
    # Nobody listens there.
    with Engine(f"unix://{tmp_path}/none.sock", environ={}) as engine, pytest.raises(InvalidInput):
        ensure_login(engine, wanted, str(tmp_path / "config.json"), check=check)


@pytest.mark.parametrize("section", [{"credsStore": "test"}, {"credHelpers": {"host": "test"}}])
@pytest.mark.parametrize("spelt", ["https://host", "host/", "host/team"])
def test_a_helper_keeps_the_login(
    section: dict[str, Any], spelt: str, helper: Path, tmp_path: Path
) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(section))
    store = LoginStore(path)
    assert store.keeper(spelt) == "docker-credential-test"
    assert store.find("host") is None
    store.keep(spelt, "me", SECRET)
    assert content(path) == {**section, "auths": {"host": {}}}
    assert content(helper / "host.login")["Secret"] == SECRET
    assert store.find("host") == RegistryLogin("host", "me", SECRET)
    store.forget("host")
    store.forget("host")
    assert content(path) == {**section, "auths": {}}
    assert store.find("host") is None


@pytest.mark.usefixtures("helper")
def test_a_helper_that_fails_is_an_error_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"credsStore": "test"}')
    with pytest.raises(
        EngineError, match="docker-credential-test store failed with exit code"
    ) as e:
        LoginStore(path).keep("host", "broken", SECRET)
    assert "s3cr3t" not in str(e.value)
    path.write_text('{"credsStore": "missing"}')
    with pytest.raises(EngineError, match="docker-credential-missing, which is not installed"):
        LoginStore(path).keep("host", "me", SECRET)
    assert path.read_text() == '{"credsStore": "missing"}'


def test_a_helper_is_not_asked_for_a_registry_that_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"credsStore": "test"}))
    with pytest.raises(InvalidInput, match=r"^registry cannot be written as UTF-8"):
        LoginStore(path).find("host\udcff")
