"""What is mounted into the tasks of a Compose file's service."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from ..spec.mounts import Mount
from ..spec.readers import read_as_text
from ..spec.values import parse_bytes
from .values import (
    check_keys,
    is_external,
    read_choice,
    read_flag,
    read_list,
    read_mapping,
    read_mode,
    read_one_or_more,
    read_scalar,
    read_section,
)

__all__ = ["read_mounts"]

# What the options of a type of mount have.
_OPTIONS = {
    "bind": ("propagation", "create_host_path"),
    "volume": ("nocopy", "subpath"),
    "tmpfs": ("size", "mode"),
}
_PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
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
        wanted = dict(item) if isinstance(item, Mapping) else _short(where, item)
        check_keys(f"{where}.volumes", wanted, _LONG)
        for kind, known in _OPTIONS.items():
            inner = f"{where}.volumes.{kind}"
            wanted[kind] = read_section(wanted.get(kind), inner)
            check_keys(inner, wanted[kind], known)
        mounts.append(_mount(where, wanted, names, options, labels, folder))
    paths = read_one_or_more(stated.get("tmpfs"), f"{where}.tmpfs")
    mounts += [_tmpfs(f"{where}.tmpfs", path) for path in paths]
    return [mount.to_engine() for mount in mounts]


def _tmpfs(where: str, text: str) -> Mount:
    """Read a folder in memory: `path[:size=64m,mode=1777]`."""
    path, _colon, stated = text.partition(":")
    options: dict[str, str] = {}
    for option in filter(None, stated.split(",")):
        name, equals, value = option.partition("=")
        if name not in _OPTIONS["tmpfs"] or not equals:
            raise InvalidInput(f"{where}: {option!r}: a swarm takes size=64m and mode=1777 alone.")
        options[name] = value
    size, mode = _size_and_mode(where, options)
    return Mount(path, type="tmpfs", tmpfs_size=size, tmpfs_mode=mode)


def _size_and_mode(where: str, options: Mapping[str, Any]) -> tuple[int | None, int | None]:
    stated, mode = options.get("size"), read_mode(options.get("mode"), f"{where}.mode")
    return (None if stated is None else parse_bytes(stated, f"{where}.size")), mode


def _short(where: str, item: Any) -> dict[str, Any]:
    text = read_as_text(item, f"{where}.volumes: an item")
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
        elif word in _PROPAGATIONS:
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
    kind = read_scalar(wanted.get("type"), f"{where}.volumes.type") or "volume"
    source = read_scalar(wanted.get("source"), f"{where}.volumes.source")
    target = read_scalar(wanted.get("target"), f"{where}.volumes.target") or ""
    read_only = bool(read_flag(wanted.get("read_only"), f"{where}.volumes.read_only"))
    if kind == "bind":
        if not source:
            raise InvalidInput(f"{where}.volumes: a bind needs a source.")
        # As the docker command has it: the path where the file is, on whichever node.
        try:
            source = os.path.normpath(folder / Path(source).expanduser())
        except RuntimeError as exc:
            raise InvalidInput(f"{where}.volumes: {source!r}: whose home folder is that?") from exc
        bind = wanted["bind"]
        makes = read_flag(bind.get("create_host_path"), f"{where}.volumes.bind.create_host_path")
        return Mount(
            target,
            source,
            "bind",
            read_only,
            propagation=read_choice(
                bind.get("propagation"), _PROPAGATIONS, f"{where}.volumes.bind.propagation"
            ),
            create_mountpoint=makes or None,
        )
    if kind == "tmpfs":
        size, mode = _size_and_mode(f"{where}.volumes.tmpfs", wanted["tmpfs"])
        return Mount(target, type="tmpfs", read_only=read_only, tmpfs_size=size, tmpfs_mode=mode)
    if kind != "volume":
        return Mount(target, source, kind, read_only)
    volume = wanted["volume"]
    no_copy = bool(read_flag(volume.get("nocopy"), f"{where}.volumes.volume.nocopy"))
    subpath = read_scalar(volume.get("subpath"), f"{where}.volumes.volume.subpath")
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
        volume_driver=read_scalar(said.get("driver"), f"volumes.{source}.driver"),
        volume_options=read_mapping(said.get("driver_opts"), f"volumes.{source}") or None,
        subpath=subpath,
    )
