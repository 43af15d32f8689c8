"""What fails by chance and is tried again: pulls, and ports of the engine's choice."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Callable

from pytest_engine.core.errors import PortInUse, PullFailed

if TYPE_CHECKING:
    from pytest_engine.core.container import Container
    from pytest_engine.core.spec.container import ContainerSpec

    from .progress import Speaker

__all__ = ["pull_patiently", "start_patiently", "states_host_port"]

# Seconds before each further try.
_PULL_PAUSES = (1.0, 3.0)
_START_PAUSES = (0.1, 0.5, 1.0)
# What engines tell of a network or a registry that may do better in a moment. A host that does not
# exist, a login that is refused and an image that is not there do not change.
_BY_CHANCE = re.compile(
    r"i/o timeout|TLS handshake timeout|connection reset|connection refused|broken pipe"
    r"|unexpected EOF|: EOF$|context deadline exceeded|Client\.Timeout|server misbehaving"
    r"|temporary failure in name resolution|network is unreachable|no route to host"
    r"|\b50[0234] |status: 50[0234]|(?i:bad gateway|service unavailable|gateway time-?out)"
)


def pull_patiently(
    pull: Callable[[], None],
    name: str,
    speaker: Speaker,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Pull an image; where the network fails, three times, and say so.

    Raises:
        PullFailed: the last failure, or the first one that a further try would not change.
    """
    for pause in _PULL_PAUSES:
        try:
            return pull()
        except PullFailed as exc:
            if not _BY_CHANCE.search(exc.detail):
                raise
            speaker.say(f"pulling {name} failed ({exc.detail}); trying again in {pause:g} s")
        sleep(pause)
    return pull()


def start_patiently(
    container: Container,
    spec: ContainerSpec,
    speaker: Speaker,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Start a container; where a port that the engine chose is taken, again with another.

    Engines choose a port before they bind it, and somebody else may be faster. A port that
    is stated stays taken, so it is not tried again.

    Raises:
        PortInUse: a stated port is taken, or the engine chose badly four times.
    """
    for pause in _START_PAUSES:
        try:
            return container.start()
        except PortInUse:
            if states_host_port(spec):
                raise
            speaker.say(f"a port that the engine chose for {container.name} is taken; once more")
        sleep(pause)
    return container.start()


def states_host_port(spec: ContainerSpec) -> bool:
    """Whether a container is to have a certain port of the host."""
    return any(port.host_port and not port.host_port_end for port in spec.published)
