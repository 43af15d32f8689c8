# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What options mean to the core as conditions on containers."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from . import engine
from .core import errors, wait
from .core.endpoint import Tls
from .core.spec.values import encode_text
from .core.wait import wait_for
from .core.wait.condition import check_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .core.api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .core.client import Engine
    from .core.types.engine import ContainerInspectResponse

__all__ = ["Subject", "check_time", "condition", "wait_for"]


class Subject:
    """A container, as much of it as a wait asks for."""

    def __init__(self, engine: Engine, name: str) -> None:
        """Remember it; nothing is sent."""
        self.engine = engine
        self.id = name

    def inspect(self) -> ContainerInspectResponse:
        """Tell all about it, as it is now."""
        return self.engine.containers.inspect(self.id)


def condition(stated: Mapping[str, Any]) -> wait.Condition:
    """Make one condition of all that a task states."""
    parts = list(_conditions(stated))
    parts += [_every(item, "all") for item in stated["all"] or ()]
    if stated["any"]:
        parts.append(wait.any(*(_every(item, "any") for item in stated["any"])))
    if not parts:
        raise errors.InvalidInput(
            "Nothing to wait for: state one of log, port, udp, http, healthy, exec, file, stable, "
            "exit, all, any."
        )
    return wait.all(*parts)


def _conditions(stated: Mapping[str, Any]) -> Iterator[wait.Condition]:
    if stated["log"] is not None:
        log = dict(stated["log"])
        text, pattern = log.pop("text"), log.pop("pattern")
        yield wait.log(_looked_for(text, pattern, "log"), **log)
    if stated["port"] is not None:
        yield wait.port(stated["port"])
    if stated["http"] is not None:
        yield _http(stated["http"])
    if stated["healthy"]:
        yield wait.healthy()
    if stated["exec"] is not None:
        argv, command = stated["exec"]["argv"], stated["exec"]["command"]
        yield wait.exec(
            command if argv is None else argv,
            exit_code=stated["exec"]["exit_code"],
            output=stated["exec"]["output"],
        )
    if stated["exit"] is not None:
        yield wait.exit(stated["exit"]["code"])
    if stated["udp"] is not None:
        yield wait.port(stated["udp"]["port"], "udp", send=_sent(stated["udp"]))
    if stated["file"] is not None:
        content = _looked_for(stated["file"]["content"], stated["file"]["pattern"], "file")
        yield wait.file(stated["file"]["path"], content)
    if stated["stable"] is not None:
        yield wait.stable(stated["stable"])


def _http(stated: Mapping[str, Any]) -> wait.Condition:
    headers = engine.texts(stated["headers"], "http.headers")
    options = {**stated, "status": tuple(stated["status"]), "headers": headers}
    ca, verify = options.pop("ca_path"), options.pop("validate_certs")
    if not options["tls"] and (ca is not None or not verify):
        raise errors.InvalidInput("http: ca_path and validate_certs are for tls: true.")
    if options["tls"]:
        options["tls"] = Tls(ca=ca, verify=verify)
    return wait.http(**options)


def _sent(stated: Mapping[str, Any]) -> bytes | None:
    if stated["send_base64"] is None:
        return None if stated["send"] is None else encode_text(stated["send"], "udp.send")
    try:
        return base64.b64decode(stated["send_base64"], validate=True)
    except ValueError as error:
        raise errors.InvalidInput(f"udp: send_base64 is no Base64: {error}.") from error


def _looked_for(text: str | None, pattern: str | None, option: str) -> Any:
    if pattern is None:
        return text
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError, ValueError) as error:
        # More than an error of its own: numbers and brackets that it cannot take.
        raise errors.InvalidInput(
            f"{option}.pattern: {pattern!r:.80} is no regular expression: {error}."
        ) from error


def _every(stated: Mapping[str, Any], option: str) -> wait.Condition:
    parts = list(_conditions(stated))
    if not parts:
        raise errors.InvalidInput(f"{option}: an item of it states no condition.")
    return wait.all(*parts)
