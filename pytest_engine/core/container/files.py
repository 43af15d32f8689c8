"""Files into a container and out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

from ..copying import copy_in, copy_out, read_out
from .part import Part

if TYPE_CHECKING:
    from os import PathLike
    from pathlib import Path

    from ..copying import CopySource

__all__ = ["Files"]


class Files(Part):
    """The files of a container, which need not run, nor ever have run."""

    def copy_in(
        self,
        source: CopySource,
        target: str,
        *,
        owner: tuple[int, int] | None = None,
        mode: int | None = None,
    ) -> None:
        """Copy into it, by the rules of `docker cp`; it need not run.

        Args:
            source: a path of this host, a file's bytes, or names below `target` -> contents.
                A folder is copied as one, `"folder/."` (as a string) as what is in it.
            target: where to. A folder that is there gets the source under its own name;
                else the source becomes the target, whose parent has to exist.
            owner: user and group id of all that is copied; None: root's.
            mode: permissions of the files; None: their own, 0644 for bytes.

        Raises:
            InvalidInput: the source cannot be read, or source and target do not fit.
            NotFound: the target's parent does not exist.
        """
        copy_in(self._engine.containers, self._id, source, target, owner=owner, mode=mode)

    @overload
    def copy_out(self, path: str) -> bytes: ...

    @overload
    def copy_out(
        self,
        path: str,
        target: str | PathLike[str],
        *,
        follow: bool = False,
        keep_links: bool = False,
    ) -> Path: ...

    def copy_out(
        self,
        path: str,
        target: str | PathLike[str] | None = None,
        *,
        follow: bool = False,
        keep_links: bool = False,
    ) -> bytes | Path:
        """Copy out of it, by the rules of `docker cp`; it need not run.

        Nothing is written outside the target, whatever is in the container, and a file
        appears whole or not at all. In a `tmpfs` of a container that runs Docker reads nothing
        of what is there, only what is below that.

        Args:
            path: a file or folder in it; `folder/.` stands for what is in the folder.
            target: where to. A folder that is there gets the source under its own name;
                else the source becomes the target. None: return a file's content.
            follow: if the path is a link, copy what it leads to; without a target it is.
            keep_links: also links that lead out of what is copied. Those in it are kept
                as links; these are refused otherwise.

        Returns:
            The file's content, or the path of what was made.

        Raises:
            CopyFailed: the target cannot be written, its disk may be full; or the archive
                is not to be trusted.
            InvalidInput: source and target do not fit; or a device, a pipe or a socket is there.
            NotFound: there is no such path in it.
        """
        containers = self._engine.containers
        if target is None:
            return read_out(containers, self._id, path)
        return copy_out(containers, self._id, path, target, follow=follow, keep_links=keep_links)
