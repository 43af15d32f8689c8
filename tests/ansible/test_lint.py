"""What ansible-lint says about the staged collection, and about the example that people copy."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ansible_collection.build import stage
from tests.environments import make_environment

from .conftest import EXAMPLE

pytestmark = [pytest.mark.ansible, pytest.mark.slow]

# One line of releases: a newer one has rules that nobody here has seen.
REQUIREMENTS = ("ansible-lint>=25.12,<25.13", "ansible-core>=2.19,<2.20")

OPTIONS = ("--offline", "--nocolor", "--strict", "-p", "--profile", "production")

CLUMSY = """\
- hosts: all
  tasks:
    - pytest_engine.engine.volume: name=data
"""


@pytest.fixture(scope="session")
def programs() -> Path:
    """The programs of an environment of its own, which stays for the next run."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return make_environment(cache / "pytest-engine" / "ansible-lint", *REQUIREMENTS)


def lint(programs: Path, folder: Path, collections: Path) -> subprocess.CompletedProcess[str]:
    """Lint a folder by the strictest profile, with nothing fetched and no settings but those."""
    home = collections / "home"
    home.mkdir(exist_ok=True)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ANSIBLE_")}
    return subprocess.run(
        [str(programs / "ansible-lint"), *OPTIONS],
        check=False,
        cwd=folder,
        env={
            **kept,
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "ANSIBLE_HOME": str(home),
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


# It leaves folders of its own in what it looks at: the collection is staged for it alone.
def test_ansible_lint_has_nothing_to_say_about_the_collection(
    programs: Path, tmp_path: Path
) -> None:
    done = lint(programs, stage(tmp_path), tmp_path)
    assert done.returncode == 0, done.stdout
    assert "0 failure(s), 0 warning(s)" in done.stdout, done.stdout


def test_ansible_lint_has_nothing_to_say_about_the_example(programs: Path, tmp_path: Path) -> None:
    stage(tmp_path)
    example = tmp_path / "example"
    shutil.copytree(EXAMPLE, example)
    done = lint(programs, example, tmp_path)
    assert done.returncode == 0, done.stdout
    assert "0 failure(s), 0 warning(s) in" in done.stdout, done.stdout
    assert "in 0 files" not in done.stdout


def test_what_is_wrong_is_said(programs: Path, tmp_path: Path) -> None:
    stage(tmp_path)
    playbooks = tmp_path / "clumsy" / "playbooks"
    playbooks.mkdir(parents=True)
    (playbooks / "site.yml").write_text(CLUMSY)
    done = lint(programs, playbooks.parent, tmp_path)
    assert done.returncode != 0, done.stdout
    assert "name[missing]" in done.stdout
