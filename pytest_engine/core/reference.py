"""Image references: `[registry/]repository[:tag][@digest]`, taken apart and put together.

The grammar is that of the distribution project's `reference` package; a name without a
registry is Docker Hub's, as for the `docker` command.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import InvalidInput

__all__ = ["DEFAULT_REGISTRY", "Reference", "parse_reference"]

DEFAULT_REGISTRY = "docker.io"

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REGISTRY = r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?:(?P<registry>{_REGISTRY})/)?"
    rf"(?P<repository>{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}))?"
)
_LONGEST = 255


@dataclass(frozen=True)
class Reference:
    """An image reference, in parts.

    Attributes:
        registry: host and port, or empty where none was written (Docker Hub's).
        repository: the path in the registry, as it was written (`redis`, `library/redis`).
        tag: the tag, or empty.
        digest: the digest (`sha256:...`), or empty.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Registry and repository, without tag and digest."""
        return f"{self.registry}/{self.repository}" if self.registry else self.repository

    @property
    def is_hub(self) -> bool:
        """Whether this is an image of Docker Hub, where mirrors apply."""
        return self.registry in ("", DEFAULT_REGISTRY, "index.docker.io")

    @property
    def familiar(self) -> str:
        """The name as engines show it, tag and digest as they are: Docker Hub goes unsaid."""
        if not self.is_hub:
            return str(self)
        repository = self.repository
        if repository.startswith("library/") and repository.count("/") == 1:
            repository = repository[len("library/") :]
        return str(Reference("", repository, self.tag, self.digest))

    def __str__(self) -> str:
        """Put the reference together again."""
        text = self.name
        if self.tag:
            text += f":{self.tag}"
        if self.digest:
            text += f"@{self.digest}"
        return text

    def with_default_tag(self) -> Reference:
        """Return this reference with the tag `latest` where neither tag nor digest is given."""
        if self.tag or self.digest:
            return self
        return Reference(self.registry, self.repository, "latest")


def parse_reference(text: str) -> Reference:
    """Take an image reference apart.

    Raises:
        InvalidInput: the text is no image reference, with the reason where it is known.
    """
    # Not everybody checks types.
    is_text = isinstance(text, str)
    match = _REFERENCE.fullmatch(text) if is_text else None
    if match is None:
        hint = " Repository names are lower case." if str(text).lower() != text else ""
        raise InvalidInput(f"{text!r} is no image reference like registry/name:tag.{hint}")
    registry, repository = match["registry"] or "", match["repository"]
    # What stands before the first slash is a registry only if it looks like a host.
    if registry and not (set(".:") & set(registry) or registry == "localhost"):
        if registry.lower() != registry:
            raise InvalidInput(f"{text!r}: repository names are lower case.")
        registry, repository = "", f"{registry}/{repository}"
    reference = Reference(registry, repository, match["tag"] or "", match["digest"] or "")
    if len(reference.name) > _LONGEST:
        raise InvalidInput(f"{text[:40]!r}...: an image name has at most {_LONGEST} characters.")
    return reference
