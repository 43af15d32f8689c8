"""Take a private engine away so that nothing of it is left on the machine.

Every step looks for itself what there is to do and works on a healthy engine, on one that
was killed, and on one that is gone already. A step that fails does not keep the next from
running: what could not be done is reported together at the end.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..client import Engine
from ..crew import do_all
from ..errors import EngineError
from . import cgroups, firewall, links, mounts, processes

if TYPE_CHECKING:
    from .machine import Ledger
    from .record import Record

__all__ = ["empty_through_api", "remove_files", "remove_leftovers", "terminate"]

_BUILT_IN_NETWORKS = ("bridge", "host", "none", "ingress", "docker_gwbridge")
# A container that is killed needs some 0.3 s of the engine's time, most of it waiting.
_REMOVED_AT_ONCE = 8


def empty_through_api(record: Record) -> None:
    """Have the engine remove its containers and networks, if it answers.

    Not needed for cleaning up, which works without the engine's help; but an engine without
    containers stops at once, and one whose data is kept should not remember dead ones.
    """
    with (
        Engine(f"unix://{record.socket}", timeout=30.0, environ={}) as engine,
        suppress(EngineError),
    ):
        containers = [entry["Id"] for entry in engine.containers.list(all=True)]

        def remove(id_: str) -> None:
            with suppress(EngineError):
                engine.containers.remove(id_, force=True, volumes=True)

        do_all(remove, containers, at_once=_REMOVED_AT_ONCE, name="teardown")
        for network in engine.networks.list():
            if network["Name"] not in _BUILT_IN_NETWORKS:
                with suppress(EngineError):
                    engine.networks.remove(network["Id"])


def terminate(record: Record, timeout: float) -> None:
    """End dockerd, then containerd: ask, wait `timeout` seconds, then kill."""
    dockerd = record.running()
    containerds = processes.commands_below(record.root, (), programs=("containerd",))
    for process in (dockerd, *map(processes.process, containerds)):
        if process is not None:
            process.signal(signal.SIGTERM)
            if not process.wait_gone(timeout):
                process.signal(signal.SIGKILL)
                process.wait_gone(timeout)


def remove_leftovers(record: Record, held: Ledger) -> list[str]:
    """Remove what a stopped or crashed engine left on the machine; return what stayed.

    All but its files: as long as those are there, it can be found and this be tried again.
    """
    return _collect(
        lambda: _kill_remaining(record),
        lambda: _remove_shim_sockets(record),
        lambda: mounts.unmount_below(record.root),
        lambda: cgroups.remove(record.cgroup),
        lambda: _remove_network(record),
        lambda: held.leave(record.id),
    )


def remove_files(record: Record, *, keep_data: bool) -> list[str]:
    """Remove the engine's files, the record last; return what stayed."""
    folders = [record.exec_root] if keep_data else [record.exec_root, record.data_root]
    failures = [failure for folder in folders for failure in _remove_folder(folder)]
    for path in (
        record.socket,
        record.pid_file,
        record.config,
        record.log,
        record.containerd_config,
        record.containerd_log,
        record.root / "key.json",
    ):
        path.unlink(missing_ok=True)
    if not failures:
        record.forget()
        with suppress(OSError):
            record.root.rmdir()
    return failures


def _collect(*steps: Callable[[], list[str]]) -> list[str]:
    failures = []
    for step in steps:
        try:
            failures += step()
        except (EngineError, OSError) as error:
            failures.append(str(error))
    return failures


def _remove_folder(folder: Path) -> list[str]:
    # First whatever can be removed, then an attempt that says what is in the way.
    shutil.rmtree(folder, ignore_errors=True)
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        return [str(error)]
    return []


def _kill_remaining(record: Record) -> list[str]:
    """Kill containerd, its shims and the containers' processes, until none is left."""
    left: list[int] = []
    # More than one round: what is killed may have been about to start something.
    for _ in range(5):
        programs = processes.commands_below(record.root, record.namespaces)
        # By descent as well: a container may have been given a control group of its own.
        found = programs | processes.descendants(programs) | cgroups.members(record.cgroup)
        if not found:
            return []
        left = processes.kill_all(found, timeout=5.0)
    return [f"process {pid} does not end" for pid in left]


def _remove_shim_sockets(record: Record) -> list[str]:
    """Remove the sockets of killed shims, which are outside of the engine's folder."""
    tasks = record.exec_root / "containerd/daemon/io.containerd.runtime.v2.task"
    for address in tasks.glob("*/*/address"):
        scheme, _, path = address.read_text().strip().partition("://")
        if scheme == "unix":
            Path(path).unlink(missing_ok=True)
    return []


def _remove_network(record: Record) -> list[str]:
    """Remove firewall rules that name the engine's interfaces or addresses, then those."""
    failures = []
    ids = links.network_ids(record.data_root)
    interfaces = links.interfaces_of_networks(ids, record.bridge, record.subnet)
    # A network whose interface is gone has left rules all the same.
    names = {*interfaces, record.bridge, *(f"br-{id_[:12]}" for id_ in ids)}
    networks = {record.subnet, *(n for found in interfaces.values() for n in found)}
    for family in firewall.FAMILIES:
        tables = firewall.read_tables(family)
        rules = {
            name: firewall.rules_about(table, names, networks) for name, table in tables.items()
        }
        rules = {name: found for name, found in rules.items() if found}
        failure = firewall.apply(family, firewall.removal_script(rules, {}))
        if failure:
            failures.append(failure)
    for name in interfaces:
        try:
            links.remove_interface(name)
        except EngineError as error:
            failures.append(str(error))
    return failures
