"""Forks at bad moments: a lock that another thread holds then is never free in the child."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.core.scripted import PATIENCE, Read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.conftest import Serve

# From Python 3.12 on a fork among threads is warned of; what that can do is looked at here.
_CALM = ("-W", "ignore::DeprecationWarning")

_FORKING_AMONG_THREADS = """
import os, signal, sys, threading
sys.setswitchinterval(1e-6)
from pytest_engine.core.client import Engine

engine = Engine(sys.argv[1], api_version="1.41", environ={})
# What is imported at the first call has a lock of Python's own, of which the same is true.
engine.containers.inspect("parent")
ended = threading.Event()

def work():
    while not ended.is_set():
        assert engine.containers.inspect("parent")["Id"] == "parent"

threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
try:
    for turn in range(20):
        child = os.fork()
        if not child:
            signal.alarm(30)
            assert engine.containers.inspect(f"c{turn}")["Id"] == f"c{turn}"
            engine.close()
            # As a program ends, which lets go of what the libraries want let go of.
            sys.exit()
        assert os.waitpid(child, 0) == (child, 0), turn
finally:
    ended.set()
    for thread in threads:
        thread.join()
engine.close()
"""


@pytest.mark.pitfall(2)
def test_children_that_are_forked_while_threads_call_can_call(serve: Serve) -> None:
    server = serve((Read.REQUEST, Read.ECHO, Read.AGAIN))
    command = [sys.executable, *_CALM, "-c", _FORKING_AMONG_THREADS, server.host]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=3 * PATIENCE, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


_FORKING_WITH_A_LOCK = """
import os, signal, threading
from pytest_engine.core.client import Engine

engine = Engine("ssh://far", api_version="1.41", environ={})
assert engine.system.info() == {}
calls = engine._transport._dialer._own
taken, ended = threading.Event(), threading.Event()

def hold():
    with calls.lock:
        taken.set()
        ended.wait()

thread = threading.Thread(target=hold)
thread.start()
taken.wait()
child = os.fork()
if not child:
    signal.alarm(30)
    assert engine.system.info() == {}
    engine.close()
    os._exit(0)
ended.set()
thread.join()
assert os.waitpid(child, 0) == (child, 0)
assert engine.system.info() == {}
engine.close()
"""
_SSH = """#!/bin/sh
return="$(printf '\r')"
while read -r line && [ "$line" != "$return" ]; do :; done
printf 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
"""


@pytest.mark.pitfall(2)
@pytest.mark.pitfall(35)
def test_a_child_that_was_forked_while_a_thread_connects_over_ssh_can_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = tmp_path / "ssh"
    ssh.write_text(_SSH)
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    command = [sys.executable, *_CALM, "-c", _FORKING_WITH_A_LOCK]
    result = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (result.returncode, result.stderr) == (0, "")
