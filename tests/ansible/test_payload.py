"""What travels to a target with a task: what the module uses, and nothing else.

Ansible packs for a module what import statements name, and what those modules import in turn. The
client imports the resources of an engine when they are used, which Ansible cannot see: so each
file that uses some imports them.
"""

from __future__ import annotations

import ast
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ansible_collection.build import slim
from pytest_engine.core.client import Engine

RESOURCES = frozenset(
    name for name, attribute in vars(Engine).items() if type(attribute).__name__ == "_resource"
)


def test_the_copy_of_the_core_does_the_same_without_its_documentation(tmp_path: Path) -> None:
    source = '''\
"""What it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .elsewhere import Type
    from .api.used import (
        Used,  # travels along
    )


class Wanted:
    """A class
    of two lines.
    """

    # what nobody reads there
    name: str = "docs"  # a comment

    def all(self) -> Mapping[str, Type]:
        """All."""


def one() -> None:
    """Do it."""
    return """not a docstring
    # nor a comment"""


# What stands by itself,
# in two lines.


def same() -> None: ...
'''
    slimmed = slim(source)
    assert "from .elsewhere" not in slimmed
    assert "from .api.used import" in slimmed
    assert "    Type = object" in slimmed
    program = tmp_path / "slimmed.py"
    program.write_text(slimmed)
    names = runpy.run_path(str(program))
    assert (names["__doc__"], names["Wanted"].__doc__, names["one"].__doc__) == (None,) * 3
    assert (names["one"](), names["same"]()) == (
        "not a docstring\n    # nor a comment",
        None,
    )
    assert (names["Wanted"]().all(), names["Wanted"].name) == (None, "docs")
    assert "# a comment" in slimmed
    assert "nobody" not in slimmed
    # As many blank lines as Ansible's sanity tests want.
    assert '# nor a comment"""\n\n\ndef same()' in slimmed


def resources_used(tree: ast.Module) -> set[str]:
    """List the resources of an engine that a file asks for, as in `self._engine.images`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in RESOURCES
        and ast.unparse(node.value).rpartition(".")[2] in {"engine", "_engine"}
    }


@pytest.mark.parametrize("source", ["call.engine.images.list()", "self._engine.images"])
def test_a_resource_that_is_used_is_seen(source: str) -> None:
    assert resources_used(ast.parse(source)) == {"images"}


def test_what_travels_takes_along_the_resources_that_it_uses(collection: Path) -> None:
    missing = []
    for path in (collection / "plugins").rglob("*.py"):
        tree = ast.parse(path.read_bytes())
        imported = {
            (node.module or "").rpartition("api.")[2]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
        }
        missing += [
            f"{path.relative_to(collection)}: {name}"
            for name in sorted(resources_used(tree) - imported)
        ]
    assert missing == [], "Import the class of the resource, so that Ansible packs it"


def test_a_module_carries_what_it_uses_and_no_other_resource(collection: Path) -> None:
    assert "plugins.module_utils.core.api.networks" in closure(collection, "network")
    carried = closure(collection, "volume")
    assert [name for name in carried if name.endswith((".build", ".swarm", ".containers"))] == []


COMPILED = """
import collections, sys
compiled = collections.Counter()
def note(event, arguments):
    if event == "compile" and str(arguments[1]).startswith(sys.argv[1]):
        compiled[str(arguments[1])] += 1
sys.addaudithook(note)
sys.path.insert(0, sys.argv[1])
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api import containers
assert sys.argv[1] in containers.__file__, containers.__file__
assert containers.__file__.endswith("core/api/containers/__init__.py"), containers.__file__
for file, times in compiled.items():
    _, inside, name = file.rpartition("module_utils/")
    if inside:
        print(times, name)
"""


def test_each_module_that_travels_is_compiled_once(collection: Path, tmp_path: Path) -> None:
    pytest.importorskip("ansible")
    packed = tmp_path / "task.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in (collection / "plugins" / "module_utils").rglob("*.py"):
            archive.write(path, path.relative_to(collection.parents[2]))
        # Ansible makes these.
        module_utils = (collection / "plugins" / "module_utils").relative_to(collection.parents[2])
        for folder in (module_utils, *list(module_utils.parents)[:-1]):
            archive.writestr(f"{folder}/__init__.py", "")
    done = subprocess.run(
        [sys.executable, "-B", "-c", COMPILED, str(packed)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    times = {file: count for count, file in map(str.split, done.stdout.splitlines())}
    # Those that come before the importer are imported as Python does it.
    for file in ("__init__.py", "engine.py", "zipped.py"):
        del times[file]
    assert len(times) > 10
    assert set(times.values()) == {"1"}


def closure(collection: Path, module: str) -> set[str]:
    """List what Ansible packs of the collection for a module: what import statements name."""
    seen: set[str] = set()
    left = {f"plugins.modules.{module}"}
    while left:
        name = left.pop()
        seen.add(name)
        path = collection.joinpath(*name.split("."))
        is_package = path.is_dir()
        source = (path / "__init__.py" if is_package else path.with_suffix(".py")).read_text()
        here = name.split(".") if is_package else name.split(".")[:-1]
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.ImportFrom):
                continue
            base = (node.module or "").removeprefix("ansible_collections.pytest_engine.engine.")
            if node.level:
                above = here[: len(here) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            for found in (base, *(f"{base}.{alias.name}" for alias in node.names)):
                place = collection.joinpath(*found.split("."))
                if found.startswith("plugins.") and (
                    place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()
                ):
                    left |= {found} - seen
    return seen
