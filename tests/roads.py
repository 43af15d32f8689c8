"""Engines on other roads than a local socket: over TLS, and behind an SSH server."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.endpoint import Tls
from pytest_engine.core.launch import PrivateEngine, launch_dockerd
from tests.lab import Lab
from tests.lab.certificates import Authority
from tests.lab.packages import ensure_programs
from tests.lab.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A name that the engine's certificate is for, and that resolves nowhere.
ENGINE_NAME = "engine.test"


@dataclass(frozen=True)
class TlsEngine:
    """An engine that wants a client certificate.

    Attributes:
        port: where it listens, on 127.0.0.1.
        private: the engine itself.
        authority: who issued its certificate; it takes those of registries as well.
        client: the folder with the client's `ca.pem`, `cert.pem` and `key.pem`.
        stranger: the same, of another authority.
    """

    port: int
    private: PrivateEngine
    authority: Authority
    client: Path
    stranger: Path

    @property
    def host(self) -> str:
        """Its address."""
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def tls(self) -> Tls:
        """What it takes: everything verified, in both directions."""
        return Tls(
            ca=self.client / "ca.pem", cert=self.client / "cert.pem", key=self.client / "key.pem"
        )

    def connect(self, tls: Tls | None = None, *, timeout: float = 60.0) -> Engine:
        """Make a client."""
        return Engine(self.host, tls=tls or self.tls, timeout=timeout, environ={})


@pytest.fixture(scope="session")
def lab_below() -> Lab:
    """The lab, for tests that start something of their own beside its engine."""
    # Not from the conftest, which loads this.
    if os.environ.get("PYTEST_ENGINE_TEST_HOST"):
        pytest.skip("needs the lab, and the tests run on an engine that is not the lab's")
    return Lab.default()


@pytest.fixture(scope="session")
def tls_engine(
    tmp_path_factory: pytest.TempPathFactory, engine_host: str, lab_below: Lab
) -> Iterator[TlsEngine]:
    """A private engine with TLS; it pulls from the lab's registry."""
    assert engine_host
    files = tmp_path_factory.mktemp("tls")
    ours = Authority(files / "ours")
    server = ours.issue("server", "127.0.0.1", ENGINE_NAME)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    private = launch_dockerd(
        tmp_path_factory.mktemp("te"),
        hosts=[f"tcp://127.0.0.1:{port}"],
        registry_mirrors=[f"http://{lab_below.registry}"],
        environment={"SSL_CERT_DIR": str(ours.file.parent)},
        arguments=[
            "--tlsverify",
            f"--tlscacert={server}/ca.pem",
            f"--tlscert={server}/cert.pem",
            f"--tlskey={server}/key.pem",
        ],
    )
    try:
        yield TlsEngine(
            port,
            private,
            ours,
            client=ours.issue("client", "client.test"),
            stranger=Authority(files / "theirs").issue("client", "client.test"),
        )
    finally:
        private.stop()


@pytest.fixture(scope="session")
def sshd(
    lab_below: Lab, tmp_path_factory: pytest.TempPathFactory, engine_host: str
) -> Iterator[Sshd]:
    """An SSH server whose sessions find the lab's engine."""
    ensure_programs(("ssh", "sshd"), lab_below.folder / "logs")
    server = Sshd(tmp_path_factory.mktemp("sshd") / "here")
    server.start({"DOCKER_HOST": engine_host})
    yield server
    server.stop()


def use_config(config: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put an ssh on the PATH that reads a configuration, as it would its user's own."""
    folder.mkdir(exist_ok=True)
    script = folder / "ssh"
    script.write_text(f'#!/bin/sh\nexec {shutil.which("ssh", path=os.defpath)} -F {config} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
