"""Which files a Compose project is made of."""

from __future__ import annotations

import json
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InvalidInput, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Project", "defined"]

# Where Compose looks for itself, in this order.
_USUAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True)
class Project:
    """A Compose project.

    Attributes:
        directory: its folder, from which relative paths count.
        name: its name, not empty; None is the one in its files, or the folder's.
        files: its Compose files; empty means those that Compose finds itself.
        env_files: files with variables for them; empty means `.env`.
        profiles: which profiles count.
    """

    directory: Path
    name: str | None = None
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an empty name: Compose would take the folder's, which may be a temporary one."""
        if self.name is not None and not self.name.strip():
            raise InvalidInput("project_name: it is empty. Name the project, or do not state it.")

    def check(self, *, usual: bool = True) -> None:
        """See whether its files are there.

        Args:
            usual: whether one of the usual names has to be there where no files are stated.
                They need not where `COMPOSE_FILE` in a file with variables names others.

        Raises:
            InvalidInput: the folder or one of the files is not there.
        """
        with reading(self.directory, "project_src"):
            if not self.directory.is_dir():
                raise InvalidInput(f"project_src: {self.directory} is not a folder.")
        missing = [name for name in self.files if not self._has(name, "files")]
        if missing:
            raise InvalidInput(
                f"files: there is no {' and no '.join(missing)} in {self.directory}."
            )
        if usual and not self.files and not any(self._has(name, "project_src") for name in _USUAL):
            raise InvalidInput(
                f"project_src: {self.directory} holds no Compose file, which would be "
                f"{', '.join(_USUAL)}. State others as files."
            )

    def _has(self, name: str, option: str) -> bool:
        path = self.directory / name
        with reading(path, option):
            return path.exists()

    def arguments(self) -> list[str]:
        """Give the options of `docker compose` for it."""
        options = ["--project-directory", str(self.directory)]
        options += ["--project-name", self.name] if self.name else []
        for option, values in (
            ("--file", self.files),
            ("--env-file", self.env_files),
            ("--profile", self.profiles),
        ):
            for value in values:
                options += [option, value]
        return options


@contextmanager
def defined(definition: Mapping[str, object], project: Project) -> Iterator[Project]:
    """Write a definition to a Compose file for as long as it takes.

    Args:
        definition: what would stand in a Compose file.
        project: how it is called, and the rest.
    """
    with tempfile.TemporaryDirectory(prefix="compose") as folder:
        path = Path(folder, _USUAL[0])
        # The folder is its owner's alone.
        path.write_text(_as_yaml(definition), encoding="ascii")
        # Named, or Compose would take what `COMPOSE_FILE` in its environment names.
        files = (str(path),)
        yield Project(Path(folder), project.name, files, project.env_files, project.profiles)


def _as_yaml(value: object) -> str:
    """Write JSON, which is YAML but for the characters that JSON escapes as two halves."""
    text = json.dumps(value, ensure_ascii=False)
    return re.sub(r"[^ -~]", lambda found: f"\\U{ord(found[0]):08x}", text)
