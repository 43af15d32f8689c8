"""The client: one `Engine` with one attribute per resource of the API."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar, overload

from .api.call import Caller
from .auth import Credentials
from .discovery import resolve_endpoint
from .errors import InvalidInput
from .transport import Transport
from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from .api.build import Build
    from .api.configs import Configs
    from .api.containers import Containers
    from .api.distribution import Distribution
    from .api.exec import Exec
    from .api.images import Images
    from .api.networks import Networks
    from .api.nodes import Nodes
    from .api.plugins import Plugins
    from .api.secrets import Secrets
    from .api.services import Services
    from .api.session import Session
    from .api.swarm import Swarm
    from .api.system import System
    from .api.tasks import Tasks
    from .api.volumes import Volumes
    from .endpoint import Endpoint, Tls

__all__ = ["Engine"]


Resource = TypeVar("Resource")


class _resource(Generic[Resource]):  # noqa: N801 - it is used like property
    """An attribute that is made, and its module imported, when it is first used.

    As `functools.cached_property`, without the lock that a fork could find taken.
    """

    def __init__(self, make: Callable[[Any], Resource]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, engine: None, owner: type[object]) -> _resource[Resource]: ...

    @overload
    def __get__(self, engine: object, owner: type[object]) -> Resource: ...

    def __get__(self, engine: object | None, owner: type[object]) -> object:
        if engine is None:
            return self
        made = engine.__dict__[self._name] = self._make(engine)
        return made


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
        credentials: the logins to registries that pulls, pushes, builds and services use.

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
        self._caller = Caller(
            self._transport, timeout, api_version or env.get("DOCKER_API_VERSION")
        )
        self.credentials = Credentials(env)

    @_resource
    def containers(self) -> Containers:
        """Containers."""
        from .api.containers import Containers

        return Containers(self._caller)

    @_resource
    def images(self) -> Images:
        """The engine's images, pulled, pushed, saved and loaded."""
        from .api.images import Images

        return Images(self._caller, self.credentials)

    @_resource
    def build(self) -> Build:
        """Images built from Dockerfiles."""
        from .api.build import Build

        return Build(self._caller, self.credentials)

    @_resource
    def exec(self) -> Exec:
        """Commands in running containers."""
        from .api.exec import Exec

        return Exec(self._caller)

    @_resource
    def networks(self) -> Networks:
        """Networks."""
        from .api.networks import Networks

        return Networks(self._caller)

    @_resource
    def volumes(self) -> Volumes:
        """Volumes."""
        from .api.volumes import Volumes

        return Volumes(self._caller)

    @_resource
    def system(self) -> System:
        """Version, information, events."""
        from .api.system import System

        return System(self._caller, self.credentials)

    @_resource
    def swarm(self) -> Swarm:
        """The swarm that the engine is, or can be, a node of."""
        from .api.swarm import Swarm

        return Swarm(self._caller)

    @_resource
    def nodes(self) -> Nodes:
        """The nodes of the swarm."""
        from .api.nodes import Nodes

        return Nodes(self._caller)

    @_resource
    def services(self) -> Services:
        """What the swarm keeps running."""
        from .api.services import Services

        return Services(self._caller, self.credentials)

    @_resource
    def tasks(self) -> Tasks:
        """The containers that services are made of."""
        from .api.tasks import Tasks

        return Tasks(self._caller)

    @_resource
    def secrets(self) -> Secrets:
        """Values that only services get to see."""
        from .api.secrets import Secrets

        return Secrets(self._caller)

    @_resource
    def configs(self) -> Configs:
        """Files for services."""
        from .api.configs import Configs

        return Configs(self._caller)

    @_resource
    def plugins(self) -> Plugins:
        """Plugins of the engine."""
        from .api.plugins import Plugins

        return Plugins(self._caller, self.credentials)

    @_resource
    def distribution(self) -> Distribution:
        """Images as registries have them."""
        from .api.distribution import Distribution

        return Distribution(self._caller, self.credentials)

    @_resource
    def session(self) -> Session:
        """Connections on which the engine calls back."""
        from .api.session import Session

        return Session(self._caller)

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
