"""What users write, as they see it who have installed the package and run `mypy --strict`.

Of each sort there is a file without mistakes, and one whose comments name those in it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# Sort of file -> how many mistakes there are at least, so that nobody empties it.
PLANTED = {"client": 40, "fixtures": 20, "presets": 12}
_ERROR = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[a-z-]+)\]")
_MISTAKE = re.compile(r"  # (?P<code>[a-z-]+)$")

Errors = list[tuple[str, int, str]]


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Errors:
    """File, line and code of every error in all files, which are far from the repository."""
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("user")
    names = [f"{sort}_{kind}.py" for sort in PLANTED for kind in ("good", "bad")]
    for name in names:
        shutil.copy(HERE / name, folder)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", *names]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = map(_ERROR.fullmatch, done.stdout.splitlines())
    errors = [(match["file"], int(match["line"]), match["code"]) for match in found if match]
    # Whatever mypy says in another form is shown, and not passed over.
    assert f"Found {len(errors)} error" in done.stdout, done.stdout + done.stderr
    return errors


def mistakes(sort: str) -> Errors:
    """The mistakes of a bad file, as its comments tell them."""
    name = f"{sort}_bad.py"
    lines = (HERE / name).read_text("utf-8").splitlines()
    matches = ((number, _MISTAKE.search(line)) for number, line in enumerate(lines, 1))
    return [(name, number, match["code"]) for number, match in matches if match]


@pytest.mark.parametrize("sort", PLANTED)
def test_a_users_file_has_no_errors(sort: str, reported: Errors) -> None:
    assert [error for error in reported if error[0] == f"{sort}_good.py"] == []


@pytest.mark.parametrize("sort", PLANTED)
def test_every_mistake_is_reported_and_nothing_else(sort: str, reported: Errors) -> None:
    planted = mistakes(sort)
    assert len(planted) >= PLANTED[sort]
    assert [error for error in reported if error[0] == f"{sort}_bad.py"] == planted


def test_the_mistakes_with_the_client_are_of_many_kinds() -> None:
    assert len({code for _file, _line, code in mistakes("client")}) >= 8


def test_the_good_file_of_the_client_uses_its_resources() -> None:
    used = set(re.findall(r"engine\.(\w+)\.", (HERE / "client_good.py").read_text("utf-8")))
    assert used >= {
        "build",
        "configs",
        "containers",
        "distribution",
        "exec",
        "images",
        "networks",
        "nodes",
        "plugins",
        "secrets",
        "services",
        "swarm",
        "system",
        "tasks",
        "volumes",
    }
