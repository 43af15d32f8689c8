#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: prune
short_description: Remove what nothing uses any more
version_added: 0.1.0
description:
  - Removes containers that do not run, images, networks and volumes that no container uses, and what builders
    keep for further builds, each only if asked for and in this order.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: partial
    details:
      - It is refused on Podman, which goes by rules of its own.
      - The engine cannot be asked what it would remove. The module works that out from what the engine lists,
        by the rules that the engine follows.
      - Of images, names and ids are told as RV(images) but no layers, and only bytes that no image shares with
        another one are counted.
options:
  containers:
    description: Removes containers that do not run.
    type: bool
    default: false
  containers_filters:
    description:
      - Removes only the containers that match. C(until) is an age such as V(24h) or a moment such as
        V(2026-01-31T12:00:00), C(label) is a label or C(label=value), and C(label!) is one that they must not have.
      - A value may be a list. All labels of a list have to be there, or all of C(label!) for something to be kept.
    type: dict
  images:
    description: Removes images without a name that no container uses.
    type: bool
    default: false
  images_filters:
    description:
      - Removes only the images that match, in the form of O(containers_filters).
      - With C(dangling) being V(false), also those with a name.
    type: dict
  networks:
    description: Removes networks that no running container is on.
    type: bool
    default: false
  networks_filters:
    description: Removes only the networks that match, in the form of O(containers_filters).
    type: dict
  volumes:
    description:
      - Removes volumes that no container uses, B(with the data in them), if their driver is C(local) and they were
        made without driver options.
      - Before API 1.42 all of them, from there on those without a name.
    type: bool
    default: false
  volumes_filters:
    description:
      - Removes only the volumes that match, in the form of O(containers_filters) but without C(until).
      - From API 1.42 on, with C(all) being V(true) also those with a name.
    type: dict
  builder_cache:
    description: Removes what builders keep for further builds.
    type: bool
    default: false
  builder_cache_all:
    description: Also what is shared with images and what belongs to the builder itself.
    type: bool
    default: false
  builder_cache_filters:
    description:
      - Removes only the entries that match, such as C(until=24h) for those that were not used for a day. Further ones
        are C(id), C(parent), C(type), C(description), C(inuse), C(shared) and C(private).
    type: dict
  builder_cache_keep_storage:
    description:
      - Keeps so many bytes of the cache, as a number or with a unit such as V(512M) or V(10G), which are powers of
        1024.
    type: str
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_prune
"""

EXAMPLES = r"""
- name: Remove containers of a project that ended more than a day ago
  pytest_engine.engine.prune:
    containers: true
    containers_filters:
      until: 24h
      label: com.example.project=shop

- name: Remove all images that no container uses, but for those to be kept
  pytest_engine.engine.prune:
    images: true
    images_filters:
      dangling: false
      label!: com.example.keep

- name: Remove all that nothing uses
  pytest_engine.engine.prune:
    containers: true
    images: true
    networks: true
    volumes: true
    builder_cache: true

- name: Keep ten gibibytes of build cache
  pytest_engine.engine.prune:
    builder_cache: true
    builder_cache_keep_storage: 10G
"""

RETURN = r"""
containers:
  description: The ids of the containers that were removed, or in check mode would be.
  returned: success and O(containers=true)
  type: list
  elements: str
  sample: []
containers_space_reclaimed:
  description: The bytes that their files took.
  returned: success and O(containers=true)
  type: int
  sample: 0
images:
  description: The images and layers that were removed as RV(ignore:Deleted), and their names as RV(ignore:Untagged).
  returned: success and O(images=true)
  type: list
  elements: dict
  sample:
    - Untagged: redis:7
    - Deleted: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
images_space_reclaimed:
  description: The bytes that they took.
  returned: success and O(images=true)
  type: int
  sample: 0
networks:
  description: The names of the networks that were removed.
  returned: success and O(networks=true)
  type: list
  elements: str
  sample: []
volumes:
  description: The names of the volumes that were removed.
  returned: success and O(volumes=true)
  type: list
  elements: str
  sample: []
volumes_space_reclaimed:
  description: The bytes that they took.
  returned: success and O(volumes=true)
  type: int
  sample: 0
builder_cache_caches_deleted:
  description: The ids of the entries of the build cache that were removed.
  returned: success and O(builder_cache=true)
  type: list
  elements: str
  sample: []
builder_cache_space_reclaimed:
  description: The bytes that they took.
  returned: success and O(builder_cache=true)
  type: int
  sample: 0
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.pruning import (
    BuildCachePruning,
    prune,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.values import (
    parse_bytes,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "containers": {"type": "bool", "default": False},
    "containers_filters": {"type": "dict"},
    "images": {"type": "bool", "default": False},
    "images_filters": {"type": "dict"},
    "networks": {"type": "bool", "default": False},
    "networks_filters": {"type": "dict"},
    "volumes": {"type": "bool", "default": False},
    "volumes_filters": {"type": "dict"},
    "builder_cache": {"type": "bool", "default": False},
    "builder_cache_all": {"type": "bool", "default": False},
    "builder_cache_filters": {"type": "dict"},
    "builder_cache_keep_storage": {"type": "str"},
}


def tidy_up(call: engine.Call) -> dict[str, Any]:
    params = call.params
    wanted = {
        what: engine.filters(params[f"{what}_filters"], f"{what}_filters")
        for what in ("containers", "images", "networks", "volumes")
        if params[what]
    }
    keep = params["builder_cache_keep_storage"]
    cache = BuildCachePruning(
        filters=engine.filters(params["builder_cache_filters"], "builder_cache_filters"),
        all=params["builder_cache_all"],
        keep=None if keep is None else parse_bytes(keep, "builder_cache_keep_storage"),
    )
    pruned = prune(
        call.engine, wanted, cache if params["builder_cache"] else None, check=call.check
    )
    result: dict[str, Any] = {
        "changed": any(one.changed for one in pruned.values()),
        "diff": {
            "before": {what: one.removed for what, one in pruned.items()},
            "after": {what: [] for what in pruned},
        },
        "warnings": [warning for one in pruned.values() for warning in one.warnings],
    }
    for what, one in pruned.items():
        result["builder_cache_caches_deleted" if what == "builder_cache" else what] = one.removed
        if one.space is not None:
            result[f"{what}_space_reclaimed"] = one.space
    return result


def main() -> None:
    engine.run_module(ARGUMENTS, tidy_up)


if __name__ == "__main__":
    main()
