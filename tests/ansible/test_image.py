"""The module for everything about an image."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import FOREIGN_HOST
from tests.lab import Lab

from .steps import play
from .test_images import failures

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


@pytest.fixture
def context(tmp_path: Path, busybox: str, scratch: Scratch) -> Path:
    """A folder with a Dockerfile whose build another test cannot have in the cache."""
    folder = tmp_path / "context"
    folder.mkdir()
    text = f"FROM {busybox} AS first\nARG WORD\nRUN echo {scratch.name()} $WORD $no_proxy > /said\n"
    (folder / "Dockerfile").write_text(text + "FROM first\nENV LAST=1\n")
    return folder


def test_image(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, context: Path, tmp_path: Path
) -> None:
    if FOREIGN_HOST:
        pytest.skip("an engine that is not the lab's has no registry for tests")
    name, registry = scratch.name("all"), f"{Lab.default().registry}/{scratch.name()}"
    options = {"path": str(context), "args": {"WORD": True}, "labels": {"tier": True}}
    build = {"name": name, "tag": "1", "source": "build", "build": options}
    archive = str(tmp_path / "image.tar")
    limits = {"memory": "64M", "memswap": "unlimited", "cpushares": 512}
    forced = {**build, "force_source": True}
    published = {"name": f"{name}:1", "source": "local", "repository": registry, "push": True}
    pulled = {"name": registry, "source": "pull"}
    results = play(
        playbooks,
        "image",
        [
            ("build", build, True),
            ("built", build, False),
            ("one stage", {**forced, "build": {**options, "target": "first"}}, True),
            ("limited", {**forced, "build": {**options, "container_limits": limits}}, True),
            ("archive", {**build, "archive_path": archive}, True),
            ("archived", {**build, "archive_path": archive}, False),
            ("publish", {**published, "tag": "2"}, True),
            ("published", {**published, "tag": "2"}, False),
            ("remove", {"name": name, "tag": "1", "state": "absent"}, True),
            ("removed", {"name": name, "tag": "1", "state": "absent"}, False),
            ("load", {"name": name, "tag": "1", "source": "load", "load_path": archive}, True),
            ("loaded", {"name": name, "tag": "1", "source": "load", "load_path": archive}, False),
            ("remove other", {"name": f"{registry}:1", "state": "absent"}, True),
            ("pull", {**pulled, "tag": "1"}, True),
            ("pulled", {**pulled, "tag": "1", "pull": {"platform": "linux"}}, False),
        ],
    )
    assert results["build"]["image"]["Config"]["Labels"] == {"tier": "true"}
    assert "RUN echo" in results["build"]["stdout"]
    assert results["build"]["diff"]["before"] == {"exists": False}
    assert results["build (check)"]["diff"]["after"]["id"] == "unknown"
    assert "LAST=1" not in results["one stage"]["image"]["Config"]["Env"]
    assert "LAST=1" in results["limited"]["image"]["Config"]["Env"]
    # The tag in the name goes before the one beside it.
    assert results["publish"]["actions"] == [
        f"Tagged image {name}:1 as {registry}:1",
        f"Pushed image {registry}:1",
    ]
    assert "digest: sha256:" in results["publish"]["image"]["push_status"]
    assert results["remove"]["image"] == {"state": "Deleted"}
    assert results["removed"]["image"] == {}
    made = results["limited"]["image"]["Id"]
    assert any("WORD=True" in one["CreatedBy"] for one in engine.images.history(made))
    assert [results[step]["image"]["Id"] for step in ("archive", "load", "pull")] == [made] * 3
    engine.images.remove(f"{registry}:1")


def test_a_build_gets_the_proxies_of_the_configuration(
    playbooks: Playbooks, scratch: Scratch, context: Path, tmp_path: Path
) -> None:
    proxies = {"proxies": {"default": {"noProxy": "lab.example"}}}
    (tmp_path / "config.json").write_text(json.dumps(proxies))
    dockerfile = context / "Dockerfile"
    dockerfile.write_text(dockerfile.read_text().replace("> /said", "; echo no_proxy=$no_proxy"))
    options = {"path": str(context), "use_config_proxy": True}
    wanted = {"name": scratch.name("proxy"), "source": "build", "build": options}
    run = playbooks.run_tasks(
        [{"name": "build", "pytest_engine.engine.image": wanted}],
        environment={"DOCKER_CONFIG": str(tmp_path)},
    )
    assert "no_proxy=lab.example" in run.results["build"]["stdout"]


def test_what_cannot_be_is_told(playbooks: Playbooks, scratch: Scratch, context: Path) -> None:
    name = scratch.name("none")
    build = {"name": name, "source": "build"}
    said = failures(
        playbooks,
        [
            ("image", {"name": name}),
            ("image", build),
            ("image", {"name": name, "source": "load"}),
            ("image", {"name": name, "source": "local"}),
            ("image", {**build, "build": {"path": str(context), "shm_size": "lots"}}),
            ("image", {**build, "build": {"path": str(context / "no")}}),
        ],
    )
    words = ["source", "build", "load_path", f"{name}:latest", "shm_size", str(context / "no")]
    for word, pair in zip(words, said):
        assert [word in text for text in pair] == [True, True], pair
