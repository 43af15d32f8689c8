"""The presets' types as somebody sees them who runs `mypy --strict`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GOOD, BAD = "user_good.py", "user_bad.py"
HERE = Path(__file__).parent
_ERROR = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[a-z-]+)\]")
_PLANTED = re.compile(r"  # (?P<code>[a-z-]+)$")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, int, str]]:
    """File, line and code of every error in both files, which are far from the repository."""
    pytest.importorskip("mypy")
    folder = tmp_path_factory.mktemp("user")
    for name in (GOOD, BAD):
        shutil.copy(HERE / name, folder)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", GOOD, BAD]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    found = map(_ERROR.fullmatch, done.stdout.splitlines())
    errors = [(match["file"], int(match["line"]), match["code"]) for match in found if match]
    assert f"Found {len(errors)} error" in done.stdout, done.stdout + done.stderr
    return errors


def planted() -> list[tuple[str, int, str]]:
    lines = (HERE / BAD).read_text("utf-8").splitlines()
    matches = ((number, _PLANTED.search(line)) for number, line in enumerate(lines, 1))
    return [(BAD, number, match["code"]) for number, match in matches if match]


def test_a_users_file_has_no_errors(reported: list[tuple[str, int, str]]) -> None:
    assert [error for error in reported if error[0] == GOOD] == []


def test_every_mistake_is_reported_and_nothing_else(
    reported: list[tuple[str, int, str]],
) -> None:
    assert len(planted()) >= 12
    assert [error for error in reported if error[0] == BAD] == planted()
