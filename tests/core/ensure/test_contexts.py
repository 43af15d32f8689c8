"""The contexts of the docker command, and the container around a process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.contexts import list_contexts
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.own_container import find_own_container

if TYPE_CHECKING:
    from pathlib import Path

ID = "8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b"


def configs(environ: dict[str, str]) -> list[dict[str, Any]]:
    return [context["config"] for context in list_contexts(environ=environ)["contexts"]]


def write(config: Path, text: str) -> None:
    """Write a context; the name of its folder matters only to who looks it up by name."""
    folder = config / "contexts" / "meta" / "0"
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(text)


def test_without_contexts_there_is_the_default_one(tmp_path: Path) -> None:
    assert list_contexts(environ={"DOCKER_CONFIG": str(tmp_path)}) == {
        "contexts": [
            {
                "name": "default",
                "current": True,
                "description": "Current DOCKER_HOST based configuration",
                "meta_path": None,
                "tls_path": None,
                "config": {"docker_host": "unix:///var/run/docker.sock", "tls": False},
            }
        ],
        "current_context_name": "default",
    }


@pytest.mark.parametrize(
    ("host", "spelt"),
    [
        ("https://a.example:2376", "tcp://a.example:2376"),
        ("http+unix:///run/d.sock", "unix:///run/d.sock"),
        ("ssh://a.example", "ssh://a.example"),
    ],
)
def test_the_default_one_is_where_the_environment_says(
    tmp_path: Path, host: str, spelt: str
) -> None:
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_HOST": host, "DOCKER_CONTEXT": "other"}
    assert configs(environ) == [{"docker_host": spelt, "tls": False}]
    # As for the docker command, an address wins over a context.
    assert list_contexts(environ=environ)["current_context_name"] == "default"


@pytest.mark.parametrize(
    ("endpoints", "options"),
    [
        ({}, {}),
        ({"kubernetes": {}}, {}),
        ({"docker": {}}, {"docker_host": "unix:///var/run/docker.sock", "tls": False}),
        (
            {"docker": {"Host": "tcp://a:2376", "SkipTLSVerify": True}},
            {"docker_host": "tcp://a:2376", "tls": True},
        ),
    ],
)
def test_a_context_is_turned_into_options(
    tmp_path: Path, endpoints: dict[str, Any], options: dict[str, Any]
) -> None:
    write(tmp_path, json.dumps({"Name": "a", "Metadata": {}, "Endpoints": endpoints}))
    assert configs({"DOCKER_CONFIG": str(tmp_path)})[0] == options


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"Name": "a", "Endpoints": [1]}', "\udc80"),
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_a_context_that_cannot_be_read_is_an_error(tmp_path: Path, text: str) -> None:
    write(tmp_path, "")
    broken = tmp_path / "contexts" / "meta" / "0" / "meta.json"
    broken.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput, match=str(broken)):
        list_contexts(environ={"DOCKER_CONFIG": str(tmp_path)})


def test_a_current_context_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    environ = {"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "gone"}
    with pytest.raises(InvalidInput, match="no context 'gone'"):
        list_contexts(only_current=True, environ=environ)


def test_a_name_that_no_context_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no context '.ud800'"):
        list_contexts("\ud800", environ={"DOCKER_CONFIG": str(tmp_path)})


@pytest.mark.parametrize(
    ("cpuset", "source", "found"),
    [
        (f"/docker/{ID}\n", "", (ID, "docker")),
        (f"/azpl_job/{ID}\n", "", (ID, "azure_pipelines")),
        (f"/actions_job/{ID}\n", "", (ID, "github_actions")),
        ("/\n", "", ("", "")),
        ("/system.slice/docker\n", "", ("", "")),
        ("", f"/var/lib/docker/containers/{ID}/hostname", (ID, "docker")),
        ("/", f"/overlay-containers/{ID}/userdata/hostname", (ID, "podman")),
        ("/", "/etc/hostname", ("", "")),
        ("/", f"/containers/{ID[1:]}/hostname", ("", "")),
    ],
)
def test_the_container_around_a_process_is_read_from_proc(
    cpuset: str, source: str, found: tuple[str, str]
) -> None:
    line = f"606 580 254:1 {source} /etc/hostname rw,relatime - ext4 /dev/vda1 rw\n"
    other = f"607 580 254:1 /docker/{ID}/hostname /etc/hosts rw,relatime - ext4 /dev/vda1 rw\n"
    assert find_own_container(cpuset, other + (line if source else "")) == found
