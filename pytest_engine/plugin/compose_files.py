"""The files of a Compose project, and the run's labels laid over what they describe."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from pytest_engine.core.compose.cli import Compose, Connection
from pytest_engine.core.compose.events import reason
from pytest_engine.core.compose.json_events import read_json_events
from pytest_engine.core.compose.plain_events import read_plain_events
from pytest_engine.core.compose.project import Project
from pytest_engine.core.errors import InvalidInput

from .foreign import Claims

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from pytest_engine.core.compose.projects import Services
    from pytest_engine.core.endpoint import Endpoint

__all__ = ["ComposeFiles", "Definition", "PathLike", "find_files", "labelled", "read_whole"]

PathLike = Union[str, os.PathLike[str]]
Definition = Union[PathLike, Sequence[PathLike], Mapping[str, object]]
"""A Compose file, or a folder that has one; several files; what would stand in one."""

# Where Compose looks for itself in a folder, in this order.
_USUAL = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True)
class ComposeFiles:
    """The files of a project.

    Attributes:
        folder: from which relative paths in them count.
        files: the files, of which each changes those before.
        beside: from which relative paths of the fixture count.
    """

    folder: Path
    files: tuple[str, ...]
    beside: Path

    def project(self, name: str, profiles: Sequence[str], env_files: Sequence[PathLike]) -> Project:
        """Name the project that they are.

        Raises:
            InvalidInput: a file with variables is not there.
        """
        variables = [self.beside / one for one in env_files]
        _check_files("file with variables", variables)
        return Project(
            self.folder,
            name,
            self.files,
            tuple(str(one.absolute()) for one in variables),
            tuple(profiles),
        )


def find_files(file: Definition, beside: Path, scratch: Path) -> ComposeFiles:
    """Find the files of a project.

    Args:
        file: what the fixture states.
        beside: from which relative paths count.
        scratch: a folder of the fixture's own, where a definition is written to a file.

    Raises:
        InvalidInput: one is not there.
    """
    beside = beside.absolute()
    if isinstance(file, Mapping):
        written = scratch / _USUAL[0]
        # JSON is YAML.
        written.write_text(json.dumps(file), encoding="utf-8")
        return ComposeFiles(beside, (str(written),), beside)
    files = [beside / one for one in ([file] if isinstance(file, (str, os.PathLike)) else file)]
    if len(files) == 1 and files[0].is_dir():
        files = _usual_files(files[0])
    _check_files("Compose file", files)
    return ComposeFiles(files[0].parent, tuple(map(str, files)), beside)


def labelled(
    engine: Engine,
    project: Project,
    *,
    scratch: Path,
    environ: Mapping[str, str],
    labels: Mapping[str, str],
    named: Collection[str],
    wanted: Services,
) -> tuple[Compose, Claims]:
    """Lay labels over everything that a project makes.

    Args:
        engine: where it will run.
        project: the project.
        scratch: a folder of the fixture's own, which has to stay as long as the project.
        environ: the variables of the CLI.
        labels: the labels.
        named: services that have to be there.
        wanted: what will be wanted of its services.

    Returns:
        The CLI for the project with the labels, and what the project takes for its own.

    Raises:
        InvalidInput: there is no such service.
        ComposeFailed: a file is malformed.
        Incompatible: there is no Compose, or one that is too old.
    """
    connection = _connection(engine.endpoint)
    model = _model(Compose(connection, replace(project, profiles=("*",)), environ=environ))
    known = model.get("services") or {}
    missing = sorted(set(named) - set(known))
    if missing:
        raise InvalidInput(
            f"The Compose project has no service {' and no '.join(missing)}. It has "
            f"{', '.join(sorted(known))}."
        )
    over: dict[str, Any] = {"services": {name: {"labels": {**labels}} for name in known}}
    for name, service in known.items():
        if service.get("build"):
            over["services"][name]["build"] = {"labels": {**labels}}
    own = {kind: _own(model, kind, str(project.name)) for kind in ("networks", "volumes")}
    for kind, names in own.items():
        over[kind] = {name: {"labels": {**labels}} for name in names}
    images = frozenset(_built(known, wanted.build))
    if images:
        # Not of all services, as above: of those alone that are started.
        started = _model(Compose(connection, project, environ=environ), *wanted.names)
        images = frozenset(_built(started.get("services") or {}, wanted.build))
    claims = Claims(
        str(project.name),
        networks=frozenset(own["networks"].values()),
        volumes=frozenset(own["volumes"].values()),
        images=images,
    )
    path = scratch / "labels.json"
    path.write_text(json.dumps(over), encoding="utf-8")
    whole = replace(project, files=(*project.files, str(path)))
    return Compose(connection, whole, environ=environ), claims


def read_whole(engine: Engine, project: Project, environ: Mapping[str, str]) -> str:
    """Read all that Compose makes of a project's files, as one text.

    Args:
        engine: where it would run.
        project: the project.
        environ: the variables of the CLI.

    Raises:
        ComposeFailed: a file is malformed.
        Incompatible: there is no Compose, or one that is too old.
    """
    model = _model(Compose(_connection(engine.endpoint), project, environ=environ))
    return json.dumps(model, sort_keys=True)


def _own(model: Mapping[str, Any], kind: str, project: str) -> dict[str, str]:
    """Find a project's networks or volumes: name in the file -> name on the engine.

    Those that are external are somebody else's.
    """
    return {
        name: str((it or {}).get("name") or f"{project}_{name}")
        for name, it in (model.get(kind) or {}).items()
        if not (it or {}).get("external")
    }


def _built(services: Mapping[str, Any], build: str) -> Iterator[str]:
    """Name the images that are built under names of the files, also where they are there."""
    for service in services.values():
        is_built = build == "always" or service.get("pull_policy") == "build"
        if service.get("build") and is_built and build != "never":
            yield from filter(None, [service.get("image"), *(service["build"].get("tags") or ())])


def _model(cli: Compose, *services: str) -> dict[str, Any]:
    """Have Compose read the files: all services, or some with those that they depend on."""
    told = cli.run("config", "--format", "json", "--", *services)
    if told.exit_code:
        read = read_json_events if cli.speaks_json else read_plain_events
        raise told.failure(reason(read(told.stderr)))
    model: dict[str, Any] = json.loads(told.stdout)
    return model


def _usual_files(folder: Path) -> list[Path]:
    for name in _USUAL:
        if (folder / name).is_file():
            stem = name.rpartition(".")[0]
            over = (folder / f"{stem}.override.{ending}" for ending in ("yaml", "yml"))
            return [folder / name, *[one for one in over if one.is_file()][:1]]
    raise InvalidInput(f"{folder} has no Compose file, which would be {', '.join(_USUAL)}.")


def _check_files(what: str, files: Sequence[Path]) -> None:
    missing = [str(one) for one in files if not one.is_file()]
    if missing:
        raise InvalidInput(f"There is no {what} {' and no '.join(missing)}.")


def _connection(endpoint: Endpoint) -> Connection:
    tls = endpoint.tls
    if tls is None:
        return Connection(endpoint.url)
    ca, cert, key = (None if path is None else str(path) for path in (tls.ca, tls.cert, tls.key))
    return Connection(
        endpoint.url,
        tls=True,
        verify=tls.verify,
        tls_hostname=tls.hostname,
        ca=ca,
        cert=cert,
        key=key or cert,
    )
