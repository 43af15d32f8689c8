"""docs/how-to/build-images.md: its examples, run one after another on a real engine."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.client import Engine

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "build-images.md"
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    """The page's blocks of a language, each on the lines that it has in the page."""
    page = PAGE.read_text("utf-8")
    return [
        "\n" * (page.count("\n", 0, match.start()) + 1) + match["text"]
        for match in _BLOCK.finditer(page)
        if match["language"] == language
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What the page builds."""
    shop = tmp_path / "shop"
    for name in ("app", "notes"):
        (shop / name).mkdir(parents=True)
    (dockerfile,) = blocks("dockerfile")
    (shop / "Dockerfile").write_text(dockerfile)
    (shop / ".dockerignore").write_text("*.log\n")
    (shop / "app" / "shop.sh").write_text("echo open\n")
    (shop / "notes" / "todo.txt").write_text("nothing\n")
    return tmp_path


@pytest.fixture
def cleaned(engine: Engine) -> Iterator[None]:
    """Remove what has the names of the page's images, and what builds before it left."""
    engine.build.prune(all=True)
    remove_images(engine)
    yield
    remove_images(engine)


def remove_images(engine: Engine) -> None:
    """Remove all images that are called shop, whatever their tag."""
    for image in engine.images.list(filters={"reference": "shop"}):
        engine.images.remove(image["Id"], force=True)


@pytest.mark.engine
@pytest.mark.destructive
@pytest.mark.lacks("podman5", reason="it has one builder, which is none of Docker's two")
@pytest.mark.usefixtures("busybox", "cleaned")
def test_the_examples_of_the_page_run(
    engine: Engine,
    engine_host: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("DOCKER_HOST", engine_host)
    names: dict[str, Any] = {}
    examples = blocks("python")
    for example in examples:
        exec(compile(example, str(PAGE), "exec"), names)  # noqa: S102  # the page's own
    names["engine"].close()
    printed = capsys.readouterr().out
    assert len(examples) == 10
    images = engine.images.list(filters={"reference": "shop"})
    tags = {tag for image in images for tag in image["RepoTags"]}
    assert tags == {f"shop:{tag}" for tag in ("test", "latest", "notes", "made-up", "checked")}
    assert "  3 tests passed" in names["lines"]
    assert "    3 tests passed\n" in printed
    assert "line 2 of the Dockerfile" in printed
    assert 'BuildKit does not know memory; builder="classic" does.' in printed
    assert names["freed"] >= 0
