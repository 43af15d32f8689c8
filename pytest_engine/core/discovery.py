"""Which engine to talk to: arguments, environment, Docker contexts, the usual sockets.

The order is the one of the `docker` command. Files are read; nothing is connected.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .endpoint import Endpoint, Tls, parse_endpoint
from .errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["current_context", "docker_config_dir", "proxy_variables", "resolve_endpoint"]


def docker_config_dir(environ: Mapping[str, str]) -> Path:
    """Return the folder of Docker's client configuration (`DOCKER_CONFIG` or ~/.docker)."""
    configured = environ.get("DOCKER_CONFIG")
    if configured:
        return Path(configured)
    try:
        home = Path(environ.get("HOME") or "~").expanduser()
    except RuntimeError:
        # A user without a home has no configuration.
        home = Path("/nonexistent")
    return home / ".docker"


def proxy_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies that Docker's client configuration has for containers and builds.

    Variables as programs read them, in lower and in upper case; none where it states none.

    Raises:
        InvalidInput: the configuration is broken.
    """
    path = docker_config_dir(environ) / "config.json"
    try:
        stated = json.loads(path.read_text(encoding="utf-8"))["proxies"]["default"]
    except (FileNotFoundError, KeyError):
        return {}
    except (OSError, ValueError, TypeError, RecursionError) as exc:
        raise InvalidInput(f"Proxies cannot be read from {path}: {exc}.") from exc
    variables: dict[str, str] = {}
    for key in ("httpProxy", "httpsProxy", "ftpProxy", "noProxy"):
        value = stated.get(key) if isinstance(stated, dict) else None
        if value:
            name = key.replace("P", "_p")
            variables[name] = variables[name.upper()] = str(value)
    return variables


def resolve_endpoint(
    host: str | Endpoint | None = None,
    environ: Mapping[str, str] | None = None,
    tls: Tls | None = None,
) -> Endpoint:
    """Decide where the engine is.

    An explicit address wins over `DOCKER_HOST`, that over the context that is named in
    `DOCKER_CONTEXT`, that over the current context of Docker's configuration, and that
    over the sockets where engines usually listen. For addresses over TCP that do not come
    from a context, the environment says whether they are encrypted, unless `tls` does:
    `DOCKER_TLS_VERIFY` (any value but the empty one) with a check of the engine's
    certificate, `DOCKER_TLS` without; the files are in `DOCKER_CERT_PATH`, else beside
    Docker's configuration.

    Args:
        host: an explicit address.
        environ: the environment to read; the process's own by default.
        tls: how a connection over TCP is encrypted.

    Raises:
        InvalidInput: an address that was found is malformed or not supported, or a
            context is named that does not exist.
    """
    env = os.environ if environ is None else environ
    if isinstance(host, Endpoint):
        return host if tls is None else replace(host, tls=tls)
    if host is not None:
        return parse_endpoint(host, tls=tls or _tls_of_environment(env, host))
    if env.get("DOCKER_HOST"):
        address = env["DOCKER_HOST"]
        return parse_endpoint(address, "DOCKER_HOST", tls or _tls_of_environment(env, address))
    config = docker_config_dir(env)
    name, origin = env.get("DOCKER_CONTEXT", ""), "DOCKER_CONTEXT"
    if not name:
        name, origin = current_context(config), f"currentContext in {config / 'config.json'}"
    if name and name != "default":
        return _context_endpoint(config, name, origin, tls)
    return _default_endpoint(env)


def _tls_of_environment(env: Mapping[str, str], address: str) -> Tls | None:
    if not (env.get("DOCKER_TLS_VERIFY") or env.get("DOCKER_TLS")):
        return None
    if address.strip().lower().startswith(("unix:", "ssh:", "/")):
        return None
    folder = Path(env["DOCKER_CERT_PATH"]) if env.get("DOCKER_CERT_PATH") else None
    if folder is not None and not _is(Path.is_dir, folder):
        raise InvalidInput(f"DOCKER_CERT_PATH: {folder} is no folder.")
    return _tls_of_folder(
        folder or docker_config_dir(env), verify=bool(env.get("DOCKER_TLS_VERIFY"))
    )


def _is(look: Callable[[Path], bool], path: Path) -> bool:
    """Look at a path, which before Python 3.14 may raise where that is not allowed.

    Raises:
        InvalidInput: it is not allowed.
    """
    try:
        return look(path)
    except OSError as exc:
        raise InvalidInput(f"{path} cannot be looked at: {exc.strerror}.") from exc


def _tls_of_folder(folder: Path, *, verify: bool) -> Tls:
    """Use the files that are there, under the names that the docker command gives them."""
    ca, cert, key = (
        path if _is(Path.is_file, path) else None
        for path in (folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    )
    return Tls(ca, cert, key, verify=verify)


def current_context(config: Path) -> str:
    """Return the context that a configuration names as the current one; empty: none."""
    try:
        value = json.loads((config / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        # A broken file is for the docker command to complain of; it is no address.
        return ""
    name = value.get("currentContext") if isinstance(value, dict) else None
    return name if isinstance(name, str) else ""


def _context_endpoint(config: Path, name: str, origin: str, tls: Tls | None) -> Endpoint:
    """Read a context; its folders are called by the SHA-256 of its name."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / identity / "meta.json"
    try:
        endpoint: dict[str, Any] = json.loads(meta.read_text(encoding="utf-8"))["Endpoints"][
            "docker"
        ]
        url = str(endpoint["Host"])
    except FileNotFoundError:
        raise InvalidInput(
            f"{origin}: there is no Docker context {name!r} (looked for {meta})."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as exc:
        raise InvalidInput(f"{origin}: cannot read Docker context {name!r} from {meta}.") from exc
    unchecked = bool(endpoint.get("SkipTLSVerify"))
    files = config / "contexts" / "tls" / identity / "docker"
    if tls is None and (_is(Path.is_dir, files) or unchecked):
        tls = _tls_of_folder(files, verify=not unchecked)
    return parse_endpoint(url, f"context {name!r}", tls)


def _default_endpoint(env: Mapping[str, str]) -> Endpoint:
    """Return the first usual socket that exists, else the one that everybody expects."""
    runtime_dir = env.get("XDG_RUNTIME_DIR")
    candidates = ["/var/run/docker.sock"]
    if runtime_dir:
        candidates += [f"{runtime_dir}/docker.sock", f"{runtime_dir}/podman/podman.sock"]
    candidates.append("/run/podman/podman.sock")
    found = next(filter(os.path.exists, candidates), candidates[0])
    return parse_endpoint(found, "default socket")
