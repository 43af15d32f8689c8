"""Compose files put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.stackfile.files import fill_in, lay_over
from pytest_engine.core.stackfile.parts import read_stack


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-${A}", "1-1"),
        ("${B:-x}${B-y}", "x"),
        ("${C:-x}${C-y}", "xy"),
        ("${A:+x}${C+y}", "x"),
        ("$$A costs 5$$", "$A costs 5$"),
        ("${C}", ""),
        (5, 5),
    ],
)
def test_variables_are_filled_in(text: object, expected: object) -> None:
    assert fill_in({"a": [text]}, {"A": "1", "B": ""}) == {"a": [expected]}


@pytest.mark.parametrize(
    ("text", "message"), [("${C:?say it}", "C is missing. say it"), ("5$", "begins no variable")]
)
def test_variables_that_cannot_be_are_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=rf"services\.web.*{message}"):
        fill_in({"services": {"web": text}}, {})


def test_files_are_laid_over_each_other() -> None:
    below = {"services": {"web": {"image": "a", "ports": ["1", "2"], "command": ["x", "y"]}}}
    above = {"services": {"web": {"image": "b", "ports": ["2", "3"], "command": ["z"]}, "db": {}}}
    assert lay_over([below, above]) == {
        "services": {
            "web": {"image": "b", "ports": ["1", "2", "3"], "command": ["z"]},
            "db": {},
        }
    }


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        (
            {"environment": ["A=1", "B=1", "C"]},
            {"environment": {"B": 2, "D": ""}},
            {"environment": {"A": "1", "B": 2, "C": None, "D": ""}},
        ),
        ({"labels": {"a": "1"}}, {"labels": ["b=2=3"]}, {"labels": {"a": "1", "b": "2=3"}}),
        (
            {"deploy": {"labels": ["a=1"], "replicas": 2}},
            {"deploy": {"labels": {"b": "2"}}},
            {"deploy": {"labels": {"a": "1", "b": "2"}, "replicas": 2}},
        ),
        ({"sysctls": ["a=1"]}, {"sysctls": {"b": 2}}, {"sysctls": {"a": "1", "b": 2}}),
        (
            {"extra_hosts": ["a:10.0.0.1", "b:10.0.0.1"]},
            {"extra_hosts": {"b": "10.0.0.2"}},
            {"extra_hosts": {"a": "10.0.0.1", "b": "10.0.0.2"}},
        ),
        (
            {"networks": {"front": {"aliases": ["a"]}}},
            {"networks": ["front", "back"]},
            {"networks": {"front": {"aliases": ["a"]}, "back": {}}},
        ),
        ({"dns": "10.0.0.1"}, {"dns": ["10.0.0.2"]}, {"dns": ["10.0.0.1", "10.0.0.2"]}),
        ({"env_file": ["a"]}, {"env_file": "b"}, {"env_file": ["a", "b"]}),
        (
            {"volumes": ["data:/d", "/e", "f:/f:ro"]},
            {"volumes": [{"type": "bind", "source": "/srv/d", "target": "/d"}, "e:/e/"]},
            {"volumes": [
                "f:/f:ro",
                {"type": "bind", "source": "/srv/d", "target": "/d"},
                "e:/e/",
            ]},
        ),
        (
            {"secrets": ["a", "b"], "configs": ["c"]},
            {"secrets": [{"source": "a", "mode": 256}], "configs": ["c", "d"]},
            {"secrets": ["b", {"source": "a", "mode": 256}], "configs": ["c", "d"]},
        ),
        (
            {"secrets": []},
            {"secrets": [{"source": "a", "target": "b"}, {"source": "a", "target": "c"}]},
            {"secrets": [{"source": "a", "target": "b"}, {"source": "a", "target": "c"}]},
        ),
        (
            {"logging": {"driver": "json-file", "options": {"max-size": "1m"}}},
            {"logging": {"driver": "syslog", "options": {"tag": "a"}}},
            {"logging": {"driver": "syslog", "options": {"tag": "a"}}},
        ),
        (
            {"logging": {"driver": "local", "options": {"max-size": "1m"}}},
            {"logging": {"options": {"max-file": "2"}}},
            {"logging": {"driver": "local", "options": {"max-size": "1m", "max-file": "2"}}},
        ),
        (
            {"deploy": {"replicas": 2, "labels": {"a": "1"}}, "ports": ["1"], "dns": "10.0.0.1"},
            {"deploy": {"labels": None}, "ports": None, "dns": None, "networks": None},
            {
                "deploy": {"replicas": 2, "labels": {"a": "1"}},
                "ports": ["1"],
                "dns": ["10.0.0.1"],
                "networks": None,
            },
        ),
        ({"command": ["a"], "user": "5"}, {"command": None, "user": None}, {
            "command": None,
            "user": None,
        }),
        ({"entrypoint": ["a"]}, {"entrypoint": "b c"}, {"entrypoint": "b c"}),
    ],
)  # fmt: skip
def test_it_does_not_matter_how_files_write_what_is_merged(
    below: Any, above: Any, expected: Any
) -> None:
    files = [{"services": {"web": stated}} for stated in (below, above)]
    assert lay_over(files) == {"services": {"web": expected}}


@pytest.mark.parametrize("section", ["services", "networks", "volumes", "secrets", "configs"])
def test_a_section_without_anything_takes_nothing_away(section: str) -> None:
    file = {section: {"web": {"labels": {"a": "1"}}}}
    assert lay_over([file, {section: None}]) == file
    assert lay_over([{section: None}, file]) == file


@pytest.mark.parametrize("wrong", ["", [], False, 0])
@pytest.mark.parametrize("section", ["services", "networks", "volumes", "secrets", "configs"])
def test_a_section_that_is_no_mapping_is_refused_in_any_file(section: str, wrong: Any) -> None:
    file: dict[str, Any] = {section: {"web": {}}}
    for stated, where in ((wrong, section), ({"web": wrong}, f"{section}.web")):
        with pytest.raises(InvalidInput, match=f"^{where}: it is no mapping"):
            lay_over([file, {section: stated}, file])
        with pytest.raises(InvalidInput, match=f"^{where}: it is no mapping"):
            read_stack("shop", {section: stated}, Path())


def test_labels_of_volumes_and_the_like_are_merged_as_well() -> None:
    files = [{"volumes": {"data": {"labels": labels}}} for labels in (["a=1"], {"b": "2"})]
    named = {"volumes": {"data": None}}
    assert lay_over([*files, named]) == {"volumes": {"data": {"labels": {"a": "1", "b": "2"}}}}


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"services": {"web": {"extra_hosts": ["b:1", "b:2"]}}}, "web.extra_hosts: b has two addr"),
        ({"services": {"web": {"image": "a", "environment": 5}}}, "environment: it is no list"),
        ({"services": {"web": {"image": "a", "environment": ["B"]}}}, "B has no value"),
        ({"services": {"web": 5}}, "services.web: it is no mapping"),
        ({"services": 5}, "services: it is no mapping"),
    ],
)
def test_what_cannot_be_is_refused_also_where_files_are_merged(
    file: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_stack("shop", lay_over([{}, file]), Path())
