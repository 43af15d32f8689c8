"""The services of a swarm: `/services/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..filters import Filters, encode_filters
from ..reference import parse_reference
from .swarm_logs import read_logs
from .swarm_objects import check_version

if TYPE_CHECKING:
    from typing import Literal

    from ..auth import Credentials
    from ..moment import Moment
    from ..types.engine import (
        Service,
        ServiceCreateBody,
        ServiceCreateResponse,
        ServiceSpec,
        ServiceUpdateBody,
        ServiceUpdateResponse,
    )
    from .call import Caller
    from .output import OutputStream

__all__ = ["Services"]

_LOGINS = ("spec", "previous-spec")
_ROLLBACKS = ("previous",)


class Services:
    """What a swarm is to keep running. `service` arguments are names or ids.

    Only managers know them: every method raises `NotSwarmManager` elsewhere.
    """

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`, and log in to registries with `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def list(self, *, filters: Filters | None = None, status: bool = False) -> list[Service]:
        """List services (`GET /services`).

        Args:
            filters: `{"name": ..., "label": [...], "mode": "global", ...}`; a name stands for
                all that begin with it.
            status: with how many tasks run and how many should (`ServiceStatus`).
        """
        services: list[Service] = self._caller.json(
            "ServiceList", query={"filters": encode_filters(filters), "status": status or None}
        )
        return services

    def create(self, spec: ServiceCreateBody) -> ServiceCreateResponse:
        """Create a service (`POST /services/create`).

        Its tasks start some time after that. Nodes get the login to the registry of its
        image, where Docker's configuration has one, and the swarm keeps it.

        Raises:
            Conflict: the name is taken.
            PortInUse: another service publishes a port that it is to publish.
            NetworkNotFound: there is no network that it is to be on.
            InvalidInput: the engine refuses the specification, or the image is no reference.
        """
        created: ServiceCreateResponse = self._caller.json(
            "ServiceCreate", json_body=spec, headers=self._login(spec)
        )
        return created

    def inspect(self, service: str, *, insert_defaults: bool = False) -> Service:
        """Tell all about a service (`GET /services/{id}`).

        Args:
            service: name or id.
            insert_defaults: with the values of what its specification leaves out.

        Raises:
            NotFound: there is none of that name or id.
        """
        inspected: Service = self._caller.json(
            "ServiceInspect", service, query={"insertDefaults": insert_defaults or None}
        )
        return inspected

    def remove(self, service: str) -> None:
        """Remove a service (`DELETE /services/{id}`); its containers end after that."""
        self._caller.call("ServiceDelete", service)

    def update(
        self,
        service: str,
        spec: ServiceUpdateBody,
        *,
        version: int,
        registry_auth_from: Literal["spec", "previous-spec"] | None = None,
        rollback: Literal["previous"] | None = None,
    ) -> ServiceUpdateResponse:
        """Change a service (`POST /services/{id}/update`).

        Its tasks are replaced after that, as its `UpdateConfig` says.

        Args:
            service: name or id.
            spec: the whole of it: what is left out falls back to its default.
            version: the `Version.Index` with which it was inspected.
            registry_auth_from: take the login to the registry from the specification that
                is replaced (`spec`) or from the one before that (`previous-spec`). None: as
                `create` does, and where there is no login, the one that the service has.
            rollback: `previous`: go back to the specification before; `spec` then counts
                for nothing but its name.

        Raises:
            OutOfSequence: it has been updated since; inspect it again and retry.
            InvalidInput: the engine refuses the specification, or the image is no reference.
            Conflict: there is no specification before.
        """
        _check_choice("registry_auth_from", registry_auth_from, _LOGINS)
        _check_choice("rollback", rollback, _ROLLBACKS)
        updated: ServiceUpdateResponse = self._caller.json(
            "ServiceUpdate",
            service,
            query={
                "version": check_version(version),
                "registryAuthFrom": registry_auth_from,
                "rollback": rollback,
            },
            json_body=spec,
            # Before a login that is sent, engines forget where to take one from.
            headers=self._login(spec) if registry_auth_from is None else None,
        )
        return updated

    def logs(
        self,
        service: str,
        *,
        follow: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        since: Moment | None = None,
        tail: int | None = None,
        timestamps: bool = False,
        details: bool = False,
        tty: bool | None = None,
    ) -> OutputStream:
        """Read what the tasks of a service logged (`GET /services/{id}/logs`).

        Args:
            service: name or id.
            follow: go on with what they log from now on, until the stream is closed.
            stdout: with their standard output.
            stderr: with their standard error.
            since: not before this moment; see `encode_moment` for its forms.
            tail: only so many last lines of each task.
            timestamps: begin every line with its time (RFC 3339, nanoseconds).
            details: begin every line with where it comes from:
                `com.docker.swarm.node.id=...,com.docker.swarm.task.id=...`.
            tty: whether the tasks have terminals. None: find out, which before API 1.42
                takes an inspect.
        """
        return read_logs(
            self._caller,
            "ServiceLogs",
            service,
            has_terminal=lambda: _has_terminal(self.inspect(service)),
            follow=follow,
            stdout=stdout,
            stderr=stderr,
            since=since,
            tail=tail,
            timestamps=timestamps,
            details=details,
            tty=tty,
        )

    def _login(self, spec: ServiceSpec) -> dict[str, str]:
        image: object = spec
        # Not everybody checks types; what the engine cannot read either, it refuses.
        for step in ("TaskTemplate", "ContainerSpec", "Image"):
            image = image.get(step) if isinstance(image, dict) else None
        if not isinstance(image, str):
            return {}
        return self._credentials.authorization(parse_reference(image))


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    # Engines answer something else with 500, as if it were their fault.
    if value is not None and value not in choices:
        raise InvalidInput(f"{name}: {value!r:.80} is not {' or '.join(choices)}.")


def _has_terminal(service: Service) -> bool:
    template = service.get("Spec", {}).get("TaskTemplate", {})
    return bool(template.get("ContainerSpec", {}).get("TTY"))
