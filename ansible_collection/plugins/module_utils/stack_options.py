# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the options of a stack mean to the core."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core import errors
from .core.api.asked import check_seconds
from .core.converge import wait_all_converged
from .core.ensure.stacks import deploy_stack, remove_stack
from .core.reference import parse_reference
from .core.stackfile.files import fill_in, lay_over
from .core.stackfile.parts import read_stack
from .engine import UNSTATED_HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from .core.stackfile.parts import Stack
    from .engine import Call

__all__ = ["CONTEXT", "CONTEXT_RULES", "bring_about"]

# In place of the usual connection, modules for stacks may name a context.
CONTEXT: Mapping[str, Any] = {
    "docker_host": UNSTATED_HOST,
    "cli_context": {"type": "str"},
    "docker_cli": {"type": "path"},
}
# What a plain word of a Compose file is besides text: its type, how it is written, and what it
# begins with.
_PLAIN = (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)$", ("~", "n", "N", "")),
    # With more digits, it is none that anybody counts to, and Python could not show it.
    (
        "int",
        r"(?=.{,999}$)[-+]?(?:0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|0|[1-9][0-9_]*)$",
        "-+0123456789",
    ),
    ("float", r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$", "-+."),
    ("merge", r"<<$", "<"),
)
CONTEXT_RULES = [("docker_host", "cli_context")]


def bring_about(call: Call, known: MutableMapping[str, Any]) -> dict[str, Any]:
    """Deploy or remove a stack, wait for its services if asked to, and tell what was done.

    Args:
        call: what the task asks for.
        known: gets what was done, also where the services then do not get there.
    """
    params = call.params
    for option in ("absent_retries_interval", "wait_timeout"):
        check_seconds(params[option], option)
    if params["state"] == "absent":
        if params["absent_retries"] < 0:
            raise errors.InvalidInput(f"absent_retries: {params['absent_retries']} is negative.")
        outcome = remove_stack(
            call.engine,
            params["name"],
            retries=params["absent_retries"],
            interval=params["absent_retries_interval"],
            check=call.check,
        )
    else:
        stack = _read(params)
        outcome = deploy_stack(
            call.engine,
            stack,
            prune=params["prune"],
            resolve=params["resolve_image"] or "always",
            check=call.check,
        )
        if params["with_registry_auth"]:
            outcome.warnings += _without_login(call, stack)
    known["changed"] = outcome.changed
    known["actions"] = [str(action) for action in outcome.actions]
    known["services"] = outcome.resource
    if outcome.changed:
        known["stack_spec_diff"] = {
            what.partition(" ")[2]: {"before": outcome.before[what], "after": outcome.after[what]}
            for what in outcome.before
            if what.startswith("service ")
        }
    if not (call.check or params["detach"]):
        services = {service: service in outcome.updated for service in outcome.services}
        with errors.telling(outcome.actions):
            known["services"] = wait_all_converged(
                call.engine, services, timeout=params["wait_timeout"]
            )
    diff = {"before": outcome.before, "after": outcome.after}
    return {**known, "warnings": outcome.warnings, "diff": diff}


def _without_login(call: Call, stack: Stack) -> list[str]:
    """Say for which registries there is no login that nodes could have."""
    images = [parse_reference(str(service.image)) for service in stack.services]
    registries = sorted({image.registry or "docker.io" for image in images})
    return [
        f"with_registry_auth: the target has no login to {registry}."
        for registry in registries
        if call.engine.credentials.login(registry) is None
    ]


def _read(params: Mapping[str, Any]) -> Stack:
    if not params["compose"]:
        raise errors.InvalidInput("compose: a stack needs at least one Compose file.")
    files = [_filled_in(item) for item in params["compose"]]
    folders = [Path(item).parent for item in params["compose"] if isinstance(item, str)]
    folder = folders[0] if folders else Path()
    return read_stack(params["name"], lay_over(files), folder.absolute())


def _filled_in(item: Any) -> Mapping[str, Any]:
    try:
        filled: Mapping[str, Any] = fill_in(_file(item), os.environ)
    except RecursionError as error:
        what = item if isinstance(item, str) else "a definition"
        raise errors.InvalidInput(
            f"compose: {what} is nested too deep. An alias may refer to what it is itself in."
        ) from error
    return filled


def _file(item: Any) -> Mapping[str, Any]:
    if isinstance(item, dict):
        return item
    if not isinstance(item, str):
        raise errors.InvalidInput(f"compose: {item!r} is neither a path nor a definition.")
    with errors.reading(item, "compose"):
        text = Path(item).read_text("utf-8")
    read = _parse(item, text)
    if not isinstance(read, dict):
        raise errors.InvalidInput(f"compose: {item} holds no mapping.")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a mapping of JSON, in which each key stands once; the last would hide the others."""
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        raise errors.InvalidInput(f"the key {twice[0]!r} stands there twice.")
    return made


def _loader(yaml: Any) -> Any:
    """Make what reads YAML as Compose has it."""

    def compose_mapping_node(loader: Any, anchor: Any) -> Any:
        # Here, as what is merged in later may stand there as well.
        node = yaml.SafeLoader.compose_mapping_node(loader, anchor)
        known = set()
        for key, _value in node.value:
            if isinstance(key.value, str):
                if key.value in known:
                    line = key.start_mark.line + 1
                    raise errors.InvalidInput(
                        f"line {line}: the key {key.value!r} stands there twice."
                    )
                known.add(key.value)
        return node

    # Compose files are YAML 1.2: 22:22 is no number there, on no flag, and a date a text.
    own = {"yaml_implicit_resolvers": {}, "compose_mapping_node": compose_mapping_node}
    loader: Any = type("_Loader", (yaml.SafeLoader,), own)
    for tag, pattern, first in _PLAIN:
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))
    return loader


def _parse(path: str, text: str) -> Any:
    try:
        # JSON is YAML as well, and takes no library.
        return json.loads(text, object_pairs_hook=_once)
    except errors.InvalidInput as error:
        raise errors.InvalidInput(f"compose: {path}: {error}") from error
    except ValueError:
        pass
    try:
        import yaml  # type: ignore[import-untyped]  # it has no annotations
    except ImportError as error:
        raise errors.MissingLibrary(
            f"compose: to read {path} the target needs PyYAML. Install it there, or give the "
            "definition itself in place of the path."
        ) from error
    try:
        return yaml.load(text, Loader=_loader(yaml))  # noqa: S506  # it is a safe one
    except errors.InvalidInput as error:
        raise errors.InvalidInput(f"compose: {path}: {error}") from error
    except yaml.MarkedYAMLError as error:
        # Without the line itself, which may hold a secret.
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise errors.InvalidInput(
            f"compose: {path} is no YAML: {error.problem or error.context}{line}."
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise errors.InvalidInput(f"compose: {path} is no YAML: {error}") from error
    except (AttributeError, LookupError, TypeError) as error:
        # PyYAML takes the tag's word for it.
        raise errors.InvalidInput(
            f"compose: {path} is no YAML: a value is not what its tag says, such as !!timestamp."
        ) from error
