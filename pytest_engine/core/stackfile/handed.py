"""What a service of a Compose file is handed from its swarm: secrets, configs, credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput
from ..spec.readers import read_as_text
from .values import check_keys, read_list, read_mode, read_scalar, read_section

__all__ = ["read_credential_spec", "read_files"]


def read_files(
    where: str, sort: str, stated: Any, names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Read which files a service gets.

    Args:
        where: the service, for messages.
        sort: `secret` or `config`.
        stated: what the file says of them.
        names: key -> name of what there is of that sort.
    """
    references = []
    listed = f"{where}.{sort}s"
    for item in read_list(stated, listed):
        wanted = {"source": item} if isinstance(item, str) else read_section(item, listed)
        check_keys(listed, wanted, ("source", "target", "uid", "gid", "mode"))
        source = read_as_text(wanted.get("source"), f"{listed}.source")
        if source not in names:
            raise InvalidInput(f"{where}: the file has no {sort} {source}.")
        file = {
            "Name": read_scalar(wanted.get("target"), f"{listed}.target") or source,
            "UID": read_scalar(wanted.get("uid"), f"{listed}.uid"),
            "GID": read_scalar(wanted.get("gid"), f"{listed}.gid"),
            "Mode": read_mode(wanted.get("mode"), f"{listed}.mode"),
        }
        stated_of_it = {key: value for key, value in file.items() if value is not None}
        references.append({f"{sort.capitalize()}Name": names[source], "File": stated_of_it})
    return references


def read_credential_spec(
    where: str, stated: Any, names: Mapping[str, str]
) -> dict[str, str] | None:
    """Read where the credentials of a service on Windows are: one of `config, file, registry`.

    Args:
        where: the service, for messages.
        stated: what the file says of them.
        names: key -> name of configs.
    """
    if stated is None:
        return None
    where = f"{where}.credential_spec"
    given = {sort: one for sort, one in read_section(stated, where).items() if one is not None}
    check_keys(where, given, ("config", "file", "registry"))
    if len(given) != 1:
        raise InvalidInput(f"{where}: state one of config, file, registry.")
    ((sort, one),) = given.items()
    source = read_as_text(one, f"{where}.{sort}")
    if sort == "config":
        if source not in names:
            raise InvalidInput(f"{where}: the file has no config {source}.")
        source = names[source]
    return {sort.capitalize(): source}
