"""The images that a Dockerfile names, and which of them a build needs."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .instructions import Instruction, Lines, read_instructions
from .words import expand, split_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["BaseImage", "find_base_images"]

# The name of nothing to begin with.
_NO_IMAGE = "scratch"
_LONGEST_NUMBER = 6
# What is given under this name wins over the directive.
_SYNTAX_ARGUMENT = "BUILDKIT_SYNTAX"


@dataclass(frozen=True)
class BaseImage:
    """An image that a build needs.

    Attributes:
        name: its name, variables replaced.
        platform: the platform that it is wanted for; None: the engine's own.
    """

    name: str
    platform: str | None = None


@dataclass
class _Stage:
    name: str
    # None: it cannot be told.
    base: str | None
    platform: str | None
    # What is copied or mounted from: stages by name or number, or images.
    sources: list[str] = field(default_factory=list)


def find_base_images(
    text: str,
    *,
    args: Mapping[str, str] | None = None,
    target: str | None = None,
    platform: str | None = None,
    own_platform: str = "linux/amd64",
) -> tuple[BaseImage, ...]:
    """Find the images that a build of a Dockerfile needs.

    Those of stages that the wanted one does not need are left out, as BuildKit does; and those
    whose names cannot be told.

    Args:
        text: the Dockerfile.
        args: values for its `ARG` instructions.
        target: the stage to build; None: the last.
        platform: the platform that is built for; None: the engine's own.
        own_platform: the engine's own.

    Returns:
        The images, each once, in the order in which they are named; that of the frontend
        (`# syntax=`) first.
    """
    given = args or {}
    lines = Lines(text)
    instructions = read_instructions(text)
    variables = _variables(
        instructions, given, platform or own_platform, own_platform, lines.escape
    )
    stages = list(_stages(instructions, variables, lines.escape))
    images: dict[BaseImage, None] = {}
    syntax = (given.get(_SYNTAX_ARGUMENT) or lines.directives.get("syntax") or "").split()
    if syntax:
        images[BaseImage(syntax[0])] = None
    for number in sorted(_needed(stages, target)):
        stage = stages[number]
        wanted = stage.platform or platform
        names = [name for name in stage.sources if _find(stages, name) is None]
        if stage.base and _find_earlier(stages, number, stage.base) is None:
            names.insert(0, stage.base)
        for name in names:
            if name.lower() != _NO_IMAGE:
                images[BaseImage(name, None if wanted == own_platform else wanted)] = None
    return tuple(images)


def _variables(
    instructions: Sequence[Instruction],
    given: Mapping[str, str],
    platform: str,
    own_platform: str,
    escape: str,
) -> dict[str, str]:
    """The variables of the `ARG` instructions before the first stage, and those that are there."""
    variables: dict[str, str] = {}
    for prefix, value in (("TARGET", platform), ("BUILD", own_platform)):
        system, architecture, variant = [*value.split("/", 2), "", ""][:3]
        variables[f"{prefix}PLATFORM"] = value
        variables[f"{prefix}OS"] = system
        variables[f"{prefix}ARCH"] = architecture
        variables[f"{prefix}VARIANT"] = variant
    for instruction in instructions:
        if instruction.word == "FROM":
            break
        for word in split_words(instruction.arguments, escape) if instruction.word == "ARG" else ():
            name, equals, default = word.partition("=")
            stated = given.get(name)
            if stated is None and equals:
                stated = _expanded(default, variables, escape)
            if stated is not None:
                variables[name] = stated
    return variables


def _stages(
    instructions: Sequence[Instruction], variables: Mapping[str, str], escape: str
) -> Iterator[_Stage]:
    stage: _Stage | None = None
    for instruction in instructions:
        if instruction.word == "FROM":
            if stage is not None:
                yield stage
            words = split_words(instruction.arguments, escape)
            platform = instruction.flags.get("platform", [""])[-1]
            stage = _Stage(
                words[2].lower() if len(words) > 2 and words[1].upper() == "AS" else "",
                _expanded(words[0], variables, escape) if words else None,
                _expanded(platform, variables, escape) or None,
            )
        elif stage is not None:
            stage.sources += _sources(instruction)
    if stage is not None:
        yield stage


def _expanded(word: str, variables: Mapping[str, str], escape: str) -> str | None:
    try:
        return expand(word, variables, escape)
    except ValueError:
        return None


def _sources(instruction: Instruction) -> Iterator[str]:
    """What an instruction takes files from; the builder replaces no variables there."""
    values = list(instruction.flags.get("from", ())) if instruction.word == "COPY" else []
    for mount in instruction.flags.get("mount", ()) if instruction.word == "RUN" else ():
        try:
            parts = [part.partition("=") for row in csv.reader([mount]) for part in row]
        except csv.Error:
            continue
        values += [value for key, _equals, value in parts if key.strip().lower() == "from"]
    yield from (value for value in values if value and "$" not in value)


def _find_earlier(stages: Sequence[_Stage], before: int, name: str) -> int | None:
    """The last stage of a name that begins before another one."""
    numbers = [number for number in range(before) if stages[number].name == name.lower()]
    return numbers[-1] if numbers else None


def _find(stages: Sequence[_Stage], name: str) -> int | None:
    """The stage of a name or of a number, wherever it is."""
    if name.isdecimal() and len(name) < _LONGEST_NUMBER:
        return int(name)
    return _find_earlier(stages, len(stages), name)


def _needed(stages: Sequence[_Stage], target: str | None) -> set[int]:
    """The numbers of the stages that have to be built."""
    wanted = _find(stages, target) if target else len(stages) - 1
    # Of a target that is not there, the builder says so.
    left = [] if wanted is None else [wanted]
    needed: set[int] = set()
    while left:
        number = left.pop()
        if number in needed or not 0 <= number < len(stages):
            continue
        needed.add(number)
        stage = stages[number]
        found = [_find(stages, name) for name in stage.sources]
        if stage.base:
            found.append(_find_earlier(stages, number, stage.base))
        left += [one for one in found if one is not None]
    return needed
