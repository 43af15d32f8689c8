"""What goes wrong on the way over ssh, and how that is told."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionFailed
from tests.core.roads.ssh_calls import calls
from tests.lab.packages import ensure_programs
from tests.lab.sshd import Sshd
from tests.roads import use_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh on this machine"),
]


def failure(host: str) -> str:
    """What is said when nothing works, in a short call as in a stream."""
    said = []
    with Engine(host, environ={}, api_version="1.41", timeout=20) as engine:
        for call in (engine.system.info, engine.system.events):
            with pytest.raises(ConnectionFailed) as caught:
                call()
            assert caught.value.endpoint == host
            said.append(str(caught.value).partition(" ssh ended")[2])
    assert said[0] == said[1]
    assert calls() == []
    return said[0]


@pytest.fixture
def elsewhere(lab_below: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """An SSH server to break; the ssh on the PATH knows it."""
    ensure_programs(("ssh", "sshd"), lab_below.folder / "logs")
    server = Sshd(tmp_path / "elsewhere")
    use_config(server.client_config, tmp_path / "bin", monkeypatch)
    yield server
    server.stop()


@pytest.mark.pitfall(35)
def test_a_far_side_without_docker_is_told(elsewhere: Sshd, tmp_path: Path) -> None:
    elsewhere.start({"PATH": str(tmp_path)})
    said = failure("ssh://lab")
    assert "with code 127: " in said
    assert said.endswith("The far side needs the docker command; put it on lab.")


def test_a_far_side_without_an_engine_is_told(elsewhere: Sshd, tmp_path: Path) -> None:
    elsewhere.start()
    said = failure(f"ssh://lab{tmp_path}/none.sock")
    assert f"{tmp_path}/none.sock" in said
    assert said.endswith("Try it by hand: ssh lab docker version.")


@pytest.mark.pitfall(35)
def test_a_wrong_key_is_told(elsewhere: Sshd) -> None:
    elsewhere.start()
    (elsewhere.folder / "authorized_keys").write_text("")
    assert "with code 255: " in failure("ssh://lab")
    assert "Permission denied (publickey)" in failure("ssh://lab")


def test_a_host_key_that_is_not_known_is_told_and_not_asked_about(elsewhere: Sshd) -> None:
    elsewhere.start()
    (elsewhere.folder / "known_hosts").write_text("")
    assert "Host key verification failed." in failure("ssh://lab")


@pytest.mark.usefixtures("config")
def test_a_host_that_does_not_exist_is_told() -> None:
    assert "Could not resolve hostname no-such-host.invalid" in failure(
        "ssh://no-such-host.invalid"
    )


def test_an_sshd_that_is_not_there_is_told(elsewhere: Sshd) -> None:
    elsewhere.start()
    process = elsewhere.process()
    assert process is not None
    process.signal(signal.SIGKILL)
    process.wait_gone(5)
    assert "Connection refused" in failure("ssh://lab")


def test_a_machine_without_ssh_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    far = Engine("ssh://lab", environ={})
    with far, pytest.raises(ConnectionFailed, match="Install an OpenSSH client"):
        far.system.ping()


def test_an_old_failure_does_not_explain_a_new_one(elsewhere: Sshd, engine_host: str) -> None:
    elsewhere.start({"DOCKER_HOST": engine_host})
    known = elsewhere.folder / "known_hosts"
    keys = elsewhere.folder / "authorized_keys"
    right, allowed = known.read_text(), keys.read_text()
    with Engine("ssh://lab", environ={}, api_version="1.41") as far:
        known.write_text("")
        with pytest.raises(ConnectionFailed, match="Host key verification failed"):
            far.system.info()
        known.write_text(right)
        keys.write_text("")
        with pytest.raises(ConnectionFailed, match="Permission denied") as caught:
            far.system.info()
        assert "Host key" not in str(caught.value)
        keys.write_text(allowed)
        far.system.info()
