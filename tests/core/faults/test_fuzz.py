"""Any input at all, lone surrogates included: a value or an error of ours.

The grammars have properties of their own in their tests; here it is only seen that nothing
else than an `EngineError` comes out.
"""

from __future__ import annotations

import contextlib
import json
from typing import Any, Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_engine.core.api.asked import fill_path
from pytest_engine.core.dockerignore import IgnoreRules, parse_ignore_file
from pytest_engine.core.endpoint import parse_endpoint
from pytest_engine.core.errors import EngineError
from pytest_engine.core.filters import encode_filters
from pytest_engine.core.operations import OPERATIONS
from pytest_engine.core.reference import parse_reference
from pytest_engine.core.spec.mounts import parse_volumes
from pytest_engine.core.spec.ports import parse_exposed, parse_ports
from pytest_engine.core.spec.values import parse_bytes, parse_command, parse_duration
from pytest_engine.core.streams import LineDecoder

# With the surrogates that stand for bytes in names that are no UTF-8.
_text = st.text(st.characters(exclude_categories=()))
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | _text | st.binary()
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

Parse = Callable[[str], object]


@pytest.mark.parametrize(
    "parse",
    [
        lambda text: fill_path(OPERATIONS["ContainerInspect"], [text]),
        lambda text: fill_path(OPERATIONS["ImageInspect"], [text]),
        parse_reference,
        parse_endpoint,
        lambda text: parse_endpoint(f"unix:///{text}"),
        lambda text: parse_endpoint(f"ssh://{text}"),
        lambda text: parse_endpoint(f"tcp://{text}"),
        lambda text: parse_ports([text]),
        lambda text: parse_exposed([text]),
        lambda text: parse_volumes([text]),
        lambda text: parse_bytes(text, "memory"),
        lambda text: parse_duration(text, "interval"),
        lambda text: parse_command(text, "command"),
        lambda text: IgnoreRules(parse_ignore_file(text)).ignores(text),
    ],
)
@given(text=_text)
@example(text="\ud800")
@example(text="\udcff")
def test_any_text_is_a_value_or_an_error_of_ours(parse: Parse, text: str) -> None:
    with contextlib.suppress(EngineError):
        parse(text)


@given(_values | st.dictionaries(_scalars, _values, max_size=3))
def test_anything_is_a_filter_or_an_error_of_ours(value: Any) -> None:
    try:
        encoded = encode_filters(value)
    except EngineError:
        return
    decoded = json.loads(encoded or "{}")
    assert all(isinstance(one, str) for values in decoded.values() for one in values)


@given(
    st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.binary(max_size=9)), max_size=20)
)
def test_lines_hold_all_that_was_written_to_their_stream(chunks: list[tuple[str, bytes]]) -> None:
    decoder = LineDecoder()
    found = [line for stream, data in chunks for line in decoder.feed(stream, data)]
    found += decoder.finish()
    for name in ("stdout", "stderr"):
        written = b"".join(data for stream, data in chunks if stream == name)
        expected = written.split(b"\n")
        if not expected[-1]:
            expected.pop()
        lines = [line for stream, line in found if stream == name]
        assert [line.rstrip(b"\r") for line in lines] == [line.rstrip(b"\r") for line in expected]
