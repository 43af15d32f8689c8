# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: containers
short_description: The containers of an engine as hosts
version_added: 0.1.0
description:
  - Makes a host of each container of an engine, those that do not run included. Its name is the container's; one
    called C(all) or C(ungrouped), as groups of Ansible are, is known by its short id.
  - It takes files whose names end in C(engine.yml), C(docker.yml) or C(containers.yml), or in C(.yaml) instead.
  - The engine is asked once for all of them. Only what needs more than name and id asks for each, several at
    a time.
  - The name P(pytest_engine.engine.docker_containers#inventory) leads here, too.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - pytest_engine.engine.engine.plugin
options:
  plugin:
    description: The name of this plugin, by which it knows its files.
    type: str
    required: true
    choices:
      - pytest_engine.engine.containers
      - pytest_engine.engine.docker_containers
  connection_type:
    description:
      - How tasks get into the containers.
      - With V(docker-api) it is P(pytest_engine.engine.engine#connection), with V(docker-cli)
        P(pytest_engine.engine.docker#connection), which runs the docker command of the controller.
      - With V(ssh) it is the address and port that the container's SSH server is published at, as
        C(ansible_ssh_host) and C(ansible_ssh_port). Where it is not published, they are empty and V(0).
    type: str
    default: docker-api
    choices:
      - ssh
      - docker-cli
      - docker-api
  configure_docker_daemon:
    description:
      - Whether the hosts get what this file says of the engine as variables of their connection. Only with
        O(connection_type=docker-api).
    type: bool
    default: true
  verbose_output:
    description:
      - Whether the hosts get all that the engine knows of their containers as variables. Else it is there for
        O(compose), O(groups), O(keyed_groups) and O(filters) only.
      - C(HostConfig) is C(docker_hostconfig), and so on.
    type: bool
    default: false
  private_ssh_port:
    description: The port of SSH servers in containers. Only with O(connection_type=ssh).
    type: int
    default: 22
  default_ip:
    description:
      - The address to state for ports that are published at all addresses of the engine's host. Only with
        O(connection_type=ssh).
    type: str
    default: 127.0.0.1
  add_legacy_groups:
    description:
      - Whether to make a group of each container's id, of the first 13 digits of it and of its name; C(image_)
        and its image; C(stack_) and C(service_) with what it belongs to in a swarm; the engine's address; and
        C(running) and C(stopped), which are there without a host as well.
    type: bool
    default: false
  filters:
    description:
      - Conditions that a container is tried with in their order. The first one that holds decides, and a
        container for which none does is a host.
      - They may use C(inventory_hostname) and all that O(verbose_output) gives.
      - One that gives a text, and neither true nor false, holds before ansible-core 2.19 if the text is not empty, and
        is refused from then on.
    type: list
    elements: dict
    default: []
    suboptions:
      include:
        description: A condition. A container for which it holds is a host. Either this or O(filters[].exclude).
        type: str
      exclude:
        description: A condition. A container for which it holds is none. Either this or O(filters[].include).
        type: str
  use_ssh_client:
    description: Has no effect. It is always the ssh client of the controller that connects to C(ssh://) engines.
    type: bool
    default: false
  debug:
    description: Whether to show how many containers there are, and which are no hosts.
    type: bool
    default: false
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - plugin: pytest_engine.engine.engine
    plugin_type: connection
  - plugin: community.docker.docker_containers
    plugin_type: inventory
"""

EXAMPLES = r"""
# shop.docker.yml: what of a project runs, in groups by its services.
plugin: pytest_engine.engine.containers
docker_host: unix:///var/run/docker.sock
strict: true
filters:
  - exclude: not docker_state.Running
  - include: docker_config.Labels["com.docker.compose.project"] | default("") == "shop"
  - exclude: true
keyed_groups:
  - prefix: service
    key: docker_config.Labels["com.docker.compose.service"]
compose:
  ansible_user: '"root"'
"""

import re
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401  # whatever uses a resource imports it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.looking import (
    look_up,
)
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.hosts import (
    is_wanted,
    read_filters,
    untrusted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENDINGS = re.compile(r"(?:engine|docker|containers)\.ya?ml$")
# Options of this file -> the variables by which the connection takes the same.
CONNECTION_VARIABLES = {
    "docker_host": "ansible_docker_docker_host",
    "tls_hostname": "ansible_docker_tls_hostname",
    "api_version": "ansible_docker_api_version",
    "timeout": "ansible_docker_timeout",
    "tls": "ansible_docker_tls",
    "validate_certs": "ansible_docker_validate_certs",
    "ca_path": "ansible_docker_ca_path",
    "client_cert": "ansible_docker_client_cert",
    "client_key": "ansible_docker_client_key",
}
CONNECTIONS = {
    "docker-api": "pytest_engine.engine.engine",
    "docker-cli": "pytest_engine.engine.docker",
}
# Labels by which an engine says what of a swarm a container belongs to.
STACK = "com.docker.stack.namespace"
SERVICE = "com.docker.swarm.service.name"
# The groups of those that run and of all others.
STATES = ("running", "stopped")
# Groups that are always there; with a host of that name Ansible ends.
RESERVED = ("all", "ungrouped")
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104  # they are read


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):  # type: ignore[misc]  # they have no annotations
    """Makes hosts of containers."""

    NAME = "pytest_engine.engine.containers"

    def verify_file(self, path: str) -> bool:
        """Tell whether a file is called like one for this plugin."""
        return bool(super().verify_file(path) and ENDINGS.search(path))

    def parse(
        self,
        inventory: Any,
        loader: Any,
        path: str,
        cache: bool = True,  # noqa: FBT001, FBT002  # Ansible's signature
    ) -> None:
        """Add the containers of the engine that the file names."""
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        filters = read_filters(self.get_option("filters"))
        found = self._look(self.get_cache_key(path), cache=cache)
        self._say(f"{path}: {len(found)} containers")
        if self.get_option("add_legacy_groups"):
            # With no host in them as well, so that plays may name both.
            for group in STATES:
                self.inventory.add_group(group)
        for container in found:
            self._add(container, filters)

    def _look(self, key: str, *, cache: bool) -> list[dict[str, Any]]:
        """The containers: each as it is listed, and as it is inspected where that is needed."""
        whole = self._needs_inspect()
        use = self.get_option("cache")
        if use and cache:
            kept = self._cache.get(key)
            # Kept when less was needed, it does not say enough.
            if kept and (kept["whole"] or not whole):
                return list(kept["containers"])
        containers = self._ask(whole=whole)
        if use:
            self._cache[key] = {"whole": whole, "containers": containers}
        return containers

    def _ask(self, *, whole: bool) -> list[dict[str, Any]]:
        options = {name: self.get_option(name) for name in engine.CONNECTION}
        try:
            with engine.connect(options) as client:
                listed = client.containers.list(all=True)
                known = {one["Id"]: {"listed": one} for one in listed}
                if whole:
                    # Those that were removed meanwhile are left out.
                    inspected = look_up(client.containers.inspect, list(known))[0]
                    return [{**known[one["Id"]], "inspected": one} for one in inspected]
                return list(known.values())
        except engine.errors.EngineError as error:
            raise AnsibleParserError(str(error)) from error

    def _needs_inspect(self) -> bool:
        asking = ("verbose_output", "add_legacy_groups", "filters", "compose", "groups")
        return self.get_option("connection_type") == "ssh" or any(
            self.get_option(name) for name in (*asking, "keyed_groups")
        )

    def _add(self, container: Mapping[str, Any], filters: list[tuple[bool, Any]]) -> None:
        listed, inspected = container["listed"], container.get("inspected") or {}
        name = own = _name(listed)
        if own in RESERVED:
            name = _short_id(listed)
            self.display.warning(f"The container {own} is the host {name}; {own} is a group.")
        facts = {
            "docker_name": untrusted(own),
            "docker_short_id": untrusted(_short_id(listed)),
            **self._connection_facts(own, inspected),
        }
        every = {**facts, **untrusted(_all_facts(inspected))}
        if not is_wanted(self._compose, name, every, filters):
            self._say(f"{name}: no host, by the filters")
            return
        self.inventory.add_host(name)
        # Not by the inventory: it takes the name for that of a group if there is one, and copies
        # each value within a value, which took a third of the whole time.
        host = self.inventory.get_host(name)
        for variable, value in (every if self.get_option("verbose_output") else facts).items():
            host.set_variable(variable, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), every, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), every, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), every, name, strict=strict)
        if self.get_option("add_legacy_groups"):
            # Last, because a variable set for the name of a group is the group's.
            for group in self._legacy_groups(name, inspected):
                self.inventory.add_group(group)
                self.inventory.add_host(name, group=group)

    def _connection_facts(self, name: str, inspected: Mapping[str, Any]) -> dict[str, Any]:
        connection_type = self.get_option("connection_type")
        if connection_type == "ssh":
            return self._ssh_facts(inspected)
        facts = {
            "ansible_host": untrusted(name),
            "ansible_connection": CONNECTIONS[connection_type],
        }
        if connection_type == "docker-api" and self.get_option("configure_docker_daemon"):
            for option, variable in CONNECTION_VARIABLES.items():
                value = self.get_option(option)
                if value is not None:
                    facts[variable] = value
        return facts

    def _ssh_facts(self, inspected: Mapping[str, Any]) -> dict[str, Any]:
        ports = (inspected.get("NetworkSettings") or {}).get("Ports") or {}
        published = ports.get(f"{self.get_option('private_ssh_port')}/tcp")
        if not published:
            # Values that `default(..., true)` replaces in an expression of `compose`.
            return {"ansible_ssh_host": "", "ansible_ssh_port": 0}
        host = published[0]["HostIp"]
        return {
            "ansible_ssh_host": self.get_option("default_ip") if host in EVERYWHERE else host,
            "ansible_ssh_port": published[0]["HostPort"],
        }

    def _legacy_groups(self, name: str, inspected: Mapping[str, Any]) -> Iterator[str]:
        config = inspected.get("Config") or {}
        labels = config.get("Labels") or {}
        yield from (inspected["Id"], name, _short_id(inspected))
        for prefix, value in (
            ("image_", config.get("Image")),
            ("stack_", labels.get(STACK)),
            ("service_", labels.get(SERVICE)),
            ("", self.get_option("docker_host")),
        ):
            if value:
                yield f"{prefix}{value}"
        running, stopped = STATES
        yield running if (inspected.get("State") or {}).get("Running") else stopped

    def _say(self, text: str) -> None:
        if self.get_option("debug"):
            self.display.display(text, stderr=True)
        else:
            self.display.vvv(text)


def _name(listed: Mapping[str, Any]) -> str:
    """The container's own name; links give it others, which have the name of another in front."""
    names = [name[1:] for name in listed.get("Names") or () if name.count("/") == 1]
    return names[0] if names and names[0] else _short_id(listed)


def _short_id(container: Mapping[str, Any]) -> str:
    return str(container["Id"])[:13]


def _all_facts(inspected: Mapping[str, Any]) -> dict[str, Any]:
    """What the engine knows, with names as variables have them."""
    labels = (inspected.get("Config") or {}).get("Labels") or {}
    facts: dict[str, Any] = {}
    for fact, label in (("docker_stack", STACK), ("docker_service", SERVICE)):
        if labels.get(label):
            facts[fact] = labels[label]
    for key, value in inspected.items():
        facts["docker_" + re.sub(r"[^\w-]", "_", key).lower().lstrip("_")] = value
    return facts
