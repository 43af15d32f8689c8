"""What users may import: declared, documented, and changed only on purpose.

That `__all__` is sorted is held by ruff (RUF022), which puts constants and classes first.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import pytest_engine

ROOT = Path(__file__).resolve().parent.parent

# A name that goes away or changes its meaning needs a fragment of type `removal`.
PUBLIC = [
    "Address",
    "Cluster",
    "ClusterNode",
    "CommandResult",
    "ComposeProject",
    "Container",
    "ContainerSpec",
    "Engine",
    "File",
    "Healthcheck",
    "HostAccess",
    "Image",
    "Mount",
    "Network",
    "NetworkAttachment",
    "NetworkSpec",
    "Port",
    "Progress",
    "RestartPolicy",
    "RunContainer",
    "Tls",
    "Usage",
    "Volume",
    "VolumeSpec",
    "compose",
    "container",
    "errors",
    "host_access",
    "image",
    "network",
    "presets",
    "swarm_cluster",
    "usage_of",
    "volume",
    "wait",
]


def module_names() -> list[str]:
    """Name every module of the package that can be imported by itself."""
    names = []
    for path in sorted((ROOT / "pytest_engine").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


MODULES = module_names()


def definitions(name: str) -> dict[str, ast.AST]:
    """Find the public classes and functions that a module defines itself."""
    path = ROOT.joinpath(*name.split("."))
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return {
        node.name: node
        for node in ast.parse(source.read_bytes()).body
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and not node.name.startswith("_")
    }


def is_generated(name: str) -> bool:
    return name == "pytest_engine.core.types.engine"


def is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "overload" for one in node.decorator_list)


def test_the_public_names_are_these() -> None:
    assert sorted(pytest_engine.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_resolves(name: str) -> None:
    assert getattr(pytest_engine, name) is not None


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(pytest_engine, name))


def test_dir_shows_the_public_names() -> None:
    assert set(PUBLIC) <= set(dir(pytest_engine))


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = pytest_engine.no_such_name


@pytest.mark.parametrize("name", MODULES)
def test_all_is_complete(name: str) -> None:
    module = importlib.import_module(name)
    if not hasattr(module, "__all__") or is_generated(name):
        return
    assert set(definitions(name)) - set(module.__all__) == set(), (
        "Add it to __all__, or let its name begin with an underscore"
    )
    assert [one for one in module.__all__ if not hasattr(module, one)] == []


@pytest.mark.parametrize("name", [name for name in MODULES if not is_generated(name)])
def test_what_is_public_is_documented(name: str) -> None:
    nodes = dict(definitions(name))
    for owner, node in list(nodes.items()):
        if isinstance(node, ast.ClassDef):
            nodes.update(
                (f"{owner}.{child.name}", child)
                for child in node.body
                if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef))
                and not child.name.startswith("_")
                and not is_overload(child)
            )
    undocumented = [
        one
        for one, node in nodes.items()
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and not is_overload(node)
        and not ast.get_docstring(node)
    ]
    assert undocumented == []
