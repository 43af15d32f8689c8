"""Archives of images (`docker save`), loaded and written only where needed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, InvalidInput, StreamFailed, looking
from ..writing import replace_file
from .archived_images import read_archive, refuse_broken
from .image_names import familiar_name, find_image, is_image_id, name_image

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from .archived_images import ArchivedImage

__all__ = ["Export", "Load", "export_images", "is_archived", "load_images"]


@dataclass(frozen=True)
class Load:
    """What came of loading an archive.

    Attributes:
        changed: whether the engine lacked any of it.
        names: the names of the images in it, or the ids of those that have none.
        images: the images, as the engine shows them; in check mode those that it has.
        before: `images`: `name`, and `id` or `exists: False`, of each; None where the archive
            does not tell what is in it.
        after: the same afterwards.
        log: what the engine said.
    """

    changed: bool
    names: tuple[str, ...]
    images: tuple[Mapping[str, Any], ...]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    log: tuple[str, ...] = ()


@dataclass(frozen=True)
class Export:
    """What came of writing an archive.

    Attributes:
        reason: why it was written; empty where it was not.
        images: the images that were asked for, as the engine shows them.
        before: `images`: `id` and `names` of each in the archive; or `exists: False`.
        after: the same afterwards.
    """

    reason: str
    images: tuple[Mapping[str, Any], ...]
    before: dict[str, Any]
    after: dict[str, Any]


def load_images(engine: Engine, path: str, *, check: bool = False) -> Load:
    """Load the images of an archive, unless the engine has all of them. Again changes nothing.

    Args:
        engine: the engine.
        path: the archive, plain or compressed.
        check: change nothing; tell what would be done.

    Raises:
        InvalidInput: the archive is not there or is none.
        ImportFailed: the engine cannot load it.
    """
    archived = read_archive(path)
    before, images, missing = _look(engine, archived)
    names = tuple(name for name, _ids in _pairs(archived or ()))
    shown = None if archived is None else {"images": before}
    if archived is not None and not missing:
        return Load(changed=False, names=names, images=images, before=shown, after=shown)
    if check:
        after = None if archived is None else {"images": _foretell(archived)}
        return Load(changed=True, names=names, images=images, before=shown, after=after)
    log: list[str] = []
    with Path(path).open("rb") as file:
        loaded = engine.images.load(file, quiet=True, progress=lambda step: log.append(step.status))
    # Podman says it in other words.
    loaded = loaded or names
    if not loaded:
        raise InvalidInput(f"The engine found no images in {path}: {' '.join(log) or 'no reason'}.")
    found = [(name, find_image(engine, name)) for name in loaded]
    after = {"images": [_known(name, image) for name, image in found]}
    there = tuple(image for _name, image in found if image is not None)
    return Load(
        changed=True,
        names=tuple(loaded),
        images=there,
        before=shown,
        after=after,
        log=tuple(filter(None, log)),
    )


def _pairs(archived: Iterable[ArchivedImage]) -> Iterator[tuple[str, frozenset[str]]]:
    """Go through all names, or ids of what has no name, with what they have to stand for."""
    for image in archived:
        for name in image.names or (image.id,):
            yield name, image.ids


def _look(
    engine: Engine, archived: Sequence[ArchivedImage] | None
) -> tuple[list[dict[str, Any]], tuple[Mapping[str, Any], ...], list[str]]:
    """Look for what an archive holds: what of it is there, and what is missing."""
    shown, images, missing = [], [], []
    for name, ids in _pairs(archived or ()):
        candidates = sorted(ids) if is_image_id(name) else [name]
        image = next(filter(None, (find_image(engine, one) for one in candidates)), None)
        shown.append(_known(name, image))
        if image is not None and image["Id"] in ids:
            images.append(image)
        else:
            missing.append(name)
    return shown, tuple(images), missing


def _known(name: str, image: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"name": name, "id": image["Id"]} if image else {"name": name, "exists": False}


def _foretell(archived: Sequence[ArchivedImage]) -> list[dict[str, Any]]:
    return [{"name": n, "id": one.id} for one in archived for n in one.names or (one.id,)]


def export_images(
    engine: Engine,
    names: Sequence[str],
    path: str,
    *,
    force: bool = False,
    check: bool = False,
    option: str = "path",
) -> Export:
    """Write images into an archive, unless they are what is in it. Again changes nothing.

    The archive is replaced when it is complete: what fails leaves the old one.

    Args:
        engine: the engine.
        names: names, the tag being `latest` where they state none, and ids.
        path: the archive.
        force: write it in any case.
        check: change nothing; tell what would be done.
        option: what the path is called, for messages.

    Raises:
        ImageNotFound: the engine's store does not have one of them.
        InvalidInput: no image is named, or the path is no place for a file.
        StreamFailed: what the engine answers is no whole archive.
        EngineError: it cannot be written.
    """
    if not names:
        raise InvalidInput("names: name one image at least.")
    # To the engine a name without a tag means all of its tags.
    names = [name_image(name) for name in names]
    images = [engine.images.inspect(name) for name in names]
    ids = [str(image["Id"]) for image in images]
    tags = {
        familiar_name(name): id
        for name, id in zip(names, ids)
        if not is_image_id(name) and "@" not in name
    }
    archived = _archived(path, option)
    before = {"exists": False} if archived is None else {"images": _held(archived, ids)}
    named = {id: [tag for tag in tags if tags[tag] == id] for id in ids}
    after = {"images": _listed(named.items())}
    reason = "it was forced" if force else _reason(archived, tags, ids)
    if not reason:
        return Export("", tuple(images), after, after)
    if not check:
        wanted = names[0] if len(names) == 1 else names
        with engine.images.save(wanted) as pieces:
            _write(path, pieces)
    return Export(reason, tuple(images), before, after)


def is_archived(path: str, option: str) -> bool:
    """Tell whether there is an archive already, or any other file.

    Args:
        path: where it is to be.
        option: what the path is called, for messages.

    Raises:
        InvalidInput: it is no place for a file.
    """
    place = Path(path)
    with looking(path, option):
        if not place.parent.is_dir():
            raise InvalidInput(
                f"{option}: {path} cannot be written: there is no folder {place.parent}."
            )
        if not place.exists():
            return False
        if not place.is_file():
            raise InvalidInput(f"{option}: {path} is there and no file; name one for the archive.")
    return True


def _archived(path: str, option: str) -> tuple[ArchivedImage, ...] | None:
    """Return what is in an archive, as far as it tells; None where there is none yet."""
    if not is_archived(path, option):
        return None
    try:
        return read_archive(path) or ()
    except InvalidInput:
        return ()


def _held(archived: Iterable[ArchivedImage], ids: Collection[str]) -> list[dict[str, Any]]:
    """List what is in an archive, under the ids that the engine has it under."""
    return _listed((min(image.ids & set(ids), default=image.id), image.names) for image in archived)


def _listed(named: Iterable[tuple[str, Sequence[str]]]) -> list[dict[str, Any]]:
    return [{"id": id, "names": sorted(names)} for id, names in sorted(named)]


def _reason(
    archived: Sequence[ArchivedImage] | None, tags: Mapping[str, str], ids: Collection[str]
) -> str:
    """Tell why what is in an archive is not what is wanted; empty where it is.

    Args:
        archived: what is in it.
        tags: the names that are to be in it -> the ids of their images.
        ids: the ids of all images that are to be in it.
    """
    if not archived:
        return "there is none" if archived is None else "what is there holds no images"
    unexpected = [image.id for image in archived if image.ids.isdisjoint(ids)]
    missing = [one for one in ids if not any(one in image.ids for image in archived)]
    if unexpected or missing:
        return f"it holds other images ({', '.join(sorted(image.id for image in archived))})"
    names = {name: image for image in archived for name in image.names}
    if names.keys() != tags.keys():
        return f"it holds other names ({', '.join(sorted(names)) or 'none'})"
    moved = sorted(name for name, id in tags.items() if id not in names[name].ids)
    return f"it holds other images as {', '.join(moved)}" if moved else ""


def _write(path: str, pieces: Iterable[bytes]) -> None:
    try:
        replace_file(Path(path), pieces, check=refuse_broken)
    except OSError as exc:
        raise EngineError(_unwritten(path, exc)) from exc
    except StreamFailed as exc:
        raise StreamFailed(_unwritten(path, exc), detail=exc.detail) from exc


def _unwritten(path: str, exc: Exception) -> str:
    return f"Cannot write the archive {path}: {exc}. What was there before is there still."
