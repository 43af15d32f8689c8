# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The options of secrets and configs, and what they mean to the core."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core import errors
from .core.spec.content import ContentSpec
from .core.spec.values import encode_text
from .engine import labels, run_module, told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .engine import Call

__all__ = ["ARGUMENTS", "run_content_module"]

ARGUMENTS: Mapping[str, Any] = {
    "name": {"type": "str", "required": True},
    "data": {"type": "str"},
    "data_is_b64": {"type": "bool", "default": False},
    "data_src": {"type": "path"},
    "force": {"type": "bool", "default": False},
    "labels": {"type": "dict"},
    "rolling_versions": {"type": "bool", "default": False},
    "state": {"type": "str", "default": "present", "choices": ["absent", "present"]},
    "versions_to_keep": {"type": "int", "default": 5},
}


def run_content_module(noun: str, arguments: Mapping[str, Any], kind: Any) -> None:
    """Run the module for one sort of them: `secret` or `config`."""

    def run(call: Call) -> dict[str, Any]:
        params = call.params
        brought = kind(
            rolling=params["rolling_versions"],
            keep=params["versions_to_keep"],
            force=params["force"],
        )
        result = told(call, noun, call.reconcile(brought, _wanted(params)))
        # In check mode there may be none yet, and afterwards there may be none any more.
        found = result[noun] if params["state"] == "present" else {}
        spec = dict(found.get("Spec", {}))
        # The content stays where it is, also where the engine tells it.
        spec.pop("Data", None)
        result[noun] = {**found, "Spec": spec} if found else {}
        return {
            **result,
            f"{noun}_id": found.get("ID", ""),
            f"{noun}_name": spec.get("Name", ""),
        }

    run_module(
        arguments,
        run,
        mutually_exclusive=[("data", "data_src")],
        required_if=[("state", "present", ["data", "data_src"], True)],
    )


def _wanted(params: Mapping[str, Any]) -> ContentSpec:
    present = params["state"] == "present"
    return ContentSpec(
        params["name"],
        data=_data(params) if present else None,
        labels=labels(params["labels"]),
        template_driver=params.get("template_driver"),
    )


def _data(params: Mapping[str, Any]) -> bytes:
    if params["data_src"] is not None:
        with errors.reading(params["data_src"], "data_src"):
            return Path(params["data_src"]).read_bytes()
    if params["data"] is None:
        # Ansible counts a null as stated.
        raise errors.InvalidInput("data: it is null, and so is data_src. State one of them.")
    if not params["data_is_b64"]:
        # Ansible reads files that are no UTF-8 in this way.
        data: bytes = encode_text(str(params["data"]), "data", "surrogateescape")
        return data
    try:
        # The command base64 breaks lines, and YAML may add spaces.
        return base64.b64decode("".join(params["data"].split()), validate=True)
    except (binascii.Error, ValueError) as error:
        # Without the content, which may be a secret.
        raise errors.InvalidInput("data: it is not Base64, and data_is_b64 says so.") from error
