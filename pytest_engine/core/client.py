"""The client: one `Engine` with one attribute per resource of the API."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, overload

from .api.asked import LONGEST_WAIT
from .api.call import Caller
from .discovery import resolve_endpoint
from .endpoint import parse_host
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
    from .auth import Credentials
    from .endpoint import Endpoint, Tls
    from .standpoint import Standpoint

__all__ = ["Engine"]

_PORTS_HOST = "PYTEST_ENGINE_PORTS_HOST"

Resource = TypeVar("Resource")


class _resource(Generic[Resource]):  # noqa: N801 - it is used like property
    """An attribute that is made, and its module imported, when it is first used.

    As `functools.cached_property`, without the lock that a fork could find taken. The import is
    dynamic because Ansible packs for a target whatever import statements name: so each of its
    modules names the resources that it uses, and no others travel.
    """

    def __init__(self, home: str, doc: str, *, credentials: bool = False) -> None:
        self._module, _dot, self._class = home.rpartition(".")
        self._credentials = credentials
        self.__doc__ = doc

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, engine: None, owner: type[object]) -> _resource[Resource]: ...

    @overload
    def __get__(self, engine: Engine, owner: type[object]) -> Resource: ...

    def __get__(self, engine: Engine | None, owner: type[object]) -> object:
        if engine is None:
            return self
        module = import_module(f".api.{self._module}", __package__)
        parts: list[object] = [engine._caller]  # noqa: SLF001  # they are of one piece
        if self._credentials:
            parts.append(engine.credentials)
        made = getattr(module, self._class)(*parts)
        engine.__dict__[self._name] = made
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
            for something by its nature, and that an answer which has begun may take.
        api_version: the API version to speak, like `1.41`. None: `DOCKER_API_VERSION`
            of the environment, else the newest that both sides know.
        environ: the environment to read, proxies included; the process's own by default.
        ports_host: the host at which the ports that containers publish are reached, where
            that cannot be found out. None: `PYTEST_ENGINE_PORTS_HOST` of the environment,
            else it is found out.

    Attributes:
        endpoint: where the engine is.
        timeout: as it was stated.
        ports_host: as it was stated; empty: it is found out.
        standpoint: where this process stands as seen from the engine, once somebody has
            asked (`pytest_engine.core.wait.standing`).

    Raises:
        InvalidInput: an address or the version is malformed or not supported, or files for
            TLS cannot be used.
    """

    containers: _resource[Containers] = _resource("containers.Containers", "Containers.")
    images: _resource[Images] = _resource(
        "images.Images", "The engine's images, pulled, pushed, saved and loaded.", credentials=True
    )
    build: _resource[Build] = _resource(
        "build.Build", "Images built from Dockerfiles.", credentials=True
    )
    exec: _resource[Exec] = _resource("exec.Exec", "Commands in running containers.")
    networks: _resource[Networks] = _resource("networks.Networks", "Networks.")
    volumes: _resource[Volumes] = _resource("volumes.Volumes", "Volumes.")
    system: _resource[System] = _resource(
        "system.System", "Version, information, events.", credentials=True
    )
    swarm: _resource[Swarm] = _resource(
        "swarm.Swarm", "The swarm that the engine is, or can be, a node of."
    )
    nodes: _resource[Nodes] = _resource("nodes.Nodes", "The nodes of the swarm.")
    services: _resource[Services] = _resource(
        "services.Services", "What the swarm keeps running.", credentials=True
    )
    tasks: _resource[Tasks] = _resource("tasks.Tasks", "The containers that services are made of.")
    secrets: _resource[Secrets] = _resource(
        "secrets.Secrets", "Values that only services get to see."
    )
    configs: _resource[Configs] = _resource("configs.Configs", "Files for services.")
    plugins: _resource[Plugins] = _resource(
        "plugins.Plugins", "Plugins of the engine.", credentials=True
    )
    distribution: _resource[Distribution] = _resource(
        "distribution.Distribution", "Images as registries have them.", credentials=True
    )
    session: _resource[Session] = _resource(
        "session.Session", "Connections on which the engine calls back."
    )

    def __init__(
        self,
        host: str | Endpoint | None = None,
        *,
        tls: Tls | None = None,
        timeout: float = 60.0,
        api_version: str | None = None,
        environ: Mapping[str, str] | None = None,
        ports_host: str | None = None,
    ) -> None:
        """Decide where the engine is; see the class."""
        env = os.environ if environ is None else environ
        is_number = isinstance(timeout, (int, float))  # not everybody checks types
        if not (is_number and 0 < timeout <= LONGEST_WAIT):  # so that NaN is refused, too
            raise InvalidInput(
                f"timeout: {timeout!r:.80} is not a number of seconds above 0, and up to "
                f"{LONGEST_WAIT}."
            )
        self.endpoint = resolve_endpoint(host, env, tls)
        self.timeout = timeout
        if ports_host is None:
            self.ports_host = parse_host(env.get(_PORTS_HOST, ""), _PORTS_HOST)
        else:
            self.ports_host = parse_host(ports_host, "ports_host")
        self.standpoint: Standpoint | None = None
        self._transport = Transport(
            self.endpoint,
            user_agent=f"pytest-engine/{VERSION}",
            connect_timeout=timeout,
            environ=env,
        )
        self._caller = Caller(
            self._transport, timeout, api_version or env.get("DOCKER_API_VERSION")
        )
        self._env = env

    @property
    def credentials(self) -> Credentials:
        """The logins to registries that pulls, pushes, builds and services use."""
        from .auth import Credentials

        # Of two threads that come at once, both get the same ones.
        made: Credentials = self.__dict__.setdefault("_credentials", Credentials(self._env))
        return made

    @property
    def api_version(self) -> str:
        """The API version that is spoken; the first look asks the engine.

        Raises:
            ConnectionFailed: nobody answers.
            Incompatible: there is no version that both sides know.
        """
        major, minor = self._caller.version
        return f"{major}.{minor}"

    @property
    def is_podman(self) -> bool:
        """Whether the engine is Podman, which it tells together with its version.

        Raises:
            ConnectionFailed, Incompatible: as for `api_version`.
        """
        return self._caller.is_podman

    def check_call(self, operation: str, *names: str, json_body: object = None) -> None:
        """Check that an operation can be called so, without calling it.

        For plans whose first steps would have to be taken back if a later one were refused.

        Args:
            operation: its id in the table of operations, such as `ContainerCreate`.
            names: what its path names, in that order.
            json_body: its body.

        Raises:
            InvalidInput: a name cannot be sent.
            Incompatible: the API version that is spoken lacks the operation, or a field of the
                body that is stated.
            ConnectionFailed: nobody answers, as for `api_version`.
        """
        self._caller.check_call(operation, *names, json_body=json_body)

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
