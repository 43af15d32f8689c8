"""Our modules take what community.docker's take, option by option, and return what they return.

`theirs.json` holds the facts; `take_options.py` says how to take them down again.
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
THEIRS: Mapping[str, Any] = json.loads((HERE / "theirs.json").read_text("utf-8"))
# What ours lack of theirs; what ours have more, as options or as choices, may be.
NOT_MORE = ("type", "elements", "default", "required", "environment")

# Where ours differ on purpose: the place, and why.
DELIBERATE: Mapping[str, str] = {
    f"{module}: name: required None, not True": "names or filters may be stated instead"
    for module in ("container_info", "network_info", "volume_info")
} | {
    f"swarm_service: {option}: type 'raw', not 'int'": "as a number, '0444' is 444 and not 292"
    for option in ("configs.mode", "mounts.tmpfs_mode", "secrets.mode")
}


@pytest.fixture(scope="module")
def ours(collections: Path) -> Mapping[str, Any]:
    """What the staged collection's modules take and return."""
    done = subprocess.run(
        [sys.executable, str(HERE / "take_options.py"), str(collections), "pytest_engine.engine"],
        check=False,
        cwd=collections,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == 0
    taken: Mapping[str, Any] = json.loads(done.stdout)
    return taken


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """What a playbook made for their module would stumble over, one line for each."""
    yield from compare_options("", ours["options"], theirs["options"])
    for key in sorted(set(theirs["returns"]) - set(ours["returns"])):
        yield f"{key} is not returned"
    if theirs["check_mode"] and not ours["check_mode"]:
        yield "no check mode"
    for rule, parts in sorted(ours["rules"].items()):
        for part in parts:
            if part not in theirs["rules"].get(rule, ()) and concerns(part, theirs["options"]):
                yield f"{rule} {json.dumps(part)} is ours alone"
    for rule, parts in sorted(theirs["rules"].items()):
        for part in parts:
            if part not in ours["rules"].get(rule, ()):
                yield f"{rule} {json.dumps(part)} is missing"


def concerns(rule: Any, options: Mapping[str, Any]) -> bool:
    """Tell whether a rule is about options of theirs alone, so that it refuses what they take."""
    if isinstance(rule, list):
        return all(concerns(part, options) for part in rule)
    return not isinstance(rule, str) or rule in options


def compare_options(
    place: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[str]:
    """Compare options with those of the same name, and their suboptions."""
    for name, wanted in theirs.items():
        if name not in ours:
            yield f"{place}{name} is missing"
            continue
        yield from compare_option(f"{place}{name}", ours[name], wanted)
        inner = (ours[name].get("options") or {}, wanted.get("options") or {})
        yield from compare_options(f"{place}{name}.", *inner)
    for name, there in ours.items():
        if name not in theirs and there.get("required"):
            yield f"{place}{name} is required, and theirs does not have it"


def compare_option(place: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """Compare an option with the one of the same name."""
    for fact in NOT_MORE:
        if ours.get(fact) != theirs.get(fact):
            yield f"{place}: {fact} {ours.get(fact)!r}, not {theirs.get(fact)!r}"
    for fact in ("aliases", "choices"):
        lacking = [item for item in theirs.get(fact, ()) if item not in ours.get(fact, ())]
        # An option that takes anything takes also what theirs takes.
        if lacking and not (fact == "choices" and "choices" not in ours):
            yield f"{place}: {fact} {lacking} are missing"
    if ours.get("choices") and not theirs.get("choices"):
        yield f"{place}: choices where theirs has none"


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_a_module_takes_and_returns_what_theirs_does(name: str, ours: Mapping[str, Any]) -> None:
    assert name in ours
    found = {f"{name}: {line}" for line in differences(ours[name], THEIRS[name])}
    assert sorted(found - set(DELIBERATE)) == []


def test_every_deliberate_difference_is_one(ours: Mapping[str, Any]) -> None:
    found = {
        f"{name}: {line}"
        for name in THEIRS.keys() & ours.keys()
        for line in differences(ours[name], THEIRS[name])
    }
    assert sorted(set(DELIBERATE) - found) == []
    assert len(DELIBERATE) <= 8
    assert all(DELIBERATE.values())


def test_a_difference_is_found() -> None:
    theirs = {
        "options": {
            "a": {"type": "str", "default": "x", "aliases": ["b"]},
            "c": {"type": "dict", "options": {"d": {"type": "int"}}},
            "e": {"type": "str"},
        },
        "rules": {"required_together": [["a", "e"]]},
        "returns": ["f"],
        "check_mode": True,
    }
    same = json.loads(json.dumps(theirs))
    assert list(differences(same, theirs)) == []
    same["options"]["g"] = {"type": "str"}
    same["rules"]["mutually_exclusive"] = [["a", "g"]]
    assert list(differences(same, theirs)) == []
    other = {
        "options": {
            "a": {"type": "int", "choices": [1]},
            "c": {"type": "dict", "options": {}},
            "h": {"type": "str", "required": True},
        },
        "rules": {"mutually_exclusive": [["a", "c"]]},
        "returns": [],
        "check_mode": False,
    }
    assert sorted(differences(other, theirs)) == [
        "a: aliases ['b'] are missing",
        "a: choices where theirs has none",
        "a: default None, not 'x'",
        "a: type 'int', not 'str'",
        "c.d is missing",
        "e is missing",
        "f is not returned",
        "h is required, and theirs does not have it",
        'mutually_exclusive ["a", "c"] is ours alone',
        "no check mode",
        'required_together ["a", "e"] is missing',
    ]
