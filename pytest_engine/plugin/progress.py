"""Lines that tell the person at the terminal what takes its time, through pytest's capturing."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

    from pytest_engine.core.api.progress import Progress

__all__ = ["Speaker"]

# A line in between, for what takes longer than people wait without wondering.
_EVERY = 5.0
_MEGABYTE = 1e6


class Speaker:
    """Says what is going on; says nothing in a worker of pytest-xdist and with `-q`."""

    def __init__(self, config: pytest.Config, clock: Callable[[], float] = time.monotonic) -> None:
        """Find the terminal."""
        self._config = config
        self._clock = clock

    def say(self, text: str) -> None:
        """Write a line to the terminal."""
        plugins = self._config.pluginmanager
        reporter = plugins.getplugin("terminalreporter")
        if reporter is None or self._config.getoption("verbose") < 0:
            return
        capture = plugins.getplugin("capturemanager")
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            reporter.ensure_newline()
            reporter.write_line(f"engine: {text}")

    def detail(self, text: str) -> None:
        """Write a line that is only wanted with `-v`."""
        if self._config.getoption("verbose") > 0:
            self.say(text)

    @contextmanager
    def pulling(self, image: str) -> Iterator[Callable[[Progress], None]]:
        """Say that an image is pulled, and how long that took; yields the progress callback."""
        began = said = self._clock()
        layers: dict[str, int] = {}
        self.say(f"pulling {image}")

        def progress(step: Progress) -> None:
            nonlocal said
            if step.status == "Downloading" and step.current:
                layers[step.layer] = step.current
            if self._clock() - said >= _EVERY:
                said = self._clock()
                self.say(f"pulling {image}: {_megabytes(layers)} so far")

        yield progress
        size = f", {_megabytes(layers)}" if layers else ""
        self.say(f"pulled {image} in {self._clock() - began:.1f} s{size}")

    @contextmanager
    def building(self, what: str) -> Iterator[Callable[[str], None]]:
        """Say that an image is built, and how long that took; yields the progress callback."""
        began = said = self._clock()
        self.say(f"building {what}")

        def progress(line: str) -> None:
            nonlocal said
            if self._clock() - said >= _EVERY:
                said = self._clock()
                self.say(f"building {what}: {line.strip()}")

        yield progress
        self.say(f"built {what} in {self._clock() - began:.1f} s")


def _megabytes(layers: Mapping[str, int]) -> str:
    return f"{sum(layers.values()) / _MEGABYTE:.1f} MB"
