"""From the start of a container to its end, and the wait for what is in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wait import DEFAULT_TIMEOUT, wait_for
from .part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..wait import Ready

__all__ = ["Life"]

# Labels that say whose a container is. An image takes over those of its container, and so would
# containers from that image: all of it would go with the run, or with the Compose project.
_OF_OWNERS = ("io.pytest-engine.", "com.docker.compose.project")


class Life(Part):
    """What becomes of a container."""

    def wait(self, condition: Ready, timeout: float = DEFAULT_TIMEOUT) -> None:
        """Wait until a condition holds; see `pytest_engine.wait.wait_for`."""
        wait_for(self, condition, timeout)

    def start(self) -> None:
        """Start it; nothing happens if it runs already."""
        self._facts = None
        self._engine.containers.start(self._id)

    def stop(self, *, timeout: int | None = None) -> None:
        """Ask it to end, and kill it if it does not.

        Args:
            timeout: seconds until it is killed; None: the container's own (10 by default).
        """
        self._facts = None
        self._engine.containers.stop(self._id, timeout=timeout)

    def restart(self, *, timeout: int | None = None) -> None:
        """Stop it (see `stop`) and start it again; the engine may choose other host ports."""
        self._facts = None
        self._engine.containers.restart(self._id, timeout=timeout)

    def kill(self, signal: str | None = None) -> None:
        """Send a signal to its process; None: KILL."""
        self._facts = None
        self._engine.containers.kill(self._id, signal=signal)

    def pause(self) -> None:
        """Freeze its processes."""
        self._engine.containers.pause(self._id)

    def unpause(self) -> None:
        """Let its frozen processes go on."""
        self._engine.containers.unpause(self._id)

    def remove(self, *, force: bool = True, volumes: bool = True) -> None:
        """Remove it.

        Args:
            force: kill it first if it runs.
            volumes: remove its anonymous volumes with it.
        """
        self._engine.containers.remove(self._id, force=force, volumes=volumes)

    def rename(self, name: str) -> None:
        """Give it another name, by which others on its networks find it as well.

        Raises:
            Conflict: the name is taken.
        """
        self._engine.containers.rename(self._id, name)
        self._name, self._facts = name, None

    def commit(self, name: str | None = None, *, changes: Sequence[str] = ()) -> str:
        """Make an image of what its files are now, which is there until somebody removes it.

        Volumes are no part of it. The container's processes are frozen meanwhile. Labels that
        say that the container is a test run's, or a Compose project's, are empty in the image.

        Args:
            name: what to call the image; None: it has an id alone.
            changes: Dockerfile instructions that are applied to it, like `CMD ["sh"]`.

        Returns:
            The image's id.
        """
        labels = self._known().inspected.get("Config", {}).get("Labels") or {}
        # Engines have no way to leave a label out.
        disowned = [f'LABEL {label}=""' for label in sorted(labels) if label.startswith(_OF_OWNERS)]
        made = self._engine.images.commit(self._id, name=name, changes=[*disowned, *changes])
        return str(made["Id"])
