"""Which processes belong to a private engine."""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

from pytest_engine.core.launch.processes import commands_below, process


def test_a_folder_that_ends_in_the_same_path_is_another() -> None:
    root = f"/{uuid.uuid4().hex}"
    own = [f"--host=unix://{root}/socket", f"--data-root={root}/data", f"{root}/containerd.toml"]
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    mine = [subprocess.Popen([*sleep, argument]) for argument in own]
    others = [subprocess.Popen([*sleep, argument.replace(root, f"/var{root}")]) for argument in own]
    try:
        found = commands_below(Path(root), [], {Path(sys.executable).name})
        assert found == {process.pid for process in mine}
    finally:
        for process in [*mine, *others]:
            process.kill()
            process.wait()


def test_a_name_that_is_cut_within_a_letter_is_no_hindrance() -> None:
    script = "open('/proc/self/comm', 'wb').write(b'prozess-abcdef\\xc3'); print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = process(child.pid)
        child.communicate(b"\n")
    assert found is not None
    assert found.pid == child.pid
