"""What has a name of a stack without being of it is left alone."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.stacks import StackOutcome, deploy_stack
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.content import CONTENT_LABEL
from pytest_engine.core.stackfile.parts import read_stack
from tests.core.ensure.test_removals import NAMESPACE, telling

if TYPE_CHECKING:
    from tests.core.conftest import Serve
    from tests.core.scripted import ScriptedServer

HOST = {"Id": "n1", "Name": "host", "Driver": "host", "Scope": "swarm"}
FILE: dict[str, Any] = {
    "services": {"b_c": {"image": "busybox", "networks": ["host"]}},
    "secrets": {"b_key": {"content": "mine"}},
    "configs": {"b_conf": {"content": "mine"}},
    "networks": {"host": {"external": True, "name": "host"}},
}


def of(owner: str | None, name: str, content: str = "theirs") -> dict[str, Any]:
    """Describe something that is there; what is in secrets, engines do not tell."""
    labels = {} if owner is None else {NAMESPACE: owner}
    spec: dict[str, Any] = {"Name": name, "Labels": labels}
    if name == "a_b_conf":
        spec["Data"] = base64.b64encode(content.encode()).decode()
    elif content == "mine":
        labels[CONTENT_LABEL] = hashlib.sha224(content.encode()).hexdigest()
    return {"ID": name, "Version": {"Index": 1}, "Spec": spec}


def deploy(server: ScriptedServer, file: dict[str, Any], **options: Any) -> StackOutcome:
    with Engine(server.host, api_version="1.41") as engine:
        stack = read_stack("a", file, Path("/"))
        return deploy_stack(engine, stack, resolve="never", **options)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("owner", "whose"), [("a_b", "the stack a_b"), (None, "no stack"), ("", "no stack")]
)
@pytest.mark.parametrize("name", ["b_c", "b_key", "b_conf"])
def test_what_belongs_to_others_is_refused_before_anything_is_changed(
    serve: Serve, name: str, owner: str | None, whose: str, *, check: bool
) -> None:
    section = next(section for section, parts in FILE.items() if name in parts)
    there = [[of(owner, f"a_{name}")] if section == s else [] for s in FILE if s != "networks"]
    with serve(telling(*there)) as server:
        message = rf"^{section}: a_{name} exists and belongs to {whose}, so the stack a cannot"
        with pytest.raises(InvalidInput, match=message):
            deploy(server, FILE, check=check)
        assert {request.method for request in server.requests} == {"GET"}


@pytest.mark.parametrize("name", ["b_key", "b_conf"])
def test_what_others_have_with_the_same_content_is_used(serve: Serve, name: str) -> None:
    section = next(section for section, parts in FILE.items() if name in parts)
    with serve(telling([of("a_b", f"a_{name}", "mine")])) as server:
        outcome = deploy(server, {section: FILE[section]})
        assert {request.method for request in server.requests} == {"GET"}
    assert not outcome.changed


def test_what_is_external_may_belong_to_anybody(serve: Serve) -> None:
    external = {"external": True, "name": "a_b_conf"}
    web = {"image": "busybox", "networks": ["host"], "configs": ["b_conf"]}
    file = {**FILE, "services": {"web": web}, "secrets": {}, "configs": {"b_conf": external}}
    with serve(telling([], [HOST], [of("a_b", "a_b_conf")])) as server:
        outcome = deploy(server, file, check=True)
    assert [str(action) for action in outcome.actions] == ["create service a_web"]


@pytest.mark.parametrize("file", [{}, {"services": None}, {"services": {}}])
def test_a_file_without_services_prunes_none(serve: Serve, file: dict[str, Any]) -> None:
    with serve(telling([of("a", "a_web")])) as server:
        with pytest.raises(InvalidInput, match=r"^prune: no file has any services"):
            deploy(server, file, prune=True)
        assert {request.method for request in server.requests} == {"GET"}
    with serve(telling([of("b", "b_web")])) as server:
        assert not deploy(server, file, prune=True).changed
    with serve(telling([of("a", "a_web")])) as server:
        assert not deploy(server, file).changed
