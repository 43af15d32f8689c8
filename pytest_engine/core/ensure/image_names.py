"""Names that images have in an engine's store: given, and taken away with the image."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ImageNotFound, InvalidInput, NotFound, telling
from ..reference import parse_reference
from .unused_images import is_last_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..reference import Reference

__all__ = [
    "Removal",
    "Tagging",
    "familiar_name",
    "find_image",
    "is_image_id",
    "name_image",
    "remove_image",
    "tag_image",
]

_ID = re.compile(r"sha256:[0-9a-fA-F]{64}")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


@dataclass(frozen=True)
class Tagging:
    """What came of giving names to an image.

    Attributes:
        image: the image, as the engine shows it.
        tagged: the names that it was given, or would be.
        before: of every name that was asked for, `name`, `tag`, and `id` or `exists: False`.
        after: the same afterwards.
    """

    image: Mapping[str, Any]
    tagged: tuple[str, ...]
    before: tuple[dict[str, Any], ...]
    after: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Removal:
    """What came of removing an image, or one of its names.

    Attributes:
        name: what was removed.
        image: the image before, as the engine shows it; None: there was none.
        untagged: the names that are gone, sorted.
        deleted: the ids that are gone, sorted; in check mode the image's own alone.
        before: `exists`, and where it did `id`, `tags` and `digests`.
        after: the same afterwards.
    """

    name: str
    image: Mapping[str, Any] | None
    untagged: tuple[str, ...]
    deleted: tuple[str, ...]
    before: dict[str, Any]
    after: dict[str, Any]


def is_image_id(name: str) -> bool:
    """Tell whether a name is an image's id, which no registry can be asked for."""
    return _ID.fullmatch(name) is not None


def name_image(name: str, tag: str | None = None) -> str:
    """Write a name out: with the tag where it has neither tag nor digest; ids as they are.

    Args:
        name: the name, or an id.
        tag: the tag; empty or None: `latest`.

    Raises:
        InvalidInput: the name is no image reference, or the tag cannot be one.
    """
    if tag and not _TAG.fullmatch(tag):
        raise InvalidInput(f"tag: {tag!r:.80} is no tag; letters, digits, '_', '.' and '-' are.")
    if is_image_id(name):
        return name
    reference = parse_reference(name)
    if reference.tag or reference.digest:
        return name
    return f"{name}:{tag or 'latest'}"


def familiar_name(name: str) -> str:
    """Write a name as engines do that have it, to compare with theirs."""
    return name if is_image_id(name) else parse_reference(name).with_default_tag().familiar


def find_image(engine: Engine, name: str) -> Mapping[str, Any] | None:
    """Inspect the image of that name or id; None where there is none."""
    try:
        return engine.images.inspect(name)
    except ImageNotFound:
        return None


def tag_image(
    engine: Engine, name: str, targets: Sequence[str], *, keep: bool = False, check: bool = False
) -> Tagging:
    """Give an image further names. Doing it again changes nothing.

    Args:
        engine: the engine.
        name: the image, by name or id.
        targets: the names to give it, written out.
        keep: leave a name alone that another image has.
        check: change nothing; tell what would be done.

    Raises:
        ImageNotFound: the engine's store does not have the image.
        InvalidInput: a target is an id, has a digest, or is no image reference.
        EngineError: the engine refuses; its `done` names the names given before.
    """
    references = [_target(number, target) for number, target in enumerate(targets, start=1)]
    image = engine.images.inspect(name)
    names = _names(image)
    tagged: list[str] = []
    before: list[dict[str, Any]] = []
    after: list[dict[str, Any]] = []
    done: list[str] = []
    with telling(done):
        for reference in references:
            # That it has them already is known without a further look.
            other = image if reference.familiar in names else find_image(engine, str(reference))
            place = {"name": reference.name, "tag": reference.tag}
            before.append({**place, "id": other["Id"]} if other else {**place, "exists": False})
            if other is not None and (keep or other["Id"] == image["Id"]):
                after.append(before[-1])
                continue
            if not check:
                engine.images.tag(str(image["Id"]), str(reference))
                done.append(f"tag image {name} as {reference}")
            tagged.append(str(reference))
            after.append({**place, "id": image["Id"]})
    return Tagging(image, tuple(tagged), tuple(before), tuple(after))


def _target(number: int, name: str) -> Reference:
    where = f"Name {number} of those to give the image"
    if is_image_id(name):
        raise InvalidInput(f"{where} must not be an id: {name}.")
    reference = parse_reference(name).with_default_tag()
    if reference.digest:
        raise InvalidInput(f"{where} must not have a digest: {name}.")
    return reference


def _names(image: Mapping[str, Any]) -> list[str]:
    """List an image's names as Docker has them; Podman spells them out."""
    return [parse_reference(name).familiar for name in image.get("RepoTags") or ()]


def remove_image(
    engine: Engine, name: str, *, force: bool = False, prune: bool = True, check: bool = False
) -> Removal:
    """Remove a name of an image, and with its last name the image. Doing it again changes nothing.

    Args:
        engine: the engine.
        name: the name, written out; or an id, for the image with all of its names.
        force: although a container uses it, or, of an id, it has several names. One that a running
            container uses loses the name alone, and is not removed by its id.
        prune: remove its untagged parents as well.
        check: change nothing; tell what would be done.

    Raises:
        Conflict: a container uses it, or it has several names.
        InvalidInput: the same, told in check mode.
    """
    image = find_image(engine, name)
    before = _shown(image)
    if image is None:
        return Removal(name, None, (), (), before, before)
    if check:
        untagged, deleted = _predict(engine, image, name, force=force)
        left = {} if deleted else image
        after = _shown(left and {**left, **_without(left, untagged)})
        return Removal(name, image, tuple(sorted(untagged)), tuple(deleted), before, after)
    removed: Sequence[Mapping[str, Any]] = ()
    # Somebody else may be faster.
    with contextlib.suppress(NotFound):
        removed = engine.images.remove(name, force=force, noprune=not prune)
    gone = {key: sorted(e[key] for e in removed if e.get(key)) for key in ("Untagged", "Deleted")}
    after = _shown(find_image(engine, str(image["Id"])))
    return Removal(name, image, tuple(gone["Untagged"]), tuple(gone["Deleted"]), before, after)


def _shown(image: Mapping[str, Any] | None) -> dict[str, Any]:
    if not image:
        return {"exists": False}
    return {
        "exists": True,
        "id": image["Id"],
        "tags": sorted(image.get("RepoTags") or ()),
        "digests": sorted(image.get("RepoDigests") or ()),
    }


def _without(image: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {
        key: [name for name in image.get(key) or () if name not in names]
        for key in ("RepoTags", "RepoDigests")
    }


def _predict(
    engine: Engine, image: Mapping[str, Any], name: str, *, force: bool
) -> tuple[list[str], list[str]]:
    """Foretell which names and ids a removal takes away, or why it is refused.

    As the engine decides it: an image that a running container uses, or that others were built
    on, may lose its last name, but is not removed by its id.
    """
    tags, digests = list(image.get("RepoTags") or ()), list(image.get("RepoDigests") or ())
    names, by_id = tags + digests, is_image_id(name)
    gone = names if by_id else _names_that_go(tags, digests, name)
    stays = len(gone) < len(names)
    is_one = not names or is_last_name(names)
    if stays and (force or not is_one):
        return gone, []
    child = _child_of(engine, image)
    if child and by_id:
        raise InvalidInput(f"Image {name} is what image {child} was built on. Remove that first.")
    user, runs = _user_of(engine, image)
    # Podman would remove the container as well.
    if runs and (by_id or (force and engine.is_podman)):
        raise InvalidInput(f"Image {name} is used by container {user}. Remove that first.")
    if by_id and not (force or is_one):
        raise InvalidInput(
            f"Image {name} has several names ({', '.join(sorted(names))}); "
            "removing it with all of them has to be forced."
        )
    if user and not force:
        raise InvalidInput(
            f"Image {name} is used by container {user}. Removing it has to be forced."
        )
    return gone, [] if stays or runs or child else [str(image["Id"])]


def _names_that_go(tags: Sequence[str], digests: Sequence[str], name: str) -> list[str]:
    """List what goes with a name: a repository whose last tag goes loses its digests as well."""
    wanted = parse_reference(name).with_default_tag()
    gone = [one for one in (*tags, *digests) if _is_same(one, wanted)]
    left = [one for one in tags if one not in gone]
    if not any(_is_of(one, wanted) for one in left) and not wanted.digest:
        gone += [one for one in digests if _is_of(one, wanted) and one not in gone]
    return gone


def _is_same(name: str, wanted: Reference) -> bool:
    return parse_reference(name).familiar == wanted.familiar


def _is_of(name: str, wanted: Reference) -> bool:
    ours = parse_reference(parse_reference(name).familiar)
    return ours.name == parse_reference(wanted.familiar).name


def _child_of(engine: Engine, image: Mapping[str, Any]) -> str:
    """Name an image that was built on another one and needs it; empty: there is none."""
    # Podman, and containerd's store, which alone tells of a descriptor, take those apart.
    if engine.is_podman or image.get("Descriptor"):
        return ""
    for child in engine.images.list(all=True):
        if child.get("ParentId") == image["Id"]:
            names = [name for name in child.get("RepoTags") or () if name != "<none>:<none>"]
            return str([*names, child["Id"]][0])
    return ""


def _user_of(engine: Engine, image: Mapping[str, Any]) -> tuple[str, bool]:
    """Name a container that uses an image, empty: none does, and tell whether it runs."""
    user = ""
    # Podman finds nothing by an id that says how it was computed.
    _algorithm, _colon, hexadecimal = str(image["Id"]).rpartition(":")
    for container in engine.containers.list(all=True, filters={"ancestor": hexadecimal}):
        # The filter finds those of images that were built on it, too.
        if container.get("ImageID") != image["Id"]:
            continue
        user = [*(container.get("Names") or ()), str(container.get("Id"))][0]
        if container.get("State") in ("running", "paused", "restarting"):
            return user, True
    return user, False
