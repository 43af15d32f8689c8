#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: host_info
short_description: Tell how an engine is set up and what it holds
version_added: 0.1.0
description:
  - Returns what the engine tells about itself and its host, and on request lists its containers, images,
    networks and volumes, and what they take of the disk.
  - What exactly comes back depends on the engine's version.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.reads
options:
  containers:
    description: Lists containers; those that run, or with O(containers_all) all of them.
    type: bool
    default: false
  containers_all:
    description: Lists containers that do not run as well.
    type: bool
    default: false
  containers_filters:
    description:
      - Lists only the containers that match, such as V(exited) as C(status) or V(tier=web) as C(label).
      - A value may be a list. Labels of a list have to be there all; of other lists one value has to match.
    type: dict
  images:
    description: Lists images.
    type: bool
    default: false
  images_filters:
    description:
      - Lists only the images that match, such as V(true) as C(dangling), in the form of
        O(containers_filters).
    type: dict
  networks:
    description: Lists networks.
    type: bool
    default: false
  networks_filters:
    description:
      - Lists only the networks that match, such as V(bridge) as C(driver), in the form of
        O(containers_filters).
    type: dict
  volumes:
    description: Lists volumes.
    type: bool
    default: false
  volumes_filters:
    description:
      - Lists only the volumes that match, such as V(true) as C(dangling), in the form of
        O(containers_filters).
    type: dict
  disk_usage:
    description:
      - Measures what the layers of all images take of the disk. With O(verbose_output) everything is measured
        that the engine keeps. On an engine with much on it that takes time.
    type: bool
    default: false
  verbose_output:
    description: Returns everything that the engine tells of what is listed and measured, and not only the main facts.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_host_info
  - module: pytest_engine.engine.network_info
  - module: pytest_engine.engine.volume_info
"""

EXAMPLES = r"""
- name: Look at an engine
  pytest_engine.engine.host_info:
  register: host

- name: Stop where containers could not be limited in memory
  ansible.builtin.assert:
    that: host.host_info.MemoryLimit

- name: List the containers of a project, also those that do not run
  pytest_engine.engine.host_info:
    containers: true
    containers_all: true
    containers_filters:
      label: com.example.project=shop
  register: shop

- name: Measure what takes the disk
  pytest_engine.engine.host_info:
    disk_usage: true
    verbose_output: true
  register: disk
"""

RETURN = r"""
can_talk_to_docker:
  description: Whether the engine answered.
  returned: always, also on failure
  type: bool
  sample: true
host_info:
  description: The engine and its host, as the engine describes them.
  returned: success
  type: dict
  sample:
    Containers: 3
    Driver: overlay2
    Name: build
    OperatingSystem: Debian GNU/Linux 12 (bookworm)
    ServerVersion: 20.10.24
containers:
  description:
    - The containers that were asked for. With RV(ignore:Id), RV(ignore:Image), RV(ignore:Command),
      RV(ignore:Created), RV(ignore:Status), RV(ignore:Ports) and RV(ignore:Names) of each, or all that the
      engine lists with O(verbose_output=true).
  returned: success and O(containers=true)
  type: list
  elements: dict
  sample: []
images:
  description:
    - The images that were asked for. With RV(ignore:Id), RV(ignore:RepoTags), RV(ignore:Created) and
      RV(ignore:Size) of each, or all that the engine lists with O(verbose_output=true).
  returned: success and O(images=true)
  type: list
  elements: dict
  sample: []
networks:
  description:
    - The networks that were asked for. With RV(ignore:Id), RV(ignore:Driver), RV(ignore:Name) and
      RV(ignore:Scope) of each, or all that the engine lists with O(verbose_output=true).
  returned: success and O(networks=true)
  type: list
  elements: dict
  sample: []
volumes:
  description:
    - The volumes that were asked for. With RV(ignore:Driver) and RV(ignore:Name) of each, or all that the
      engine lists with O(verbose_output=true).
  returned: success and O(volumes=true)
  type: list
  elements: dict
  sample: []
disk_usage:
  description:
    - What is taken of the disk. RV(ignore:LayersSize) in bytes, or all that the engine tells with
      O(verbose_output=true).
  returned: success and O(disk_usage=true)
  type: dict
  sample:
    LayersSize: 52428800
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.images import (  # pylint: disable=unused-import
    Images,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.networks import (  # pylint: disable=unused-import
    Networks,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.system import (  # pylint: disable=unused-import
    System,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.volumes import (  # pylint: disable=unused-import
    Volumes,  # noqa: F401  # so that Ansible packs it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    measure_disk,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ARGUMENTS = {
    "containers": {"type": "bool", "default": False},
    "containers_all": {"type": "bool", "default": False},
    "containers_filters": {"type": "dict"},
    "images": {"type": "bool", "default": False},
    "images_filters": {"type": "dict"},
    "networks": {"type": "bool", "default": False},
    "networks_filters": {"type": "dict"},
    "volumes": {"type": "bool", "default": False},
    "volumes_filters": {"type": "dict"},
    "disk_usage": {"type": "bool", "default": False},
    "verbose_output": {"type": "bool", "default": False},
}
MAIN_FACTS = {
    "containers": ("Id", "Image", "Command", "Created", "Status", "Ports", "Names"),
    "images": ("Id", "RepoTags", "Created", "Size"),
    "networks": ("Id", "Driver", "Name", "Scope"),
    "volumes": ("Driver", "Name"),
}


def look(call: engine.Call) -> dict[str, Any]:
    params = call.params
    result: dict[str, Any] = {"changed": False, "can_talk_to_docker": True}
    result["host_info"] = call.engine.system.info()
    for what, facts in MAIN_FACTS.items():
        if params[what]:
            option = f"{what}_filters"
            listed = list_all(call, what, engine.filters(params[option], option))
            if not params["verbose_output"]:
                listed = [{fact: one.get(fact) for fact in facts} for one in listed]
            result[what] = listed
    if params["disk_usage"]:
        usage = measure_disk(call.engine)
        main_facts = {"LayersSize": usage["LayersSize"]}
        result["disk_usage"] = usage if params["verbose_output"] else main_facts
    return result


def list_all(call: engine.Call, what: str, filters: Mapping[str, Any] | None) -> Any:
    if what == "containers":
        return call.engine.containers.list(all=call.params["containers_all"], filters=filters)
    listed = getattr(call.engine, what).list(filters=filters)
    return (listed.get("Volumes") or []) if what == "volumes" else listed


def main() -> None:
    engine.run_module(
        ARGUMENTS,
        look,
        failed=lambda error: {"can_talk_to_docker": isinstance(error, engine.errors.ApiError)},
    )


if __name__ == "__main__":
    main()
