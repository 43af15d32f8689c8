"""Which image stands behind a name, and when it is pulled."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, Union

from pytest_engine.core.errors import ImageNotFound, InvalidInput
from pytest_engine.core.moment import parse_moment
from pytest_engine.core.reference import DEFAULT_REGISTRY, parse_reference

from .early import check_wanted
from .retries import pull_patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    import pytest
    from pluggy import HookRelay

    from pytest_engine.core.api.progress import Progress
    from pytest_engine.core.client import Engine
    from pytest_engine.core.types.engine import ImageInspect

    from .durations import Durations
    from .progress import Speaker
    from .session import Session

__all__ = ["Demand", "Look", "PullPolicy", "Pulls", "check_policy", "mirrored", "resolve_name"]

PullPolicy = Union[Literal["missing", "always", "never"], timedelta]
"""When an image is pulled, which is where the engine lacks it, once in every run, never, or once
what the engine has was pulled longer ago than that."""

_WORDS = ("missing", "always", "never")
_NANO = 10**9
# What engines tell of an image that was never tagged.
_NEVER = "0001-01-01T00:00:00Z"


def check_policy(policy: object, what: str) -> None:
    """Refuse what is no pull policy.

    Raises:
        InvalidInput: it is none.
    """
    if policy is None or policy in _WORDS:
        return
    if not isinstance(policy, timedelta) or policy <= timedelta(0):
        raise InvalidInput(
            f"{what}: pull={policy!r} is none of {', '.join(_WORDS)}, nor a timedelta above 0."
        )


def resolve_name(hook: HookRelay, mirrors: Sequence[tuple[str, str]] | None, name: str) -> str:
    """Say which image to use where a fixture names one: a hook's, a mirror's, its own."""
    # The id of one that the run has built, or that somebody wants to be sure of.
    if name.startswith("sha256:"):
        return name
    stated = hook.pytest_engine_image_name(name=name)
    return str(stated) if stated else mirrored(name, mirrors or ())


def mirrored(name: str, mirrors: Sequence[tuple[str, str]]) -> str:
    """Name the same image at a mirror.

    Args:
        name: the image; one without a registry is Docker Hub's.
        mirrors: registry, or the beginning of a name, -> what takes its place. The longest
            that fits counts.

    Raises:
        InvalidInput: the name is no image reference.
    """
    if not mirrors:
        return name
    reference = parse_reference(name)
    repository = reference.repository
    if reference.is_hub and "/" not in repository:
        repository = f"library/{repository}"
    full = f"{DEFAULT_REGISTRY if reference.is_hub else reference.registry}/{repository}"
    fitting = [one for one in mirrors if full == one[0] or full.startswith(f"{one[0]}/")]
    if not fitting:
        return name
    start, replacement = max(fitting, key=lambda one: len(one[0]))
    tag = f":{reference.tag}" if reference.tag else ""
    digest = f"@{reference.digest}" if reference.digest else ""
    return f"{replacement}{full[len(start) :]}{tag}{digest}"


@dataclass(frozen=True)
class Demand:
    """An image that a fixture asks for.

    Attributes:
        engine: whose store it has to be in.
        name: the image.
        policy: when it is pulled.
        platform: `os[/arch[/variant]]` where it is not the engine's own.
        fixture: the fixture that asks.
        check_wanted: ends a pull, by what it raises, that nobody wants any more.
    """

    engine: Engine
    name: str
    policy: PullPolicy
    platform: str | None = None
    fixture: str = "image"
    check_wanted: Callable[[], None] = lambda: None

    @classmethod
    def of(
        cls,
        session: Session,
        engine: Engine,
        request: pytest.FixtureRequest,
        name: str,
        policy: PullPolicy | None,
        platform: str | None,
    ) -> Demand:
        """State what a request asks for; without a policy, that of the run counts."""
        fixture = request.fixturename or "image"
        check = partial(check_wanted, request)
        return cls(engine, name, policy or session.settings.pull, platform, fixture, check)

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What makes it the same image as that of another demand."""
        return self.engine.endpoint.url, self.name, self.platform

    def is_stale(self, found: ImageInspect) -> bool:
        """Whether what the engine has is to be pulled again."""
        if self.name.startswith("sha256:"):
            # It is what it is, and no registry has what the run itself has built.
            return False
        if self.policy in _WORDS or parse_reference(self.name).digest:
            return self.policy == "always" and not parse_reference(self.name).digest
        # An engine notes when an image was tagged, not when it was pulled: see `settle`.
        tagged = found.get("Metadata", {}).get("LastTagTime") or _NEVER
        age = timedelta(seconds=time.time() - parse_moment(tagged) / _NANO)
        return isinstance(self.policy, timedelta) and age > self.policy

    def settle(self) -> None:
        """Note on the engine when it was pulled, for those who go by its age."""
        reference = parse_reference(self.name).with_default_tag()
        if isinstance(self.policy, timedelta) and not reference.digest:
            self.engine.images.tag(self.name, str(reference))

    def refuse(self, exc: ImageNotFound) -> None:
        """Raise the error for a missing image that may not be pulled; else do nothing."""
        if self.policy == "never":
            platform = f" for {self.platform}" if self.platform else ""
            raise InvalidInput(
                f"The engine at {self.engine.endpoint.url} has no image {self.name}{platform}, "
                f"and the pull policy is 'never'. Pull it beforehand (docker pull {self.name}), or "
                "state pull='missing' or --engine-pull=missing."
            ) from exc


class Look(NamedTuple):
    """What was known of an image when it was looked for.

    Attributes:
        pulled: how often the run had pulled it.
        at: when that was, in seconds since the epoch.
    """

    pulled: int
    at: float


def _at_once(key: Hashable, do: Callable[[], None], since: float | None) -> None:
    del key, since
    do()


class Pulls:
    """The pulls of a run: of each image one, whoever asks for it, in whichever thread.

    Args:
        speaker: is told what is pulled.
        durations: is told how long that took.
        alone: does what it is given, unless another worker of the run did that for the same
            key since the moment that the last argument is, or without one at any time before;
            None: there are no others.
    """

    def __init__(
        self,
        speaker: Speaker,
        durations: Durations,
        alone: Callable[[Hashable, Callable[[], None], float | None], None] | None = None,
    ) -> None:
        self._speaker = speaker
        self._durations = durations
        self._alone = alone or _at_once
        self._lock = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._done: dict[Hashable, int] = {}

    def look(self, demand: Demand) -> Look:
        """Tell what is known of it, before the engine is asked for it."""
        return Look(self._done.get(demand.key, 0), time.time())

    def pull(self, demand: Demand, look: Look, *, is_missing: bool = True) -> None:
        """Pull it, unless that has happened since it was looked for; others wait meanwhile.

        Args:
            demand: what is to be pulled.
            look: what was known then.
            is_missing: whether the engine lacks it. If not, one pull in a run is enough,
                whichever worker's it was; what is missing may have been removed since.

        Raises:
            PullFailed: it cannot be pulled.
        """
        with self._lock:
            lock = self._locks.setdefault(demand.key, threading.Lock())
        with lock:
            if self._done.get(demand.key, 0) == look.pulled:
                since = look.at if is_missing else None
                with self._durations.step(demand.fixture, "pull"):
                    self._alone(demand.key, partial(self._pull, demand), since)
                self._done[demand.key] = look.pulled + 1

    def _pull(self, demand: Demand) -> None:
        def pull() -> None:
            with self._speaker.pulling(demand.name) as tell:

                def progress(step: Progress) -> None:
                    demand.check_wanted()
                    tell(step)

                demand.engine.images.pull(demand.name, platform=demand.platform, progress=progress)

        pull_patiently(pull, demand.name, self._speaker)
        demand.settle()

    def freshen(self, demand: Demand) -> None:
        """Pull what the policy does not take as the engine has it; what is missing may stay so."""
        if demand.policy not in ("missing", "never") and demand.key not in self._done:
            self.find(demand)

    def find(self, demand: Demand) -> ImageInspect:
        """Find it in the engine's store, or pull it.

        Raises:
            PullFailed: it cannot be pulled.
            InvalidInput: it is not there, and may not be pulled.
        """
        look = self.look(demand)
        is_missing = False
        try:
            found = demand.engine.images.inspect(demand.name)
        except ImageNotFound as exc:
            demand.refuse(exc)
            is_missing = True
        else:
            if look.pulled or not demand.is_stale(found):
                return found
        self.pull(demand, look, is_missing=is_missing)
        return demand.engine.images.inspect(demand.name)
