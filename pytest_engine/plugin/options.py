"""The options, in one table: command line, ini file, environment, in this order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import pytest

if TYPE_CHECKING:
    from .images import PullPolicy

__all__ = ["OPTIONS", "Option", "Settings", "add_options", "read_settings"]


# Of a century, beyond which no clock can tell when it is over.
_MOST_SECONDS = 100 * 365 * 86400.0
_SECONDS_FORM = "a number of seconds above 0, of a century at most"


def _seconds(text: str, unit: float = 1.0) -> float:
    value = float(text) * unit
    if not 0 < value <= _MOST_SECONDS:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


def _pull_policy(text: str) -> object:
    if text in ("missing", "always", "never"):
        return text
    from datetime import timedelta

    number, unit = text[:-1], text[-1:]
    units = {"m": 60.0, "h": 3600.0, "d": 86400.0}
    if unit not in units:
        raise ValueError(text)
    return timedelta(seconds=_seconds(number, units[unit]))


def _mirrors(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in text.split(","):
        registry, equals, mirror = part.strip().rpartition("=")
        if not mirror or (equals and not registry) or "://" in part:
            raise ValueError(text)
        pairs.append((registry.rstrip("/") or "docker.io", mirror.rstrip("/")))
    return tuple(pairs)


def _switch(text: str) -> bool:
    known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


class Option(NamedTuple):
    """One option.

    Attributes:
        name: its name in ini files; `--engine-host` on the command line for `engine_host`.
        read: turns its text into its value, or raises ValueError.
        form: what its text has to be, for messages.
        default: its value where nobody states it.
        help: what it does.
        choices: the texts that it may be; empty: whatever `read` takes.
        bare: its text where the command line has the option without one; None: that is wrong.
        switch: on the command line it stands alone, and says yes.
        folder: it is a folder, in the ini file from where that is.
    """

    name: str
    read: Callable[[str], Any]
    form: str
    default: str | None
    help: str
    choices: tuple[str, ...] = ()
    bare: str | None = None
    switch: bool = False
    folder: bool = False

    @property
    def flag(self) -> str:
        """The option on the command line."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """The variable of the environment."""
        return f"PYTEST_{self.name.upper()}"


OPTIONS = (
    Option(
        "engine_host",
        str,
        "unix:///path/docker.sock or tcp://host:port",
        None,
        "the container engine; by default what DOCKER_HOST, DOCKER_CONTEXT, Docker's current "
        "context or the usual sockets say",
    ),
    Option(
        "engine_missing",
        str,
        "fail, skip or private",
        "fail",
        "what becomes of tests that need an engine where none answers; private starts one for "
        "the run, which takes root and an installed dockerd",
        ("fail", "skip", "private"),
    ),
    Option(
        "engine_wait_timeout",
        _seconds,
        _SECONDS_FORM,
        "60",
        "seconds until a container has to be ready, where its fixture does not say",
    ),
    Option(
        "engine_log_lines",
        _count,
        "a number of lines",
        "50",
        "how many lines of each container's log a failing test's report shows at most; 0: none",
    ),
    Option(
        "engine_pull",
        _pull_policy,
        "missing, always, never, or an age like 90m, 12h or 7d",
        "missing",
        "when images are pulled, where their fixture does not say: if the engine lacks them, once "
        "in every run, never, or once what it has was pulled longer ago than that",
    ),
    Option(
        "engine_mirror",
        _mirrors,
        "a mirror like registry.example/hub, or registry=mirror pairs with commas between them",
        None,
        "where images are pulled from instead: a mirror of Docker Hub, or pairs like "
        "docker.io=mirror.example/hub,quay.io=mirror.example/quay",
    ),
    Option(
        "engine_ahead",
        _count,
        "a number of containers",
        "10",
        "how many containers start at the same time in the background before a test asks for "
        "them; 0: none, and none is removed in the background",
    ),
    Option(
        "engine_durations",
        _count,
        "a number of fixtures",
        None,
        "show how long it took to pull, create, start, wait for and remove containers, of so many "
        "fixtures; 0: of all",
        bare="10",
    ),
    Option(
        "engine_state",
        str,
        "a folder",
        None,
        "the folder that proves which runs are alive; by default one of the user's own",
        folder=True,
    ),
    Option(
        "engine_sweep",
        _switch,
        "yes or no",
        "no",
        "before the tests, remove what dead runs have left on the engine, and tell what and why",
        switch=True,
    ),
    Option(
        "engine_keep",
        str,
        "never, failed or always",
        "never",
        "what outlives the run so that it can be looked at: what a failing test used, or all",
        ("never", "failed", "always"),
    ),
    Option(
        "engine_keep_for",
        _seconds,
        _SECONDS_FORM,
        "86400",
        "seconds after which what was kept may be removed by a later run",
    ),
    Option(
        "engine_reuse",
        _switch,
        "yes or no",
        "no",
        "leave containers of fixtures with reuse=True running for the next run, and use them again",
        switch=True,
    ),
    Option(
        "engine_reuse_for",
        _seconds,
        _SECONDS_FORM,
        "3600",
        "seconds for which a container may wait to be used again",
    ),
)


class Settings(NamedTuple):
    """The values of the options.

    Attributes:
        host: the engine's address; None: the environment's.
        missing: `fail`, `skip` or `private`.
        wait_timeout: in seconds.
        log_lines: for each container.
        pull: `missing`, `always`, `never` or a timedelta.
        mirror: registry, or the beginning of a name, -> what takes its place; None: no mirrors.
        ahead: how many containers start in the background at a time.
        durations: of how many fixtures they are shown; None: of none, 0: of all.
        state: the folder for the proofs of life; None: the default one.
        sweep: whether to sweep before the tests.
        keep: `never`, `failed` or `always`.
        keep_for: in seconds.
        reuse: whether containers that can be used again are.
        reuse_for: in seconds.
    """

    host: str | None
    missing: str
    wait_timeout: float
    log_lines: int
    pull: PullPolicy
    mirror: tuple[tuple[str, str], ...] | None
    ahead: int
    durations: int | None
    state: str | None
    sweep: bool
    keep: str
    keep_for: float
    reuse: bool
    reuse_for: float


def add_options(parser: pytest.Parser) -> None:
    """Declare the options on the command line and in ini files."""
    group = parser.getgroup("engine", "containers (pytest-engine)")
    for option in OPTIONS:
        default = f"; default {option.default}" if option.default else ""
        form: dict[str, Any] = {"action": "store_const", "const": "yes"}
        if not option.switch:
            metavar = "|".join(option.choices) or option.name.rpartition("_")[2].upper()
            form = {"metavar": metavar}
        if option.bare is not None:
            form |= {"nargs": "?", "const": option.bare}
        group.addoption(
            option.flag,
            default=None,
            help=f"{option.help} (ini {option.name}, environment {option.variable}{default})",
            **form,
        )
        parser.addini(option.name, option.help, default=None)


def read_settings(config: pytest.Config) -> Settings:
    """Read the options from wherever they are stated.

    Raises:
        pytest.UsageError: a value is not of the form that its option has.
    """
    return Settings(*(_value(option, config) for option in OPTIONS))


def _value(option: Option, config: pytest.Config) -> Any:
    sources = (
        (option.flag, config.getoption(option.name)),
        (f"{option.name} of the ini file", _of_ini_file(option, config)),
        (option.variable, os.environ.get(option.variable)),
        ("the default", option.default),
    )
    for source, text in sources:
        if text is None or text == "":
            continue
        try:
            # In pyproject.toml it can be a list.
            value = option.read(text) if isinstance(text, str) else None
        except ValueError:
            value = None
        if value is None or (option.choices and value not in option.choices):
            raise pytest.UsageError(f"{source}: {text!r} is not {option.form}")
        return value
    return None


def _of_ini_file(option: Option, config: pytest.Config) -> Any:
    text = config.getini(option.name)
    is_path = option.folder and isinstance(text, str) and not text.startswith("~")
    if is_path and text and config.inipath is not None:
        # As pytest has it for paths: the same for whoever starts it in another folder.
        return str(config.inipath.parent / text)
    return text
