"""Stage the Ansible collection, and make its tarball.

    python ansible_collection/build.py [--output DIR] [--tarball]

What Ansible sees has to be complete: it packs for a target what the collection itself imports,
and drops symbolic links that lead out of the collection. So the collection is put together in
`DIR/ansible_collections/pytest_engine/engine`, with a copy of `pytest_engine.core` below
`plugins/module_utils`. There ansible-doc, ansible-galaxy and playbooks work
(`ANSIBLE_COLLECTIONS_PATH=DIR`), and outside of the repository ansible-test as well; inside, it
asks git which files there are, and git ignores what is built.

Each module gets an action plugin that runs it in Ansible's own process where it can.

The copy of the core is for machines: every task carries what its module imports to the target,
so docstrings, lines of comments and what only type checkers import of it stay behind.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import shutil
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ansible_collection"
CORE = ROOT / "pytest_engine" / "core"
PLACE = Path("ansible_collections", "pytest_engine", "engine")

# Parts of the collection, by their place in it.
PARTS = ("COPYING", "README.md", "extensions", "meta", "plugins", "tests")

# Parts of the core that no module uses: `types` is imported by type checkers only, the others
# are for tests and for private engines.
LEFT_OUT = frozenset({"cluster", "container", "launch", "runtime", "types"})

# Said of an import that makes a resource of an engine travel with those who use it.
TRAVELS = "# travels along"

# The controller's part of a module that has no other one. Ansible finds it by the module's name,
# and imports it before it forks: most of what the module needs is there when a task runs.
_ACTION = """\
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

\"""The controller's part of `{module}`: runs it here where that makes no difference.\"""

from __future__ import annotations

from ansible_collections.pytest_engine.engine.plugins.modules import {module}
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.in_place import InPlace


class ActionModule(InPlace):
    \"""Runs `{module}`.\"""

    main = staticmethod({module}.main)
"""

# What may begin with a docstring.
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def stage(output: Path) -> Path:
    """Put the collection together below `output`, in place of what was there.

    Returns:
        The folder of the collection.
    """
    target = output / PLACE
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for part in PARTS:
        source = SOURCE / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        else:
            shutil.copy(source, target / part)
    shutil.copytree(
        CORE,
        target / "plugins" / "module_utils" / "core",
        ignore=lambda folder, names: (
            ignore(folder, names) | (LEFT_OUT if Path(folder) == CORE else frozenset())
        ),
    )
    for path in (target / "plugins" / "module_utils" / "core").rglob("*.py"):
        path.write_text(slim(path.read_text("utf-8")), encoding="utf-8")
    for path in (target / "plugins" / "modules").glob("*.py"):
        action = target / "plugins" / "action" / path.name
        if not action.exists():
            action.write_text(_ACTION.format(module=path.stem), encoding="utf-8")
    shutil.copy(ROOT / "CHANGELOG.md", target)
    (target / "galaxy.yml").write_text(_galaxy(), encoding="utf-8")
    return target


def slim(source: str) -> str:
    """Take out of a module what only people and type checkers read, and nothing else.

    Returns:
        A program that does the same.
    """
    lines = source.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and _is_for_people(token):
            _take_out(lines, token.start[0] - 1)
    # From the end, so that the lines before keep their numbers.
    found = _left_behind(ast.parse(source), source.splitlines())
    for node, fillers in sorted(found, key=lambda it: -it[0].lineno):
        indent = " " * node.col_offset
        lines[node.lineno - 1 : node.end_lineno] = [f"{indent}{line}\n" for line in fillers]
    return "".join(lines)


def _take_out(lines: list[str], number: int) -> None:
    """Take a comment out, and where blank lines are on both sides, those after it as well."""
    lines[number] = ""
    before = next((line for line in reversed(lines[:number]) if line), "\n")
    after = number + 1
    while before == "\n" and lines[after : after + 1] == ["\n"]:
        lines[after] = ""
        after += 1


def _is_for_people(token: tokenize.TokenInfo) -> bool:
    """Whether a comment has a line to itself, and tells neither a license nor pylint anything."""
    alone = token.line.lstrip().startswith("#")
    return alone and not any(word in token.string for word in ("SPDX", "Copyright", "pylint:"))


def _left_behind(tree: ast.Module, lines: list[str]) -> Iterator[tuple[ast.stmt, list[str]]]:
    """The statements that no target needs, each with what has to stand there instead."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                if not isinstance(inner, ast.ImportFrom) or not inner.level:
                    continue
                # Ansible packs these for the engine, which imports them when they are used.
                if TRAVELS not in "".join(lines[inner.lineno - 1 : inner.end_lineno]):
                    # Annotations have the names, and ansible-test misses them otherwise.
                    yield inner, [f"{alias.asname or alias.name} = object" for alias in inner.names]
        elif isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            alone = len(node.body) == 1 and not isinstance(node, ast.Module)
            yield node.body[0], ["pass"] if alone else []


def _galaxy() -> str:
    """The metadata of the collection, with the version of the project."""
    source = ROOT / "pytest_engine" / "core" / "version.py"
    version = re.search(r'^VERSION = "(.+)"$', source.read_text("utf-8"), re.MULTILINE)
    if version is None:
        raise SystemExit(f"{source} states no version")
    return (SOURCE / "galaxy.yml").read_text("utf-8") + f"version: {version[1]}\n"


def make_tarball(collection: Path, output: Path) -> Path:
    """Make the tarball that ansible-galaxy installs.

    Returns:
        Its path.
    """
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--force"]
    command += ["--output-path", str(output), str(collection)]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return max(output.glob("pytest_engine-engine-*.tar.gz"), key=lambda path: path.stat().st_mtime)


def main() -> int:
    """Do what the command line asks for, and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build", metavar="DIR")
    parser.add_argument("--tarball", action="store_true", help="make DIR/*.tar.gz as well")
    options = parser.parse_args()
    collection = stage(options.output)
    print(collection)
    if options.tarball:
        print(make_tarball(collection, options.output))
    return 0


if __name__ == "__main__":
    sys.exit(main())
