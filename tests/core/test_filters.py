"""Filters, as the engine takes them."""

from __future__ import annotations

import json

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.filters import encode_filters


@pytest.mark.parametrize("filters", [None, {}])
def test_no_filters_are_no_parameter(filters: None) -> None:
    assert encode_filters(filters) is None


def test_every_value_becomes_a_list_of_strings() -> None:
    encoded = encode_filters({"label": ["a=1", "b"], "name": "web", "dangling": True, "x": False})
    expected = {"label": ["a=1", "b"], "name": ["web"], "dangling": ["true"], "x": ["false"]}
    assert json.loads(encoded or "") == expected


def test_an_empty_list_stays_one() -> None:
    assert encode_filters({"label": []}) == '{"label": []}'


@pytest.mark.parametrize("value", [5, None, b"a", ["a", 5], {"a": "b"}])
def test_a_value_of_another_kind_is_refused_by_the_name_of_its_key(value: object) -> None:
    with pytest.raises(InvalidInput, match="Filter label: "):
        encode_filters({"label": value})  # type: ignore[dict-item]
