"""What a container's fixture was asked for, before the fixtures that it refers to exist."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import VolumeBind

from .files import place_files
from .references import fill_in, names_in

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Union

    from .files import FileLike, Placed
    from .handles import Image, Network, Volume
    from .references import Fixture, Namespaces

    ImageLike = Union[str, Fixture[Image]]
    NetworkLike = Union[str, NetworkAttachment, Fixture[Network]]
    Variant = Union[str, Mapping[str, Any]]
    VolumesLike = Union[Sequence[str], Mapping[str, Union[str, Fixture[Volume]]]]

__all__ = ["ContainerPlan", "beside", "check_once"]

# Properties of a spec that may refer to other fixtures.
_TEXTS = (
    "command",
    "entrypoint",
    "env",
    "etc_hosts",
    "ipc_mode",
    "labels",
    "links",
    "network_mode",
    "pid_mode",
    "volumes_from",
)


@dataclass(frozen=True)
class ContainerPlan:
    """A spec with holes, and the fixtures that fill them.

    Attributes:
        spec: what is known already.
        texts: properties of the spec that may have placeholders.
        image: a fixture that is the image; None: the spec has it.
        networks: names, attachments and fixtures.
        volumes: path in the container -> a name or a fixture.
        after: fixtures that have to be there before.
        files: what is put into it before it starts.
        names: where the fixtures got their names.
    """

    spec: ContainerSpec
    texts: Mapping[str, Any]
    image: object | None
    networks: Sequence[object]
    volumes: Mapping[str, object]
    after: Sequence[object]
    files: Sequence[Placed]
    names: Namespaces

    @classmethod
    def read(
        cls,
        spec: ContainerSpec | None,
        stated: Mapping[str, Any],
        *,
        image: object | None,
        networks: Sequence[object],
        volumes: VolumesLike | None,
        after: Sequence[object],
        files: Mapping[str, FileLike],
        names: Namespaces,
    ) -> ContainerPlan:
        """Read what a factory was given, so that an error points to the line that has it.

        Args:
            spec: properties that were given together.
            stated: properties that were given by name; those that are None were not.
            image: the image, or a fixture.
            networks: names, attachments and fixtures.
            volumes: texts, or path in the container -> a name or a fixture.
            after: fixtures that have to be there before.
            files: absolute path in the container -> what is put there.
            names: who called the factory.

        Raises:
            InvalidInput: a property is stated twice, or malformed.
        """
        base = spec or ContainerSpec()
        given = {name: value for name, value in stated.items() if value is not None}
        alone = {"image": image, "networks": networks or None, "volumes": volumes}
        check_once("container", base, {**given, **alone})
        if isinstance(image, str):
            given["image"] = image
        if volumes is not None and not isinstance(volumes, Mapping):
            given["volumes"] = [beside(one, names.folder) for one in volumes]
        texts = {name: given.pop(name, getattr(base, name)) for name in _TEXTS}
        plan = cls(
            replace(base, **given, **dict.fromkeys(_TEXTS)),
            texts={name: value for name, value in texts.items() if value is not None},
            image=None if isinstance(image, str) else image,
            networks=networks,
            volumes=volumes if isinstance(volumes, Mapping) else {},
            after=after,
            files=place_files(files, names.folder),
            names=names,
        )
        # The other fixtures are not there yet, but what a placeholder may ask for is known, and
        # everything else about these texts as well.
        list(names_in(plan.texts))
        replace(plan.spec, **plan.texts)
        return plan

    def references(self) -> Iterator[str]:
        """Name the fixtures that this one depends on.

        Raises:
            InvalidInput: one has no name.
        """
        name_of = self.names.name_of
        yield from names_in(self.texts)
        if self.image is not None:
            yield name_of(self.image, "image")
        for network in self.networks:
            if not isinstance(network, (str, NetworkAttachment)):
                yield name_of(network, "network")
        for volume in self.volumes.values():
            if not isinstance(volume, str):
                yield name_of(volume, "volumes")
        for fixture in self.after:
            yield name_of(fixture, "after")

    def filled(self, fixtures: Mapping[str, Any], alias: str, variant: object) -> ContainerSpec:
        """Fill the holes.

        Args:
            fixtures: the values of the fixtures that this one depends on.
            alias: a further name for the container on networks that fixtures made.
            variant: the fixture's parameter: an image, or a mapping of properties; None:
                it has none.

        Raises:
            InvalidInput: a placeholder or the parameter makes no sense.
        """
        spec = replace(self.spec, **fill_in(self.texts, fixtures))
        if self.image is not None:
            spec = replace(spec, image=fixtures[self.names.name_of(self.image, "image")].name)
        if self.networks:
            attached = [self._attachment(one, fixtures, alias) for one in self.networks]
            spec = replace(spec, networks=attached)
        if self.volumes:
            binds = [
                VolumeBind(
                    target,
                    one
                    if isinstance(one, str)
                    else fixtures[self.names.name_of(one, "volumes")].name,
                )
                for target, one in self.volumes.items()
            ]
            spec = replace(spec, volumes=binds)
        return _varied(spec, variant)

    def _attachment(
        self, network: object, fixtures: Mapping[str, Any], alias: str
    ) -> str | NetworkAttachment:
        if isinstance(network, (str, NetworkAttachment)):
            return network
        name = fixtures[self.names.name_of(network, "network")].name
        return NetworkAttachment(name, aliases=[alias])


def check_once(who: str, base: ContainerSpec, stated: Mapping[str, object]) -> None:
    """Check that no property is an argument of `who` and in its spec as well.

    Raises:
        InvalidInput: one is.
    """
    for name, value in stated.items():
        if value is not None and getattr(base, name) is not None:
            raise InvalidInput(
                f"{who}: {name} is stated twice, as an argument and in spec. State it once."
            )


def beside(volume: str | VolumeBind, folder: Path) -> str | VolumeBind:
    """Find a source that begins with `.` from the folder of the file that names it."""
    if not isinstance(volume, str) or not volume.startswith("."):
        return volume
    source, colon, rest = volume.partition(":")
    return f"{os.path.normpath(folder / source)}{colon}{rest}"


def _varied(spec: ContainerSpec, variant: object) -> ContainerSpec:
    if variant is None:
        return spec
    if isinstance(variant, str):
        return replace(spec, image=variant)
    known = {field.name for field in fields(ContainerSpec)}
    if not isinstance(variant, Mapping) or set(variant) - known:
        raise InvalidInput(
            f"The parameter {variant!r} is neither an image nor a mapping of properties of a "
            f"container ({', '.join(sorted(known))})."
        )
    return replace(spec, **variant)
