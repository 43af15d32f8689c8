"""How an image is built that a fixture needs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pytest_engine.core.api.build_options import BuildOptions
from pytest_engine.core.errors import InvalidInput

from .early import check_wanted
from .making import made

if TYPE_CHECKING:
    import pytest

    from pytest_engine.core.buildcontext import Sources
    from pytest_engine.core.client import Engine

    from .session import Resource, Session

__all__ = ["BuildPlan", "build_image", "read_options", "refuse_build_options"]

# What a fixture has its own way for, or could do nothing with.
_REFUSED = {
    "buildid": "a build of a fixture is not cancelled",
    "outputs": "a fixture needs an image to come of it",
    "quiet": "what it says is only shown when it takes long, or fails",
    "remote": "state what to build as build=",
    "session": "it would have to be open when the fixture is defined",
    "secrets": "a fixture's build has no secrets, which engines take over a session of BuildKit's "
    "alone. Build the image beforehand (docker build --secret), and name it",
    "tags": "runs at the same time would take them from each other. Name the fixture instead",
}
# Arguments of the factory that have another name here.
_ARGUMENTS = {"cachefrom": "cache_from"}


@dataclass(frozen=True)
class BuildPlan:
    """How an image is built.

    Attributes:
        context: a folder, or names in the context -> contents.
        options: all else that is stated of the build.
    """

    context: Sources
    options: BuildOptions = field(default_factory=BuildOptions)

    def __str__(self) -> str:
        """Say in short what is built."""
        dockerfile = self.options.get("dockerfile", "Dockerfile")
        if isinstance(self.context, Mapping):
            return f"a {dockerfile} of its own"
        return os.path.relpath(Path(self.context) / dockerfile)


def read_options(stated: Mapping[str, Any], more: BuildOptions | None) -> BuildOptions:
    """Put the options of a build together.

    Args:
        stated: those that were given by name; those that are None were not.
        more: those that were given together.

    Raises:
        InvalidInput: one is given twice, or makes no sense in a fixture.
    """
    options = {name: value for name, value in stated.items() if value is not None}
    for name, value in (more or {}).items():
        if name in _REFUSED:
            raise InvalidInput(f"image: options: {name}: {_REFUSED[name]}.")
        if name not in BuildOptions.__annotations__:
            raise InvalidInput(
                f"image: options: a build has no option {name!r}. It has "
                f"{', '.join(sorted(set(BuildOptions.__annotations__) - set(_REFUSED)))}."
            )
        if name in options:
            argument = _ARGUMENTS.get(name, name)
            raise InvalidInput(
                f"image: {argument} is stated twice, as an argument and in options. State it once."
            )
        options[name] = value
    pull = options.pop("pull", None)
    if pull not in (None, True, False, "always", "missing"):
        raise InvalidInput(
            f"image: pull={pull!r}: a build looks for newer base images (always), or takes those "
            "that the engine has (missing)."
        )
    if pull in (True, "always"):
        options["pull"] = True
    return cast("BuildOptions", options)


def refuse_build_options(stated: Mapping[str, Any], more: BuildOptions | None) -> None:
    """Refuse options of a build where nothing is built.

    Raises:
        InvalidInput: there is one.
    """
    given = [_ARGUMENTS.get(name, name) for name, value in stated.items() if value is not None]
    if more is not None:
        given.append("options")
    if given:
        raise InvalidInput(
            f"image: {', '.join(given)}: only for an image that is built. State what to build as "
            "build=."
        )


def build_image(
    session: Session, engine: Engine, plan: BuildPlan, request: pytest.FixtureRequest
) -> str:
    """Build an image once in a run, which removes it at its end; returns its id."""
    fixture = request.fixturename or "image"

    def make() -> Resource:
        labels = {**(plan.options.get("labels") or {}), **session.owner.labels(fixture)}
        options: BuildOptions = {**plan.options, "labels": labels}
        with session.making("image", str(plan), fixture, engine) as resource:
            timed = session.durations.step(fixture, "build")
            with timed, session.speaker.building(str(plan)) as tell:

                def progress(line: str) -> None:
                    check_wanted(request)
                    tell(line)

                resource.id = engine.build.image(plan.context, progress=progress, **options)
            resource.name = resource.id
        return resource

    facts = (plan.context, plan.options)
    resource = made(session, engine, "image", fixture, facts, make, apart=False)
    return str(resource.id)
