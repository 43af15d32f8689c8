"""Archives of images (`docker save`): what is in them, loaded and written only where needed."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, InvalidInput, StreamFailed, reading
from ..reference import parse_reference
from ..writing import replace_file
from .image_names import familiar_name, find_image, is_image_id, name_image

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = [
    "ArchivedImage",
    "Export",
    "Load",
    "export_images",
    "is_archived",
    "load_images",
    "read_archive",
]

# Of manifest.json and index.json: some hundred bytes for each image.
_LONGEST_INDEX = 1 << 24
# The configuration's digest, as its file is called: `HEX.json`, from Engine 25 on
# `blobs/sha256/HEX`; `sha256:HEX` by go-containerregistry, with which crane, ko and kaniko write.
_CONFIG = re.compile(r"(?:blobs/sha256/|sha256:)?([0-9a-f]{64})(?:\.json)?")
# How a file compressed with zstd begins, which tarfile reads from Python 3.14 on.
_ZSTD = b"\x28\xb5\x2f\xfd"
# Where containerd keeps an image's name in index.json.
_NAME = "io.containerd.image.name"
# How an archive ends: with two blocks of zeros.
_END = bytes(1024)
# What an engine writes behind the beginning of an archive when it cannot go on.
_FAILURE = b'{"errorDetail"'
_LONGEST_FAILURE = 1 << 16


@dataclass(frozen=True)
class ArchivedImage:
    """An image in an archive.

    Attributes:
        id: its id, as engines have it that store images by themselves.
        ids: all ids that an engine may have it under: with containerd's store it is another.
        names: its names, as engines show them; none where it was saved by its id.
    """

    id: str
    ids: frozenset[str]
    names: tuple[str, ...]


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


def read_archive(path: str) -> tuple[ArchivedImage, ...] | None:
    """Read which images are in an archive; its layers are passed over.

    Returns:
        The images; None where the archive does not tell (`manifest.json` is missing, or names
            a configuration that is not in it), or where this Python cannot read its compression.

    Raises:
        InvalidInput: the file is not there, cannot be read, or is no archive of images.
    """
    import tarfile  # not before somebody has an archive
    import zlib

    broken = (EOFError, tarfile.TarError, zlib.error)
    # An archive that somebody else made may hold anything.
    strange = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
    try:
        with tarfile.open(path) as archive:
            manifest, index = _read(archive, "manifest.json"), _read(archive, "index.json")
            return None if manifest is None else _entries(archive, manifest, index)
    except FileNotFoundError as exc:
        raise InvalidInput(f"There is no archive {path}.") from exc
    except (OSError, *broken, *strange) as exc:
        if isinstance(exc, tarfile.ReadError) and _is_zstd(path):
            return None
        raise InvalidInput(f"{path} is no archive of images that can be read: {exc}.") from exc


def _is_zstd(path: str) -> bool:
    with Path(path).open("rb") as file:
        return file.read(len(_ZSTD)) == _ZSTD


def _read(archive: tarfile.TarFile, name: str) -> bytes | None:
    """Read a small file of an archive; None where it is not in it."""
    try:
        file = archive.extractfile(name)
    except KeyError:
        return None
    if file is None:
        raise ValueError(f"{name} is no file in it")
    with file:
        content = file.read(_LONGEST_INDEX + 1)
    if len(content) > _LONGEST_INDEX:
        raise ValueError(f"{name} is longer than any that an engine writes")
    return content


def _entries(
    archive: tarfile.TarFile, manifest: bytes, index: bytes | None
) -> tuple[ArchivedImage, ...] | None:
    described = [] if index is None else list(json.loads(index).get("manifests") or ())
    images = []
    for entry in json.loads(manifest):
        names = tuple(parse_reference(name).familiar for name in entry.get("RepoTags") or ())
        own = _image_id(archive, str(entry["Config"]))
        if own is None:
            return None
        others = {
            str(one["digest"])
            for one in described
            if not names or _described_name(one) in (*names, "")
        }
        images.append(ArchivedImage(own, frozenset({own, *others}), names))
    return tuple(images)


def _image_id(archive: tarfile.TarFile, config: str) -> str | None:
    match = _CONFIG.fullmatch(config)
    if match is not None:
        return f"sha256:{match[1]}"
    # Jib calls every configuration `config.json`; an image's id is the digest of its content.
    content = _read(archive, config)
    return None if content is None else f"sha256:{hashlib.sha256(content).hexdigest()}"


def _described_name(descriptor: Mapping[str, Any]) -> str:
    name = (descriptor.get("annotations") or {}).get(_NAME)
    return parse_reference(str(name)).familiar if name else ""


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
    with reading(path, option):
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
        replace_file(Path(path), pieces, check=_refuse_broken)
    except OSError as exc:
        raise EngineError(_unwritten(path, exc)) from exc
    except StreamFailed as exc:
        raise StreamFailed(_unwritten(path, exc), detail=exc.detail) from exc


def _unwritten(path: str, exc: Exception) -> str:
    return f"Cannot write the archive {path}: {exc}. What was there before is there still."


def _refuse_broken(path: Path) -> None:
    """Refuse what an engine, or a proxy before it, answered that is no whole archive."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST_FAILURE))
        tail = file.read()
    if not tail.endswith(_END):
        reason = _failure(tail)
        raise StreamFailed(reason or "the engine sent no whole archive", detail=reason)
    try:
        read_archive(str(path))
    except InvalidInput as exc:
        raise StreamFailed("what the engine sent cannot be read") from exc


def _failure(tail: bytes) -> str:
    """Return why the engine failed, which it says behind what it has sent; empty: it does not."""
    try:
        return str(json.loads(tail[tail.rindex(_FAILURE) :])["errorDetail"]["message"])
    except (LookupError, RecursionError, TypeError, ValueError):
        return ""
