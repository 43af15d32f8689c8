"""Docker contexts, as the docker command itself makes them, to engines on every road."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed, InvalidInput
from tests.roads import TlsEngine, use_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab.sshd import Sshd

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("docker") is None, reason="no docker command to make contexts"),
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A folder for Docker's configuration."""
    return tmp_path / "docker"


def create(config: Path, name: str, *settings: str) -> None:
    """Make a context."""
    command = ["docker", "context", "create", name, "--docker", ",".join(settings)]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("DOCKER_")}
    done = subprocess.run(
        command,
        env={**kept, "DOCKER_CONFIG": str(config)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.pitfall(37)
def test_a_context_may_name_a_socket(config: Path, engine_host: str) -> None:
    create(config, "here", f"host={engine_host}")
    with Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "here"}) as engine:
        engine.system.ping()
        assert engine.endpoint.origin == "context 'here'"


def test_the_current_context_is_used_where_nothing_else_is_said(
    config: Path, engine_host: str
) -> None:
    create(config, "here", f"host={engine_host}")
    create(config, "nowhere", "host=tcp://127.0.0.1:1")
    path = config / "config.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, "currentContext": "here"}))
    with Engine(environ={"DOCKER_CONFIG": str(config)}) as engine:
        engine.system.ping()
    engine = Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "nowhere"})
    with engine, pytest.raises(ConnectionFailed, match=r"\(from context 'nowhere'\)"):
        engine.system.ping()


def test_a_context_brings_its_certificates(config: Path, tls_engine: TlsEngine) -> None:
    files = tls_engine.client
    create(
        config,
        "far",
        f"host={tls_engine.host}",
        f"ca={files}/ca.pem",
        f"cert={files}/cert.pem",
        f"key={files}/key.pem",
    )
    # The environment's are for addresses of the environment.
    environ = {"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "far", "DOCKER_TLS_VERIFY": ""}
    with Engine(environ=environ) as engine:
        engine.system.ping()
    environ |= {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tls_engine.stranger)}
    with Engine(environ=environ) as engine:
        engine.system.ping()


def test_a_context_may_do_without_verification(config: Path, tls_engine: TlsEngine) -> None:
    files = tls_engine.client
    pair = (f"cert={files}/cert.pem", f"key={files}/key.pem")
    create(config, "loose", f"host={tls_engine.host}", *pair, "skip-tls-verify=true")
    create(config, "strict", f"host={tls_engine.host}", *pair, f"ca={tls_engine.stranger}/ca.pem")
    with Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "loose"}) as engine:
        engine.system.ping()
    engine = Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "strict"})
    with engine, pytest.raises(ConnectionFailed, match="certificate is not accepted"):
        engine.system.ping()


def test_a_context_may_lead_over_ssh(
    config: Path,
    sshd: Sshd,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create(config, "over-ssh", "host=ssh://lab")
    use_config(sshd.client_config, tmp_path / "bin", monkeypatch)
    with Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "over-ssh"}) as engine:
        engine.system.ping()


def test_a_context_that_was_removed_is_an_error(config: Path, engine_host: str) -> None:
    create(config, "gone", f"host={engine_host}")
    shutil.rmtree(config / "contexts" / "meta")
    with pytest.raises(InvalidInput, match="there is no Docker context 'gone'"):
        Engine(environ={"DOCKER_CONFIG": str(config), "DOCKER_CONTEXT": "gone"})
