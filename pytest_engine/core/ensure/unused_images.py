"""Which images a prune removes, worked out by the rules of the engine's own store.

An image goes name by name, and by itself when it has lost the last one. One that a container
uses keeps its last name; one that others were built upon stays until they are gone, and goes
with them if it has no name. The images that only containerd's store has follow other rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Callable

from ..reference import parse_reference

__all__ = ["UnusedImages", "is_last_name"]

Image = Mapping[str, Any]


class UnusedImages:
    """A store of images, as it would become.

    Args:
        listed: all images, also those in between of builds.
        used: the ids of those that containers were made of.
    """

    def __init__(self, listed: Iterable[Image], used: Collection[str]) -> None:
        """Read what is there."""
        self._images = {image["Id"]: image for image in listed}
        self._names = {id: _names_of(image) for id, image in self._images.items()}
        self._children = Counter(image.get("ParentId") for image in self._images.values())
        self._used = used

    def prune(self, is_meant: Callable[[Image], bool], *, named: bool) -> list[dict[str, str]]:
        """Take images away.

        Args:
            is_meant: which.
            named: also those with a name; a name without a tag is none.

        Returns:
            What goes, as the engine tells it: names as `Untagged`, ids as `Deleted`.
        """
        gone: list[dict[str, str]] = []
        meant = [
            id
            for id, image in self._images.items()
            # In between of a build.
            if (self._names[id] or not self._children[id]) and is_meant(image)
        ]
        for id in meant:
            names = list(self._names[id])
            if not names:
                gone += self._delete(id)
            elif named or not any(map(_is_tag, names)):
                for name in names:
                    gone += self._untag(id, name)
        return gone

    def _untag(self, id: str, name: str) -> list[dict[str, str]]:
        names = self._names[id]
        if name not in names or (id in self._used and is_last_name(names)):
            return []
        lost = [name]
        repository = _repository(name)
        if _is_tag(name) and not any(
            _is_tag(other) and _repository(other) == repository for other in names if other != name
        ):
            # Digests without a tag of the same repository name nothing that was asked for.
            lost += [other for other in names if other != name and _repository(other) == repository]
        self._names[id] = [other for other in names if other not in lost]
        gone = [{"Untagged": other} for other in lost]
        return gone if self._names[id] else gone + self._delete(id)

    def _delete(self, id: str) -> list[dict[str, str]]:
        """Delete an image if nothing holds it, and then what it was built upon."""
        gone = []
        while id in self._images:
            if id in self._used or self._names[id] or self._children[id]:
                break
            gone.append({"Deleted": id})
            id = self._images.pop(id).get("ParentId") or ""
            self._children[id] -= 1
        return gone


def _names_of(image: Image) -> list[str]:
    """List tags and digests in the order in which the engine takes them."""
    names = [*(image.get("RepoTags") or ()), *(image.get("RepoDigests") or ())]
    return sorted((name for name in names if not name.startswith("<none>")), key=_spelt_out)


def _spelt_out(name: str) -> str:
    reference = parse_reference(name)
    if not reference.is_hub:
        return name
    library = "" if "/" in reference.repository else "library/"
    rest = str(reference)[len(reference.name) :]
    return f"docker.io/{library}{reference.repository}{rest}"


def _is_tag(name: str) -> bool:
    return "@" not in name


def is_last_name(names: Iterable[str]) -> bool:
    """Tell whether an image's names count as one: a single one, or a tag with its digests."""
    names = list(names)
    tags = [name for name in names if _is_tag(name)]
    if len(names) == 1 or len(tags) > 1:
        return len(names) == 1
    digests = {_repository(name) for name in names if not _is_tag(name)}
    return digests == {_repository((tags or names)[0])}


def _repository(name: str) -> str:
    return parse_reference(name).name
