"""An engine over ssh: the user's own ssh, one process for each connection, and what it says."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ConnectionLost, Timeout
from tests.core.roads.ssh_calls import calls
from tests.roads import use_config

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.lab.sshd import Sshd

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("ssh") is None, reason="no ssh on this machine"),
]


@pytest.fixture
def path(engine_host: str) -> str:
    """The engine's socket on the far side."""
    return engine_host[len("unix://") :]


@pytest.fixture
def box(engine: Engine, busybox: str, scratch: Scratch) -> str:
    """A container that waits for commands."""
    made = engine.containers.create(
        {"Image": busybox, "Cmd": ["sleep", "3600"], "HostConfig": {"Init": True}},
        name=scratch.name(),
    )["Id"]
    engine.containers.start(made)
    return made


@pytest.mark.usefixtures("config")
def test_the_engine_is_the_one_that_the_far_side_uses(engine: Engine) -> None:
    with Engine("ssh://lab", environ={}) as far:
        assert far.system.info()["ID"] == engine.system.info()["ID"]


@pytest.mark.usefixtures("config")
def test_the_socket_on_the_far_side_can_be_named(path: str, engine: Engine) -> None:
    with Engine(f"ssh://lab{path}", environ={}) as far:
        assert far.system.info()["ID"] == engine.system.info()["ID"]


@pytest.mark.usefixtures("config")
def test_the_path_of_the_socket_is_no_command(path: str, tmp_path: Path) -> None:
    odd = tmp_path / "$(touch${IFS}gone);'&"
    odd.symlink_to(path)
    with Engine(f"ssh://lab{odd}", environ={}) as far:
        far.system.ping()


def test_user_and_port_may_be_in_the_address(sshd: Sshd, config: Path) -> None:
    text = config.read_text()
    config.write_text(text.replace(f"Port {sshd.port}", "Port 1").replace("User ", "# User "))
    user = Path("~").expanduser().owner()
    with Engine(f"ssh://{user}@lab:{sshd.port}", environ={}) as far:
        far.system.ping()


@pytest.mark.usefixtures("config")
@pytest.mark.pitfall(35)
def test_a_jump_host_of_the_configuration_is_used() -> None:
    with Engine("ssh://behind", environ={}) as far:
        far.system.ping()


@pytest.mark.usefixtures("config")
def test_the_environment_may_name_the_engine() -> None:
    with Engine(environ={"DOCKER_HOST": "ssh://lab"}) as far:
        assert far.endpoint.origin == "DOCKER_HOST"
        far.system.ping()


# Processes


@pytest.mark.usefixtures("config")
@pytest.mark.pitfall(35)
def test_a_connection_of_the_pool_is_one_process() -> None:
    with Engine("ssh://lab", environ={}) as far:
        for _ in range(10):
            far.system.ping()
        assert len(calls()) == 1
        with far.system.events():
            assert len(calls()) == 2
    assert calls() == []


@pytest.mark.usefixtures("config")
def test_closing_leaves_neither_processes_nor_descriptors_nor_threads(box: str) -> None:
    far = Engine("ssh://lab", environ={})
    before = len(list(Path("/proc/self/fd").iterdir())), threading.active_count()
    with far:
        for _ in range(3):
            far.exec.run(box, ["true"])
            far.system.events().close()
    assert calls() == []
    assert (len(list(Path("/proc/self/fd").iterdir())), threading.active_count()) == before


@pytest.mark.usefixtures("config")
def test_closed_streams_are_not_remembered() -> None:
    with Engine("ssh://lab", environ={}) as far:
        for _ in range(12):
            far.system.events().close()
        deadline = time.monotonic() + 10
        while len(calls()) > 1 and time.monotonic() < deadline:
            time.sleep(0.05)
        far.system.ping()
        with far.system.events():
            assert len(far._transport._dialer._own.calls) <= 6  # type: ignore[attr-defined]  # noqa: SLF001


@pytest.mark.usefixtures("config")
def test_what_is_being_read_goes_on_when_the_client_is_closed(engine: Engine, box: str) -> None:
    far = Engine("ssh://lab", environ={})
    with far.system.events(filters={"container": [box]}) as events:
        far.system.ping()
        far.close()
        engine.containers.rename(box, f"{engine.containers.inspect(box)['Name'][1:]}-2")
        assert next(iter(events))["Action"] == "rename"
    far.close()
    assert calls() == []


@pytest.mark.usefixtures("config")
def test_a_client_that_was_closed_dials_again() -> None:
    far = Engine("ssh://lab", environ={})
    for _ in range(2):
        far.system.ping()
        far.close()
        assert calls() == []


def test_a_shared_connection_of_ssh_does_not_hold_up_the_end(config: Path, tmp_path: Path) -> None:
    control = tmp_path / "control"
    with config.open("a") as text:
        text.write(
            f"\nHost *\n  ControlMaster auto\n  ControlPersist 60\n  ControlPath {control}\n"
        )
    before = threading.active_count()
    try:
        with Engine("ssh://lab", environ={}) as far:
            far.system.ping()
            start = time.monotonic()
        assert time.monotonic() - start < 2
        assert threading.active_count() == before
    finally:
        subprocess.run(
            ["ssh", "-o", f"ControlPath={control}", "-O", "exit", "lab"],
            check=True,
            capture_output=True,
        )


def test_a_process_that_ssh_leaves_behind_does_not_hold_up_the_end(
    sshd: Sshd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_config(sshd.client_config, tmp_path / "bin", monkeypatch)
    script = tmp_path / "bin" / "ssh"
    # As a shared connection of older versions: it keeps standard error open.
    script.write_text(script.read_text().replace("exec", "sleep 20 >/dev/null </dev/null &\nexec"))
    before = threading.active_count()
    with Engine("ssh://lab", environ={}) as far:
        far.system.ping()
        start = time.monotonic()
    assert time.monotonic() - start < 2
    assert threading.active_count() == before


_INTERRUPTED = """
import os, signal, sys
from pytest_engine.core.client import Engine
def calls():
    far.system.ping()
    with open("/proc/thread-self/children") as children:
        return children.read()

with Engine("ssh://lab", environ={}) as far:
    before = calls()
    try:
        os.killpg(0, signal.SIGINT)
        signal.pause()
    except KeyboardInterrupt:
        print("goes on" if calls() == before else "connects again")
"""


@pytest.mark.usefixtures("config")
def test_ctrl_c_does_not_end_the_connections() -> None:
    # What a terminal does: the signal goes to all of the group in the foreground.
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED],
        check=False,
        capture_output=True,
        text=True,
        start_new_session=True,
    )
    assert (done.stdout, done.stderr) == ("goes on\n", "")


# Streams


@pytest.mark.usefixtures("config")
def test_the_end_of_input_reaches_a_command_whose_output_goes_on(box: str) -> None:
    with Engine("ssh://lab", environ={}) as far:
        done = far.exec.run(box, ["sh", "-c", "wc -c; sleep 0.3; echo late"], stdin=b"x" * 100_000)
    assert done.stdout.split() == [b"100000", b"late"]


@pytest.mark.usefixtures("config")
def test_much_goes_both_ways_at_once(box: str) -> None:
    data = os.urandom(1 << 20) * 8
    with Engine("ssh://lab", environ={}) as far:
        assert far.exec.run(box, ["cat"], stdin=data).stdout == data


@pytest.mark.usefixtures("config")
def test_silence_is_bounded_where_that_is_asked_for(box: str) -> None:
    with Engine("ssh://lab", environ={}) as far:
        with pytest.raises(Timeout):
            far.exec.run(box, ["sleep", "30"], timeout=0.3)
        far.system.ping()


@pytest.mark.usefixtures("config")
def test_closing_wakes_a_reader_in_another_thread() -> None:
    with Engine("ssh://lab", environ={}) as far:
        events = far.system.events()
        reader = threading.Thread(target=list, args=(events,))
        reader.start()
        time.sleep(0.1)
        events.close()
        reader.join(5)
        assert not reader.is_alive()


@pytest.mark.usefixtures("config")
def test_a_connection_that_is_cut_is_a_loss_and_the_next_call_works() -> None:
    with Engine("ssh://lab", environ={}) as far:
        far.system.ping()
        for number in calls():
            os.kill(number, signal.SIGKILL)
        events = None
        try:
            far.system.ping()
        except ConnectionLost:
            far.system.ping()
        events = far.system.events()
        victims = calls()
        for number in victims:
            os.kill(number, signal.SIGKILL)
        with events, pytest.raises(ConnectionLost):
            list(events)


@pytest.mark.usefixtures("config")
def test_threads_share_a_client() -> None:
    # sshd lets ten begin at a time and drops others by chance (MaxStartups), so not more.
    with Engine("ssh://lab", environ={}) as far, ThreadPoolExecutor(8) as threads:
        ids = set(threads.map(lambda _: far.system.info()["ID"], range(40)))
        assert len(ids) == 1
        assert len(calls()) <= 8
    assert calls() == []
