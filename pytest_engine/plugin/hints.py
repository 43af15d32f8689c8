"""Whether a container may be started before, and removed after, the test that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.attachment import NetworkAttachment

from .recipe import Hints, recipe_of
from .retries import states_host_port

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_engine.core.spec.container import ContainerSpec

    from .plan import ContainerPlan

__all__ = ["check_reuse", "container_hints", "uses_others"]

# Networks that every engine has and nobody removes.
_STANDING = ("bridge", "host", "none", "default")


def container_hints(
    plan: ContainerPlan, *, ahead: bool, prestart: int, scope: str, has_params: bool
) -> Hints:
    """Work out the hints for a container from what its fixture was asked for.

    Raises:
        InvalidInput: `prestart` cannot be of use.
    """
    is_alone = plan.spec.name is not None or states_host_port(plan.spec)
    if prestart < 0:
        raise InvalidInput(f"prestart: {prestart!r} is no number of containers.")
    is_found_by_name = _is_found_by_name(plan, scope)
    if prestart:
        _check_prestart(
            scope,
            is_alone=is_alone,
            is_found_by_name=is_found_by_name,
            has_params=has_params,
            ahead=ahead,
        )
    networks = [*plan.networks, *(plan.spec.networks or ())]
    has_foreign_volume = any(isinstance(one, str) for one in plan.volumes.values())
    uses_what_may_go = has_foreign_volume or uses_others(plan.spec, networks)
    return Hints(
        ahead=ahead,
        alone=is_alone or is_found_by_name,
        prestart=prestart,
        lingers=not (uses_what_may_go or is_found_by_name),
    )


def check_reuse(scope: str, *, reuse: bool, is_built: bool) -> None:
    """Refuse what cannot outlive a run.

    Raises:
        InvalidInput: it cannot.
    """
    if reuse and (scope != "session" or is_built):
        raise InvalidInput("container: reuse goes with scope='session', and not with build.")


def _is_found_by_name(plan: ContainerPlan, scope: str) -> bool:
    """Whether the next one of it has the same name, or address, on a network that is there still.

    Engines answer with the addresses of all containers that have a name, in any order, so that
    others on that network would talk to the wrong one.
    """
    for network in (*plan.networks, *(plan.spec.networks or ())):
        if isinstance(network, NetworkAttachment):
            if network.aliases or network.ipv4_address or network.ipv6_address:
                return True
        elif not isinstance(network, str):
            # A fixture's. There, the name of this one's fixture is its alias.
            recipe = recipe_of(network)
            if recipe is None or recipe.scope != scope:
                return True
    return False


def _check_prestart(
    scope: str, *, is_alone: bool, is_found_by_name: bool, has_params: bool, ahead: bool
) -> None:
    reason = ""
    if scope != "function":
        reason = f"of scope {scope!r} there is one for many tests; it starts ahead by itself"
    elif has_params:
        reason = "the tests with one parameter cannot use containers started for another"
    elif is_alone:
        reason = "with a name or a host port of its own there can be one at a time"
    elif is_found_by_name:
        reason = "on a network that several tests share, all of them would have the same name"
    elif not ahead:
        reason = "ahead=False says that it is not to start before a test asks for it"
    if reason:
        raise InvalidInput(f"prestart: {reason}. Leave prestart out.")


def uses_others(spec: ContainerSpec, networks: Iterable[object]) -> bool:
    """Whether a container uses what somebody else may want to remove right after the test."""
    for network in networks:
        name = network.name if isinstance(network, NetworkAttachment) else network
        if isinstance(name, str) and name not in _STANDING:
            return True
    return any(bind.source for bind in spec.volume_binds) or bool(spec.mounts)
