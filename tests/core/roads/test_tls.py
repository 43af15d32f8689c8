"""An engine over TCP with TLS: who is believed, and what is said where nobody is."""

from __future__ import annotations

import shutil
import socket
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.endpoint import Tls
from pytest_engine.core.errors import ConnectionFailed, InvalidInput
from tests.core.roads.relay import Relay
from tests.roads import ENGINE_NAME, TlsEngine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.engine


def refused(engine: Engine) -> str:
    """What is said when nothing works, in a short call as in a stream."""
    said = []
    with engine:
        for call in (engine.system.version, engine.system.events):
            with pytest.raises(ConnectionFailed) as caught:
                call()
            assert caught.value.endpoint == engine.endpoint.url
            said.append(str(caught.value))
    assert said[0] == said[1]
    return said[0]


# Who is believed


def test_both_sides_show_certificates_of_one_authority(tls_engine: TlsEngine) -> None:
    with tls_engine.connect() as engine:
        assert engine.system.version()["ApiVersion"]


def test_the_environment_says_it_as_to_the_docker_command(tls_engine: TlsEngine) -> None:
    environ = {
        "DOCKER_HOST": tls_engine.host,
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(tls_engine.client),
    }
    with Engine(environ=environ) as engine:
        engine.system.ping()


def test_the_files_may_lie_beside_dockers_configuration(tls_engine: TlsEngine) -> None:
    environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CONFIG": str(tls_engine.client)}
    with Engine(tls_engine.host, environ=environ) as engine:
        engine.system.ping()


@pytest.mark.pitfall(36)
def test_a_value_that_reads_like_no_verifies_as_well(tls_engine: TlsEngine) -> None:
    environ = {"DOCKER_TLS_VERIFY": "0", "DOCKER_CERT_PATH": str(tls_engine.stranger)}
    engine = Engine(tls_engine.host, environ=environ)
    with engine, pytest.raises(ConnectionFailed, match="its certificate is not accepted"):
        engine.system.ping()


def test_docker_tls_alone_does_not_look_at_the_engines_certificate(tls_engine: TlsEngine) -> None:
    folder = tls_engine.client.parent / "without-ca"
    shutil.copytree(tls_engine.client, folder)
    shutil.copy(tls_engine.stranger / "ca.pem", folder)
    environ = {"DOCKER_TLS": "1", "DOCKER_CERT_PATH": str(folder)}
    with Engine(tls_engine.host, environ=environ) as engine:
        engine.system.ping()


def test_the_address_may_be_https(tls_engine: TlsEngine) -> None:
    host = tls_engine.host.replace("tcp://", "https://")
    with Engine(host, tls=tls_engine.tls, environ={}) as engine:
        engine.system.ping()


def test_a_certificate_of_another_authority_is_not_accepted(tls_engine: TlsEngine) -> None:
    wrong = replace(tls_engine.tls, ca=tls_engine.stranger / "ca.pem")
    said = refused(tls_engine.connect(wrong))
    assert "its certificate is not accepted: " in said
    assert said.endswith("Name the authority that signed it (ca.pem), or the name that it is for.")


def test_a_certificate_for_another_host_is_not_accepted(tls_engine: TlsEngine) -> None:
    wrong = replace(tls_engine.tls, hostname="other.test")
    assert "certificate is not valid for 'other.test'" in refused(tls_engine.connect(wrong))


def test_the_name_of_the_certificate_can_be_given(tls_engine: TlsEngine) -> None:
    with tls_engine.connect(replace(tls_engine.tls, hostname=ENGINE_NAME)) as engine:
        engine.system.ping()


@pytest.mark.parametrize("name", ["a..b", ".test", "x" * 70, "-"])
def test_a_name_that_no_host_can_have_is_an_error(name: str, tls_engine: TlsEngine) -> None:
    engine = tls_engine.connect(replace(tls_engine.tls, hostname=name))
    with engine, pytest.raises((InvalidInput, ConnectionFailed)):
        engine.system.ping()


def test_without_verification_any_engine_is_believed(tls_engine: TlsEngine) -> None:
    loose = replace(
        tls_engine.tls, ca=tls_engine.stranger / "ca.pem", verify=False, hostname="other.test"
    )
    with tls_engine.connect(loose) as engine:
        engine.system.ping()


def test_without_a_client_certificate_the_engine_refuses(tls_engine: TlsEngine) -> None:
    said = refused(tls_engine.connect(Tls(ca=tls_engine.client / "ca.pem")))
    assert "The engine asks for a client certificate that it knows; name one." in said


def test_a_client_certificate_of_another_authority_is_refused(tls_engine: TlsEngine) -> None:
    files = tls_engine.stranger
    wrong = replace(tls_engine.tls, cert=files / "cert.pem", key=files / "key.pem")
    said = refused(tls_engine.connect(wrong))
    assert "The engine asks for a client certificate that it knows; name one." in said


# The environment's authorities (of requests, of OpenSSL) have no say where the endpoint has its own


@pytest.mark.pitfall(47)
def test_the_environments_authorities_do_not_replace_the_endpoints(
    tls_engine: TlsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tls_engine.stranger / "ca.pem"))
    with tls_engine.connect() as engine:
        engine.system.ping()


def test_the_environments_authorities_do_not_add_to_the_endpoints(
    tls_engine: TlsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(tls_engine.client / "ca.pem"))
    wrong = replace(tls_engine.tls, ca=tls_engine.stranger / "ca.pem")
    assert "certificate is not accepted" in refused(tls_engine.connect(wrong))


def test_without_authorities_of_its_own_the_systems_are_asked(
    tls_engine: TlsEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = replace(tls_engine.tls, ca=None)
    assert "certificate is not accepted" in refused(tls_engine.connect(tls))
    # OpenSSL's way to name others for the whole system.
    monkeypatch.setenv("SSL_CERT_FILE", str(tls_engine.client / "ca.pem"))
    with tls_engine.connect(tls) as engine:
        engine.system.ping()


# Files that cannot be used


def test_a_file_that_is_missing_is_named(tls_engine: TlsEngine, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=f"TLS: .*{tmp_path}/none.pem"):
        tls_engine.connect(replace(tls_engine.tls, ca=tmp_path / "none.pem"))


def test_a_key_of_another_certificate_is_an_error(tls_engine: TlsEngine) -> None:
    with pytest.raises(InvalidInput, match=r"key\.pem cannot be used"):
        tls_engine.connect(replace(tls_engine.tls, key=tls_engine.stranger / "key.pem"))


def test_a_key_with_a_passphrase_is_refused_and_not_asked_for(
    tls_engine: TlsEngine, tmp_path: Path
) -> None:
    locked = tmp_path / "locked.pem"
    command = ["openssl", "ec", "-aes256", "-passout", "pass:s3cr3t"]
    key = ["-in", str(tls_engine.client / "key.pem"), "-out", str(locked)]
    subprocess.run([*command, *key], check=True, capture_output=True)
    with pytest.raises(InvalidInput, match="a key with a passphrase is not supported"):
        tls_engine.connect(replace(tls_engine.tls, key=locked))


# TLS where there is none, and the other way round


def test_plain_http_to_an_engine_with_tls_says_what_is_missing(tls_engine: TlsEngine) -> None:
    engine = Engine(tls_engine.host, environ={})
    with engine, pytest.raises(ConnectionFailed, match=r"speaks TLS\. Set DOCKER_TLS_VERIFY=1"):
        engine.system.ping()


def test_tls_to_an_engine_without_it_says_so(tls_engine: TlsEngine, engine_host: str) -> None:
    with Relay(engine_host[len("unix://") :]) as plain:
        with Engine(f"tcp://{plain.address}", environ={}) as engine:
            engine.system.ping()
        said = refused(Engine(f"tcp://{plain.address}", tls=tls_engine.tls, environ={}))
    assert "TLS failed: " in said
    assert said.endswith("Check that the engine speaks TLS at this port.")


def test_a_server_that_hangs_up_during_the_handshake_is_an_error(tls_engine: TlsEngine) -> None:
    class HangUp(Relay):
        def greet(self, client: socket.socket) -> None:
            client.recv(1)

    with HangUp(("127.0.0.1", 0)) as server:
        said = refused(Engine(f"tcp://{server.address}", tls=tls_engine.tls, environ={}))
    assert f"Cannot connect to the engine at tcp://{server.address}" in said


def test_a_server_that_never_shakes_hands_is_given_up_in_time(tls_engine: TlsEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        said = refused(Engine(host, tls=tls_engine.tls, timeout=0.3, environ={}))
    assert "timed out" in said
