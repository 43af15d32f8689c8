"""Credentials for registries, found where the `docker` command finds them.

Read lazily and per registry: what the program itself had remembered, `DOCKER_AUTH_CONFIG` (JSON
in the environment), then `config.json` with `credHelpers` before `credsStore` before `auths`.
Nothing is kept on disk, and no error ever shows a secret.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .discovery import docker_config_dir
from .errors import EngineError, InvalidInput
from .reference import DEFAULT_REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .reference import Reference

__all__ = [
    "Credentials",
    "RegistryLogin",
    "encode_header",
    "entries_of",
    "helper_in",
    "login_fields",
    "login_in",
    "login_to",
    "parse_config",
    "registry_of",
    "server_of",
    "was_refused",
]

# Under this key, with scheme and path, the docker command keeps the login to the Hub.
_HUB_KEY = "https://index.docker.io/v1/"
_HUB_HOSTS = (DEFAULT_REGISTRY, "index.docker.io", "registry-1.docker.io")
# A helper that answers with this user name hands out an identity token as the secret.
_TOKEN_USER = "<token>"  # noqa: S105  # a name, no secret
# Of registries, of the engine that asks them, and of the Hub.
_REFUSED = re.compile(
    r"unauthorized|no basic auth credentials|authentication required|access denied"
    r"|access to the resource is denied|incorrect username or password",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RegistryLogin:
    """What to log in to a registry with.

    Attributes:
        server: the registry, as the docker command writes it: the Hub has a URL.
        username: the user.
        password: the user's password, or an access token that is used like one.
        identity_token: what a registry handed out to be used instead of both.
        registry_token: a bearer token that the registry takes as it is; before all others.
    """

    server: str
    username: str = ""
    password: str = ""
    identity_token: str = ""
    registry_token: str = ""

    def __repr__(self) -> str:
        """Show whom and where, never the secret."""
        return f"RegistryLogin(server={self.server!r}, username={self.username!r})"


def encode_header(login: RegistryLogin) -> str:
    """Encode a login as the `X-Registry-Auth` header: JSON in base64url (RFC 4648)."""
    return _encode(login_fields(login))


def login_to(
    registry: str,
    *,
    username: str = "",
    password: str = "",
    identity_token: str = "",
    registry_token: str = "",
) -> RegistryLogin:
    """Make a login to a registry, host and port or a URL of it; `docker.io` is Docker Hub.

    Raises:
        InvalidInput: no registry is named, or something is no text.
    """
    parts = (registry, username, password, identity_token, registry_token)
    if not all(_is_text(part) for part in parts) or not registry_of(registry):
        # Nothing is shown: it may be a secret.
        raise InvalidInput("A login is a registry's host, and a user with a password or a token.")
    return RegistryLogin(server_of(registry), *parts[1:])


def was_refused(reason: str) -> bool:
    """Tell whether an engine's words mean that a registry wants a login, or another one."""
    return _REFUSED.search(reason) is not None


class Credentials:
    """The logins of a user, looked up when a registry is first talked to.

    Args:
        environ: the environment that names the configuration; the process's by default.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """Remember where to look; nothing is read yet."""
        self._environ = os.environ if environ is None else environ
        self._remembered: dict[str, RegistryLogin] = {}

    def remember(self, login: RegistryLogin) -> None:
        """Use a login to its registry from now on, whatever the configuration has.

        It is kept in memory until `forget`; `login_to` makes one.
        """
        # A new dict, as another thread may be reading this one.
        self._remembered = {**self._remembered, registry_of(login.server): login}

    def forget(self, registry: str) -> None:
        """Drop what was remembered for a registry; that there is nothing is no error."""
        key = registry_of(registry)
        self._remembered = {k: v for k, v in self._remembered.items() if k != key}

    def header(self, registry: str) -> str | None:
        """Return the `X-Registry-Auth` header for a registry, None where there is no login.

        Raises:
            EngineError: the configuration or a credential helper is broken.
        """
        login = self.login(registry)
        return None if login is None else encode_header(login)

    def authorization(self, image: Reference) -> dict[str, str]:
        """Return the headers by which an engine logs in to the registry of an image.

        `X-Registry-Auth`, or nothing where there is no login.

        Raises:
            EngineError: the configuration or a credential helper is broken.
        """
        header = self.header(image.registry or DEFAULT_REGISTRY)
        return {} if header is None else {"X-Registry-Auth": header}

    def login(self, registry: str) -> RegistryLogin | None:
        """Find the login to a registry.

        Args:
            registry: host and port, or a URL of it; `docker.io` for Docker Hub.

        Raises:
            EngineError: the configuration or a credential helper is broken.
        """
        registry = registry_of(registry)
        remembered = self._remembered.get(registry)
        if remembered is not None:
            return remembered
        for config in self._configs():
            login = login_in(config, registry)
            if login is not None:
                return login
        return None

    def registry_config(self) -> str | None:
        """Return the `X-Registry-Config` header of builds: all logins, None without any.

        A credential helper that serves every registry (`credsStore`) cannot be asked for
        all it has without showing them to the builder, so only those count that the
        configuration names.

        Raises:
            EngineError: the configuration is broken.
        """
        remembered = self._remembered.values()
        value = {login.server: login_fields(login) for login in remembered}
        for config in self._configs():
            for section in ("credHelpers", "auths"):
                for server in config.get(section) or {}:
                    try:
                        login = login_in(config, registry_of(str(server)))
                    except EngineError:
                        # A build that needs this registry is refused there; the others go on.
                        continue
                    if login is not None:
                        value.setdefault(login.server, login_fields(login))
        return _encode(value) if value else None

    def _configs(self) -> Iterator[Mapping[str, Any]]:
        inline = self._environ.get("DOCKER_AUTH_CONFIG")
        if inline:
            yield parse_config(inline, "DOCKER_AUTH_CONFIG")
        path = docker_config_dir(self._environ) / "config.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as exc:
            raise EngineError(f"Cannot read the logins in {path}: {exc}.") from exc
        yield parse_config(text, str(path))


def login_fields(login: RegistryLogin) -> dict[str, str]:
    """Write a login down as `POST /auth` and the header of pulls and pushes take it."""
    if login.registry_token:
        return {"serveraddress": login.server, "registrytoken": login.registry_token}
    if login.identity_token:
        return {"serveraddress": login.server, "identitytoken": login.identity_token}
    return {
        "serveraddress": login.server,
        "username": login.username,
        "password": login.password,
    }


def _encode(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _is_text(value: object) -> bool:
    # Not everybody checks types.
    return isinstance(value, str)


def server_of(registry: str) -> str:
    """Return the key of a registry's login: its host and port, but for Docker Hub."""
    host = registry_of(registry)
    return _HUB_KEY if host == DEFAULT_REGISTRY else host


def registry_of(server: str) -> str:
    """Return the registry, host and port, that a key or a URL stands for, in any spelling."""
    # As the docker command has it: what has no scheme may have a path as well.
    host = (server.partition("://")[2] if "://" in server else server).partition("/")[0]
    return DEFAULT_REGISTRY if host in _HUB_HOSTS else host


def parse_config(text: str, origin: str) -> Mapping[str, Any]:
    """Read Docker's configuration, of which only what logins are kept in is judged.

    Args:
        text: the configuration; as for the docker command, an empty one states nothing.
        origin: where it comes from, for errors.

    Raises:
        EngineError: logins cannot be read from it.
    """
    if not text.strip():
        return {}
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise EngineError(f"{origin} is not valid JSON; logins cannot be read from it.") from None
    if not isinstance(value, dict):
        raise EngineError(f"{origin} is no JSON object; logins cannot be read from it.")
    for section in ("credHelpers", "auths"):
        if not isinstance(value.get(section) or {}, dict):
            raise EngineError(f"{section} in {origin} is no JSON object.")
    return value


def helper_in(config: Mapping[str, Any], registry: str) -> str | None:
    """Return the credential helper that keeps the login to a registry; None: the file does."""
    helpers = config.get("credHelpers") or {}
    helper = helpers.get(registry) or helpers.get(server_of(registry)) or config.get("credsStore")
    return str(helper) if helper else None


def entries_of(config: Mapping[str, Any], registry: str) -> list[str]:
    """List the keys under which a configuration may keep a login to a registry, the best first.

    Old versions of the docker command, and other programs, write a scheme and a path.
    """
    auths = config.get("auths") or {}
    usual = (server_of(registry), registry, f"https://{registry}", f"https://{registry}/v1/")
    others = (key for key in auths if registry_of(str(key)) == registry)
    return [key for key in dict.fromkeys((*usual, *others)) if key in auths]


def login_in(config: Mapping[str, Any], registry: str) -> RegistryLogin | None:
    """Find the login to a registry in a configuration, or have its helper find it.

    Raises:
        EngineError: the entry or the helper is broken.
    """
    server = server_of(registry)
    helper = helper_in(config, registry)
    if helper:
        return _ask_helper(helper, server)
    auths = config.get("auths") or {}
    for key in entries_of(config, registry):
        if isinstance(auths[key], dict) and auths[key]:
            return _from_entry(auths[key], server)
    return None


def _from_entry(entry: Mapping[str, Any], server: str) -> RegistryLogin | None:
    if entry.get("registrytoken"):
        return RegistryLogin(server, registry_token=str(entry["registrytoken"]))
    if entry.get("identitytoken"):
        return RegistryLogin(server, identity_token=str(entry["identitytoken"]))
    username, password = entry.get("username", ""), entry.get("password", "")
    if entry.get("auth"):
        try:
            decoded = base64.b64decode(str(entry["auth"]), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            # Not chained: a decoding error shows what it could not decode.
            raise EngineError(f"The stored login to {server} cannot be decoded.") from None
        username, _colon, password = decoded.partition(":")
    return RegistryLogin(server, str(username), str(password)) if username else None


def _ask_helper(helper: str, server: str) -> RegistryLogin | None:
    from .credential_helper import ask_helper  # few have one

    found = ask_helper(helper, server)
    if found is None:
        return None
    username, secret = found
    if username == _TOKEN_USER:
        return RegistryLogin(server, identity_token=secret)
    return RegistryLogin(server, username, secret)
