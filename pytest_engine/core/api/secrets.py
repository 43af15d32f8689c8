"""The secrets of a swarm: `/secrets/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..filters import Filters, encode_filters
from .swarm_objects import check_content, check_version

if TYPE_CHECKING:
    from ..types.engine import Secret, SecretCreateBody, SecretCreateResponse, SecretSpec
    from .call import Caller

__all__ = ["Secrets"]


class Secrets:
    """What the tasks of a swarm are told in files, and nobody else.

    `secret` arguments are names or ids. Only managers know them: every method raises
    `NotSwarmManager` elsewhere. Podman has secrets of its own, without a swarm.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def list(self, *, filters: Filters | None = None) -> list[Secret]:
        """List secrets, without their contents (`GET /secrets`).

        Args:
            filters: `{"name": ..., "label": [...], ...}`; a name stands for all that begin
                with it.
        """
        secrets: list[Secret] = self._caller.json(
            "SecretList", query={"filters": encode_filters(filters)}
        )
        return secrets

    def create(self, spec: SecretCreateBody) -> SecretCreateResponse:
        """Create a secret (`POST /secrets/create`).

        Args:
            spec: its `Name` and its content, `Data`, in base64 (RFC 4648).

        Raises:
            InvalidInput: `Data` is no base64, or the engine refuses what it holds.
            Conflict: there is one of that name.
        """
        check_content(spec, "secret")
        created: SecretCreateResponse = self._caller.json("SecretCreate", json_body=spec)
        return created

    def inspect(self, secret: str) -> Secret:
        """Tell all about a secret but its content (`GET /secrets/{id}`).

        Raises:
            NotFound: there is none of that name or id.
        """
        inspected: Secret = self._caller.json("SecretInspect", secret)
        return inspected

    def remove(self, secret: str) -> None:
        """Remove a secret (`DELETE /secrets/{id}`).

        Raises:
            Conflict: a service uses it.
        """
        self._caller.call("SecretDelete", secret)

    def update(self, secret: str, spec: SecretSpec, *, version: int) -> None:
        """Change a secret's labels, and nothing else (`POST /secrets/{id}/update`).

        Args:
            secret: name or id.
            spec: the whole of it, as `inspect` told it; its content need not be repeated.
            version: the `Version.Index` with which it was inspected.

        Raises:
            OutOfSequence: it has been updated since; inspect it again and retry.
            InvalidInput: more than the labels would change.
        """
        check_content(spec, "secret")
        self._caller.call(
            "SecretUpdate", secret, query={"version": check_version(version)}, json_body=spec
        )
