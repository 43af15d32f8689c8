"""What a container's fixture was asked for, before the fixtures that it refers to exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import VolumeBind

from .references import fill_in, names_in

if TYPE_CHECKING:
    from .references import Namespaces

__all__ = ["ContainerPlan"]


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
        names: where the fixtures got their names.
    """

    spec: ContainerSpec
    texts: Mapping[str, Any]
    image: object | None
    networks: Sequence[object]
    volumes: Mapping[str, object]
    after: Sequence[object]
    names: Namespaces

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
