"""Bring a Compose project about: up, stopped, restarted, down, or its images pulled."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from .events import BUILDING, PULLING, Event, actions, is_changed, reason, warnings
from .failure import ComposeFailed
from .json_events import read_json_events
from .plain_events import read_plain_events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .cli import Compose, ComposeRun

__all__ = ["Outcome", "PullSpec", "Services", "ensure_services", "parse_scale", "pull_images"]

_YES, _LONG_YES = (2, 32, 0), (2, 34, 0)
_PULL_POLICY = (2, 22, 0)
_FULL_IDS = (2, 23, 0)
# In these a container has nothing left to stop.
_STOPPED = frozenset({"created", "dead", "exited", "killed", "stopped"})
# That there is nothing to remove is what somebody wants who removes.
_NOTHING_THERE = "No resource found to remove"


@dataclass(frozen=True)
class Services:
    """What a project's services are wanted to be like.

    Attributes:
        names: those that are meant; empty means all.
        dependencies: whether those that they depend on are meant as well.
        pull: when to pull images: `always`, `missing`, `never`, or `policy`, as its files say.
        build: when to build images: `always`, `never` or `policy`.
        recreate: which containers to make anew: `always`, `never`, or `auto`, which differ.
        renew_anon_volumes: whether new containers get new anonymous volumes.
        remove_orphans: whether containers of services that are no longer in its files go.
        remove_images: which images go with the containers: `all`, `local` or None.
        remove_volumes: whether volumes go with them.
        timeout: how many seconds a container has to stop; None leaves it to its service.
        scale: service -> how many containers it has.
        wait: whether to wait until they run, or are healthy where that is checked.
        wait_timeout: for how many seconds at most; 0 and None are without end.
        assume_yes: whether questions are answered with yes.
        ignore_build_events: whether building an image alone is no change.
    """

    names: tuple[str, ...] = ()
    dependencies: bool = True
    pull: str = "policy"
    build: str = "policy"
    recreate: str = "auto"
    renew_anon_volumes: bool = False
    remove_orphans: bool = False
    remove_images: str | None = None
    remove_volumes: bool = False
    timeout: int | None = None
    scale: Mapping[str, int] = field(default_factory=dict)
    wait: bool = False
    wait_timeout: int | None = None
    assume_yes: bool = False
    ignore_build_events: bool = True

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            InvalidInput: a number of containers, or of seconds, is none.
        """
        # Compose takes a negative one for a time without end.
        for option, seconds in (("timeout", self.timeout), ("wait_timeout", self.wait_timeout)):
            if seconds is not None and seconds < 0:
                raise InvalidInput(f"{option}: {seconds} is no time. State 0 seconds or more.")
        for name, number in self.scale.items():
            if number < 0:
                raise InvalidInput(
                    f"scale: {number!r} for {name} is no number of containers. State 0 or more."
                )


@dataclass(frozen=True)
class PullSpec:
    """Which images of a project are to be pulled.

    Attributes:
        names: of these services; empty means all.
        policy: `always`, or `missing` for those that are not there.
        ignore_buildable: whether those that can be built are left out.
        include_deps: whether those of services that they depend on are meant as well.
    """

    names: tuple[str, ...] = ()
    policy: str = "always"
    ignore_buildable: bool = False
    include_deps: bool = False


@dataclass(frozen=True)
class Outcome:
    """What was done, or would be.

    Attributes:
        changed: whether anything was changed.
        actions: what was done, each with `what`, `id` and `status`.
        warnings: what Compose warned of.
        stdout: what it wrote.
        stderr: what it said meanwhile.
        containers: the project's containers, as `docker compose ps` describes them.
        images: their images, as `docker compose images` does.
    """

    changed: bool = False
    actions: list[dict[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    stdout: str = ""
    stderr: str = ""
    containers: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)


def ensure_services(
    compose: Compose, wanted: Services, state: str = "present", *, check: bool = False
) -> Outcome:
    """Bring about what is wanted of a project's services.

    Args:
        compose: the CLI, for the project.
        wanted: what is wanted.
        state: `present`, `stopped`, `restarted` (again every time) or `absent`.
        check: whether only to say what would be done.

    Raises:
        ComposeFailed: it failed; the error says what had been done by then, and what there is.
        Incompatible: there is no Compose, or one that is too old.
        InvalidInput: there is no such state.
    """
    if wanted.assume_yes:
        compose.needs(_YES, "assume_yes")
    work = _Work(compose, check=check)
    try:
        _bring_about(work, compose, wanted, state)
    except ComposeFailed as failure:
        # Which of them ended, and how, is what somebody wants to know next. Where the project
        # itself is at fault they cannot be listed, and why is in the first error.
        with contextlib.suppress(ComposeFailed):
            failure.containers, failure.images = _containers(compose), _images(compose)
        raise
    return work.outcome(_containers(compose), _images(compose))


def pull_images(compose: Compose, wanted: PullSpec, *, check: bool = False) -> Outcome:
    """Pull the images of a project; the outcome has no containers and no images.

    Args:
        compose: the CLI, for the project.
        wanted: which ones.
        check: whether only to say what would be done. Compose tells then of what it would ask
            for, and not whether there is anything new.

    Raises:
        ComposeFailed: it failed.
        Incompatible: there is no Compose, or one that is too old.
    """
    options = []
    if wanted.policy != "always":
        compose.needs(_PULL_POLICY, f"policy {wanted.policy}")
        options += ["--policy", wanted.policy]
    options += ["--ignore-buildable"] * wanted.ignore_buildable
    options += ["--include-deps"] * wanted.include_deps
    work = _Work(compose, check=check)
    # It says that it pulls also where it finds nothing new, and of layers where it does.
    asks_always = wanted.policy == "always" and not check
    work.do(["pull", *options], wanted.names, PULLING if asks_always else frozenset())
    return work.outcome()


def parse_scale(stated: Mapping[str, object]) -> dict[str, int]:
    """Read numbers of containers, which may be texts.

    Raises:
        InvalidInput: one of them is no number.
    """
    numbers = {}
    for name, value in stated.items():
        try:
            numbers[name] = int(str(value))
        except ValueError as exc:
            raise InvalidInput(f"scale: {value!r} for {name} is no whole number.") from exc
    return numbers


class _Work:
    """What is done for one outcome, in one run of Compose or in several."""

    def __init__(self, compose: Compose, *, check: bool) -> None:
        self._compose = compose
        self._check = check
        self._runs: list[ComposeRun] = []
        self._events: list[Event] = []
        self._changed = False

    def do(
        self, command: list[str], names: tuple[str, ...], ignored: frozenset[str] = frozenset()
    ) -> None:
        """Run a command on services, where `ignored` statuses are no change."""
        run = self._compose.run(*command, *["--dry-run"] * self._check, "--", *names)
        read = read_json_events if self._compose.speaks_json else read_plain_events
        events = list(read(run.stderr))
        self._runs.append(run)
        self._events += events
        self._changed = self._changed or is_changed(events, ignored)
        if run.exit_code:
            failure = run.failure(reason(events))
            failure.actions, failure.changed = actions(self._events), self._changed
            raise failure

    def outcome(
        self,
        containers: list[dict[str, Any]] | None = None,
        images: list[dict[str, Any]] | None = None,
    ) -> Outcome:
        """Say what was done."""
        return Outcome(
            self._changed,
            actions(self._events),
            self._warnings(),
            "\n".join(run.stdout for run in self._runs if run.stdout),
            "\n".join(run.stderr for run in self._runs if run.stderr),
            containers or [],
            images or [],
        )

    def _warnings(self) -> list[str]:
        # In a dry run a network is still in use by containers that would be gone.
        meant = [event for event in self._events if event.status or not self._check]
        return [text for text in warnings(meant) if _NOTHING_THERE not in text]


def _bring_about(work: _Work, compose: Compose, wanted: Services, state: str) -> None:
    # That an image was pulled alone changes no service.
    ignored = PULLING | (BUILDING if wanted.ignore_build_events else frozenset())
    timeout = [] if wanted.timeout is None else ["--timeout", str(wanted.timeout)]
    if state == "present":
        work.do(["up", *_up(compose, wanted), *timeout], wanted.names, ignored)
    elif state == "stopped":
        work.do(["up", *_up(compose, wanted), *timeout, "--no-start"], wanted.names, ignored)
        # Compose says also of those that it stops them.
        if _running(compose, wanted.names):
            work.do(["stop", *timeout], wanted.names)
    elif state == "restarted":
        alone = [] if wanted.dependencies else ["--no-deps"]
        work.do(["restart", *alone, *timeout], wanted.names)
    elif state == "absent":
        work.do(["down", *_down(wanted), *timeout], wanted.names)
    else:
        raise InvalidInput(f"state: {state!r} is none of present, stopped, restarted, absent.")


def _up(compose: Compose, wanted: Services) -> list[str]:
    options = ["--detach", "--no-color", "--quiet-pull"]
    options += [] if wanted.pull == "policy" else ["--pull", wanted.pull]
    options += {"always": ["--build"], "never": ["--no-build"]}.get(wanted.build, [])
    recreate = {"always": ["--force-recreate"], "never": ["--no-recreate"]}
    options += recreate.get(wanted.recreate, [])
    options += ["--renew-anon-volumes"] * wanted.renew_anon_volumes
    options += ["--remove-orphans"] * wanted.remove_orphans
    options += [] if wanted.dependencies else ["--no-deps"]
    for name, number in sorted(wanted.scale.items()):
        options += ["--scale", f"{name}={number}"]
    if wanted.wait:
        options += ["--wait"]
        if wanted.wait_timeout is not None:
            options += ["--wait-timeout", str(wanted.wait_timeout)]
    if wanted.assume_yes:
        # In the two releases before, the long form is misspelt.
        options += ["--yes" if compose.version >= _LONG_YES else "-y"]
    return options


def _down(wanted: Services) -> list[str]:
    options = ["--remove-orphans"] * wanted.remove_orphans
    options += ["--rmi", wanted.remove_images] if wanted.remove_images else []
    return options + ["--volumes"] * wanted.remove_volumes


def _running(compose: Compose, names: tuple[str, ...]) -> bool:
    return any(
        container.get("State") not in _STOPPED and (not names or container.get("Service") in names)
        for container in _listed(compose, "ps", "--all")
    )


def _containers(compose: Compose) -> list[dict[str, Any]]:
    whole = ["--no-trunc"] if compose.version >= _FULL_IDS else []
    return [
        {
            **container,
            "Labels": _labels(container.get("Labels") or ""),
            "Names": (container.get("Names") or container["Name"]).split(","),
            "Networks": (container.get("Networks") or "").split(","),
            "Publishers": container.get("Publishers") or [],
        }
        for container in _listed(compose, "ps", "--all", *whole)
    ]


def _images(compose: Compose) -> list[dict[str, Any]]:
    return _listed(compose, "images")


def _labels(text: str) -> dict[str, str]:
    """Take labels apart; a part without a `=` is one of a value that holds a comma."""
    labels: dict[str, str] = {}
    last = ""
    for part in text.split(",") if text else ():
        name, equals, value = part.partition("=")
        if equals or not last:
            last = name
            labels[name] = value
        else:
            labels[last] += f",{part}"
    return labels


def _listed(compose: Compose, *command: str) -> list[dict[str, Any]]:
    """Run a command that lists.

    Compose writes an array, an object for each line (`ps` since 2.21), or an object of all
    (`images` in 2.37).
    """
    run = compose.run(command[0], "--format", "json", *command[1:])
    if run.exit_code:
        read = read_json_events if compose.speaks_json else read_plain_events
        raise run.failure(reason(read(run.stderr)))
    text = run.stdout.strip()
    is_ps = command[0] == "ps"
    try:
        if is_ps and not text.startswith("["):
            value: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            value = json.loads(text or "[]") or []
    except ValueError as exc:
        raise run.failure(f"what it lists is no JSON: {exc}") from exc
    listed = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise run.failure(f"what it lists are no objects: {text:.200}")
    if is_ps and not all(isinstance(one.get("Name"), str) for one in listed):
        raise run.failure(f"it lists a container without a name: {text:.200}")
    return listed
