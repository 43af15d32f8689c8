"""Lines that tell the person at the terminal what takes its time, through pytest's capturing."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from contextlib import contextmanager, nullcontext
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, Callable

from pytest_engine.core.crew import GLANCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

    import pytest

    from pytest_engine.core.api.progress import Progress

__all__ = ["Speaker"]

# A line in between, for what takes longer than people wait without wondering.
_EVERY = 5.0
# A terminal shows more often how far it is, all in one line.
_EVERY_ON_A_TERMINAL = 0.2
_MEGABYTE = 1e6


class Speaker:
    """Says what is going on; says nothing in a worker of pytest-xdist and with `-q`.

    The terminal belongs to the thread that made this, pytest's own: what others say is
    written when that one has time for it (`flush`, `wait_for`).
    """

    def __init__(self, config: pytest.Config, clock: Callable[[], float] = time.monotonic) -> None:
        """Find the terminal."""
        self._config = config
        self._clock = clock
        self._home = threading.get_ident()
        self._news = threading.Condition()
        # Lines with True, which stay, and states of work with False, which the next one replaces.
        self._waiting: deque[tuple[str, bool]] = deque()
        self._has_state = False
        self._is_watched = False

    def say(self, text: str) -> None:
        """Write a line to the terminal."""
        self._tell(text, stays=True)

    def detail(self, text: str) -> None:
        """Write a line that is only wanted with `-v`."""
        if self._config.getoption("verbose", 0) > 0:
            self.say(text)

    def flush(self) -> None:
        """Write what other threads have said; called by the thread of the terminal alone."""
        while True:
            with self._news:
                if not self._waiting:
                    return
                text, stays = self._waiting.popleft()
            # A state that nobody waits for would only be in the way of pytest's own output.
            if stays or self._is_watched:
                self._write(text, stays=stays)

    def wait_for(self, work: Future[Any]) -> None:
        """Wait until work in another thread is done, and write what is said meanwhile."""
        work.add_done_callback(self._wake)
        self._is_watched = True
        try:
            while not work.done():
                with self._news:
                    while not (self._waiting or work.done()):
                        self._news.wait(GLANCE)
                self.flush()
        finally:
            self._is_watched = False
            self._write("", stays=False)
        self.flush()

    @contextmanager
    def pulling(self, image: str) -> Iterator[Callable[[Progress], None]]:
        """Say that an image is pulled, and how long that took; yields the progress callback."""
        began = self._clock()
        layers: dict[str, int] = {}
        totals: dict[str, int] = {}
        self.say(f"pulling {image}")
        said = self._said()

        def progress(step: Progress) -> None:
            if step.status == "Downloading" and step.current:
                layers[step.layer] = step.current
                totals[step.layer] = step.total or 0
            said(lambda: f"pulling {image}: {_megabytes(layers)} of {_megabytes(totals)} so far")

        with self._failing(f"pulling {image}", began):
            yield progress
        size = f", {_megabytes(layers)}" if layers else ""
        self.say(f"pulled {image} in {self._clock() - began:.1f} s{size}")

    @contextmanager
    def building(self, what: str) -> Iterator[Callable[[str], None]]:
        """Say that an image is built, and how long that took; yields the progress callback."""
        began = self._clock()
        self.say(f"building {what}")
        said = self._said()

        def progress(line: str) -> None:
            said(lambda: f"building {what}: {line.strip()}")

        with self._failing(f"building {what}", began):
            yield progress
        self.say(f"built {what} in {self._clock() - began:.1f} s")

    @contextmanager
    def _failing(self, what: str, began: float) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.say(f"{what} failed after {self._clock() - began:.1f} s")
            raise

    def _said(self) -> Callable[[Callable[[], str]], None]:
        """Return what tells of work in progress, now and then."""
        is_terminal = getattr(self._reporter(), "isatty", False)
        pause = _EVERY_ON_A_TERMINAL if is_terminal else _EVERY
        last = self._clock()

        def tell(text: Callable[[], str]) -> None:
            nonlocal last
            if self._clock() - last >= pause:
                last = self._clock()
                self._tell(text(), stays=not is_terminal)

        return tell

    def _reporter(self) -> Any:
        return self._config.pluginmanager.getplugin("terminalreporter")

    def _tell(self, text: str, *, stays: bool) -> None:
        if threading.get_ident() == self._home:
            self.flush()
            self._write(text, stays=stays)
            return
        with self._news:
            if not stays and self._waiting and not self._waiting[-1][1]:
                self._waiting.pop()
            self._waiting.append((text, stays))
            self._news.notify_all()

    def _wake(self, work: Future[Any]) -> None:
        del work
        with self._news:
            self._news.notify_all()

    def _write(self, text: str, *, stays: bool) -> None:
        reporter = self._reporter()
        if reporter is None or self._config.getoption("verbose", 0) < 0:
            return
        capture = self._config.pluginmanager.getplugin("capturemanager")
        if not (text or self._has_state):
            return
        with _kept_streams(), capture.global_and_fixture_disabled() if capture else nullcontext():
            if self._has_state:
                # The state of before goes away, whatever takes its place.
                reporter.rewrite("", erase=True)
                reporter.rewrite("")
            else:
                reporter.ensure_newline()
            self._has_state = bool(text) and not stays
            if stays:
                reporter.write_line(f"engine: {text}")
            elif text:
                reporter.rewrite(f"engine: {text}"[: get_terminal_size().columns - 1], erase=True)


@contextmanager
def _kept_streams() -> Iterator[None]:
    """Leave the streams to whoever has replaced them; pytest's capture takes them back."""
    streams = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout, sys.stderr = streams


def _megabytes(layers: Mapping[str, int]) -> str:
    return f"{sum(layers.values()) / _MEGABYTE:.1f} MB"
