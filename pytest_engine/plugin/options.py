"""The options, in one table: command line, ini file, environment, in this order."""

from __future__ import annotations

import os
from typing import Any, Callable, NamedTuple

import pytest

__all__ = ["OPTIONS", "Option", "Settings", "add_options", "read_settings"]


def _seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value


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
        switch: on the command line it stands alone, and says yes.
    """

    name: str
    read: Callable[[str], Any]
    form: str
    default: str | None
    help: str
    choices: tuple[str, ...] = ()
    switch: bool = False

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
        "a number of seconds above 0",
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
        "engine_state",
        str,
        "a folder",
        None,
        "the folder that proves which runs are alive; by default one of the user's own",
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
        "a number of seconds above 0",
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
        "a number of seconds above 0",
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
        form = (
            {"action": "store_const", "const": "yes"}
            if option.switch
            else {"metavar": "|".join(option.choices) or option.name.rpartition("_")[2].upper()}
        )
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
        (f"{option.name} of the ini file", config.getini(option.name)),
        (option.variable, os.environ.get(option.variable)),
        ("the default", option.default),
    )
    for source, text in sources:
        if text is None or text == "":
            continue
        try:
            value = option.read(text)
        except ValueError:
            value = None
        if value is None or (option.choices and value not in option.choices):
            raise pytest.UsageError(f"{source}: {text!r} is not {option.form}")
        return value
    return None
