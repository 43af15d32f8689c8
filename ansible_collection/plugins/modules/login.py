#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: login
short_description: Log in to a registry, or out of it
version_added: 0.1.0
description:
  - Has the engine try a login to a registry, and keeps it as C(docker login) does, in Docker's
    configuration file or with the credential helper that this file names. There the modules of this collection
    and the docker command find it.
  - Where they look in another folder, because E(DOCKER_CONFIG) names one, O(config_path) has to name the file in
    that.
  - The file is replaced as a whole, can be read by its owner alone, and keeps what else is in it.
  - A login that is kept already is not tried again.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - The login is tried in check mode as well, so that one that is refused fails there, too.
  idempotent:
    support: full
    details:
      - With O(reauthorize=true) the login is tried and kept every time.
options:
  registry_url:
    description: The registry, as C(host), C(host:port) or a URL of it. A path behind it is left out.
    type: str
    default: "https://index.docker.io/v1/"
    aliases:
      - registry
      - url
  username:
    description: The user. It has to be stated with O(state=present).
    type: str
  password:
    description: The user's password, or a token that is used like one. It has to be stated with O(state=present).
    type: str
  reauthorize:
    description: Tries the login, and keeps it, although it is kept already.
    type: bool
    default: false
    aliases:
      - reauth
  config_path:
    description:
      - Docker's configuration file on the target. It is made where it is missing.
      - Pulls and pushes look in C(~/.docker/config.json), or in the folder that the environment variable
        E(DOCKER_CONFIG) names.
    type: path
    default: ~/.docker/config.json
    aliases:
      - dockercfg_path
  state:
    description:
      - With V(present) there is a login afterwards that works, with V(absent) there is none.
    type: str
    default: present
    choices:
      - present
      - absent
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_login
  - module: pytest_engine.engine.image_pull
  - module: pytest_engine.engine.image_push
"""

EXAMPLES = r"""
- name: The login to a private registry
  pytest_engine.engine.login:
    registry_url: registry.example:5000
    username: deploy
    password: "{{ registry_password }}"

- name: No login to Docker Hub
  pytest_engine.engine.login:
    state: absent
"""

RETURN = r"""
login_result:
  description:
    - What the login is for, and what the registry said where it was asked. It holds no secret, and with O(state=absent)
      nothing at all.
  returned: success
  type: dict
  sample:
    serveraddress: registry.example:5000
    username: deploy
    Status: Login Succeeded
"""

from typing import TYPE_CHECKING

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.logins import (
    LoginSpec,
    ensure_login,
)

if TYPE_CHECKING:
    from typing import Any

ARGUMENTS = {
    "registry_url": {
        "type": "str",
        "default": "https://index.docker.io/v1/",
        "aliases": ["registry", "url"],
    },
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "reauthorize": {"type": "bool", "default": False, "aliases": ["reauth"]},
    "config_path": {
        "type": "path",
        "default": "~/.docker/config.json",
        "aliases": ["dockercfg_path"],
    },
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
}


def log_in_or_out(call: engine.Call) -> dict[str, Any]:
    params = call.params
    done = ensure_login(
        call.engine,
        LoginSpec(params["registry_url"], params["username"], params["password"]),
        params["config_path"],
        state=params["state"],
        again=params["reauthorize"],
        check=call.check,
    )
    return {
        "changed": done.changed,
        "login_result": done.result,
        "diff": {"before": done.before, "after": done.after},
    }


def main() -> None:
    engine.run_module(
        ARGUMENTS, log_in_or_out, required_if=[("state", "present", ["username", "password"])]
    )


if __name__ == "__main__":
    main()
