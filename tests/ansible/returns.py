"""What modules return, beside what their documentation says of it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["undocumented"]

MODULES = Path(__file__).parents[2] / "ansible_collection" / "plugins" / "modules"
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "bool": bool,
    "dict": dict,
    "float": (float, int),
    "int": int,
    "list": list,
    "str": str,
}
# What Ansible gives a meaning or adds itself.
COMMON = frozenset(
    {
        "ansible_facts",
        "ansible_index_var",
        "ansible_loop_var",
        "attempts",
        "censored",
        "changed",
        "deprecations",
        "diff",
        "exception",
        "failed",
        "failed_when_result",
        "false_condition",
        "invocation",
        "item",
        "msg",
        "skip_reason",
        "skipped",
        "stderr_lines",
        "stdout_lines",
        "warnings",
    }
)
# What it adds of the file that a result names as its path.
OF_PATH = frozenset({"gid", "group", "mode", "owner", "secontext", "size", "state", "uid"})

# What it adds to the result of a task that it started and looked after later.
OF_ASYNC = frozenset({"ansible_job_id", "finished", "results_file", "started", "stderr", "stdout"})


def undocumented(action: str, result: Mapping[str, Any]) -> list[str]:
    """Name the keys of a result that a module's documentation does not have, or of another type.

    Args:
        action: the full name of the module; those of other collections are not looked at.
        result: what one task returned; of a loop, every turn is looked at.
    """
    namespace, _, name = action.rpartition(".")
    if namespace != "pytest_engine.engine":
        return []
    returns = _returns(name.removeprefix("docker_"))
    turns = result.get("results") if "results" not in returns else None
    return [
        wrong
        for one in (turns if isinstance(turns, list) else [result])
        for wrong in _wrong(returns, one)
    ]


def _wrong(returns: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[str]:
    added = COMMON | OF_PATH if "path" in result else COMMON
    if "ansible_job_id" in result:
        added |= OF_ASYNC
    for key, value in result.items():
        if key in returns:
            stated = returns[key]
            elements = value if isinstance(value, list) and "elements" in stated else []
            if not _is(value, stated["type"]):
                yield f"{key}: {value!r} is no {stated['type']}"
            yield from (
                f"{key}: {one!r} in it is no {stated['elements']}"
                for one in elements
                if not _is(one, stated["elements"])
            )
        elif key not in added and not key.startswith("_ansible"):
            yield key


def _is(value: object, type_: str) -> bool:
    # A bool is an int in Python alone. What is not there is null.
    is_bool = isinstance(value, bool) and type_ != "bool"
    return value is None or (isinstance(value, TYPES[type_]) and not is_bool)


@cache
def _returns(module: str) -> dict[str, Any]:
    tree = ast.parse((MODULES / f"{module}.py").read_text("utf-8"))
    texts = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "RETURN"
    ]
    returns: dict[str, Any] = yaml.safe_load(texts[0])
    return returns
