"""Logins to registries, found where the docker command finds them."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.auth import Credentials, RegistryLogin, encode_header, login_to
from pytest_engine.core.errors import EngineError, InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

_HUB = "https://index.docker.io/v1/"
_SECRET = "s3cr3t-\u00fc:word"

# A helper as docker-credential-helpers describes it: the server on standard input, a JSON
# object on standard output, and a text and exit code 1 where it has nothing.
_HELPER = """#!/bin/sh
read -r server
echo "$server" >> "$0.asked"
case "$server" in
  have.example|https://index.docker.io/v1/) printf '{"Username": "me", "Secret": "s3cr3t"}' ;;
  token.example) printf '{"Username": "<token>", "Secret": "t0k3n"}' ;;
  odd.example) printf 's3cr3t is no JSON' ;;
  list.example) printf '["s3cr3t"]' ;;
  broken.example) echo s3cr3t; echo s3cr3t >&2; exit 3 ;;
  *) echo "credentials not found in native keychain"; exit 1 ;;
esac
"""


def _auth(username: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def _credentials(folder: Path, config: Any) -> Credentials:
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    return Credentials({"DOCKER_CONFIG": str(folder)})


def _decoded(header: str | None) -> Any:
    return json.loads(base64.urlsafe_b64decode(header or ""))


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put `docker-credential-test` on the PATH; what it is asked goes to `<it>.asked`."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "docker-credential-test"
    script.write_text(_HELPER)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return script


def test_without_a_configuration_there_is_no_login(tmp_path: Path) -> None:
    assert Credentials({"DOCKER_CONFIG": str(tmp_path)}).header("a.example") is None


@pytest.mark.parametrize(
    "config", ["", " \n", {}, {"auths": {}}, {"auths": None}, {"auths": {"a.example": {}}}]
)
def test_a_registry_that_is_not_named_has_no_login(config: object, tmp_path: Path) -> None:
    assert _credentials(tmp_path, config).login("a.example") is None


def test_a_login_is_found_in_auths(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {"a.example:5000": _auth("me", _SECRET)}})
    assert credentials.login("a.example:5000") == RegistryLogin("a.example:5000", "me", _SECRET)


def test_a_login_may_be_stored_in_plain_fields(tmp_path: Path) -> None:
    entry = {"username": "me", "password": _SECRET}
    credentials = _credentials(tmp_path, {"auths": {"a.example": entry}})
    assert credentials.login("a.example") == RegistryLogin("a.example", "me", _SECRET)


@pytest.mark.parametrize(
    "key",
    ["https://a.example", "https://a.example/v1/", "a.example/", "a.example/v1/", "a.example/team"],
)
def test_a_key_with_scheme_or_path_is_found_by_its_host(key: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {key: _auth("me", "x")}})
    assert credentials.login("a.example") == RegistryLogin("a.example", "me", "x")


@pytest.mark.parametrize("key", [_HUB, "docker.io", "index.docker.io/v1/"])
def test_the_login_to_the_hub_is_found_under_its_key(key: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {key: _auth("me", "x")}})
    assert credentials.login("docker.io") == RegistryLogin(_HUB, "me", "x")


def test_an_identity_token_wins_over_a_password(tmp_path: Path) -> None:
    entry = {**_auth("me", "x"), "identitytoken": "t0k3n"}
    credentials = _credentials(tmp_path, {"auths": {"a.example": entry}})
    expected = {"serveraddress": "a.example", "identitytoken": "t0k3n"}
    assert _decoded(credentials.header("a.example")) == expected


@pytest.mark.pitfall(27)
def test_the_header_is_base64_for_urls(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {"a.example": _auth("me", "\u00ff?>~" * 5)}})
    header = credentials.header("a.example") or ""
    assert not set("+/") & set(header)
    assert _decoded(header)["password"] == "\u00ff?>~" * 5


def test_a_header_can_be_made_of_a_login() -> None:
    expected = {"serveraddress": "a", "username": "me", "password": "x"}
    assert _decoded(encode_header(RegistryLogin("a", "me", "x"))) == expected


def test_docker_auth_config_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"a.example": _auth("file", "x")}}))
    inline = json.dumps({"auths": {"a.example": _auth("inline", "x")}})
    credentials = Credentials({"DOCKER_CONFIG": str(tmp_path), "DOCKER_AUTH_CONFIG": inline})
    login = credentials.login("a.example")
    assert login is not None
    assert login.username == "inline"


def test_the_file_serves_what_docker_auth_config_does_not_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"a.example": _auth("file", "x")}}))
    credentials = Credentials({"DOCKER_CONFIG": str(tmp_path), "DOCKER_AUTH_CONFIG": "{}"})
    assert credentials.login("a.example") == RegistryLogin("a.example", "file", "x")


def test_a_change_of_the_file_is_seen_by_the_next_look(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {})
    assert credentials.login("a.example") is None
    _credentials(tmp_path, {"auths": {"a.example": _auth("me", "x")}})
    assert credentials.login("a.example") is not None


# Credential helpers


def test_a_helper_of_all_registries_is_asked(helper: Path, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": "test"})
    assert credentials.login("have.example") == RegistryLogin("have.example", "me", "s3cr3t")
    assert helper.with_name(helper.name + ".asked").read_text() == "have.example\n"


@pytest.mark.usefixtures("helper")
def test_a_helper_is_asked_for_the_hub_by_its_old_address(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": "test"})
    assert credentials.login("docker.io") == RegistryLogin(_HUB, "me", "s3cr3t")


@pytest.mark.usefixtures("helper")
@pytest.mark.pitfall(27)
def test_a_helper_of_one_registry_wins_over_the_one_of_all(tmp_path: Path) -> None:
    config = {"credHelpers": {"have.example": "test"}, "credsStore": "not-installed"}
    assert _credentials(tmp_path, config).login("have.example") is not None


@pytest.mark.usefixtures("helper")
@pytest.mark.pitfall(27)
def test_a_helper_wins_over_auths(tmp_path: Path) -> None:
    config = {"credsStore": "test", "auths": {"have.example": _auth("old", "x")}}
    login = _credentials(tmp_path, config).login("have.example")
    assert login == RegistryLogin("have.example", "me", "s3cr3t")


@pytest.mark.usefixtures("helper")
@pytest.mark.pitfall(27)
def test_a_helper_may_hand_out_an_identity_token(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": "test"})
    expected = RegistryLogin("token.example", identity_token="t0k3n")
    assert credentials.login("token.example") == expected


@pytest.mark.usefixtures("helper")
@pytest.mark.pitfall(27)
def test_a_helper_that_has_no_login_is_no_error(tmp_path: Path) -> None:
    assert _credentials(tmp_path, {"credsStore": "test"}).login("new.example") is None


def test_a_helper_that_is_not_installed_is_an_error_that_names_it(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": "not-installed"})
    with pytest.raises(EngineError, match="docker-credential-not-installed, which is not install"):
        credentials.login("a.example")


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_a_helper_that_no_program_can_be_called_is_an_error(name: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": name})
    with pytest.raises(EngineError, match=r"docker-credential-.* which no program can be called"):
        credentials.login("a.example")


# The header of builds


@pytest.mark.usefixtures("helper")
def test_a_build_gets_all_logins_that_the_configuration_names(tmp_path: Path) -> None:
    config = {
        "credHelpers": {"have.example": "test", "new.example": "test"},
        "auths": {_HUB: _auth("hub", "x"), "https://b.example/v1/": _auth("b", "y"), "c": {}},
    }
    found = _decoded(_credentials(tmp_path, config).registry_config())
    assert {server: entry["username"] for server, entry in found.items()} == {
        "have.example": "me",
        _HUB: "hub",
        "b.example": "b",
    }


def test_without_logins_a_build_gets_no_header(tmp_path: Path) -> None:
    assert _credentials(tmp_path, {"auths": {"c": {}}}).registry_config() is None


# What is broken


@pytest.mark.parametrize(
    "config",
    [
        "s3cr3t",
        '["s3cr3t"]',
        {"auths": ["s3cr3t"]},
        {"auths": {"a.example": {"auth": "!s3cr3t!"}}},
        {"auths": {"a.example": {"auth": base64.b64encode(b"me:s3cr3t\xff").decode()}}},
        {"credHelpers": ["s3cr3t"]},
        {"credHelpers": "s3cr3t"},
    ],
)
def test_a_broken_configuration_is_an_error_without_secrets(config: Any, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, config)
    with pytest.raises(EngineError) as caught:
        credentials.login("a.example")
    _assert_no_secret(caught.value)


@pytest.mark.usefixtures("helper")
@pytest.mark.parametrize("registry", ["odd.example", "list.example", "broken.example"])
def test_a_broken_helper_is_an_error_without_secrets(registry: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"credsStore": "test"})
    with pytest.raises(EngineError, match=f"docker-credential-test.* for {registry}") as caught:
        credentials.login(registry)
    _assert_no_secret(caught.value)


def _assert_no_secret(error: BaseException | None) -> None:
    while error is not None:
        assert "s3cr3t" not in f"{error} {error!r}"
        error = error.__cause__


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.json").mkdir()
    credentials = Credentials({"DOCKER_CONFIG": str(tmp_path)})
    with pytest.raises(EngineError, match=f"{tmp_path}/config.json"):
        credentials.login("a.example")


def test_a_broken_docker_auth_config_is_named(tmp_path: Path) -> None:
    credentials = Credentials({"DOCKER_CONFIG": str(tmp_path), "DOCKER_AUTH_CONFIG": "{s3cr3t"})
    with pytest.raises(EngineError, match="DOCKER_AUTH_CONFIG is not valid JSON") as caught:
        credentials.header("a.example")
    _assert_no_secret(caught.value)


# What a program has remembered


def test_what_is_remembered_comes_before_the_configuration(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {"a.example": _auth("me", "x")}})
    remembered = login_to("a.example", registry_token=_SECRET)
    credentials.remember(remembered)
    assert credentials.login("a.example") == remembered
    assert _decoded(credentials.header("a.example")) == {
        "serveraddress": "a.example",
        "registrytoken": _SECRET,
    }
    config = _decoded(credentials.registry_config())
    assert config == {"a.example": {"serveraddress": "a.example", "registrytoken": _SECRET}}
    credentials.forget("a.example")
    credentials.forget("a.example")
    assert credentials.login("a.example") == RegistryLogin("a.example", "me", "x")


@pytest.mark.parametrize("name", ["a.example/", "a.example/team", "https://a.example/v2/"])
def test_a_registry_is_remembered_however_it_is_spelt(name: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {})
    credentials.remember(login_to(name, username="me", password="x"))
    expected = RegistryLogin("a.example", "me", "x")
    assert [credentials.login(one) for one in ("a.example", name)] == [expected] * 2
    credentials.forget("http://a.example")
    assert credentials.login(name) is None


@pytest.mark.parametrize("name", ["docker.io", "index.docker.io", "index.docker.io/v1/"])
def test_the_hub_is_remembered_under_each_of_its_names(name: str, tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {})
    credentials.remember(login_to(name, username="me", password="x"))
    expected = RegistryLogin(_HUB, "me", "x")
    assert [credentials.login(one) for one in ("docker.io", "index.docker.io")] == [expected] * 2
    credentials.forget("docker.io")
    assert credentials.login(name) is None


def test_a_registry_token_of_the_configuration_is_used(tmp_path: Path) -> None:
    credentials = _credentials(tmp_path, {"auths": {"a.example": {"registrytoken": _SECRET}}})
    assert credentials.login("a.example") == RegistryLogin("a.example", registry_token=_SECRET)


@pytest.mark.parametrize(
    "parts",
    [
        {"registry": ""},
        {"registry": None},
        {"registry": "https://"},
        {"registry": "a", "username": b"s3cr3t"},
    ],
)
def test_what_is_no_login_is_refused_and_not_shown(parts: Any) -> None:
    with pytest.raises(InvalidInput, match="A login is") as caught:
        login_to(**parts)
    _assert_no_secret(caught.value)


@pytest.mark.parametrize(
    "login",
    [
        RegistryLogin("a", "me", "s3cr3t"),
        RegistryLogin("a", identity_token="s3cr3t"),
        RegistryLogin("a", registry_token="s3cr3t"),
    ],
)
def test_a_login_does_not_show_its_secret(login: RegistryLogin) -> None:
    assert "s3cr3t" not in f"{login} {login!r} {[login]}"
