"""Whether a container that was made for later is still there when it is asked for.

An engine that is restarted ends all containers, and so do people and tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine.core.errors import NotFound

if TYPE_CHECKING:
    from pytest_engine.core.container import Container
    from pytest_engine.core.types.engine import ContainerInspectResponse

__all__ = ["ending_of", "stands"]

# Seconds. No engine is restarted faster (dockerd takes 0.4 to start alone), so what is younger is
# not worth a request.
_YOUNG = 0.25


def stands(container: Container, age: float) -> bool:
    """Tell whether a container is as a test may expect it, seconds after it became ready.

    One that ended well and publishes nothing may have been there for that alone.

    Raises:
        EngineError: the engine does not tell.
    """
    if age < _YOUNG:
        return True
    try:
        inspected = container.inspect()
    except NotFound:
        return False
    state = inspected.get("State", {})
    return bool(state.get("Running")) or (state.get("ExitCode") == 0 and not _serves(inspected))


def ending_of(container: Container) -> str:
    """Say that a container has ended or is gone, and what follows; empty if it runs.

    Raises:
        EngineError: the engine does not tell.
    """
    try:
        inspected = container.inspect()
    except NotFound:
        return "(It is not on the engine any more: somebody has removed it.)"
    state = inspected.get("State", {})
    if state.get("Running") or state.get("Status") not in ("exited", "dead"):
        return ""
    told = f"It ended with exit code {state.get('ExitCode')} at {state.get('FinishedAt')}"
    if state.get("ExitCode") == 0 and not _serves(inspected):
        return f"({told}.)"
    return (
        f"({told}: by itself, or with the engine, if that was restarted. Tests that share its "
        "fixture get no other before the fixture's scope is over.)"
    )


def _serves(inspected: ContainerInspectResponse) -> bool:
    return bool(inspected.get("HostConfig", {}).get("PortBindings"))
