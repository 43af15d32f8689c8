"""The modules `swarm_service` and `swarm_service_info`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.core.swarms import encoded

from .steps import play
from .test_info import see

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
    pytest.mark.usefixtures("node"),
]


def everything(name: str, image: str, folder: Path) -> dict[str, Any]:
    """State every option of a service that this machine can have."""
    file = folder / "env"
    file.write_text("A=1\nB=1\n")
    return {
        "name": name,
        "image": image,
        "args": ["-c", "sleep 600"],
        "cap_add": ["NET_ADMIN"],
        "cap_drop": ["chown"],
        "command": "sh",
        "configs": [{"config_name": name, "filename": "/c", "mode": 0o400}],
        "container_labels": {"a": 1},
        "dns": ["10.0.0.1"],
        "dns_options": ["timeout:3"],
        "dns_search": ["a.example"],
        "endpoint_mode": "dnsrr",
        "env": {"B": "2", "PASSWORD": "mimi"},
        "env_files": [str(file)],
        "groups": ["5"],
        "healthcheck": {"test": "true", "interval": "1m30s", "retries": 2},
        "hostname": "one",
        "hosts": {"a": "10.0.0.1"},
        "init": True,
        "labels": {"a": 2},
        "limits": {"cpus": 0.5, "memory": "64M", "pids": 100},
        "logging": {"driver": "json-file", "options": {"max-size": "1m"}},
        "mounts": [
            {"source": "/tmp", "target": "/a", "readonly": True, "propagation": "rprivate"},  # noqa: S108
            {"type": "tmpfs", "target": "/b", "tmpfs_size": "1M", "tmpfs_mode": 0o700},
            {"type": "volume", "target": "/v", "source": name, "no_copy": True},
        ],
        "networks": [{"name": name, "aliases": ["x"]}],
        "placement": {
            "constraints": ["node.role == manager"],
            "preferences": [{"spread": "node.labels.rack"}],
            "replicas_max_per_node": 2,
        },
        "publish": [{"target_port": 80, "mode": "host"}],
        "read_only": True,
        "replicas": 0,
        "reservations": {"cpus": 0.1, "memory": "8M", "generic_resources": ["gpu=1"]},
        "restart_config": {"condition": "on-failure", "delay": "2s", "window": "1m"},
        "rollback_config": {"parallelism": 2, "order": "start-first"},
        "secrets": [{"secret_name": name, "uid": "5"}],
        "stop_grace_period": "1s",
        "stop_signal": "SIGKILL",
        "sysctls": {"net.core.somaxconn": 500},
        "tty": True,
        "ulimits": ["nofile:100:200"],
        "update_config": {"delay": "10s", "failure_action": "rollback", "max_failure_ratio": 0.5},
        "user": "5",
        "working_dir": "/a",
    }


def test_a_task_brings_about_a_service(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str, tmp_path: Path
) -> None:
    name = scratch.name("web")
    engine.networks.create({"Name": name, "Driver": "overlay"})
    engine.secrets.create({"Name": name, "Data": encoded("x")})
    engine.configs.create({"Name": name, "Data": encoded("x")})
    wanted = everything(name, busybox, tmp_path)
    plain = {"name": name, "image": busybox}
    runs: dict[str, Any] = {
        **plain,
        "entrypoint": ["sh", "-c"],
        "command": ["sleep 600"],
        "args": None,
        "replicas": 1,
        "wait": True,
        "reservations": {"generic_resources": []},
        "healthcheck": {"test": "NONE"},
        "mounts": [],
        "configs": [],
        "publish": [],
        "networks": [],
        "tty": False,
        "init": False,
        "user": "0",
        "update_config": {"delay": "0s"},
    }
    results = play(
        playbooks,
        "swarm_service",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("unstated", plain, False),
            ("env", {**plain, "env": ["PASSWORD=momo"]}, True),
            ("run", runs, True),
            ("runs", runs, False),
            ("force", {**plain, "force_update": True}, True),
            ("global", {**plain, "mode": "global"}, True),
            ("remove", {"name": name, "state": "absent"}, True),
            ("removed", {"name": name, "state": "absent"}, False),
        ],
    )
    told = results["create"]["swarm_service"]
    foreseen = results["create (check)"]["swarm_service"]
    stated = ("args", "command", "env", "labels", "limit_memory", "mode", "publish", "replicas")
    assert {key: foreseen[key] for key in stated} == {key: told[key] for key in stated}
    assert (told["command"], told["args"]) == (["sh"], ["-c", "sleep 600"])
    assert sorted(told["env"]) == ["A=1", "B=2", "PASSWORD=mimi"]
    assert (told["labels"], told["restart_policy"]) == ({"a": "2"}, "on-failure")
    assert told["configs"][0]["filename"] == "/c"
    assert results["env"]["changes"] == ["env"]
    assert "momo" not in str(results["env"]["diff"])
    assert results["run"]["swarm_service"]["command"] == ["sh", "-c"]
    assert results["run"]["swarm_service"]["args"] == ["sleep 600"]
    assert results["global"]["rebuilt"] is True
    assert results["force"]["rebuilt"] is False
    assert results["removed"]["swarm_service"] == results["removed"]["service"] == {}
    assert engine.services.list(filters={"name": name}) == []


def test_what_is_told_of_policies_can_be_stated_again(
    playbooks: Playbooks, scratch: Scratch, busybox: str
) -> None:
    plain = {"name": scratch.name("web"), "image": busybox, "replicas": 0}
    with_units = {
        "restart_config": {"delay": "5s", "window": "2m"},
        "update_config": {"delay": "10s", "monitor": "1500ms"},
        "rollback_config": {"delay": "1s", "monitor": "0s"},
    }
    told = "told.swarm_service."
    again = {
        "restart_config": {
            "delay": f"{{{{ {told}restart_policy_delay }}}}",
            "window": f"{{{{ {told}restart_policy_window }}}}",
        },
        "update_config": {"delay": f"{{{{ {told}update_delay }}}}", "monitor": 1500000000},
        "rollback_config": {"delay": f"{{{{ {told}rollback_config.delay }}}}", "monitor": 0},
    }
    module = "pytest_engine.engine.swarm_service"
    run = playbooks.run_tasks(
        [
            {"name": "create", module: {**plain, **with_units}, "register": "told"},
            {"name": "again", module: {**plain, **again}},
            {"name": "change", module: {**plain, "update_config": {"delay": "2000000000"}}},
        ]
    )
    assert run.changed == ["create", "change"]
    described = run.results["change"]["swarm_service"]
    assert (described["update_delay"], described["update_monitor"]) == (2 * 10**9, 1_500_000_000)
    assert described["restart_policy_delay"] == 5 * 10**9


@pytest.mark.parametrize(
    ("options", "warning"),
    [
        ({"mode": "global", "replicas": 2}, "mode global runs one task on each node, not 2"),
        (
            {"mounts": [{"type": "tmpfs", "source": "data", "target": "/b"}]},
            "a tmpfs has no source; data at /b is left out",
        ),
    ],
    ids=["replicas", "tmpfs"],
)
def test_what_counts_for_nothing_is_warned_of(
    playbooks: Playbooks, scratch: Scratch, busybox: str, options: dict[str, Any], warning: str
) -> None:
    wanted = {"name": scratch.name("web"), "image": busybox, **options}
    task = {"name": "service", "pytest_engine.engine.swarm_service": wanted, "check_mode": True}
    with pytest.raises(AssertionError, match=warning) as failure:
        playbooks.run_tasks([task])
    assert "fatal:" not in str(failure.value)


def test_what_hinders_a_service_is_said(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("web")
    plain = {"name": name, "image": busybox}
    wrong: dict[str, dict[str, Any]] = {
        "no image": {"name": name},
        "no secret": {**plain, "secrets": [{"secret_name": "nowhere"}]},
        "network": {**plain, "networks": [{"alias": "x"}]},
        "duration": {**plain, "stop_grace_period": "soon"},
        "both": {**plain, "entrypoint": ["a"], "command": ["b"], "args": ["c"]},
        "label": {**plain, "labels": {"version": 1.10}},
        "container label": {**plain, "container_labels": {"kept": True}},
        "word": {**plain, "command": ["sleep", 600]},
        "nowhere": {**plain, "placement": {"constraints": ["node.labels.a == b"]}, "wait": True},
    }
    tasks: list[dict[str, Any]] = [
        {"name": case, "pytest_engine.engine.swarm_service": options, "ignore_errors": True}
        for case, options in wrong.items()
    ]
    messages = playbooks.run_tasks(tasks).messages
    assert messages.keys() == wrong.keys()
    assert "image" in messages["no image"]
    assert "no secret nowhere" in messages["no secret"]
    assert "aliases" in messages["network"]
    assert "soon" in messages["duration"]
    assert "entrypoint" in messages["both"]
    assert "labels: the value 1.1 of version" in messages["label"]
    assert "container_labels: the value True of kept" in messages["container label"]
    assert "600 is no string" in messages["word"]
    assert "constraints not satisfied" in messages["nowhere"]

    inspected = engine.services.inspect(name)
    found, none = see(
        playbooks, "swarm_service_info", {"name": name, "tasks": True}, {"name": "nobody"}
    )
    assert (found["exists"], found["service"]["ID"]) == (True, inspected["ID"])
    assert found["tasks"][0]["ServiceID"] == inspected["ID"]
    assert (none["exists"], none["service"]) == (False, None)
