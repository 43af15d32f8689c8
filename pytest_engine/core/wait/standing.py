"""Finding out where this process stands as seen from an engine."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ApiError
from ..own_container import read_own_container
from ..standpoint import Standpoint, standpoint_in

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..endpoint import Endpoint
    from ..types.engine import ContainerInspectResponse

__all__ = ["standpoint_of"]

# A container whose host name nobody has chosen is called by the beginning of its id.
_SHORT_ID = re.compile(r"[0-9a-f]{12}")
_SSH_PATIENCE = 5.0


def standpoint_of(engine: Engine) -> Standpoint:
    """Find out where this process stands; an engine is asked once, and only in a container."""
    if engine.standpoint is None:
        engine.standpoint = _find(engine)
    return engine.standpoint


def _find(engine: Engine) -> Standpoint:
    if engine.ports_host:
        return Standpoint(ports_host=engine.ports_host)
    own = _own_container(engine)
    if own is not None:
        return standpoint_in(own, _read_hosts())
    if engine.endpoint.scheme == "ssh":
        return Standpoint(engine_host=_ssh_host(engine.endpoint))
    return Standpoint()


def _own_container(engine: Engine) -> ContainerInspectResponse | None:
    """Look at the container that this process runs in; None: in none of this engine."""
    identity, _sort = read_own_container()
    if not identity:
        name = socket.gethostname()
        identity = name if _SHORT_ID.fullmatch(name) else ""
    if not identity:
        return None
    try:
        own = engine.containers.inspect(identity)
        if not own.get("Id", "").startswith(identity):
            return None
        # It may share the network of another one.
        kind, _colon, other = own.get("HostConfig", {}).get("NetworkMode", "").partition(":")
        return engine.containers.inspect(other) if kind == "container" else own
    except ApiError:
        # It is one of another engine, within which or beside which this one runs.
        return None


def _read_hosts() -> str:
    try:
        return Path("/etc/hosts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _ssh_host(endpoint: Endpoint) -> str:
    """Ask ssh for the host behind a name of its configuration; it connects to nothing."""
    # Here, because engines are seldom reached over ssh.
    import subprocess

    command = ["ssh", "-G"]
    if endpoint.user:
        command += ["-l", endpoint.user]
    command += ["--", endpoint.host]
    try:
        told = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SSH_PATIENCE,
            check=False,
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return ""
    settings = dict(line.partition(" ")[::2] for line in told.splitlines())
    # Behind a jump host it may not be reachable at all, but it has no other address.
    return settings.get("hostname", "")
