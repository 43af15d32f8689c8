"""Compose files, read as specifications of a stack."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.stackfile.parts import Stack, read_stack

HERE = Path(__file__).parent


def stack(**file: Any) -> Stack:
    return read_stack("shop", file, HERE)


def service(**stated: Any) -> Any:
    """Read one service, and return its settings in the Engine's form."""
    read = stack(
        services={"web": {"image": "nginx", **stated}},
        volumes={"data": None},
        configs={"conf": {"content": "x"}},
    )
    return read.services[0].settings


def mounted(**options: Any) -> dict[str, Any]:
    """Write a file with a service that mounts something with options."""
    mount = {"target": "/a", **options}
    return {"services": {"web": {"image": "a", "volumes": [mount]}}}


def test_what_belongs_to_a_stack_is_named_and_labelled_for_it() -> None:
    read = stack(
        services={
            "web": {"image": "nginx", "networks": ["front", "theirs"], "secrets": ["key", "old"]},
            "db": {"image": "postgres", "configs": [{"source": "conf", "mode": "0400"}]},
        },
        networks={
            "front": {
                "driver_opts": {"encrypted": True},
                "ipam": {"config": [{"subnet": "10.9.0.0/24"}], "options": {"a": 1}},
            },
            "theirs": {"external": True},
        },
        secrets={"key": {"content": "x"}, "old": {"external": {"name": "older"}}},
        configs={"conf": {"file": Path(__file__).name, "name": "own"}},
    )
    label = {"com.docker.stack.namespace": "shop"}
    assert [(n.name, n.driver, n.labels) for n in read.networks] == [
        ("shop_front", "overlay", label),
        ("shop_default", "overlay", label),
    ]
    assert read.networks[0].driver_options == {"encrypted": "true"}
    assert read.networks[0].ipam_driver_options == {"a": "1"}
    assert [(s.name, s.data, s.labels) for s in read.secrets] == [("shop_key", b"x", label)]
    assert [(c.name, c.data) for c in read.configs] == [("own", Path(__file__).read_bytes())]
    web, db = read.services
    assert (web.name, web.image) == ("shop_web", "nginx")
    assert (web.mode, web.replicas) == ("replicated", 1)
    assert web.settings["networks"] == [
        {"Target": "shop_front", "Aliases": ["web"]},
        {"Target": "theirs", "Aliases": ["web"]},
    ]
    assert web.settings["secrets"] == [
        {"SecretName": "shop_key", "File": {"Name": "key"}},
        {"SecretName": "older", "File": {"Name": "old"}},
    ]
    assert db.settings["networks"] == [{"Target": "shop_default", "Aliases": ["db"]}]
    file = {"Name": "conf", "Mode": 0o400}
    assert db.settings["configs"] == [{"ConfigName": "own", "File": file}]
    assert web.settings["labels"] == {**label, "com.docker.stack.image": "nginx"}
    assert web.settings["container_labels"] == label


@pytest.mark.parametrize(
    ("stated", "setting", "expected"),
    [
        ({"command": "a 'b c'"}, "args", ["a", "b c"]),
        ({"entrypoint": ["a"]}, "command", ["a"]),
        ({"environment": ["A=1", "B="]}, "env", ["A=1", "B="]),
        ({"environment": {"A": True, "B": ""}}, "env", ["A=true", "B="]),
        ({"extra_hosts": ["a:10.0.0.1"]}, "hosts", ["10.0.0.1 a"]),
        ({"extra_hosts": ["a=10.0.0.1", "b:::1", "c=[::1]"]}, "hosts", [
            "10.0.0.1 a",
            "::1 b",
            "::1 c",
        ]),
        ({"healthcheck": {"test": ["CMD", "nc", "-z", 80]}}, "healthcheck", {
            "Test": ["CMD", "nc", "-z", "80"]
        }),
        ({"dns": "10.0.0.1"}, "dns", ["10.0.0.1"]),
        ({"logging": {"options": {"a": None, "b": 1}}}, "log_driver_options", {"a": "", "b": "1"}),
        ({"ulimits": {"nproc": 5, "nofile": {"soft": 1, "hard": 2}}}, "ulimits", [
            {"Name": "nproc", "Soft": 5, "Hard": 5},
            {"Name": "nofile", "Soft": 1, "Hard": 2},
        ]),
        ({"healthcheck": {"disable": True}}, "healthcheck", {"Test": ["NONE"]}),
        ({"user": 5}, "user", "5"),
        ({"deploy": {"resources": {"limits": {"cpus": "0.5"}}}}, "limit_cpu", 5 * 10**8),
        ({"deploy": {"placement": {"constraints": ["a==b"]}}}, "constraints", ["a==b"]),
        ({"deploy": {"update_config": {"order": "start-first", "delay": "1s"}}}, "update_config", {
            "Order": "start-first",
            "Delay": 10**9,
        }),
        ({"deploy": {"restart_policy": {"condition": "none"}}}, "restart_policy", "none"),
        ({"restart": "unless-stopped"}, "restart_policy", "any"),
        ({"restart": "on-failure"}, "restart_policy", "on-failure"),
        ({"restart": "on-failure"}, "restart_policy_attempts", 0),
        ({"restart": "on-failure:3"}, "restart_policy_attempts", 3),
        ({"restart": "no"}, "restart_policy", "any"),
        (
            {"restart": "on-failure:3", "deploy": {"restart_policy": {"condition": "none"}}},
            "restart_policy",
            "none",
        ),
        (
            {"restart": "on-failure:3", "deploy": {"restart_policy": {"condition": "none"}}},
            "restart_policy_attempts",
            0,
        ),
        ({"stdin_open": "true"}, "stdin_open", True),
        ({}, "stdin_open", False),
        ({}, "generic_resources", []),
        ({"ports": ["8000-8001:80-81/udp"]}, "publish", [
            {"TargetPort": 80, "PublishedPort": 8000, "Protocol": "udp", "PublishMode": "ingress"},
            {"TargetPort": 81, "PublishedPort": 8001, "Protocol": "udp", "PublishMode": "ingress"},
        ]),
        ({"ports": [80, {"target": 81, "published": "8081", "mode": "host"}]}, "publish", [
            {"TargetPort": 80, "Protocol": "tcp", "PublishMode": "ingress"},
            {"TargetPort": 81, "PublishedPort": 8081, "Protocol": "tcp", "PublishMode": "host"},
        ]),
        ({"ports": ["80:80", "80:80/tcp", {"target": 80, "published": 80}]}, "publish", [
            {"TargetPort": 80, "PublishedPort": 80, "Protocol": "tcp", "PublishMode": "ingress"},
        ]),
        ({"networks": {}}, "networks", [{"Target": "shop_default", "Aliases": ["web"]}]),
        ({"volumes": ["./a:/a:ro"]}, "mounts", [
            {"Type": "bind", "Source": str(HERE / "a"), "Target": "/a", "ReadOnly": True}
        ]),
        ({"volumes": ["data:/a"]}, "mounts", [
            {
                "Type": "volume",
                "Source": "shop_data",
                "Target": "/a",
                "ReadOnly": False,
                "VolumeOptions": {
                    "NoCopy": False,
                    "Labels": {"com.docker.stack.namespace": "shop"},
                },
            }
        ]),
        ({"volumes": [{"target": "/a", "volume": {"subpath": "web"}}]}, "mounts", [
            {
                "Type": "volume",
                "Target": "/a",
                "ReadOnly": False,
                "VolumeOptions": {"Subpath": "web"},
            }
        ]),
        ({"volumes": [
            {"type": "bind", "source": "/a", "target": "/a", "bind": {"create_host_path": True}}
        ]}, "mounts", [
            {
                "Type": "bind",
                "Source": "/a",
                "Target": "/a",
                "ReadOnly": False,
                "BindOptions": {"CreateMountpoint": True},
            }
        ]),
        ({"credential_spec": {"file": "x.json"}}, "credential_spec", {"File": "x.json"}),
        ({"credential_spec": {"registry": "x"}}, "credential_spec", {"Registry": "x"}),
        ({"credential_spec": {"config": "conf"}}, "credential_spec", {"Config": "shop_conf"}),
        ({"volumes": [{"type": "tmpfs", "target": "/t", "tmpfs": {"mode": "0700"}}]}, "mounts", [
            {"Type": "tmpfs", "Target": "/t", "ReadOnly": False, "TmpfsOptions": {"Mode": 0o700}}
        ]),
        ({"tmpfs": "/t"}, "mounts", [{"Type": "tmpfs", "Target": "/t", "ReadOnly": False}]),
        *(
            ({**stated}, "mounts", [
                {
                    "Type": "tmpfs",
                    "Target": "/t",
                    "ReadOnly": False,
                    "TmpfsOptions": {"SizeBytes": 2**26, "Mode": 0o1777},
                }
            ])
            for stated in (
                {"tmpfs": ["/t:size=64m,mode=1777"]},
                {"volumes": [
                    {"type": "tmpfs", "target": "/t", "tmpfs": {"size": "64m", "mode": "1777"}}
                ]},
            )
        ),
        (
            {"deploy": {"resources": {"reservations": {
                "generic_resources": [{"discrete_resource_spec": {"kind": "gpu", "value": "2"}}]
            }}}},
            "generic_resources",
            [{"DiscreteResourceSpec": {"Kind": "gpu", "Value": 2}}],
        ),
        # What a variable is filled in with is text.
        ({"tty": "yes"}, "tty", True),
        ({"read_only": "False"}, "read_only", False),
        ({"healthcheck": {"disable": "no", "retries": 2}}, "healthcheck", {"Retries": 2}),
        (
            {"deploy": {"update_config": {"parallelism": "2", "max_failure_ratio": "0.5"}}},
            "update_config",
            {"Parallelism": 2, "MaxFailureRatio": 0.5},
        ),
        ({"deploy": {"resources": {"limits": {"pids": "50"}}}}, "limit_pids", 50),
        ({"deploy": {"resources": {"limits": {"pids": 50.0}}}}, "limit_pids", 50),
        ({"deploy": {"restart_policy": {"max_attempts": "3"}}}, "restart_policy_attempts", 3),
        ({"deploy": {"placement": {"max_replicas_per_node": "2"}}}, "replicas_max_per_node", 2),
        # What is not stated any more is taken back.
        ({}, "env", []),
        ({}, "publish", []),
        ({}, "stop_grace_period", 10**10),
    ],
)  # fmt: skip
def test_a_service_is_read(stated: Any, setting: str, expected: Any) -> None:
    assert service(**stated)[setting] == expected


def test_what_counts_for_nothing_in_a_swarm_is_named() -> None:
    read = stack(services={"web": {"image": "a", "build": ".", "ipc": "host", "x-a": 1}})
    assert read.warnings == ["services.web: build, ipc count for nothing in a swarm."]


def test_a_restart_counts_where_there_is_no_other_policy() -> None:
    for stated in (
        {"restart": "always"},
        {"restart": "always", "deploy": {"restart_policy": None}},
    ):
        assert stack(services={"web": {"image": "a", **stated}}).warnings == []


@pytest.mark.parametrize(
    "stated",
    [
        # A swarm starts what ended again where nothing else is stated.
        {"restart": "no"},
        {"restart": False},
        {"restart": "always", "deploy": {"restart_policy": {"condition": "any"}}},
    ],
)
def test_a_restart_that_counts_for_nothing_is_named(stated: Any) -> None:
    read = stack(services={"web": {"image": "a", **stated}})
    assert read.warnings == ["services.web: restart count for nothing in a swarm."]


@pytest.mark.parametrize(
    ("mode", "replicas"),
    [("replicated", 1), ("replicated-job", 1), ("global", None), ("global-job", None)],
)
def test_one_task_runs_where_no_number_is_stated(mode: str, replicas: int | None) -> None:
    read = stack(services={"web": {"image": "a", "deploy": {"mode": mode}}})
    assert read.services[0].replicas == replicas


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ({"service": {}}, "the file: service: not supported"),
        ({"services": {"web": {"image": "a", "imag": "b"}}}, "services.web: imag: not supported"),
        ({"services": {"web": {"build": "."}}}, "needs an image"),
        ({"services": {"web": "nginx"}}, "services.web: it is no mapping"),
        ({"services": {"web": {"image": "a", "networks": ["b"]}}}, "no network b"),
        ({"services": {"web": {"image": "a", "secrets": ["b"]}}}, "no secret b"),
        ({"services": {"web": {"image": "a", "volumes": ["b:/b"]}}}, "no volume b"),
        ({"services": {"web": {"image": "a", "ports": ["1.2.3.4:80:80"]}}}, "takes no address"),
        ({"services": {"web": {"image": "a", "ports": ["1-3:80-81"]}}}, "differ in length"),
        ({"services": {"web": {"image": "a", "ports": [80822]}}}, "80822' is no port.*in quotes"),
        ({"services": {"web": {"image": "a", "ports": ["70000:80"]}}}, "70000' is no port"),
        ({"services": {"web": {"image": "a", "ports": [{"target": 65536}]}}}, "65536 is no port"),
        ({"services": {"web": {"image": "a", "tty": "maybe"}}}, "web.tty: 'maybe' is neither true"),
        ({"networks": {"a": {"external": "perhaps"}}}, "networks.a.external: 'perhaps' is neither"),
        ({"services": {"web": {"image": "a", "deploy": {"modus": 1}}}}, "modus"),
        ({"services": {"web": {"image": "a", "deploy": {"mode": "every"}}}}, "every"),
        ({"services": {"web": {"image": "a", "environment": ["B"]}}}, r"B has no value. Write B="),
        ({"services": {"web": {"image": "a", "environment": {"B": None}}}}, "B has no value"),
        ({"services": {"web": {"image": "a", "labels": {"b": ["c"]}}}}, "web.labels: b is a list"),
        (
            {"services": {"web": {"image": "a", "logging": {"options": {"b": {}}}}}},
            "web.logging.options: b is a mapping",
        ),
        ({"services": {"web": {"image": "a", "extra_hosts": ["b"]}}}, "b is not written as"),
        ({"services": {"web": {"image": "a", "extra_hosts": ["b:1", "b:2"]}}}, "b has two addr"),
        ({"services": {"web": {"image": "a", "extra_hosts": {"b": ["1"]}}}}, "b is not written as"),
        ({"services": {"web": {"image": "a", "command": 5}}}, r"^services\.web\.command: 5 is "),
        ({"services": {"web": {"image": "a", "entrypoint": {}}}}, r"^services\.web\.entrypoint: "),
        ({"services": {"web": {"image": "a", "healthcheck": {"test": 5}}}}, "and not 5"),
        (mounted(bind={"recursive": "disabled"}), "web.volumes.bind: recursive: not supported"),
        (mounted(volume={"subpth": "a"}), "web.volumes.volume: subpth: not supported"),
        (mounted(type="tmpfs", tmpfs={"mode": "rw"}), "web.volumes.tmpfs.mode: 'rw' is no octal"),
        (mounted(tmpfs={"siz": 1}), "web.volumes.tmpfs: siz: not supported"),
        ({"services": {"web": {"image": "a", "logging": {"drivr": "b"}}}}, "logging: drivr: not"),
        ({"services": {"web": {"image": "a", "credential_spec": {}}}}, "state one of config, file"),
        (
            {"services": {"web": {"image": "a", "credential_spec": {"fil": 1}}}},
            "fil: not supported",
        ),
        (
            {"services": {"web": {"image": "a", "credential_spec": {"config": "b"}}}},
            "credential_spec: the file has no config b",
        ),
        ({"services": {"web": {"image": "a", "restart": "sometimes"}}}, "web.restart: 'sometimes'"),
        ({"services": {"web": {"image": "a", "restart": "on-failure:-1"}}}, "'on-failure:-1'"),
        ({"services": {"web": {"image": "a", "restart": "on-failure:"}}}, "write no, always"),
        ({"networks": {"a": {"ipam": {"drivr": "b"}}}}, "shop_a.ipam: drivr: not supported"),
        ({"networks": {"a": {"ipam": {"config": [{"subnt": "b"}]}}}}, "ipam.config: subnt: not"),
        ({"secrets": {"a": {}}}, "secrets.a: state one of file, content"),
        ({"secrets": {"a": {"file": "none"}}}, "none cannot be read"),
        ({"volumes": {"a": {"size": 1}}}, "volumes.a: size"),
    ],
)
def test_what_cannot_be_is_refused(file: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        stack(**file)


def test_a_number_for_content_is_its_text() -> None:
    read = stack(services={"web": {"image": "nginx"}}, configs={"pin": {"content": 1234}})
    assert read.configs[0].data == b"1234"
