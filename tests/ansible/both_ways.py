"""Tasks that run in Ansible's own process, and in processes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .conftest import Playbooks, Run

__all__ = ["SAID", "WAYS", "both_ways", "in_place", "tasks_in_place"]

WAYS = (True, False)
SAID = "in Ansible's own process"


def in_place(run: Run) -> list[str]:
    """The modules that ran in Ansible's own process, as `-vvv` tells."""
    lines = [line for line in run.output.splitlines() if line.endswith(SAID)]
    return [line.split()[1].rpartition(".")[2] for line in lines]


def tasks_in_place(run: Run) -> set[str]:
    """The names of the tasks that ran in Ansible's own process, as `-vvv` tells."""
    blocks = run.output.split("\nTASK [")[1:]
    return {block.partition("]")[0] for block in blocks if SAID in block}


def both_ways(
    playbooks: Playbooks,
    tasks: Sequence[Mapping[str, Any]],
    *arguments: str,
    variables: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, dict[str, Any]]:
    """Run tasks in Ansible's process and in their own, and return the results if they are one.

    Those are named by their place.
    """
    named = [{"name": str(n), "ignore_errors": True, **task} for n, task in enumerate(tasks)]
    runs = [
        playbooks.run_tasks(
            named,
            "-vvv",
            *arguments,
            variables={**(variables or {}), "pytest_engine_in_place": way},
            environment=environment,
        )
        for way in WAYS
    ]
    here, there = runs
    assert tasks_in_place(here) == {task["name"] for task in named}, here.output
    assert in_place(there) == []
    assert _without_places(here.results) == _without_places(there.results)
    return here.results


def _without_places(results: Any) -> Any:
    """Leave out the tracebacks that `-vvv` adds before ansible-core 2.19: they name files."""
    if isinstance(results, list):
        return list(map(_without_places, results))
    if isinstance(results, dict):
        return {k: _without_places(v) for k, v in results.items() if k != "exception"}
    return results
