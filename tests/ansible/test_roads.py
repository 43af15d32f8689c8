"""Modules that reach an engine over TLS or ssh."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.roads import ENGINE_NAME, use_config

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import LabImages, Scratch
    from tests.lab.sshd import Sshd
    from tests.roads import TlsEngine

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


def tasks(*options: dict[str, Any]) -> list[dict[str, Any]]:
    """Tasks that look for a container that is not there: all that they need is the engine."""
    return [
        {
            "name": str(number),
            "pytest_engine.engine.container_info": {"name": "nobody", **one},
            "ignore_errors": True,
        }
        for number, one in enumerate(options)
    ]


def test_an_engine_is_reached_over_tls(playbooks: Playbooks, tls_engine: TlsEngine) -> None:
    there = {"docker_host": tls_engine.host}
    files = tls_engine.client
    pair = {"client_cert": f"{files}/cert.pem", "client_key": f"{files}/key.pem"}
    ca, other_ca = f"{files}/ca.pem", f"{tls_engine.stranger}/ca.pem"
    run = playbooks.run_tasks(
        tasks(
            {**there, **pair, "validate_certs": True, "ca_path": ca},
            {**there, **pair, "tls": True, "ca_path": other_ca},
            {**there, **pair, "tls": True, "tls_hostname": "other.test"},
            {**there, **pair, "tls_verify": True, "ca_cert": ca, "tls_hostname": ENGINE_NAME},
            {**pair, "docker_host": there["docker_host"].replace("tcp", "https"), "ca_path": ca},
            # Refused from here on.
            {**there, **pair, "validate_certs": True, "ca_path": other_ca},
            {**there, **pair, "tls": True, "validate_certs": True, "ca_path": other_ca},
            {**there, **pair, "tls_verify": True, "ca_path": ca, "tls_hostname": "other.test"},
            {**there, "validate_certs": True, "ca_path": ca},
            {**there, **pair, "validate_certs": True, "ca_path": "/nowhere/ca.pem"},
            {**there, **pair},
            there,
        )
    )
    expected = {
        "5": "certificate is not accepted",
        "6": "certificate is not accepted",
        "7": "not valid for 'other.test'",
        "8": "asks for a client certificate",
        "9": "/nowhere/ca.pem",
        "10": "client_cert, client_key: without validate_certs or tls",
        "11": "speaks TLS",
    }
    assert sorted(run.messages) == sorted(expected), run.output
    said = {key: text for key, text in run.messages.items() if expected[key] not in text}
    assert said == {}


def test_the_environment_says_it_as_to_the_docker_command(
    playbooks: Playbooks, tls_engine: TlsEngine
) -> None:
    environment = {
        "DOCKER_HOST": tls_engine.host,
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_CERT_PATH": str(tls_engine.client),
        "DOCKER_TLS_HOSTNAME": ENGINE_NAME,
    }
    playbook = playbooks.folder / "environment.yml"
    playbook.write_text(
        "[{hosts: all, gather_facts: false, tasks: [{name: look, "
        "pytest_engine.engine.container_info: {name: nobody}}]}]"
    )
    run = playbooks.run(playbook, environment=environment)
    assert (run.returncode, run.results["look"]["exists"]) == (0, False), run.output


def test_something_is_made_over_tls(playbooks: Playbooks, tls_engine: TlsEngine) -> None:
    connection = {
        "docker_host": tls_engine.host,
        "validate_certs": True,
        "ca_path": f"{tls_engine.client}/ca.pem",
        "client_cert": f"{tls_engine.client}/cert.pem",
        "client_key": f"{tls_engine.client}/key.pem",
    }
    volume = "pytest_engine.engine.volume"
    run = playbooks.run_tasks(
        [
            {"name": "make", volume: {"name": "over-tls", **connection}},
            {"name": "again", volume: {"name": "over-tls", **connection}},
            {"name": "remove", volume: {"name": "over-tls", "state": "absent", **connection}},
        ]
    )
    assert run.changed == ["make", "remove"], run.output


@pytest.mark.parametrize("use_ssh_client", [True, False])
def test_an_engine_is_reached_over_ssh(
    use_ssh_client: object,
    playbooks: Playbooks,
    sshd: Sshd,
    scratch: Scratch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_config(sshd.client_config, tmp_path / "bin", monkeypatch)
    there = {"docker_host": "ssh://lab", "use_ssh_client": use_ssh_client}
    name = scratch.name("over-ssh")
    run = playbooks.run_tasks(
        [
            {"name": "make", "pytest_engine.engine.volume": {"name": name, **there}},
            *tasks({"docker_host": "ssh://no-such-host.invalid"}),
        ]
    )
    assert run.changed == ["make"], run.output
    assert "Could not resolve hostname no-such-host.invalid" in run.messages["0"]
    assert scratch.everything() == {f"volume {name}"}


def test_the_inventory_leads_tasks_into_containers_over_tls(
    playbooks: Playbooks, tls_engine: TlsEngine, lab: LabImages, tmp_path: Path
) -> None:
    lab.require("busybox")
    files = tls_engine.client
    source = playbooks.write_inventory(
        {
            "docker_host": tls_engine.host,
            "validate_certs": True,
            "ca_path": f"{files}/ca.pem",
            "client_cert": f"{files}/cert.pem",
            "client_key": f"{files}/key.pem",
            "compose": {"ansible_remote_tmp": "'/scripts'"},
        }
    )
    script = tmp_path / "script"
    script.write_text("echo sent; exit 0\n")
    with tls_engine.connect() as engine:
        engine.images.pull("busybox")
        engine.containers.create({"Image": "busybox", "Cmd": ["sleep", "600"]}, name="inside")
        try:
            engine.containers.start("inside")
            run = playbooks.run_tasks(
                [{"name": "raw", "raw": "echo here"}, {"name": "script", "script": str(script)}],
                "-i",
                str(source),
                "--limit",
                "inside",
            )
        finally:
            engine.containers.remove("inside", force=True)
    assert run.returncode == 0, run.output
    assert {name: result["stdout"] for name, result in run.results.items()} == {
        "raw": "here\n",
        "script": "sent\n",
    }
