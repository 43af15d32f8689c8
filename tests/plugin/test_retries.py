"""What is tried again, and what is not."""

from __future__ import annotations

from typing import Any, Callable

import pytest

from pytest_engine.core.errors import PortInUse, PullFailed, ServerError
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.plugin.retries import pull_patiently, start_patiently, states_host_port

FLAKY = (
    "Get https://registry/v2/: net/http: TLS handshake timeout",
    "read tcp 10.0.0.1:1->10.0.0.2:443: read: connection reset by peer",
    "dial tcp 127.0.0.1:5000: connect: connection refused",
    "unexpected EOF",
    "received unexpected HTTP status: 503 Service Unavailable",
    "lookup registry on 10.0.0.1:53: server misbehaving",
)
FINAL = (
    "manifest for redis:77 not found: manifest unknown",
    "pull access denied for x, repository does not exist or may require 'docker login'",
    "lookup registry.example on 10.0.0.1:53: no such host",
    "toomanyrequests: You have reached your pull rate limit.",
    "no space left on device",
)


class Said:
    """Stands for the terminal; counts tries as well, and sleeps no second."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pauses: list[float] = []
        self.tries = 0

    def say(self, text: str) -> None:
        self.lines.append(text)

    def failing(self, error: Exception, times: int) -> Callable[[], None]:
        """Return what fails so many times, and then does not."""

        def work() -> None:
            self.tries += 1
            if self.tries <= times:
                raise error

        return work


def pull(said: Said, detail: str, times: int) -> None:
    speaker: Any = said
    work = said.failing(PullFailed("Cannot pull redis:7", detail=detail), times)
    pull_patiently(work, "redis:7", speaker, said.pauses.append)


@pytest.mark.parametrize("detail", FLAKY)
def test_a_pull_that_the_network_broke_is_tried_again_and_that_is_told(detail: str) -> None:
    said = Said()
    pull(said, detail, 2)
    assert said.tries == 3
    assert said.pauses == [1.0, 3.0]
    assert said.lines == [
        f"pulling redis:7 failed ({detail}); trying again in {pause} s" for pause in (1, 3)
    ]


@pytest.mark.parametrize("detail", FLAKY)
def test_a_pull_is_given_up_in_the_end(detail: str) -> None:
    said = Said()
    with pytest.raises(PullFailed, match="Cannot pull"):
        pull(said, detail, 9)
    assert said.tries == 3


@pytest.mark.parametrize("detail", FINAL)
def test_a_pull_that_cannot_succeed_is_tried_once(detail: str) -> None:
    said = Said()
    with pytest.raises(PullFailed):
        pull(said, detail, 1)
    assert (said.tries, said.lines) == (1, [])


def start(said: Said, spec: ContainerSpec, error: Exception, times: int) -> None:
    speaker: Any = said
    container: Any = type(
        "Box", (), {"name": "box", "start": staticmethod(said.failing(error, times))}
    )
    start_patiently(container, spec, speaker, said.pauses.append)


TAKEN = PortInUse(
    "port is already allocated", status=500, method="POST", path="/", engine_message=""
)


def test_a_port_that_the_engine_chose_badly_is_chosen_again() -> None:
    said = Said()
    start(said, ContainerSpec(image="x", ports=[80]), TAKEN, 3)
    assert said.tries == 4
    assert said.lines == ["a port that the engine chose for box is taken; once more"] * 3


def test_an_engine_that_always_chooses_badly_is_believed() -> None:
    said = Said()
    with pytest.raises(PortInUse):
        start(said, ContainerSpec(image="x", ports=[80]), TAKEN, 9)
    assert said.tries == 4


def test_a_port_that_was_stated_is_not_tried_again() -> None:
    said = Said()
    with pytest.raises(PortInUse):
        start(said, ContainerSpec(image="x", ports=["8080:80"]), TAKEN, 1)
    assert said.tries == 1


def test_another_failure_is_not_tried_again() -> None:
    said = Said()
    error = ServerError("no", status=500, method="POST", path="/", engine_message="")
    with pytest.raises(ServerError):
        start(said, ContainerSpec(image="x", ports=[80]), error, 1)
    assert said.tries == 1


@pytest.mark.parametrize(
    ("ports", "expected"),
    [([], False), ([80], False), (["8080:80"], True), (["8000-8010:80"], False), (["0:80"], False)],
)
def test_a_range_leaves_the_choice_to_the_engine(ports: list[int | str], expected: bool) -> None:  # noqa: FBT001
    assert states_host_port(ContainerSpec(image="x", ports=ports)) is expected
