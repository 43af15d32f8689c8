"""The lines of Dockerfiles as instructions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.dockerfile import Instruction, find_line, read_instructions


def _read(text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.word, one.text) for one in read_instructions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# only this", []),
        ("FROM a\nRUN b\n", [(1, "FROM", "a"), (2, "RUN", "b")]),
        ("from a\n\n  Run  b c \n", [(1, "FROM", "a"), (3, "RUN", "b c ")]),
        ("\ufeffFROM a", [(1, "FROM", "a")]),
        ("FROM a\r\nRUN b \\\r\n c\r\n", [(1, "FROM", "a"), (2, "RUN", "b  c")]),
        ("RUN a \\\n  b\nRUN c", [(1, "RUN", "a   b"), (3, "RUN", "c")]),
        ("RUN a \\ \t\n b", [(1, "RUN", "a  b")]),
        ("RUN a \\\n# why\n\n b\nRUN c", [(1, "RUN", "a  b"), (5, "RUN", "c")]),
        ("RUN a \\\\\nRUN b", [(1, "RUN", "a \\\\"), (2, "RUN", "b")]),
        ("RUN a \\", [(1, "RUN", "a ")]),
        ("  # why\nRUN a # b", [(2, "RUN", "a # b")]),
        ("FROM\nRUN\tb", [(1, "FROM", ""), (2, "RUN", "b")]),
        ("# escape=`\nRUN a `\n b\\\nRUN c", [(2, "RUN", "a  b\\"), (4, "RUN", "c")]),
        ("# syntax = x\n# ESCAPE = `\nRUN a `\n b", [(3, "RUN", "a  b")]),
        ("# why\n# escape=`\nRUN a `\nRUN b", [(3, "RUN", "a `"), (4, "RUN", "b")]),
    ],
)
def test_lines_become_instructions(text: str, expected: list[tuple[int, str, str]]) -> None:
    assert _read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "RUN <<EOF\nFROM no\nEOF\nFROM yes",
        "RUN cat <<-EOF > /x\nFROM no\n\tEOF\nFROM yes",
        "RUN cat <<'EOF'\nFROM no\nEOF\nFROM yes",
        'RUN cat 0<<"EOF"\nFROM no\nEOF\nFROM yes',
        "COPY <<a <<b /\nFROM no\na\nFROM no\nb\nFROM yes",
        "RUN \\\n <<EOF\nFROM no\nEOF\nFROM yes",
        "ONBUILD RUN <<EOF\nFROM no\nEOF\nFROM yes",
        "add <<EOF /x\nFROM no\n EOF\nEOF\nFROM yes",
    ],
)
def test_documents_within_are_passed_over(text: str) -> None:
    assert [one.text for one in read_instructions(text) if one.word == "FROM"] == ["yes"]


@pytest.mark.parametrize(
    "text",
    [
        "RUN cat <<<here\nFROM yes",
        'RUN echo "a <<EOF"\nFROM yes',
        "RUN echo $((1<<2))\nFROM yes",
        "ENV <<EOF\nFROM yes",
        "RUN <<EOF\nFROM no",
    ],
)
def test_what_is_no_document_is_not_passed_over(text: str) -> None:
    found = [one.text for one in read_instructions(text) if one.word == "FROM"]
    assert found == (["yes"] if "yes" in text else [])


def test_flags_stand_in_front() -> None:
    (found,) = read_instructions("COPY --from=a --chown=1:1 --link b --not=this /\n")
    assert found == Instruction(
        "COPY",
        "--from=a --chown=1:1 --link b --not=this /",
        1,
        {"from": ["a"], "chown": ["1:1"], "link": [""]},
        "b --not=this /",
    )


def test_a_flag_may_be_given_twice() -> None:
    (found,) = read_instructions("RUN --mount=type=cache,target=/a --mount=from=b \\\n make\n")
    assert found.flags == {"mount": ["type=cache,target=/a", "from=b"]}
    assert found.arguments == "make"


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("[2/3] RUN make", 2),
        ("[build 2/3] RUN a && b", 3),
        ("[stage-1 1/2] COPY --from=build /a /b", 5),
        ("RUN make", 2),
        ("[1/2 2/2] RUN twice", None),
        ("[2/3] RUN other", None),
        ("exporting to image", None),
        ("", None),
    ],
)
def test_the_line_of_a_step_is_found_where_it_is_certain(step: str, line: int | None) -> None:
    text = "FROM x\nRUN make\nrun a && \\\n  b\nCOPY --from=build /a /b\nRUN twice\nRUN twice\n"
    assert find_line(text, step) == line


@given(st.text())
def test_any_text_has_instructions(text: str) -> None:
    read_instructions(text)


@given(st.lists(st.sampled_from(["RUN a", "# b", "", " \\", "<<E", "E", "--x=y", "RUN <<E \\"])))
def test_lines_are_numbered_in_order(lines: list[str]) -> None:
    numbers = [one.line for one in read_instructions("\n".join(lines))]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= len(lines) for number in numbers)
