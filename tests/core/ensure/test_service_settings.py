"""How settings of a service are told apart from what an engine has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.spec.service import ServiceSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve


def ask(serve: Serve, spec: dict[str, Any], **settings: Any) -> Outcome:
    """Ask what is to be done to a service that has a specification."""
    task = {"ContainerSpec": {"Image": "busybox"}, **spec.pop("TaskTemplate", {})}
    mode = {"Replicated": {"Replicas": 1}}
    told = {"Name": "web", "Mode": mode, "TaskTemplate": task, **spec}
    body = json.dumps({"ID": "s1", "Version": {"Index": 1}, "Spec": told}).encode()
    wanted = ServiceSpec("web", settings=settings)
    with (
        serve((Read.REQUEST, answer(body))) as server,
        Engine(server.host, api_version="1.41", environ={}) as engine,
    ):
        return reconcile(engine, ServiceKind(), wanted, check=True)


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"log_driver": "json-file"}, {}),
        ({"log_driver": "json-file", "log_driver_options": {"tag": "b"}}, {"tag": "b"}),
        ({"log_driver": ""}, {}),
        ({"log_driver": "syslog"}, None),
        ({"user": "5"}, None),
    ],
)
def test_options_go_with_the_log_driver(
    serve: Serve, settings: dict[str, Any], options: dict[str, str] | None
) -> None:
    driver = {"Name": "syslog", "Options": {"tag": "a"}}
    outcome = ask(serve, {"TaskTemplate": {"LogDriver": driver}}, **settings)
    wanted = [d.wanted for d in outcome.differences if d.field == "log_driver_options"]
    assert wanted == ([] if options is None else [options])


def test_a_log_driver_that_has_no_options_loses_none(serve: Serve) -> None:
    outcome = ask(serve, {"TaskTemplate": {"LogDriver": {"Name": "local"}}}, log_driver="syslog")
    assert [difference.field for difference in outcome.differences] == ["log_driver"]


@pytest.mark.parametrize(
    ("wanted", "told", "is_same"),
    [
        (0.123456789, 0.12345679, True),
        (1 / 3, 0.33333334, True),
        (0.1, 0.1, True),
        (1, 1, True),
        (0, None, True),
        (1e-60, None, True),
        (1e-60, 0, True),
        (0.1234, 0.1235, False),
        (0.5, None, False),
        (0, 0.5, False),
    ],
)
@pytest.mark.parametrize("section", ["update_config", "rollback_config"])
def test_a_ratio_is_compared_as_engines_keep_it(
    serve: Serve, section: str, wanted: float, told: float | None, *, is_same: bool
) -> None:
    there = {} if told is None else {"MaxFailureRatio": told}
    key = "UpdateConfig" if section == "update_config" else "RollbackConfig"
    outcome = ask(serve, {key: there}, **{section: {"max_failure_ratio": wanted}})
    assert outcome.changed is not is_same
