"""What the engine does about a container by itself: look at its health, start it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InvalidInput
from .readers import read_word
from .values import Command, parse_duration

if TYPE_CHECKING:
    from ..types.engine import HealthConfig

__all__ = ["Healthcheck", "RestartPolicy"]

_RESTART_POLICIES = ("no", "always", "on-failure", "unless-stopped")


@dataclass(frozen=True)
class Healthcheck:
    """How the engine finds out whether a container is healthy.

    Attributes:
        test: a command line for the container's shell, a list of words without a shell,
            `["CMD", ...]`, `["CMD-SHELL", line]`, or `NONE` to switch off the image's.
        interval: between two tests: seconds, or a text like `1m30s`.
        timeout: that a test may take.
        start_period: at the beginning, in which failures do not count.
        start_interval: between two tests in that time (API 1.44).
        retries: failures in a row that make it unhealthy.
    """

    test: Command | None = None
    interval: str | float | None = None
    timeout: str | float | None = None
    start_period: str | float | None = None
    retries: int | None = None
    start_interval: str | float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no test, and durations that are none or too short for the engine."""
        self.to_engine()

    def to_engine(self) -> HealthConfig:
        """Write it as the Engine's `HealthConfig`, without what is not stated."""
        config: HealthConfig = {}
        if self.test is not None:
            config["Test"] = self._test(self.test)
        if self.interval is not None:
            config["Interval"] = _at_least_a_millisecond(self.interval, "interval")
        if self.timeout is not None:
            config["Timeout"] = _at_least_a_millisecond(self.timeout, "timeout")
        if self.start_period is not None:
            config["StartPeriod"] = _at_least_a_millisecond(self.start_period, "start_period")
        if self.start_interval is not None:
            config["StartInterval"] = _at_least_a_millisecond(self.start_interval, "start_interval")
        if self.retries is not None:
            if self.retries < 0:
                raise InvalidInput(f"healthcheck: retries: {self.retries} is negative.")
            config["Retries"] = self.retries
        return config

    @staticmethod
    def _test(test: Command) -> list[str]:
        if isinstance(test, str) and test.strip():
            return ["NONE"] if test.strip().upper() == "NONE" else ["CMD-SHELL", test]
        if not isinstance(test, (str, list, tuple)):
            raise InvalidInput(f"healthcheck: the test is a text or a list, and not {test!r}.")
        words = [] if isinstance(test, str) else [read_word(word, "healthcheck") for word in test]
        if not words:
            raise InvalidInput("healthcheck: the test is empty.")
        return words if words[0] in ("NONE", "CMD", "CMD-SHELL") else ["CMD", *words]


def _at_least_a_millisecond(value: str | float, what: str) -> int:
    nanoseconds = parse_duration(value, f"healthcheck: {what}")
    if 0 < nanoseconds < 10**6:
        raise InvalidInput(f"healthcheck: {what} is shorter than 1 ms, which no engine takes.")
    return nanoseconds


@dataclass(frozen=True)
class RestartPolicy:
    """What the engine does when the container ends.

    Attributes:
        name: `no`, `always`, `on-failure` or `unless-stopped`.
        retries: how often at most, for `on-failure`; 0: without end; None: not stated, which
            is without end for a new container.
    """

    name: str
    retries: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no engine takes."""
        if self.name not in _RESTART_POLICIES:
            raise InvalidInput(f"restart_policy: one of {', '.join(_RESTART_POLICIES)}.")
        if self.retries and self.name != "on-failure":
            raise InvalidInput("restart_retries: only for the policy on-failure.")
