"""How an image is wanted to be built, and what no process could be handed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.ensure.build_spec import BuildSecret, BuildSpec
from pytest_engine.core.ensure.buildx import run_buildx
from pytest_engine.core.errors import Incompatible, InvalidInput


@pytest.mark.parametrize(
    ("type", "source", "said"),
    [
        ("value", None, "secrets: key has no value"),
        ("env", None, "secrets: key has no env"),
        ("file", None, "secrets: key has no src"),
        ("value", "hid\0den", "secrets: 'key' holds a NUL"),
    ],
)
def test_a_secret_that_no_process_takes_is_refused(type: str, source: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BuildSecret("key", type, source)
    assert str(caught.value).startswith(said)
    assert "hid" not in str(caught.value)


def test_an_empty_secret_is_one() -> None:
    assert BuildSecret("key", "value", "").source == ""


def test_a_nul_in_a_build_by_buildx_is_refused(tmp_path: Path) -> None:
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\n")
    docker.chmod(0o755)
    wanted = BuildSpec("a:1", str(tmp_path), target="b\0c")
    endpoint = parse_endpoint("unix:///run/docker.sock", "docker_host")
    for program, error in ((str(docker), InvalidInput), ("d\0r", Incompatible)):
        with pytest.raises(error):
            run_buildx(endpoint, wanted, Path("Dockerfile"), print, program=program)
