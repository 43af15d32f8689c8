"""Ansible's own checks of the staged collection."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.ansible, pytest.mark.slow]

# ansible-test gets pip for its environments from a server of its own, unless it finds the program
# that would install it. This one installs the same pip from the package index that is configured.
# The file is named for the pip of ansible-core 2.19; others would be downloaded.
GET_PIP = "get_pip_24_2.py"
GET_PIP_PROGRAM = """\
import subprocess
import sys

pip = [argument for argument in sys.argv[1:] if argument.startswith("pip==")]
quiet = {"check": True, "stdout": subprocess.DEVNULL}
subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], **quiet)
subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *pip], **quiet)
"""


@pytest.fixture(scope="session")
def ansible_test_home() -> Path:
    """A home for ansible-test, which keeps its environments there from one run to the next."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    home = cache / "pytest-engine" / "ansible-test"
    program = home / ".ansible" / "test" / "cache" / GET_PIP
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(GET_PIP_PROGRAM, encoding="utf-8")
    return home


def test_ansible_test_sanity_has_nothing_to_say(collection: Path, ansible_test_home: Path) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    done = subprocess.run(
        # Without --python it takes every interpreter that it finds by name, also pyenv's shims
        # that run nothing.
        [sys.executable, "-m", "ansible", "test", "sanity", "--color", "no", "--python", version],
        check=False,
        cwd=collection,
        env={
            **os.environ,
            "HOME": str(ansible_test_home),
            "LC_ALL": "C.UTF-8",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    warnings = [line for line in done.stdout.splitlines() if line.startswith("WARNING")]
    # C.UTF-8 is there on every machine, en_US.UTF-8 is not.
    assert [line for line in warnings if "locale" not in line and "Reviewing" not in line] == []
