"""The swarm that an engine belongs to: `/swarm/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .swarm_objects import check_version

if TYPE_CHECKING:
    from ..types.engine import (
        Swarm as SwarmObject,
    )
    from ..types.engine import (
        SwarmInitBody,
        SwarmJoinBody,
        SwarmSpec,
        SwarmUnlockBody,
        SwarmUnlockkeyResponse,
    )
    from .call import Caller

__all__ = ["Swarm"]


class Swarm:
    """The swarm of an engine: how it comes, grows, is configured and goes.

    What an engine knows of its own part in it is in `system.info()["Swarm"]`, also where it
    is no manager.
    """

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def inspect(self) -> SwarmObject:
        """Tell all about the swarm, with the tokens by which engines join (`GET /swarm`).

        Raises:
            NotSwarmManager: the engine manages no swarm.
        """
        inspected: SwarmObject = self._caller.json("SwarmInspect")
        return inspected

    def init(self, config: SwarmInitBody) -> str:
        """Found a swarm of which this engine is the first manager (`POST /swarm/init`).

        Args:
            config: at least where to listen for other engines: `{"ListenAddr":
                "0.0.0.0:2377"}`; with `AdvertiseAddr` where the engine has several addresses.

        Returns:
            The id of this engine's node.

        Raises:
            AlreadyInSwarm: the engine is in a swarm.
            InvalidInput: the engine cannot use the addresses.
        """
        node: str = self._caller.json("SwarmInit", json_body=config, endless=True)
        return node

    def join(self, config: SwarmJoinBody) -> None:
        """Make this engine a node of a swarm that exists (`POST /swarm/join`).

        Args:
            config: where to listen (`ListenAddr`), the addresses of managers
                (`RemoteAddrs`, `["192.0.2.1:2377"]`), and one of the swarm's tokens
                (`JoinToken`), which decides between worker and manager.

        Raises:
            AlreadyInSwarm: the engine is in a swarm.
            InvalidInput: the manager does not know the token.
            ServerError: no manager answers, which the engine takes 10 s to find out.
        """
        self._caller.call("SwarmJoin", json_body=config, endless=True)

    def leave(self, *, force: bool = False) -> None:
        """Take this engine out of its swarm (`POST /swarm/leave`).

        The containers of its tasks are removed. Its node stays in the list of nodes, as one
        that is down, until `nodes.remove`.

        Args:
            force: also as a manager, whose knowledge of the swarm is lost: with the last
                one, the swarm is gone.

        Raises:
            NotSwarmManager: the engine is in no swarm.
            Conflict: it is a manager.
        """
        self._caller.call("SwarmLeave", query={"force": force or None}, endless=True)

    def update(
        self,
        spec: SwarmSpec,
        *,
        version: int,
        rotate_worker_token: bool = False,
        rotate_manager_token: bool = False,
        rotate_manager_unlock_key: bool = False,
    ) -> None:
        """Configure the swarm, or make its tokens and its key anew (`POST /swarm/update`).

        Args:
            spec: the whole of it: what is left out falls back to its default.
            version: the `Version.Index` with which `inspect` told the present one.
            rotate_worker_token: no worker can join with the present token any more.
            rotate_manager_token: no manager can.
            rotate_manager_unlock_key: the present key unlocks nothing any more.

        Raises:
            OutOfSequence: the swarm has been updated since; inspect it again and retry.
        """
        self._caller.call(
            "SwarmUpdate",
            query={
                "version": check_version(version),
                "rotateWorkerToken": rotate_worker_token or None,
                "rotateManagerToken": rotate_manager_token or None,
                "rotateManagerUnlockKey": rotate_manager_unlock_key or None,
            },
            json_body=spec,
        )

    def unlock_key(self) -> SwarmUnlockkeyResponse:
        """Tell the key that unlocks managers after a restart (`GET /swarm/unlockkey`).

        `{"UnlockKey": ""}` where managers do not lock themselves
        (`EncryptionConfig.AutoLockManagers`).
        """
        key: SwarmUnlockkeyResponse = self._caller.json("SwarmUnlockkey")
        return key

    def unlock(self, key: SwarmUnlockBody) -> None:
        """Unlock a manager that has been restarted (`POST /swarm/unlock`).

        Args:
            key: what `unlock_key` told: `{"UnlockKey": "SWMKEY-1-..."}`.

        Raises:
            Conflict: the manager is not locked.
            InvalidInput: the key is not that of this swarm.
        """
        self._caller.call("SwarmUnlock", json_body=key, endless=True)
