#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: context_info
short_description: Tell which contexts the docker command has
version_added: 0.1.0
description:
  - Reads the contexts that the docker command keeps on the target, in the folder that the environment variable
    E(DOCKER_CONFIG) names or else in C(~/.docker).
  - What it returns as RV(contexts[].config) are options for the modules of this collection, so that
    C(module_defaults) can lead a play to the engine of a context.
  - No engine is asked.
extends_documentation_fragment:
  - pytest_engine.engine.engine.reads
options:
  name:
    description:
      - Returns only the context of this name. The module fails if there is none.
      - Mutually exclusive with O(only_current).
    type: str
  only_current:
    description: Returns only the current context.
    type: bool
    default: false
  cli_context:
    description:
      - The name of the context to take for the current one.
      - Without it that is V(default) if the environment variable E(DOCKER_HOST) is set, else the one that
        E(DOCKER_CONTEXT) names, else the one that C(docker context use) has chosen.
    type: str
requirements:
  - Python 3.9 or newer
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_context_info
"""

EXAMPLES = r"""
- name: Look for the contexts
  pytest_engine.engine.context_info:
  register: found

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ found.contexts | map(attribute='name') }}"

- name: Look for the current context
  pytest_engine.engine.context_info:
    only_current: true
  register: current

- name: Work on its engine
  module_defaults:
    group/pytest_engine.engine.engine: "{{ current.contexts[0].config }}"
  block:
    - name: Look at the engine
      pytest_engine.engine.host_info:
"""

RETURN = r"""
contexts:
  description: The contexts that were asked for, sorted by their names.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      returned: success
      type: str
      sample: default
    current:
      description: Whether it is the current one.
      returned: success
      type: bool
      sample: true
    description:
      description: What it was described as. V(none) where it was not.
      returned: success
      type: str
      sample: The engine of the build host
    meta_path:
      description: The folder with its address. V(none) for the context V(default), which is in no files.
      returned: success
      type: str
      sample: /root/.docker/contexts/meta/37a8eec1ce19687d132fe29051dca629d164e2c4958ba141d5f4133a33f0688f
    tls_path:
      description:
        - The folder with its certificates, which is there only if it has some. V(none) for the context V(default).
      returned: success
      type: str
      sample: /root/.docker/contexts/tls/37a8eec1ce19687d132fe29051dca629d164e2c4958ba141d5f4133a33f0688f
    config:
      description: The options that lead to its engine. Empty for a context that is not for Docker.
      returned: success
      type: dict
      contains:
        docker_host:
          description: The address of the engine.
          returned: success and the context is for Docker
          type: str
          sample: unix:///var/run/docker.sock
        tls:
          description:
            - Whether the connection is encrypted.
            - For the context V(default) it is V(false), whatever E(DOCKER_TLS) says; leave it out where that is set.
          returned: success and the context is for Docker
          type: bool
          sample: false
        validate_certs:
          description: Whether the certificate of the engine is verified.
          returned: success and the context has certificates
          type: bool
          sample: true
        ca_path:
          description: The file with the certificates that the engine is verified with.
          returned: success and the context has it
          type: str
          sample: /path/to/ca.pem
        client_cert:
          description: The file with the certificate to show to the engine.
          returned: success and the context has it
          type: str
          sample: /path/to/cert.pem
        client_key:
          description: The file with the key of that certificate.
          returned: success and the context has it
          type: str
          sample: /path/to/key.pem
current_context_name:
  description: The name of the current context.
  returned: success
  type: str
  sample: default
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.contexts import (
    list_contexts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

ARGUMENTS = {
    "name": {"type": "str"},
    "only_current": {"type": "bool", "default": False},
    "cli_context": {"type": "str"},
}


def look(params: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = list_contexts(
        params["name"] or None,
        only_current=params["only_current"],
        current=params["cli_context"] or None,
    )
    return found


def main() -> None:
    engine.local_module(ARGUMENTS, look, mutually_exclusive=[("only_current", "name")])


if __name__ == "__main__":
    main()
