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
    "login_fields",
    "login_to",
    "was_refused",
]

# Under this key, with scheme and path, the docker command keeps the login to the Hub.
_HUB_KEY = "https://index.docker.io/v1/"
# A helper that answers with this user name hands out an identity token as the secret.
_TOKEN_USER = "<token>"  # noqa: S105  # a name, no secret
_HELPER_TIMEOUT = 30
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
    return _encode(_fields(login))


def login_to(
    registry: str,
    *,
    username: str = "",
    password: str = "",
    identity_token: str = "",
    registry_token: str = "",
) -> RegistryLogin:
    """Make a login to a registry, host and port; `docker.io` is Docker Hub.

    Raises:
        InvalidInput: no registry is named, or something is no text.
    """
    parts = (registry, username, password, identity_token, registry_token)
    if not registry or not all(_is_text(part) for part in parts):
        # Nothing is shown: it may be a secret.
        raise InvalidInput("A login is a registry's host, and a user with a password or a token.")
    return RegistryLogin(_server_of(registry), *parts[1:])


def login_fields(login: RegistryLogin) -> dict[str, str]:
    """Write a login down as `POST /auth` takes it."""
    return _fields(login)


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
        self._remembered = {**self._remembered, _registry_of(login.server): login}

    def forget(self, registry: str) -> None:
        """Drop what was remembered for a registry; that there is nothing is no error."""
        key = _registry_of(_server_of(registry))
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
            registry: host and port, `docker.io` for Docker Hub.

        Raises:
            EngineError: the configuration or a credential helper is broken.
        """
        remembered = self._remembered.get(_registry_of(_server_of(registry)))
        if remembered is not None:
            return remembered
        for config in self._configs():
            login = _from_config(config, registry)
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
        value = {login.server: _fields(login) for login in remembered}
        for config in self._configs():
            for section in ("credHelpers", "auths"):
                for server in config.get(section) or {}:
                    try:
                        login = _from_config(config, _registry_of(str(server)))
                    except EngineError:
                        # A build that needs this registry is refused there; the others go on.
                        continue
                    if login is not None:
                        value.setdefault(login.server, _fields(login))
        return _encode(value) if value else None

    def _configs(self) -> Iterator[Mapping[str, Any]]:
        inline = self._environ.get("DOCKER_AUTH_CONFIG")
        if inline:
            yield _parse(inline, "DOCKER_AUTH_CONFIG")
        path = docker_config_dir(self._environ) / "config.json"
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeDecodeError) as exc:
            raise EngineError(f"Cannot read the logins in {path}: {exc}.") from exc
        yield _parse(text, str(path))


def _fields(login: RegistryLogin) -> dict[str, str]:
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


def _server_of(registry: str) -> str:
    return _HUB_KEY if registry in (DEFAULT_REGISTRY, "index.docker.io") else registry


def _registry_of(server: str) -> str:
    if server == _HUB_KEY:
        return DEFAULT_REGISTRY
    return server.partition("://")[2].partition("/")[0] if "://" in server else server


def _parse(text: str, origin: str) -> Mapping[str, Any]:
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


def _from_config(config: Mapping[str, Any], registry: str) -> RegistryLogin | None:
    key = _server_of(registry)
    helpers = config.get("credHelpers") or {}
    helper = helpers.get(registry) or helpers.get(key) or config.get("credsStore")
    if helper:
        return _ask_helper(str(helper), key)
    auths = config.get("auths") or {}
    # Old versions of the docker command wrote keys with a scheme and a path.
    for candidate in (key, registry, f"https://{registry}", f"https://{registry}/v1/"):
        if isinstance(auths.get(candidate), dict) and auths[candidate]:
            return _from_entry(auths[candidate], key)
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
    """Run `docker-credential-HELPER get`; the protocol is docker-credential-helpers'."""
    import subprocess  # not before somebody has a helper

    program = f"docker-credential-{helper}"
    try:
        answer = subprocess.run(  # a helper that the user configured
            [program, "get"],
            input=server.encode(),
            capture_output=True,
            timeout=_HELPER_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as exc:
        raise EngineError(
            f"The Docker configuration names the credential helper {program}, which is not "
            "installed. Install it or take it out of the configuration."
        ) from exc
    except (OSError, subprocess.TimeoutExpired) as exc:
        # Not the exception's own text, which may hold the helper's output.
        raise EngineError(f"{program} could not be run, or did not end.") from exc
    if answer.returncode != 0:
        if b"credentials not found" in answer.stdout.lower():
            return None
        raise EngineError(f"{program} failed with exit code {answer.returncode} for {server}.")
    try:
        found = json.loads(answer.stdout)
        username, secret = str(found["Username"]), str(found["Secret"])
    except (ValueError, KeyError, TypeError):
        raise EngineError(f"{program} did not answer with a login for {server}.") from None
    if username == _TOKEN_USER:
        return RegistryLogin(server, identity_token=secret)
    return RegistryLogin(server, username, secret)
