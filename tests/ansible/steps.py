"""Playbooks that go through a module step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .conftest import Playbooks

__all__ = ["Step", "play"]

Step = tuple[str, dict[str, Any], bool]


def play(playbooks: Playbooks, module: str, steps: Iterable[Step]) -> dict[str, dict[str, Any]]:
    """Run a module step by step, where each is to change something or not.

    A step that is to change something runs in check mode before: that says the same, and as the
    step itself still changes something, it did nothing.
    """
    tasks: list[dict[str, Any]] = []
    expected: dict[str, bool] = {}
    for name, options, changes in steps:
        task = {"name": name, f"pytest_engine.engine.{module}": options}
        if changes:
            tasks.append({**task, "name": f"{name} (check)", "check_mode": True})
            expected[f"{name} (check)"] = True
        tasks.append(task)
        expected[name] = changes
    run = playbooks.run_tasks(tasks, "--diff")
    assert run.returncode == 0, run.output
    assert {name: result["changed"] for name, result in run.results.items()} == expected
    for name, result in run.results.items():
        if name.endswith("(check)"):
            assert result["actions"] == run.results[name.removesuffix(" (check)")]["actions"]
    return run.results
