#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
module: container
short_description: Bring about a container
version_added: 0.1.0
description:
  - Creates, changes, starts, stops and removes a container.
  - Options that a task does not name are not looked at. Where a container differs from what is wanted, it is
    changed if the engine can do that (its limits, O(restart_policy) and O(networks)), and removed and created
    anew if not. O(comparisons) says otherwise for single options.
  - When a container is created anew, it has what the task names and nothing else of the old one. The old one
    is set aside until the new one works, and comes back if it does not. One with O(auto_remove) cannot, as the
    engine removes it once it is stopped.
  - Names that begin like a container's id are names. Of ids, only whole ones of 64 digits are known.
extends_documentation_fragment:
  - pytest_engine.engine.engine
  - pytest_engine.engine.engine.ensures
attributes:
  check_mode:
    support: full
    details:
      - With O(pull=always) the registry is asked whether it has another image; see
        O(pull_check_mode_behavior).
  idempotent:
    support: full
    details:
      - Except for O(recreate=true) and O(restart=true), which do it each time, and for a container that ends
        by itself and is started again.
options:
  annotations:
    description: What the runtime is told, by name. Needs Engine API 1.43.
    type: dict
  auto_remove:
    description:
      - Whether the engine removes the container when it ends.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  blkio_weight:
    description: The share of input and output that the container gets, from V(10) to V(1000).
    type: int
  cap_drop:
    description: Capabilities that the container does not have, such as V(MKNOD) or V(ALL).
    type: list
    elements: str
  capabilities:
    description: Capabilities that the container has beyond the usual ones, such as V(NET_ADMIN).
    type: list
    elements: str
  cgroup_parent:
    description: The control group that the container is put in.
    type: str
  cgroupns_mode:
    description: Whether the container sees control groups of its own or those of the host.
    type: str
    choices:
      - host
      - private
  cleanup:
    description:
      - Whether a container that the task waited for, because of O(detach=false), is removed afterwards.
    type: bool
    default: false
  command:
    description:
      - The command to run, as a list, or as a string that is split like a shell does.
      - An empty list or string means the image's command, or none with an O(entrypoint).
    type: raw
  command_handling:
    description:
      - With V(correct) a list is taken word by word, and an empty one is an empty one.
      - With V(compatibility) the words of a list are joined by spaces and split like a shell does, and what is
        empty counts as not named. That was so before version 3 of community.docker.
    type: str
    default: correct
    choices:
      - compatibility
      - correct
  comparisons:
    description:
      - How options are compared with a container that exists, by their names.
      - With V(strict) they have to be the same; with V(allow_more_present) a list, set or mapping may have more
        than is wanted; with V(ignore) it does not matter.
      - Where nothing is said, values and lists in order (V(command), V(dns_servers) and the like) are compared
        as with V(strict), sets and mappings as with V(allow_more_present), and O(stop_timeout) is not compared.
      - The name V(*) stands for all options that are not named, with V(strict) or V(ignore).
      - What the image brings along (variables, labels, ports, volumes) is never in the way of V(strict); see
        O(image_comparison) and O(image_label_mismatch). With V(strict) for O(networks) the container leaves
        networks that are not wanted.
    type: dict
  container_default_behavior:
    description:
      - With V(compatibility) some options have the defaults that they had before version 2 of community.docker.
        O(auto_remove), O(init), O(interactive), O(paused), O(privileged), O(read_only) and O(tty) are V(false),
        O(detach) is V(true) and O(memory) is V("0").
    type: str
    default: no_defaults
    choices:
      - compatibility
      - no_defaults
  cpu_period:
    description: The length of a period of the scheduler, in microseconds.
    type: int
  cpu_quota:
    description: How much of a period the container can use, in microseconds. O(cpus) is simpler.
    type: int
  cpu_realtime_period:
    description: The length of a period for processes that run in real time, in microseconds.
    type: int
  cpu_realtime_runtime:
    description: How much of such a period the container can use, in microseconds.
    type: int
  cpu_shares:
    description: The share of the processors that the container gets when they are busy, where 1024 is usual.
    type: int
  cpus:
    description: How much of the processors the container can use, where V(1.5) is one and a half of them.
    type: float
  cpuset_cpus:
    description: The processors that the container can use, as V(0-2) or V(1,3).
    type: str
  cpuset_mems:
    description: The memory nodes that the container can use, as V(0-2) or V(1,3).
    type: str
  default_host_ip:
    description:
      - The address of the host for O(published_ports) that name none. May be empty, for all addresses.
      - Where it is not named, it is the first that a bridge network among O(networks) has as its option
        C(com.docker.network.bridge.host_binding_ipv4). Where none has that, it is V(0.0.0.0), all addresses of IPv4.
      - A container with O(networks) that is there with ports at all addresses, those of IPv6 too, is not created
        anew for that.
    type: str
  detach:
    description:
      - With V(false) the task waits until a container that it starts has ended. It fails if the command did,
        and returns what the command wrote; see RV(status) and RV(container). Then O(state=healthy) is as
        O(state=started).
      - Where the connection to the engine is lost meanwhile, the task looks for the container again for a minute.
        A task that fails or is interrupted while it waits leaves the container as it is; interrupted with
        O(cleanup=true), it removes it.
      - With O(container_default_behavior=compatibility) V(true) where it is not named.
    type: bool
  device_cgroup_rules:
    description: Rules for devices, such as V(c 13:* rwm).
    type: list
    elements: str
  device_read_bps:
    description: How many bytes per second the container can read from devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device on the host.
        type: str
        required: true
      rate:
        description: How many bytes per second, also with a unit, as in V(1m).
        type: str
        required: true
  device_read_iops:
    description: How many times per second the container can read from devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device on the host.
        type: str
        required: true
      rate:
        description: How many times per second.
        type: int
        required: true
  device_requests:
    description: Devices that a driver provides, such as processors for graphics.
    type: list
    elements: dict
    suboptions:
      capabilities:
        description: Lists of what a device can. It has to fit one of the lists as a whole.
        type: list
        elements: list
      count:
        description: How many devices. V(-1) is all of them.
        type: int
      device_ids:
        description: Which devices, instead of O(device_requests[].count).
        type: list
        elements: str
      driver:
        description: The driver that provides them.
        type: str
      options:
        description: What the driver is told, by name.
        type: dict
  device_write_bps:
    description: How many bytes per second the container can write to devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device on the host.
        type: str
        required: true
      rate:
        description: How many bytes per second, also with a unit, as in V(1m).
        type: str
        required: true
  device_write_iops:
    description: How many times per second the container can write to devices.
    type: list
    elements: dict
    suboptions:
      path:
        description: The device on the host.
        type: str
        required: true
      rate:
        description: How many times per second.
        type: int
        required: true
  devices:
    description:
      - Devices of the host that the container gets, as C(path), C(path:path in the container) or C(path:path in
        the container:rights), where the rights are some of C(rwm).
    type: list
    elements: str
  dns_opts:
    description: Options of how names are asked for.
    type: list
    elements: str
  dns_search_domains:
    description: Domains in which short names are looked for, in this order.
    type: list
    elements: str
  dns_servers:
    description: Name servers that are asked, in this order.
    type: list
    elements: str
  domainname:
    description: The domain of the host name in the container.
    type: str
  entrypoint:
    description:
      - What to run instead of the image's entrypoint, with the command as its arguments. An empty list is no
        entrypoint at all.
    type: list
    elements: str
  env:
    description:
      - Environment variables by name. The container may have more of them than are named here, as images bring
        some along.
      - Values have to be strings. Quote what YAML takes for something else, such as V("yes") or V("1.10").
    type: dict
  env_file:
    description: A file on the target with lines C(NAME=value). Variables in O(env) take precedence.
    type: path
  etc_hosts:
    description:
      - Further hosts that the container knows, their addresses by their names. V(host-gateway) is the address
        of the host.
    type: dict
  exposed_ports:
    description:
      - Further ports that the container listens on, as C(80) or C(53/udp). Nothing is published by that.
    type: list
    elements: str
    aliases:
      - exposed
      - expose
  force_kill:
    description:
      - Whether a container that has to stop is killed at once, or gets another signal that O(kill_signal) names.
    type: bool
    default: false
    aliases:
      - forcekill
  groups:
    description: Further groups of the process in the container, by name or number.
    type: list
    elements: str
  healthcheck:
    description:
      - How the engine finds out whether the container is healthy.
      - Durations are written as V(30s) or V(1m30s).
    type: dict
    suboptions:
      interval:
        description: The time between two checks. The engine's default is 30 seconds.
        type: str
      retries:
        description: How many checks in a row have to fail. The engine's default is 3.
        type: int
      start_interval:
        description: The time between two checks in O(healthcheck.start_period). Needs Engine API 1.44.
        type: str
      start_period:
        description: The time after the start in which failures do not count.
        type: str
      test:
        description:
          - The command that fails when the container is not healthy, as a string for the container's shell, or
            as a list that begins with V(CMD) (run as it is) or V(CMD-SHELL) (a string for the shell).
          - V(NONE) as the only item of the list disables the check of the image, and so does a O(healthcheck)
            that lacks this, unless O(healthcheck.test_cli_compatible=true).
        type: raw
      test_cli_compatible:
        description:
          - Whether a O(healthcheck) without O(healthcheck.test) changes the image's check instead of disabling
            it.
        type: bool
        default: false
      timeout:
        description: The time that a check may take. The engine's default is 30 seconds.
        type: str
  healthy_wait_timeout:
    description: How many seconds to wait with O(state=healthy). V(0) and less is without end.
    type: float
    default: 300
  hostname:
    description: The host name in the container.
    type: str
  image:
    description:
      - The image of the container, by name or id. A name without a tag means the tag C(latest).
      - A new container needs it; one that replaces another keeps that one's image where none is named. If the
        container has another image than the engine now has under this name, it is created anew.
      - Required with O(state=present).
    type: str
  image_comparison:
    description:
      - Whether comparisons take into account what the image in O(image) brings along, or the one that the
        container has.
      - The container is to have its variables, exposed ports and volumes, also where O(comparisons) ignores O(image)
        and the container therefore has another one.
    type: str
    default: desired-image
    choices:
      - desired-image
      - current-image
  image_label_mismatch:
    description:
      - What happens if the image has labels that O(labels) does not name. With V(ignore) the container is to
        have them as well. With V(fail) they do not count, and with V(strict) comparison of O(labels) the
        module fails.
    type: str
    default: ignore
    choices:
      - ignore
      - fail
  image_name_mismatch:
    description:
      - Whether a container is created anew if its image is the wanted one, but was called by another name when
        the container was made. Names that differ only in being spelt out are the same.
    type: str
    default: recreate
    choices:
      - ignore
      - recreate
  init:
    description:
      - Whether a small process runs first in the container, which passes on signals and cleans up.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  interactive:
    description:
      - Whether standard input stays open.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  ipc_mode:
    description:
      - With whom the container shares memory and semaphores, such as V(private), V(shareable), V(host) or
        C(container:name).
    type: str
  keep_volumes:
    description: Whether the anonymous volumes of a container that is removed stay.
    type: bool
    default: true
  kernel_memory:
    description: How much memory the kernel can use for the container. Engines from API 1.42 on do not have it.
    type: str
  kill_signal:
    description:
      - The signal for O(force_kill), V(SIGKILL) if none is named.
      - After another one the container has as long to end as O(stop_timeout) says, or else what it was made with,
        or 10 seconds. Then it is killed. Until it has ended the task goes no further.
    type: str
  labels:
    description:
      - Labels by name. The container may have more labels than are named here.
      - A boolean or a fraction among them is refused, for YAML may have changed how it was written; quote it.
      - A label that the image has and the task does not name is to be as in the image, see O(image_label_mismatch).
    type: dict
  links:
    description: Containers that are found under other names, as C(container) or C(container:alias).
    type: list
    elements: str
  log_driver:
    description: What keeps the output of the container, such as V(json-file), V(local) or V(none).
    type: str
  log_options:
    description:
      - What O(log_driver) is told, by name.
      - A boolean becomes V(True) or V(False). Quote what is to be written otherwise.
    type: dict
    aliases:
      - log_opt
  mac_address:
    description: The address of the container on the link layer, in its main network.
    type: str
  masked_paths:
    description:
      - Paths that the container does not see, in place of the engine's list. An empty list hides none.
    type: list
    elements: str
  memory:
    description:
      - How much memory the container can use, in bytes or with a unit, as in V(512m) or V(2g).
      - V(0) means without a limit.
      - With O(container_default_behavior=compatibility) V("0") where it is not named.
    type: str
  memory_reservation:
    description: The memory that the container is left with when others need some, with a unit as in V(256m).
    type: str
  memory_swap:
    description:
      - How much memory and swap together the container can use. V(-1) and V(unlimited) are without a limit.
    type: str
  memory_swappiness:
    description:
      - How readily memory is swapped out, from V(0) to V(100).
      - Where the engine's host cannot do it, as with cgroup v2, the container goes without, and a warning says so.
    type: int
  mounts:
    description:
      - What the container sees of volumes and of the host. The container may have more mounts than are named
        here.
    type: list
    elements: dict
    suboptions:
      consistency:
        description: How soon the host and the container see what the other writes, on engines that heed it.
        type: str
        choices:
          - default
          - consistent
          - cached
          - delegated
      create_mountpoint:
        description:
          - Whether a source that is missing is created. Needs Engine API 1.42. For O(mounts[].type=bind).
        type: bool
      labels:
        description: Labels of a new volume. For O(mounts[].type=volume).
        type: dict
      no_copy:
        description:
          - Whether a new volume stays empty rather than get what the image has at that path. For
            O(mounts[].type=volume).
        type: bool
      non_recursive:
        description: Whether what is mounted below the source is left out. For O(mounts[].type=bind).
        type: bool
      propagation:
        description: How mounts below it are shared with the host. For O(mounts[].type=bind).
        type: str
        choices:
          - private
          - rprivate
          - shared
          - rshared
          - slave
          - rslave
      read_only:
        description: Whether the container can only read it.
        type: bool
      read_only_force_recursive:
        description:
          - Whether it is an error if what is mounted below cannot be made read-only too. Needs Engine API 1.44.
            For O(mounts[].type=bind).
        type: bool
      read_only_non_recursive:
        description:
          - Whether what is mounted below can be written to although the mount is read-only. Needs Engine API
            1.44. For O(mounts[].type=bind).
        type: bool
      source:
        description: The name of the volume, or the path on the host. A volume without a name is a new one.
        type: str
      subpath:
        description:
          - The folder in the volume (Engine API 1.45) or image (1.48) that is mounted. For
            O(mounts[].type=volume) and O(mounts[].type=image).
        type: str
      target:
        description: The path in the container.
        type: str
        required: true
      tmpfs_mode:
        description: Its permissions, as an octal number in quotes. For O(mounts[].type=tmpfs).
        type: str
      tmpfs_options:
        description:
          - Further options, as mappings of one name to its value, or to V(null) for one without a value. Needs
            Engine API 1.46. For O(mounts[].type=tmpfs).
        type: list
        elements: dict
      tmpfs_size:
        description: How much it holds, in bytes or with a unit, as in V(64m). For O(mounts[].type=tmpfs).
        type: str
      type:
        description: What is mounted. V(cluster) needs Engine API 1.42, V(image) 1.47, and V(npipe) Windows.
        type: str
        default: volume
        choices:
          - bind
          - cluster
          - image
          - npipe
          - tmpfs
          - volume
      volume_driver:
        description: The driver of a new volume. For O(mounts[].type=volume).
        type: str
      volume_options:
        description: What the driver of a new volume is told. For O(mounts[].type=volume).
        type: dict
  name:
    description: The name of the container, or its whole id.
    type: str
    required: true
  network_mode:
    description:
      - The main network of the container, as V(bridge), V(host), V(none), V(default), C(container:name) or the
        name of a network.
      - Where it is not named, it is the first of O(networks), or with O(networks_cli_compatible=false) the
        default network.
    type: str
  networks:
    description:
      - The networks that the container is in. See O(networks_cli_compatible) for whether it is in the default
        one too.
      - An existing container that lacks one is connected to it, and one that is in it otherwise is connected
        again. It may be in more networks than are named here, unless O(comparisons) says V(strict) for it.
    type: list
    elements: dict
    suboptions:
      aliases:
        description: Further names under which the container is found in that network.
        type: list
        elements: str
      driver_options:
        description: What the driver of the network is told about this connection, by name.
        type: dict
      gateway_priority:
        description: The network with the highest one is the way out of the container. Needs Engine API 1.48.
        type: int
      ipv4_address:
        description: The container's IPv4 address in that network.
        type: str
      ipv6_address:
        description: The container's IPv6 address in that network.
        type: str
      links:
        description:
          - Containers that are found in that network under other names, as C(container) or C(container:alias).
        type: list
        elements: str
      mac_address:
        description:
          - The address of the container on the link layer in that network. Heeded from Engine API 1.44 on.
        type: str
      name:
        description: The name of the network.
        type: str
        required: true
  networks_cli_compatible:
    description:
      - With V(true) a new container is in its O(networks) and in no other, and without any in the default
        network, as with C(docker run).
      - With V(false) it is in the default network and in its O(networks).
    type: bool
    default: true
  old_name:
    description:
      - A former name. If there is a container of that name and none of O(name), it is renamed. Not looked at with
        O(state=absent).
    type: str
  oom_killer:
    description:
      - Whether the container is B(spared) when memory runs out, in spite of the name.
      - Where the engine's host cannot do it, as with cgroup v2, the container goes without, and a warning says so.
    type: bool
  oom_score_adj:
    description: How soon processes of the container are killed when memory runs out, from V(-1000) to V(1000).
    type: int
  output_logs:
    description:
      - Whether what a container wrote that the task waited for, because of O(detach=false), is written to the
        target's log.
    type: bool
    default: false
  paused:
    description:
      - Whether the processes of a container that is started are frozen.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  pid_mode:
    description: With whom the container shares processes, as V(host) or C(container:name).
    type: str
  pids_limit:
    description: How many processes the container can have. V(-1) is any number.
    type: int
  platform:
    description: The platform of the image, as C(os), C(os/architecture) or C(os/architecture/variant).
    type: str
  privileged:
    description:
      - Whether the container may do almost all that the host may.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  publish_all_ports:
    description: Whether the host publishes all ports that the image or O(exposed_ports) expose.
    type: bool
  published_ports:
    description:
      - Ports of the container that the host publishes, as C(8000), C(8080:80), C(127.0.0.1:8080:80) or
        C(53:53/udp), where the last number is the container's. Ranges (C(9000-9010:9000-9010)) have a port for
        each, and are of the same length.
      - They are written in quotes. Without them, YAML takes V(22:22) and the like, which end in a number below 60,
        for a single number of base 60, here V(1342).
      - Without a port of the host, the engine chooses one, and with a range for one port of the container
        (C(9000-9010:80)) one of these.
      - Addresses of IPv6 are written in brackets. Where there is no address, it is O(default_host_ip).
      - The container may publish more ports than are named here.
    type: list
    elements: str
    aliases:
      - ports
  pull:
    description:
      - Whether the image is pulled from its registry.
      - V(never) fails if the engine does not have the image.
      - V(missing) and V(false) pull only if the engine does not have it.
      - V(always) and V(true) ask the registry each time.
      - An image that is named by its id is never pulled.
    type: raw
    default: missing
    choices:
      - never
      - missing
      - always
      - true
      - false
  pull_check_mode_behavior:
    description:
      - What check mode says with O(pull=always) about an image that the engine has.
      - With V(image_not_present) the registry is asked, and a pull is announced if it has another image. If it
        does not answer, none is.
      - With V(always) a pull is announced in any case.
    type: str
    default: image_not_present
    choices:
      - image_not_present
      - always
  read_only:
    description:
      - Whether the container cannot write to its file system, except for what is mounted.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  readonly_paths:
    description:
      - Paths that the container cannot write to, in place of the engine's list. An empty list protects none.
    type: list
    elements: str
  recreate:
    description: Whether an existing container is created anew even if it is like the wanted one.
    type: bool
    default: false
  removal_wait_timeout:
    description:
      - How many seconds to wait at most for the engine to remove a container, without end if nothing is named.
    type: float
  restart:
    description: Whether a container that runs is restarted, with O(state=started) and O(state=healthy).
    type: bool
    default: false
  restart_policy:
    description:
      - When the engine starts the container again by itself. Quote V("no"), which YAML takes for false.
    type: str
    choices:
      - 'no'
      - on-failure
      - always
      - unless-stopped
  restart_retries:
    description: How often the engine tries to, with O(restart_policy=on-failure). V(0) is without end.
    type: int
  runtime:
    description: What runs the container, such as V(runc).
    type: str
  security_opts:
    description: Options of security, such as V(no-new-privileges:true).
    type: list
    elements: str
  shm_size:
    description: The size of C(/dev/shm), with a unit as in V(64m).
    type: str
  state:
    description:
      - With V(started) the container is there and runs.
      - With V(healthy) it does, and the module waits until its healthcheck succeeds. A container without one is
        healthy as soon as it runs.
      - With V(present) it is there, and whether it runs is left as it is. A new container is not started, also
        not one that replaces another that ran, because it has to differ or because of O(recreate).
      - With V(stopped) it is there and does not run.
      - With V(absent) it is not there. It is stopped before it is removed.
    type: str
    default: started
    choices:
      - absent
      - present
      - healthy
      - started
      - stopped
  stop_signal:
    description: The signal that asks the process in the container to end.
    type: str
  stop_timeout:
    description:
      - How many seconds a process that was asked to end has until it is killed, for a new container and for
        this task.
      - It is not compared with what a container has, unless O(comparisons) names it.
    type: int
  storage_opts:
    description: What the storage driver is told, by name.
    type: dict
  sysctls:
    description: Parameters of the kernel, by name.
    type: dict
  tmpfs:
    description: Folders in memory, as C(path) or C(path:options).
    type: list
    elements: str
  tty:
    description:
      - Whether the container has a terminal.
      - With O(container_default_behavior=compatibility) V(false) where it is not named.
    type: bool
  ulimits:
    description:
      - Limits of the processes in the container, as C(nofile:1024) or C(nofile:1024:2048) with the hard limit
        last.
    type: list
    elements: str
  user:
    description:
      - The user that the command runs as, and optionally the group, as C(user:group) by name or number.
    type: str
  userns_mode:
    description:
      - With V(host), users in the container are those of the host. Empty is what the engine does by itself.
    type: str
  uts:
    description: With V(host), the container has the name of the host.
    type: str
  volume_driver:
    description: The driver of volumes that are created for the container.
    type: str
  volumes:
    description:
      - The same as O(mounts) in short, as C(source:target) or C(source:target:mode), where the source is the
        name of a volume or an absolute path on the host, and C(mode) is for example C(ro).
      - A path alone is where the container has an anonymous volume. Such a volume has no mode; what is written
        like one, as in V(/data:rw), belongs to its path, as it does with community.docker.
      - The container may have more of them than are named here.
    type: list
    elements: str
  volumes_from:
    description: Containers whose mounts the container gets, as C(name) or C(name:ro).
    type: list
    elements: str
  working_dir:
    description: The directory that the command runs in.
    type: str
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - module: community.docker.docker_container
"""

EXAMPLES = r"""
- name: A web server
  pytest_engine.engine.container:
    name: web
    image: nginx
    published_ports:
      - "8080:80"
    volumes:
      - /srv/www:/usr/share/nginx/html:ro
    restart_policy: unless-stopped

- name: A store that others find as "cache" in their network, and that is asked whether it works
  pytest_engine.engine.container:
    name: redis
    image: redis:7
    command: redis-server --appendonly yes
    networks:
      - name: backend
        aliases:
          - cache
    mounts:
      - source: data
        target: /data
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 5s
    memory: 256m

- name: A command that is run to its end, whose output is looked at afterwards
  pytest_engine.engine.container:
    name: migration
    image: shop
    command: [shop, migrate]
    env_file: /etc/shop.env
    detach: false
    cleanup: true
  register: migration

- name: A container with the wanted labels and no others, in the wanted networks and no others
  pytest_engine.engine.container:
    name: web
    image: nginx
    labels:
      tier: front
    networks:
      - name: backend
    comparisons:
      labels: strict
      networks: strict

- name: A container that can be used as soon as the task is done
  pytest_engine.engine.container:
    name: redis
    image: redis:7
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 1s
    state: healthy

- name: A container that is there but does not run
  pytest_engine.engine.container:
    name: web
    state: stopped

- name: No container
  pytest_engine.engine.container:
    name: web
    state: absent
"""

RETURN = r"""
container:
  description:
    - The container as the engine describes it. Empty where there is none.
    - With O(detach=false) what it wrote is in C(Output).
  returned: success, and when a container that was waited for has failed
  type: dict
  sample:
    Id: 8f1e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b
    Name: /web
    State:
      Running: true
      Status: running
status:
  description: The exit code of a container that the task waited for.
  returned: when O(detach=false) and the container was started
  type: int
  sample: 0
actions:
  description: What was done, or in check mode would be done, in this order.
  returned: success
  type: list
  elements: str
  sample:
    - create container web
    - start container web
"""

from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.container_options import (
    ARGUMENTS,
    RULES,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.container_task import run


def main() -> None:
    engine.run_module(ARGUMENTS, run, **RULES)


if __name__ == "__main__":
    main()
