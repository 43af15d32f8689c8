#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Bring about an image from any source
version_added: 0.1.0
description:
  - Pulls, builds or loads an image that the engine does not have, and archives, tags and pushes it where that is
    asked for. Or removes it.
  - Each of these has a module of its own, which says more plainly what a task does.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - Where an image would be built, only the build tells whether another one comes of it, and the module says
        that it would change something.
  idempotent:
    support: full
    details:
      - With O(force_source=true) the image is fetched every time, and changed where it is another one then.
options:
  name:
    description:
      - The image, as C(name), C(repository/name) or C(registry:port/name). A tag may follow, as in C(name:tag).
      - An id will do with O(state=absent), O(source=load) and O(source=local).
    type: str
    required: true
  tag:
    description:
      - The tag of O(name) where that states none.
      - O(repository) gets the same tag as O(name) where it states none itself.
    type: str
    default: latest
  source:
    description:
      - Where the image comes from if the engine does not have it. It has to be stated with O(state=present).
      - With V(build) it is built as O(build) says, with V(load) it is in the archive O(load_path), with V(pull) a
        registry has it.
      - With V(local) the engine has to have it already.
    type: str
    choices:
      - build
      - load
      - pull
      - local
  build:
    description:
      - How to build the image. It is BuildKit that builds, unless there are O(build.container_limits) or the engine has it
        switched off. Podman builds with its own builder.
    type: dict
    suboptions:
      path:
        description: The folder on the target with what the build may use.
        type: path
        required: true
      dockerfile:
        description: The Dockerfile, from O(build.path) on. Without it, it is C(Dockerfile).
        type: str
      args:
        description:
          - Values for C(ARG) instructions. They stay in the history of the image, so they are no place for
            secrets.
          - A boolean becomes V(True) or V(False). Quote what is to be written otherwise.
          - Quote numbers with a fraction, as V("3.10"), which YAML reads as 3.1 otherwise. A warning says so.
        type: dict
      cache_from:
        description: Images whose steps may be taken instead of being built.
        type: list
        elements: str
      container_limits:
        description: Limits of the containers in between. Where one is stated the classic builder builds.
        type: dict
        suboptions:
          memory:
            description: The most memory, as bytes or with a unit, such as V(512M).
            type: str
          memswap:
            description: The most memory and swap together, likewise. V(unlimited) and V(-1) set no bound to swap.
            type: str
          cpushares:
            description: The weight of their CPU time.
            type: int
          cpusetcpus:
            description: The CPUs to run on, such as V(0-3) or V(0,1).
            type: str
      etc_hosts:
        description:
          - Names and addresses that C(RUN) instructions find in C(/etc/hosts). The address V(host-gateway) stands
            for the machine of the engine.
        type: dict
      http_timeout:
        description: How many seconds the build may stay silent. Without it, as long as it likes.
        type: int
      labels:
        description: Labels of the image.
        type: dict
      network:
        description: The network of C(RUN) instructions.
        type: str
      nocache:
        description: Builds every step anew.
        type: bool
        default: false
      platform:
        description: The platform to build for, such as V(linux/arm64).
        type: str
      pull:
        description: Looks for newer images of those that the Dockerfile begins with.
        type: bool
        default: false
      rm:
        description: Removes the containers in between, which only the classic builder has.
        type: bool
        default: true
      shm_size:
        description: The size of C(/dev/shm), as bytes or with a unit, such as V(128M).
        type: str
      target:
        description: The stage to build. Without it, it is the last one.
        type: str
      use_config_proxy:
        description: Hands the proxies of Docker's client configuration on the target to the build, as arguments.
        type: bool
  load_path:
    description: The archive on the target to load the image from. It has to hold O(name).
    type: path
  pull:
    description: How to pull the image.
    type: dict
    suboptions:
      platform:
        description: The platform to pull it for. An image that is there already is not compared with it.
        type: str
  force_source:
    description: Pulls, builds or loads the image although the engine has one of that name.
    type: bool
    default: false
  archive_path:
    description: Writes the image into this archive on the target, unless that is what is in it.
    type: path
  repository:
    description:
      - A further name for the image, with a tag or without. Another image that has it keeps it, unless
        O(force_tag=true).
    type: str
  force_tag:
    description: Gives the image the name O(repository) although another one has it.
    type: bool
    default: false
  push:
    description:
      - Pushes the image to the registry that O(repository) says, or else O(name).
      - If another image keeps the name O(repository), that one is pushed, with a warning.
    type: bool
    default: false
  force_absent:
    description:
      - With O(state=absent), removes the image although a container that does not run uses it, or, where O(name) is
        an id, although it has several names.
      - An image that a running container uses loses its name so, and stays without one.
    type: bool
    default: false
  state:
    description: Whether the engine is to have the image.
    type: str
    default: present
    choices:
      - absent
      - present
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image
  - module: pytest_engine.engine.image_build
  - module: pytest_engine.engine.image_export
  - module: pytest_engine.engine.image_load
  - module: pytest_engine.engine.image_pull
  - module: pytest_engine.engine.image_push
  - module: pytest_engine.engine.image_remove
  - module: pytest_engine.engine.image_tag
"""

EXAMPLES = r"""
- name: An image of a registry
  pytest_engine.engine.image:
    name: redis:7
    source: pull

- name: An image of the sources, for everybody
  pytest_engine.engine.image:
    name: shop
    tag: 1.4.2
    source: build
    build:
      path: /srv/shop
    repository: registry.example:5000/shop
    push: true

- name: No old image
  pytest_engine.engine.image:
    name: shop:1.3.0
    state: absent
"""

RETURN = r"""
image:
  description:
    - The image as the engine describes it. Empty where it has none, as in check mode.
    - With O(state=absent), C(state) is V(Deleted) where it was removed.
    - After a push, C(push_status) is the last that was said of it.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - redis:7
stdout:
  description: What a build had to say. Empty where there was none.
  returned: success and when a build fails
  type: str
  sample: ""
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - Pulled image redis:7
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.asked import (
    check_seconds,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.build_spec import (
    BuildSpec,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    is_image_id,
    name_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_upkeep import (
    UpkeepSpec,
    keep_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.reference import (
    parse_reference,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.values import (
    parse_bytes,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.refusals import find_fractions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
    "source": {"type": "str", "choices": ["build", "load", "pull", "local"]},
    "build": {
        "type": "dict",
        "options": {
            "path": {"type": "path", "required": True},
            "dockerfile": {"type": "str"},
            "args": {"type": "dict"},
            "cache_from": {"type": "list", "elements": "str"},
            "container_limits": {
                "type": "dict",
                "options": {
                    "memory": {"type": "str"},
                    "memswap": {"type": "str"},
                    "cpushares": {"type": "int"},
                    "cpusetcpus": {"type": "str"},
                },
            },
            "etc_hosts": {"type": "dict"},
            "http_timeout": {"type": "int"},
            "labels": {"type": "dict"},
            "network": {"type": "str"},
            "nocache": {"type": "bool", "default": False},
            "platform": {"type": "str"},
            "pull": {"type": "bool", "default": False},
            "rm": {"type": "bool", "default": True},
            "shm_size": {"type": "str"},
            "target": {"type": "str"},
            "use_config_proxy": {"type": "bool"},
        },
    },
    "load_path": {"type": "path"},
    "pull": {"type": "dict", "options": {"platform": {"type": "str"}}},
    "force_source": {"type": "bool", "default": False},
    "archive_path": {"type": "path"},
    "repository": {"type": "str"},
    "force_tag": {"type": "bool", "default": False},
    "push": {"type": "bool", "default": False},
    "force_absent": {"type": "bool", "default": False},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
}


def size(text: str | None, what: str) -> int | None:
    if what.endswith("memswap") and text in ("unlimited", "-1"):
        return -1
    return parse_bytes(text, what) if text else None


def limits(options: Mapping[str, Any] | None) -> dict[str, Any]:
    given = {name: value for name, value in (options or {}).items() if value is not None}
    sizes = [name for name in ("memory", "memswap") if name in given]
    return {**given, **{name: size(given[name], f"container_limits.{name}") for name in sizes}}


def build(name: str, options: Mapping[str, Any] | None) -> BuildSpec | None:
    if not options:
        return None
    check_seconds(options["http_timeout"], "build.http_timeout")
    return BuildSpec(
        name,
        args=engine.plain_texts(options["args"], "build.args"),
        labels=engine.texts(options["labels"], "build.labels"),
        cache_from=options["cache_from"] or (),
        etc_hosts=engine.texts(options["etc_hosts"], "build.etc_hosts") or {},
        platforms=[options["platform"]] if options["platform"] else (),
        shm_size=size(options["shm_size"], "build.shm_size"),
        limits=limits(options["container_limits"]),
        timeout=options["http_timeout"],
        config_proxies=bool(options["use_config_proxy"]),
        **{
            option: options[option]
            for option in ("path", "dockerfile", "target", "pull", "nocache", "network", "rm")
        },
    )


def keep(call: engine.Call) -> dict[str, Any]:
    params = call.params
    for found in find_fractions(params["build"], "args", "labels") if params["build"] else ():
        call.warn(f"build.{found}")
    name = name_image(params["name"], params["tag"])
    repository = params["repository"]
    tag = "" if is_image_id(name) else parse_reference(name).tag
    wanted = UpkeepSpec(
        name,
        source=params["source"] or "local",
        build=build(name, params["build"]),
        platform=(params["pull"] or {}).get("platform"),
        repository=repository and name_image(repository, tag or params["tag"]),
        **{
            option: params[option]
            for option in (
                *("archive_path", "force_absent", "force_source", "force_tag", "load_path"),
                "push",
            )
        },
    )
    done = keep_image(call.engine, wanted, state=params["state"], check=call.check)
    return {
        "changed": done.changed,
        "actions": done.actions,
        "image": done.image,
        "stdout": "\n".join(done.log),
        "warnings": done.warnings,
        "diff": {"before": done.before, "after": done.after},
    }


def failed(error: Exception) -> dict[str, str]:
    return {"stdout": getattr(error, "log", "")}


def main() -> None:
    engine.run_module(
        ARGUMENTS,
        keep,
        failed=failed,
        required_if=[
            ("state", "present", ["source"]),
            ("source", "build", ["build"]),
            ("source", "load", ["load_path"]),
        ],
    )


if __name__ == "__main__":
    main()
