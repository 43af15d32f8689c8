"""Settings that an engine has discarded because its host cannot do it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.spec.container import ContainerSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from pytest_engine.core.ensure.reconcile import Outcome
    from tests.core.conftest import Serve

# As engines show a container that states none of these.
_HOST: dict[str, Any] = {"Memory": 0, "MemorySwap": -1, "MemorySwappiness": None}
_ABLE = {"CgroupVersion": "1", "MemoryLimit": True, "SwapLimit": True, "OomKillDisable": True}


def _outcome(
    serve: Serve,
    info: dict[str, Any] | None,
    there: dict[str, Any],
    *,
    podman: str = "",
    **wanted: Any,
) -> tuple[Outcome, list[str]]:
    """Compare a container, and return what came of it and what was asked."""
    container = {"Id": "c" * 64, "Name": "/web", "Image": "sha256:1", "State": {"Running": False}}
    shown = answer(json.dumps({**container, "HostConfig": {**_HOST, **there}}).encode())
    told = answer(status="403 Forbidden") if info is None else answer(json.dumps(info).encode())
    who = {"libpod_api_version": podman} if podman else {}
    pong = answer(b"OK", api_version="1.41", **who)
    script = (Read.REQUEST, shown, Read.REQUEST, told, Read.REQUEST, pong)
    with serve(script) as server, Engine(server.host, api_version="1.41") as engine:
        outcome = reconcile(engine, ContainerKind(), ContainerSpec("web", **wanted), check=True)
        return outcome, [request.target for request in server.requests]


@pytest.mark.parametrize(
    ("field", "value", "lacking", "reason"),
    [
        ("oom_killer", True, {"CgroupVersion": "2"}, "cgroup v2"),
        ("oom_killer", True, {"OomKillDisable": False}, "no OomKillDisable"),
        ("memory_swappiness", 60, {"CgroupVersion": "2"}, "cgroup v2"),
        ("memory", "64m", {"MemoryLimit": False}, "no MemoryLimit"),
        ("memory_reservation", "64m", {"MemoryLimit": False}, "no MemoryLimit"),
        ("memory_swap", "64m", {"SwapLimit": False}, "no SwapLimit"),
    ],
)
def test_what_the_host_cannot_do_is_no_difference_but_a_warning(
    field: str, value: Any, lacking: dict[str, Any], reason: str, serve: Serve
) -> None:
    outcome, asked = _outcome(serve, {**_ABLE, **lacking}, {}, **{field: value})
    assert (outcome.changed, outcome.differences, outcome.after) == (False, (), {"exists": True})
    (warning,) = outcome.warnings
    assert warning.startswith(f"{field}: this engine's host cannot do it ({reason})")
    assert asked[1:] == ["/v1.41/info"]


@pytest.mark.parametrize("wanted", [{"oom_killer": True}, {"memory_swappiness": 60}])
@pytest.mark.parametrize("info", [_ABLE, {}, None])
def test_what_the_host_can_do_for_all_that_is_known_is_a_difference(
    wanted: dict[str, Any], info: dict[str, Any] | None, serve: Serve
) -> None:
    outcome, _ = _outcome(serve, info, {}, **wanted)
    assert [one.field for one in outcome.differences] == list(wanted)
    assert (outcome.changed, outcome.warnings) == (True, ())


def test_podman_limits_swap_though_it_says_that_its_host_cannot(serve: Serve) -> None:
    info = {**_ABLE, "CgroupVersion": "2", "SwapLimit": False}
    for podman in ("", "5.4.2"):
        outcome, _ = _outcome(serve, info, {}, podman=podman, memory_swap="64m")
        assert outcome.changed is bool(podman)


def test_a_host_is_not_asked_for_what_is_as_wanted_or_was_kept_otherwise(serve: Serve) -> None:
    there = {"OomKillDisable": True, "MemorySwappiness": 10}
    outcome, asked = _outcome(serve, {}, there, oom_killer=True, memory_swappiness=60, tty=True)
    assert [one.field for one in outcome.differences] == ["tty", "memory_swappiness"]
    assert len(asked) == 1
