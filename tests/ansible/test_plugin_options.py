"""Our plugins take what community.docker's take, from the same places.

`their_plugins.json` holds the facts; `take_plugin_options.py` says how to take them down again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.ansible

HERE = Path(__file__).parent
THEIRS: Mapping[str, Any] = json.loads((HERE / "their_plugins.json").read_text("utf-8"))
SAME = ("type", "elements", "default", "required")
# What ours may have more of.
NOT_LESS = ("aliases", "choices", "vars", "env", "ini", "cli", "keyword")

# Where ours differ on purpose: the place, and why.
DELIBERATE: Mapping[str, str] = {
    "connection engine: debug is missing": "there is no place to state it at",
    "connection engine: use_ssh_client is missing": "there is no place to state it at",
    "inventory containers: plugin: choices lacks community.docker.docker_containers": "our name",
    "inventory swarm: api_version: default 'auto', not None": "it means the same",
    "inventory swarm: docker_host: default 'unix:///var/run/docker.sock', not None": "usual here",
    "inventory swarm: docker_host: required None, not True": "there is a usual one",
    "inventory swarm: plugin: choices lacks community.docker.docker_swarm": "our name",
    "inventory swarm: plugin: choices lacks docker_swarm": "our name",
}


@pytest.fixture(scope="module")
def ours(collections: Path) -> Mapping[str, Any]:
    """What the staged collection's plugins take."""
    command = [sys.executable, str(HERE / "take_plugin_options.py")]
    done = subprocess.run(
        [*command, str(collections), "pytest_engine.engine"],
        check=True,
        cwd=collections,
        stdout=subprocess.PIPE,
    )
    taken: Mapping[str, Any] = json.loads(done.stdout)
    return taken


def differences(place: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """What a playbook or an inventory made for theirs would stumble over."""
    for name, wanted in theirs.items():
        where = f"{place}: {name}"
        if name not in ours:
            yield f"{where} is missing"
            continue
        found = ours[name]
        for fact in SAME:
            if found.get(fact) != wanted.get(fact) and not (
                fact == "default" and not found.get(fact) and not wanted.get(fact)
            ):
                yield f"{where}: {fact} {found.get(fact)!r}, not {wanted.get(fact)!r}"
        for fact in NOT_LESS:
            for value in wanted.get(fact, ()):
                if value not in found.get(fact, ()):
                    yield f"{where}: {fact} lacks {value}"
        yield from differences(where, found.get("suboptions", {}), wanted.get("suboptions", {}))


def test_plugins_take_what_theirs_take(ours: Mapping[str, Any]) -> None:
    found = [
        line for name, theirs in THEIRS.items() for line in differences(name, ours[name], theirs)
    ]
    assert sorted(found) == sorted(DELIBERATE)


def test_a_difference_is_found() -> None:
    theirs = {"port": {"type": "int", "vars": ["a", "b"]}, "gone": {"type": "str"}}
    ours = {"port": {"type": "str", "vars": ["a", "c"]}}
    assert list(differences("x", ours, theirs)) == [
        "x: port: type 'str', not 'int'",
        "x: port: vars lacks b",
        "x: gone is missing",
    ]
