#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: image_build
short_description: Build an image from a Dockerfile
version_added: 0.1.0
description:
  - Builds an image that the engine does not have, with the engine's own BuildKit, or the builder that it has
    instead. The target needs no docker command for it.
  - Secrets, several platforms, and outputs that are no images need a client that the builder can ask while it
    builds. For them C(docker buildx) has to be installed on the target; where it is not, they are refused.
  - Where the builder that C(docker buildx) uses does not hand the image to the engine, and no other output is
    stated, the module fails. With V(default) in the environment variable E(BUILDX_BUILDER) it is the engine's own.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - With O(rebuild=always) only a build tells whether another image comes of it, and the module says that it
        would change something.
  idempotent:
    support: full
    details:
      - With O(rebuild=always) the image is built every time, and changed where another one comes of it.
      - With O(outputs) that are no images, or that are pushed, each build is a change.
options:
  docker_host:
    description:
      - Where the engine listens, as C(unix:///path/to/docker.sock), C(tcp://host:port) or
        C(ssh://user@host). It cannot be stated together with O(cli_context).
      - Where the task does not say it, the environment variable E(DOCKER_HOST) of the target does, and where that
        does not either and there is no O(cli_context), it is V(unix:///var/run/docker.sock).
    type: str
    default: null  # in place of the one of the fragment
    aliases:
      - docker_url
  cli_context:
    description:
      - The Docker context of the target that names the engine.
      - It says as well how the connection is encrypted. O(tls), O(validate_certs) and O(tls_hostname) are not looked at
        then, and files for TLS are refused.
    type: str
  docker_cli:
    description: The docker command on the target, for what needs C(docker buildx). Without it, it is looked for.
    type: path
  name:
    description:
      - What to call the image, as C(name), C(repository/name) or C(registry:port/name). A tag may follow, as in
        C(name:tag). Ids and digests are refused.
    type: str
    required: true
  tag:
    description: The tag, where O(name) states none.
    type: str
    default: latest
  path:
    description:
      - The folder on the target with what the build may use. What a C(.dockerignore) file in it names is left
        out.
    type: path
    required: true
  dockerfile:
    description:
      - The Dockerfile, from O(path) on, or by an absolute path. Without it, it is C(Dockerfile).
    type: str
  cache_from:
    description: Images whose steps may be taken instead of being built.
    type: list
    elements: str
  pull:
    description: Looks for newer images of those that the Dockerfile begins with.
    type: bool
    default: false
  network:
    description: The network of C(RUN) instructions, V(default), V(none) or V(host).
    type: str
  nocache:
    description: Builds every step anew.
    type: bool
    default: false
  etc_hosts:
    description:
      - Names and addresses that C(RUN) instructions find in C(/etc/hosts). The address V(host-gateway) stands for
        the machine of the engine.
    type: dict
  args:
    description:
      - Values for C(ARG) instructions. They stay in the history of the image, so they are no place for secrets.
      - Quote numbers with a fraction, as V("3.10"), which YAML reads as 3.1 otherwise. A warning says so.
    type: dict
  target:
    description: The stage to build. Without it, it is the last one.
    type: str
  platform:
    description:
      - The platforms to build for, such as V(linux/arm64). Without it, it is the engine's own.
    type: list
    elements: str
  shm_size:
    description:
      - The size of C(/dev/shm) for C(RUN) instructions, as bytes or with a unit, such as V(128M).
    type: str
  labels:
    description: Labels of the image. Quote numbers with a fraction; a warning says so.
    type: dict
  rebuild:
    description:
      - With V(never) an image that the engine has under that name is left alone.
      - With V(always) it is built in any case. Steps that did not change come from the cache.
    type: str
    default: never
    choices:
      - never
      - always
  secrets:
    description: Files that C(RUN --mount=type=secret) finds, and that are in no layer of the image.
    type: list
    elements: dict
    suboptions:
      id:
        description: What the Dockerfile calls it. It is the file C(/run/secrets/ID) unless that says otherwise.
        type: str
        required: true
      type:
        description: Where it comes from.
        type: str
        required: true
        choices:
          file: A file on the target, which O(secrets[].src) names.
          env: A variable of the target's environment, which O(secrets[].env) names.
          value: The value of O(secrets[].value). It travels to the command in its environment, which other users
            of the target do not see.
      src:
        description: The file, with O(secrets[].type=file).
        type: path
      env:
        description: The variable, with O(secrets[].type=env).
        type: str
      value:
        description: The secret itself, with O(secrets[].type=value).
        type: str
  outputs:
    description:
      - What comes of the build. Without any, it is an image in the engine's store.
      - An image called O(name) is among them in any case.
    type: list
    elements: dict
    suboptions:
      type:
        description: What it is.
        type: str
        required: true
        choices:
          local: The files of the image, in the folder O(outputs[].dest).
          tar: The files of the image, in the archive O(outputs[].dest).
          oci: The image as an OCI layout, in the archive O(outputs[].dest).
          docker: The image as an archive that C(docker load) reads, in O(outputs[].dest), or loaded without one.
          image: An image in the engine's store.
      dest:
        description: The file or folder on the target.
        type: path
      context:
        description: The Docker context to load the image into, with O(outputs[].type=docker).
        type: str
      name:
        description: What to call the image, with O(outputs[].type=image). Without it, it is O(name).
        type: list
        elements: str
      push:
        description: Pushes the image to its registry, with O(outputs[].type=image).
        type: bool
        default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_image_build
  - module: pytest_engine.engine.image_push
"""

EXAMPLES = r"""
- name: An image of the sources
  pytest_engine.engine.image_build:
    name: shop:1.4.2
    path: /srv/shop
    args:
      PYTHON: "3.13"
    labels:
      org.opencontainers.image.version: 1.4.2

- name: One stage of it, always of the newest sources
  pytest_engine.engine.image_build:
    name: shop:tests
    path: /srv/shop
    dockerfile: docker/Dockerfile
    target: tests
    rebuild: always
"""

RETURN = r"""
image:
  description: The image as the engine describes it. Empty where it has none, as in check mode.
  returned: success
  type: dict
  sample:
    Id: sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    RepoTags:
      - shop:1.4.2
command:
  description: The command that was run. Empty where the engine built the image by itself.
  returned: success and when a build fails
  type: list
  elements: str
  sample: []
stdout:
  description: Always empty.
  returned: success and when a build fails
  type: str
  sample: ""
stderr:
  description: What the build had to say, with what its steps printed.
  returned: success and when a build fails
  type: str
  sample: "[1/2] FROM docker.io/library/python:3.13"
actions:
  description: What was done, or in check mode would be done.
  returned: success
  type: list
  elements: str
  sample:
    - Built image shop:1.4.2 from /srv/shop
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.build_spec import (
    BuildOutput,
    BuildSecret,
    BuildSpec,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_builds import (
    build_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.image_names import (
    name_image,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.spec.values import (
    parse_bytes,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.refusals import (
    find_fractions,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ARGUMENTS = {
    "docker_host": engine.UNSTATED_HOST,
    "cli_context": {"type": "str"},
    "docker_cli": {"type": "path"},
    "name": {"type": "str", "required": True},
    "tag": {"type": "str", "default": "latest"},
    "path": {"type": "path", "required": True},
    "dockerfile": {"type": "str"},
    "cache_from": {"type": "list", "elements": "str"},
    "pull": {"type": "bool", "default": False},
    "network": {"type": "str"},
    "nocache": {"type": "bool", "default": False},
    "etc_hosts": {"type": "dict"},
    "args": {"type": "dict"},
    "target": {"type": "str"},
    "platform": {"type": "list", "elements": "str"},
    "shm_size": {"type": "str"},
    "labels": {"type": "dict"},
    "rebuild": {"type": "str", "default": "never", "choices": ["never", "always"]},
    "secrets": {
        "type": "list",
        "elements": "dict",
        "no_log": False,
        "options": {
            "id": {"type": "str", "required": True},
            "type": {"type": "str", "required": True, "choices": ["file", "env", "value"]},
            "src": {"type": "path"},
            "env": {"type": "str"},
            "value": {"type": "str", "no_log": True},
        },
        "required_if": [
            ("type", "file", ["src"]),
            ("type", "env", ["env"]),
            ("type", "value", ["value"]),
        ],
        "mutually_exclusive": [("src", "env", "value")],
    },
    "outputs": {
        "type": "list",
        "elements": "dict",
        "options": {
            "type": {
                "type": "str",
                "required": True,
                "choices": ["local", "tar", "oci", "docker", "image"],
            },
            "dest": {"type": "path"},
            "context": {"type": "str"},
            "name": {"type": "list", "elements": "str"},
            "push": {"type": "bool", "default": False},
        },
        "required_if": [
            ("type", "local", ["dest"]),
            ("type", "tar", ["dest"]),
            ("type", "oci", ["dest"]),
        ],
        "mutually_exclusive": [
            ("dest", "name"),
            ("dest", "push"),
            ("context", "name"),
            ("context", "push"),
        ],
    },
}


def secret(options: Mapping[str, Any]) -> BuildSecret:
    source = options["src"] or options["env"] or options["value"]
    return BuildSecret(options["id"], options["type"], source)


def output(options: Mapping[str, Any]) -> BuildOutput:
    given = {name: options[name] for name in ("type", "dest", "context", "push")}
    return BuildOutput(names=tuple(options["name"] or ()), **given)


def build(call: engine.Call) -> dict[str, Any]:
    params = call.params
    for found in find_fractions(params, "args", "labels"):
        call.warn(found)
    size = params["shm_size"]
    wanted = BuildSpec(
        name=name_image(params["name"], params["tag"]),
        args=engine.texts(params["args"], "args"),
        labels=engine.texts(params["labels"], "labels"),
        cache_from=params["cache_from"] or (),
        etc_hosts=engine.texts(params["etc_hosts"], "etc_hosts") or {},
        platforms=params["platform"] or (),
        shm_size=size and parse_bytes(size, "shm_size"),
        secrets=[secret(options) for options in params["secrets"] or ()],
        outputs=[output(options) for options in params["outputs"] or ()],
        **{
            name: params[name]
            for name in ("path", "dockerfile", "target", "pull", "nocache", "network")
        },
    )
    again = params["rebuild"] == "always"
    done = build_image(
        call.engine, wanted, again=again, check=call.check, docker_cli=params["docker_cli"]
    )
    return {
        "changed": done.changed,
        "actions": [f"Built image {wanted.name} from {wanted.path}"] if done.built else [],
        "image": done.image or {},
        "command": done.command,
        "stdout": "",
        "stderr": "\n".join(done.log),
        "diff": {"before": done.before, "after": done.after},
    }


def failed(error: Exception) -> dict[str, Any]:
    told = {"stdout": "", "stderr": getattr(error, "log", "")}
    return {**told, "command": list(getattr(error, "command", ()))}


def main() -> None:
    apart = [("docker_host", "cli_context")]
    engine.run_module(ARGUMENTS, build, failed=failed, mutually_exclusive=apart)


if __name__ == "__main__":
    main()
