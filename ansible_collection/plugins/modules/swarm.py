#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: swarm
short_description: Bring about a swarm, and the place of an engine in one
version_added: 0.1.0
description:
  - Makes an engine the first manager of a swarm, configures that, makes its tokens anew, and unlocks a manager
    that was restarted.
  - Makes an engine a node of a swarm, takes it out of one, and removes nodes that have left.
  - An engine that leaves a swarm forgets the names of all containers on its own networks as well (seen with 20.10). They
    find one another by name again when they have been restarted.
  - Tokens and keys are in no diff and in no error.
extends_documentation_fragment:
  - pytest_engine.engine.engine
attributes:
  check_mode:
    description: Whether the module says what it would do without doing it.
    support: full
  diff_mode:
    description: Whether the module shows what differs from what is wanted.
    support: full
  idempotent:
    description: Whether a second run with the same options changes nothing.
    support: partial
    details:
      - What is to be rotated is made anew each time, and with O(force=true) and O(state=present) the whole swarm.
options:
  advertise_addr:
    description:
      - Where other nodes reach this one, as an address or an interface, with a port if it is not that of
        O(listen_addr). The engine finds out by itself if it has one address only.
      - It counts when a swarm is founded or joined, and is not looked at later.
    type: str
  autolock_managers:
    description:
      - Whether a manager that is restarted needs a key before it manages again.
      - The task that switches it on tells the key as RV(swarm_facts.UnlockKey), M(pytest_engine.engine.swarm_info) at any
        time.
    type: bool
  ca_force_rotate:
    description: Another number than the present one makes the swarm have a new certificate authority.
    type: int
  data_path_addr:
    description:
      - The address or the interface for what containers say to those on other nodes.
      - It counts when a swarm is founded or joined, and is not looked at later.
    type: str
  data_path_port:
    description:
      - The port for what containers say to those on other nodes.
      - It counts when a swarm is founded, and is not looked at later.
    type: int
  default_addr_pool:
    description:
      - The ranges that networks of the swarm are taken from, such as V(10.20.0.0/16).
      - They count when a swarm is founded, and are not looked at later.
      - With O(subnet_size) alone it is V(10.0.0.0/8).
    type: list
    elements: str
  dispatcher_heartbeat_period:
    description: How many nanoseconds a node may take between two signs of life. Engines take 5 seconds by default.
    type: int
  election_tick:
    description: After how many ticks without a leader managers elect another one.
    type: int
  force:
    description:
      - With O(state=present), founds the swarm anew with this engine as its only manager, even if it is in one.
        Services and the like are kept. This is the way out when most managers are lost.
      - With O(state=join), leaves a swarm in which the engine has failed, such as for a certificate that cannot
        be read, and joins. A node whose managers do not answer stays what it is.
      - With O(state=absent), leaves the swarm even as a manager. With the last one the swarm is lost.
      - With O(state=remove), removes a node even if it is not down.
    type: bool
    default: false
  heartbeat_tick:
    description: How many ticks are between two signs of life of a manager.
    type: int
  join_token:
    description:
      - The token of the swarm to join, which decides on whether the node is a manager or a worker.
      - Required with O(state=join). Ansible masks it in what the module returns.
    type: str
  keep_old_snapshots:
    description: How many snapshots managers keep besides the present one.
    type: int
  labels:
    description:
      - All labels of the swarm, by name. Those of nodes are for M(pytest_engine.engine.node).
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
    type: dict
  listen_addr:
    description:
      - Where the engine listens for other nodes, as an address or an interface, with a port.
      - It counts when a swarm is founded or joined, and is not looked at later.
    type: str
    default: 0.0.0.0:2377
  log_entries_for_slow_followers:
    description: How many entries of the log are kept for managers that are slow.
    type: int
  name:
    description: The name of the swarm. Engines take V(default) only.
    type: str
  node_cert_expiry:
    description: For how many nanoseconds the certificate of a node is good. Engines take 90 days by default.
    type: int
  node_id:
    description: The node to remove, by its id or its host name. Required with O(state=remove).
    type: str
  remote_addrs:
    description: Where managers of the swarm to join are reached. Required with O(state=join).
    type: list
    elements: str
  rotate_manager_token:
    description: Whether to make a new token for managers to join with.
    type: bool
    default: false
  rotate_manager_unlock_key:
    description: Whether to make a new key for managers, where O(autolock_managers=true).
    type: bool
    default: false
  rotate_worker_token:
    description: Whether to make a new token for workers to join with.
    type: bool
    default: false
  signing_ca_cert:
    description: The certificate of the authority that signs the certificates of nodes, in PEM format; not its path.
    type: str
  signing_ca_key:
    description:
      - The key of that authority, in PEM format; not its path.
      - It cannot be read, so it is used when something else changes and not compared.
    type: str
  snapshot_interval:
    description: How many entries of the log are between two snapshots.
    type: int
  state:
    description:
      - With V(present) the engine manages a swarm, and that has the properties that are named.
      - With V(join) it is a node of a swarm, whichever that is, and whether or not its managers answer now. That it
        has failed in a swarm is an error, unless O(force=true).
      - With V(absent) it is in none.
      - With V(remove) the node O(node_id) is none of the swarm. One that has just left may take some seconds to be
        seen as down, which are waited for.
    type: str
    default: present
    choices:
      - present
      - join
      - absent
      - remove
  subnet_size:
    description:
      - The length of the prefix of the networks that are taken from O(default_addr_pool), with that alone V(24).
      - It counts when a swarm is founded, and is not looked at later.
    type: int
  task_history_retention_limit:
    description: How many tasks that have ended are remembered in each place of a service.
    type: int
  unlock_key:
    description:
      - The key for a manager that was restarted and is locked, with O(state=present). It is used only then.
      - Ansible masks it in what the module returns.
    type: str
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_swarm
"""

EXAMPLES = r"""
- name: A swarm
  pytest_engine.engine.swarm:
    advertise_addr: 192.0.2.10
    listen_addr: 192.0.2.10:2377
    task_history_retention_limit: 2
  register: swarm

- name: Its nodes, given the groups swarm_managers and swarm_workers
  pytest_engine.engine.swarm:
    state: join
    remote_addrs:
      - 192.0.2.10:2377
    join_token: "{{ hostvars[groups.swarm_managers[0]].swarm.swarm_facts.JoinTokens.Worker }}"
  when: inventory_hostname in groups.swarm_workers | default([])

- name: Managers that need a key after a restart
  pytest_engine.engine.swarm:
    autolock_managers: true
  register: locking
  no_log: true

- name: Another token for workers, as the old one was seen
  pytest_engine.engine.swarm:
    rotate_worker_token: true

- name: A manager after a restart
  pytest_engine.engine.swarm:
    unlock_key: "{{ locking.swarm_facts.UnlockKey }}"

- name: No node that has left
  pytest_engine.engine.swarm:
    state: remove
    node_id: 24ifsmvkjbyhk

- name: No swarm
  pytest_engine.engine.swarm:
    state: absent
    force: true
"""

RETURN = r"""
swarm_facts:
  description:
    - The swarm as the engine describes it, with what others need to join it. Empty with other states than V(present).
    - In check mode a swarm that would be founded has none of it yet; then what is named here is null.
  returned: success
  type: dict
  contains:
    JoinTokens:
      description: The tokens to join with.
      returned: success and O(state=present)
      type: dict
      contains:
        Manager:
          description: The token to join with as a manager. Masked where it is that of O(join_token).
          returned: success
          type: str
          sample: SWMTKN-1--xxxxx
        Worker:
          description: The token to join with as a worker. Masked where it is that of O(join_token).
          returned: success
          type: str
          sample: SWMTKN-1--xxxxx
    UnlockKey:
      description:
        - The key that managers need after a restart. Masked where it is that of O(unlock_key).
        - It is told to the task from which it comes, by O(autolock_managers=true) or O(rotate_manager_unlock_key=true),
          and null to all others. M(pytest_engine.engine.swarm_info) tells it at any time.
      returned: success and O(state=present)
      type: str
      sample: SWMKEY-1-xxx
actions:
  description:
    - What was done, or in check mode would be done, in this order and in the words of community.docker's module.
    - Where nothing was to be done, one entry that says so, but none with O(state=remove).
  returned: success
  type: list
  elements: str
  sample:
    - "New Swarm cluster created: abajmipo7b4xz5ip2nrla6b11"
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import (
    engine,
    swarm_options,
)

ARGUMENTS = {
    "advertise_addr": {"type": "str"},
    "autolock_managers": {"type": "bool"},
    "ca_force_rotate": {"type": "int"},
    "data_path_addr": {"type": "str"},
    "data_path_port": {"type": "int"},
    "default_addr_pool": {"type": "list", "elements": "str"},
    "dispatcher_heartbeat_period": {"type": "int"},
    "election_tick": {"type": "int"},
    "force": {"type": "bool", "default": False},
    "heartbeat_tick": {"type": "int"},
    "join_token": {"type": "str", "no_log": True},
    "keep_old_snapshots": {"type": "int"},
    "labels": {"type": "dict"},
    "listen_addr": {"type": "str", "default": "0.0.0.0:2377"},
    "log_entries_for_slow_followers": {"type": "int"},
    "name": {"type": "str"},
    "node_cert_expiry": {"type": "int"},
    "node_id": {"type": "str"},
    "remote_addrs": {"type": "list", "elements": "str"},
    "rotate_manager_token": {"type": "bool", "default": False},
    "rotate_manager_unlock_key": {"type": "bool", "default": False, "no_log": False},
    "rotate_worker_token": {"type": "bool", "default": False},
    "signing_ca_cert": {"type": "str"},
    "signing_ca_key": {"type": "str", "no_log": True},
    "snapshot_interval": {"type": "int"},
    "state": {
        "type": "str",
        "default": "present",
        "choices": ["present", "join", "absent", "remove"],
    },
    "subnet_size": {"type": "int"},
    "task_history_retention_limit": {"type": "int"},
    "unlock_key": {"type": "str", "no_log": True},
}
NEEDED = [
    ("state", "join", ["remote_addrs", "join_token"]),
    ("state", "remove", ["node_id"]),
]


def main() -> None:
    engine.run_module(ARGUMENTS, swarm_options.bring_about, required_if=NEEDED)


if __name__ == "__main__":
    main()
