"""Take down which options the modules of a collection have, and what they return.

    python tests/ansible/take_options.py FOLDER community.docker > tests/ansible/theirs.json

FOLDER is one in which `ansible_collections` lies, such as the site-packages of an environment with
the package `ansible`. Every module is started with an `AnsibleModule` that keeps what it is given
and ends it there: that is what counts, however its documentation puts it. Of the documentation
only the names of what is returned are taken.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from ansible.module_utils import basic
from ansible.module_utils.common.arg_spec import ModuleArgumentSpecValidator

RULES = (
    "mutually_exclusive",
    "required_by",
    "required_if",
    "required_one_of",
    "required_together",
)
FACTS = ("type", "elements", "choices", "default", "aliases", "required", "no_log")


class Taken(Exception):
    """What a module hands to `AnsibleModule`."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__()
        self.given = given


class Recorder:
    """Stands in for `AnsibleModule`."""

    def __init__(self, argument_spec: dict[str, Any], **given: Any) -> None:
        raise Taken({"argument_spec": argument_spec, **given})


def take(folder: Path, collection: str) -> dict[str, Any]:
    """Return for every module of a collection its options, its rules and its returned keys."""
    sys.path.insert(0, str(folder))
    basic.AnsibleModule = Recorder
    place = Path("ansible_collections", *collection.split("."), "plugins", "modules")
    taken = {}
    for path in sorted((folder / place).glob("*.py")):
        name = path.stem.removeprefix("docker_")
        if name != "__init__":
            taken[name] = take_module(".".join((*place.parts, path.stem)))
    return taken


def take_module(name: str) -> dict[str, Any]:
    """Return the options, the rules and the returned keys of one module."""
    module = importlib.import_module(name)
    try:
        module.main()
    except Taken as taken:
        given = taken.given
    else:
        raise SystemExit(f"{name} made no AnsibleModule")
    returns = yaml.safe_load(module.RETURN) or {}
    return {
        "options": options(given["argument_spec"]),
        "rules": {rule: listed(given[rule]) for rule in RULES if given.get(rule)},
        "returns": sorted(returns),
        "check_mode": bool(given.get("supports_check_mode")),
    }


def options(spec: dict[str, Any]) -> dict[str, Any]:
    """Bring options into one form: what is not stated is left out."""
    # Ansible's own validation fills in and checks what is left out.
    ModuleArgumentSpecValidator(spec)
    taken = {}
    for name, option in sorted(spec.items()):
        facts = {fact: option[fact] for fact in FACTS if option.get(fact) not in (None, False)}
        if option.get("default") is False:
            facts["default"] = False
        facts.setdefault("type", "str")
        for fact in ("choices", "aliases"):
            if fact in facts:
                facts[fact] = sorted(facts[fact], key=str)
        if option.get("fallback"):
            facts["environment"] = list(option["fallback"][1])
        if option.get("options"):
            facts["options"] = options(option["options"])
        taken[name] = facts
    return taken


def listed(rule: Any) -> list[Any]:
    """Bring a rule into one form, in which the order of its parts does not count."""
    if isinstance(rule, dict):
        rule = [
            [name, [others] if isinstance(others, str) else others] for name, others in rule.items()
        ]
    return sorted((json.loads(json.dumps(part)) for part in rule), key=str)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    taken = take(Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(json.dumps(taken, indent=1, sort_keys=True) + "\n")
