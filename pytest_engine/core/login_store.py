"""Where the docker command keeps logins: its configuration file, or the helpers that it names."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .auth import entries_of, helper_in, login_in, parse_config, registry_of, server_of
from .credential_helper import tell_helper
from .errors import EngineError, InvalidInput
from .spec.values import encode_text
from .writing import replace_file

if TYPE_CHECKING:
    from .auth import RegistryLogin

__all__ = ["LoginStore", "check_login"]


def check_login(username: str, password: str) -> None:
    """Check that Docker's configuration can hold a login.

    Raises:
        InvalidInput: the user name has a colon, or one of both cannot be written as UTF-8.
    """
    if ":" in username:
        # Without it, for the password may stand behind the colon.
        raise InvalidInput("username: it has a colon, and a registry's user has none.")
    encode_text(username, "username")
    encode_text(password, "password")


class LoginStore:
    """Logins, found, kept and forgotten as by `docker login` and `docker logout`.

    What else is in the configuration stays as it is. A file is only its owner's to read, and is
    replaced as a whole.

    Args:
        path: Docker's configuration file; it may be missing.
    """

    def __init__(self, path: str | Path) -> None:
        """Remember where to look; nothing is read yet."""
        self._path = Path(path)

    def find(self, registry: str) -> RegistryLogin | None:
        """Find the login to a registry.

        Args:
            registry: host and port, or a URL of it; `docker.io` for Docker Hub.

        Raises:
            EngineError: the configuration or a credential helper is broken.
        """
        return login_in(self._read(), registry_of(registry))

    def keeper(self, registry: str) -> str:
        """Name what keeps the login to a registry: a helper's program, or the file."""
        helper = helper_in(self._read(), registry_of(registry))
        return f"docker-credential-{helper}" if helper else str(self._path)

    def keep(self, registry: str, username: str, password: str) -> None:
        """Keep a login, in the place of the one that is there.

        Raises:
            InvalidInput: it cannot be kept; see `check_login`.
            EngineError: the configuration is broken or cannot be written, or a helper fails.
        """
        check_login(username, password)
        config = self._read()
        registry = registry_of(registry)
        server = server_of(registry)
        entry: dict[str, str] = {}
        helper = helper_in(config, registry)
        if helper:
            # The docker command leaves an empty entry, by which it knows which ones there are.
            tell_helper(helper, server, (username, password))
        else:
            entry["auth"] = base64.b64encode(f"{username}:{password}".encode()).decode()
        self._write({**config, "auths": {**(config.get("auths") or {}), server: entry}})

    def forget(self, registry: str) -> None:
        """Forget the login to a registry; that there is none is no error.

        Raises:
            EngineError: the configuration is broken or cannot be written, or a helper fails.
        """
        config = self._read()
        registry = registry_of(registry)
        helper = helper_in(config, registry)
        if helper:
            tell_helper(helper, server_of(registry), None)
        gone = entries_of(config, registry)
        if gone:
            auths = {key: entry for key, entry in config["auths"].items() if key not in gone}
            self._write({**config, "auths": auths})

    def _read(self) -> dict[str, Any]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            raise EngineError(f"Cannot read the logins in {self._path}: {exc}.") from exc
        return dict(parse_config(text, str(self._path)))

    def _write(self, config: dict[str, Any]) -> None:
        text = json.dumps(config, indent="\t") + "\n"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(self._path, [text.encode()], mode=0o600)
        except OSError as exc:
            raise EngineError(f"Cannot write the login to {self._path}: {exc}.") from exc
