"""What the error of a failed wait says about the container."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..errors import ContainerNotFound, EngineError
from .facts import Facts, facts_of
from .tree import Watchers, draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..types.engine import ContainerState
    from .condition import Condition, Waitable

__all__ = [
    "death_message",
    "describe_exit",
    "impossible_message",
    "timeout_message",
    "with_reason",
]

_LOG_LINES = 25
_SIGNAL_CODES = 128
# The exit code of what was killed, and how often and how many seconds apart is asked why.
_KILLED = 137
_SECOND_LOOKS = 5
_PAUSE = 0.05
_SIGNALS = {2: "SIGINT", 6: "SIGABRT", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}


def impossible_message(facts: Facts, condition: Condition, watchers: Watchers) -> str:
    """Write the message of a wait that can never be over."""
    reasons = [
        f"{leaf} can never hold: {watchers[id(leaf)].detail}"
        for leaf in condition.leaves()
        if watchers[id(leaf)].impossible
    ]
    return f"Container {facts.title}: {'; '.join(reasons)}."


def timeout_message(
    container: Waitable,
    facts: Facts,
    condition: Condition,
    watchers: Watchers,
    timeout: float,
    missed: Sequence[str],
) -> tuple[str, str]:
    """Write the message of a wait that took too long, and the log's last lines.

    Args:
        container: the container.
        facts: what was known of it.
        condition: what was waited for.
        watchers: what was seen.
        timeout: seconds that the wait had.
        missed: the parts of the condition whose own time was over earlier.
    """
    try:
        facts = facts_of(container.engine, container.inspect())
        state = facts.state
    except EngineError:
        # The error that is being made matters more than this one.
        state = {}
    head = f"Container {facts.title} was not ready after {timeout:g} s."
    if missed:
        head = f"Container {facts.title} was not ready in time: {', '.join(missed)}."
    return _message(head, container, facts, condition, watchers, state)


def death_message(
    container: Waitable,
    facts: Facts,
    condition: Condition,
    watchers: Watchers,
    state: ContainerState,
) -> tuple[str, str]:
    """Write the message of a container that ended, and the log's last lines."""
    head = f"Container {facts.title} "
    if not state:
        head += "was removed while it was waited for."
    else:
        head += f"ended with {describe_exit(state)} before it was ready."
    return _message(head, container, facts, condition, watchers, state)


def with_reason(container: Waitable, facts: Facts, state: ContainerState) -> ContainerState:
    """Ask for the state again where a container was killed, perhaps for lack of memory.

    Engines note that reason a moment after the end.
    """
    limit = (facts.inspected.get("HostConfig") or {}).get("Memory")
    looks = _SECOND_LOOKS if limit and state.get("ExitCode") == _KILLED else 0
    while looks and not state.get("OOMKilled"):
        looks -= 1
        time.sleep(_PAUSE)
        try:
            now = container.inspect().get("State", {})
        except EngineError:
            break
        if now.get("FinishedAt") == state.get("FinishedAt"):
            state = now
    return state


def describe_exit(state: ContainerState) -> str:
    """Say how a container ended: exit code, signal, lack of memory, the engine's error."""
    code = state.get("ExitCode", 0)
    text = f"exit code {code}"
    if state.get("OOMKilled"):
        text += " (killed for lack of memory)"
    elif code > _SIGNAL_CODES and code - _SIGNAL_CODES in _SIGNALS:
        text += f" ({_SIGNALS[code - _SIGNAL_CODES]})"
    return f"{text}, {state['Error']}" if state.get("Error") else text


def _message(
    head: str,
    container: Waitable,
    facts: Facts,
    condition: Condition,
    watchers: Watchers,
    state: ContainerState,
) -> tuple[str, str]:
    lines = [head, "Waited for:", _indent(draw(condition, watchers))]
    if state:
        lines += _state_lines(facts, state)
    log = _last_lines(container, facts)
    lines += ["Last log lines:", _indent(log)] if log else ["It has logged nothing."]
    return "\n".join(lines), log


def _state_lines(facts: Facts, state: ContainerState) -> list[str]:
    lines = [f"State: {state.get('Status', 'unknown')}"]
    restarts = facts.inspected.get("RestartCount", 0)
    if restarts:
        lines[0] += f", started again {restarts} times"
        # While it runs, the engine does not tell how it ended before.
        if not state.get("Running") or state.get("Restarting"):
            lines[0] += f", last ended with {describe_exit(state)}"
    health = state.get("Health")
    if health and health.get("Status") not in (None, "none"):
        checks = health.get("Log") or []
        line = f"Health: {health.get('Status')}"
        if checks:
            output = checks[-1].get("Output", "").strip()
            line += f"; the last check ended with exit code {checks[-1].get('ExitCode')}"
            line += f": {output}" if output else ""
        else:
            line += "; no check has run yet"
        lines.append(line)
    return lines


def _last_lines(container: Waitable, facts: Facts) -> str:
    try:
        with container.engine.containers.logs(
            container.id, tail=_LOG_LINES, tty=facts.tty, timeout=container.engine.timeout
        ) as stream:
            lines = [line.decode("utf-8", "replace") for _stream, line in stream.lines()]
    except ContainerNotFound:
        return ""
    except EngineError as exc:
        return f"(they cannot be read: {exc})"
    return "\n".join(lines)


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
