"""What outlives a run so that somebody can look at it, and how that is done."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING

from pytest_engine.core.errors import EngineError, NotFound
from pytest_engine.ownership.folders import endpoint_of

from .foreign import PROJECT_LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

    from pytest_engine.core.container import Container
    from pytest_engine.core.endpoint import Endpoint
    from pytest_engine.ownership.folders import Kept

    from .session import Resource, Session

__all__ = ["keep_used", "show_kept"]


def keep_used(session: Session, used: Iterable[Resource], test: str) -> None:
    """Have what a failed test used outlive the run."""
    if session.settings.keep != "failed":
        return
    chosen = [one for one in used if one.container is None or _stays(one.container)]
    images = {one.container.image for one in chosen if one.container is not None}
    # A container cannot be started again without its image.
    chosen += [one for one in [*session.live] if one.kind == "image" and one.id in images]
    for resource in chosen:
        session.keep(resource, test)


def _stays(container: Container) -> bool:
    """Tell whether a container is there, and does not go with its Compose project."""
    try:
        labels = container.inspect().get("Config", {}).get("Labels") or {}
    except NotFound:
        return False
    except EngineError:
        # It is away, which is no reason to remove anything.
        return True
    return PROJECT_LABEL not in labels


def show_kept(
    reporter: pytest.TerminalReporter, session: str, kept: list[Kept], *, lost: bool
) -> None:
    """Say at the end of the run what was kept, and how to look at it and remove it.

    Args:
        reporter: the terminal.
        session: the run.
        kept: that.
        lost: whether there was more, on an engine of the run's own.
    """
    reporter.section("containers: kept")
    if lost:
        reporter.write_line(
            "Nothing on the private engine, which has ended with the run "
            "(--engine-missing=private)."
        )
    if not kept:
        return
    for test in dict.fromkeys(one.test for one in kept):
        reporter.write_line(f"{test}:")
        for one in kept:
            if one.test == test:
                for line in _lines(one):
                    reporter.write_line(f"  {line}")
    until = time.strftime("%Y-%m-%d %H:%M", time.localtime(min(one.until for one in kept)))
    reporter.write_line(
        f"Remove all: python -m pytest_engine sweep --session {session[:12]} "
        f"(a later run does it after {until})"
    )


def _lines(one: Kept) -> Iterator[str]:
    yield f"{one.kind} {one.fixture} ({one.name})"
    if one.kind == "container":
        command = _command(endpoint_of(dict(one.engine)))
        yield f"  {command} logs {one.name}"
        yield f"  {command} exec -it {one.name} sh"
        yield f"  {command} inspect {one.name}"


def _command(endpoint: Endpoint) -> str:
    """Write how the engine's command line is told which engine is meant."""
    if "podman" in endpoint.path:
        return f"podman --url {shlex.quote(endpoint.url)}"
    words = ["docker", "-H", endpoint.url]
    tls = endpoint.tls
    if tls is not None:
        words.append("--tlsverify" if tls.verify else "--tls")
        files = (("cacert", tls.ca), ("cert", tls.cert), ("key", tls.key))
        words += [f"--tls{name}={path}" for name, path in files if path]
    return shlex.join(words)
