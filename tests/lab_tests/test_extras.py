"""What a lab has only when it is asked for: an SSH server, a registry that asks for a login."""

from __future__ import annotations

import http.client
import ssl
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.lab import Lab, LabError
from tests.lab.certificates import Authority
from tests.lab.cli import main
from tests.lab.packages import missing_packages
from tests.lab.sshd import Sshd

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def full_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    assert main(["--lab", str(lab.folder), "up", "--private-registry", "--sshd"]) == 0
    yield lab
    lab.down(purge=True)
    assert not lab.folder.exists()


def _over_ssh(sshd: Sshd, host: str, command: str) -> str:
    done = subprocess.run(
        ["ssh", "-F", str(sshd.client_config), host, command],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.engine
class TestALabWithExtras:
    @pytest.mark.parametrize("host", ["lab", "behind"])
    def test_its_ssh_server_lets_in_whoever_has_its_key(self, host: str, full_lab: Lab) -> None:
        assert _over_ssh(full_lab.sshd, host, "echo $DOCKER_HOST") == full_lab.host

    def test_its_registry_asks_for_a_login(self, full_lab: Lab) -> None:
        registry = full_lab.private_registry
        context = ssl.create_default_context(cafile=registry.folder / "tls" / "ca.pem")
        connection = http.client.HTTPSConnection(registry.address or "", context=context)
        connection.request("GET", "/v2/")
        assert connection.getresponse().status == http.client.UNAUTHORIZED
        connection.close()

    def test_its_secrets_are_for_its_owner(self, full_lab: Lab) -> None:
        folders = (full_lab.private_registry.folder, full_lab.sshd.folder)
        assert [folder.stat().st_mode & 0o077 for folder in folders] == [0, 0]

    def test_a_second_up_changes_nothing(self, full_lab: Lab) -> None:
        before = full_lab.status()
        full_lab.up(private_registry=True, sshd=True)
        full_lab.up()
        assert full_lab.status() == before

    def test_the_command_line_tells_about_them(
        self, full_lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--lab", str(full_lab.folder), "status"]) == 0
        said = capsys.readouterr().out
        registry = full_lab.private_registry
        assert f"{registry.address} with TLS, login: lab, {registry.password}\n" in said
        assert f"ssh -F {full_lab.sshd.client_config} lab\n" in said

    @pytest.mark.usefixtures("full_lab")
    def test_the_end_of_one_ssh_server_is_not_that_of_another(self, tmp_path: Path) -> None:
        first, second = Sshd(tmp_path / "first"), Sshd(tmp_path / "second")
        try:
            first.start()
            second.start()
            first.stop()
            assert _over_ssh(second, "lab", "echo here") == "here"
        finally:
            first.stop()
            second.stop()

    def test_they_end_with_the_lab_and_their_sessions_too(self, full_lab: Lab) -> None:
        sshd, registry = full_lab.sshd, full_lab.private_registry
        processes = sshd.process(), registry.process()
        session = subprocess.Popen(
            ["ssh", "-F", str(sshd.client_config), "lab", "echo here; exec sleep 600"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        with session:
            assert session.stdout is not None
            assert session.stdout.readline() == b"here\n"
            full_lab.down()
            assert session.wait(10) != 0
        assert [process and process.is_alive() for process in processes] == [False, False]
        assert not sshd.folder.exists()
        assert not registry.folder.exists()
        for ask, option in (
            (lambda: full_lab.sshd, "--sshd"),
            (lambda: full_lab.private_registry, "--private-registry"),
        ):
            with pytest.raises(LabError, match=f"python -m tests.lab up {option}"):
                ask()


def test_what_they_need_has_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.lab.packages.SYSTEM_PATH", "")
    expected = ["apache2-utils", "openssh-client", "openssh-server"]
    assert missing_packages(["ssh", "sshd", "htpasswd"]) == expected


def test_certificates_are_in_the_files_that_the_docker_command_knows(tmp_path: Path) -> None:
    folder = Authority(tmp_path).issue("server", "127.0.0.1", "engine.test")
    assert sorted(path.name for path in folder.iterdir()) == ["ca.pem", "cert.pem", "key.pem"]
    assert folder.stat().st_mode & 0o077 == 0
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    assert (folder / "ca.pem").read_bytes() == (tmp_path / "ca.pem").read_bytes()
