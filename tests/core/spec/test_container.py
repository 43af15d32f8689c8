"""The wanted state of a container, and the body that it becomes."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount, VolumeBind
from pytest_engine.core.spec.policies import Healthcheck, RestartPolicy
from pytest_engine.core.spec.ports import Port


def test_a_container_states_only_its_image() -> None:
    assert ContainerSpec(image="redis:7").to_engine() == {"Image": "redis:7", "HostConfig": {}}


def test_an_empty_platform_is_none() -> None:
    assert ContainerSpec(image="redis:7", platform="") == ContainerSpec(image="redis:7")


def test_a_container_states_what_is_stated() -> None:
    spec = ContainerSpec(
        "web",
        "redis:7",
        command="redis-server --port 1",
        entrypoint=["sh", "-c"],
        env={"A": "b"},
        ports=["8080:80"],
        exposed_ports=["53/udp"],
        mounts=[Mount("/run", type="tmpfs")],
        volumes=["data:/data:ro", "/scratch"],
        networks=["front", NetworkAttachment("back", ["db"])],
        labels={"a": "b"},
        restart_policy=RestartPolicy("on-failure", 3),
        healthcheck=Healthcheck("true", interval="1s"),
        user="1000:1000",
        working_dir="/srv",
        memory="64m",
        cpus=0.5,
    )
    assert spec.to_engine() == {
        "Image": "redis:7",
        "Cmd": ["redis-server", "--port", "1"],
        "Entrypoint": ["sh", "-c"],
        "Env": ["A=b"],
        "Labels": {"a": "b"},
        "Healthcheck": {"Test": ["CMD-SHELL", "true"], "Interval": 10**9},
        "User": "1000:1000",
        "WorkingDir": "/srv",
        "ExposedPorts": {"53/udp": {}, "80/tcp": {}},
        "Volumes": {"/scratch": {}},
        "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]},
            "Mounts": [{"Type": "tmpfs", "Target": "/run", "ReadOnly": False}],
            "Binds": ["data:/data:ro"],
            "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
            "Memory": 64 * 1024**2,
            "NanoCpus": 500000000,
            "NetworkMode": "front",
        },
        "NetworkingConfig": {"EndpointsConfig": {"front": {}}},
    }


def test_a_spec_holds_one_form_of_what_is_written_in_many() -> None:
    spec = ContainerSpec(
        command="a b",
        env=["A=b"],
        ports=[80],
        volumes=["/d"],
        networks=["n"],
        restart_policy="always",
        memory="6m",
    )
    assert (spec.command, spec.env, spec.ports, spec.volumes, spec.networks) == (
        ("a", "b"),
        {"A": "b"},
        (Port(80),),
        (VolumeBind("/d"),),
        (NetworkAttachment("n"),),
    )
    assert (spec.restart_policy, spec.memory) == (RestartPolicy("always"), 6 * 1024**2)


def test_an_empty_entrypoint_takes_the_one_of_the_image_away() -> None:
    spec = ContainerSpec(image="a", entrypoint=[], command=["true"])
    assert spec.to_engine()["Entrypoint"] == [""]


def test_an_empty_entrypoint_alone_leaves_the_command_of_the_image() -> None:
    assert ContainerSpec(image="a", entrypoint=[]).to_engine()["Entrypoint"] == []


def test_an_attachment_becomes_the_settings_of_an_endpoint() -> None:
    attachment = NetworkAttachment("back", ["db"], "10.1.0.5", "fd00::5")
    assert attachment.to_engine() == {
        "Aliases": ["db"],
        "IPAMConfig": {"IPv4Address": "10.1.0.5", "IPv6Address": "fd00::5"},
    }


@pytest.mark.parametrize(
    ("healthcheck", "body"),
    [
        (Healthcheck(), {}),
        (Healthcheck("curl localhost"), {"Test": ["CMD-SHELL", "curl localhost"]}),
        (Healthcheck(["curl", "localhost"]), {"Test": ["CMD", "curl", "localhost"]}),
        (Healthcheck(["CMD", "a"]), {"Test": ["CMD", "a"]}),
        (Healthcheck(["sleep", 5, 0.5]), {"Test": ["CMD", "sleep", "5", "0.5"]}),  # type: ignore[list-item]  # as in YAML
        (Healthcheck(["CMD-SHELL", "a b"]), {"Test": ["CMD-SHELL", "a b"]}),
        (Healthcheck("none"), {"Test": ["NONE"]}),
        (Healthcheck(["NONE"]), {"Test": ["NONE"]}),
        (
            Healthcheck(interval=1, timeout="500ms", start_period="1m", retries=3),
            {"Interval": 10**9, "Timeout": 5 * 10**8, "StartPeriod": 60 * 10**9, "Retries": 3},
        ),
    ],
)
def test_a_healthcheck_is_written_as_the_engine_takes_it(
    healthcheck: Healthcheck, body: dict[str, Any]
) -> None:
    assert healthcheck.to_engine() == body


@pytest.mark.parametrize(
    ("healthcheck", "reason"),
    [
        ({"test": []}, "healthcheck: the test is empty"),
        ({"test": " "}, "healthcheck: the test is empty"),
        ({"test": False}, "healthcheck: the test is a text or a list, and not False"),
        ({"test": {}}, "healthcheck: the test is a text or a list, and not {}"),
        ({"test": ["CMD", None]}, "healthcheck: None is no word"),
        ({"test": ["CMD", ["a"]]}, r"healthcheck: \['a'\] is no word"),
        ({"interval": "soon"}, "healthcheck: interval: 'soon'"),
        ({"timeout": "100us"}, "healthcheck: timeout is shorter than 1 ms"),
        ({"start_period": -1}, "healthcheck: start_period: -1 is negative"),
        ({"retries": -1}, "healthcheck: retries: -1 is negative"),
    ],
)
def test_a_healthcheck_that_cannot_be_is_refused(healthcheck: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        Healthcheck(**healthcheck)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"name": "a"}, "name: 'a'"),
        ({"name": ""}, "name: ''"),
        ({"name": "-web"}, "name: '-web'"),
        ({"name": "a b"}, "name: 'a b'"),
        ({"name": "../web"}, "name: '../web'"),
        ({"name": "web\n"}, "name: 'web"),
        ({"command": "'"}, "command: "),
        ({"entrypoint": [5]}, "entrypoint: "),
        ({"env": ["A"]}, "env: "),
        ({"ports": ["x"]}, "Port 'x'"),
        ({"exposed_ports": ["x"]}, "Port 'x'"),
        ({"volumes": ["x"]}, "Volume 'x'"),
        ({"memory": "lots"}, "memory: 'lots'"),
        ({"memory": "5m"}, "memory: 5m is below 6 MiB"),
        ({"cpus": -1}, "cpus: -1 is negative"),
        ({"memory": 0.5}, "memory: 0.5 is less than a byte"),
        ({"memory_swap": "0.5"}, "memory_swap: 0.5 is less than a byte"),
        ({"shm_size": "0.0001k"}, "shm_size: 0.0001k is less than a byte"),
        ({"cpus": 1e-10}, "cpus: 1e-10 is below 0.00001"),
        ({"cpus": 0.000009}, "cpus: 9e-06 is below 0.00001"),
        ({"cpus": float("nan")}, "cpus: nan"),
        ({"cpus": float("inf")}, "cpus: inf"),
        ({"restart_policy": "sometimes"}, "restart_policy: one of no, always"),
        ({"volumes": ["/d"], "mounts": [Mount("/d")]}, "mounted at /d: stated more than once"),
        ({"volumes": ["/d"], "mounts": [Mount("/d/")]}, "mounted at /d: stated more than once"),
        ({"networks": ["n", "n"]}, "network n: stated more than once"),
        ({"networks": [""]}, "networks: '' is no name of a network"),
        ({"networks": ["n", "a/b"]}, "networks: 'a/b' is no name of a network"),
        ({"networks": [5]}, "networks: 5 is no name of a network"),
        ({"device_requests": [{"driver": 5}]}, "device_requests: driver: 5 is no text"),
        ({"device_requests": [{"count": "all"}]}, "device_requests: count: 'all' is no whole"),
        ({"device_requests": [{"device_ids": "0"}]}, "device_requests: device_ids: '0' is no list"),
        ({"device_requests": [{"capabilities": [["a", None]]}]}, "capabilities is null"),
        ({"device_requests": [{"capabilities": "gpu"}]}, "capabilities: 'gpu' is no list of lists"),
        ({"device_requests": [{"capabilities": ["gpu"]}]}, "capabilities: 'gpu' is no list"),
        ({"device_requests": [{"options": {"a": []}}]}, "device_requests: options: a is a list"),
        ({"device_requests": [{"gpus": 1}]}, "device_requests: 'gpus' is none of driver, count"),
    ],
)
def test_a_container_that_cannot_be_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        ContainerSpec(**arguments)


@pytest.mark.parametrize("option", ["annotations", "etc_hosts", "log_options", "storage_opts"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, 'is null. Write a text; "" is an empty one.'),
        (["secret"], "is a list. Write a text"),
        ({"a": "secret"}, "is a mapping. Write a text"),
    ],
)
def test_a_mapping_to_what_is_no_text_is_refused_without_its_value(
    option: str, value: object, reason: str
) -> None:
    stated: dict[str, Any] = {option: {"one": "text", "other": value}}
    with pytest.raises(InvalidInput) as caught:
        ContainerSpec(**stated)
    assert str(caught.value).startswith(f"{option}: other {reason}")
    assert "secret" not in str(caught.value)


def test_numbers_and_booleans_are_written_as_texts() -> None:
    hosts: dict[str, Any] = {"a": ip_address("10.0.0.1")}
    spec = ContainerSpec(sysctls={"a": 1, "b": True}, etc_hosts=hosts)
    assert (spec.sysctls, spec.etc_hosts) == ({"a": "1", "b": "true"}, ("a:10.0.0.1",))


def test_what_is_asked_of_a_driver_for_devices_is_written_as_texts() -> None:
    stated: Any = {"device_ids": [0], "capabilities": [["gpu", 1]], "options": {"a": 1, "b": True}}
    read = ContainerSpec(device_requests=[stated]).device_requests
    wanted = {
        "DeviceIDs": ["0"],
        "Capabilities": [["gpu", "1"]],
        "Options": {"a": "1", "b": "true"},
    }
    assert read == (wanted,)
    # What was read can be read again.
    assert ContainerSpec(device_requests=read).device_requests == read


def test_retries_are_for_one_policy_alone() -> None:
    with pytest.raises(InvalidInput, match="restart_retries: only for the policy on-failure"):
        RestartPolicy("always", 3)


@pytest.mark.parametrize("address", [{"ipv4_address": "fd00::1"}, {"ipv6_address": "10.0.0.1"}])
def test_an_address_of_the_wrong_family_is_refused(address: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="Network back: "):
        NetworkAttachment("back", **address)


def test_a_container_without_an_image_cannot_be_created() -> None:
    with pytest.raises(InvalidInput, match="Container web: state the image"):
        ContainerSpec("web").to_engine()
