"""Wait for a file in the container."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ContainerNotFound, InvalidInput, NotFound, ServerError
from .condition import Leaf, Situation, Watcher
from .text import Text, is_wanted, require_text, shown

if TYPE_CHECKING:
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from .facts import Facts

__all__ = ["FileThere", "file"]


@dataclass(frozen=True)
class FileThere(Leaf):
    """There is a file in the container, with a certain content."""

    path: str
    content: Text | None

    is_tried = True

    def __str__(self) -> str:
        """Write it as it was asked for."""
        content = "" if self.content is None else f", content={shown(self.content)}"
        return f"file({self.path!r}{content})"

    def watcher(self, facts: Facts) -> Watcher:
        """Begin to look for it; a container that has ended still has its files."""
        del facts
        watcher = Watcher("its first look has not ended")
        watcher.tries_at_end = True
        watcher.probe = _Look(self.path, self.content)
        return watcher


# Podman cannot look into a container (500) while it puts it away after its end.
_LOOKS = 10
_PAUSE = 0.2


class _Look:
    """Looks for a file, and reads it when it has changed."""

    def __init__(self, path: str, content: Text | None) -> None:
        self._path = path
        self._content = content
        self._seen: tuple[int, int] | None = None

    def __call__(self, situation: Situation) -> str | None:
        left = _LOOKS
        while True:
            left -= 1
            try:
                return self._look(situation)
            except ServerError:
                if not left or situation.stopping.wait(_PAUSE):
                    raise

    def _look(self, situation: Situation) -> str | None:
        containers, container = situation.engine.containers, situation.container.id
        try:
            stat = containers.archive_info(container, self._path)
            if self._content is None:
                return None
            # Here, because archives load a lot, and few look into files.
            from ..copying import read_out, resolve_links

            _path, stat = resolve_links(containers, container, self._path, stat)
            if stat.kind != "file":
                return f"{self._path} is a {stat.kind}"
            if (stat.mtime, stat.size) != self._seen:
                text = read_out(containers, container, self._path).decode("utf-8", "replace")
                if is_wanted(text, self._content):
                    return None
                self._seen = (stat.mtime, stat.size)
        except ContainerNotFound:
            raise
        except NotFound:
            return f"there is no {self._path}"
        return f"the content of {self._path} is not what is waited for"


def file(path: str, content: Text | None = None) -> FileThere:
    """Wait until there is a file, or a folder, in the container.

    The engine is asked for it (`HEAD /containers/{id}/archive`), so that the image needs no
    shell. Engines do not look into a tmpfs, nor into `/proc` and `/sys`; `wait.exec` does. A
    container that has ended is looked at once more.

    Args:
        path: its absolute path.
        content: what it has to contain, as UTF-8; or a compiled regular expression that is
            searched for in it, or a function that says whether it will do. It is read when
            its size or its time has changed. None: whatever.
    """
    if not path.startswith("/"):
        raise InvalidInput(f"wait.file: the path is an absolute one, unlike {path!r}.")
    require_text(content, "wait.file: content")
    return FileThere(path, content)
