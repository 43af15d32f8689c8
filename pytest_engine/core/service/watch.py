"""What a service asks for that no swarm does by itself: autodestroy and autoredeploy."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ..api.asked import check_seconds
from ..errors import (
    Conflict,
    ConnectionFailed,
    EngineError,
    NotFound,
    NotSwarmManager,
    Timeout,
)
from ..moment import encode_nanoseconds, parse_moment
from ..polling import until_led
from .links import LinkedServiceMissing
from .services import LiveServices
from .states import WrongState

if TYPE_CHECKING:
    from typing import Callable

    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from .service import LiveService

__all__ = ["look_once", "watch"]

# What these tell of, only the swarm's managers and this node's engine know; the rest is found
# when it is looked at again.
_EVENTS = {"type": ["service", "container"], "event": ["create", "update", "die"]}


def look_once(services: LiveServices, tell: Callable[[str], object] = lambda _text: None) -> int:
    """Do what is due now: terminate what has ended, and redeploy what has a newer image.

    Two of them at once do no harm: whoever comes second finds it done.

    Args:
        services: those to look at.
        tell: is told what is done, and what cannot be.

    Returns:
        How many services were terminated or redeployed.
    """
    done = 0
    for service in until_led(services.list):
        try:
            said = _destroy(service) or _redeploy(services, service, tell)
        except LinkedServiceMissing as exc:
            tell(str(exc))
            continue
        except (NotFound, WrongState, Conflict):
            # Somebody else was faster.
            continue
        except ConnectionFailed:
            raise
        except EngineError as exc:
            tell(f"{service.name}: {exc}")
            continue
        if said:
            done += 1
            tell(f"{service.name}: {said}")
    return done


def watch(
    engine: Engine,
    *,
    interval: float = 30.0,
    until: Callable[[], bool] = lambda: False,
    tell: Callable[[str], object] = lambda _text: None,
) -> None:
    """Look whenever something happens, and every so often.

    Containers that end on other nodes make no event here, and a registry makes none at all;
    so this looks again when the interval is over.

    Args:
        engine: a manager.
        interval: seconds between two looks at which nothing has happened.
        until: says when to end; asked after each look.
        tell: is told what is done, and what cannot be.

    Raises:
        InvalidInput: the interval cannot be waited.
        ConnectionFailed: the engine is lost.
        NotSwarmManager: the engine manages no swarm.
    """
    check_seconds(interval, "interval")
    services = LiveServices(engine)
    pause = max(interval, 1.0)
    while True:
        began = time.monotonic()
        since = time.time_ns()
        try:
            # The engine's clock is what the events are told by.
            since = parse_moment(engine.system.info()["SystemTime"])
            look_once(services, tell)
        except (ConnectionFailed, NotSwarmManager):
            raise
        except EngineError as exc:
            tell(f"The services cannot be looked at: {exc}")
        if until():
            return
        with engine.system.events(
            since=encode_nanoseconds(since),
            until=encode_nanoseconds(since + int(pause * 1e9)),
            filters=_EVENTS,
        ) as events:
            # The first that happens, or none until the engine ends the stream.
            has_happened = next(iter(events), None) is not None
        if not has_happened:
            # An engine whose clock was set meanwhile may end it too soon.
            time.sleep(max(0.0, began + pause - time.monotonic()))


def _destroy(service: LiveService) -> str:
    definition = service.definition
    if definition.autodestroy == "OFF" or not service.life.is_deployed:
        return ""
    counts = service.counts
    is_over = counts.stopped > 0 and counts.stopped == counts.current and not counts.stopping
    if not is_over or service.state != "Stopped":
        return ""
    if definition.autodestroy == "ON_SUCCESS" and not counts.has_succeeded:
        return ""
    try:
        service.terminate()
    except Timeout:
        # It goes, but not yet.
        return "being terminated: its containers have ended"
    return "terminated: its containers have ended"


def _redeploy(services: LiveServices, service: LiveService, tell: Callable[[str], object]) -> str:
    if not service.definition.autoredeploy or service.state not in ("Running", "Partly running"):
        return ""
    digest = services.digest(service.definition)
    if digest is None:
        # It is asked again the next time.
        tell(f"{service.name}: the registry does not tell what {service.definition.image} is")
        return ""
    if digest == service.life.digest:
        return ""
    if service.life.digest is None:
        # It was deployed when the registry did not answer: from now on there is something to
        # compare with.
        service.note(digest=digest)
        return ""
    service.redeploy(digest=digest)
    return f"redeployed: its image is {digest} now"
