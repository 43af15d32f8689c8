"""The client: one `Engine` with one attribute per resource of the API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .api.build import Build
from .api.call import Caller
from .api.containers import Containers
from .api.exec import Exec
from .api.images import Images
from .api.networks import Networks
from .api.system import System
from .api.volumes import Volumes
from .auth import Credentials
from .discovery import resolve_endpoint
from .errors import InvalidInput
from .transport import Transport
from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .endpoint import Endpoint, Tls

__all__ = ["Engine"]


class Engine:
    """A container engine, Docker's or Podman's.

    Making one connects to nothing; the first call does. May be shared by threads and
    survives a fork. A context manager that closes its idle connections.

    Args:
        host: `unix:///path/docker.sock`, `tcp://host:port` or `ssh://user@host`. None:
            what the environment says (`DOCKER_HOST`, `DOCKER_CONTEXT`, Docker's current
            context, the default socket).
        tls: how a connection over TCP is encrypted. None: what the environment says
            (`DOCKER_TLS_VERIFY`, `DOCKER_TLS`, `DOCKER_CERT_PATH`), or the context.
        timeout: seconds that the engine may stay silent in a call that does not wait
            for something by its nature.
        api_version: the API version to speak, like `1.41`. None: `DOCKER_API_VERSION`
            of the environment, else the newest that both sides know.
        environ: the environment to read; the process's own by default.

    Attributes:
        endpoint: where the engine is.
        containers: containers.
        images: the engine's images, pulled and pushed.
        build: images built from Dockerfiles.
        exec: commands in running containers.
        networks: networks.
        volumes: volumes.
        system: version, information, events.

    Raises:
        InvalidInput: the address or the version is malformed or not supported, or files for
            TLS cannot be used.
    """

    def __init__(
        self,
        host: str | Endpoint | None = None,
        *,
        tls: Tls | None = None,
        timeout: float = 60.0,
        api_version: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Decide where the engine is; see the class."""
        env = os.environ if environ is None else environ
        is_number = isinstance(timeout, (int, float))  # not everybody checks types
        if not is_number or not timeout > 0:
            raise InvalidInput(f"timeout: {timeout!r} is not a number of seconds above 0.")
        self.endpoint = resolve_endpoint(host, env, tls)
        self._transport = Transport(
            self.endpoint, user_agent=f"pytest-engine/{VERSION}", connect_timeout=timeout
        )
        caller = Caller(self._transport, timeout, api_version or env.get("DOCKER_API_VERSION"))
        credentials = Credentials(env)
        self._caller = caller
        self.containers = Containers(caller)
        self.images = Images(caller, credentials)
        self.build = Build(caller, credentials)
        self.exec = Exec(caller)
        self.networks = Networks(caller)
        self.volumes = Volumes(caller)
        self.system = System(caller)

    @property
    def api_version(self) -> str:
        """The API version that is spoken; the first look asks the engine.

        Raises:
            ConnectionFailed: nobody answers.
            Incompatible: there is no version that both sides know.
        """
        major, minor = self._caller.version
        return f"{major}.{minor}"

    def close(self) -> None:
        """Close idle connections; a later call opens new ones."""
        self._transport.close()

    def __enter__(self) -> Engine:
        """Return the engine itself."""
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close idle connections."""
        self.close()

    def __repr__(self) -> str:
        """Show where the engine is."""
        return f"Engine({self.endpoint.url!r})"

    def __reduce__(self) -> str:
        """Refuse to be pickled: connections do not travel; send the address instead."""
        raise TypeError("An Engine cannot be pickled; pass Engine.endpoint.url and make another.")
