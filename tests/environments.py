"""Python environments for programs that must not meet the project's own packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_environment"]


def make_environment(folder: Path, *requirements: str) -> Path:
    """Make an environment from the package index, or take the one that was made of the same.

    Returns:
        The folder of its programs.
    """
    wanted = "\n".join([sys.version, *requirements])
    stamp = folder / "made-of"
    if not stamp.is_file() or stamp.read_text("utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *requirements]
        subprocess.run(pip, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return folder / "bin"
