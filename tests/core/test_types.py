"""The generator of the Engine's TypedDicts, and what it generated."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core import types
from pytest_engine.generate import types as generate
from pytest_engine.generate.__main__ import main

ENGINE = Path(types.__file__).with_name("engine.py")


def generated(api: dict[str, Any], changes: dict[str, Any] | None = None) -> str:
    generator = generate.Generator({"api": "1.50", "operations": [], **api}, changes)
    generator.run()
    return generate.render(generator)


def run(source: str) -> dict[str, Any]:
    """The names that a generated module defines."""
    # The generator made the code from the schema of this very test.
    names: dict[str, Any] = {"__name__": "generated"}
    exec(compile(source, "generated.py", "exec"), names)  # noqa: S102
    return names


def definition(source: str, name: str) -> list[str]:
    """The lines of one class of a generated module, without its first one."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return [line.strip() for line in source.splitlines()[node.lineno : node.end_lineno]]
    raise AssertionError(f"no class {name}")


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": "string"}, "str"),
        ({"type": "integer", "format": "int64"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean", "nullable": True}, "bool | None"),
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array", "nullable": True, "items": {"ref": "Other"}}, "list[Other] | None"),
        ({"type": "object", "map_of": {"type": "string"}}, "dict[str, str]"),
        ({"type": "object"}, "dict[str, object]"),
        ({"type": "object", "enum": [{}]}, "dict[str, object]"),
        ({}, "object"),
        ({"type": "string", "enum": ["", "no"]}, 'Literal["", "no"]'),
        ({"type": "integer", "enum": [0, 1]}, "Literal[0, 1]"),
        ({"all_of": [{"ref": "Other"}]}, "Other"),
    ],
)
def test_a_schema_becomes_a_type(schema: dict[str, Any], annotation: str) -> None:
    source = generated(
        {
            "definitions": {
                "Thing": {"type": "object", "fields": {"Key": schema}},
                "Other": {"type": "object", "fields": {"Name": {"type": "string"}}},
            }
        }
    )
    assert definition(source, "Thing") == [f"Key: {annotation}"]
    assert run(source)["Thing"].__total__ is False


def test_an_inline_object_is_named_by_its_path() -> None:
    inline = {"type": "object", "fields": {"Type": {"type": "string"}}}
    source = generated(
        {
            "definitions": {
                "Host": {
                    "type": "object",
                    "fields": {
                        "Log": {"type": "object", "fields": {"Deep": inline}},
                        "Limits": {"type": "array", "items": inline},
                    },
                }
            }
        }
    )
    assert definition(source, "Host") == ["Log: HostLog", "Limits: list[HostLimits]"]
    assert definition(source, "HostLog") == ["Deep: HostLogDeep"]
    assert definition(source, "HostLogDeep") == ["Type: str"]
    assert definition(source, "HostLimits") == ["Type: str"]


def test_an_inline_object_never_takes_the_name_of_a_definition() -> None:
    inline = {"type": "object", "fields": {"Type": {"type": "string"}}}
    with pytest.raises(ValueError, match="HostLog"):
        generated(
            {
                "definitions": {
                    "Host": {"type": "object", "fields": {"Log": inline}},
                    "HostLog": inline,
                }
            }
        )


def test_an_object_extends_the_definitions_it_is_made_of() -> None:
    source = generated(
        {
            "definitions": {
                "A": {
                    "all_of": [
                        {"ref": "Z"},
                        {"type": "object", "fields": {"Own": {"type": "string"}}},
                    ]
                },
                "Z": {"type": "object", "fields": {"Shared": {"type": "integer"}}},
            }
        }
    )
    assert set(run(source)["A"].__annotations__) == {"Own", "Shared"}


def test_an_object_extends_one_definition_also_where_its_fields_stand_beside_it() -> None:
    own = {"type": "object", "fields": {"Own": {"type": "string"}}, "all_of": [{"ref": "Z"}]}
    shared = {"type": "object", "fields": {"Shared": {"type": "integer"}}}
    source = generated({"definitions": {"A": own, "Z": shared}})
    assert set(run(source)["A"].__annotations__) == {"Own", "Shared"}


def test_maps_and_scalars_become_aliases_in_an_order_that_python_can_evaluate() -> None:
    source = generated(
        {
            "definitions": {
                "Map": {
                    "type": "object",
                    "map_of": {"type": "array", "nullable": True, "items": {"ref": "Text"}},
                },
                "Text": {"type": "string"},
                "Items": {
                    "type": "array",
                    "items": {"type": "object", "fields": {"Kind": {"type": "string"}}},
                },
            }
        }
    )
    names = run(source)
    assert names["Text"] is str
    assert "Map = dict[str, Optional[list[Text]]]\n" in source
    assert "Items = list[ItemsItem]\n" in source
    assert definition(source, "ItemsItem") == ["Kind: str"]


def test_keys_that_are_no_identifiers_use_the_functional_syntax() -> None:
    source = generated(
        {
            "definitions": {
                "Odd": {
                    "type": "object",
                    "fields": {"io.containerd": {"ref": "Other"}, "class": {"type": "string"}},
                },
                "Other": {"type": "object", "fields": {"Name": {"type": "string"}}},
            }
        }
    )
    assert set(run(source)["Odd"].__annotations__) == {"io.containerd", "class"}


def test_only_fields_that_not_all_supported_versions_have_have_a_comment() -> None:
    text = {"type": "string"}
    source = generated(
        {
            "definitions": {
                "Thing": {
                    "type": "object",
                    "fields": {
                        "Old": text,
                        "Early": text,
                        "New": text,
                        "Back": text,
                        "Gone": text,
                        "Inner": {
                            "type": "array",
                            "items": {"type": "object", "fields": {"Late": text}},
                        },
                    },
                }
            }
        },
        {
            "definitions": {
                "Thing": {
                    "in": ["1.25", None],
                    "fields": {
                        "Old": 1,
                        "Early": ["1.40", None],
                        "New": ["1.44", None],
                        "Back": [["1.25", "1.30"], ["1.46", "1.51"]],
                        "Inner": 1,
                        "Inner[].Late": ["1.48", None],
                        "Gone": ["1.25", "1.49"],
                    },
                }
            }
        },
    )
    assert definition(source, "Thing") == [
        "Old: str",
        "Early: str",
        "New: str  # API 1.44",
        "Back: str  # API 1.46",
        "Gone: str  # gone with API 1.49",
        "Inner: list[ThingInner]",
    ]
    assert definition(source, "ThingInner") == ["Late: str  # API 1.48"]


def test_inline_bodies_and_answers_are_named_after_their_operation() -> None:
    answer = {"type": "object", "fields": {"Id": {"type": "string"}}}
    source = generated(
        {
            "definitions": {"Error": {"type": "object", "fields": {"message": {"type": "string"}}}},
            "operations": [
                {
                    "id": "ThingCreate",
                    "method": "POST",
                    "path": "/things/create",
                    "body": {"schema": {"all_of": [{"ref": "Error"}, answer]}},
                    "responses": {
                        "201": {"schema": {"type": "array", "items": answer}},
                        "404": {"schema": {"ref": "Error"}},
                    },
                },
                {
                    "id": "ThingList",
                    "method": "GET",
                    "path": "/things",
                    "responses": {"200": {"schema": {"ref": "Error"}}},
                },
            ],
        }
    )
    assert definition(source, "ThingCreateBody") == ["Id: str"]
    assert definition(source, "ThingCreateResponse") == ["Id: str"]
    assert "ThingListResponse" not in source


def test_bodies_and_answers_have_comments_too() -> None:
    text = {"type": "string"}
    fields = {"type": "object", "fields": {"Old": text, "New": text}}
    operation = {
        "id": "ThingCreate",
        "method": "POST",
        "path": "/things/{id}",
        "body": {"schema": fields},
        "responses": {"200": {"schema": fields}},
    }
    told = {"Old": 1, "New": ["1.44", None]}
    source = generated(
        {"definitions": {}, "operations": [operation]},
        {"operations": {"POST /things/{}": {"body": told, "answer": 1}}},
    )
    assert definition(source, "ThingCreateBody") == ["Old: str", "New: str  # API 1.44"]
    assert definition(source, "ThingCreateResponse") == ["Old: str", "New: str"]


def test_a_long_literal_has_one_member_per_line() -> None:
    values = [f"value-number-{number}" for number in range(10)]
    source = generated(
        {
            "definitions": {
                "Thing": {"type": "object", "fields": {"K": {"type": "string", "enum": values}}}
            }
        }
    )
    assert max(map(len, source.splitlines())) <= generate.LINE_LENGTH
    assert definition(source, "Thing")[:2] == ["K: Literal[", '"value-number-0",']


def test_the_program_writes_the_module(tmp_path: Path) -> None:
    api = tmp_path / "api.json"
    api.write_text('{"api": "1.50", "operations": [], "definitions": {"Text": {"type": "string"}}}')
    changes = tmp_path / "changes.json"
    changes.write_text('{"definitions": {}, "operations": {}}')
    module = tmp_path / "engine.py"
    assert main(["types", str(api), "--changes", str(changes), "--output", str(module)]) == 0
    assert module.read_text("utf-8").endswith("\n\nText = str\n")


def test_the_generated_module_says_what_it_is() -> None:
    first = ENGINE.read_text("utf-8").splitlines()[0]
    assert first.startswith("# Generated from the description of Engine API 1.")


@pytest.mark.parametrize(
    ("name", "field", "annotation"),
    [
        ("HostConfig", "LogConfig", "HostConfigLogConfig"),
        ("HostConfig", "NanoCpus", "int"),
        ("ContainerCreateBody", "HostConfig", "HostConfig"),
        ("ContainerCreateBody", "Env", "list[str]"),
        ("ContainerInspectResponse", "State", "ContainerState"),
        ("EndpointSettings", "GwPriority", "int"),
        ("VolumeListResponse", "Volumes", "list[Volume]"),
        ("NetworkInspect", "IPAM", "IPAM"),
        ("ImageInspect", "RepoTags", "list[str]"),
        ("NetworkInspect", "Containers", "dict[str, EndpointResource]"),
        ("NetworkInspect", "Name", "str"),
        ("SystemDataUsageResponse", "ImageUsage", "ImagesDiskUsage"),
        ("SystemDataUsageResponse", "LayersSize", "int"),
        ("NetworkSettings", "IPAddress", "str"),
        ("TaskSpecContainerSpec", "Healthcheck", "HealthConfig"),
        ("SecretCreateResponse", "ID", "str"),
        ("ConfigCreateResponse", "ID", "str"),
    ],
)
def test_the_generated_module_knows_the_engine(name: str, field: str, annotation: str) -> None:
    module = importlib.import_module("pytest_engine.core.types.engine")
    assert getattr(module, name).__annotations__[field].__forward_arg__ == annotation


def test_every_name_that_a_generated_type_mentions_exists() -> None:
    types = [
        ast.unparse(node.annotation)
        for node in ast.walk(ast.parse(ENGINE.read_text("utf-8")))
        if isinstance(node, ast.AnnAssign)
    ]
    mentioned = {
        node.id
        for text in types
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Name)
    }
    module = importlib.import_module("pytest_engine.core.types.engine")
    assert [name for name in sorted(mentioned) if not hasattr(module, name)] == [
        "bool",
        "dict",
        "float",
        "int",
        "list",
        "object",
        "str",
    ]
