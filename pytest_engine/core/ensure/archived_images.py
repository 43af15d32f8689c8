"""What is in an archive of images (`docker save`), and whether it is a whole one."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, StreamFailed, is_endless
from ..reference import parse_reference

if TYPE_CHECKING:
    import tarfile
    from collections.abc import Iterator, Mapping

__all__ = ["ArchivedImage", "read_archive", "refuse_broken"]

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


def read_archive(path: str) -> tuple[ArchivedImage, ...] | None:
    """Read which images are in an archive; its layers are passed over.

    Returns:
        The images; None where the archive does not tell (`manifest.json` is missing, or names
            a configuration that is not in it), or where this Python cannot read its compression.

    Raises:
        InvalidInput: the file is not there, cannot be read, or is no archive of images.
    """
    import tarfile  # not before somebody has an archive

    # An archive that somebody else made may hold anything.
    strange = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
    broken: tuple[type[Exception], ...]
    broken = (OSError, EOFError, tarfile.TarError, *_unpacking_errors(), *strange)
    try:
        if is_endless(path):
            raise ValueError("it is a device, a pipe or a socket")
        with tarfile.open(path) as archive:
            manifest, index = _read(archive, "manifest.json"), _read(archive, "index.json")
            return None if manifest is None else _entries(archive, manifest, index)
    except FileNotFoundError as exc:
        raise InvalidInput(f"There is no archive {path}.") from exc
    except broken as exc:
        if isinstance(exc, tarfile.ReadError) and _is_zstd(path):
            return None
        raise InvalidInput(f"{path} is no archive of images that can be read: {exc}.") from exc


def _unpacking_errors() -> Iterator[type[Exception]]:
    """Find the errors of what this Python can unpack; it may be built without some."""
    import zlib

    yield zlib.error
    with contextlib.suppress(ImportError):
        from lzma import LZMAError

        yield LZMAError


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


def refuse_broken(path: Path) -> None:
    """Refuse what an engine, or a proxy before it, sent that is no whole archive.

    Raises:
        StreamFailed: it is none; why, in the engine's words where it says that.
    """
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
