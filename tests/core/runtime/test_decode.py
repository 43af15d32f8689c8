"""The Engine's JSON and its words, read into results and errors of a runtime."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pytest_engine.core import errors, runtime
from pytest_engine.core.errors import (
    ImageNotFound,
    NotFound,
    PermissionDenied,
    PullFailed,
    ServerError,
)
from pytest_engine.core.runtime import EventAction, EventType
from pytest_engine.core.runtime.decode import (
    decode_container,
    decode_event,
    decode_image,
    decode_info,
    decode_listed_container,
    decode_listed_image,
    decode_removed,
)
from pytest_engine.core.runtime.pulling import kind_of_failure

_AWARE = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)


def test_a_container_in_a_list_is_read() -> None:
    entry: Any = {
        "Id": "abc",
        "Names": ["/web", "/proxy/backend"],
        "Image": "busybox",
        "Created": 1767323045,
        "State": "running",
        "Status": "Up 5 minutes",
        "Labels": {"a": "b"},
    }
    assert decode_listed_container(entry) == runtime.ContainerSummary(
        id="abc",
        names=("web", "proxy/backend"),
        image="busybox",
        state="Up 5 minutes",
        status="running",
        created=_AWARE.replace(microsecond=0),
        labels={"a": "b"},
    )
    entry.update(Labels=None, Names=None)
    assert decode_listed_container(entry).names == ()


@pytest.mark.parametrize(
    ("state", "exit_code"),
    [("created", None), ("running", None), ("paused", None), ("exited", 3), ("dead", 3)],
)
def test_a_container_has_an_exit_code_when_it_has_ended(state: str, exit_code: int | None) -> None:
    inspected: Any = {"Id": "abc", "State": {"Status": state, "ExitCode": 3}}
    assert decode_container(inspected).exit_code == exit_code


@pytest.mark.parametrize(
    ("mode", "networks", "address"),
    [
        ("default", {"other": {"IPAddress": "10.0.0.1"}, "bridge": {"IPAddress": "b"}}, "b"),
        ("net", {"other": {"IPAddress": "10.0.0.1"}, "net": {"IPAddress": "n"}}, "n"),
        ("gone", {"other": {"IPAddress": "o"}}, "o"),
        ("net", {"net": {"IPAddress": "", "GlobalIPv6Address": "fd00::2"}}, "fd00::2"),
        ("net", {"net": {"IPAddress": ""}}, ""),
        ("host", {}, ""),
        ("host", None, ""),
    ],
)
def test_a_container_has_the_address_on_its_own_network(
    mode: str, networks: Any, address: str
) -> None:
    inspected: Any = {
        "Id": "abc",
        "HostConfig": {"NetworkMode": mode},
        "NetworkSettings": {"Networks": networks},
    }
    assert decode_container(inspected).ip_address == address


@pytest.mark.parametrize("written", [None, "", "0001-01-01T00:00:00Z", "soon"])
def test_an_image_without_a_time_has_none(written: str | None) -> None:
    image: Any = {"Id": "abc", "Created": written, "RepoTags": None}
    assert decode_image(image).created is None
    assert decode_image(image).tags == ()


def test_an_image_is_read() -> None:
    image: Any = {
        "Id": "sha256:abc",
        "Created": "2026-01-02T04:04:05.678901234+01:00",
        "Size": 5,
        "RepoTags": ["a:1", "a:2"],
        "Architecture": "amd64",
        "Os": "linux",
    }
    assert decode_image(image) == runtime.ImageInspectResult(
        "sha256:abc", _AWARE, 5, ("a:1", "a:2"), "amd64", "linux"
    )


def test_a_listed_image_is_read() -> None:
    entry: Any = {
        "Id": "abc",
        "Created": -62135596800,
        "Size": 7,
        "RepoTags": ["<none>:<none>"],
        "Labels": None,
    }
    assert decode_listed_image(entry) == runtime.ImageSummary("abc", None, 7, (), {})
    entry["Created"] = 0
    epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
    assert decode_listed_image(entry).created == epoch


def test_what_was_removed_is_read() -> None:
    assert decode_removed(None) == ()
    assert decode_removed([{"Untagged": "a:1"}, {"Deleted": "sha256:b"}]) == (
        runtime.ImageRemoveSummary(untagged="a:1"),
        runtime.ImageRemoveSummary(deleted="sha256:b"),
    )


def test_an_image_that_was_removed_has_its_id_in_full() -> None:
    # As Podman tells it.
    (removed,) = decode_removed([{"Deleted": "0" * 64}])
    assert removed.deleted == "sha256:" + "0" * 64


def test_a_volume_without_an_id_is_told_by_its_name() -> None:
    # As Podman tells it.
    message: Any = {"Type": "volume", "Actor": {"ID": "", "Attributes": {"name": "data"}}}
    assert decode_event(message).actor.id == "data"


def test_an_event_is_read_to_the_microsecond() -> None:
    message: Any = {
        "Type": "container",
        "Action": "exec_start: sh",
        "Actor": {"ID": "abc", "Attributes": {}},
        "time": 1767323045,
        "timeNano": 1767323045678901999,
    }
    event = decode_event(message)
    assert event == runtime.Event(
        EventType.CONTAINER, EventAction("exec_start: sh"), runtime.EventActor("abc"), _AWARE
    )
    del message["timeNano"]
    assert decode_event(message).time == _AWARE.replace(microsecond=0)


def test_an_engine_that_tells_little_is_read() -> None:
    info = decode_info({"ID": "x", "Warnings": None})  # type: ignore[typeddict-item]  # engines do
    assert (info.id, info.warnings, info.system_time, info.ncpu) == ("x", (), None, 0)


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("manifest for a/b:1 not found: manifest unknown: manifest unknown", ImageNotFound),
        (
            "pull access denied for a, repository does not exist or may require 'docker login'",
            ImageNotFound,
        ),
        ('failed to resolve reference "docker.io/a:1": docker.io/a:1: not found', ImageNotFound),
        ("name unknown: repository name not known to registry", ImageNotFound),
        ("Head https://r/v2/a/manifests/1: no basic auth credentials", PermissionDenied),
        ("unauthorized: authentication required", PermissionDenied),
        ("dial tcp 127.0.0.1:1: connect: connection refused", ServerError),
        ("Get https://registry-1.docker.io/v2/: lookup: no such host", ServerError),
    ],
)
def test_a_failed_pull_is_one_of_the_kinds(detail: str, kind: type[errors.ApiError]) -> None:
    failure = kind_of_failure(PullFailed(f"Cannot pull a: {detail}.", image="a", detail=detail))
    assert type(failure) is kind
    assert detail in str(failure)
    assert failure.engine_message == detail


def test_a_failed_pull_keeps_the_status_that_the_engine_answered() -> None:
    failure = PullFailed("Cannot pull a: gone.", image="a", detail="gone")
    failure.__cause__ = NotFound(
        "gone", status=404, method="POST", path="/images/create", engine_message="gone"
    )
    assert kind_of_failure(failure).status == 404
