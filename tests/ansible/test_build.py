"""Images built by playbooks."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.request_log import request_log

from .steps import play
from .test_images import failures

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Scratch
    from tests.request_log import RequestLog

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

SECRET = "s3cr3t"  # of nobody


@pytest.fixture
def watched(engine_host: str) -> Iterator[RequestLog]:
    """A way to the engine on which requests are written down."""
    with request_log(engine_host) as log:
        yield log


@pytest.fixture
def context(tmp_path: Path, busybox: str, scratch: Scratch) -> Path:
    """A folder with a Dockerfile whose build another test cannot have in the cache."""
    folder = tmp_path / "context"
    folder.mkdir()
    text = f"FROM {busybox} AS first\nARG WORD\nRUN echo {scratch.name()} $WORD > /said\n"
    (folder / "Dockerfile").write_text(text + "FROM first\nENV LAST=1\n")
    return folder


def test_image_build(playbooks: Playbooks, scratch: Scratch, context: Path) -> None:
    name = scratch.name("built")
    wanted: dict[str, Any] = {
        "name": name,
        "tag": "1",
        "path": str(context),
        "args": {"WORD": True},
        "labels": {"tier": 1, "ready": False},
        "target": "first",
        "etc_hosts": {"some.host": "127.0.0.9"},
        "shm_size": "64M",
        "platform": "linux",
        "network": "none",
    }
    always = {**wanted, "rebuild": "always"}
    tasks = [
        ("build", wanted, True),
        ("built", wanted, False),
        ("other options do not matter", {**wanted, "args": {"WORD": "no"}}, False),
        ("another word", {**always, "args": {"WORD": "no"}}, True),
        ("another stage", {**always, "target": None, "labels": None}, True),
    ]
    results = play(playbooks, "image_build", tasks)
    build = results["build"]
    assert build["image"]["RepoTags"] == [f"{name}:1"]
    assert build["image"]["Config"]["Labels"] == {"tier": "1", "ready": "false"}
    assert build["actions"] == [f"Built image {name}:1 from {context}"]
    assert build["diff"] == {
        "before": {"exists": False},
        "after": {"id": build["image"]["Id"]},
    }
    assert results["build (check)"]["image"] == {}
    assert results["built"]["actions"] == []
    assert "RUN echo" in build["stderr"]
    assert (build["stdout"], build["command"]) == ("", [])
    assert "LAST=1" in results["another stage"]["image"]["Config"]["Env"]


def test_of_a_fraction_that_may_have_been_another_text_a_warning_tells(
    playbooks: Playbooks, scratch: Scratch, context: Path
) -> None:
    stated = {"args": {"WORD": 3.25, "MODE": 1}, "labels": {"version": 1.5}}
    built = {"name": scratch.name("built"), "path": str(context), **stated}
    task = {"name": "build", "pytest_engine.engine.image_build": built}
    result = playbooks.run_tasks([task], may_warn=True).results["build"]
    assert result["image"]["Config"]["Labels"] == {"version": "1.5"}
    assert [text.partition(" is a number with a fraction")[0] for text in result["warnings"]] == [
        "args: WORD",
        "labels: version",
    ]


def test_of_a_fraction_in_what_an_image_is_built_with_a_warning_tells(
    playbooks: Playbooks, scratch: Scratch, context: Path
) -> None:
    stated = {"args": {"WORD": 3.25, "MODE": 1}, "labels": {"version": 1.5}}
    build = {"path": str(context), **stated}
    kept = {"name": scratch.name("built"), "source": "build", "build": build}
    task = {"name": "keep", "pytest_engine.engine.image": kept}
    result = playbooks.run_tasks([task], may_warn=True).results["keep"]
    assert result["image"]["Config"]["Labels"] == {"version": "1.5"}
    assert [text.partition(" is a number with a fraction")[0] for text in result["warnings"]] == [
        "build.args: WORD",
        "build.labels: version",
    ]


def test_a_context_says_which_engine_builds(
    playbooks: Playbooks,
    scratch: Scratch,
    context: Path,
    tmp_path: Path,
    watched: RequestLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def name_context(name: str, host: str) -> None:
        digest = hashlib.sha256(name.encode()).hexdigest()
        meta = tmp_path / "contexts" / "meta" / digest / "meta.json"
        meta.parent.mkdir(parents=True)
        place = {"Host": host, "SkipTLSVerify": False}
        meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": place}}))

    name_context("lab", playbooks.engine_host)
    name_context("watched", watched.host)
    wanted = {"name": scratch.name("built"), "path": str(context), "cli_context": "lab"}
    build = "pytest_engine.engine.image_build"
    watch = {"cli_context": "watched", "api_version": "1.41"}
    tasks = [
        {"name": "build", build: wanted},
        {"name": "built", build: {**wanted, **watch}},
        {"name": "both", build: {**wanted, "docker_host": "unix:///x"}, "ignore_errors": True},
        {"name": "files", build: {**wanted, "ca_path": "/ca.pem"}, "ignore_errors": True},
    ]
    playbook = playbooks.folder / "context.yml"
    playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    # To Ansible it would be one more that is stated.
    monkeypatch.delenv("DOCKER_HOST")
    run = playbooks.run(playbook, environment={"DOCKER_CONFIG": str(tmp_path)})
    assert run.changed == ["build"], run.output
    assert "mutually exclusive" in run.messages["both"]
    assert "ca_path: with a context" in run.messages["files"]
    # What else is said of the connection counts as well: nobody asks for the version.
    assert watched.take() == [f"GET /images/{wanted['name']}%3Alatest/json"]


def test_building_always_changes_nothing_where_nothing_changed(
    playbooks: Playbooks, scratch: Scratch, context: Path
) -> None:
    wanted = {"name": scratch.name("built"), "path": str(context), "rebuild": "always"}
    build = "pytest_engine.engine.image_build"
    run = playbooks.run_tasks([{"name": "first", build: wanted}, {"name": "second", build: wanted}])
    assert run.changed == ["first"], run.output
    assert len(run.results["second"]["actions"]) == 1


def test_what_cannot_be_built_is_told(
    playbooks: Playbooks, scratch: Scratch, context: Path, tmp_path: Path
) -> None:
    wanted = {"name": scratch.name("built"), "path": str(context)}
    said = failures(
        playbooks,
        [
            ("image_build", {**wanted, "path": str(context / "none")}),
            ("image_build", {**wanted, "dockerfile": "None"}),
            ("image_build", {**wanted, "shm_size": "lots"}),
            ("image_build", {**wanted, "secrets": [{"id": "x", "type": "file"}]}),
        ],
    )
    for word, pair in zip(["is not a folder", "no Dockerfile", "shm_size", "src"], said):
        assert [word in text for text in pair] == [True, True], pair
    broken = context / "Dockerfile"
    broken.write_text(broken.read_text() + "RUN echo why; exit 3\n")
    # A docker command without buildx, whatever this machine has.
    (tmp_path / "docker").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "docker").chmod(0o755)
    secret = [{"id": "x", "type": "value", "value": SECRET}]
    run = playbooks.run_tasks(
        [
            {
                "name": name,
                "pytest_engine.engine.image_build": {**wanted, **options},
                "ignore_errors": True,
            }
            for name, options in (("fails", {}), ("needs buildx", {"secrets": secret}))
        ],
        environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
    )
    assert "echo why; exit 3" in run.messages["fails"]
    assert "why" in run.results["fails"]["stderr"]
    assert run.results["fails"]["command"] == []
    assert "secrets cannot be had" in run.messages["needs buildx"]
    assert SECRET not in run.output + json.dumps(run.results)
