"""The layers of the package, held over the syntax tree: imports point one way.

docs/explanation/architecture.md says why. A new module needs a place in LAYERS.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "pytest_engine"
COLLECTION = ROOT / "ansible_collection"

# From the bottom to the top. A unit is a module or a package directly below pytest_engine/core or
# pytest_engine; it may import from every line above its own here, and from its own line as long as
# that makes no circle.
LAYERS = (
    ("errors", "operations", "types", "version"),
    (
        "archive",
        "auth",
        "buildcontext",
        "buildtrace",
        "credential_helper",
        "crew",
        "discovery",
        "dockerfile",
        "dockerignore",
        "endpoint",
        "filters",
        "login_store",
        "moment",
        "own_container",
        "polling",
        "reference",
        "refusals",
        "spec",
        "stackfile",
        "standpoint",
        "streams",
        "usage",
        "writing",
    ),
    ("transport",),
    ("api",),
    ("client",),
    ("compose", "converge", "copying", "ensure", "follow", "launch", "runtime", "wait"),
    ("container",),
    ("cluster", "service"),
    ("core",),  # pytest_engine/core/__init__.py itself
    ("ownership",),
    ("plugin",),
    ("presets",),
    ("generate",),  # programs of the project
    ("pytest_engine",),  # pytest_engine/__init__.py itself
    ("__main__",),
)
RANK = {unit: rank for rank, units in enumerate(LAYERS) for unit in units}
ABOVE_THE_CORE = {"__main__", "generate", "ownership", "plugin", "presets", "pytest_engine"}

# What is needed of both goes into container.py.
STRANGERS = {("wait", "ensure"), ("ensure", "wait")}

# Everybody else lives on the standard library.
LIBRARIES = {
    "api": {"typing_extensions"},  # for type checkers alone
    "transport": {"requests", "requests_unixsocket", "urllib3", "websocket"},
    "plugin": {"filelock", "pluggy", "pytest", "typing_extensions"},  # the last as for `api`
    "presets": {"pytest", "typing_extensions"},
}

MAX_LINES = 400
# Generated from the Engine's API description.
LONG = ("pytest_engine/core/types/", "pytest_engine/core/operations/table.py")
# The documentation of an Ansible module is data, however long.
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


class Import(NamedTuple):
    """One imported module, by its absolute name, and whether it was written relatively."""

    module: str
    line: int
    relative: bool


class Module(NamedTuple):
    """One parsed file: its dotted name, its unit, its tree and where to find it."""

    name: str
    unit: str
    tree: ast.Module
    path: Path


def unit_of(name: str) -> str:
    """Name the unit that a module of ours belongs to."""
    parts = name.split(".")
    if parts[:2] == ["pytest_engine", "core"]:
        return parts[2] if len(parts) > 2 else "core"
    return parts[1] if len(parts) > 1 else "pytest_engine"


def dotted_name(path: Path, root: Path = ROOT) -> str:
    """Turn a file's path into the name under which it is imported."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def load(path: Path) -> Module:
    """Parse one file of the package."""
    name = dotted_name(path)
    return Module(name, unit_of(name), ast.parse(path.read_bytes(), filename=str(path)), path)


def imports_of(module: Module, known: frozenset[str]) -> list[Import]:
    """List what a module imports, anywhere in it, with relative names made absolute."""
    found: list[Import] = []
    # What `.` stands for: the module itself if it is a package.
    is_package = module.path.name == "__init__.py"
    here = module.name.split(".") if is_package else module.name.split(".")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno, relative=False) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = here[: len(here) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            for alias in node.names:
                # `from . import errors` names a module, `from .errors import NotFound` does not.
                full = f"{base}.{alias.name}"
                name = full if full in known else base
                found.append(Import(name, node.lineno, relative=node.level > 0))
    return found


def package_modules() -> list[Module]:
    """Parse all files of the package."""
    return [load(path) for path in sorted(PACKAGE.rglob("*.py"))]


MODULES = package_modules()
KNOWN = frozenset(module.name for module in MODULES)


def is_ours(name: str) -> bool:
    return name.partition(".")[0] == "pytest_engine"


def direction_errors(module: Module, known: frozenset[str]) -> list[str]:
    """Say which imports of a module point against the layers."""
    found = []
    for imported in imports_of(module, known):
        if not is_ours(imported.module):
            continue
        target = unit_of(imported.module)
        if target == module.unit:
            continue
        where = f"{module.path.name}:{imported.line}: {module.unit} imports {target}"
        if target not in RANK:
            found.append(f"{where}, which has no place in LAYERS")
        elif RANK[target] > RANK.get(module.unit, len(LAYERS)):
            found.append(f"{where}, which is above it")
        elif (module.unit, target) in STRANGERS:
            found.append(f"{where}: what needs both belongs in container.py or service.py")
    return found


def library_errors(module: Module, known: frozenset[str]) -> list[str]:
    """Say which libraries a module imports that its unit has no business with."""
    allowed = LIBRARIES.get(module.unit, set()) | set(sys.stdlib_module_names)
    return [
        f"{module.path.name}:{imported.line}: {module.unit} imports {imported.module}"
        for imported in imports_of(module, known)
        if not is_ours(imported.module) and imported.module.partition(".")[0] not in allowed
    ]


def dynamic_import_errors(module: Module) -> list[str]:
    """Say where a module imports or runs what cannot be read from its import statements."""
    found = [
        f"{module.path.name}:{imported.line}: {imported.module}"
        for imported in imports_of(module, frozenset())
        if imported.module.partition(".")[0] in {"importlib", "imp", "pkgutil", "runpy"}
    ]
    found += [
        f"{module.path.name}:{node.lineno}: {node.func.id}()"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"__import__", "eval", "exec"}
    ]
    return found


def in_core(module: Module) -> bool:
    return module.unit not in ABOVE_THE_CORE


def every(check: object) -> list[str]:
    """Run a check that takes a module and the known names over the whole package."""
    assert callable(check)
    return [error for module in MODULES for error in check(module, KNOWN)]


def test_every_module_has_a_place_in_the_layers() -> None:
    unknown = sorted({f"{m.unit} ({m.name})" for m in MODULES if m.unit not in RANK})
    assert unknown == [], (
        "Put each into LAYERS in tests/test_architecture.py, on the lowest line from which it can "
        "import what it needs, and into docs/explanation/architecture.md"
    )


def test_imports_point_down() -> None:
    assert every(direction_errors) == []


def test_units_import_each_other_in_no_circle() -> None:
    edges: dict[str, set[str]] = {unit: set() for unit in RANK}
    for module in MODULES:
        for imported in imports_of(module, KNOWN):
            if is_ours(imported.module) and unit_of(imported.module) != module.unit:
                edges.setdefault(module.unit, set()).add(unit_of(imported.module))
    # Take away what imports nothing that is left, until nothing can be taken: the rest is circles.
    left = dict(edges)
    while True:
        free = {unit for unit, targets in left.items() if not targets & left.keys()}
        if not free:
            break
        left = {unit: targets for unit, targets in left.items() if unit not in free}
    assert left == {}


@pytest.mark.skipif(sys.version_info < (3, 10), reason="Python 3.9 cannot list its own modules")
def test_only_the_transport_and_the_plugin_import_libraries() -> None:
    assert every(library_errors) == []


def test_the_core_imports_relatively() -> None:
    absolute = [
        f"{module.name}:{imported.line}: {imported.module}"
        for module in MODULES
        if in_core(module)
        for imported in imports_of(module, KNOWN)
        if is_ours(imported.module) and not imported.relative
    ]
    assert absolute == [], "The core travels to Ansible targets under another name"


def test_the_core_imports_nothing_dynamically_but_the_resources_of_an_engine() -> None:
    found = {m.name: errors for m in MODULES if in_core(m) and (errors := dynamic_import_errors(m))}
    assert list(found) == ["pytest_engine.core.client"], (
        "Ansible packs for a target what it can see in import statements"
    )
    assert len(found["pytest_engine.core.client"]) == 1


def test_the_core_holds_no_data_files() -> None:
    files = (path for path in (PACKAGE / "core").rglob("*") if path.is_file())
    data = [str(path.relative_to(ROOT)) for path in files if path.suffix not in {".py", ".pyc"}]
    assert data == [], "Ansible packs Python modules for a target, and nothing else"


def test_nothing_imports_the_insides_of_pytest() -> None:
    inside = [
        f"{module.name}:{imported.line}"
        for module in MODULES
        for imported in imports_of(module, KNOWN)
        if imported.module.partition(".")[0] == "_pytest"
    ]
    assert inside == []


def test_nothing_prints() -> None:
    printing = [
        f"{module.name}:{node.lineno}"
        for module in MODULES
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert printing == [], "Progress goes to a callback, and the caller decides what is shown"


def test_the_collection_uses_the_core_that_it_carries() -> None:
    past = []
    for path in sorted(COLLECTION.rglob("*/**/*.py")):
        module = Module(dotted_name(path), "", ast.parse(path.read_bytes()), path)
        past += [
            f"{path.relative_to(ROOT)}:{imported.line}: {imported.module}"
            for imported in imports_of(module, frozenset())
            if is_ours(imported.module)
        ]
    assert past == [], "Import it from module_utils.core"


def lines_that_count(path: Path) -> int:
    """Count a file's lines without an Ansible module's documentation."""
    source = path.read_text(encoding="utf-8")
    lines = len(source.splitlines())
    if COLLECTION not in path.parents:
        return lines
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.end_lineno:
            names = {target.id for target in node.targets if isinstance(target, ast.Name)}
            if names & DOCUMENTATION:
                lines -= node.end_lineno - node.lineno + 1
    return lines


def test_a_file_fits_a_head() -> None:
    folders = [PACKAGE, COLLECTION, ROOT / "tests", ROOT / "docs"]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py"))
    long = {
        str(path.relative_to(ROOT)): lines_that_count(path)
        for path in paths
        if not str(path.relative_to(ROOT)).startswith(LONG)
    }
    assert {path: lines for path, lines in long.items() if lines > MAX_LINES} == {}


def test_importing_the_package_loads_no_library() -> None:
    program = "import sys, pytest_engine; print(*sorted({n.split('.')[0] for n in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    libraries = {name for names in LIBRARIES.values() for name in names} | {"_pytest", "ansible"}
    assert set(done.stdout.split()) & libraries == set()


def planted(source: str, name: str) -> Module:
    return Module(name, unit_of(name), ast.parse(source), Path(name.rpartition(".")[2] + ".py"))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("pytest_engine.core.api.images", "from ..client import Engine"),
        ("pytest_engine.core.errors", "from . import endpoint"),
        ("pytest_engine.core.wait.log", "from ..ensure import reconcile"),
        ("pytest_engine.core.spec.volume", "def f():\n    from pytest_engine import plugin"),
        ("pytest_engine.core.client", "if TYPE_CHECKING:\n    from .container import Container"),
        ("pytest_engine.core.client", "from .novelty import anything"),
    ],
)
def test_an_import_that_points_up_is_seen(name: str, source: str) -> None:
    known = KNOWN | {"pytest_engine.core.endpoint", "pytest_engine.plugin"}
    assert len(direction_errors(planted(source, name), known)) == 1


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("pytest_engine.core.api.images", "from ..transport import Transport"),
        ("pytest_engine.core.api.images", "from . import containers"),
        ("pytest_engine.core.container", "from .wait import log\nfrom .ensure import reconcile"),
        ("pytest_engine.plugin.options", "from pytest_engine.core.errors import NotFound"),
    ],
)
def test_an_import_that_points_down_is_allowed(name: str, source: str) -> None:
    assert direction_errors(planted(source, name), KNOWN) == []


@pytest.mark.parametrize(
    "source",
    ["import importlib", "from importlib import import_module", "__import__('os')", "exec('1')"],
)
def test_a_dynamic_import_is_seen(source: str) -> None:
    assert len(dynamic_import_errors(planted(source, "pytest_engine.core.client"))) == 1
