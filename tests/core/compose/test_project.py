"""The files of a Compose project, and a definition that stands in for them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.compose.cli import Compose, Connection
from pytest_engine.core.compose.project import Project, defined
from pytest_engine.core.errors import InvalidInput
from tests.lab.compose_cli import COMPOSE

if TYPE_CHECKING:
    from tests.conftest import LabImages


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not a folder"):
        Project(tmp_path / "none").check()
    with pytest.raises(InvalidInput, match=r"holds no Compose file.*compose\.yaml"):
        Project(tmp_path).check()
    Project(tmp_path).check(usual=False)
    with pytest.raises(InvalidInput, match=r"there is no b\.yaml in"):
        Project(tmp_path, files=("b.yaml",)).check()
    (tmp_path / "docker-compose.yml").touch()
    Project(tmp_path).check()


def read_definition(wanted: dict[str, Any], environ: dict[str, str]) -> Any:
    """What Compose takes a definition for."""
    with defined(wanted, Project(Path(), "shop")) as project:
        connection = Connection("unix:///nowhere.sock")
        compose = Compose(connection, project, environ={**os.environ, **environ})
        ran = compose.run("config", "--format", "json")
    assert ran.exit_code == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.engine
@pytest.mark.parametrize("version", sorted(COMPOSE))
def test_compose_reads_a_definition_with_characters_of_every_kind(
    version: str, lab: LabImages
) -> None:
    text = "one 'two' \"three\" \\ # : - \t\n\x01\x7f\x85\xa0\u00fc\u2028\ufeff\ufffd"
    text += "\U0001f600\U0010fffd"
    labels = {"text": text, text: "name"}
    wanted = {"services": {"web": {"image": "busybox", "labels": labels}}}
    read = read_definition(wanted, {"DOCKER_CONFIG": str(lab.compose(version))})
    assert read["services"]["web"]["labels"] == labels


@pytest.mark.engine
@pytest.mark.parametrize("version", sorted(COMPOSE))
def test_a_definition_counts_whatever_the_environment_names(
    version: str, lab: LabImages, tmp_path: Path
) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(json.dumps({"services": {"other": {"image": "busybox"}}}))
    wanted = {"services": {"web": {"image": "busybox"}}}
    environ = {"DOCKER_CONFIG": str(lab.compose(version)), "COMPOSE_FILE": str(other)}
    assert list(read_definition(wanted, environ)["services"]) == ["web"]


def test_a_definition_is_a_file_of_its_owner_for_a_while() -> None:
    with defined({"services": {}}, Project(Path(), "shop", profiles=("p",))) as project:
        file = project.directory / "compose.yaml"
        assert json.loads(file.read_text()) == {"services": {}}
        assert project.directory.stat().st_mode & 0o077 == 0
        assert (project.name, project.profiles) == ("shop", ("p",))
        assert project.files == (str(file),)
    assert not project.directory.exists()


@pytest.mark.parametrize("name", ["", " "])
def test_an_empty_name_is_not_that_of_the_folder(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"^project_name: it is empty"):
        Project(Path("/"), name)
