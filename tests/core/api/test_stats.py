"""Measurements of a real engine."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.container import Container
from pytest_engine.core.errors import ConnectionLost, ContainerNotFound, InvalidInput
from pytest_engine.core.usage import usage_of
from tests.core.scripted import Read

if TYPE_CHECKING:
    from tests.core.api.conftest import Run
    from tests.core.conftest import Serve


@pytest.mark.engine
def test_a_busy_container_is_measured_again_and_again(engine: Engine, run: Run) -> None:
    name = run("sh", "-c", "while :; do :; done", HostConfig={"Memory": 64 << 20})
    with engine.containers.stats(name) as records:
        _, second, third = (usage_of(record) for record, _ in zip(records, range(3)))
    for usage in (second, third):
        assert usage.cpu_percent is not None
        assert usage.cpu_percent > 5
        assert 0 < usage.memory < usage.memory_limit == 64 << 20
        assert usage.processes >= 1


@pytest.mark.engine
@pytest.mark.lacks(
    "podman5", reason="one answer of its statistics has no earlier measurement in it"
)
def test_a_container_is_measured_once(engine: Engine, run: Run) -> None:
    name = run()
    with engine.containers.stats(name, stream=False, one_shot=True) as records:
        (record,) = records
    assert usage_of(record).cpu_percent is None
    assert Container(engine, name).usage().cpu_percent is not None


@pytest.mark.engine
def test_what_does_not_run_uses_nothing(engine: Engine, create: Run) -> None:
    usage = Container(engine, create()).usage()
    assert (usage.cpu_percent, usage.memory, usage.processes) == (0.0, 0, 0)


@pytest.mark.engine
def test_what_is_missing_is_named(engine: Engine) -> None:
    with pytest.raises(ContainerNotFound):
        engine.containers.stats("no-such-container")


@pytest.mark.engine
def test_closing_ends_the_measuring(engine: Engine, run: Run) -> None:
    first = threading.Event()
    with engine.containers.stats(run()) as records:

        def read() -> None:
            for _ in records:
                first.set()

        reader = threading.Thread(target=read)
        reader.start()
        assert first.wait(60)
        records.close()
        reader.join(1)
        assert not reader.is_alive()


def test_measuring_once_is_no_stream(serve: Serve) -> None:
    expected = pytest.raises(InvalidInput, match="one_shot goes with stream=False")
    with Engine(serve(()).host, environ={}) as engine, expected:
        engine.containers.stats("any", one_shot=True)


def test_a_record_that_is_cut_is_a_lost_connection(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve((Read.REQUEST, head + b'a\r\n{"id": "x"\r\n0\r\n\r\n'))
    engine = Engine(server.host, api_version="1.41", environ={})
    with engine.containers.stats("web") as records, pytest.raises(ConnectionLost):
        list(records)
