"""Write a generated module of the core to its place."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import operations, types
from .description import correct, restore

if TYPE_CHECKING:
    from collections.abc import Sequence

CORE = Path(__file__).resolve().parent.parent / "core"
MODULES = {
    "operations": (operations.generate, CORE / "operations" / "table.py"),
    "types": (types.generate, CORE / "types" / "engine.py"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Generate what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m pytest_engine.generate",
        description="Write a module of the core from the Engine API's description.",
    )
    parser.add_argument("module", choices=sorted(MODULES))
    parser.add_argument("api", type=Path, help="the reduced description of one API version")
    parser.add_argument("--changes", type=Path, required=True, help="since when what exists")
    parser.add_argument(
        "--older",
        type=Path,
        nargs="*",
        default=[],
        help="of types: descriptions of older versions, newest first, for what is gone since",
    )
    parser.add_argument("--output", type=Path, help="the file to write instead of the module")
    options = parser.parse_args(arguments)
    generate, place = MODULES[options.module]
    api = json.loads(options.api.read_text("utf-8"))
    api, changes = correct(api, json.loads(options.changes.read_text("utf-8")))
    older = (json.loads(path.read_text("utf-8")) for path in options.older)
    restore(api, [correct(old, {})[0] for old in older])
    (options.output or place).write_text(generate(api, changes), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
