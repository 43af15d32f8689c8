"""A fact about an engine: a row of the page, and the function that finds out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from pytest_engine.core.errors import ApiError, Incompatible

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.scratch import Scratch

__all__ = ["Fact", "Ground", "Topic", "heading", "refusal"]


class Ground:
    """Where probes are made: an engine, and names for what they make there.

    Attributes:
        engine: a client of it.
        scratch: makes names, and removes at the end what has them.
    """

    image = "busybox"

    def __init__(self, engine: Engine, scratch: Scratch) -> None:
        self.engine = engine
        self.scratch = scratch

    def create(self, *command: str, suffix: str = "x", **config: Any) -> str:
        """Create a container and name it; without a command it stays when it is started."""
        body: Any = {
            "Image": self.image,
            "Cmd": list(command) or ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"],
            **config,
        }
        self.engine.containers.create(body, name=self.scratch.name(suffix))
        return self.scratch.name(suffix)

    def run(self, *command: str, **config: Any) -> str:
        """Start what `create` makes."""
        name = self.create(*command, **config)
        self.engine.containers.start(name)
        return name

    def output(self, name: str) -> str:
        """Start a container, wait until it has ended, and return what it has written."""
        self.engine.containers.start(name)
        self.engine.containers.wait(name, timeout=60)
        with self.engine.containers.logs(name) as output:
            return b"".join(output.read()).decode()


Probe = Callable[[Ground], str]


@dataclass(frozen=True)
class Fact:
    """A row of the page.

    Attributes:
        topic: the heading that it stands below.
        title: what is asked, as the page has it.
        probe: finds out what an engine does; a few words of Markdown.
    """

    topic: str
    title: str
    probe: Probe


class Topic:
    """Facts that stand below one heading, in the order of the file.

    Attributes:
        title: the heading.
        facts: what was added so far.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.facts: list[Fact] = []

    def fact(self, title: str) -> Callable[[Probe], Probe]:
        """Make a row of the page out of a function that finds out what an engine does."""

        def add(probe: Probe) -> Probe:
            self.facts.append(Fact(self.title, title, probe))
            return probe

        return add


def refusal(call: Callable[[], object]) -> str | None:
    """Call something and say how it was refused; None: it was not."""
    try:
        call()
    except Incompatible as exc:
        needed = re.search(r"API \d+\.\d+", str(exc))
        return f"`Incompatible`, needs {needed[0]}" if needed else "`Incompatible`"
    except ApiError as exc:
        return f"refused ({exc.status})"
    return None


def heading(engine: Engine) -> str:
    """Return the heading of an engine's column: its make and the release line."""
    version = engine.system.version()
    names = {component["Name"] for component in version.get("Components") or ()}
    make = "Podman" if "Podman Engine" in names else "Docker"
    return f"{make} {'.'.join(version['Version'].split('.')[:2])}"
