"""Compose files as fixtures, through the Compose CLI."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pytest_engine.core.compose.projects import Services
from pytest_engine.core.errors import InvalidInput

from .compose_files import find_files, labelled, read_whole
from .compose_project import ComposeProject, brought_up, lent, wait_until_ready
from .fixtures import session_of
from .functions import WRONG_ARGUMENT, callers, check_timeout, fixture_function
from .recipe import Hints
from .references import fill_in, names_in
from .shared import digest

if TYPE_CHECKING:
    import pytest

    from pytest_engine.core.client import Engine
    from pytest_engine.core.wait import Ready

    from .compose_files import ComposeFiles, Definition, PathLike
    from .functions import Scope
    from .references import Fixture
    from .session import Session

    Others = Mapping[str, Any]

__all__ = ["compose"]

# Its file may state ports of the host and names of containers, networks and volumes.
_ALONE = Hints(alone=True)


def compose(
    file: Definition,
    *,
    services: Sequence[str] = (),
    profiles: Sequence[str] = (),
    scale: Mapping[str, int] | None = None,
    env: Mapping[str, str] | None = None,
    env_files: Sequence[PathLike] = (),
    project_name: str | None = None,
    build: Literal["always", "never"] | None = None,
    pull: Literal["missing", "always", "never"] | None = None,
    wait: Mapping[str, Ready] | Literal[False] | None = None,
    timeout: float | None = None,
    after: Sequence[Any] = (),
    scope: Scope = "function",
    per_worker: bool = False,
    doc: str | None = None,
) -> Fixture[ComposeProject]:
    """Make a fixture that is a Compose project, up and ready to be used.

        shop = compose("compose.yaml", scope="session")

        def test_shop(shop):
            requests.get(f"http://{shop.address('web', 80)}/")

    It takes the docker command with its Compose plugin, 2.18 or newer. At the end of the
    scope the project goes with its containers, networks, volumes and the images that were
    built for it. With the scope `session`, the workers of pytest-xdist share it.

    Args:
        file: the Compose file, or a folder that has one under its usual name, relative to
            the file of the caller; several files, of which each changes those before; or
            what would stand in a file, as a mapping.
        services: those to start, with what they depend on; none: all.
        profiles: which profiles count.
        scale: service -> how many containers it has.
        env: variables for the file, beyond those of the environment; they may refer to
            other fixtures: `{redis.name}`, `{redis.id}`, `{redis.ip}`.
        env_files: files with variables for it, in place of `.env`.
        project_name: its name, for those who need a certain one; two runs at once cannot
            have the same, and a project that is there already is refused. None: one that no
            other run has.
        build: `always` or `never`; None: images that are missing.
        pull: `missing`, `always` or `never`; None: what the file says, unless
            `--engine-pull` is `always` or `never`.
        wait: service -> when each of its containers is ready. The others: when their
            healthcheck succeeds, if they have one, else when their published TCP ports
            answer; at once if they have ended with exit code 0. False: nothing is waited
            for.
        timeout: seconds until all are ready; None: `--engine-wait-timeout`.
        after: fixtures, or their names, that have to be there before.
        scope: how long it lives: `function`, `class`, `module`, `package`, `session`.
        per_worker: as of `container`.
        doc: what `pytest --fixtures` says of it.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    names = callers()
    list(names_in(env or {}))
    _check(file, pull, build, timeout)
    wanted = Services(
        names=tuple(services),
        build=build or "policy",
        scale=dict(scale or {}),
        remove_volumes=True,
        remove_images="local",
        remove_orphans=True,
    )
    title = _title(file)
    place = names.shared_place(scope, per_worker=per_worker)

    def references() -> Iterator[str]:
        yield from names_in(env or {})
        for fixture in after:
            yield names.name_of(fixture, "after")

    @contextmanager
    def found(session: Session, engine: Engine) -> Iterator[tuple[ComposeFiles, Path]]:
        session.run.begin(engine.endpoint)
        # In there it goes with the run, also if that is killed.
        within = session.run.folder.path
        with tempfile.TemporaryDirectory(prefix="compose-", dir=within) as scratch:
            yield find_files(file, names.folder, Path(scratch)), Path(scratch)

    def definition(
        session: Session, engine: Engine, others: Others, environ: Mapping[str, str]
    ) -> str:
        with found(session, engine) as (files, _scratch):
            # Under one name, whatever it is called where it runs.
            project = files.project("project", profiles, env_files)
            return read_whole(engine, project, {**environ, **fill_in(env or {}, others)})

    @contextmanager
    def make(
        request: pytest.FixtureRequest, engine: Engine, others: Others
    ) -> Iterator[ComposeProject]:
        session = session_of(request.config)
        fixture = request.fixturename or "compose"
        variables = fill_in(env or {}, others)
        is_shared = place is not None and session.run.is_worker

        @contextmanager
        def up() -> Iterator[ComposeProject]:
            with found(session, engine) as (files, scratch):
                cli, claims = labelled(
                    engine,
                    files.project(project_name or session.owner.name(fixture), profiles, env_files),
                    scratch=scratch,
                    environ={**session.environ, **variables},
                    labels=session.owner.labels(fixture),
                    named={*services, *(scale or {}), *(wait or {})},
                    wanted=wanted,
                )
                services_wanted = replace(wanted, pull=_pull_policy(pull, session))
                with brought_up(
                    session, engine, fixture, cli, claims, services_wanted, stays=is_shared
                ) as project:
                    if wait is not False:
                        limit = timeout or session.settings.wait_timeout
                        wait_until_ready(project, wait or {}, limit)
                    yield project

        key = None
        if is_shared:
            whole = definition(session, engine, others, session.environ)
            key = digest("compose", engine.endpoint.url, place, fixture, whole)
        with lent(session, engine, fixture, key, up) as project:
            yield project

    made = fixture_function(
        make, references, names, title, _ALONE, scope=scope, doc=doc, definition=definition
    )
    return cast("Fixture[ComposeProject]", made)


def _check(file: Definition, pull: str | None, build: str | None, timeout: float | None) -> None:
    """Refuse what makes no sense.

    Raises:
        InvalidInput: something does not.
    """
    __tracebackhide__ = WRONG_ARGUMENT
    if not file:
        raise InvalidInput("compose: state a Compose file.")
    if pull not in (None, "missing", "always", "never"):
        raise InvalidInput(f"compose: pull={pull!r} is none of missing, always, never.")
    if build not in (None, "always", "never"):
        raise InvalidInput(f"compose: build={build!r} is neither always nor never.")
    check_timeout(timeout, "compose")


def _title(file: Definition) -> str:
    if isinstance(file, Mapping):
        return "a Compose project"
    files = [file] if isinstance(file, (str, os.PathLike)) else file
    return f"the Compose project of {', '.join(os.fspath(one) for one in files)}"


def _pull_policy(pull: str | None, session: Session) -> str:
    of_run = session.settings.pull
    if pull is None and isinstance(of_run, str) and of_run != "missing":
        return of_run
    return pull or "policy"
