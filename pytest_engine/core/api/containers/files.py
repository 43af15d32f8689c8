"""The files of a container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import BadRequest, ServerError
from ..head import head_archive, no_such_path
from ..part import Part
from ..transfers import Archive, checked

if TYPE_CHECKING:
    from ...archive import PathStat
    from ...transport import Stream
    from ...types.engine import FilesystemChange

__all__ = ["Files"]


class Files(Part):
    """Operations on the files of containers, which need not run."""

    def changes(self, container: str) -> list[FilesystemChange]:
        """Tell how a container's files differ from its image's.

        `GET /containers/{id}/changes`; `Kind` is 0 for what was changed, 1 for what was
        added and 2 for what was removed. Volumes are left out.
        """
        changes: list[FilesystemChange] = self._caller.json("ContainerChanges", container)
        return changes

    def export(self, container: str) -> Stream:
        """Pack all files of a container as a tar archive (`GET /containers/{id}/export`).

        Volumes are left out. `images.import_` makes an image of it.

        Returns:
            The archive's bytes, read from the engine as the caller iterates; a context
            manager with `close`.
        """
        return self._caller.stream("ContainerExport", container)

    def archive_info(self, container: str, path: str) -> PathStat:
        """Tell what a path in a container is (`HEAD /containers/{id}/archive`).

        The last part of the path is not followed if it is a link, unless `/` follows it.

        Raises:
            ContainerNotFound: there is no such container.
            NotFound: there is no such path in it.
        """
        return head_archive(self._caller, container, path)

    def put_archive(
        self,
        container: str,
        path: str,
        archive: Archive,
        *,
        no_overwrite_dir_non_dir: bool = False,
        copy_uid_gid: bool = False,
    ) -> None:
        """Unpack a tar archive in a folder of a container (`PUT /containers/{id}/archive`).

        The folder has to exist; the container need not run.

        Args:
            container: name or id.
            path: the folder.
            archive: the archive, plain or compressed.
            no_overwrite_dir_non_dir: refuse to replace a folder by something else, and
                the reverse.
            copy_uid_gid: give everything to the user that the container runs as, whatever
                the archive says.

        Raises:
            NotFound: there is no such folder, or no such container.
            InvalidInput: what is to be sent is not made of bytes.
        """
        try:
            with self._caller.stream(
                "PutContainerArchive",
                container,
                query={
                    "path": path,
                    "noOverwriteDirNonDir": no_overwrite_dir_non_dir or None,
                    "copyUIDGID": copy_uid_gid or None,
                },
                body=checked(archive),
                headers={"Content-Type": "application/x-tar"},
            ) as stream:
                for _answer in stream:
                    pass
        except (BadRequest, ServerError) as exc:
            raise no_such_path(self._caller, container, f"{path}/.", exc) or exc from exc

    def get_archive(self, container: str, path: str) -> Stream:
        """Pack a file or folder of a container as a tar archive.

        `GET /containers/{id}/archive`.

        Returns:
            The archive's bytes, read from the engine as the caller iterates; a context
            manager with `close`.

        Raises:
            ContainerNotFound: there is no such container.
            NotFound: there is no such path in it.
        """
        try:
            return self._caller.stream("ContainerArchive", container, query={"path": path})
        except ServerError as exc:
            raise no_such_path(self._caller, container, path, exc) or exc from exc
