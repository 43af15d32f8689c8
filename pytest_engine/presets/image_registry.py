"""A registry of images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_engine.core import wait
from pytest_engine.core.errors import InvalidInput

from .preset import Options, preset
from .server import Server

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

__all__ = ["Registry", "registry"]

_PORT = 5000
_PASSWORDS = "/etc/pytest-engine/htpasswd"  # a path


@dataclass(frozen=True)
class Registry(Server):
    """A registry of images, without TLS."""

    @property
    def url(self) -> str:
        """Its URL from here.

        It looks like `http://host:port`.
        """
        return f"http://{self.address}"

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on its network."""
        return f"http://{self.inner_address}"

    def image(self, name: str) -> str:
        """Write the name under which an image is pushed to it: `host:port/name`.

        Engines take a registry on a loopback address for one without TLS.
        """
        return f"{self.address}/{name}"


def registry(
    version: str = "2",
    *,
    htpasswd: str = "",
    delete: bool = True,
    proxy: str = "",
    **options: Unpack[Options],
) -> Fixture[Registry]:
    """Make a fixture that is a registry of images.

    Args:
        version: the tag of the image `registry`.
        htpasswd: who may log in: lines as `htpasswd -B` writes them (it takes bcrypt alone);
            empty: no login.
        delete: whether images can be deleted.
        proxy: be a mirror of the registry with this URL, such as `https://registry-1.docker.io`.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    if options.get("args"):
        raise InvalidInput("args: a registry is configured by env=, such as REGISTRY_LOG_LEVEL.")
    env = {"REGISTRY_STORAGE_DELETE_ENABLED": "true" if delete else "false"}
    if proxy:
        env["REGISTRY_PROXY_REMOTEURL"] = proxy
    files = {}
    if htpasswd:
        env["REGISTRY_AUTH"] = "htpasswd"
        env["REGISTRY_AUTH_HTPASSWD_REALM"] = "registry"
        env["REGISTRY_AUTH_HTPASSWD_PATH"] = _PASSWORDS
        files[_PASSWORDS] = htpasswd.encode()
    return preset(
        lambda container: Registry(container, _PORT),
        f"registry:{version}",
        ports=[_PORT],
        env=env,
        files=files,
        wait=wait.http("/v2/", port=_PORT, status=401 if htpasswd else 200),
        options=options,
    )
