"""The instructions of a Dockerfile."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .words import split_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Instruction", "Lines", "find_line", "read_instructions"]

_DIRECTIVE = re.compile(r"#\s*(?P<name>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?P<value>\S.*)")
_HEREDOC = re.compile(r"[0-9]*<<(?P<tabs>-?)(?P<name>[^<]+)")
_WITH_HEREDOCS = frozenset({"ADD", "COPY", "RUN"})
# In front of a step's name: its stage, and which of that stage's it is.
_PLACE = re.compile(r"^\[[^\]]*\] ")
_FLAG = re.compile(r"--(?P<name>[a-z-]+)(?:=(?P<value>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Instruction:
    """An instruction, its lines joined.

    Attributes:
        word: what is to be done, in capitals: `FROM`.
        text: what follows that.
        line: the line that it begins on, from 1.
        flags: of the text: flag -> all of its values, in order.
        arguments: of the text: what follows the flags.
    """

    word: str
    text: str
    line: int
    flags: Mapping[str, Sequence[str]]
    arguments: str


class Lines:
    """A Dockerfile's lines, and the directives in front of them.

    Attributes:
        directives: directive, in lower case -> value.
        escape: what an instruction goes on with on the next line.
        taken: how many lines have been taken.
    """

    def __init__(self, text: str) -> None:
        """Read the directives; no line is taken yet."""
        self._lines = text.removeprefix("\ufeff").split("\n")
        self.taken = 0
        self.directives: dict[str, str] = {}
        for line in self._lines:
            directive = _DIRECTIVE.fullmatch(line.strip())
            if directive is None:
                break
            self.directives.setdefault(directive["name"].lower(), directive["value"])
        self.escape = "`" if self.directives.get("escape") == "`" else "\\"
        mark = re.escape(self.escape)
        # One that is escaped itself goes on with nothing.
        self._goes_on = re.compile(rf"(?:^|(?<=[^{mark}])){mark}[ \t\r]*$")

    def take(self) -> str | None:
        """Take the next line as it is; None at the end."""
        if self.taken == len(self._lines):
            return None
        self.taken += 1
        return self._lines[self.taken - 1].rstrip("\r")

    def take_joined(self) -> str | None:
        """Take the next line with those that it goes on with; None at the end."""
        parts: list[str] = []
        while True:
            line = self.take()
            if line is None:
                return "".join(parts) if parts else None
            is_comment = line.lstrip().startswith("#")
            if parts and (is_comment or not line.strip()):
                # Neither ends an instruction.
                continue
            begun = "" if is_comment else self._goes_on.sub("", line)
            parts.append(begun)
            if is_comment or begun == line:
                return "".join(parts)


def read_instructions(text: str) -> list[Instruction]:
    """Read the instructions of a Dockerfile; documents within it (`<<EOF`) are passed over."""
    lines = Lines(text)
    found: list[Instruction] = []
    while True:
        line = lines.taken + 1
        joined = lines.take_joined()
        if joined is None:
            return found
        parts = joined.split(None, 1)
        if parts:
            word, rest = parts[0].upper(), "".join(parts[1:])
            _pass_documents(word, rest, lines)
            found.append(Instruction(word, rest, line, *_take_flags(rest, lines.escape)))


def find_line(text: str, step: str) -> int | None:
    """Find the line of the Dockerfile that a step comes from; None where that is not certain.

    Args:
        text: the Dockerfile.
        step: the step's name, as a builder words it: `[build 2/3] RUN make`.
    """
    wanted = _PLACE.sub("", step).split()
    lines = [
        instruction.line
        for instruction in read_instructions(text)
        if [instruction.word, *instruction.text.split()] == wanted
    ]
    return lines[0] if len(lines) == 1 else None


def _pass_documents(word: str, rest: str, lines: Lines) -> None:
    if word == "ONBUILD":
        word, _space, rest = rest.partition(" ")
    if word.upper() not in _WITH_HEREDOCS or "<<" not in rest:
        return
    for one in split_words(rest, lines.escape):
        document = _HEREDOC.fullmatch(one)
        name = re.sub(r"[\"']", "", document["name"]) if document else ""
        while document and name:
            line = lines.take()
            if line is None or (line.lstrip("\t") if document["tabs"] else line) == name:
                break


def _take_flags(rest: str, escape: str) -> tuple[dict[str, list[str]], str]:
    flags: dict[str, list[str]] = {}
    rest = rest.strip()
    while rest.startswith("--"):
        word = split_words(rest, escape)[0]
        flag = _FLAG.fullmatch(word)
        if flag is None:
            break
        flags.setdefault(flag["name"], []).append(flag["value"] or "")
        rest = rest[len(word) :].lstrip()
    return flags, rest
