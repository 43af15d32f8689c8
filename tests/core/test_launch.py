"""Private engines on this machine, started and taken away again.

Most of it happens in a network namespace of its own, so that the firewall, the bridges and the
kernel settings that are compared before and after belong to nobody else.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import re
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import EngineError, InvalidInput, LaunchFailed
from pytest_engine.core.launch import (
    PrivateEngine,
    check_possible,
    firewall,
    launch_dockerd,
    links,
    mounts,
)
from pytest_engine.core.launch.processes import Process, process
from pytest_engine.core.launch.record import Record
from pytest_engine.core.launch.start import Programs, configuration, containerd_configuration

if TYPE_CHECKING:
    from pytest_engine.core.types.engine import IPAM, ContainerCreateBody

_CLONE_NEWNET = 0x40000000
_SETTINGS = ("net/ipv4/ip_forward", "net/bridge/bridge-nf-call-iptables")


@pytest.fixture
def own_network() -> Iterator[None]:
    """Put this process into a new network namespace for the time of a test."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as before:
        if libc.unshare(_CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        try:
            _output("ip", "link", "set", "dev", "lo", "up")
            # A new namespace starts with what the machine has, and an engine may run there.
            Path("/proc/sys/net/ipv4/ip_forward").write_text("0")
            yield
        finally:
            libc.setns(before.fileno(), _CLONE_NEWNET)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder for engines with a short path; what a failed test left there is removed."""
    base = tmp_path_factory.mktemp("pe")
    yield base
    for root in base.iterdir():
        left = PrivateEngine.find(root)
        if left is not None:
            left.stop()


class Machine(NamedTuple):
    """What an engine could leave behind."""

    firewall: dict[str, dict[str, tuple[dict[str, str], list[firewall.Rule]]]]
    links: list[str]
    addresses: list[str]
    listening: list[str]
    mounts: list[str]
    processes: list[str]
    settings: dict[str, str]
    cgroups: list[str]
    files: list[str]


def _look(folder: Path) -> Machine:
    return Machine(
        firewall={family: _rules(family) for family in firewall.FAMILIES},
        links=[link["ifname"] for link in json.loads(_output("ip", "-j", "link"))],
        addresses=re.findall(r"inet (\S+)", _output("ip", "-4", "address")),
        listening=_listening(),
        mounts=mounts.mount_points(Path("/proc/self/mountinfo").read_text(), folder),
        processes=_processes_of(folder),
        settings={path: Path("/proc/sys", path).read_text() for path in _SETTINGS},
        cgroups=sorted(str(group) for name in ("a", "b") for group in _cgroups(folder / name)),
        files=sorted(map(str, folder.rglob("*"))),
    )


def _listening() -> list[str]:
    """Find the TCP ports on which somebody in this network namespace listens."""
    lines = Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]
    # Column 4 is the state, and 0A is TCP_LISTEN.
    return [fields[1] for fields in map(str.split, lines) if fields[3] == "0A"]


def _cgroups(root: Path) -> Iterator[Path]:
    return Path("/sys/fs/cgroup").rglob(Record(root, links.POOL).cgroup)


def _rules(family: str) -> dict[str, tuple[dict[str, str], list[firewall.Rule]]]:
    """Read rules and what of the chains has an effect: a table nobody used looks like none."""
    tables = {}
    for name, table in firewall.read_tables(family).items():
        chains = {c: p for c, p in table.policies.items() if p != "ACCEPT"}
        if chains or table.rules:
            tables[name] = (chains, table.rules)
    return tables


def _processes_of(folder: Path) -> list[str]:
    """Find processes that work for engines below a folder, and the containers of these tests."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and entry.name != str(os.getpid()):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if str(folder) in command or _MARK in command:
                found.append(command)
    return found


# An argument that no other process on this machine has.
_MARK = f"{os.getpid()}00000"


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _archive_with_sleep() -> bytes:
    """Pack this machine's `sleep` with the libraries that it needs."""
    program = "/bin/sleep"
    libraries = re.findall(r"(/\S+) \(0x", _output("ldd", program))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", dereference=True) as archive:
        for path in [program, *libraries]:
            archive.add(path)
    return buffer.getvalue()


def _run_container(private: PrivateEngine, name: str, network: str | None = None) -> int:
    """Start a container that publishes a port, and return the number of its process."""
    with Engine(private.endpoint) as engine:
        engine.images.import_(_archive_with_sleep(), "sleep:1")
        config: ContainerCreateBody = {
            "Image": "sleep:1",
            "Cmd": ["/bin/sleep", _MARK],
            "ExposedPorts": {"80/tcp": {}},
            "Volumes": {"/data": {}},
            "HostConfig": {
                "PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]},
                "NetworkMode": network or "default",
            },
        }
        container = engine.containers.create(config, name=name)["Id"]
        engine.containers.start(container)
        return int(engine.containers.inspect(container)["State"]["Pid"])


@pytest.mark.engine
@pytest.mark.usefixtures("own_network")
class TestOnItsOwn:
    def test_another_process_finds_the_engine_and_stops_it(self, folder: Path) -> None:
        launched = launch_dockerd(folder / "a")
        program = (
            "import sys; from pytest_engine.core.launch import PrivateEngine\n"
            "found = PrivateEngine.find(sys.argv[1]); print(found.pid, found.answers())\n"
            "found.stop()"
        )
        said = _output(sys.executable, "-c", program, str(folder / "a"))
        assert said.split()[1] == "True"
        assert launched.pid is None
        assert PrivateEngine.find(folder / "a") is None

    def test_stopping_leaves_nothing_behind(self, folder: Path) -> None:
        before = _look(folder)
        private = launch_dockerd(folder / "a")
        with Engine(private.endpoint) as engine:
            # Addresses outside of the engine's own range.
            ipam: IPAM = {"Config": [{"Subnet": "10.201.7.0/24"}]}
            engine.networks.create({"Name": "elsewhere", "IPAM": ipam})
        _run_container(private, "one")
        _run_container(private, "two", "elsewhere")
        private.stop()
        assert before == _look(folder)

    def test_stopping_after_a_crash_leaves_nothing_behind(self, folder: Path) -> None:
        before = _look(folder)
        private = launch_dockerd(folder / "a")
        with Engine(private.endpoint) as engine:
            # Addresses outside of the engine's own range.
            ipam: IPAM = {"Config": [{"Subnet": "10.201.7.0/24"}]}
            engine.networks.create({"Name": "elsewhere", "IPAM": ipam})
        inside = [process(_run_container(private, "one"))]
        inside += [process(_run_container(private, "two", "elsewhere"))]
        assert len(_listening()) == 2
        _kill(private)
        assert [found is not None and found.is_alive() for found in inside] == [True, True]
        crashed = PrivateEngine.find(folder / "a")
        assert crashed is not None
        assert crashed.pid is None
        crashed.stop()
        assert before == _look(folder)

    def test_stopping_twice_is_the_same_as_once(self, folder: Path) -> None:
        private = launch_dockerd(folder / "a")
        private.stop()
        private.stop()
        assert PrivateEngine.find(folder / "a") is None

    def test_an_engine_can_be_launched_where_one_crashed(self, folder: Path) -> None:
        before = _look(folder)
        first = launch_dockerd(folder / "a")
        _run_container(first, "one")
        _kill(first)
        second = launch_dockerd(folder / "a")
        with Engine(second.endpoint) as engine:
            assert [image["RepoTags"] for image in engine.images.list()] == [["sleep:1"]]
        second.stop()
        assert before == _look(folder)

    def test_images_stay_when_the_data_is_kept(self, folder: Path) -> None:
        first = launch_dockerd(folder / "a")
        _run_container(first, "one")
        first.stop(keep_data=True)
        assert [path.name for path in (folder / "a").iterdir()] == ["data"]
        second = launch_dockerd(folder / "a")
        with Engine(second.endpoint) as engine:
            assert [image["RepoTags"] for image in engine.images.list()] == [["sleep:1"]]
            assert engine.containers.list(all=True) == []
        second.stop()
        assert list(folder.iterdir()) == []

    def test_two_engines_live_side_by_side(self, folder: Path) -> None:
        before = _look(folder)
        first = launch_dockerd(folder / "a")
        _run_container(first, "one")
        alone = _rules("iptables")
        second = launch_dockerd(folder / "b")
        assert not first.subnet.overlaps(second.subnet)
        _run_container(second, "one")
        second.stop()
        assert _sorted_rules(alone) == _sorted_rules(_rules("iptables"))
        second = launch_dockerd(folder / "b")
        first.stop()
        assert Path("/proc/sys/net/ipv4/ip_forward").read_text() == "1\n"
        second.stop()
        assert before == _look(folder)

    def test_rules_of_another_engine_stay_as_they_are(self, folder: Path) -> None:
        for command in (
            "-N DOCKER",
            "-A FORWARD -o docker0 -j DOCKER",
            "-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp --dport 80 -j ACCEPT",
            "-P FORWARD DROP",
            "-t nat -N DOCKER",
            "-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
            "-t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER",
            "-t nat -A DOCKER -i docker0 -j RETURN",
            "-t nat -A DOCKER ! -i docker0 -p tcp --dport 80 -j DNAT --to-destination 172.17.0.2",
        ):
            _output("iptables", *command.split())
        before = _look(folder)
        private = launch_dockerd(folder / "a")
        during = firewall.read_tables("iptables")
        _run_container(private, "one")
        private.stop()
        nat = [rule.spec for rule in during["nat"].of_chain("DOCKER") if "docker0" in rule.spec]
        assert ["RETURN" in nat[0], "172.17.0.2" in nat[1]] == [True, True]
        assert before == _look(folder)

    def test_a_failed_start_says_why_and_leaves_nothing_behind(self, folder: Path) -> None:
        before = _look(folder)
        with pytest.raises(LaunchFailed, match="unknown flag: --no-such-option") as raised:
            launch_dockerd(folder / "a", arguments=["--no-such-option"])
        assert "unknown flag" in raised.value.log_tail
        assert before == _look(folder)

    def test_a_folder_holds_one_engine_at_a_time(self, folder: Path) -> None:
        private = launch_dockerd(folder / "a")
        with pytest.raises(LaunchFailed, match=f"runs in .* already, as process {private.pid}"):
            launch_dockerd(folder / "a")
        private.stop()


def _kill(private: PrivateEngine) -> None:
    """End an engine without giving it a chance to clean up."""
    running = process(private.pid or 0)
    assert running is not None
    running.signal(signal.SIGKILL)
    assert running.wait_gone(5.0)


def _sorted_rules(
    tables: dict[str, tuple[dict[str, str], list[firewall.Rule]]],
) -> dict[str, list[str]]:
    # An engine moves its jumps to the head of the chain whenever it starts.
    return {
        name: sorted(f"{r.chain} {r.spec}" for r in rules) for name, (_, rules) in tables.items()
    }


def test_without_dockerd_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(LaunchFailed, match=r"'dockerd'.*apt-get install docker\.io"):
        Programs.find(str(tmp_path))


def test_without_root_it_says_so() -> None:
    with pytest.raises(LaunchFailed, match="needs root; this is user 1000"):
        check_possible("linux", 1000)


def test_outside_of_linux_it_says_so() -> None:
    with pytest.raises(LaunchFailed, match="needs Linux; this is darwin"):
        check_possible("darwin", 0)


def test_a_folder_without_an_engine_holds_none(tmp_path: Path) -> None:
    assert PrivateEngine.find(tmp_path) is None
    assert PrivateEngine.find(tmp_path / "missing") is None


def test_a_record_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "engine.json").write_text("[]")
    with pytest.raises(EngineError, match="does not describe a private engine"):
        PrivateEngine.find(tmp_path)


@pytest.mark.parametrize("subnet", ["10.0.0.1/19", "nonsense", "10.77.0.0/25"])
def test_a_subnet_without_room_is_refused(tmp_path: Path, subnet: str) -> None:
    with pytest.raises(InvalidInput, match="subnet"):
        launch_dockerd(tmp_path / "a", subnet=subnet)


def test_a_folder_whose_sockets_would_not_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="too long a path"):
        launch_dockerd(tmp_path / ("x" * 70))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "options"),
    [
        ("Docker version 20.10.24+dfsg1, build 297e128", {"deprecated-key-path": "/r/key.json"}),
        ("Docker version 26.1.5+dfsg1, build a72d7cd", {}),
        ("something else", {}),
    ],
)
def test_only_old_versions_are_told_where_to_keep_their_key(
    version: str, options: dict[str, str]
) -> None:
    assert configuration(Record(Path("/r"), links.POOL), version) == options


def test_containerd_is_kept_below_the_folder() -> None:
    settings = containerd_configuration(Record(Path("/my folder"), links.POOL))
    paths = re.findall('"(/.*)"', settings)
    assert len(paths) == 3
    assert all(path.startswith("/my folder/") for path in paths)


def test_a_recycled_process_number_is_not_taken_for_the_engine() -> None:
    here = process(os.getpid())
    assert here is not None
    somebody_before = Process(here.pid, here.start_time - 1)
    assert here.is_alive()
    assert not somebody_before.is_alive()
    somebody_before.signal(signal.SIGKILL)
