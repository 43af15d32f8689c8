"""How Sphinx builds the documentation: `make docs`. Warnings are errors, nitpicks included."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import pkgutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.util.nodes import make_refnode

import pytest_engine

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

project = "pytest-engine"
author = "the pytest-engine contributors"
copyright = author
version = release = importlib.metadata.version("pytest-engine")

# The directive `operations` is in a module beside this one.
sys.path.insert(0, str(Path(__file__).parent))
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "operations_table",
]
exclude_patterns = ["examples"]
html_theme = "furo"
html_title = "pytest-engine"
# Headings down to this level can be linked to as page.md#heading.
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True, "member-order": "bysource"}
# Signatures carry the types; saying them again under "Parameters" makes pages hard to read.
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_numpy_docstring = False
# `single` backticks are code in our docstrings, as they are in Markdown.
default_role = "code"
# An error's facts read best as a list below it, not as members of their own.
napoleon_use_ivar = True

nitpicky = True
# Annotations name what is imported under TYPE_CHECKING only: do those imports as well, once all
# modules are there, so that autodoc can tell what a name stands for.
_modules = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(pytest_engine.__path__, "pytest_engine.")
    if not module.name.endswith(".__main__")
]
_parts = [
    (vars(module), ast.unparse(part))
    for module in _modules
    for block in ast.parse(inspect.getsource(module)).body
    if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
    for part in block.body
]
while _parts:
    _later = []
    for _namespace, _text in _parts:
        try:
            exec(_text, _namespace)  # noqa: S102  # our own
        except (ImportError, NameError):
            # Of what another module defines likewise.
            _later.append((_namespace, _text))
    assert len(_later) < len(_parts), _later  # noqa: S101
    _parts = _later

# Names that are documented elsewhere; building our pages fetches nothing, so they have no link.
_ELSEWHERE = {*sys.stdlib_module_names, "_pytest", "filelock", "pytest", "requests"}
_ELSEWHERE |= {"typing_extensions", "urllib3"}
nitpick_ignore_regex = [
    (r"py:.*", rf"({'|'.join(sorted(_ELSEWHERE))})\..*"),
    # Below what users touch: the parts of the transport that the client hands around.
    (r"py:class", r"pytest_engine\.core\.transport\..*"),
    # In signatures of methods that a class has from its parts, names stay as they are written.
    (r"py:class", r"Archive|OnProgress|Stream"),
]


def link_by_last_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element
) -> Element | None:
    """Link `NotFound` in "Raises" to the one class of that name, wherever it is documented.

    Docstrings name errors as code does, by their last name, where Sphinx looks only in the module
    that the docstring is in. Annotations name a class by the module that defines it, where its
    documentation stands in the package that exports it; what no package exports stays without a
    link. A name that does not exist, or not in a single place, stays a warning.
    """
    target = node["reftarget"]
    if node.get("refdomain") != "py" or ("." in target and not target.startswith("pytest_engine.")):
        return None
    module, _, name = target.rpartition(".")
    objects = env.domains.python_domain.objects
    found = [full for full in objects if full.endswith(f".{name}") and not objects[full].aliased]
    if len(found) == 1:
        entry = objects[found[0]]
        source = node.get("refdoc", "")
        return make_refnode(app.builder, source, entry.docname, entry.node_id, content, found[0])
    package = sys.modules.get(module.rpartition(".")[0])
    exists = hasattr(sys.modules.get(module), name)
    return content if exists and name not in getattr(package, "__all__", ()) else None


def skip_dotted_keys(_app: Sphinx, _what: str, name: str, *_rest: object) -> bool | None:
    """Leave out keys like `os.version`, which autodoc takes for attributes of attributes."""
    return True if "." in name else None


def say_that_returns_has_no_type(
    _app: Sphinx, _what: str, _name: str, _obj: object, _options: object, lines: list[str]
) -> None:
    """Keep napoleon from reading "Whether it ran: not when it was paused" as a type and a text.

    The annotation has the type; a colon in front tells napoleon that the text has none.
    """
    for index, line in enumerate(lines[:-1]):
        if line.strip() in {"Returns:", "Yields:"}:
            text = lines[index + 1]
            sentence = text.lstrip()
            lines[index + 1] = f"{text[: len(text) - len(sentence)]}: {sentence}"


def setup(app: Sphinx) -> None:
    """Hook them in; docstrings before napoleon sees them, which is at 500."""
    app.connect("autodoc-process-docstring", say_that_returns_has_no_type, priority=400)
    app.connect("missing-reference", link_by_last_name)
    app.connect("autodoc-skip-member", skip_dotted_keys)
