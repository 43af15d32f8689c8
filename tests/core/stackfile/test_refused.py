"""Values of a wrong type in a Compose file, each refused with the place where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_engine.core.errors import InvalidInput
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
        ("services.web.deploy.resources.limits.pids", "few", "'few' is no number"),
        ("services.web.deploy.restart_policy.max_attempts", "x", "'x' is no number"),
        ("services.web.deploy.placement.max_replicas_per_node", {}, "{} is no number"),
        ("services.web.deploy.resources.reservations.generic_resources", [5], "it is no mapping"),
        ("services.web.deploy.resources.reservations.generic_resources", 5, "it is no list"),
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
        (inside("services.web.deploy.mode", ["global"]), r"mode: \"\['global'\]\" is none of"),
        (inside("services.web.volumes", [{"source": ["a"], "target": "/a"}]), "no volume"),
        (inside("services.web.ports", [{"target": float("inf")}]), "web.ports: inf is no port"),
        (inside("networks.a.ipam.config", [{"subnet": 5}]), "ipam.config.subnet: 5 is no text"),
        (inside("networks.a.ipam.config", [{"aux_addresses": 5}]), "aux_addresses: it is no list"),
        (inside("secrets.key.file", "a\0b"), "secrets.key: .* cannot be read: embedded null byte"),
        (
            {**inside("services.web.secrets", [{"source": "a", "mode": []}]), "secrets": {"a": {}}},
            r"web.secrets.mode: \[\] is no number",
        ),
    ],
    ids=["mode", "source", "port", "subnet", "aux", "file", "file mode"],
)
def test_what_stands_beside_a_wrong_value_is_told(file: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        read_stack("shop", file, Path())


def test_a_number_that_a_variable_has_is_one() -> None:
    file = inside("services.web.healthcheck", {"test": "true", "retries": "3"})
    settings = read_stack("shop", file, Path()).services[0].settings
    assert settings["healthcheck"] == {"Test": ["CMD-SHELL", "true"], "Retries": 3}
