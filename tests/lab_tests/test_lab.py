"""A lab of its own, from nothing and back, beside the one that other tests use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import PullFailed
from pytest_engine.core.launch import PrivateEngine
from tests.lab import Lab, LabError
from tests.lab.cli import main


@pytest.fixture(scope="module")
def small_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    lab = Lab(tmp_path_factory.mktemp("lab"))
    lab.up(["busybox"])
    yield lab
    lab.down(purge=True)
    assert not lab.folder.exists()


@pytest.mark.engine
class TestALab:
    def test_its_images_are_pulled_by_their_plain_names(self, small_lab: Lab) -> None:
        with Engine(small_lab.host) as engine:
            engine.images.pull("busybox")
            assert engine.images.inspect("busybox")["Config"]["Cmd"] == ["sh"]
            engine.images.remove("busybox")

    def test_its_engine_has_no_image_before_one_is_pulled(self, small_lab: Lab) -> None:
        with Engine(small_lab.host) as engine:
            assert engine.images.list(all=True) == []

    def test_an_image_that_it_lacks_cannot_be_pulled(self, small_lab: Lab) -> None:
        with Engine(small_lab.host) as engine, pytest.raises(PullFailed):
            engine.images.pull("no-such-image:1")

    def test_a_second_up_changes_nothing(
        self, small_lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = small_lab.status()
        small_lab.up(["busybox"])
        assert small_lab.status() == before
        said = capsys.readouterr().err
        assert "done in" not in said

    def test_a_killed_engine_is_replaced(self, small_lab: Lab) -> None:
        killed = PrivateEngine.find(small_lab.folder / "engine")
        assert killed is not None
        killed.stop()
        small_lab.up()
        with Engine(small_lab.host) as engine:
            engine.system.ping()

    def test_its_cache_outlives_it(
        self, small_lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        small_lab.down()
        assert not small_lab.status().is_up
        small_lab.down()
        small_lab.up(["busybox"])
        assert "build" not in capsys.readouterr().err
        assert small_lab.status().is_up

    def test_the_command_line_tells_about_it(
        self, small_lab: Lab, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--lab", str(small_lab.folder), "status"]) == 0
        assert "busybox:latest" in capsys.readouterr().out
        assert main(["--lab", str(small_lab.folder), "env"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"export DOCKER_HOST={small_lab.host}",
            f"export PYTEST_ENGINE_LAB_REGISTRY={small_lab.registry}",
        ]


def test_a_lab_that_is_not_up_says_how_to_start_it(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab")
    assert not lab.status().is_up
    with pytest.raises(LabError, match=r"does not run. Start it: python -m tests.lab up"):
        _ = lab.host


def test_taking_down_what_is_not_there_is_fine(tmp_path: Path) -> None:
    Lab(tmp_path / "lab").down(purge=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_image_ends_with_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--lab", str(tmp_path / "lab"), "up", "--image", "nonsense"]) == 1
    assert capsys.readouterr().err.startswith("lab: failed: The lab has no image 'nonsense'.")


def test_the_folder_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_ENGINE_LAB", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert Lab.default().folder == tmp_path / "pytest-engine" / "lab"
    monkeypatch.setenv("PYTEST_ENGINE_LAB", str(tmp_path / "mine"))
    assert Lab.default().folder == tmp_path / "mine"
