"""The command line: `python -m tests.engine_facts`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from tests.lab import OWN_ENGINE, Lab, LabError
from tests.lab.guests import GUESTS
from tests.lab.namespaces import inside
from tests.scratch import Scratch

from . import FACTS, Ground, heading
from .page import PAGE, left_out, read_table, write_left_out, write_table, write_versions

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTION = """\
Find out what the engines of the lab do not do alike. They are started if they do not run; the lab
is taken down afterwards if nothing of it ran before.
"""


def main() -> int:
    """Ask every engine, print and write what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine_facts", description=_DESCRIPTION)
    parser.add_argument("--write", action="store_true", help=f"write it into {PAGE.name} in docs")
    parser.add_argument(
        "--no-engines",
        action="store_true",
        help="keep what was measured: renew what follows from the code and the tests' marks",
    )
    options = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8")
    try:
        table = read_table(page) if options.no_engines else _measure()
    except LabError as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    page = write_table(page, FACTS, table)
    page = write_left_out(write_versions(page, table), left_out())
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
        print(f"written: {PAGE}")
    else:
        print(page)
    return 0


def _measure() -> dict[str, dict[str, str]]:
    """Ask every engine of the lab: heading of a column -> title of a row -> what it does."""
    table = {}
    with _lab() as lab:
        for name in (OWN_ENGINE, *GUESTS):
            with inside(lab.engine_network(name)):
                title, column = _ask(lab.engine_host(name))
            table[title] = column
    return table


def _ask(host: str) -> tuple[str, dict[str, str]]:
    """Return what an engine is called, and what it does."""
    column = {}
    with Engine(host, environ={}) as engine:
        title = heading(engine)
        engine.images.pull(Ground.image)
        for fact in FACTS:
            scratch = Scratch(engine)
            try:
                column[fact.title] = fact.probe(Ground(engine, scratch))
            finally:
                scratch.clear()
            print(f"{title}: {fact.title}: {column[fact.title]}", file=sys.stderr, flush=True)
    return title, column


@contextlib.contextmanager
def _lab() -> Iterator[Lab]:
    lab = Lab.default()
    before = lab.status()
    try:
        lab.up([Ground.image], GUESTS)
        yield lab
    finally:
        # Of a lab of which anything ran, its registry alone, somebody else has need: it stays up.
        if before.engine_pid is None and before.registry_pid is None:
            lab.down()


if __name__ == "__main__":
    sys.exit(main())
