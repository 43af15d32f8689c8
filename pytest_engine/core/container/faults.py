"""Faults that last for a block and are undone at its end, whatever happens in it."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

from ..errors import ApiError, InvalidInput
from ..wait import DEFAULT_TIMEOUT, wait_for
from .attached import attachments_of, rejoin
from .part import Part
from .partition import separate
from .undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..wait import Ready

__all__ = ["Faults"]


class Faults(Part):
    """What can go wrong with a container, for as long as a block lasts.

    All of them raise `FaultNotUndone` at the end of the block if the container cannot be
    brought back, as when the block has removed it.
    """

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Freeze its processes for a block: connections stay open, and nobody answers.

        Raises:
            Conflict: it does not run, or is paused already.
            FaultNotUndone: it cannot go on.
        """
        with Undoing(f"The pause of container {self.name}") as undoing:
            self._engine.containers.pause(self._id)
            undoing.later("its processes are frozen", self._resume)
            yield

    @contextlib.contextmanager
    def stopped(
        self,
        *,
        timeout: int | None = None,
        wait: Ready | None = None,
        wait_timeout: float = DEFAULT_TIMEOUT,
    ) -> Iterator[None]:
        """Stop it for a block, and start it again.

        A host port that the engine chose may be another one afterwards: ask `address` again.

        Args:
            timeout: seconds until it is killed, 0: at once; None: the container's own.
            wait: what has to hold after it was started again; None: nothing.
            wait_timeout: seconds until then.

        Raises:
            InvalidInput: it does not run, or the engine removes it when it stops.
            FaultNotUndone: it cannot be started, or is not ready in time.
        """
        inspected = self.inspect()
        if not inspected.get("State", {}).get("Running"):
            raise InvalidInput(f"Container {self.name} does not run, so it cannot be stopped.")
        if inspected.get("HostConfig", {}).get("AutoRemove"):
            raise InvalidInput(
                f"Container {self.name} is removed by the engine as soon as it stops; create it "
                "without auto_remove."
            )
        with Undoing(f"The stop of container {self.name}") as undoing:
            if wait is not None:
                undoing.later(
                    "it is not ready again",
                    functools.partial(wait_for, self, wait, wait_timeout),
                )
            undoing.later("it is not started", functools.partial(self._start_again))
            self._facts = None
            self._engine.containers.stop(self._id, timeout=timeout)
            yield

    @contextlib.contextmanager
    def disconnected(
        self, network: str | None = None, *, keep_address: bool = True
    ) -> Iterator[None]:
        """Take it off a network, or all of them, for a block.

        It comes back with its aliases and its addresses. On a network without a subnet of its
        own engines take no wishes: there it gets the first free address, which is another one
        if somebody else has got its own meanwhile. Host ports that the engine chose may be
        other ones afterwards: ask `address` again.

        Args:
            network: the network's name; None: all that it is on.
            keep_address: whether an address other than before is an error.

        Raises:
            InvalidInput: it is not on that network, or has no network of its own.
            FaultNotUndone: it cannot be connected again, or has another address.
        """
        attached = [one for one in attachments_of(self.inspect()) if network in (None, one.network)]
        if not attached:
            where = "on no network" if network is None else f"not on network {network}"
            raise InvalidInput(f"Container {self.name} is {where}.")
        with Undoing(f"The disconnection of container {self.name}") as undoing:
            # Once all is done; what is known of it now will not be true any more.
            undoing.later("", self._forget)
            # From the last, so that it comes back to the first one first.
            for one in reversed(attached):
                self._engine.networks.disconnect(one.network_id, one.container)
                undoing.later(
                    f"it is not on network {one.network}",
                    functools.partial(rejoin, self._engine, one, keep_address=keep_address),
                )
            self._forget()
            yield

    @contextlib.contextmanager
    def partitioned(self, other: Part, *, keep_address: bool = True) -> Iterator[None]:
        """Keep it and another container from reaching each other for a block.

        All others on their common networks reach both, and both reach all others, by name:
        this container moves to a network of its own meanwhile, which all but `other` join.
        So its open connections break, its address there is another one for the block, and
        host ports that the engine chose may change. Ports that are published on the engine's
        host are reached there by everybody, also by the two. With Podman, which does not keep
        networks apart, `other` could still reach it at its address of that time.

        Args:
            other: the other container.
            keep_address: whether an address other than before, at the end, is an error; see
                `disconnected`.

        Raises:
            InvalidInput: they share no network, or one that knows no names, or that is not of
                the bridge driver.
            FaultNotUndone: the networks cannot be put back as they were.
        """
        one, another = self.inspect(), other.inspect()
        with Undoing(f"The partition of containers {self.name} and {other.name}") as undoing:
            undoing.later("", self._forget)
            separate(self._engine, one, another, undoing, keep_address=keep_address)
            self._forget()
            yield

    def _resume(self) -> None:
        try:
            self._engine.containers.unpause(self._id)
        except ApiError:
            # The block may have done it, by a restart for one.
            state = self.inspect().get("State", {})
            if state.get("Status") != "running":
                raise

    def _start_again(self) -> None:
        self._facts = None
        self._engine.containers.start(self._id)

    def _forget(self) -> None:
        self._facts = None
