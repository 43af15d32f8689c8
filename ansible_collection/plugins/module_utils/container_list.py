# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A list of containers, each with the options of the module for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.warnings import warn

from . import container_options, container_task, engine
from .core.ensure import many
from .core.ensure.attending import wait_until_healthy
from .core.ensure.containers import ContainerKind
from .core.spec.container import ContainerSpec
from .refusals import refuse_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["run"]

ENTRY = {**container_options.ARGUMENTS, "depends_on": {"type": "list", "elements": "str"}}
VALIDATOR = ArgumentSpecValidator(ENTRY, **container_options.RULES)
# Options by which one container uses another: `container:NAME` or, in lists, `NAME:more`.
MODES = ("ipc_mode", "network_mode", "pid_mode")
LISTS = ("links", "volumes_from")


def run(call: engine.Call) -> dict[str, Any]:
    """Bring about all containers of a task, and remove the others if it asks for that."""
    params = call.params
    labels = engine.labels(params["labels"]) or {}
    items = [_item(entry, number, labels) for number, entry in enumerate(params["containers"])]
    names = [item.name for item in items]
    # One that is to be renamed is none of the others.
    names += [item.kind.old_name for item in items if item.kind.old_name]
    if params["remove_others"]:
        for name in many.other_containers(call.engine, labels, names):
            kind = ContainerKind()
            items.append(many.Item(name, ContainerSpec(name=name), kind, state="absent"))
    outcomes = many.reconcile_many(call.engine, items, check=call.check)
    for outcome in outcomes.values():
        for warning in outcome.warnings:
            warn(warning)
    return told(outcomes)


def told(outcomes: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what became of all of them."""
    changed = {name: outcome for name, outcome in outcomes.items() if outcome.changed}
    return {
        "changed": bool(changed),
        "actions": [str(action) for outcome in changed.values() for action in outcome.actions],
        "containers": [
            {
                "name": name,
                "changed": outcome.changed,
                "actions": [str(action) for action in outcome.actions],
                "container": outcome.resource or {},
            }
            for name, outcome in outcomes.items()
        ],
        "diff": {
            "before": {name: outcome.before for name, outcome in changed.items()},
            "after": {name: outcome.after for name, outcome in changed.items()},
        },
    }


def _item(entry: Mapping[str, Any], number: int, labels: Mapping[str, str]) -> many.Item:
    """Read an entry as Ansible reads the options of a task."""
    where = f"containers[{number}] ({entry.get('name')})"
    result = _validate(entry)
    if result is None:
        wrong = sorted(name for name in entry if _validate({name: entry[name]}) is None)
        raise engine.errors.InvalidInput(
            f"{where}: {', '.join(wrong)}: a value is not of the type that the option has."
        )
    if result.unsupported_parameters:
        # Those of a suboption are given with their places.
        unknown = [
            name if isinstance(name, str) else ".".join(name)
            for name in result.unsupported_parameters
        ]
        raise engine.errors.InvalidInput(
            f"{where}: there is no option {', '.join(sorted(unknown))}."
        )
    if result.error_messages:
        raise engine.errors.InvalidInput(f"{where}: {'; '.join(result.error_messages)}.")
    params = dict(result.validated_parameters)
    if params.get("detach") is False:
        raise engine.errors.InvalidInput(
            f"{where}: detach: a container whose end is waited for needs a task of its own."
        )
    if labels:
        params["labels"] = {**labels, **(params["labels"] or {})}
    state, ready = params["state"], None
    try:
        refuse_blank(ENTRY, params)
        if state == "healthy":
            seconds = container_task.patience(params)

            def wait(client: Any, container: str) -> Any:
                return wait_until_healthy(client, container, seconds)

            state, ready = "started", wait
        return many.Item(
            params["name"],
            container_task.wanted(params),
            container_task.kind(params),
            state=state,
            needs=tuple(params["depends_on"] or ()),
            uses=tuple(_used(params)),
            ready=ready,
        )
    except engine.errors.InvalidInput as error:
        raise engine.errors.InvalidInput(f"{where}: {error}") from error


def _validate(entry: Mapping[str, Any]) -> Any:
    """Check an entry by the rules of Ansible; None: it has values that Ansible breaks down over."""
    try:
        return VALIDATOR.validate(dict(entry))
    except (ArithmeticError, TypeError, ValueError):
        # Such as infinity for a number, or a flag in the place of suboptions.
        return None


def _used(params: Mapping[str, Any]) -> Iterator[str]:
    """Iterate over the containers that one uses by its options."""
    for option in MODES:
        sort, _colon, name = str(params.get(option) or "").partition(":")
        if sort == "container":
            yield name
    for option in LISTS:
        for value in params.get(option) or ():
            yield str(value).partition(":")[0]
