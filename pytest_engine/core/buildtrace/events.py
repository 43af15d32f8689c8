"""The events of a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

__all__ = ["BuildEvent", "BuildOutput", "BuildProgress", "BuildStep", "BuildWarning"]


@dataclass(frozen=True)
class BuildStep:
    """A step, as far as it has come; told again whenever something about it has changed.

    Attributes:
        number: counts the steps of a build, from 1, in the order in which they are first told; 0
            stands for what comes before the first one.
        name: what it does, as the builder words it: `[2/3] RUN make`.
        state: `pending`, `running`, `done`; `cached`: its result was there from a build before;
            `failed`; `canceled`, because another one failed.
        started: when it began, in nanoseconds since the epoch; None: it has not, or the builder
            does not say when.
        completed: when it ended, likewise.
        error: why it failed or was canceled; empty: it was not.
    """

    number: int
    name: str
    state: str = "pending"
    started: int | None = None
    completed: int | None = None
    error: str = ""

    @property
    def cached(self) -> bool:
        """Whether its result was there from a build before."""
        return self.state == "cached"

    @property
    def is_internal(self) -> bool:
        """Tell whether the builder made it up, to read the context for example."""
        # The second copies the context to where the Dockerfile's steps take it from.
        return self.name.startswith("[internal]") or self.name == "copy /context /"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs, or where the builder does not say."""
        if self.started is None or self.completed is None:
            return None
        return max(0, self.completed - self.started) / 1e9


@dataclass(frozen=True)
class BuildProgress:
    """How far a part of a step has come: a layer that is pulled, an image that is written.

    Attributes:
        step: the step.
        name: the part: a layer's digest, `exporting layers`, ...
        current: what is done of it, mostly in bytes; None where the builder does not count.
        total: what there is to be done; None where the builder does not know.
        is_done: whether the part is finished.
    """

    step: BuildStep
    name: str
    current: int | None = None
    total: int | None = None
    is_done: bool = False


@dataclass(frozen=True)
class BuildOutput:
    """A line that a step printed.

    Attributes:
        step: the step.
        stream: `stdout` or `stderr`.
        line: the line without its end; what is no text in it is replaced.
        time: when it was printed, in nanoseconds since the epoch; None where the builder does
            not say.
    """

    step: BuildStep
    stream: str
    line: str
    time: int | None = None


@dataclass(frozen=True)
class BuildWarning:
    """What BuildKit finds questionable in a Dockerfile (engines from 24 on).

    Attributes:
        step: the step.
        message: what it is.
        details: what there is to know about it.
        url: where more is said; may be empty.
        line: the line of the Dockerfile; None where the builder does not say.
    """

    step: BuildStep
    message: str
    details: tuple[str, ...] = ()
    url: str = ""
    line: int | None = None


BuildEvent = Union[BuildStep, BuildProgress, BuildOutput, BuildWarning]
