"""docs/how-to/inject-faults.md: its fixtures and tests, run on a real engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import LabImages

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "inject-faults.md"
_FILE = re.compile(r"^```python\n# (?P<name>\w+\.py)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.engine
@pytest.mark.lacks("podman5", reason="it gives no address again that was just given up")
def test_the_examples_of_the_page_run(
    pytester: pytest.Pytester, lab: LabImages, engine_host: str
) -> None:
    lab.require("redis:7")
    for match in _FILE.finditer(PAGE.read_text("utf-8")):
        pytester.path.joinpath(match["name"]).write_text(match["text"])
    result = pytester.runpytest_subprocess("--engine-host", engine_host)
    result.assert_outcomes(passed=4)
