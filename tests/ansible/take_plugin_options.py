"""Take down which options the plugins of a collection have, and where they are stated.

    python tests/ansible/take_plugin_options.py FOLDER community.docker \
        > tests/ansible/their_plugins.json

FOLDER is one in which `ansible_collections` lies. It is Ansible's own reading of a plugin that
counts, with the parts that it shares with others.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# Our names for what theirs are called.
PLUGINS = {
    "connection": {"docker_api": "engine", "docker": "docker", "nsenter": "nsenter"},
    "inventory": {"docker_containers": "containers", "docker_swarm": "swarm"},
}
FACTS = ("type", "elements", "choices", "default", "required")
# Where an option may be stated, and what of that counts.
PLACES = {
    "vars": ("name",),
    "env": ("name",),
    "ini": ("section", "key"),
    "cli": ("name",),
    "keyword": ("name",),
}
# Ansible takes them for the same.
SPELT = {"boolean": "bool", "integer": "int", "string": "str"}


def take(folder: Path, collection: str) -> dict[str, Any]:
    """Return for every plugin of a collection its options."""
    taken = {}
    for sort, names in PLUGINS.items():
        for theirs, ours in names.items():
            name = theirs if collection == "community.docker" else ours
            taken[f"{sort} {ours}"] = take_plugin(folder, sort, f"{collection}.{name}")
    return taken


def take_plugin(folder: Path, sort: str, name: str) -> dict[str, Any]:
    """Return the options of one plugin."""
    command = [sys.executable, "-m", "ansible", "doc", "--json", "--type", sort, name]
    told = subprocess.run(
        command,
        check=True,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(folder), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
    ).stdout
    return options(json.loads(told)[name]["doc"]["options"])


def options(documented: dict[str, Any]) -> dict[str, Any]:
    """Reduce options to their facts."""
    taken = {}
    for name, option in documented.items():
        facts = {fact: option[fact] for fact in FACTS if option.get(fact) is not None}
        facts["type"] = SPELT.get(facts.get("type", "str"), facts.get("type", "str"))
        if option.get("aliases"):
            facts["aliases"] = sorted(option["aliases"])
        for place, parts in PLACES.items():
            entries = [" ".join(entry[part] for part in parts) for entry in option.get(place, ())]
            if entries:
                facts[place] = entries
        if option.get("suboptions"):
            facts["suboptions"] = options(option["suboptions"])
        taken[name] = facts
    return dict(sorted(taken.items()))


if __name__ == "__main__":
    taken = take(Path(sys.argv[1]), sys.argv[2])
    sys.stdout.write(json.dumps(taken, indent=1, sort_keys=True) + "\n")
