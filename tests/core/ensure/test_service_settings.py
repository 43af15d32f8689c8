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
