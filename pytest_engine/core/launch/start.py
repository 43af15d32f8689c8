"""The start of a private engine: bridge, containerd, dockerd, and the mending of the firewall."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..client import Engine
from ..errors import EngineError, LaunchFailed
from . import firewall, links
from .commands import find_program, run, search_path
from .processes import spawn_detached

if TYPE_CHECKING:
    from .record import Record

__all__ = ["Programs", "answers", "configuration", "containerd_configuration", "start"]


@dataclass(frozen=True)
class Programs:
    """What an engine consists of.

    Attributes:
        dockerd: its path.
        containerd: its path.
        folders: the search path on which these two find theirs (runc, iptables, ...).
        variables: environment variables beyond those of this process.
    """

    dockerd: str
    containerd: str
    folders: str
    variables: Mapping[str, str]

    @classmethod
    def find(cls, path: str | None, variables: Mapping[str, str] | None = None) -> Programs:
        """Find them, and see that what they need is there, too.

        Args:
            path: the search path; None means the environment's and the administrators' folders.
            variables: environment variables beyond those of this process.

        Raises:
            LaunchFailed: one is missing; the message says what to install.
        """
        folders = search_path() if path is None else path
        dockerd = find_program("dockerd", "docker.io", folders)
        containerd = find_program("containerd", "containerd", folders)
        for program, package in (("runc", "runc"), ("iptables", "iptables")):
            find_program(program, package, folders)
        find_program("ip", "iproute2", search_path())
        return cls(dockerd, containerd, folders, variables or {})

    @property
    def environment(self) -> dict[str, str]:
        """The environment to start them in."""
        # NOTIFY_SOCKET would have dockerd tell systemd that the caller's service is ready.
        kept = {name: text for name, text in os.environ.items() if name != "NOTIFY_SOCKET"}
        return {**kept, **self.variables, "PATH": self.folders}


def start(record: Record, programs: Programs, options: Sequence[str], timeout: float) -> Record:
    """Start an engine and wait until it answers; the record returned knows its process.

    Args:
        record: the engine that is to be; nothing of it may exist yet.
        programs: what to start.
        options: options of dockerd beyond those that make it private.
        timeout: seconds until it must answer.

    Raises:
        LaunchFailed: it does not come up. Cleaning up is the caller's.
        EngineError: a bridge or a firewall rule could not be made.
    """
    before = {family: firewall.read_tables(family) for family in firewall.FAMILIES}
    deadline = time.monotonic() + timeout
    _create_bridge(record)
    _start_containerd(record, programs, deadline)
    version = run([programs.dockerd, "--version"])
    record.config.write_text(json.dumps(configuration(record, version)))
    command = [programs.dockerd, *_private_options(record), *options]
    record = record.started(spawn_detached(command, record.log, programs.environment))
    record.save()
    _wait_until(
        lambda: answers(record), lambda: record.running() is not None, "dockerd", record, deadline
    )
    _mend_firewall(before)
    return record


def answers(record: Record) -> bool:
    """Tell whether the engine's API answers."""
    if not record.socket.exists():
        return False
    try:
        with Engine(f"unix://{record.socket}", timeout=5.0, environ={}) as engine:
            engine.system.ping()
    except EngineError:
        return False
    return True


def _create_bridge(record: Record) -> None:
    subnet = next(record.subnet.subnets(new_prefix=links.NETWORK_PREFIX))
    address = next(subnet.hosts())
    links.create_bridge(record.bridge, ipaddress.IPv4Interface(f"{address}/{subnet.prefixlen}"))


def _start_containerd(record: Record, programs: Programs, deadline: float) -> None:
    """Start a containerd, and wait until it listens.

    dockerd would start one by itself, but not where the machine's own containerd runs: that
    one it would use, and leave its containers behind in it.
    """
    record.containerd_socket.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    record.containerd_config.write_text(containerd_configuration(record))
    command = [programs.containerd, "--config", str(record.containerd_config)]
    process = spawn_detached(command, record.containerd_log, programs.environment)
    _wait_until(
        lambda: _listens(record.containerd_socket),
        process.is_alive,
        "containerd",
        record,
        deadline,
    )


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _wait_until(
    is_ready: Callable[[], bool],
    is_alive: Callable[[], bool],
    program: str,
    record: Record,
    deadline: float,
) -> None:
    while not is_ready():
        if not is_alive():
            raise LaunchFailed(
                f"{program} ended while the private engine in {record.root} started. What it said "
                "last is below."
            )
        if time.monotonic() > deadline:
            raise LaunchFailed(
                f"{program} of the private engine in {record.root} did not answer in time. What "
                "it said last is below; on a slow machine give it a longer timeout."
            )
        # Neither tells of its readiness but by answering (dockerd notifies systemd alone).
        time.sleep(0.02)


def _private_options(record: Record) -> list[str]:
    namespace, plugins_namespace = record.namespaces
    return [
        f"--config-file={record.config}",
        f"--host=unix://{record.socket}",
        f"--group={os.getegid()}",
        f"--data-root={record.data_root}",
        f"--exec-root={record.exec_root}",
        f"--pidfile={record.pid_file}",
        f"--bridge={record.bridge}",
        f"--default-address-pool=base={record.subnet},size={links.NETWORK_PREFIX}",
        f"--containerd={record.containerd_socket}",
        f"--containerd-namespace={namespace}",
        f"--containerd-plugins-namespace={plugins_namespace}",
        # systemd's driver would put the containers among the machine's services.
        "--exec-opt=native.cgroupdriver=cgroupfs",
        f"--cgroup-parent=/{record.cgroup}",
    ]


def configuration(record: Record, version: str) -> dict[str, str]:
    """Give dockerd's settings that have no command line option.

    Up to 20.10 it makes a key for itself in /etc/docker unless told otherwise. Later ones
    refuse to start with an option that they do not know.

    Args:
        record: the engine.
        version: what `dockerd --version` prints.
    """
    match = re.search(r"version (\d+)\.", version)
    if match and int(match[1]) <= 20:
        return {"deprecated-key-path": str(record.root / "key.json")}
    return {}


def containerd_configuration(record: Record) -> str:
    """Write containerd's settings; strings of JSON are strings of TOML."""
    return f"""\
version = 2
root = {json.dumps(str(record.data_root / "containerd/daemon"))}
state = {json.dumps(str(record.exec_root / "containerd/daemon"))}
# Kubernetes' side of it, which would listen on TCP and write to /etc/cni.
disabled_plugins = ["io.containerd.grpc.v1.cri"]

[grpc]
address = {json.dumps(str(record.containerd_socket))}
"""


def _mend_firewall(before: dict[str, dict[str, firewall.Table]]) -> None:
    """Put back the rules of other engines that dockerd has swept away."""
    for family, tables in before.items():
        after = firewall.read_tables(family)
        lost = firewall.lost_rules(tables, after)
        failure = firewall.apply(family, firewall.restoring_script(lost, after))
        if failure:
            raise LaunchFailed(
                "dockerd removed firewall rules of another engine when it started, and they could "
                f"not be put back: {failure}. Restart that engine."
            )
