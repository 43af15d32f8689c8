"""Stacks: networks, secrets, configs and services that belong together by a label."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from ..api.distribution import (  # pylint: disable=unused-import
    Distribution,  # noqa: F401  # travels along
)
from ..errors import EngineError, InvalidInput, NotFound, telling
from ..stackfile.values import NAMESPACE, check_name
from .configs import ConfigKind
from .networks import NetworkKind
from .reconcile import Action, Outcome, reconcile
from .secrets import SecretKind
from .service_names import Listed
from .services import ServiceKind

if TYPE_CHECKING:
    from ..api.configs import Configs  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.secrets import Secrets  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.service import ServiceSpec
    from ..stackfile.parts import Stack

__all__ = ["RESOLVE", "StackOutcome", "deploy_stack", "remove_stack"]

# When the registry is asked for the digest of an image.
RESOLVE = ("always", "changed", "never")


class StackOutcome:
    """What was done for a stack, or would be.

    Attributes:
        actions: in their order.
        before: service, or what else is changed -> the differing properties before.
        after: likewise afterwards.
        services: ids of the services that the stack has.
        updated: of these, those that were made or changed.
        warnings: what the caller should know.
        resource: the services as the engine describes them.
    """

    def __init__(self, warnings: Iterable[str] = ()) -> None:
        """Begin with nothing done."""
        self.actions: list[Action] = []
        self.before: dict[str, Any] = {}
        self.after: dict[str, Any] = {}
        self.services: list[str] = []
        self.updated: list[str] = []
        self.warnings = list(warnings)
        self.resource: list[Mapping[str, Any]] = []

    @property
    def changed(self) -> bool:
        """Whether anything was done, or would be."""
        return bool(self.actions)

    def take(self, what: str, outcome: Outcome) -> None:
        """Add what came of a part of it."""
        self.actions += outcome.actions
        self.warnings += outcome.warnings
        if outcome.changed:
            self.before[what] = outcome.before
            self.after[what] = outcome.after
        if outcome.resource is not None and what.startswith("service "):
            self.resource.append(outcome.resource)
            self.services.append(str(outcome.resource["ID"]))
            if outcome.changed:
                self.updated.append(str(outcome.resource["ID"]))


def deploy_stack(
    engine: Engine,
    stack: Stack,
    *,
    prune: bool = False,
    resolve: str = "always",
    check: bool = False,
) -> StackOutcome:
    """Bring a stack about: what services need first, then the services.

    Where a service, secret or config has one of its names without being of it, nothing is changed,
    unless such a content is known to be the wanted one: it is used as it is. Networks are taken by
    their names.

    Args:
        engine: a manager of a swarm.
        stack: what belongs to it.
        prune: remove services of the stack that it does not have any more, though not all there
            are for a stack that has none.
        resolve: one of `RESOLVE`. Where a registry does not answer, a warning says so, and
            nodes take what they get.
        check: change nothing; tell what would be done.

    Raises:
        InvalidInput: something of that name belongs to another stack, or to none; or there is
            no service that pruning would leave.
        EngineError: the engine refused a step; its `done` names what was done before.
    """
    if resolve not in RESOLVE:
        raise InvalidInput(f"resolve: {resolve!r} is none of {', '.join(RESOLVE)}.")
    outcome = StackOutcome(stack.warnings)
    with telling(() if check else outcome.actions):
        _deploy(engine, stack, outcome, prune=prune, resolve=resolve, check=check)
    return outcome


def _deploy(
    engine: Engine, stack: Stack, outcome: StackOutcome, *, prune: bool, resolve: str, check: bool
) -> None:
    # Asked for once, however many services there are.
    listed, digests = Listed(engine), _Digests(engine, outcome.warnings)
    theirs = _of_others(stack, listed)
    if prune and not stack.services:
        _check_pruning(stack, listed)
    for network in stack.networks:
        _network(engine, network, outcome, check=check)
    _contents(engine, stack, theirs, outcome, check=check)
    made = {network.name for network in stack.networks}
    made |= {content.name for content in (*stack.secrets, *stack.configs)}
    if outcome.actions:
        # With what was made by now.
        listed = Listed(engine)
    kind = ServiceKind(coming=frozenset(made if check else ()), listed=listed)
    if prune:
        wanted = {service.name for service in stack.services}
        for name, found in sorted(listed.services.items()):
            if name not in wanted and _belongs(found, stack.name):
                _remove(engine.services.remove, "service", found, outcome, check=check)
    for service in stack.services:
        named = _resolved(digests, service, listed.services.get(service.name), resolve)
        outcome.take(f"service {service.name}", reconcile(engine, kind, named, check=check))


def _contents(
    engine: Engine,
    stack: Stack,
    theirs: set[tuple[str, str]],
    outcome: StackOutcome,
    *,
    check: bool,
) -> None:
    for kind, contents in ((SecretKind(), stack.secrets), (ConfigKind(), stack.configs)):
        for content in contents:
            if (kind.noun, content.name) not in theirs:
                done = reconcile(engine, kind, content, check=check)
                outcome.take(f"{kind.noun} {content.name}", done)


def _of_others(stack: Stack, listed: Listed) -> set[tuple[str, str]]:
    """Refuse to take over what is there under a name of the stack without being of it.

    Returns:
        Sort and name of the secrets and configs of others that are known to have the wanted
        content: they are used as they are.
    """
    for service in stack.services:
        found = listed.services.get(service.name)
        if found is not None and not _belongs(found, stack.name):
            _refuse_others(stack, "services", found, "name the stack otherwise")
    same: set[tuple[str, str]] = set()
    for sort, kind, wanted, there in (
        ("secrets", SecretKind(), stack.secrets, listed.secrets),
        ("configs", ConfigKind(), stack.configs, listed.configs),
    ):
        actual = {one["Spec"]["Name"]: one for one in (there.list() if wanted else ())}
        for spec in wanted:
            found = actual.get(spec.name)
            if found is None or _belongs(found, stack.name):
                continue
            if not kind.holds(found, spec.data):
                _refuse_others(
                    stack, sort, found, "state its name with external: true to use it as it is"
                )
            same.add((kind.noun, spec.name))
    return same


def _refuse_others(stack: Stack, sort: str, found: Mapping[str, Any], way_out: str) -> NoReturn:
    owner = (found["Spec"].get("Labels") or {}).get(NAMESPACE)
    whose = f"the stack {owner}" if owner else "no stack"
    raise InvalidInput(
        f"{sort}: {found['Spec']['Name']} exists and belongs to {whose}, so the stack {stack.name} "
        f"cannot have it. Remove it first, give yours another name, or {way_out}."
    )


def _check_pruning(stack: Stack, listed: Listed) -> None:
    """Refuse to remove all services for a file that has, maybe by mistake, none."""
    if any(_belongs(found, stack.name) for found in listed.services.values()):
        raise InvalidInput(
            f"prune: no file has any services, so all of the stack {stack.name} would be removed. "
            "State them, or remove the stack."
        )


def remove_stack(
    engine: Engine,
    name: str,
    *,
    retries: int = 0,
    interval: float = 1.0,
    check: bool = False,
    sleep: Callable[[float], object] = time.sleep,
) -> StackOutcome:
    """Remove everything that belongs to a stack, but the volumes of nodes.

    Args:
        engine: a manager of a swarm.
        name: of the stack.
        retries: how often to look again whether everything is gone.
        interval: seconds between two looks.
        check: change nothing; tell what would be done.
        sleep: waits for some seconds.

    Raises:
        InvalidInput: the name is empty or blank.
        EngineError: after the last look something was left.
    """
    check_name(name)
    outcome = StackOutcome()
    with telling(() if check else outcome.actions):
        left = _sweep(engine, name, outcome, check=check, strict=not retries)
        for _again in range(0 if check else retries):
            left = _left(engine, name)
            if not left:
                break
            sleep(interval)
            _sweep(engine, name, outcome, check=False, strict=False)
            left = _left(engine, name)
        if left and retries and not check:
            raise EngineError(f"Of the stack {name} is left: {', '.join(left)}.")
    return outcome


def _belongs(found: Mapping[str, Any], stack: str) -> bool:
    # Only networks have their labels outside of a specification.
    return (found.get("Spec", found).get("Labels") or {}).get(NAMESPACE) == stack


def _parts(engine: Engine, name: str) -> list[tuple[str, Callable[[str], object], Any]]:
    """List what a stack has, in the order in which it can be removed."""
    filters = {"label": f"{NAMESPACE}={name}"}
    parts: list[tuple[str, Any]] = [
        ("service", engine.services),
        ("secret", engine.secrets),
        ("config", engine.configs),
        ("network", engine.networks),
    ]
    return [
        (sort, part.remove, [one for one in part.list(filters=filters) if _belongs(one, name)])
        for sort, part in parts
    ]


def _label(sort: str, found: Mapping[str, Any]) -> str:
    return f"{sort} {found['Name'] if sort == 'network' else found['Spec']['Name']}"


def _left(engine: Engine, name: str) -> list[str]:
    return [_label(sort, one) for sort, _remove, found in _parts(engine, name) for one in found]


def _sweep(
    engine: Engine, name: str, outcome: StackOutcome, *, check: bool, strict: bool
) -> list[str]:
    left = []
    for sort, remove, found in _parts(engine, name):
        for one in found:
            try:
                _remove(remove, sort, one, outcome, check=check)
            except EngineError:
                if strict:
                    raise
                left.append(_label(sort, one))
    return left


def _remove(
    remove: Callable[[str], object],
    sort: str,
    found: Mapping[str, Any],
    outcome: StackOutcome,
    *,
    check: bool,
) -> None:
    what = _label(sort, found)
    if not check:
        try:
            remove(str(found.get("ID") or found.get("Id")))
        except NotFound:
            # Networks go by themselves once nothing is on them and their swarm has let go.
            return
    action = Action("remove", what)
    # What a swarm takes its time for is removed more than once.
    if action not in outcome.actions:
        outcome.actions.append(action)
    outcome.before[what], outcome.after[what] = {"exists": True}, {"exists": False}


def _network(engine: Engine, network: Any, outcome: StackOutcome, *, check: bool) -> None:
    """Make a network that is missing; one that differs cannot be changed under its services."""
    what = f"network {network.name}"
    kind = NetworkKind()
    found = kind.find(engine, network)
    if found is None:
        outcome.take(what, reconcile(engine, kind, network, check=check))
        return
    names = ", ".join(difference.field for difference in kind.compare(network, found, ()))
    if names:
        outcome.warnings.append(
            f"The {what} exists with other {names}. It is left as it is; remove the stack to "
            "have it made anew."
        )


class _Digests:
    """What registries have for images, each asked for once."""

    def __init__(self, engine: Engine, warnings: list[str]) -> None:
        self._engine = engine
        self._warnings = warnings
        self._known: dict[str, str] = {}

    def of(self, image: str) -> str:
        """Return the digest of an image; empty, with a warning, where it is not to be had."""
        if image not in self._known:
            try:
                found = self._engine.distribution.inspect(image)["Descriptor"]["digest"]
            except EngineError as exc:
                found = ""
                self._warnings.append(
                    f"{image} could not be looked up in its registry, so each node takes what it "
                    f"has or gets: {exc}"
                )
            self._known[image] = found
        return self._known[image]


def _resolved(
    digests: _Digests, wanted: ServiceSpec, actual: Mapping[str, Any] | None, resolve: str
) -> ServiceSpec:
    image = str(wanted.image)
    there = "" if actual is None else actual["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"]
    is_same = there.partition("@")[0] == image
    if "@" in image or resolve == "never" or (resolve == "changed" and is_same):
        return wanted
    digest = digests.of(image)
    return wanted.with_image(f"{image}@{digest}") if digest else wanted
