"""A plugin of pytest for all tests of a company: what their containers have in common."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine import container, wait

if TYPE_CHECKING:
    import pytest

    from pytest_engine import Container, ContainerSpec

# A fixture of the company's own: whoever needs a queue imports it in their conftest.py.
queue = container(
    "company/queue:3",
    ports=[80],
    command=["sh", "-c", "echo ready; exec httpd -f -p 80"],
    wait=wait.log("ready") & wait.port(80),
    scope="session",
    doc="The company's message queue, empty when the tests begin.",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let people say where logs are kept."""
    parser.addoption("--keep-logs", metavar="FOLDER", help="keep the logs of all containers there")


def pytest_engine_image_name(name: str) -> str | None:
    """Take our own images from our own registry, as one that tests may use."""
    if name.startswith("company/"):
        return name.replace("company/queue:3", "busybox")
    return None


def pytest_engine_container_spec(spec: ContainerSpec) -> ContainerSpec | None:
    """Let no container take all of a developer's machine."""
    return None if spec.memory else replace(spec, memory="256m")


def pytest_engine_create_body(body: dict, request: pytest.FixtureRequest) -> None:
    """Write into the engine's own JSON what a spec cannot say."""
    body["HostConfig"]["LogConfig"] = {"Type": "json-file", "Config": {"tag": request.fixturename}}


def pytest_engine_container_ready(container: Container, request: pytest.FixtureRequest) -> None:
    """Tell where a container is reached, for people who follow a run."""
    if request.config.getoption("verbose") > 1:
        print(f"{request.fixturename} is {container.name}, at {container.ip()}")


def pytest_engine_container_remove(container: Container, request: pytest.FixtureRequest) -> None:
    """Keep the log of a container that is about to go."""
    folder = request.config.getoption("--keep-logs")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder, f"{container.name}.log").write_text(container.logs())
