"""Values of a wrong type in a Compose file, each refused with the place where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.stackfile.files import lay_over
from pytest_engine.core.stackfile.parts import read_stack


def inside(place: str, value: Any) -> dict[str, Any]:
    """Write a file that has a value at a place, and what a service needs at least."""
    file: dict[str, Any] = {"services": {"web": {"image": "nginx"}}}
    *way, last = place.split(".")
    part = file
    for key in way:
        part = part.setdefault(key, {})
    part[last] = value
    return file


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("services.web.dns", 5, "it is no list"),
        ("services.web.env_file", 5, "it is no list"),
        ("services.web.networks", 5, "it is no list"),
        ("services.web.networks.default.aliases", 5, "5 is no list"),
        ("services.web.secrets", [5], "it is no mapping"),
        ("services.web.configs", [["a"]], "it is no mapping"),
        ("services.web.command", [5], "5 is no string"),
        ("services.web.entrypoint", [5], "5 is no string"),
        ("services.web.stop_grace_period", 1e300, "1e[+]300 is more than an engine can count"),
        ("services.web.healthcheck.retries", "often", "'often' is no number"),
        ("services.web.deploy.replicas", float("inf"), "inf is no number"),
        ("services.web.deploy.update_config", "x", "it is no mapping"),
        ("services.web.deploy.update_config.parallelism", "many", "'many' is no number"),
        ("services.web.deploy.update_config.parallelism", ["2"], r"\['2'\] is no number"),
        ("services.web.deploy.rollback_config.max_failure_ratio", "x", "'x' is no number"),
        ("services.web.deploy.resources.limits.memory", "1x", "'1x' is no size"),
        ("services.web.deploy.resources.limits.cpus", 10**400, ".* is no number of processors"),
        ("services.web.labels", {None: "a"}, "a key is null"),
        ("services.web.sysctls", {(1,): "a"}, "a key is a list"),
        ("services.web.deploy.resources.limits.pids", "few", "'few' is no number"),
        ("services.web.deploy.restart_policy.max_attempts", "x", "'x' is no number"),
        ("services.web.deploy.placement.max_replicas_per_node", {}, "{} is no number"),
        ("services.web.deploy.resources.reservations.generic_resources", [5], "it is no mapping"),
        ("services.web.deploy.resources.reservations.generic_resources", 5, "it is no list"),
        (
            "services.web.deploy.resources.reservations.generic_resources",
            [{"kind": "gpu", "value": 2}],
            "kind, value: not supported",
        ),
        ("services.web.deploy.replicas", 2.7, "2.7 is no number"),
        ("services.web.deploy.replicas", True, "True is no number"),
        ("services.web.deploy.replicas", 2**70, ".* more than engines count"),
        ("services.web.deploy.restart_policy.max_attempts", -1, "-1 is less than 0"),
        ("services.web.deploy.placement.max_replicas_per_node", -1, "-1 is less than 0"),
        ("services.web.ulimits.nofile", 2**70, ".* more than engines count"),
        ("services.web.restart", f"on-failure:{'9' * 5000}", "'9+ is no number"),
        ("services.web.deploy.restart_policy.delay", "x", "'x' is no duration"),
        ("services.web.deploy.placement.preferences", ["x"], "it is no mapping"),
        ("services.web.deploy.placement.preferences", 5, "it is no list"),
        ("secrets.key.file", 5, "5 is no text"),
    ],
)
def test_a_value_of_a_wrong_type_is_refused(place: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{place}: {message}"):
        read_stack("shop", inside(place, value), Path())


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (inside("services.web.ports", [{"target": float("inf")}]), "web.ports: inf is no port"),
        (inside("networks.a.ipam.config", [{"subnet": 5}]), "ipam.config.subnet: 5 is no text"),
        (inside("networks.a.ipam.config", [{"aux_addresses": 5}]), "aux_addresses: it is no list"),
        (inside("secrets.key.file", "a\0b"), "secrets.key: .* cannot be read: embedded null byte"),
        (
            {**inside("services.web.secrets", [{"source": "a", "mode": []}]), "secrets": {"a": {}}},
            r"web.secrets.mode: \[\] is no number",
        ),
    ],
    ids=["port", "subnet", "aux", "file", "file mode"],
)
def test_what_stands_beside_a_wrong_value_is_told(file: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_stack("shop", file, Path())


@pytest.mark.parametrize(
    "place",
    [
        "services.web.dns",
        "services.web.environment",
        "services.web.extra_hosts",
        "services.web.labels",
        "services.web.networks",
        "services.web.sysctls",
        "services.web.tmpfs",
        "services.web.deploy.labels",
        "services.web.logging.options",
    ],
)
@pytest.mark.parametrize("item", [None, ["a"], {"db": "10.0.0.1"}])
def test_an_item_that_is_no_text_is_refused(place: str, item: Any) -> None:
    for put_together in (dict, lambda file: lay_over([file])):
        with pytest.raises(InvalidInput, match=f"^{place}: an item is"):
            read_stack("shop", put_together(inside(place, [item])), Path())


@pytest.mark.parametrize(
    "place",
    [
        "services.web.user",
        "services.web.image",
        "services.web.deploy.mode",
        "services.web.credential_spec.config",
        "networks.a.name",
        "networks.a.driver",
        "networks.a.external.name",
        "networks.a.ipam.driver",
        "volumes.a.name",
        "configs.a.name",
    ],
)
def test_a_list_in_place_of_a_text_is_refused(place: str) -> None:
    # A network is told by the name that it gets.
    where = place.replace("networks.a", "networks.(shop_)?a")
    with pytest.raises(InvalidInput, match=f"^{where} is a list. Write a text"):
        read_stack("shop", inside(place, ["a"]), Path())


@pytest.mark.parametrize("sort", ["secret", "config"])
@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("source", ["a"], " is a list"),
        ("target", {}, " is a mapping"),
        ("uid", [1], " is a list"),
        ("gid", {}, " is a mapping"),
        ("mode", -1, ": -1 is less than 0"),
        ("mode", "-1", ": '-1' is no octal number"),
        ("mode", "7" * 6000, ": '7+ is no octal number"),
        ("mode", 10440, ": no file has such a mode"),
    ],
)
def test_a_file_of_a_service_that_cannot_be_is_refused(
    sort: str, part: str, value: Any, message: str
) -> None:
    file = inside(f"services.web.{sort}s", [{"source": "a", part: value}])
    with pytest.raises(InvalidInput, match=f"^services.web.{sort}s.{part}{message}"):
        read_stack("shop", {**file, f"{sort}s": {"a": {"content": ""}}}, Path())


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("type", ["bind"], "volumes.type is a list"),
        ("source", ["a"], "volumes.source is a list"),
        ("target", ["a"], "volumes.target is a list"),
        ("bind", {"propagation": ["shared"]}, "volumes.bind.propagation: .* is none of private"),
        ("tmpfs", {"mode": "rwx"}, "volumes.tmpfs.mode: 'rwx' is no octal number"),
        ("tmpfs", {"size": []}, r"volumes.tmpfs.size: \[\] is no size"),
        ("volume", {"subpath": ["a"]}, "volumes.volume.subpath is a list"),
        ("source", "~nosuchuser/data", "volumes: '~nosuchuser/data': whose home folder"),
    ],
)
def test_a_mount_that_cannot_be_is_refused(part: str, value: Any, message: str) -> None:
    kind = part if part in ("tmpfs", "volume") else "bind"
    source = {} if part in ("tmpfs", "volume") else {"source": "/a"}
    mount = {"type": kind, **source, "target": "/a", part: value}
    with pytest.raises(InvalidInput, match=f"^services.web.{message}"):
        read_stack("shop", inside("services.web.volumes", [mount]), Path())


@pytest.mark.parametrize("option", ["noexec", "size", "uid=5", "size=5x", "mode=rwx"])
def test_an_option_of_a_tmpfs_that_a_swarm_has_not_is_refused(option: str) -> None:
    with pytest.raises(InvalidInput, match=r"^services\.web\.tmpfs"):
        read_stack("shop", inside("services.web.tmpfs", [f"/run:size=64m,{option}"]), Path())


@pytest.mark.parametrize(
    ("port", "message"),
    [
        ("9000-8000", ": 9000-8000: the range ends before it begins"),
        ("9000-8000:9000-8000", ": 9000-8000: the range ends before it begins"),
        ({"target": 80.7}, ": 80.7 is no port"),
        ({"target": 80, "protocol": ["tcp"]}, r".protocol: \['tcp'\] is none of tcp, udp, sctp"),
        ({"target": 80, "mode": 5}, ".mode: 5 is none of ingress, host"),
    ],
)
def test_a_port_that_cannot_be_is_refused(port: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"^services.web.ports{message}"):
        read_stack("shop", inside("services.web.ports", [port]), Path())


@pytest.mark.parametrize(
    ("text", "reason"), [({"a": "b"}, "no text"), (True, "no text"), ("a\ud800", "as UTF-8")]
)
@pytest.mark.parametrize("sort", ["secrets", "configs"])
def test_content_that_is_no_text_is_refused_without_it(sort: str, text: Any, reason: str) -> None:
    with pytest.raises(InvalidInput, match=f"^{sort}.a.content.*{reason}") as refusal:
        read_stack("shop", inside(f"{sort}.a.content", text), Path())
    assert str(text) not in str(refusal.value)


@pytest.mark.parametrize("spec", [{}, {"kind": "gpu"}, {"value": 2}, {"kind": "", "value": 2}])
def test_a_generic_resource_needs_its_kind_and_value(spec: Any) -> None:
    place = "services.web.deploy.resources.reservations.generic_resources"
    for item in ({"discrete_resource_spec": spec}, {}):
        with pytest.raises(InvalidInput, match=f"^{place}.*: state kind and value"):
            read_stack("shop", inside(place, [item]), Path())


def test_a_number_that_a_variable_has_is_one() -> None:
    file = inside("services.web.healthcheck", {"test": "true", "retries": "3"})
    settings = read_stack("shop", file, Path()).services[0].settings
    assert settings["healthcheck"] == {"Test": ["CMD-SHELL", "true"], "Retries": 3}
