"""The terminal that belongs to another thread than those that do the work."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.api.progress import Progress
from pytest_engine.core.crew import Crew
from pytest_engine.plugin.progress import Speaker
from tests.interrupted import interrupt

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NEVER_DONE = """
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace
from pytest_engine.plugin.progress import Speaker

class Work(Future):
    def done(self):
        Path({path!r}).touch()
        return False

nothing = SimpleNamespace(getplugin=lambda name: None)
Speaker(SimpleNamespace(pluginmanager=nothing)).wait_for(Work())
"""


class Screen:
    """What a terminal reporter writes."""

    def __init__(self, *, isatty: bool) -> None:
        self.isatty = isatty
        self.written: list[str] = []

    def ensure_newline(self) -> None:
        pass

    def write_line(self, line: str) -> None:
        self.written.append(f"{line}\n")

    def rewrite(self, line: str, *, erase: bool = False) -> None:
        self.written.append(f"\r{line}{' ...' if erase else ''}")


class Config:
    """As much of a configuration as is asked for the terminal."""

    def __init__(self, screen: Screen) -> None:
        self._plugins = {"terminalreporter": screen}
        self.pluginmanager = self

    def getplugin(self, name: str) -> object:
        return self._plugins.get(name)

    def getoption(self, name: str, default: int) -> int:
        return {"verbose": 0}.get(name, default)


def speaker_on(screen: Screen, clock: Callable[[], float]) -> Speaker:
    config: Any = Config(screen)
    return Speaker(config, clock)


def test_what_other_threads_say_is_written_by_the_terminals_own() -> None:
    screen = Screen(isatty=False)
    speaker = speaker_on(screen, lambda: 0.0)
    thread = threading.Thread(target=speaker.say, args=["hello"])
    thread.start()
    thread.join(30)
    assert screen.written == []
    speaker.flush()
    assert screen.written == ["engine: hello\n"]


def test_what_is_said_while_one_waits_is_written_meanwhile() -> None:
    screen = Screen(isatty=False)
    speaker = speaker_on(screen, lambda: 0.0)
    written = threading.Event()
    screen.ensure_newline = written.set  # type: ignore[method-assign]

    def work() -> bool:
        speaker.say("hello")
        return written.wait(30)

    future = Crew("test", 1).submit(work)
    speaker.wait_for(future)
    assert future.result() is True
    assert screen.written == ["engine: hello\n"]


def test_an_interrupt_ends_the_wait_though_another_thread_takes_it(tmp_path: Path) -> None:
    told = interrupt(NEVER_DONE.format(path=str(tmp_path / "waits")), (tmp_path / "waits").exists)
    assert told == "interrupted\n"


def pull(speaker: Speaker, now: list[float]) -> None:
    with speaker.pulling("redis:7") as progress:
        for step in range(1, 13):
            now[0] = step * 0.5
            progress(Progress("a", "Downloading", step * 1_000_000, 20_000_000))


def test_where_there_is_no_terminal_a_line_is_written_now_and_then() -> None:
    now = [0.0]
    screen = Screen(isatty=False)
    pull(speaker_on(screen, lambda: now[0]), now)
    assert screen.written == [
        "engine: pulling redis:7\n",
        "engine: pulling redis:7: 10.0 MB of 20.0 MB so far\n",
        "engine: pulled redis:7 in 6.0 s, 12.0 MB\n",
    ]


def test_on_a_terminal_one_line_shows_how_far_it_is() -> None:
    now = [0.0]
    screen = Screen(isatty=True)
    pull(speaker_on(screen, lambda: now[0]), now)
    assert screen.written[:3] == [
        "engine: pulling redis:7\n",
        "\rengine: pulling redis:7: 1.0 MB of 20.0 MB so far ...",
        "\r ...",
    ]
    assert screen.written[-3:] == ["\r ...", "\r", "engine: pulled redis:7 in 6.0 s, 12.0 MB\n"]


def test_a_state_that_nobody_waits_for_is_not_shown() -> None:
    now = [0.0]
    screen = Screen(isatty=True)
    speaker = speaker_on(screen, lambda: now[0])
    thread = threading.Thread(target=pull, args=[speaker, now])
    thread.start()
    thread.join(30)
    speaker.flush()
    assert screen.written == [
        "engine: pulling redis:7\n",
        "engine: pulled redis:7 in 6.0 s, 12.0 MB\n",
    ]


def test_a_pull_that_fails_leaves_a_clean_line() -> None:
    screen = Screen(isatty=True)
    with pytest.raises(LookupError), speaker_on(screen, lambda: 0.0).pulling("redis:7"):
        raise LookupError
    assert screen.written[-1] == "engine: pulling redis:7 failed after 0.0 s\n"
