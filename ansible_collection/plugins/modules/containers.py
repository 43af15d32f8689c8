#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: containers
short_description: Bring about many containers in one task
version_added: 0.1.0
description:
  - Does for a list of containers what M(pytest_engine.engine.container) does for one, at the same time where
    that is possible. For fifty containers that is a small part of the time that a loop over that module takes.
  - A container comes after those that it depends on, which are those of its C(depends_on) and those that it uses
    by C(network_mode), C(ipc_mode) or C(pid_mode) as C(container:NAME), or by C(links) or C(volumes_from). It is
    removed before them.
  - Containers that are to be absent, those of O(remove_others) too, are removed before the others are started, so
    that their ports and names are free.
  - Each image is looked at, and pulled, once.
  - If some of the containers cannot be brought about, those that depend on them are not tried, all others are,
    and the task fails.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  idempotent:
    support: full
    details:
      - Except for entries with C(recreate=true) or C(restart=true), which do so each time.
options:
  containers:
    description:
      - The containers. Each has the options of M(pytest_engine.engine.container), without those of the connection,
        which are the task's. C(detach=false) is refused.
      - In addition each may have C(depends_on), a list of names of other containers of the list.
      - An C(old_name) is refused where it is the name, or the C(old_name), of another container of the list.
      - With C(state=healthy) those that depend on it wait until it is.
    type: list
    elements: dict
    required: true
  labels:
    description:
      - Labels that all of the containers get, beside their own.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  remove_others:
    description:
      - Whether to remove containers that have all of O(labels) and are not in O(containers).
      - It is refused without O(labels).
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: pytest_engine.engine.container
"""

EXAMPLES = r"""
- name: A shop, and nothing of it that is no longer named here
  pytest_engine.engine.containers:
    labels:
      project: shop
    remove_others: true
    containers:
      - name: shop-db
        image: postgres:16
        volumes:
          - shop-data:/var/lib/postgresql/data
      - name: shop-cache
        image: redis:7
      - name: shop-web
        image: shop:latest
        published_ports:
          - "8080:80"
        depends_on:
          - shop-db
          - shop-cache
"""

RETURN = r"""
containers:
  description: What became of each container, in the order of O(containers), and then of those that were removed.
  returned: success, and of the others where some of them could not be brought about
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
      sample: shop-web
    changed:
      description: Whether it was changed.
      type: bool
      sample: true
    actions:
      description: What was done to it.
      type: list
      elements: str
      sample:
        - create container shop-web
        - start container shop-web
    container:
      description: The container as the engine describes it. Empty where there is none.
      type: dict
      sample:
        Name: /shop-web
actions:
  description: What was done to all of them, or in check mode would be done.
  returned: success, and on failure if anything was done
  type: list
  elements: str
  sample:
    - create container shop-web
    - start container shop-web
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import container_list, engine

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "containers": {"type": "list", "elements": "dict", "required": True},
    "labels": {"type": "dict"},
    "remove_others": {"type": "bool", "default": False},
}


def done_so_far(error: Exception) -> dict[str, Any]:
    outcomes = getattr(error, "outcomes", None)
    return {} if outcomes is None else {"containers": container_list.told(outcomes)["containers"]}


def main() -> None:
    engine.run_module(ARGUMENTS, container_list.run, failed=done_so_far)


if __name__ == "__main__":
    main()
