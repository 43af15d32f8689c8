"""``core/types/engine.py``: the TypedDicts of the Engine API."""

from __future__ import annotations

import json
import keyword
from typing import TYPE_CHECKING, Any, NamedTuple

from .description import find_key, own_fields

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Schema = dict[str, Any]

BASELINE = (1, 41)
"""The oldest supported API version: only what is newer is worth a comment."""

LINE_LENGTH = 100

SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, object]",
}

HEADER = '''\
# Generated from the description of Engine API {version} by pytest_engine.generate.
# Change the generator, not this file.
# ruff: noqa: D101
"""The Engine's JSON as TypedDicts: every key is optional, as engines differ in what they send.

A comment such as ``# API 1.44`` names the first version that has the field, where that is
newer than {baseline}; ``# gone with API 1.52`` the first that lacks it.
"""

from __future__ import annotations

from typing import {typing_names}
'''


def generate(api: Mapping[str, Any], changes: Mapping[str, Any]) -> str:
    """Return the text of the module."""
    generator = Generator(api, changes)
    generator.run()
    return render(generator)


class Field(NamedTuple):
    """One key of a TypedDict, and in which API versions where that is worth saying."""

    key: str
    annotation: str
    versions: str | None


class Shape(NamedTuple):
    """One TypedDict."""

    name: str
    bases: tuple[str, ...]
    fields: tuple[Field, ...]


class Alias(NamedTuple):
    """One name for a map, list or scalar; ``needs`` are the names that its value mentions."""

    name: str
    value: str
    needs: frozenset[str]


class Generator:
    """Turn one API description into shapes and aliases."""

    def __init__(self, api: Mapping[str, Any], changes: Mapping[str, Any] | None = None) -> None:
        self.version: str = api["api"]
        self.shapes: dict[str, Shape] = {}
        self.aliases: dict[str, Alias] = {}
        self._definitions: dict[str, Schema] = api["definitions"]
        self._operations: list[dict[str, Any]] = api["operations"]
        self._changes: Mapping[str, Any] = (changes or {}).get("definitions", {})
        self._changes_of: Mapping[str, Any] = (changes or {}).get("operations", {})
        self._names: set[str] = set(self._definitions)

    def run(self) -> None:
        """Fill :attr:`shapes` and :attr:`aliases`."""
        for name, schema in self._definitions.items():
            self._define(name, schema, Versions(self._changes.get(name, {}), self.version))
        for operation in self._operations:
            change = self._changes_of.get(find_key(operation), {})
            for suffix, schema in _own_schemas(operation):
                # Bodies and answers are told of field by field, the first level only.
                told = change.get("body" if suffix == "Body" else "answer")
                fields = {"fields": told} if isinstance(told, dict) else {}
                name = self._claim(operation["id"] + suffix)
                self._define(name, schema, Versions(fields, self.version))

    def _define(self, name: str, schema: Schema, since: Versions) -> None:
        parts = _object_parts(schema)
        if parts is None:
            needs: set[str] = set()
            value = self._annotation(schema, name + "Item", since, needs, union=False)
            self.aliases[name] = Alias(name, value, frozenset(needs))
            return
        bases, fields = parts
        self.shapes[name] = Shape(
            name,
            tuple(bases),
            tuple(
                Field(
                    key,
                    self._annotation(field, name + _camel(key), since.below("." + key), set()),
                    since.comment(key),
                )
                for key, field in fields.items()
            ),
        )

    def _annotation(
        self, schema: Schema, name: str, since: Versions, needs: set[str], *, union: bool = True
    ) -> str:
        """The type expression of `schema`; inline objects in it become the shape `name`."""
        value = self._plain(schema, name, since, needs, union=union)
        if not schema.get("nullable"):
            return value
        # An alias is evaluated when the module is imported, and Python 3.9 has no `X | None`.
        return f"{value} | None" if union else f"Optional[{value}]"

    def _plain(
        self, schema: Schema, name: str, since: Versions, needs: set[str], *, union: bool
    ) -> str:
        if len(schema.get("all_of", ())) == 1 and "fields" not in schema:
            schema = schema["all_of"][0]
        if "ref" in schema:
            needs.add(schema["ref"])
            return str(schema["ref"])
        if _object_parts(schema) is not None:
            self._define(self._claim(name), schema, since)
            needs.add(name)
            return name
        if "items" in schema:
            inner = self._annotation(schema["items"], name, since.below("[]"), needs, union=union)
            return f"list[{inner}]"
        if "map_of" in schema:
            inner = self._annotation(schema["map_of"], name, since.below("{}"), needs, union=union)
            return f"dict[str, {inner}]"
        return _scalar(schema)

    def _claim(self, name: str) -> str:
        if name in self._names:
            raise ValueError(f"{name} names both a definition and an inline schema")
        self._names.add(name)
        return name


class Versions:
    """The API versions that have the fields below one definition, by their dotted paths."""

    def __init__(self, change: Mapping[str, Any], version: str, path: str = "") -> None:
        self._change = change
        self._version = _number(version)
        self._text = version
        self._path = path

    def below(self, step: str) -> Versions:
        """The same for what lies at `step`: ``.Field``, ``[]`` or ``{}``."""
        return Versions(self._change, self._text, (self._path + step).lstrip("."))

    def comment(self, key: str) -> str | None:
        """What to say of a field that not every version since the baseline has."""
        path = f"{self._path}.{key}" if self._path else key
        span = self._change.get("fields", {}).get(path, 1)
        if span == 1:
            return None
        first, gone = (span if isinstance(span[0], list) else [span])[-1]
        if gone is not None and _number(gone) <= self._version:
            return f"gone with API {gone}"
        return f"API {first}" if _number(first) > BASELINE else None


def render(generator: Generator) -> str:
    """The text of ``engine.py``."""
    aliases = list(_ordered(generator.aliases))
    shapes = [generator.shapes[name] for name in sorted(generator.shapes)]
    body = [_render_shape(shape) for shape in _bases_first(shapes)]
    if aliases:
        body.append("".join(_assignment(alias) for alias in aliases).rstrip("\n") + "\n")
    text = "\n\n".join(["", *body])
    names = [name for name in ("Literal", "Optional", "TypedDict") if name in text]
    header = HEADER.format(
        version=generator.version,
        baseline="{}.{}".format(*BASELINE),
        typing_names=", ".join(names),
    )
    return header + text


def _own_schemas(operation: Mapping[str, Any]) -> Iterator[tuple[str, Schema]]:
    """The inline objects that an operation takes and answers, with the suffix of their name."""
    body = (operation.get("body") or {}).get("schema")
    if body and _object_parts(body) is not None:
        yield "Body", body
    for code, response in operation["responses"].items():
        schema = response.get("schema")
        while schema and "items" in schema:
            schema = schema["items"]
        if code.startswith("2") and schema and _object_parts(schema) is not None:
            yield "Response", schema
            return


def _object_parts(schema: Schema) -> tuple[list[str], dict[str, Schema]] | None:
    """The definitions that an object extends and its own fields; None where it is no object."""
    if len(schema.get("all_of", ())) == 1 and "fields" not in schema:
        return None
    if "all_of" not in schema and "fields" not in schema:
        return None
    bases = [part["ref"] for part in schema.get("all_of", ()) if "ref" in part]
    return bases, own_fields(schema)


def _bases_first(shapes: Sequence[Shape]) -> Iterator[Shape]:
    """`shapes` in their order, but each after those that it extends."""
    by_name = {shape.name: shape for shape in shapes}
    done: set[str] = set()

    def visit(shape: Shape) -> Iterator[Shape]:
        if shape.name in done:
            return
        done.add(shape.name)
        for base in shape.bases:
            yield from visit(by_name[base])
        yield shape

    for shape in shapes:
        yield from visit(shape)


def _ordered(aliases: Mapping[str, Alias]) -> Iterable[Alias]:
    """`aliases` by name, but each after those that its value mentions."""
    done: dict[str, Alias] = {}

    def visit(name: str) -> None:
        if name in done or name not in aliases:
            return
        for needed in sorted(aliases[name].needs):
            visit(needed)
        done[name] = aliases[name]

    for name in sorted(aliases):
        visit(name)
    return done.values()


def _render_shape(shape: Shape) -> str:
    if all(field.key.isidentifier() and not keyword.iskeyword(field.key) for field in shape.fields):
        bases = ", ".join(shape.bases or ("TypedDict",))
        lines = [f"class {shape.name}({bases}, total=False):\n"]
        lines += [_line(f"    {f.key}: ", f.annotation, "", f.versions) for f in shape.fields]
        return "".join(lines if shape.fields else [*lines, "    pass\n"])
    if shape.bases:
        raise ValueError(f"{shape.name} has keys that need the functional syntax, and bases")
    lines = [f"{shape.name} = TypedDict(\n", f'    "{shape.name}",\n', "    {\n"]
    # The values are strings, as the names in them may be defined further down.
    lines += [
        _line(f'        "{field.key}": ', json.dumps(field.annotation), ",", field.versions)
        for field in shape.fields
    ]
    return "".join([*lines, "    },\n", "    total=False,\n", ")\n"])


def _assignment(alias: Alias) -> str:
    return _line(f"{alias.name} = ", alias.value, "", None)


def _line(start: str, value: str, end: str, versions: str | None) -> str:
    """One line of source, or one line per member where a Literal is too long for one."""
    comment = f"  # {versions}" if versions else ""
    line = f"{start}{value}{end}{comment}\n"
    opening = value.find("Literal[")
    if len(line) <= LINE_LENGTH + 1 or opening < 0 or value.startswith('"'):
        return line
    indent = start[: len(start) - len(start.lstrip())]
    closing = value.rindex("]")
    if opening > 0:  # the Literal is an item of a list or a value of a map
        opening = value.index("[")
        members = [value[opening + 1 : closing]]
    else:
        opening = len("Literal")
        members = value[opening + 1 : closing].split(", ")
    inner = "".join(f"{indent}    {member},\n" for member in members)
    return f"{start}{value[:opening]}[\n{inner}{indent}{value[closing:]}{end}{comment}\n"


def _scalar(schema: Schema) -> str:
    # An enum of objects exists too: `{}` is the only value of an exposed port.
    if "enum" in schema and schema["type"] in ("string", "integer"):
        return "Literal[" + ", ".join(map(json.dumps, schema["enum"])) + "]"
    return SCALARS.get(schema.get("type", ""), "object")


def _camel(key: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in key).split()
    return "".join(word[:1].upper() + word[1:] for word in words)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.partition("-")[0].split("."))
