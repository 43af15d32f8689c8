"""What the cases of the walk work with: an engine whose requests are written down."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pytest_engine.core.client import Engine
from pytest_engine.core.operations import OPERATIONS
from tests.core.scripted import Read, ScriptedServer, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.conftest import LabImages, Scratch

# Ends at once when it is stopped, which a process 1 without a handler does not.
SLEEP = ("sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait")

_WITH_SLASHES = ("/images/", "/distribution/", "/plugins/")


def _pattern(path: str) -> re.Pattern[str]:
    name = ".+" if path.startswith(_WITH_SLASHES) else "[^/]+"
    return re.compile(re.sub(r"\\\{[a-z]+\\\}", name, re.escape(path)))


_PATHS = {operation.id: _pattern(operation.path) for operation in OPERATIONS.values()}


@dataclass
class Asked:
    """What was asked for of an operation: parameters in the query, and headers in lower case."""

    query: set[str] = field(default_factory=set)
    headers: set[str] = field(default_factory=set)


def find_operation(method: str, path: str) -> str:
    """Name the operation that is served at a path, which is without a version.

    Raises:
        KeyError: there is none.
    """
    for operation in OPERATIONS.values():
        if operation.method == method and _PATHS[operation.id].fullmatch(path):
            return operation.id
    raise KeyError(f"no operation is served at {method} {path}")


@dataclass
class World:
    """An engine for a case, and what it asks of it.

    Attributes:
        engine: a client whose requests are written down.
        host: where that engine is itself; requests to it are not written down.
        scratch: names; what is made under them is removed after the case.
        image: the name of a small image, in the engine's store.
        lab: the lab's further images.
        registry: the lab's registry, host and port.
        folder: an empty folder.
        asked: what was asked for, by operation.
    """

    engine: Engine
    host: str
    scratch: Scratch
    image: str
    lab: LabImages
    registry: str
    folder: Path
    asked: dict[str, Asked] = field(default_factory=dict)

    def name(self, suffix: str = "x") -> str:
        """Return a name that nobody else has."""
        return self.scratch.name(suffix)

    def create(self, *command: str, suffix: str = "x", **config: Any) -> str:
        """Create a container, and name it."""
        body: Any = {"Image": self.image, "Cmd": list(command or SLEEP), **config}
        self.engine.containers.create(body, name=self.name(suffix))
        return self.name(suffix)

    def run(self, *command: str, suffix: str = "x", **config: Any) -> str:
        """Start a container, and name it."""
        name = self.create(*command, suffix=suffix, **config)
        self.engine.containers.start(name)
        return name

    @contextlib.contextmanager
    def scripted(
        self,
        *answers: bytes,
        api_version: str = "1.55",
        environ: Mapping[str, str] | None = None,
    ) -> Iterator[tuple[Engine, ScriptedServer]]:
        """Serve answers, one for each request, for what no engine of the lab serves.

        Yields:
            A client of the server, which speaks `api_version`, and the server.
        """
        script: list[Step] = []
        for answer in answers:
            script += [Read.REQUEST, answer]
        # Each request may come on a connection of its own.
        scripts = [script[start:] for start in range(0, len(script), 2)]
        with ScriptedServer(self.folder / f"{len(self.asked)}.sock", scripts) as server:
            with Engine(server.host, api_version=api_version, environ=environ or {}) as engine:
                yield engine, server
            for request in server.requests:
                self.note(request.method, request.target, request.headers)

    def note(self, method: str, target: str, headers: dict[str, str]) -> None:
        """Write a request down."""
        parts = urlsplit(target)
        path = re.sub(r"^/v1\.\d+", "", parts.path)
        asked = self.asked.setdefault(find_operation(method, path), Asked())
        asked.query.update(key for key, _value in parse_qsl(parts.query, keep_blank_values=True))
        asked.headers.update(name.lower() for name in headers)
