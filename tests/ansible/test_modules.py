"""Each module: create, nothing to do, change, remove; and check mode before each change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .steps import play

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


def test_volume(playbooks: Playbooks, scratch: Scratch) -> None:
    name = scratch.name("data")
    wanted = {"name": name, "labels": {"tier": "one", "kept": 1}}
    other = {"name": name, "labels": {"tier": "two"}, "recreate": "options-changed"}
    results = play(
        playbooks,
        "volume",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("fewer labels", {"name": name, "labels": {"tier": "one"}}, False),
            ("change", other, True),
            ("changed", other, False),
            ("always", {"name": name, "recreate": "always"}, True),
            ("remove", {"name": name, "state": "absent"}, True),
            ("removed", {"name": name, "state": "absent"}, False),
        ],
    )
    assert results["create"]["volume"]["Labels"] == {"tier": "one", "kept": "1"}
    assert results["change"]["diff"]["before"]["labels"] == {"tier": "one"}
    assert results["change"]["diff"]["after"]["labels"] == {"tier": "two"}
    assert results["remove"]["volume"] == {}


def test_network(playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str) -> None:
    name, container = scratch.name("net"), scratch.name("member")
    engine.containers.create({"Image": busybox, "Cmd": ["sleep", "600"]}, name=container)
    engine.containers.start(container)
    wanted = {"name": name, "ipam_config": [{"subnet": "10.249.7.0/24"}], "internal": True}
    other = {**wanted, "internal": False}
    results = play(
        playbooks,
        "network",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("connect", {**wanted, "connected": [container]}, True),
            ("connected", {**wanted, "connected": [container]}, False),
            ("nobody named", wanted, False),
            ("change", other, True),
            ("changed", {**other, "connected": [container]}, False),
            ("force", {**other, "force": True}, True),
            ("remove", {"name": name, "state": "absent"}, True),
            ("removed", {"name": name, "state": "absent"}, False),
        ],
    )
    assert results["create"]["network"]["Internal"] is True
    assert results["change"]["diff"]["before"]["internal"] is True
    assert results["change"]["diff"]["after"]["internal"] is False
    members = results["changed"]["network"]["Containers"].values()
    assert [member["Name"] for member in members] == [container]


def test_image_pull(playbooks: Playbooks, engine: Engine, lab: LabImages) -> None:
    lab.require("busybox")
    if any("busybox:1" in (image["RepoTags"] or ()) for image in engine.images.list()):
        engine.images.remove("busybox:1", force=True)
    wanted = {"name": "busybox", "tag": "1"}
    results = play(
        playbooks,
        "image_pull",
        [
            ("pull", {**wanted, "pull": "not_present"}, True),
            ("again", {**wanted, "pull": "not_present"}, False),
        ],
    )
    assert "busybox:1" in results["pull"]["image"]["RepoTags"]
    again = playbooks.run_tasks([{"name": "always", "pytest_engine.engine.image_pull": wanted}])
    assert again.changed == []


def test_container(playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str) -> None:
    name, network, volume = scratch.name("web"), scratch.name("net"), scratch.name("data")
    engine.networks.create({"Name": network})
    wanted = {
        "name": name,
        "image": busybox,
        "pull": "never",
        "command": ["sleep", 600],
        "env": {"COLOUR": "blue", "PASSWORD": "hunter2"},
        "published_ports": ["127.0.0.1::80"],
        "exposed_ports": ["81"],
        "mounts": [
            {"target": "/scratch", "type": "tmpfs", "tmpfs_size": "1m", "tmpfs_mode": "700"}
        ],
        "volumes": [f"{volume}:/data:ro"],
        "networks": [{"name": network, "aliases": ["shop"]}],
        "labels": {"tier": "one"},
        "restart_policy": "on-failure",
        "restart_retries": 3,
        "healthcheck": {"test": "true", "interval": "1m30s", "retries": 2},
        "user": "0:0",
        "working_dir": "/data",
        "memory": "64m",
        "cpus": 0.5,
        "force_kill": True,
    }
    other = {**wanted, "env": {"COLOUR": "red", "PASSWORD": "hunter2"}}
    limits = {**other, "memory": "96m", "restart_policy": "always", "restart_retries": None}
    results = play(
        playbooks,
        "container",
        [
            ("create", {**wanted, "state": "present"}, True),
            ("created", {**wanted, "state": "present"}, False),
            ("start", wanted, True),
            ("started", wanted, False),
            ("replace", other, True),
            ("replaced", other, False),
            ("update", limits, True),
            ("updated", limits, False),
            ("only the name", {"name": name}, False),
            ("recreate", {**limits, "recreate": True}, True),
            ("stop", {"name": name, "state": "stopped", "force_kill": True}, True),
            ("stopped", {"name": name, "state": "stopped"}, False),
            ("remove", {"name": name, "state": "absent"}, True),
            ("removed", {"name": name, "state": "absent"}, False),
        ],
    )
    assert results["create"]["container"]["State"]["Status"] == "created"
    assert results["create"]["diff"]["after"]["env"]["COLOUR"] == "blue"
    assert "hunter2" not in str([result["diff"] for result in results.values()])
    assert results["start"]["actions"] == [f"start container {name}"]
    assert results["replace"]["diff"]["before"]["env"] == {"COLOUR": "blue"}
    assert results["replace"]["diff"]["after"]["env"] == {"COLOUR": "red"}
    assert results["update"]["container"]["Id"] == results["replace"]["container"]["Id"]
    made = results["recreate"]["container"]
    assert made["Id"] != results["update"]["container"]["Id"]
    assert made["Config"]["Cmd"] == ["sleep", "600"]
    assert made["HostConfig"]["Memory"] == 96 * 1024**2
    assert made["HostConfig"]["NanoCpus"] == 500_000_000
    assert made["HostConfig"]["Mounts"][0]["TmpfsOptions"] == {"SizeBytes": 1024**2, "Mode": 0o700}
    assert made["Config"]["Healthcheck"]["Interval"] == 90 * 10**9
    assert made["Config"]["Healthcheck"]["Test"] == ["CMD-SHELL", "true"]
    assert "shop" in made["NetworkSettings"]["Networks"][network]["Aliases"]
    assert results["removed"]["container"] == {}


def test_a_healthcheck_without_a_test_disables_the_images(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name("quiet")
    wanted = {"name": name, "image": busybox, "state": "present", "healthcheck": {"retries": 2}}
    play(playbooks, "container", [("create", wanted, True), ("again", wanted, False)])
    assert engine.containers.inspect(name)["Config"]["Healthcheck"]["Test"] == ["NONE"]


def test_container_info_finds_by_name_and_by_id(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name("seen")
    made = engine.containers.create({"Image": busybox}, name=name)["Id"]
    info = "pytest_engine.engine.container_info"
    results = playbooks.run_tasks(
        [
            {"name": "name", info: {"name": name}},
            {"name": "id", info: {"name": made[:12]}},
            {
                "name": "old name of the module",
                info.replace("con", "docker_con", 1): {"name": name},
            },
            {"name": "nothing", info: {"name": scratch.name("unseen")}},
        ],
        "--check",
    ).results
    assert {result["container"]["Id"] for result in results.values() if result["exists"]} == {made}
    assert [result["exists"] for result in results.values()] == [True, True, True, False]
    assert results["nothing"]["container"] is None
