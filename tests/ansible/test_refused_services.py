"""Values that no service can have are refused by the option's name, and no swarm is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .test_errors import messages

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


def said_of(playbooks: Playbooks, module: str, options: list[dict[str, Any]]) -> list[str]:
    """What a module says of options, each of them wrong."""
    plain = {"name": "refused"}
    return messages(playbooks, *((module, {**plain, **option}) for option in options))


def test_a_wrong_value_of_a_swarm_service_names_the_option(playbooks: Playbooks) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "env: 5 is no dictionary": {"env": 5},
        "env: True is no dictionary": {"env": True},
        "env: an item of the list is no text": {"env": [{"SECRET": "a=b"}]},
        "networks: name: None is no text": {"networks": [{"name": None}]},
        "networks: name: ['x'] is no text": {"networks": [{"name": ["x"]}]},
        "limits: memory: '1x' is no size": {"limits": {"memory": "1x"}},
        "reservations: cpus: 1e+300 is no number": {"reservations": {"cpus": 1e300}},
        "restart_config: delay: 'x' is no duration": {"restart_config": {"delay": "x"}},
        "placement: preferences: {'pack': 1}": {"placement": {"preferences": [{"pack": 1}]}},
    }
    said = said_of(playbooks, "swarm_service", [{"image": "x", **one} for one in wrong.values()])
    expected = list(wrong)
    assert [text for text, whole in zip(expected, said) if not whole.startswith(text)] == [], said


def test_a_stack_is_not_removed_with_waits_that_nobody_can_wait(playbooks: Playbooks) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "absent_retries: -1 is negative": {"absent_retries": -1},
        "absent_retries_interval: -1 is not": {"absent_retries_interval": -1},
        "absent_retries_interval: 100000000000000000000 is": {"absent_retries_interval": 10**20},
    }
    said = said_of(playbooks, "stack", [{"state": "absent", **one} for one in wrong.values()])
    assert [text for text, whole in zip(wrong, said) if not whole.startswith(text)] == [], said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("services: &a [*a]", "is nested too deep"),
        ("[" * 100_000, "is nested too deep"),
        ("- " * 50_000, "is nested too deep"),
        ("services: !!timestamp x", "is no YAML: a value is not what its tag says"),
        ('services: !!int ""', "is no YAML: a value is not what its tag says"),
    ],
    ids=["alias", "json", "yaml", "timestamp", "number"],
)
def test_a_compose_file_that_nobody_can_read_is_named(
    playbooks: Playbooks, tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "compose.yml"
    file.write_text(text)
    (said,) = said_of(playbooks, "stack", [{"compose": [str(file)]}])
    assert said.startswith(f"compose: {file} {message}")


def test_a_path_of_a_compose_file_with_a_nul_is_refused(playbooks: Playbooks) -> None:
    (said,) = said_of(playbooks, "stack", [{"compose": ["compose\0.yml"]}])
    assert said == "compose: compose\0.yml cannot be read: embedded null byte."


def test_a_nul_in_what_compose_is_told_names_the_option(
    playbooks: Playbooks, tmp_path: Path
) -> None:
    (tmp_path / "compose.yml").write_text("services: {web: {image: a}}")
    nul = "SECRET\0"
    plain = {"project_src": str(tmp_path), "service": "web", "command": "a"}
    said = messages(
        playbooks,
        ("compose_v2_exec", {**plain, "command": nul}),
        ("compose_v2_exec", {**plain, "service": nul}),
        ("compose_v2_run", {**plain, "labels": [nul]}),
        ("compose_v2_run", {**plain, "env": {"A": nul}}),
        ("compose_v2", {"project_src": str(tmp_path), "project_name": nul}),
        ("compose_v2_pull", {"project_src": str(tmp_path), "docker_cli": nul}),
    )
    options = ("command", "service", "labels", "env", "project_name", "docker_cli")
    assert said == [f"{option}: it holds a NUL, which no process takes." for option in options]
