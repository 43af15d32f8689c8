"""A client program in the container that stays open: a statement in, its answer out.

What tests ask for by the hundred (a database of their own) has to take milliseconds. Starting
a program in a container takes a tenth of a second, so it is started once; and the image of
every database has its client, so that no library is needed here.
"""

from __future__ import annotations

import secrets
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Callable

from pytest_engine.core.errors import ConnectionLost, EngineError
from pytest_engine.core.polling import poll

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_engine.core.api.output import ProcessStream
    from pytest_engine.core.container import Container

__all__ = ["PREPARE_PATIENCE", "Console", "StatementFailed", "take_turn"]

# Seconds that one statement may take.
_PATIENCE = 120.0
# Seconds that one worker waits while another fills the main database.
PREPARE_PATIENCE = 600.0


class StatementFailed(EngineError):
    """A server refused a statement of a preset, or its client program could not connect."""


class Console:
    """A client program in a container; started by the first statement, again after a failure.

    Args:
        container: the container.
        command: the program, which reads statements from its standard input, ends at the
            first that fails, and writes answers as they come.
        echo: gives the statement that makes it print a word on a line of its own.
        env: variables beyond the container's.
    """

    def __init__(
        self,
        container: Container,
        command: Sequence[str],
        *,
        echo: Callable[[str], str],
        env: Mapping[str, str],
    ) -> None:
        """Remember all that; nothing is started."""
        self._container = container
        self._command = list(command)
        self._echo = echo
        self._env = [f"{name}={value}" for name, value in env.items()]
        self._lock = threading.Lock()
        self._stream: ProcessStream | None = None

    def ask(self, *statements: str) -> str:
        """Run statements and return what they print, without blanks around it.

        Raises:
            StatementFailed: one of them failed; with the words of the program.
        """
        with self._lock:
            was_open = self._stream is not None
            answer, complaint = self._tell(statements)
            if answer is None and was_open and not complaint:
                # It ended in silence while nobody looked: the container was restarted.
                answer, complaint = self._tell(statements)
            if answer is None:
                raise StatementFailed(
                    f"{self._command[0]} in container {self._container.name} ended: "
                    f"{complaint or 'it said nothing'}"
                )
            return answer

    def close(self) -> None:
        """End the program."""
        with self._lock:
            self._end()

    def _tell(self, statements: Sequence[str]) -> tuple[str | None, str]:
        """Run statements; returns what they print, None if the program ended, and why it did."""
        word = f"done-{secrets.token_hex(8)}"
        try:
            stream = self._stream = self._stream or self._start()
            # If it has ended, it has said why.
            with suppress(ConnectionLost):
                stream.write("\n".join([*statements, self._echo(word), ""]).encode())
            answer, complaint = _read_until(stream, word.encode())
        except BaseException:
            self._end()
            raise
        if answer is None:
            self._end()
        return answer, complaint

    def _start(self) -> ProcessStream:
        engine = self._container.engine
        exec_id = engine.exec.create(
            self._container.id,
            {
                "Cmd": self._command,
                "Env": self._env,
                "AttachStdin": True,
                "AttachStdout": True,
                "AttachStderr": True,
            },
        )
        return engine.exec.start(exec_id, timeout=_PATIENCE)

    def _end(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()


def _read_until(stream: ProcessStream, word: bytes) -> tuple[str | None, str]:
    """Read up to a line with the word; None: the program ended before. And what it complained."""
    said = {"stdout": b"", "stderr": b""}
    for name, data in stream:
        said[name] += data
        before, found, _rest = said["stdout"].partition(word)
        if found:
            return before.decode("utf-8", "replace").strip(), ""
    return None, (said["stderr"] or said["stdout"]).decode("utf-8", "replace").strip()


def take_turn(take: Callable[[], bool], container: Container, patience: float) -> None:
    """Wait until no other worker fills the main database of a server.

    It is asked for again and again, for a statement that waits says nothing, and a program that
    says nothing is given up.

    Args:
        take: takes the server's lock, and says whether it has it.
        container: the server's.
        patience: seconds to wait at most.

    Raises:
        Timeout: another worker has the lock all the time.
    """
    poll(
        take,
        timeout=patience,
        what=f"Container {container.name}: an end of the `prepare` that another worker runs",
        tell=lambda: "See whether it hangs, or have it take less time.",
    )
