"""The module container: what a task can ask for beyond a container's properties."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import request_log

from .steps import play

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

CONTAINER = "pytest_engine.engine.container"


def sleeper(scratch: Scratch, image: str, **options: Any) -> dict[str, Any]:
    """A container that stays until it is killed."""
    usual = {"name": scratch.name("web"), "image": image, "command": "sleep 600"}
    return {**usual, "force_kill": True, **options}


def shell(scratch: Scratch, image: str, script: str, **options: Any) -> dict[str, Any]:
    """A container that a task waits for."""
    command = ["sh", "-c", script]
    name = scratch.name("run")
    return {"name": name, "image": image, "command": command, "detach": False, **options}


def test_a_task_waits_for_the_end_and_has_the_output(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    both = "echo out; echo err >&2"
    tasks = [
        ("checked", shell(scratch, busybox, both), True),
        ("done", shell(scratch, busybox, both, output_logs=True), False),
        ("failed", shell(scratch, busybox, "echo bad; exit 3"), False),
        ("terminal", shell(scratch, busybox, "echo out", tty=True), False),
        ("cleaned up", shell(scratch, busybox, "echo out", tty=False, cleanup=True), False),
        ("vanished", shell(scratch, busybox, "exit 4", auto_remove=True), False),
    ]
    results = playbooks.run_tasks(
        [
            {"name": name, CONTAINER: options, "check_mode": check, "ignore_errors": True}
            for name, options, check in tasks
        ]
    ).results
    assert all(result["changed"] for result in results.values())
    assert {name: result.get("status") for name, result in results.items()} == {
        "checked": None,
        "done": 0,
        "failed": 3,
        "terminal": 0,
        "cleaned up": 0,
        "vanished": 4,
    }
    assert [name for name, result in results.items() if result["failed"]] == ["failed", "vanished"]
    assert sorted(results["done"]["container"]["Output"].split()) == ["err", "out"]
    assert results["failed"]["msg"] == "bad\n"
    assert results["terminal"]["container"]["Output"] == "out\r\n"
    assert results["cleaned up"]["container"] == {"Output": "out\n"}
    assert "removed" in results["vanished"]["container"]["Output"]
    assert scratch.everything() == set()


def test_a_lost_connection_ends_no_container_that_a_task_waits_for(
    playbooks: Playbooks, scratch: Scratch, engine_host: str, engine: Engine, busybox: str
) -> None:
    wanted = shell(scratch, busybox, "sleep 5; echo done")

    def cut_when_it_runs() -> None:
        with engine.system.events(filters={"container": wanted["name"], "event": "start"}) as told:
            listens.set()
            next(iter(told))
        time.sleep(1)  # The answer to the start is on its way.
        log.cut()

    listens = threading.Event()
    with request_log(engine_host) as log, ThreadPoolExecutor() as beside:
        cut = beside.submit(cut_when_it_runs)
        listens.wait(60)
        task = {"name": "run", CONTAINER: {**wanted, "docker_host": log.host}}
        result = playbooks.run_tasks([task]).results["run"]
        cut.result()
    assert (result["status"], result["container"]["Output"]) == (0, "done\n")
    assert not result["container"]["State"]["Running"]


def test_what_is_paused_is_not_waited_for(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    frozen = shell(scratch, busybox, "true", paused=True)
    task = {"name": "frozen", CONTAINER: frozen, "ignore_errors": True}
    said = playbooks.run_tasks([task]).results["frozen"]["msg"]
    assert said == "detach: what is paused does not come to its end."
    assert scratch.everything() == set()


def test_a_task_waits_until_a_container_is_healthy(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    check = {"test": "test -e /ready", "interval": "200ms"}
    late = {"command": ["sh", "-c", "sleep 1; touch /ready; exec sleep 600"], "state": "healthy"}
    sick = {"healthcheck": {**check, "test": "echo no; false", "retries": 999}, "state": "healthy"}
    dying = {"command": ["sh", "-c", "sleep 0.2; exit 7"], "state": "healthy"}
    run = playbooks.run_tasks(
        [
            {"name": name, CONTAINER: sleeper(scratch, busybox, **options), "ignore_errors": True}
            for name, options in (
                ("late", {**late, "healthcheck": check}),
                ("again", {**late, "healthcheck": check}),
                ("unchecked", {"state": "healthy", "healthcheck": {"test": ["NONE"]}}),
                ("sick", {**sick, "healthy_wait_timeout": 0.8}),
                ("dying", {**dying, "healthcheck": check}),
            )
        ]
    )
    results = run.results
    assert [results[name]["changed"] for name in ("late", "again", "unchecked")] == [
        True,
        False,
        True,
    ]
    assert results["late"]["container"]["State"]["Health"]["Status"] == "healthy"
    assert sorted(run.messages) == ["dying", "sick"]
    assert "not healthy within 0.8 s" in run.messages["sick"]
    assert results["sick"]["container"]["State"]["Health"]["Status"] == "starting"
    assert "exit code 7" in run.messages["dying"]
    assert results["dying"]["container"]["State"]["ExitCode"] == 7


def test_options_of_logs_are_those_of_a_container_that_is_there(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    # As community.docker's module writes a boolean.
    config = {
        "Type": "json-file",
        "Config": {"compress": "True", "max-file": "2", "max-size": "1m"},
    }
    made = {"Image": busybox, "Cmd": ["sleep", "600"], "HostConfig": {"LogConfig": config}}
    engine.containers.create(made, name=scratch.name("web"))  # type: ignore[arg-type]  # of three keys
    options = {"compress": True, "max-file": 2, "max-size": "1m"}
    wanted = sleeper(scratch, busybox, log_driver="json-file", log_options=options, state="present")
    play(playbooks, "container", [("found", wanted, False)])


def test_a_mode_without_a_source_belongs_to_the_path(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    wanted = sleeper(scratch, busybox, volumes=["/etc:/host", "/data:rw"])
    results = play(
        playbooks,
        "container",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("another mode", {**wanted, "volumes": ["/data:ro"]}, True),
        ],
    )
    assert results["create"]["container"]["Config"]["Volumes"] == {"/data:rw": {}}
    assert results["another mode"]["diff"]["differences"] == [
        {"volumes": {"parameter": ["/data:ro"], "container": ["/etc:/host", "/data:rw"]}}
    ]


def test_comparisons_say_what_counts(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    network, other = scratch.name("net"), scratch.name("other")
    for name in (network, other):
        engine.networks.create({"Name": name})
    wanted = sleeper(
        scratch,
        busybox,
        env={"A": "1", "B": "2"},
        labels={"a": "1", "b": "2"},
        networks=[{"name": network}, {"name": other}],
        stop_timeout=3,
    )
    fewer = {**wanted, "env": {"A": "1"}, "labels": {"a": "1"}, "networks": [{"name": network}]}
    strict = {"env": "strict", "labels": "strict"}
    results = play(
        playbooks,
        "container",
        [
            ("create", wanted, True),
            ("fewer", fewer, False),
            ("strict", {**fewer, "comparisons": strict}, True),
            ("strict again", {**fewer, "comparisons": strict}, False),
            ("all strict", {**fewer, "comparisons": {"*": "strict"}}, False),
            ("networks", {**fewer, "networks": [{"name": network}, {"name": other}]}, True),
            ("leave", {**fewer, "comparisons": {"networks": "strict"}}, True),
            ("left", {**fewer, "comparisons": {"networks": "strict"}}, False),
            ("later", {**fewer, "stop_timeout": 4}, False),
            ("default one too", {**fewer, "networks_cli_compatible": False}, False),
            ("ignored", {**wanted, "hostname": "x", "comparisons": {"*": "ignore"}}, False),
            (
                "but one",
                {**wanted, "hostname": "x", "comparisons": {"*": "ignore", "hostname": "strict"}},
                True,
            ),
        ],
    )
    assert results["strict"]["diff"]["before"]["env"]["B"] == "2"
    assert results["leave"]["actions"] == [
        f"disconnect container {wanted['name']} from network {other}"
    ]
    assert list(results["left"]["container"]["NetworkSettings"]["Networks"]) == [network]


def test_contradictions_are_refused(playbooks: Playbooks, scratch: Scratch, busybox: str) -> None:
    wanted: list[tuple[dict[str, Any], str]] = [
        ({"comparisons": {"pull": "strict"}}, "pull"),
        ({"comparisons": {"nonsense": "strict"}}, "nonsense"),
        ({"comparisons": {"hostname": "allow_more_present"}}, "hostname"),
        ({"comparisons": {"env": "sometimes"}}, "sometimes"),
        ({"comparisons": {"*": "allow_more_present"}}, "*"),
        ({"comparisons": {"ports": "strict", "published_ports": "ignore"}}, "same option"),
        ({"default_host_ip": "somewhere"}, "default_host_ip"),
        ({"log_options": {"a": "b"}}, "log_driver"),
        ({"restart_retries": 3}, "restart_policy"),
        ({"image": None, "state": "present"}, "image"),
        ({"ulimits": ["nofile"]}, "nofile"),
        ({"devices": ["a:b:c:d"]}, "a:b:c:d"),
        ({"mac_address": "here"}, "mac_address"),
        ({"env_file": "/nowhere/env"}, "/nowhere/env"),
        ({"mounts": [{"target": "/a", "subpath": "b", "type": "bind", "source": "/"}]}, "subpath"),
        ({"mounts": [{"target": "/a", "type": "tmpfs", "tmpfs_options": [{}]}]}, "tmpfs_options"),
        ({"annotations": {"a": "b"}}, "1.43"),
        ({"healthcheck": {"test": "true", "start_interval": "1s"}}, "1.44"),
    ]
    run = playbooks.run_tasks(
        [
            {
                "name": str(number),
                CONTAINER: {**sleeper(scratch, busybox), **options},
                "ignore_errors": True,
            }
            for number, (options, _word) in enumerate(wanted)
        ]
    )
    said = [run.messages.get(str(number), "") for number in range(len(wanted) - 1)]
    lacking = [
        (word, text) for (_, word), text in zip(wanted, said) if word not in text or not text
    ]
    assert lacking == []
    assert "This is a bug" not in run.output
    assert scratch.everything() == set()


def test_processes_are_frozen_and_a_container_is_restarted_and_renamed(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    wanted = sleeper(scratch, busybox, stop_timeout=1)
    renamed = {**wanted, "name": scratch.name("shop"), "old_name": wanted["name"]}
    restart = {**wanted, "restart": True}
    former = {"name": scratch.name("none"), "old_name": renamed["name"]}
    results = play(
        playbooks,
        "container",
        [
            ("create frozen", {**wanted, "paused": True}, True),
            ("frozen", {**wanted, "paused": True}, False),
            ("either", wanted, False),
            ("go on", {**wanted, "paused": False}, True),
            ("freeze", {**wanted, "paused": True}, True),
            ("stop frozen", {**wanted, "state": "stopped", "kill_signal": "SIGKILL"}, True),
            ("start", {**wanted, "paused": False}, True),
            ("restart", restart, True),
            ("rename", renamed, True),
            ("renamed", renamed, False),
            ("absent by its name alone", {**former, "state": "absent"}, False),
        ],
    )
    assert results["create frozen"]["container"]["State"]["Paused"] is True
    assert results["restart"]["actions"] == [f"restart container {wanted['name']}"]
    assert results["rename"]["container"]["Name"] == f"/{renamed['name']}"
    whole = results["rename"]["container"]["Id"]
    play(
        playbooks,
        "container",
        [
            ("by its id", {"name": whole, "state": "stopped", "force_kill": True}, True),
            ("not by its beginning", {"name": whole[:12], "state": "absent"}, False),
            ("remove by its id", {"name": whole, "state": "absent"}, True),
        ],
    )
    assert scratch.everything() == set()


def test_variables_of_a_file_and_defaults_of_old_times(
    playbooks: Playbooks, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    file = tmp_path / "env"
    file.write_text("# a comment\nA=1\nB=two words\n\n")
    wanted = sleeper(scratch, busybox, env_file=str(file), env={"A": "3"})
    old = {**wanted, "container_default_behavior": "compatibility"}
    words = {"command": ["sleep", "'600'"], "command_handling": "compatibility"}
    results = play(
        playbooks,
        "container",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("old", old, True),
            ("old again", old, False),
            ("old words", {**wanted, **words}, False),
            ("no words", {**wanted, "command": [], "command_handling": "compatibility"}, False),
            ("image's command", {**wanted, "command": []}, True),
            ("a number", {**wanted, "entrypoint": ["sleep"], "command": 600}, True),
            ("as a text", {**wanted, "entrypoint": ["sleep"], "command": "600"}, False),
        ],
    )
    assert {"A=3", "B=two words"} <= set(results["create"]["container"]["Config"]["Env"])


def test_the_default_network_is_there_too_if_asked_for(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    network = scratch.name("net")
    engine.networks.create({"Name": network})
    wanted = sleeper(scratch, busybox, networks=[{"name": network, "aliases": ["shop"]}])
    both = {**wanted, "networks_cli_compatible": False}
    results = play(
        playbooks,
        "container",
        [
            ("create", both, True),
            ("again", both, False),
            ("its own", wanted, True),
            ("its own again", wanted, False),
            ("no network", {**wanted, "networks": [], "network_mode": "none"}, True),
        ],
    )
    there = results["create"]["container"]["NetworkSettings"]["Networks"]
    assert sorted(there) == sorted(["bridge", network])
    assert "shop" in there[network]["Aliases"]
    assert list(results["its own"]["container"]["NetworkSettings"]["Networks"]) == [network]


def test_the_name_of_an_image_counts_if_asked_for(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    other = scratch.name("image")
    engine.images.tag(busybox, other)
    wanted = sleeper(scratch, busybox)
    ignore = {"image": other, "image_name_mismatch": "ignore"}
    results = play(
        playbooks,
        "container",
        [
            ("create", wanted, True),
            ("spelt out", {**wanted, "image": f"{busybox}:latest"}, False),
            ("ignored", {**wanted, **ignore}, False),
            ("not compared", {**wanted, "image": other, "comparisons": {"image": "ignore"}}, False),
            ("recreated", {**wanted, "image": other}, True),
            ("again", {**wanted, "image": other}, False),
            ("asked for", {**wanted, "pull": "always"}, True),
            ("asked for again", {**wanted, "pull": "always"}, False),
        ],
    )
    assert results["recreated"]["container"]["Config"]["Image"] == other


def test_looking_takes_three_requests(
    playbooks: Playbooks, scratch: Scratch, engine_host: str, engine: Engine, busybox: str
) -> None:
    network = scratch.name("net")
    engine.networks.create({"Name": network})
    wanted = sleeper(
        scratch,
        busybox,
        networks=[{"name": network}],
        published_ports=["127.0.0.1::80", "81"],
        env={"A": "1"},
        volumes=[f"{scratch.name('data')}:/data"],
        comparisons={"env": "strict"},
    )
    task = {"name": "container", CONTAINER: wanted}
    made = playbooks.run_tasks([task])
    assert made.changed == ["container"], made.output
    bindings = made.results["container"]["container"]["HostConfig"]["PortBindings"]
    assert bindings["81/tcp"][0]["HostIp"] == "0.0.0.0"  # noqa: S104  # the default
    with request_log(engine_host) as log:
        through = {**task, CONTAINER: {**wanted, "docker_host": log.host}}
        assert playbooks.run_tasks([through]).changed == []
        requests = [line for line in log.take() if "_ping" not in line]
    assert len(requests) == 2, requests
