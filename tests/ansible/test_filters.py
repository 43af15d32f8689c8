"""The filters of the collection, in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


def show(name: str, expression: str, **variables: Any) -> dict[str, Any]:
    message = "{{ " + expression + " }}"
    return {
        "name": name,
        "ansible.builtin.debug": {"msg": message},
        "vars": variables,
        "ignore_errors": True,
    }


def reference(text: str) -> dict[str, Any]:
    return show(text, "text | pytest_engine.engine.image_reference", text=text)


def port(name: str, container: Any, arguments: str) -> dict[str, Any]:
    expression = f"container | pytest_engine.engine.published_port({arguments})"
    return show(name, expression, container=container)


def test_an_image_reference_is_taken_apart(playbooks: Playbooks) -> None:
    digest = "sha256:" + "0" * 64
    full = f"registry.example:5000/shop/web:1.2@{digest}"
    run = playbooks.run_tasks(
        [reference("redis"), reference("docker.io/library/redis:7"), reference(full)]
    )
    assert {name: result["msg"] for name, result in run.results.items()} == {
        "redis": {
            "registry": "",
            "repository": "redis",
            "name": "redis",
            "tag": "",
            "digest": "",
            "familiar": "redis",
        },
        "docker.io/library/redis:7": {
            "registry": "docker.io",
            "repository": "library/redis",
            "name": "docker.io/library/redis",
            "tag": "7",
            "digest": "",
            "familiar": "redis:7",
        },
        full: {
            "registry": "registry.example:5000",
            "repository": "shop/web",
            "name": "registry.example:5000/shop/web",
            "tag": "1.2",
            "digest": digest,
            "familiar": full,
        },
    }


def test_a_published_port_is_found(
    playbooks: Playbooks, engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("ports")
    engine.containers.create(
        {
            "Image": busybox,
            "Cmd": ["sleep", "600"],
            "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
            "HostConfig": {
                "PortBindings": {
                    "80/tcp": [{"HostIp": "127.0.0.2"}],
                    "53/udp": [{"HostIp": "0.0.0.0"}],  # noqa: S104  # it is published
                }
            },
        },
        name=name,
    )
    engine.containers.start(name)
    inspected: Any = engine.containers.inspect(name)
    ports = inspected["NetworkSettings"]["Ports"]
    run = playbooks.run_tasks(
        [
            {
                "name": "look",
                "pytest_engine.engine.container_info": {"name": name},
                "register": "r",
            },
            show("looked", "r.container | pytest_engine.engine.published_port(80)"),
            port("text", inspected, "'80/tcp'"),
            port("everywhere", inspected, "'53/udp'"),
            port("host", inspected, "'53/udp', host='engine.example'"),
            port("fixed", inspected, "80, host='engine.example'"),
        ]
    )
    web, names = int(ports["80/tcp"][0]["HostPort"]), int(ports["53/udp"][0]["HostPort"])
    told = {"host": "127.0.0.2", "port": web, "address": f"127.0.0.2:{web}"}
    assert {key: result["msg"] for key, result in run.results.items() if key != "look"} == {
        "looked": told,
        "text": told,
        "everywhere": {"host": "127.0.0.1", "port": names, "address": f"127.0.0.1:{names}"},
        "host": {"host": "engine.example", "port": names, "address": f"engine.example:{names}"},
        # It is published at this address and no other.
        "fixed": told,
    }


def test_an_address_of_ipv6_is_written_in_brackets(playbooks: Playbooks) -> None:
    bound = [{"HostIp": "::", "HostPort": "8080"}]
    container = {"Name": "/web", "NetworkSettings": {"Ports": {"80/tcp": bound}}}
    run = playbooks.run_tasks([port("six", container, "80")])
    assert run.results["six"]["msg"] == {"host": "::1", "port": 8080, "address": "[::1]:8080"}


def test_what_cannot_be_taken_apart_is_refused(playbooks: Playbooks) -> None:
    bound = [{"HostIp": "127.0.0.1", "HostPort": "8080"}]
    container = {
        "Name": "/web",
        "NetworkSettings": {"Ports": {"80/tcp": bound, "443/tcp": None}},
    }
    run = playbooks.run_tasks(
        [
            reference("Not An Image"),
            show("number", "7 | pytest_engine.engine.image_reference"),
            port("unpublished", container, "443"),
            port("no port", container, "'web'"),
            port("no container", {}, "80"),
        ]
    )
    assert list(run.messages) == list(run.results), run.output
    said = run.messages
    assert "'Not An Image' is no image reference" in said["Not An Image"]
    assert "7 is no image reference" in said["number"]
    assert (
        "container web does not publish 443/tcp. Published ports, while it runs: 80/tcp."
        in said["unpublished"]
    )
    assert "'web' is no port" in said["no port"]
    assert "this is no container as the module container_info" in said["no container"]
