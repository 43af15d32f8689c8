"""The runtime interface: its names, and that an engine is one."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

from pytest_engine.core import errors, runtime
from pytest_engine.core.client import Engine
from pytest_engine.core.runtime import EngineRuntime, Runtime

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "runtime.md"
_ROW = re.compile(r"\| (?:`(?P<go>[\w.]+)` )?\| `(?P<ours>[\w.]+)` \|(?: (?P<note>.+))? ?\|")


# The page of names


def rows() -> list[tuple[str, str]]:
    """The rows of the page's tables: a name in Go, empty where it has none, and ours."""
    found = [match for line in PAGE.read_text().splitlines() if (match := _ROW.fullmatch(line))]
    return [(match["go"] or "", match["ours"]) for match in found]


def exists(name: str) -> bool:
    """Tell whether a name is one of the interface: a class, an error, a method, a field."""
    first, _dot, rest = name.partition(".")
    if first == "errors":
        return rest in errors.__all__
    owner = getattr(runtime, first, None)
    if owner is None or first not in runtime.__all__ or not rest:
        return owner is not None and first in runtime.__all__
    return hasattr(owner, rest) or rest in fields_of(owner)


def fields_of(owner: Any) -> set[str]:
    if not dataclasses.is_dataclass(owner):
        return set()
    return {field.name for field in dataclasses.fields(owner)}


def parts_of(owner: Any) -> set[str]:
    """What of a class a user sees: its fields, constants and methods."""
    shown = {name for name in vars(owner) if not name.startswith("_")}
    return shown | fields_of(owner)


def test_every_name_of_the_page_exists() -> None:
    assert [ours for _go, ours in rows() if not exists(ours)] == []


def test_no_name_is_told_twice() -> None:
    names = [go for go, _ours in rows() if go]
    assert sorted(set(names)) == sorted(names)


def test_the_page_has_all_209_names_and_one_of_an_example() -> None:
    assert sum(bool(go) for go, _ours in rows()) == 210


def test_every_name_of_the_interface_is_on_the_page() -> None:
    told = {ours for _go, ours in rows()}
    ours = set(runtime.__all__)
    for name in runtime.__all__:
        owner = getattr(runtime, name)
        own = isinstance(owner, type) and owner.__module__.startswith(runtime.__name__)
        # Its methods are those of the interface; a log and events are used as Python's own.
        if own and name not in ("EngineRuntime", "ContainerLogsResult", "EventsStreamResult"):
            ours |= {f"{name}.{part}" for part in parts_of(owner)}
    assert ours - told == set()


def test_a_row_that_names_nothing_is_seen() -> None:
    assert not exists("ContainerCreateConfig.memory")
    assert not exists("Nothing")
    assert not exists("errors.NoSuchError")
    assert exists("ContainerCreateConfig.memory_mb")


# The protocol


def test_an_engine_is_a_runtime() -> None:
    # mypy holds the signatures, this the names.
    checked: Runtime = EngineRuntime(Engine("unix:///nowhere", environ={}))
    for part in (runtime.SystemOps, runtime.ContainerOps, runtime.ImageOps, runtime.EventOps):
        assert isinstance(checked, part)
    assert isinstance(checked, Runtime)
    assert not isinstance(Engine("unix:///nowhere", environ={}), Runtime)
