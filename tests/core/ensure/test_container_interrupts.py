"""A container's replacement that nobody hears the end of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.errors import ConnectionLost, EngineError, ServerError, Timeout
from pytest_engine.core.spec.container import ContainerSpec

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.ensure.losing import Losing

pytestmark = pytest.mark.engine

# How nobody is told what became of a request: what the way to the engine answers, and the error.
_LATE = b"HTTP/1.1 504 Gateway Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_UNANSWERED: Any = (
    pytest.param(b"", ConnectionLost, id="lost"),
    pytest.param(_LATE, ServerError, id="gateway"),
)


@pytest.fixture
def spec(busybox: str, scratch: Scratch) -> ContainerSpec:
    """A container that runs until it is stopped."""
    command = ["sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"]
    return ContainerSpec(scratch.name(), busybox, command=command, env={"A": "1"})


def _start(engine: Engine, spec: ContainerSpec, **kind: Any) -> None:
    reconcile(engine, ContainerKind(**kind), spec, state="started")


def _start_old(engine: Engine, spec: ContainerSpec) -> str:
    """Start one that differs from what is wanted, and says when it listens for signals."""
    _start(engine, replace(spec, env={"A": "2"}))
    old, _ = _container(engine, spec)
    with engine.containers.logs(old, follow=True) as output:
        next(output.lines())
    return old


def _container(engine: Engine, spec: ContainerSpec) -> tuple[str, str]:
    container = engine.containers.inspect(str(spec.name))
    return container["Id"], container["State"]["Status"]


@pytest.mark.parametrize(("words", "error"), _UNANSWERED)
@pytest.mark.parametrize("early", [b"", b"}"])
@pytest.mark.parametrize("old", [False, True])
def test_a_container_whose_creation_was_not_answered_does_not_stay(
    old: bool,  # noqa: FBT001  # of a table
    early: bytes,
    words: bytes,
    error: type[EngineError],
    engine: Engine,
    losing: Losing,
    spec: ContainerSpec,
    scratch: Scratch,
) -> None:
    if old:
        _start(engine, replace(spec, env={"A": "2"}))
    before = old and _container(engine, spec)
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.request = f"POST /v{engine.api_version}/containers/create"
        losing.early, losing.words = early, words
        with pytest.raises(error, match="containers/create"):
            _start(other, spec)
    assert scratch.everything() == ({f"container {spec.name}"} if old else set())
    assert (old and _container(engine, spec)) == before


@pytest.mark.parametrize(("words", "error"), _UNANSWERED)
def test_a_container_whose_stop_was_not_answered_runs_again(
    words: bytes,
    error: type[EngineError],
    engine: Engine,
    losing: Losing,
    spec: ContainerSpec,
    scratch: Scratch,
) -> None:
    slow = ["sh", "-c", "trap 'sleep 2; echo down; exit 0' TERM; echo up; sleep 1000 & wait"]
    spec = replace(spec, command=slow)
    # As it was made, it would be killed after a second.
    old = _start_old(engine, replace(spec, stop_timeout=1))
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.early, losing.words = b"\r\n\r\n", words
        losing.request = f"POST /v{engine.api_version}/containers/{old}/stop"
        with pytest.raises(error, match="stop"):
            _start(other, spec, stop_timeout=20)
    # What the engine goes on to do would be done by then.
    with pytest.raises(Timeout):
        engine.containers.wait(old, timeout=2)
    assert scratch.everything() == {f"container {spec.name}"}
    assert _container(engine, spec) == (old, "running")
    with engine.containers.logs(old) as output:
        assert output.read() == (b"up\ndown\nup\n", b"")


@pytest.mark.parametrize("words", [b"", _LATE])
def test_a_container_that_got_a_signal_and_whose_end_is_not_told_runs_again_or_is_replaced(
    words: bytes, engine: Engine, losing: Losing, spec: ContainerSpec, scratch: Scratch
) -> None:
    command = ["sh", "-c", "trap 'exit 0' TERM; echo up; sleep 1000 & wait"]
    spec = replace(spec, command=command)
    old = _start_old(engine, spec)
    how: Any = {"force_kill": True, "kill_signal": "TERM"}
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.words = words
        losing.request = f"POST /v{engine.api_version}/containers/{old}/wait"
        if words:
            # What stands before the engine would not wait.
            _start(other, spec, **how)
        else:
            with pytest.raises(ConnectionLost, match="wait"):
                _start(other, spec, **how)
    new, status = _container(engine, spec)
    assert (new == old, status) == (not words, "running")
    assert scratch.everything() == {f"container {spec.name}"}


def test_a_container_whose_new_name_was_not_confirmed_gets_its_own_back(
    engine: Engine, losing: Losing, spec: ContainerSpec, scratch: Scratch
) -> None:
    _start(engine, replace(spec, env={"A": "2"}))
    before = _container(engine, spec)
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.request = f"POST /v{engine.api_version}/containers/{before[0]}/rename"
        with pytest.raises(ConnectionLost, match="rename"):
            _start(other, spec)
    assert scratch.everything() == {f"container {spec.name}"}
    assert _container(engine, spec) == before


def test_a_container_whose_removal_is_not_confirmed_is_named(
    engine: Engine, losing: Losing, spec: ContainerSpec
) -> None:
    _start(engine, replace(spec, env={"A": "2"}))
    old, _ = _container(engine, spec)
    with Engine(losing.host, api_version=engine.api_version) as other:
        other.system.info()
        losing.request = f"DELETE /v{engine.api_version}/containers/{old}"
        with pytest.raises(EngineError, match=f"was set aside as {spec.name}.{old[:12]}"):
            _start(other, spec)


def test_a_container_whose_name_is_taken_meanwhile_is_started_again_without_it(
    engine: Engine, spec: ContainerSpec, scratch: Scratch
) -> None:
    _start(engine, replace(spec, env={"A": "2"}))
    old, _ = _container(engine, spec)

    def start(engine: Engine, new: str) -> None:
        # Somebody else is quick.
        engine.containers.rename(new, scratch.name("new"))
        engine.containers.create({"Image": str(spec.image)}, name=spec.name)
        raise EngineError(f"{new} does not start.")

    aside = f"{spec.name}.{old[:12]}"
    with pytest.raises(EngineError, match=f"Look for {spec.name} or {aside}"):
        _start(engine, spec, start=start)
    assert engine.containers.inspect(aside)["State"]["Running"]
    assert scratch.everything() == {f"container {spec.name}", f"container {aside}"}


def test_an_interrupt_stays_one_where_what_was_there_cannot_be_put_back(
    engine: Engine, spec: ContainerSpec
) -> None:
    _start(engine, replace(spec, env={"A": "2"}))
    old, _ = _container(engine, spec)

    def start(engine: Engine, _new: str) -> None:
        engine.containers.remove(old, force=True)
        raise KeyboardInterrupt

    with (
        pytest.warns(UserWarning, match=rf"KeyboardInterrupt.* {spec.name}\.{old[:12]}"),
        pytest.raises(KeyboardInterrupt),
    ):
        _start(engine, spec, start=start)
