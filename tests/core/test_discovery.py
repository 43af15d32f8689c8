"""Which engine is talked to: arguments, environment, Docker contexts, usual sockets."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from pytest_engine.core.discovery import docker_config_dir, resolve_endpoint
from pytest_engine.core.endpoint import Endpoint, Tls
from pytest_engine.core.errors import InvalidInput


def _context(config: Path, name: str, meta: object, *, tls: bool = False) -> Path:
    identity = hashlib.sha256(name.encode()).hexdigest()
    folder = config / "contexts" / "meta" / identity
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(meta if isinstance(meta, str) else json.dumps(meta))
    files = config / "contexts" / "tls" / identity / "docker"
    if tls:
        files.mkdir(parents=True)
    return files


def _meta(host: str) -> dict[str, object]:
    return {"Name": "any", "Endpoints": {"docker": {"Host": host}}}


@pytest.mark.pitfall(37)
def test_the_argument_wins_over_the_environment() -> None:
    endpoint = resolve_endpoint("unix:///a", {"DOCKER_HOST": "unix:///b", "DOCKER_CONTEXT": "c"})
    assert endpoint == Endpoint("unix", path="/a", origin="argument")


def test_an_endpoint_is_taken_as_it_is() -> None:
    endpoint = Endpoint("unix", path="/a", origin="lab")
    assert resolve_endpoint(endpoint, {"DOCKER_HOST": "unix:///b"}) is endpoint


@pytest.mark.pitfall(37)
def test_docker_host_wins_over_contexts(tmp_path: Path) -> None:
    _context(tmp_path, "c", _meta("unix:///c"))
    environ = {"DOCKER_HOST": "unix:///b", "DOCKER_CONTEXT": "c", "DOCKER_CONFIG": str(tmp_path)}
    assert resolve_endpoint(None, environ) == Endpoint("unix", path="/b", origin="DOCKER_HOST")


@pytest.mark.pitfall(37)
def test_docker_context_wins_over_the_current_context(tmp_path: Path) -> None:
    _context(tmp_path, "one", _meta("unix:///one"))
    _context(tmp_path, "two", _meta("unix:///two"))
    (tmp_path / "config.json").write_text('{"currentContext": "one"}')
    environ = {"DOCKER_CONTEXT": "two", "DOCKER_CONFIG": str(tmp_path)}
    expected = Endpoint("unix", path="/two", origin="context 'two'")
    assert resolve_endpoint(None, environ) == expected


@pytest.mark.pitfall(37)
@pytest.mark.pitfall(38)
def test_the_current_context_is_found_in_the_configuration(tmp_path: Path) -> None:
    _context(tmp_path, "one", _meta("tcp://one:1"))
    (tmp_path / "config.json").write_text('{"currentContext": "one"}')
    expected = Endpoint("tcp", host="one", port=1, origin="context 'one'")
    assert resolve_endpoint(None, {"DOCKER_CONFIG": str(tmp_path)}) == expected


DEEP = pytest.param("[" * 100_000, id="deep")


@pytest.mark.parametrize(
    "config", ["", "not JSON", "[]", '{"currentContext": 5}', "\ufeff{}", DEEP]
)
def test_a_configuration_that_names_no_context_leaves_the_default(
    config: str, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(config)
    endpoint = resolve_endpoint(None, {"DOCKER_CONFIG": str(tmp_path)})
    assert endpoint.origin == "default socket"


def test_the_context_called_default_is_the_default_socket(tmp_path: Path) -> None:
    environ = {"DOCKER_CONTEXT": "default", "DOCKER_CONFIG": str(tmp_path)}
    assert resolve_endpoint(None, environ).origin == "default socket"


@pytest.mark.pitfall(37)
def test_a_context_that_does_not_exist_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="DOCKER_CONTEXT: there is no Docker context 'lost'"):
        resolve_endpoint(None, {"DOCKER_CONTEXT": "lost", "DOCKER_CONFIG": str(tmp_path)})


@pytest.mark.parametrize(
    "meta", ["", "[]", "{}", {"Endpoints": {}}, {"Endpoints": {"docker": 5}}, DEEP]
)
def test_a_broken_context_is_an_error_that_names_it(meta: object, tmp_path: Path) -> None:
    _context(tmp_path, "odd", meta)
    with pytest.raises(InvalidInput, match="cannot read Docker context 'odd'"):
        resolve_endpoint(None, {"DOCKER_CONTEXT": "odd", "DOCKER_CONFIG": str(tmp_path)})


def test_a_name_that_no_context_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^DOCKER_CONTEXT: '.ud800' cannot be the name"):
        resolve_endpoint(None, {"DOCKER_CONTEXT": "\ud800", "DOCKER_CONFIG": str(tmp_path)})


def test_a_context_with_an_address_that_is_not_supported_is_named(tmp_path: Path) -> None:
    _context(tmp_path, "far", _meta("npipe:////./pipe/docker"))
    with pytest.raises(InvalidInput, match="context 'far': npipe:// is not supported"):
        resolve_endpoint(None, {"DOCKER_CONTEXT": "far", "DOCKER_CONFIG": str(tmp_path)})


def test_a_context_brings_its_files_for_tls(tmp_path: Path) -> None:
    files = _context(tmp_path, "safe", _meta("tcp://safe"), tls=True)
    (files / "ca.pem").touch()
    endpoint = resolve_endpoint(None, {"DOCKER_CONTEXT": "safe", "DOCKER_CONFIG": str(tmp_path)})
    assert (endpoint.port, endpoint.tls) == (2376, Tls(ca=files / "ca.pem"))


def test_a_context_may_leave_the_certificate_unchecked(tmp_path: Path) -> None:
    meta = {"Endpoints": {"docker": {"Host": "tcp://safe:1", "SkipTLSVerify": True}}}
    _context(tmp_path, "lax", meta)
    endpoint = resolve_endpoint(None, {"DOCKER_CONTEXT": "lax", "DOCKER_CONFIG": str(tmp_path)})
    assert endpoint.tls == Tls(verify=False)


@pytest.mark.parametrize("value", ["1", "0", "no"])
@pytest.mark.pitfall(36)
def test_any_value_of_docker_tls_verify_encrypts_and_checks(value: str, tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).touch()
    environ = {
        "DOCKER_HOST": "tcp://a",
        "DOCKER_TLS_VERIFY": value,
        "DOCKER_CERT_PATH": str(tmp_path),
    }
    expected = Tls(tmp_path / "ca.pem", tmp_path / "cert.pem", tmp_path / "key.pem")
    assert resolve_endpoint(None, environ).tls == expected
    assert resolve_endpoint("tcp://b", environ).tls == expected


def test_docker_tls_encrypts_without_a_check(tmp_path: Path) -> None:
    environ = {"DOCKER_HOST": "tcp://a", "DOCKER_TLS": "1", "DOCKER_CONFIG": str(tmp_path)}
    assert resolve_endpoint(None, environ).tls == Tls(verify=False)


@pytest.mark.pitfall(36)
def test_docker_cert_path_alone_encrypts_nothing(tmp_path: Path) -> None:
    environ = {"DOCKER_HOST": "tcp://a", "DOCKER_CERT_PATH": str(tmp_path)}
    assert resolve_endpoint(None, environ).tls is None


def test_a_folder_of_certificates_that_is_missing_is_an_error() -> None:
    environ = {
        "DOCKER_HOST": "tcp://a",
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": "/nowhere",
    }
    with pytest.raises(InvalidInput, match="DOCKER_CERT_PATH: /nowhere is no folder"):
        resolve_endpoint(None, environ)


def test_the_argument_says_how_to_encrypt_before_the_environment_does() -> None:
    environ = {"DOCKER_HOST": "tcp://a", "DOCKER_TLS": "1"}
    assert resolve_endpoint(None, environ, Tls(ca="mine.pem")).tls == Tls(ca="mine.pem")


@pytest.mark.parametrize("host", ["unix:///a", "/a", "UNIX:///a"])
def test_a_socket_needs_no_tls(host: str) -> None:
    environ = {"DOCKER_HOST": host, "DOCKER_TLS_VERIFY": "1"}
    assert resolve_endpoint(None, environ).path == "/a"


def test_an_empty_docker_tls_verify_asks_for_nothing() -> None:
    endpoint = resolve_endpoint(None, {"DOCKER_HOST": "tcp://a:1", "DOCKER_TLS_VERIFY": ""})
    assert endpoint.host == "a"


def test_an_error_names_the_variable_that_is_wrong() -> None:
    with pytest.raises(InvalidInput, match=r"^DOCKER_HOST: "):
        resolve_endpoint(None, {"DOCKER_HOST": "nonsense"})


def test_the_configuration_is_in_the_home_folder_by_default(tmp_path: Path) -> None:
    assert docker_config_dir({"HOME": str(tmp_path)}) == tmp_path / ".docker"


def test_a_rootless_socket_is_found_where_the_usual_one_is_missing(tmp_path: Path) -> None:
    (tmp_path / "docker.sock").touch()
    environ = {"XDG_RUNTIME_DIR": str(tmp_path), "DOCKER_CONFIG": str(tmp_path)}
    found = resolve_endpoint(None, environ).path
    assert found in ("/var/run/docker.sock", str(tmp_path / "docker.sock"))


def _refuse(path: object, *_args: object, **_options: object) -> NoReturn:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_a_socket_that_may_not_be_looked_at_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is kept from the user that most of these tests run as.
    monkeypatch.setattr(os, "stat", _refuse)
    endpoint = resolve_endpoint(None, {"XDG_RUNTIME_DIR": "/run/user/1000"}, None)
    assert endpoint.url == "unix:///var/run/docker.sock"


def test_a_folder_that_may_not_be_looked_at_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_dir", _refuse)
    env = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/run/user/1000/certs"}
    with pytest.raises(InvalidInput, match="/run/user/1000/certs cannot be looked at: Perm"):
        resolve_endpoint("tcp://build.example:2376", env, None)


def test_a_user_without_a_home_has_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(path: Path) -> Path:
        raise RuntimeError(f"Could not determine home directory for {path}.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert resolve_endpoint(None, {}, None).scheme == "unix"
