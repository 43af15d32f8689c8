"""Where the engine is: from arguments, environment and Docker contexts to an `Endpoint`.

Nothing here connects to anything. The order is the one of the `docker` command: an
explicit address, `DOCKER_HOST`, `DOCKER_CONTEXT`, the current context of Docker's
configuration, and at last the sockets where engines usually listen.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Endpoint", "docker_config_dir", "parse_endpoint", "resolve_endpoint"]

_DEFAULT_PORT = 2375
_PORT = re.compile(r"[0-9]{1,5}")
# sockaddr_un.sun_path holds 108 bytes on Linux, with the closing NUL.
_LONGEST_SOCKET_PATH = 107
_FORMS = "unix:///path/to/docker.sock or tcp://host:port"


@dataclass(frozen=True)
class Endpoint:
    """An address at which an engine is expected to listen.

    Attributes:
        scheme: `unix` or `tcp`.
        path: the socket's absolute path (`unix`), else empty.
        host: the host's name or address, IPv6 without brackets (`tcp`), else empty.
        port: the TCP port, else 0.
        origin: what chose this address, for messages (`DOCKER_HOST`, `argument`, ...).
    """

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    origin: str = "argument"

    @property
    def url(self) -> str:
        """The address in the form that `DOCKER_HOST` takes."""
        if self.scheme == "unix":
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether published ports are found on this very host."""
        return self.scheme == "unix" or self.host in ("localhost", "127.0.0.1", "::1")


def parse_endpoint(url: str, origin: str = "argument") -> Endpoint:
    """Take an address apart.

    Args:
        url: `unix:///path`, `tcp://host[:port]` or `http://host[:port]`; a bare
            absolute path is a unix socket.
        origin: what the address came from, for error messages.

    Raises:
        InvalidInput: the address has another form, or one that is not supported.
    """
    text = url.strip()
    if text.startswith("/"):
        text = f"unix://{text}"
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator:
        raise InvalidInput(f"{origin}: {url!r} is no engine address; write {_FORMS}.")
    if scheme in ("ssh", "npipe", "https", "fd"):
        raise InvalidInput(f"{origin}: {scheme}:// is not supported; use {_FORMS}.")
    if scheme == "unix":
        return _unix_endpoint(rest, origin)
    if scheme in ("tcp", "http"):
        return _tcp_endpoint(rest, url, origin)
    raise InvalidInput(f"{origin}: unknown scheme in {url!r}; write {_FORMS}.")


def _unix_endpoint(rest: str, origin: str) -> Endpoint:
    path = os.path.normpath("/" + rest.lstrip("/"))
    if path == "/" or "\0" in path:
        raise InvalidInput(f"{origin}: unix:// lacks the path of the socket.")
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise InvalidInput(
            f"{origin}: the socket path {path} is longer than {_LONGEST_SOCKET_PATH} bytes, "
            "which the kernel does not take; make a shorter symbolic link to it."
        )
    return Endpoint("unix", path=path, origin=origin)


def _tcp_endpoint(rest: str, url: str, origin: str) -> Endpoint:
    authority, _slash, tail = rest.partition("/")
    if tail or "@" in authority or "?" in authority or "#" in authority:
        raise InvalidInput(f"{origin}: an engine address ends after the port: {_FORMS}.")
    if authority.startswith("["):
        host, bracket, port_text = authority[1:].partition("]")
        if not bracket:
            raise InvalidInput(f"{origin}: {url!r} opens a bracket and does not close it.")
        if port_text and not port_text.startswith(":"):
            raise InvalidInput(f"{origin}: {url!r} has no valid port; it follows a colon.")
        port_text = port_text[1:]
    else:
        host, _colon, port_text = authority.partition(":")
    if port_text and not (_PORT.fullmatch(port_text) and 0 < int(port_text) < 65536):
        raise InvalidInput(f"{origin}: {url!r} has no valid port; it is a number up to 65535.")
    if any(ch.isspace() or not ch.isprintable() for ch in host):
        raise InvalidInput(f"{origin}: {url!r} has white space or worse in its host.")
    return Endpoint(
        "tcp",
        host=host or "127.0.0.1",
        port=int(port_text) if port_text else _DEFAULT_PORT,
        origin=origin,
    )


def docker_config_dir(environ: Mapping[str, str]) -> Path:
    """Return the folder of Docker's client configuration (`DOCKER_CONFIG` or ~/.docker)."""
    configured = environ.get("DOCKER_CONFIG")
    return (
        Path(configured)
        if configured
        else Path(environ.get("HOME") or "~").expanduser() / ".docker"
    )


def resolve_endpoint(
    host: str | Endpoint | None = None, environ: Mapping[str, str] | None = None
) -> Endpoint:
    """Decide where the engine is, in the order in which the `docker` command looks.

    Args:
        host: an explicit address, which wins over everything else.
        environ: the environment to read; the process's own by default.

    Raises:
        InvalidInput: an address that was found is malformed or not supported, or a
            context is named that does not exist.
    """
    env = os.environ if environ is None else environ
    if isinstance(host, Endpoint):
        return host
    if host:
        return parse_endpoint(host)
    if env.get("DOCKER_HOST"):
        endpoint = parse_endpoint(env["DOCKER_HOST"], "DOCKER_HOST")
        _refuse_tls(env, endpoint)
        return endpoint
    config = docker_config_dir(env)
    name, origin = env.get("DOCKER_CONTEXT", ""), "DOCKER_CONTEXT"
    if not name:
        name, origin = _current_context(config), f"currentContext in {config / 'config.json'}"
    if name and name != "default":
        return _context_endpoint(config, name, origin)
    return _default_endpoint(env)


def _refuse_tls(env: Mapping[str, str], endpoint: Endpoint) -> None:
    # As the docker command does, any value but the empty one switches TLS on.
    if env.get("DOCKER_TLS_VERIFY") and endpoint.scheme != "unix":
        raise InvalidInput(
            f"{endpoint.origin}: DOCKER_TLS_VERIFY asks for TLS, which is not supported; "
            f"{endpoint.url} would be spoken to unencrypted. Unset DOCKER_TLS_VERIFY if that is "
            "what you want."
        )


def _current_context(config: Path) -> str:
    try:
        value = json.loads((config / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # A broken file is for the docker command to complain of; it is no address.
        return ""
    name = value.get("currentContext") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _context_endpoint(config: Path, name: str, origin: str) -> Endpoint:
    """Read a context's endpoint; its folder is called by the SHA-256 of its name."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / identity / "meta.json"
    try:
        endpoint = json.loads(meta.read_text(encoding="utf-8"))["Endpoints"]["docker"]
        url = endpoint["Host"]
    except FileNotFoundError:
        raise InvalidInput(
            f"{origin}: there is no Docker context {name!r} (looked for {meta})."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise InvalidInput(f"{origin}: cannot read Docker context {name!r} from {meta}.") from exc
    if (config / "contexts" / "tls" / identity / "docker").is_dir():
        raise InvalidInput(f"{origin}: context {name!r} uses TLS, which is not supported.")
    return parse_endpoint(str(url), f"context {name!r}")


def _default_endpoint(env: Mapping[str, str]) -> Endpoint:
    """Return the first usual socket that exists, else the one that everybody expects."""
    runtime_dir = env.get("XDG_RUNTIME_DIR")
    candidates = ["/var/run/docker.sock"]
    if runtime_dir:
        candidates += [f"{runtime_dir}/docker.sock", f"{runtime_dir}/podman/podman.sock"]
    candidates.append("/run/podman/podman.sock")
    found = next((path for path in candidates if Path(path).exists()), candidates[0])
    return _unix_endpoint(found, "default socket")
