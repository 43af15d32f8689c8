"""The contexts of the docker command, each with the options that lead to its engine."""

from __future__ import annotations

import hashlib
import json
import os
import re
from typing import TYPE_CHECKING, Any

from ..discovery import current_context, docker_config_dir
from ..errors import InvalidInput, reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["list_contexts"]

_DEFAULT = "default"
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
_DEFAULT_HOST = "unix:///var/run/docker.sock"


def list_contexts(
    name: str | None = None,
    *,
    only_current: bool = False,
    current: str | None = None,
    environ: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Tell which contexts there are.

    Args:
        name: only the one of this name.
        only_current: only the current one.
        current: which one is the current one; None: what the environment says, or the
            configuration of the docker command.
        environ: the environment to read; the process's own by default.

    Returns:
        `contexts`, sorted by name, and `current_context_name`. Of each context: `name`,
        `description`, whether it is `current`, the folders `meta_path` and `tls_path`, and as
        `config` the options of a connection to its engine.

    Raises:
        InvalidInput: there is no such context, or one cannot be read.
    """
    env = os.environ if environ is None else environ
    folder = docker_config_dir(env)
    current = current or _current(env, folder)
    asked = current if only_current else name
    if asked is None:
        with reading(folder, "DOCKER_CONFIG"):
            metas = sorted((folder / "contexts" / "meta").glob("*/meta.json"))
        told = [_default(env), *map(_read, metas)]
    elif asked == _DEFAULT:
        told = [_default(env)]
    else:
        try:
            identity = hashlib.sha256(asked.encode()).hexdigest()
        except UnicodeEncodeError as exc:
            raise InvalidInput(f"There is no context {asked!r}, which no name can be.") from exc
        meta = folder / "contexts" / "meta" / identity / "meta.json"
        with reading(meta, "DOCKER_CONFIG"):
            if not meta.is_file():
                raise InvalidInput(f"There is no context {asked!r}: {meta} does not exist.")
        told = [_read(meta)]
    contexts = [{**context, "current": context["name"] == current} for context in told]
    contexts.sort(key=lambda context: str(context["name"]))
    return {"contexts": contexts, "current_context_name": current}


def _current(env: Mapping[str, str], folder: Path) -> str:
    if env.get("DOCKER_HOST"):
        return _DEFAULT
    return env.get("DOCKER_CONTEXT") or current_context(folder) or _DEFAULT


def _default(env: Mapping[str, str]) -> dict[str, Any]:
    """The context that stands for the environment instead of files."""
    return {
        "name": _DEFAULT,
        # As the docker command describes it.
        "description": "Current DOCKER_HOST based configuration",
        "meta_path": None,
        "tls_path": None,
        "config": {"docker_host": _address(env.get("DOCKER_HOST") or _DEFAULT_HOST), "tls": False},
    }


def _read(meta: Path) -> dict[str, Any]:
    """Read a context; its folders are called by the SHA-256 of its name."""
    tls = meta.parents[2] / "tls" / meta.parent.name
    try:
        value = json.loads(meta.read_text(encoding="utf-8"))
        return {
            "name": str(value["Name"]),
            "description": (value.get("Metadata") or {}).get("Description"),
            "meta_path": str(meta.parent),
            "tls_path": str(tls),
            "config": _options((value.get("Endpoints") or {}).get("docker"), tls / "docker"),
        }
    except _UNREADABLE as exc:
        raise InvalidInput(
            f"{meta} cannot be read as a context ({type(exc).__name__}: {exc}). "
            "`docker context rm` removes what is broken."
        ) from exc


def _options(endpoint: Mapping[str, Any] | None, files: Path) -> dict[str, Any]:
    """Turn the endpoint of a context into options; there are none if it is not for Docker."""
    if endpoint is None:
        return {}
    unchecked = bool(endpoint.get("SkipTLSVerify"))
    options: dict[str, Any] = {
        "docker_host": _address(str(endpoint.get("Host") or _DEFAULT_HOST)),
        "tls": unchecked,
    }
    ca, cert, key = (files / f"{name}.pem" for name in ("ca", "cert", "key"))
    has_ca, has_cert = ca.is_file(), cert.is_file() and key.is_file()
    if has_ca or has_cert:
        options.update(tls=True, validate_certs=not unchecked)
    if has_ca:
        options["ca_path"] = str(ca)
    if has_cert:
        options.update(client_cert=str(cert), client_key=str(key))
    return options


def _address(host: str) -> str:
    """Spell an address as the docker command does."""
    host = re.sub(r"^http\+unix://", "unix://", host)
    return re.sub(r"^https?://", "tcp://", host)
