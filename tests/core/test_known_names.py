"""Everything that older descriptions of the API name has its place here."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.operations import OPERATIONS
from tests.core.known_names import (
    DEFINITIONS,
    NEWER_OPERATIONS_OF_1_42,
    OPERATIONS_OF_1_33,
    RENAMED,
)

ALL = [*OPERATIONS_OF_1_33, *NEWER_OPERATIONS_OF_1_42]


def test_the_lists_are_whole() -> None:
    assert len(set(OPERATIONS_OF_1_33)) == 105
    assert len(set(ALL)) == 107


@pytest.mark.parametrize("name", ALL)
def test_an_operation_is_in_the_table_and_has_a_method_that_names_its_call(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.span.covers((1, 42))
    assert operation.span.covers((1, 33)) == (name in OPERATIONS_OF_1_33)
    resource, _, method = operation.call.partition(".")
    with Engine("unix:///nowhere", environ={}) as engine:
        told = inspect.getdoc(getattr(getattr(engine, resource), method)) or ""
    # Whatever the name in the braces is.
    assert _shape(f"{operation.method} {operation.path}") in _shape(told)


def _shape(text: str) -> str:
    return re.sub(r"\{\w+\}", "{}", text)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_a_type(name: str) -> None:
    types = importlib.import_module("pytest_engine.core.types.engine")
    assert hasattr(types, RENAMED.get(name, name))
    assert (name in RENAMED) != hasattr(types, name)
