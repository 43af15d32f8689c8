"""What the methods of a runtime take: checked when it is made, or before anything is sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core import runtime
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.runtime import (
    AuthConfig,
    ContainerCreateConfig,
    ContainerExecOptions,
    ContainerLogsOptions,
    ContainerStopOptions,
    ContainerWaitOptions,
    EngineRuntime,
    EventAction,
    EventsStreamOptions,
    EventType,
    Mount,
    PortBinding,
    RestartPolicy,
    WaitCondition,
)
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

_NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # that is the point
_ANY: Any = object()


def test_a_policy_is_a_string_of_a_few() -> None:
    assert RestartPolicy("always") is RestartPolicy.ALWAYS
    assert (RestartPolicy.DISABLE, str(RestartPolicy.DISABLE)) == ("no", "no")
    assert f"{WaitCondition.NEXT_EXIT}" == "next-exit"
    assert RestartPolicy.is_valid("unless-stopped")
    assert RestartPolicy.is_valid(RestartPolicy.ON_FAILURE)
    others: list[Any] = ["", "sometimes", None, [], "ALWAYS"]
    for value in others:
        assert not RestartPolicy.is_valid(value)
        with pytest.raises(InvalidInput, match="none of no, always, on-failure, unless-stopped"):
            RestartPolicy(value)


def test_what_events_tell_may_be_of_any_name() -> None:
    assert EventAction.UNPAUSE == "unpause"
    assert EventAction("attach") == "attach"
    assert hash(EventType.VOLUME) == hash("volume")


def test_plain_strings_become_what_they_stand_for() -> None:
    policy: Any = "on-failure"
    assert ContainerCreateConfig("x", restart=policy).restart is RestartPolicy.ON_FAILURE
    condition: Any = "removed"
    assert ContainerWaitOptions(condition).condition is WaitCondition.REMOVED
    assert ContainerWaitOptions().condition is WaitCondition.NOT_RUNNING


@pytest.mark.parametrize(
    "stated",
    [
        {"image": ""},
        {"image": None},
        {"image": 5},
        {"name": 5},
        {"env": ["A=b"]},
        {"env": {"A": 1}},
        {"labels": {1: "a"}},
        {"labels": None},
        {"ports": "80"},
        {"ports": [80]},
        {"mounts": ["/a:/b"]},
        {"cpus": -0.5},
        {"cpus": "1"},
        {"cpus": float("nan")},
        {"cpus": float("inf")},
        {"cpus": True},
        {"memory_mb": -1},
        {"memory_mb": 1.5},
        {"memory_mb": "64"},
        {"restart": "sometimes"},
        {"restart": ""},
    ],
)
def test_a_container_that_no_engine_could_create_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        ContainerCreateConfig(**{"image": "busybox", **stated})


@pytest.mark.parametrize(
    "stated",
    [
        {"container_port": 0},
        {"container_port": 65536},
        {"container_port": "80"},
        {"host_port": -1},
        {"host_port": 70000},
        {"host_port": True},
        {"host_ip": "localhost"},
        {"host_ip": "1.2.3"},
        {"protocol": "icmp"},
        {"protocol": "TCP"},
    ],
)
def test_a_port_that_is_none_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(stated))):
        PortBinding(**{"container_port": 80, **stated})


@pytest.mark.parametrize("stated", [{"destination": None}, {"source": 5}, {"type": None}])
def test_a_mount_of_something_else_than_strings_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        Mount(**{"source": "a", "destination": "/b", **stated})


@pytest.mark.parametrize(
    "stated",
    [
        {"cmd": []},
        {"cmd": ()},
        {"cmd": "ls -l"},
        {"cmd": None},
        {"cmd": ["ls", 1]},
        {"env": ["A"]},
        {"env": ["=b"]},
        {"env": "A=b"},
        {"env": {"A": None}},
        {"env": 5},
    ],
)
def test_a_command_that_is_none_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        ContainerExecOptions(**{"cmd": ["ls"], **stated})


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({}, "choose show_stdout, show_stderr or both"),
        ({"show_stdout": True, "since": _NAIVE}, "since: .* has no time zone"),
        ({"show_stdout": True, "until": _NAIVE}, "until: .* has no time zone"),
        ({"show_stdout": True, "since": 5}, "since: 5 is no datetime"),
        ({"show_stderr": True, "tail": -1}, "tail: -1"),
        ({"show_stderr": True, "tail": "all"}, "tail: 'all'"),
        ({"show_stderr": True, "tail": True}, "tail: True"),
    ],
)
def test_a_log_that_cannot_be_read_is_refused(stated: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        ContainerLogsOptions(**stated)


def test_events_without_a_time_zone_are_refused() -> None:
    for name in ("since", "until"):
        moments: dict[str, Any] = {name: _NAIVE}
        with pytest.raises(InvalidInput, match=f"{name}: .* has no time zone"):
            EventsStreamOptions(**moments)


@pytest.mark.parametrize(
    "stated", [{"timeout": -2}, {"timeout": 1.5}, {"timeout": "1"}, {"signal": ""}, {"signal": 15}]
)
def test_a_stop_that_is_none_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(stated))):
        ContainerStopOptions(**stated)


@pytest.mark.parametrize(
    "stated", [{}, {"username": "a"}, {"password": "b"}, {"server_address": "registry:5000"}]
)
def test_half_a_login_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="a user with a password, or a token"):
        AuthConfig(**stated)


def test_a_login_does_not_show_its_secrets() -> None:
    login = AuthConfig("anna", "s3cret-1", identity_token="s3cret-2", registry_token="s3cret-3")
    assert "s3cret" not in f"{login!r} {login}"


def test_wrong_arguments_are_refused_before_anything_is_sent(serve: Serve) -> None:
    server = serve((Read.REQUEST, answer(b"{}")))
    engine = EngineRuntime(Engine(server.host, api_version="1.41", environ={}))
    calls: list[tuple[Any, ...]] = [
        (engine.container_create, None),
        (engine.container_create, {"Image": "busybox"}),
        (engine.container_create, ContainerCreateConfig("x", mounts=[Mount("a", "relative")])),
        (engine.container_create, ContainerCreateConfig("x", mounts=[Mount("", "/a", "bind")])),
        (engine.container_create, ContainerCreateConfig("x", name="no good name")),
        (engine.container_create, ContainerCreateConfig("x", memory_mb=1)),
        (engine.container_create, ContainerCreateConfig("x", env={"A=": "b"})),
        (engine.container_start, "x", ContainerStopOptions()),
        (engine.container_start, "../x"),
        (engine.container_stop, "x", 5),
        (engine.container_remove, "x", True),
        (engine.container_status, "", None),
        (engine.container_list, runtime.ContainerListOptions(filters={"name": _ANY})),
        (engine.container_wait, "x", None),
        (engine.container_exec, "x", None),
        (engine.container_exec, "x", ["ls"]),
        (engine.container_logs, "x", None),
        (engine.image_pull, "not a name"),
        (engine.image_pull, "x:1", runtime.ImagePullOptions(all=True)),
        (engine.image_pull, f"x@sha256:{'0' * 64}", runtime.ImagePullOptions(all=True)),
        (engine.image_pull, "x", True),
        (engine.image_list, runtime.ImageListOptions(filters={"reference": _ANY})),
        (engine.image_prune, runtime.ImagePruneOptions(filters=_ANY)),
        (engine.events_stream, EventsStreamOptions(filters=_ANY)),
        (engine.login, None),
    ]
    for call, *arguments in calls:
        with pytest.raises(InvalidInput):
            call(*arguments)
    for timeout in (0, -1, "1", float("nan"), True):
        with pytest.raises(InvalidInput, match="timeout"):
            engine.container_exec("x", ContainerExecOptions(["ls"]), timeout=_of_any_type(timeout))
    assert server.requests == []


def _of_any_type(value: Any) -> Any:
    return value
