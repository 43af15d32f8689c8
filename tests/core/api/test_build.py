"""Images built by BuildKit of a real engine, without a command-line client."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import BuildFailed, InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = pytest.mark.engine


def _config(engine: Engine, image: str) -> Any:
    return engine.images.inspect(image).get("Config")


def _anew(engine: Engine, context: Any, scratch: Scratch, **arguments: Any) -> str:
    """Build what prints something, which a step from the cache does not."""
    return engine.build.image(context, tags=[scratch.name()], nocache=True, **arguments)


@pytest.mark.pitfall(34)
def test_an_image_is_built_from_a_folder(
    engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {busybox}\nCOPY app /app\nRUN cat /app/hello\n")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "hello").write_text("hello, world\n")
    lines: list[str] = []
    image_id = _anew(engine, tmp_path, scratch, progress=lines.append)
    assert engine.images.inspect(scratch.name())["Id"] == image_id
    assert "hello, world" in [line.strip() for line in lines]
    assert any("RUN cat /app/hello" in line for line in lines)


def test_a_cache_outlives_a_step(engine: Engine, busybox: str, scratch: Scratch) -> None:
    run = "RUN --mount=type=cache,target=/cache"
    dockerfile = f"FROM {busybox}\n{run} echo kept > /cache/f\n{run} cp /cache/f /f\nRUN cat /f\n"
    lines: list[str] = []
    _anew(engine, {"Dockerfile": dockerfile}, scratch, progress=lines.append)
    assert "kept" in [line.strip() for line in lines]


def test_a_second_build_takes_what_the_first_made(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    context = {"Dockerfile": f"FROM {busybox}\nRUN echo {scratch.name()}\n"}
    first = engine.build.image(context, tags=[scratch.name()])
    lines: list[str] = []
    assert engine.build.image(context, tags=[scratch.name()], progress=lines.append) == first
    assert any("(cached)" in line or "Using cache" in line for line in lines)


@pytest.mark.pitfall(34)
def test_a_step_that_fails_shows_what_it_printed(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    context = {"Dockerfile": f"FROM {busybox}\nRUN echo why it failed; exit 3\n"}
    with pytest.raises(BuildFailed) as caught:
        engine.build.image(context, tags=[scratch.name()])
    assert caught.value.image == scratch.name()
    # The words of BuildKit, and of Podman.
    assert caught.value.detail.endswith(("exit code: 3", "exit status 3"))
    assert caught.value.log == "why it failed"
    assert caught.value.log in str(caught.value)
    assert caught.value.step == "[2/2] RUN echo why it failed; exit 3"
    assert caught.value.line == 2


@pytest.mark.lacks("podman5", reason="it builds one stage after the other")
def test_of_stages_that_run_at_once_the_one_that_failed_is_named(
    engine: Engine, busybox: str
) -> None:
    dockerfile = (
        f"FROM {busybox} AS slow\nRUN echo slow {time.time_ns()}; sleep 1000\n"
        f"FROM {busybox} AS bad\nRUN echo bad; \\\n  false\n"
        f"FROM {busybox}\nCOPY --from=slow /x /\nCOPY --from=bad /x /\n"
    )
    with pytest.raises(BuildFailed) as caught:
        engine.build.image({"Dockerfile": dockerfile}, nocache=True)
    assert caught.value.step.endswith("RUN echo bad;   false")
    assert (caught.value.log, caught.value.line) == ("bad", 4)


def test_a_dockerfile_that_cannot_be_read_says_where(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(BuildFailed, match="NONSENSE") as caught:
        engine.build.image({"Dockerfile": "FROM busybox\nNONSENSE\n"}, tags=[scratch.name()])
    assert caught.value.line == 2


def test_a_base_image_that_cannot_be_pulled_is_named(engine: Engine, scratch: Scratch) -> None:
    with pytest.raises(BuildFailed, match=r"127\.0\.0\.1:1: connect: connection refused"):
        engine.build.image({"Dockerfile": "FROM 127.0.0.1:1/nothing\n"}, tags=[scratch.name()])


def test_a_missing_dockerfile_is_refused_before_anything_is_sent(
    engine: Engine, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="There is no Dockerfile in the build context"):
        engine.build.image(tmp_path)


@pytest.mark.smoke
def test_arguments_labels_and_target_are_taken(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    dockerfile = (
        f"FROM {busybox} AS one\nARG WHO=nobody\nENV WHO=$WHO\nFROM one AS two\nENV TWO=2\n"
    )
    arguments: dict[str, Any] = {"args": {"WHO": "me & you"}, "labels": {"a": "b=\u00fc"}}
    engine.build.image({"Dockerfile": dockerfile}, tags=[scratch.name()], target="one", **arguments)
    config = _config(engine, scratch.name())
    assert "WHO=me & you" in config["Env"]
    assert "TWO=2" not in config["Env"]
    assert config["Labels"]["a"] == "b=\u00fc"


@pytest.mark.smoke
def test_an_image_gets_all_its_tags(engine: Engine, busybox: str, scratch: Scratch) -> None:
    tags = [f"{scratch.name()}:{number}" for number in range(3)]
    image_id = engine.build.image({"Dockerfile": f"FROM {busybox}\nLABEL x=y"}, tags=tags)
    assert {engine.images.inspect(tag)["Id"] for tag in tags} == {image_id}


def test_the_dockerfile_may_have_another_name(
    engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile.x").write_text(f"FROM {busybox}\nLABEL x=y\n")
    (tmp_path / ".dockerignore").write_text("**\n")
    dockerfile = "./docker/Dockerfile.x"
    engine.build.image(tmp_path, tags=[scratch.name()], dockerfile=dockerfile)
    assert _config(engine, scratch.name())["Labels"]["x"] == "y"


@pytest.mark.lacks("podman5", reason="a build's `networkmode` of none is taken for its own default")
def test_steps_may_be_cut_off_from_the_network(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    context = {"Dockerfile": f"FROM {busybox}\nRUN ls /sys/class/net\n"}
    lines: list[str] = []
    _anew(engine, context, scratch, network="none", progress=lines.append)
    assert "  lo" in lines
    assert "  eth0" not in lines
