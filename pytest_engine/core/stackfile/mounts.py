"""What is mounted into the tasks of a Compose file's service."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from ..spec.mounts import Mount
from ..spec.values import parse_bytes
from .values import (
    check_keys,
    is_external,
    read_flag,
    read_list,
    read_mapping,
    read_mode,
    read_one_or_more,
    read_section,
)

__all__ = ["read_mounts"]

# What the options of a type of mount have.
_OPTIONS = {
    "bind": ("propagation", "create_host_path"),
    "volume": ("nocopy", "subpath"),
    "tmpfs": ("size", "mode"),
}
_LONG = ("type", "source", "target", "read_only", "bind", "volume", "tmpfs", "consistency")


def read_mounts(
    where: str,
    stated: Mapping[str, Any],
    names: Mapping[str, str],
    options: Mapping[str, Mapping[str, Any]],
    labels: Mapping[str, str],
    folder: Path,
) -> list[Mapping[str, Any]]:
    """Read volumes and folders in memory.

    Args:
        where: the service, for messages.
        stated: what the file says of it.
        names: key -> name of volumes.
        options: key -> what the file says of a volume.
        labels: what volumes of the stack are labelled with.
        folder: what paths are relative to.
    """
    mounts = []
    for item in read_list(stated.get("volumes"), f"{where}.volumes"):
        wanted = dict(item) if isinstance(item, Mapping) else _short(where, str(item))
        check_keys(f"{where}.volumes", wanted, _LONG)
        for kind, known in _OPTIONS.items():
            inner = f"{where}.volumes.{kind}"
            wanted[kind] = read_section(wanted.get(kind), inner)
            check_keys(inner, wanted[kind], known)
        mounts.append(_mount(where, wanted, names, options, labels, folder))
    paths = read_one_or_more(stated.get("tmpfs"), f"{where}.tmpfs")
    mounts += [Mount(path, type="tmpfs") for path in paths]
    return [mount.to_engine() for mount in mounts]


def _short(where: str, text: str) -> dict[str, Any]:
    parts = text.split(":")
    if len(parts) > 3 or not parts[-1]:
        raise InvalidInput(f"{where}.volumes: {text!r}: write source:target:ro.")
    if len(parts) == 1:
        return {"type": "volume", "target": text}
    source, target, *modes = parts
    mode = modes[0] if modes else "rw"
    wanted: dict[str, Any] = {"source": source, "target": target}
    wanted["type"] = "bind" if source.startswith(("/", ".", "~")) else "volume"
    for word in mode.split(","):
        if word == "ro":
            wanted["read_only"] = True
        elif word == "nocopy":
            wanted["volume"] = {"nocopy": True}
        elif word in ("private", "rprivate", "shared", "rshared", "slave", "rslave"):
            wanted["bind"] = {"propagation": word}
        elif word not in ("rw", "z", "Z"):
            raise InvalidInput(f"{where}.volumes: {text!r}: {word!r} is no mode.")
    return wanted


def _mount(
    where: str,
    wanted: Mapping[str, Any],
    names: Mapping[str, str],
    options: Mapping[str, Mapping[str, Any]],
    labels: Mapping[str, str],
    folder: Path,
) -> Mount:
    kind, source = str(wanted.get("type", "volume")), wanted.get("source")
    if source is not None:
        source = str(source)
    target = str(wanted.get("target", ""))
    read_only = bool(read_flag(wanted.get("read_only"), f"{where}.volumes.read_only"))
    if kind == "bind":
        if not source:
            raise InvalidInput(f"{where}.volumes: a bind needs a source.")
        # As the docker command has it: the path where the file is, on whichever node.
        source = os.path.normpath(folder / Path(source).expanduser())
        bind = wanted["bind"]
        makes = read_flag(bind.get("create_host_path"), f"{where}.volumes.bind.create_host_path")
        return Mount(
            target,
            source,
            "bind",
            read_only,
            propagation=bind.get("propagation"),
            create_mountpoint=makes or None,
        )
    if kind == "tmpfs":
        tmpfs = wanted["tmpfs"]
        size = tmpfs.get("size")
        return Mount(
            target,
            type="tmpfs",
            read_only=read_only,
            tmpfs_size=None if size is None else parse_bytes(size, f"{where}.volumes"),
            tmpfs_mode=read_mode(tmpfs.get("mode"), f"{where}.volumes.tmpfs.mode"),
        )
    if kind != "volume":
        return Mount(target, source, kind, read_only)
    volume = wanted["volume"]
    no_copy = bool(read_flag(volume.get("nocopy"), f"{where}.volumes.volume.nocopy"))
    subpath = volume.get("subpath")
    if source is None:
        return Mount(target, None, "volume", read_only, no_copy=no_copy, subpath=subpath)
    if source not in names:
        raise InvalidInput(f"{where}: the file has no volume {source}.")
    said = options[source]
    if is_external(said, f"volumes.{source}"):
        return Mount(target, names[source], "volume", read_only, no_copy=no_copy, subpath=subpath)
    return Mount(
        target,
        names[source],
        "volume",
        read_only,
        no_copy=no_copy,
        labels={**read_mapping(said.get("labels"), f"volumes.{source}"), **labels},
        volume_driver=said.get("driver"),
        volume_options=read_mapping(said.get("driver_opts"), f"volumes.{source}") or None,
        subpath=subpath,
    )
