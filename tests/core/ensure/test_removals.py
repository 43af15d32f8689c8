"""What is found by a label is removed only where it has that very label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.many import other_containers
from pytest_engine.core.ensure.stack_looking import list_stack_tasks
from pytest_engine.core.ensure.stacks import remove_stack
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.stackfile.parts import read_stack
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve
    from tests.core.scripted import Step

NAMESPACE = "com.docker.stack.namespace"


def telling(*bodies: Any) -> tuple[Step, ...]:
    """Answer requests one after the other, on one connection."""
    steps: list[Step] = []
    for body in bodies:
        steps += [Read.REQUEST, answer(json.dumps(body).encode())]
    return tuple(steps)


@pytest.mark.parametrize("name", ["", " ", "\n", None])
@pytest.mark.parametrize(
    "call",
    [
        remove_stack,
        list_stack_tasks,
        lambda _engine, name: read_stack(name, {"services": {}}, Path("/")),
    ],
)
def test_no_name_is_not_the_name_of_every_stack(
    serve: Serve, call: Callable[..., object], name: Any
) -> None:
    with serve(telling([])) as server, Engine(server.host, api_version="1.41") as engine:
        with pytest.raises(InvalidInput, match=r"^name: a stack is named"):
            call(engine, name)
        assert server.requests == []


def test_of_a_stack_is_removed_what_has_its_very_name(serve: Serve) -> None:
    def of(stack: str, identity: str) -> dict[str, Any]:
        spec = {"Name": identity, "Labels": {NAMESPACE: stack}}
        return {"ID": identity, "Spec": spec}

    networks = [
        {"Id": name, "Name": name, "Labels": labels}
        for name, labels in (("n1", {NAMESPACE: "one"}), ("n2", {NAMESPACE: "two"}), ("n3", None))
    ]
    # As if the filter counted for nothing.
    found = telling(
        [of("one", "s1"), of("two", "s2")],
        [of("two", "s3")],
        [{"ID": "c1", "Spec": {"Name": "c1", "Labels": None}}],
        networks,
    )
    with serve((*found, *telling({}, {}))) as server:
        with Engine(server.host, api_version="1.41") as engine:
            outcome = remove_stack(engine, "one")
        removed = [one.target for one in server.requests if one.method == "DELETE"]
    assert removed == ["/v1.41/services/s1", "/v1.41/networks/n1"]
    assert [str(action) for action in outcome.actions] == ["remove service s1", "remove network n1"]


def test_what_a_later_look_removes_is_told_once(serve: Serve) -> None:
    network = {"Id": "n1", "Name": "one_default", "Labels": {NAMESPACE: "one"}}
    config = {"ID": "c1", "Spec": {"Name": "one_c", "Labels": {NAMESPACE: "one"}}}
    look = telling([], [], [config], [network])
    in_use, done = answer(b'{"message": "in use"}', status="400 Bad Request"), answer(b"{}")
    look_again = (*look, *look)
    # Of what is removed a swarm tells for a while.
    steps = [
        *(*look, Read.REQUEST, in_use, Read.REQUEST, in_use),
        *(*look_again, Read.REQUEST, done, Read.REQUEST, in_use, *look),
        *(*look_again, Read.REQUEST, done, Read.REQUEST, done),
        *telling(*[[]] * 8),
    ]
    with serve(steps) as server, Engine(server.host, api_version="1.41") as engine:
        outcome = remove_stack(engine, "one", retries=5, sleep=lambda _seconds: None)
    assert outcome.changed
    removed = ["config one_c", "network one_default"]
    assert [str(action) for action in outcome.actions] == [f"remove {what}" for what in removed]
    assert list(outcome.before) == list(outcome.after) == removed


def test_another_container_has_the_very_labels(serve: Serve) -> None:
    def container(name: str, **labels: str) -> dict[str, Any]:
        return {"Id": name, "Names": [f"/{name}"], "Labels": labels}

    found = [container("a", tier=""), container("b", tier="kept"), container("c", other="")]
    with serve(telling(found)) as server, Engine(server.host, api_version="1.41") as engine:
        assert other_containers(engine, {"tier": ""}, []) == ["a"]
