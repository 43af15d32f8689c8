"""The modules network and volume: what a task can ask for, and who is on a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import request_log

from .steps import play

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


def member(engine: Engine, name: str, image: str, network: str, **endpoint: Any) -> str:
    """Make a container on a network, and return its id."""
    config: Any = {
        "Image": image,
        "Cmd": ["sleep", "600"],
        "HostConfig": {"NetworkMode": network},
        "NetworkingConfig": {"EndpointsConfig": {network: endpoint}},
    }
    return str(engine.containers.create(config, name=name)["Id"])


def test_a_network_has_what_is_asked_for(
    playbooks: Playbooks, scratch: Scratch, engine: Engine
) -> None:
    name, config = scratch.name("net"), scratch.name("config")
    pool = {
        "subnet": "10.249.9.0/24",
        "iprange": "10.249.9.128/25",
        "gateway": "10.249.9.2",
        "aux_addresses": {"printer": "10.249.9.3"},
    }
    second = {"subnet": "fd00:249:9:0::/64"}
    wanted = {
        "name": name,
        "driver_options": {"com.docker.network.bridge.enable_icc": False},
        "ipam_driver": "default",
        "ipam_config": [pool, second],
        "enable_ipv6": True,
        "attachable": True,
        "scope": "local",
        "labels": {"tier": "one", "kept": 1},
    }
    other = {**pool, "gateway": "10.249.9.5"}
    results = play(
        playbooks,
        "network",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("less", {"name": name, "labels": {"tier": "one"}}, False),
            ("gateway", {**wanted, "ipam_config": [other, second]}, True),
            ("labels", {"name": name, "labels": {"tier": "two"}}, True),
        ],
    )
    assert results["create"]["network"]["IPAM"]["Config"][0] == {
        "Subnet": "10.249.9.0/24",
        "IPRange": "10.249.9.128/25",
        "Gateway": "10.249.9.2",
        "AuxiliaryAddresses": {"printer": "10.249.9.3"},
    }
    assert results["create"]["network"]["EnableIPv6"] is True
    assert list(results["gateway"]["diff"]["before"]) == [
        "exists",
        "ipam_config[0].gateway",
    ]
    assert results["gateway"]["diff"]["differences"] == ["ipam_config[0].gateway"]
    engine.networks.remove(name)

    play(
        playbooks,
        "network",
        [
            ("config", {"name": config, "config_only": True, "ipam_config": [pool]}, True),
            ("config again", {"name": config, "config_only": True, "ipam_config": [pool]}, False),
            ("from it", {"name": name, "config_from": config}, True),
            ("from it again", {"name": name, "config_from": config}, False),
            ("remove", {"name": name, "state": "absent"}, True),
            ("remove config", {"name": config, "state": "absent"}, True),
        ],
    )
    assert scratch.everything() == set()


def test_who_is_on_a_network_stays_as_before_when_it_is_changed(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name("net")
    wanted = {"name": name, "ipam_config": [{"subnet": "10.249.8.0/24"}]}
    playbooks.run_tasks([{"name": "create", "pytest_engine.engine.network": wanted}])
    fixed = {"IPAMConfig": {"IPv4Address": "10.249.8.77"}, "Aliases": ["shop"]}
    runs = member(engine, scratch.name("runs"), busybox, name, **fixed)
    engine.containers.start(runs)
    rests = member(engine, scratch.name("rests"), busybox, name, Aliases=["late"])
    results = play(
        playbooks,
        "network",
        [
            ("as it is", wanted, False),
            ("change", {**wanted, "internal": True}, True),
            ("changed", {**wanted, "internal": True}, False),
            ("force", {**wanted, "internal": True, "force": True}, True),
        ],
    )
    assert results["change"]["network"]["Internal"] is True
    endpoint = engine.containers.inspect(runs)["NetworkSettings"]["Networks"][name]
    assert endpoint["IPAddress"] == "10.249.8.77"
    assert "shop" in endpoint["Aliases"]
    engine.containers.start(rests)
    endpoint = engine.containers.inspect(rests)["NetworkSettings"]["Networks"][name]
    assert "late" in endpoint["Aliases"]
    assert endpoint["NetworkID"] == results["force"]["network"]["Id"]


def test_containers_are_connected_by_name_and_by_id(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name, one = scratch.name("net"), scratch.name("one")
    engine.networks.create({"Name": name})
    whole = member(engine, one, busybox, "bridge")
    engine.containers.start(whole)
    other = scratch.name("other")
    member(engine, other, busybox, "bridge")
    nobody: dict[str, Any] = {"name": name, "connected": []}
    play(
        playbooks,
        "network",
        [
            ("by name", {"name": name, "connected": [one]}, True),
            ("by id", {"name": name, "connected": [whole]}, False),
            ("nobody named", {"name": name}, False),
            ("nobody more", {**nobody, "appends": True}, False),
            ("nobody", nobody, False),
            ("another", {"name": name, "connected": [other]}, True),
            ("by id again", {"name": name, "connected": [whole], "appends": True}, True),
            ("both", {"name": name, "connected": [other, whole]}, False),
            ("remove", {"name": name, "state": "absent"}, True),
        ],
    )


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("network", {"labels": {"a": "1"}}),
        ("volume", {"labels": {"a": "1"}, "recreate": "options-changed"}),
    ],
)
def test_looking_takes_one_request(
    module: str,
    options: dict[str, Any],
    playbooks: Playbooks,
    scratch: Scratch,
    engine_host: str,
) -> None:
    wanted = {"name": scratch.name(), **options}
    task: dict[str, Any] = {"name": "it", f"pytest_engine.engine.{module}": wanted}
    assert playbooks.run_tasks([task]).changed == ["it"]
    with request_log(engine_host) as log:
        task[f"pytest_engine.engine.{module}"] = {**wanted, "docker_host": log.host}
        assert playbooks.run_tasks([task]).changed == []
        requests = [line for line in log.take() if "_ping" not in line]
    assert len(requests) == 1, requests


def test_a_volume_is_made_anew_only_if_asked_for(playbooks: Playbooks, scratch: Scratch) -> None:
    name = scratch.name("data")
    options = {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}
    wanted = {"name": name, "driver_options": options, "recreate": "options-changed"}
    other = {**wanted, "driver_options": {**options, "o": "size=2m"}}
    results = play(
        playbooks,
        "volume",
        [
            ("create", wanted, True),
            ("again", wanted, False),
            ("less", {"name": name, "recreate": "options-changed"}, False),
            ("change", other, True),
            ("changed", other, False),
            ("always", {**other, "recreate": "always"}, True),
            ("driver", {"volume_name": name, "driver": "local"}, False),
            ("remove", {"name": name, "state": "absent"}, True),
        ],
    )
    assert results["change"]["volume"]["Options"]["o"] == "size=2m"
    assert results["change"]["diff"]["before"]["driver_options"] == {"o": "size=1m"}
