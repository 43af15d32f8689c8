"""The contestants: each does the same work the way that its own documentation shows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["BARE", "CONTESTANTS", "OURS", "Client", "open_client"]

BARE = "bare socket"
OURS = "pytest-engine"
# Name -> module below this package and class in it. Imported when one is opened, since a program
# that measures memory or imports loads one alone.
CONTESTANTS = {
    BARE: ("bare", "Bare"),
    OURS: ("ours", "Ours"),
    "docker-py": ("docker_py", "DockerPy"),
    "aiodocker": ("aio", "Aiodocker"),
}
# For calls in which nothing but a broken engine or client is silent for so long.
PATIENCE = 60.0


class Client(Protocol):
    """What is measured. Calls that repeat count themselves, for asyncio's loop runs once then."""

    def __init__(self, host: str) -> None: ...

    def ping(self, times: int) -> None:
        """Ask whether the engine answers."""

    def inspect(self, container: str, times: int) -> None:
        """Inspect a container."""

    def inspect_at_once(self, container: str, workers: int, times: int) -> None:
        """Inspect a container from many threads or tasks."""

    def list(self, label: str, times: int) -> None:
        """List containers that have a label, also those that do not run."""

    def run(self, container: str, command: Sequence[str]) -> None:
        """Run a command that writes little, and learn its exit code."""

    def exec_output(self, container: str, command: Sequence[str]) -> int:
        """Run a command, read its output as it comes and return how many bytes that is."""

    def logs(self, container: str) -> int:
        """Read all that a container logged and return how many bytes that is."""

    def put_archive(self, container: str, path: str, archive: Path) -> None:
        """Unpack a tar file in a container."""

    def get_archive(self, container: str, path: str) -> int:
        """Read a file of a container as an archive and return its size."""

    def tag_events(self) -> Iterator[dict[str, Any]]:
        """Follow the events in which an image is tagged."""

    def close(self) -> None:
        """Close all connections."""


def open_client(contestant: str, host: str) -> Client:
    """Make a client by its contestant's name."""
    module, name = CONTESTANTS[contestant]
    client: Client = getattr(import_module(f"{__name__}.{module}"), name)(host)
    return client
