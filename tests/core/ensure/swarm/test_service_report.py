"""What is told of a service, in the words of its settings."""

from __future__ import annotations

from pytest_engine.core.ensure.service_report import describe_service


def test_what_nobody_stated_is_described_as_nothing() -> None:
    task = {"ContainerSpec": {"Image": "a", "OpenStdin": True}, "ForceUpdate": 0}
    spec = {"Name": "x", "Labels": {}, "TaskTemplate": task, "Mode": {"Global": {}}}
    told = describe_service(spec)
    assert {key: value for key, value in told.items() if value is not None} == {
        "image": "a",
        "mode": "global",
    }
    assert not {"credential_spec", "generic_resources", "limit_pids", "ulimits"} & told.keys()
    assert {"force_update", "healthcheck_disabled", "labels"} <= told.keys()
    # What no option stands for is told by none.
    assert "stdin_open" not in told


def test_a_port_is_described_with_the_mode_that_was_stated() -> None:
    ports = [
        {"PublishedPort": port, "TargetPort": port, "Protocol": "tcp", "PublishMode": mode}
        for port, mode in ((1, "ingress"), (2, "ingress"), (3, "host"))
    ]
    spec = {"Mode": {"Global": {}}, "TaskTemplate": {}, "EndpointSpec": {"Ports": ports}}
    stated = [
        {"published_port": port, "target_port": port, "protocol": "tcp", "mode": mode}
        for port, mode in ((1, None), (2, "ingress"), (3, "host"))
    ]
    assert describe_service(spec, ports=stated)["publish"] == stated
    assert [port["mode"] for port in describe_service(spec)["publish"]] == [None, None, "host"]
