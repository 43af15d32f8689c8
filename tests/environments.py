"""Python environments for programs that must not meet the project's own packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["find_python", "make_environment"]


def make_environment(folder: Path, *requirements: str, python: str = sys.executable) -> Path:
    """Make an environment from the package index, or take the one that was made of the same.

    Returns:
        The folder of its programs.
    """
    asked = [python, "-c", "import sys; print(sys.version)"]
    version = subprocess.run(asked, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()
    wanted = "\n".join([version, *requirements])
    stamp = folder / "made-of"
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(pip, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def find_python(version: str) -> str | None:
    """Look where pyenv keeps them and on the PATH; a shim of pyenv that runs nothing is none."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (*map(str, kept), f"python{version}"):
        try:
            done = subprocess.run(
                (candidate, "-c", "import ensurepip"), check=False, capture_output=True
            )
        except OSError:
            continue
        if done.returncode == 0:
            return candidate
    return None
