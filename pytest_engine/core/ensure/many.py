"""Many containers at once, each after those that it depends on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..crew import GLANCE, Crew
from ..errors import EngineError, InvalidInput, NotFound, telling
from .container_names import is_container_id
from .containers import ContainerKind
from .reconcile import Outcome, reconcile

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.container import ContainerSpec

__all__ = ["Item", "SomeFailed", "other_containers", "reconcile_many"]

# What an engine does at the same time; more of it makes each slower.
_WORKERS = 8

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Item:
    """One of many containers.

    Attributes:
        name: its name.
        wanted: its wanted properties.
        kind: how to go about it.
        state: its wanted state.
        needs: names of others among the many that it depends on.
        uses: names of containers that it uses; those among the many come first.
        ready: (engine, id) -> the container once it is ready, for which those that depend
            on it wait; None: it is as soon as it is as wanted.
    """

    name: str
    wanted: ContainerSpec
    kind: ContainerKind
    state: str = "started"
    needs: Sequence[str] = ()
    uses: Sequence[str] = ()
    ready: Callable[[Engine, str], Mapping[str, Any]] | None = None


class SomeFailed(EngineError):
    """Some of many containers could not be brought about.

    Attributes:
        outcomes: name -> what became of it, of the others that were tried.
    """

    def __init__(
        self,
        message: str,
        outcomes: Mapping[str, Outcome],
        failed: Mapping[str, EngineError],
        *,
        check: bool,
    ) -> None:
        """Keep what was done beside the message."""
        super().__init__(message)
        self.outcomes = outcomes
        if not check:
            told = [str(action) for one in outcomes.values() for action in one.actions]
            self.done = (*told, *(action for error in failed.values() for action in error.done))


def reconcile_many(
    engine: Engine, items: Sequence[Item], *, check: bool = False
) -> dict[str, Outcome]:
    """Bring containers to their wanted states, at the same time where the order allows.

    Those that are to be absent go first. A container comes after those that it depends on, and
    is removed before them. Each image is looked at, and pulled, once.

    Returns:
        Name -> what became of it, in the order of the items.

    Raises:
        InvalidInput: a name occurs twice, or a container's name and its id do, or containers
            depend on each other in a circle, on one that is to be absent, or on none of them;
            nothing was done.
        SomeFailed: some could not be brought about. Those that depend on them were not
            tried, all others were.
    """
    order = _order(items)
    _refuse_ids_of(engine, order.keys())
    images, patience = _Images(), _Patience()
    by_name = {item.name: item for item in items}
    done: dict[str, Outcome] = {}
    failed: dict[str, EngineError] = {}
    running: dict[Future[Outcome], str] = {}
    left = dict(order)
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="pytest-engine-ensure") as pool:
        try:
            while left or running:
                settled = {*done, *(name for name in failed if by_name[name].state == "absent")}
                for name in [name for name, after in left.items() if after <= settled]:
                    del left[name]
                    kind = _sharing(by_name[name].kind, images, patience)
                    item = replace(by_name[name], kind=kind)
                    running[pool.submit(_bring_about, engine, item, check, patience)] = name
                if not running:
                    break
                for future in wait(running, GLANCE, return_when=FIRST_COMPLETED).done:
                    name = running.pop(future)
                    try:
                        done[name] = future.result()
                    except EngineError as exc:
                        failed[name] = exc
        except BaseException:
            # An interrupt: what was begun is finished, nothing is begun, and nothing waited for.
            pool.shutdown(wait=False, cancel_futures=True)
            patience.end()
            raise
    outcomes = {item.name: done[item.name] for item in items if item.name in done}
    if failed:
        raise SomeFailed(_told(failed, left), outcomes, failed, check=check)
    return outcomes


def other_containers(engine: Engine, labels: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """List the containers that have all of these labels and none of these names or whole ids."""
    if not labels:
        raise InvalidInput("remove_others: without labels, that would be every container.")
    there = engine.containers.list(
        all=True, filters={"label": [f"{key}={value}" for key, value in labels.items()]}
    )
    # The names that links give to a container have a slash in them.
    own = [
        name[1:]
        for container in there
        if container["Id"] not in names
        for name in container.get("Names") or ()
        if "/" not in name[1:]
    ]
    return sorted(set(own) - set(names))


def _bring_about(
    engine: Engine,
    item: Item,
    check: bool,  # noqa: FBT001  # for a pool
    patience: _Patience,
) -> Outcome:
    outcome = reconcile(engine, item.kind, item.wanted, state=item.state, check=check)
    if item.ready is None or check or outcome.resource is None:
        return outcome
    ready = partial(item.ready, engine, str(outcome.resource["Id"]))
    with telling(outcome.actions):
        return replace(outcome, resource=patience.wait_for(ready))


def _order(items: Sequence[Item]) -> dict[str, set[str]]:
    """Return for each container those that have to be done before it."""
    by_name = {item.name: item for item in items}
    if len(by_name) < len(items):
        twice = {item.name for item in items if sum(i.name == item.name for i in items) > 1}
        raise InvalidInput(f"containers: {', '.join(sorted(twice))} occurs more than once.")
    before: dict[str, set[str]] = {name: set() for name in by_name}
    gone = {item.name for item in items if item.state == "absent"}
    for item in items:
        unknown = sorted({*item.needs} - by_name.keys())
        if unknown:
            raise InvalidInput(
                f"containers: {item.name} depends on {', '.join(unknown)}, which is none of them."
            )
        if item.state != "absent":
            # Those that go may have a port, a name or an address that it is to have.
            before[item.name] |= gone
        # Others that it uses are there already, or the engine says that they are not.
        for name in {*item.needs, *item.uses} & by_name.keys():
            if item.state == "absent":
                # Those that are used go last.
                if by_name[name].state == "absent":
                    before[name].add(item.name)
                continue
            if by_name[name].state == "absent":
                raise InvalidInput(
                    f"containers: {item.name} depends on {name}, which is to be absent."
                )
            before[item.name].add(name)
    _refuse_circles(before)
    return before


def _refuse_ids_of(engine: Engine, names: Collection[str]) -> None:
    """Refuse a container that is stated by its id and by its name: two would work on it."""
    for one in filter(is_container_id, names):
        with contextlib.suppress(NotFound):
            container = engine.containers.inspect(one)
            name = str(container["Name"]).lstrip("/")
            if container["Id"] == one and name in names:
                raise InvalidInput(
                    f"containers: {name} occurs by its name and by its id, {one}. State it once."
                )


def _refuse_circles(before: Mapping[str, set[str]]) -> None:
    left = dict(before)
    while left:
        free = [name for name, after in left.items() if not after & left.keys()]
        if not free:
            raise InvalidInput(
                f"containers: {', '.join(sorted(left))} depend on each other in a circle."
            )
        for name in free:
            del left[name]


def _told(failed: Mapping[str, EngineError], left: Mapping[str, set[str]]) -> str:
    parts = [f"container {name}: {error}" for name, error in sorted(failed.items())]
    if left:
        parts.append(f"Not tried, because they depend on these: {', '.join(sorted(left))}.")
    return " ".join(parts)


class _Patience:
    """Waits for what changes no container, such as a pull, until nobody wants to know any more."""

    def __init__(self) -> None:
        self._ended: Future[None] = Future()

    def end(self) -> None:
        """Have everything that waits, or would, raise `_Ended`."""
        self._ended.set_result(None)

    def wait_for(self, work: Callable[[], _Result]) -> _Result:
        """Return what it returns; if it is not waited for any more, it ends with the process."""
        if self._ended.done():
            raise _Ended
        doing = Crew("pytest-engine-patience", 1).submit(work)
        futures: tuple[Future[Any], ...] = (doing, self._ended)
        wait(futures, return_when=FIRST_COMPLETED)
        if not doing.done():
            raise _Ended
        return doing.result()


class _Ended(Exception):
    """Nobody waits for it any more."""


class _Images:
    """What is known of the images that many containers share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._locks: dict[object, threading.Lock] = {}
        self._known: dict[object, Sequence[Outcome]] = {}

    def once(self, key: object, see_to: Callable[[], Sequence[Outcome]]) -> Sequence[Outcome]:
        """See to an image if nobody has; the others get what is there, and did nothing."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._known:
                needs = see_to()
                self._known[key] = [replace(n, changed=False, actions=()) for n in needs]
                return needs
            return self._known[key]


@dataclass(frozen=True)
class _SharingKind(ContainerKind):
    """Containers whose images are seen to once for all of them."""

    images: _Images = field(default_factory=_Images)
    patience: _Patience = field(default_factory=_Patience)

    def prepare(
        self, engine: Engine, wanted: ContainerSpec, state: str, *, check: bool
    ) -> Sequence[Outcome]:
        """See to the image, unless another container's turn has."""

        def see_to() -> Sequence[Outcome]:
            return ContainerKind.prepare(self, engine, wanted, state, check=check)

        if state == "absent" or not wanted.image:
            return see_to()
        key = (wanted.image, getattr(wanted, "platform", None), self.pull)
        return self.images.once(key, lambda: self.patience.wait_for(see_to))


def _sharing(kind: ContainerKind, images: _Images, patience: _Patience) -> ContainerKind:
    given = {policy.name: getattr(kind, policy.name) for policy in fields(kind)}
    return _SharingKind(**given, images=images, patience=patience)
