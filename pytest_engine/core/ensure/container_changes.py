"""What is changed on a container that stays: its limits, and the networks that it is on."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Any

from ..errors import EngineError
from ..spec.policies import RestartPolicy
from ..spec.settings import SETTINGS
from .container_fields import CONTAINER_FIELDS, NETWORKS, other_networks
from .endpoints import check_connect, kept_endpoint
from .podman import as_docker_tells, is_podmans, processor_limit
from .reconcile import engine_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..spec.attachment import NetworkAttachment
    from ..spec.container import ContainerSpec
    from ..types.engine import ContainerUpdateBody
    from .compare import Difference
    from .reconcile import Plan

__all__ = ["add_changes", "can_stay"]

_BY_NAME = {field.name: field for field in CONTAINER_FIELDS}
_SETTINGS = {setting.name: setting for setting in SETTINGS}
_NANO = 10**9


def can_stay(differences: Sequence[Difference]) -> bool:
    """Tell whether the engine can change all of it on the container that is there."""
    return all(
        difference.field in _BY_NAME
        and _BY_NAME[difference.field].in_place(difference.wanted, difference.actual)
        for difference in differences
    )


def add_changes(
    plan: Plan,
    engine: Engine,
    wanted: ContainerSpec,
    actual: Mapping[str, Any],
    differences: Sequence[Difference],
    *,
    leave_others: bool,
) -> None:
    """Plan the changes of a container that stays.

    Args:
        plan: where the steps are added.
        engine: the engine.
        wanted: what is wanted.
        actual: what is there.
        differences: the fields that differ, all of which can be changed in place.
        leave_others: whether it leaves networks that are not wanted.
    """
    what, name = f"container {wanted.name}", str(actual["Id"])
    changed = [difference.field for difference in differences]
    limits = [field for field in changed if field != NETWORKS]
    if limits:
        body = _update_body(wanted, actual, limits)
        plan.add(
            "update",
            f"{', '.join(limits)} of {what}",
            lambda: plan.warnings.extend(engine_warnings(engine.containers.update(name, body))),
        )
    if NETWORKS not in changed:
        return
    field = _BY_NAME[NETWORKS]
    there, stated = field.actual(as_docker_tells(actual, wanted)), field.wanted(wanted)
    others = other_networks(stated, there)
    for attachment in wanted.attachments:
        if attachment.name in others:
            check_connect(engine, attachment)
            plan.add(
                "connect",
                f"{what} to network {attachment.name}",
                partial(_reconnect, engine, actual, attachment)
                if attachment.name in there
                else partial(_connect, engine, name, attachment),
            )
    for network in there if leave_others else ():
        if network not in stated:
            plan.add(
                "disconnect",
                f"{what} from network {network}",
                partial(engine.networks.disconnect, network, name, force=True),
            )


def _connect(engine: Engine, container: str, attachment: NetworkAttachment) -> None:
    engine.networks.connect(attachment.name, container, attachment.to_engine())


def _reconnect(engine: Engine, actual: Mapping[str, Any], attachment: NetworkAttachment) -> None:
    """Change how a container is on a network; if that fails, it is on it as before."""
    container, network = str(actual["Id"]), attachment.name
    engine.networks.disconnect(network, container, force=True)
    try:
        _connect(engine, container, attachment)
    except EngineError:
        # A connection that failed leaves its settings behind.
        with contextlib.suppress(EngineError):
            engine.networks.disconnect(network, container, force=True)
        kept = kept_endpoint(actual, network)
        engine.networks.connect(network, container, kept)  # type: ignore[arg-type]
        raise


def _update_body(
    wanted: ContainerSpec, actual: Mapping[str, Any], changed: Sequence[str]
) -> ContainerUpdateBody:
    body: dict[str, Any] = {
        _SETTINGS[name].key: getattr(wanted, name) for name in changed if name in _SETTINGS
    }
    host = actual.get("HostConfig") or {}
    if "memory" in changed and isinstance(wanted.memory, int):
        body["Memory"] = wanted.memory
        # Without a limit for swap the engine took twice the memory, and now refuses
        # more memory than that; where it is so, it stays so.
        if (host.get("MemorySwap") or 0) in (0, 2 * (host.get("Memory") or 0)):
            body.setdefault("MemorySwap", 2 * wanted.memory)
        if wanted.memory_swap is not None:
            body["MemorySwap"] = wanted.memory_swap
    if "cpus" in changed and wanted.cpus is not None:
        nano_cpus = round(wanted.cpus * _NANO)
        body.update(processor_limit(nano_cpus) if is_podmans(actual) else {"NanoCpus": nano_cpus})
    policy = wanted.restart_policy
    if isinstance(policy, RestartPolicy) and {"restart_policy", "restart_retries"} & set(changed):
        body["RestartPolicy"] = {"Name": policy.name, "MaximumRetryCount": policy.retries or 0}
    return body  # type: ignore[return-value]  # fields of the table
