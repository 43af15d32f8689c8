"""Where a container is reached, and where it reaches the host that the tests run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..wait.reach import Address, address_of, why_no_address
from .hosting import HostAccess, host_access
from .part import Part

if TYPE_CHECKING:
    from ..types.engine import EndpointSettings

__all__ = ["Places"]


class Places(Part):
    """Addresses from here to a container, of it, and from it to here."""

    def address(self, port: int, protocol: str = "tcp") -> Address:
        """Find where a published port is reached from here.

        Returns:
            Host and port; `str()` of it is `host:port`. For an engine on this host that is
            loopback, for one elsewhere the engine's own host. Where this process itself runs
            in a container of the engine, it is the container's own address if both are on one
            network, else the engine's host as seen from here. What `PYTEST_ENGINE_PORTS_HOST`
            or `Engine(ports_host=...)` say wins.

        Raises:
            InvalidInput: the port is not published, or not where it could be reached; the
                message says which ports are, and where.
        """
        facts = self._known()
        address = address_of(facts, port, protocol)
        if not facts.is_alive:
            # It may have been started since, by somebody else.
            self.inspect()
            facts = self._known()
            address = address_of(facts, port, protocol)
        # Podman tells the ports of a container that has ended, too.
        if not facts.is_alive:
            raise InvalidInput(
                f"Container {facts.name} is {facts.state.get('Status')}, so none of its ports "
                "is published."
            )
        if address is None:
            raise InvalidInput(why_no_address(facts, port, protocol))
        return address

    def url(self, port: int, path: str = "", *, scheme: str = "http") -> str:
        """Write the URL of a published TCP port, as in `http://127.0.0.1:32768/health`.

        Args:
            port: the port in the container.
            path: what follows the port; a slash is put in front where it lacks one.
            scheme: what stands in front.

        Raises:
            InvalidInput: as for `address`.
        """
        slash = "/" if path and not path.startswith(("/", "?", "#")) else ""
        return f"{scheme}://{self.address(port)}{slash}{path}"

    def ip(self, network: str | None = None) -> str:
        """Find its own address on a network, which other containers reach it by.

        Args:
            network: the network's name; None: the only one that it is on.

        Raises:
            InvalidInput: it is not on that network, on several, or does not run.
        """
        name, settings = self._endpoint(network)
        address = settings.get("IPAddress") or settings.get("GlobalIPv6Address")
        if not address:
            raise InvalidInput(f"Container {self._known().name} has no address on network {name}.")
        return address

    def host_access(self, network: str | None = None) -> HostAccess:
        """Find where it reaches a server in this process, or elsewhere on this host.

        Args:
            network: the name of the network by which it does; None: the only one that it
                is on.

        Returns:
            The address to give to the container, and the one that the server has to listen
            on; see `host_access`.

        Raises:
            InvalidInput: it is not on that network, or on several, or there is no way from
                there to here.
        """
        if self._known().inspected.get("HostConfig", {}).get("NetworkMode") == "host":
            return host_access(self._engine, "host")
        return host_access(self._engine, self._endpoint(network)[0])

    def _endpoint(self, network: str | None) -> tuple[str, EndpointSettings]:
        facts = self._known()
        networks = facts.inspected.get("NetworkSettings", {}).get("Networks") or {}
        if network is None and len(networks) != 1:
            raise InvalidInput(
                f"Container {facts.name} is on {len(networks)} networks "
                f"({', '.join(networks) or 'none'}); say on which."
            )
        name = network if network is not None else next(iter(networks))
        if name not in networks:
            raise InvalidInput(
                f"Container {facts.name} is not on network {name} but on "
                f"{', '.join(networks) or 'none'}."
            )
        return name, networks[name]
