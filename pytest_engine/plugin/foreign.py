"""What was on the engine before, or is another run's: a run neither takes nor removes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine.core.errors import NotOurs
from pytest_engine.ownership.labels import SESSION_LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_engine.core.types.engine import Volume

__all__ = ["refuse_foreign_volume"]


def refuse_foreign_volume(created: Volume, session: str) -> None:
    """Refuse a volume that was there already, though it was to be made.

    The engine hands it back as if it were new, but with the labels that it has.

    Args:
        created: what `POST /volumes/create` has answered.
        session: the id of the run.

    Raises:
        NotOurs: it is not of this run.
    """
    labels = created.get("Labels")
    if _is_of(labels, session):
        return
    name = created["Name"]
    raise NotOurs(
        f"Volume {name} {_whose(labels)}, and what this fixture makes is removed with its data. "
        "Give the fixture's volume another name, or none; or use the one that is there, without "
        f"a fixture: container(..., volumes={{'/path': '{name}'}}). {_sweeping(labels)}".rstrip()
    )


def _is_of(labels: Mapping[str, str] | None, session: str) -> bool:
    return (labels or {}).get(SESSION_LABEL) == session


def _whose(labels: Mapping[str, str] | None) -> str:
    other = (labels or {}).get(SESSION_LABEL)
    return f"is another run's ({other[:12]})" if other else "was there before this run"


def _sweeping(labels: Mapping[str, str] | None) -> str:
    """Say what becomes of what another run has; empty if it is nobody's."""
    if not (labels or {}).get(SESSION_LABEL):
        return ""
    return "`python -m pytest_engine sweep` removes what runs that are over have left."
