"""Many containers at once, in the order of their dependencies."""

from __future__ import annotations

import os
import signal
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.containers import ContainerKind
from pytest_engine.core.ensure.many import Item, SomeFailed, other_containers, reconcile_many
from pytest_engine.core.errors import InvalidInput, WaitTimeout
from pytest_engine.core.spec.container import ContainerSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import Scratch
    from tests.request_log import RequestLog

pytestmark = pytest.mark.engine


def item(name: str, image: str, *after: str, state: str = "started", **more: Any) -> Item:
    spec = ContainerSpec(name=name, image=image, command=["sleep", "600"], **more)
    return Item(name, spec, ContainerKind(force_kill=True), state=state, needs=after)


def formerly(name: str, which: Item) -> Item:
    return replace(which, kind=replace(which.kind, old_name=name))


def started(engine: Engine, name: str) -> str:
    return str(engine.containers.inspect(name)["State"]["StartedAt"])


def test_containers_come_after_those_that_they_depend_on(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    last, middle, first = (scratch.name(name) for name in ("last", "middle", "first"))
    items = [
        item(last, busybox, middle, first),
        item(middle, busybox, first),
        item(first, busybox),
    ]
    said = reconcile_many(engine, items, check=True)
    outcomes = reconcile_many(engine, items)
    assert list(outcomes) == [last, middle, first]
    assert {n: o.actions for n, o in said.items()} == {n: o.actions for n, o in outcomes.items()}
    assert started(engine, first) < started(engine, middle) < started(engine, last)
    again = reconcile_many(engine, items)
    assert [outcome.changed for outcome in again.values()] == [False, False, False]


def test_containers_are_removed_before_those_that_they_depend_on(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog
) -> None:
    used, user = scratch.name("used"), scratch.name("user")
    items = [item(used, busybox), item(user, busybox, used)]
    made = reconcile_many(engine, items)
    with Engine(counted.host, environ={}) as client:
        reconcile_many(client, [replace(each, state="absent") for each in items])
    removed = [target for method, target, _head in counted.take_heads() if method == "DELETE"]
    ids = [str((made[name].resource or {})["Id"]) for name in (user, used)]
    assert [one in target for one, target in zip(ids, removed)] == [True, True]
    assert other_containers(engine, {"none": "such"}, []) == []


def test_what_goes_makes_room_first(engine: Engine, scratch: Scratch, busybox: str) -> None:
    old, new, stays = (scratch.name(name) for name in ("old", "new", "stays"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        ports = [f"127.0.0.1:{free.getsockname()[1]}:80"]
    # It takes its time to end.
    before = item(old, busybox, ports=ports, stop_timeout=1)
    before = replace(before, kind=ContainerKind())
    reconcile_many(engine, [before])
    outcomes = reconcile_many(
        engine,
        [item(new, busybox, ports=ports), item(stays, busybox), replace(before, state="absent")],
    )
    assert list(outcomes) == [new, stays, old]
    assert engine.containers.inspect(new)["State"]["Running"]
    assert scratch.everything() == {f"container {new}", f"container {stays}"}


def test_what_depends_on_one_that_fails_is_not_tried(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    bad, user, fine = (scratch.name(name) for name in ("bad", "user", "fine"))
    broken = item(bad, busybox)
    broken = replace(broken, wanted=replace(broken.wanted, command=["/no/such/program"]))
    with pytest.raises(SomeFailed, match="Not tried, because they depend on these") as caught:
        reconcile_many(engine, [broken, item(user, busybox, bad), item(fine, busybox)])
    assert bad in str(caught.value)
    assert list(caught.value.outcomes) == [fine]
    # What was made of the other one is gone again.
    assert caught.value.done == (f"create container {fine}", f"start container {fine}")
    there = {name[1:] for c in engine.containers.list(all=True) for name in c["Names"]}
    assert {bad, user, fine} & there == {fine}


def test_one_that_becomes_ready_lets_the_others_go_on(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    slow, user = scratch.name("slow"), scratch.name("user")
    seen: list[bool] = []

    def ready(client: Engine, container: str) -> Mapping[str, Any]:
        names = [name for c in client.containers.list(all=True) for name in c["Names"]]
        seen.append(f"/{user}" in names)
        return client.containers.inspect(container)

    first = replace(item(slow, busybox), ready=ready)
    reconcile_many(engine, [item(user, busybox, slow), first])
    assert seen == [False]


def test_what_was_done_for_one_that_does_not_become_ready_is_told(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    def never(client: Engine, container: str) -> Mapping[str, Any]:
        del client, container
        raise WaitTimeout("It is not to be.")

    name = scratch.name("slow")
    with pytest.raises(SomeFailed, match="not to be") as caught:
        reconcile_many(engine, [replace(item(name, busybox), ready=never)])
    assert caught.value.done == (f"create container {name}", f"start container {name}")


def test_an_interrupt_begins_nothing_new_and_waits_for_nothing(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    never = threading.Event()

    def interrupted(_engine: Engine, _container: str) -> dict[str, Any]:
        os.kill(os.getpid(), signal.SIGINT)
        never.wait()
        return {}

    first = replace(item(scratch.name("first"), busybox), ready=interrupted)
    items = [item(scratch.name(str(n)), busybox) for n in range(40)]
    try:
        with pytest.raises(KeyboardInterrupt):
            reconcile_many(engine, [first, *items])
    finally:
        never.set()
    there = scratch.everything()
    assert f"container {first.name}" in there
    assert len(there) < len(items)


def test_contradictions_are_refused_before_anything_is_done(engine: Engine) -> None:
    one, two = item("one", "busybox", "two"), item("two", "busybox", "one")
    new, newer = (formerly("old", item(name, "busybox")) for name in ("new", "newer"))
    old = item("old", "busybox")
    for items, words in (
        ([one, two], "one, two depend on each other in a circle"),
        ([one, one], "one occurs more than once"),
        ([one], "one depends on two, which is none of them"),
        ([one, replace(two, state="absent", needs=())], "one depends on two, which is to be"),
        ([new, old], "new: old_name: old is the name of another"),
        ([replace(old, state="absent"), new], "new: old_name: old is the name of another"),
        ([new, newer], "newer: old_name: old is the old_name of another"),
    ):
        with pytest.raises(InvalidInput, match=words):
            reconcile_many(engine, items)
    with pytest.raises(InvalidInput, match="without labels"):
        other_containers(engine, {}, [])


def test_one_that_is_stated_by_its_id_is_none_of_the_others(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name, other, label = (scratch.name(name) for name in ("own", "other", "label"))
    made = reconcile_many(engine, [item(n, busybox, labels={label: ""}) for n in (name, other)])
    container = str((made[name].resource or {})["Id"])
    assert other_containers(engine, {label: ""}, [container]) == [other]
    by_id = item(container, busybox)
    assert not reconcile_many(engine, [by_id])[container].changed
    with pytest.raises(InvalidInput, match=f"{name} occurs by its name and by its id"):
        reconcile_many(engine, [by_id, item(name, busybox)])
    renamed = formerly(container, item(scratch.name("new"), busybox))
    with pytest.raises(InvalidInput, match=f"{name} occurs by its name and by its id"):
        reconcile_many(engine, [renamed, item(name, busybox)])


def test_many_that_are_there_take_a_look_at_each_and_one_at_their_image(
    engine: Engine, scratch: Scratch, busybox: str, counted: RequestLog
) -> None:
    items = [item(scratch.name(f"n{number}"), busybox, state="present") for number in range(20)]
    reconcile_many(engine, items)
    with Engine(counted.host, environ={}) as client:
        outcomes = reconcile_many(client, items)
    assert not any(outcome.changed for outcome in outcomes.values())
    requests = counted.take()
    negotiation = [request for request in requests if "ping" in request or "version" in request]
    assert len(requests) - len(negotiation) == len(items) + 1
