"""The plugin of docs/examples/plugin, installed, and used by a project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "plugin"


def install(folder: Path) -> None:
    """Do what an installer does with it, as far as Python and pytest look at that."""
    text = (EXAMPLE / "pyproject.toml").read_text("utf-8")
    stated = dict(re.findall(r'^(\w+) = "(.*)"$', text, re.MULTILINE))
    entry = text.partition("[project.entry-points.pytest11]\n")[2].replace('"', "")
    module = entry.strip().rpartition(" ")[2]
    info = folder / f"{module}-{stated['version']}.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {stated['name']}\nVersion: {stated['version']}\n"
    )
    info.joinpath("entry_points.txt").write_text(f"[pytest11]\n{entry}")
    shutil.copy(EXAMPLE / f"{module}.py", folder)


def test_it_takes_part_in_all_containers(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))
    project.write(
        conftest="""
from company_containers import queue
box = container("busybox", command=["sh", "-c", "echo hello; sleep 1000"], wait=wait.log("hello"))
big = container("busybox", command="sleep 1000", memory="512m")
""",
        test_it="""
def test_one(queue, box, big):
    assert (queue.image, box.image) == ("busybox", "busybox")
    memory = [one.inspect()["HostConfig"]["Memory"] // 2**20 for one in (queue, box, big)]
    assert memory == [256, 256, 512]
    assert box.inspect()["HostConfig"]["LogConfig"]["Config"] == {"tag": "box"}
    assert str(queue.address(80))
""",
    )
    result = project.run_apart("-vv", "-s", f"--keep-logs={tmp_path / 'logs'}")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*plugins: *company-containers-1.0*"])
    result.stdout.fnmatch_lines(["*box is pytest-engine-*, at *.*.*.*"])
    logs = {path.name: path.read_text() for path in (tmp_path / "logs").iterdir()}
    (box,) = (name for name in logs if "-box-" in name)
    assert logs[box] == "hello\n"
    assert len(logs) == 3
    assert project.left() == set()
