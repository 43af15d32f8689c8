"""What users install: the wheel, in environments that hold nothing else."""

from __future__ import annotations

import json
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.packaging.conftest import ROOT, run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.packaging, pytest.mark.slow]


class Environment:
    """A virtual environment of its own, used from a directory where nothing of ours lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / "env" / "bin" / "python"
        venv.create(folder / "env", with_pip=True)

    def install(self, requirement: str) -> None:
        pip = (self.python, "-m", "pip", "--disable-pip-version-check")
        run(*pip, "install", "--quiet", requirement, cwd=self.folder)

    def packages(self) -> set[str]:
        pip = (self.python, "-m", "pip", "--disable-pip-version-check")
        listed = json.loads(run(*pip, "list", "--format=json", cwd=self.folder))
        return {package["name"].lower().replace("_", "-") for package in listed}

    def run(self, *words: str) -> str:
        # -I: neither this directory nor PYTHONPATH adds to what is installed.
        return run(self.python, "-I", *words, cwd=self.folder)


@pytest.fixture(scope="session")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel and no extra."""
    environment = Environment(tmp_path_factory.mktemp("plain"))
    environment.install(str(wheel))
    return environment


@pytest.fixture(scope="session")
def with_pytest(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with the wheel and its extra `pytest`."""
    environment = Environment(tmp_path_factory.mktemp("with_pytest"))
    environment.install(f"{wheel}[pytest]")
    return environment


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"pytest_engine"}


def test_the_wheel_holds_every_module(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".py")}
    sources = (ROOT / "pytest_engine").rglob("*.py")
    assert names == {str(path.relative_to(ROOT)) for path in sources}


def test_the_wheel_says_that_it_is_typed(wheel: Path) -> None:
    assert "pytest_engine/py.typed" in zipfile.ZipFile(wheel).namelist()


def test_the_wheel_carries_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        assert "License-Expression: Apache-2.0\n" in archive.read(metadata).decode()
        assert [name for name in archive.namelist() if name.endswith("/licenses/LICENSE")]


def test_the_package_brings_neither_pytest_nor_ansible(plain: Environment) -> None:
    installed = plain.packages()
    assert {"pytest-engine", "requests", "requests-unixsocket", "filelock"} <= installed
    assert {"pytest", "pluggy", "ansible-core"} & installed == set()


def test_the_client_can_be_imported_without_pytest(plain: Environment) -> None:
    plain.run("-W", "error", "-c", "import pytest_engine; from pytest_engine import Engine")


def test_the_installed_package_knows_its_version(plain: Environment, wheel: Path) -> None:
    program = "from importlib.metadata import version; print(version('pytest-engine'))"
    assert plain.run("-c", program).strip() == wheel.name.split("-")[1]


def test_pytest_finds_the_plugin(with_pytest: Environment) -> None:
    # Twice, --version lists the plugins too.
    shown = with_pytest.run("-m", "pytest", "--version", "--version")
    assert "pytest-engine" in shown


def test_pytest_lists_the_options(with_pytest: Environment) -> None:
    assert "  --engine" in with_pytest.run("-m", "pytest", "--help")
