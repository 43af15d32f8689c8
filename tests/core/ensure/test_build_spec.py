"""How an image is wanted to be built, and what no process could be handed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.ensure.build_spec import BuildOutput, BuildSecret, BuildSpec
from pytest_engine.core.ensure.buildx import run_buildx
from pytest_engine.core.errors import Incompatible, InvalidInput


@pytest.mark.parametrize(
    ("type", "source", "said"),
    [
        ("value", None, "secrets: key has no value"),
        ("env", None, "secrets: key has no env"),
        ("file", None, "secrets: key has no src"),
        ("env", "", "secrets: key has no env"),
        ("file", "", "secrets: key has no src"),
        ("value", "hid\0den", "secrets: 'key' holds a NUL"),
        ("value", "hid\ud800den", "secrets: 'key' cannot be written as UTF-8"),
    ],
)
def test_a_secret_that_no_process_takes_is_refused(type: str, source: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BuildSecret("key", type, source)
    assert str(caught.value).startswith(said)
    assert "hid" not in str(caught.value)


def test_an_empty_secret_is_one() -> None:
    assert BuildSecret("key", "value", "").source == ""


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A docker command that does nothing."""
    program = tmp_path / "docker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("args", {"A": "hid\ud800den"}, "args"),
        ("labels", {"hid\ud800den": ""}, "labels"),
        ("platforms", ["hid\ud800den"], "platform"),
        ("outputs", [BuildOutput("local", "hid\ud800den")], "outputs"),
        ("target", "hid\ud800den", "target"),
    ],
)
def test_half_a_letter_in_a_build_by_buildx_is_refused(
    option: str, value: Any, said: str, docker: Path, tmp_path: Path
) -> None:
    stated: dict[str, Any] = {option: value}
    wanted = BuildSpec("a:1", str(tmp_path), **stated)
    endpoint = parse_endpoint("unix:///run/docker.sock", "docker_host")
    with pytest.raises(InvalidInput, match=f"^{said} cannot be written as UTF-8") as caught:
        run_buildx(endpoint, wanted, Path("Dockerfile"), print, program=str(docker))
    assert "hid" not in str(caught.value)


def test_bytes_that_are_no_letters_go_to_buildx_as_they_were(docker: Path, tmp_path: Path) -> None:
    wanted = BuildSpec("a:1", str(tmp_path), args={"A": "\udcff"})
    endpoint = parse_endpoint("unix:///run/docker.sock", "docker_host")
    command = run_buildx(endpoint, wanted, Path("Dockerfile"), print, program=str(docker))
    assert "A=\udcff" in command


def test_a_nul_in_a_build_by_buildx_is_refused(docker: Path, tmp_path: Path) -> None:
    wanted = BuildSpec("a:1", str(tmp_path), target="b\0c")
    endpoint = parse_endpoint("unix:///run/docker.sock", "docker_host")
    for program, error in ((str(docker), InvalidInput), ("d\0r", Incompatible)):
        with pytest.raises(error):
            run_buildx(endpoint, wanted, Path("Dockerfile"), print, program=program)
