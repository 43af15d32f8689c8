"""The recipes of images: names, bases, and when one has to be made anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.lab import Lab, LabError
from tests.lab.recipes import Recipe, fingerprints, in_build_order, load_recipes, select


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path / "base", {"image.json": '{"names": ["base:1"]}', "rootfs.sh": "true"})
    _write(
        tmp_path / "tool",
        {"image.json": '{"names": ["tool:2", "tool:latest"]}', "Dockerfile": "FROM base:1\n"},
    )
    _write(tmp_path / "app", {"image.json": '{"names": ["app:3"]}', "Dockerfile": "FROM tool:2\n"})
    return tmp_path


def _write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def _names(recipes: list[Recipe]) -> list[str]:
    return [recipe.name for recipe in recipes]


def test_a_name_without_a_tag_means_latest(folder: Path) -> None:
    assert _names(select(load_recipes(folder), ["tool"])) == ["tool:2"]


def test_all_means_every_image_once(folder: Path) -> None:
    chosen = select(load_recipes(folder), ["all", "tool:2", "tool:latest"])
    assert sorted(_names(chosen)) == ["app:3", "base:1", "tool:2"]


def test_all_leaves_out_what_is_rare(folder: Path) -> None:
    _write(folder / "app", {"image.json": '{"names": ["app:3"], "rare": true}'})
    recipes = load_recipes(folder)
    assert sorted(_names(select(recipes, ["all"]))) == ["base:1", "tool:2"]
    assert sorted(_names(select(recipes, ["all", "app:3"]))) == ["app:3", "base:1", "tool:2"]


def test_an_unknown_name_is_an_error_that_lists_the_known_ones(folder: Path) -> None:
    with pytest.raises(LabError, match=r"no image 'tol'.* app:3, base:1, tool:2, tool:latest"):
        select(load_recipes(folder), ["tol"])


def test_bases_come_before_what_is_built_on_them(folder: Path) -> None:
    recipes = load_recipes(folder)
    assert _names(in_build_order(recipes, select(recipes, ["app:3"]))) == [
        "base:1",
        "tool:2",
        "app:3",
    ]


def test_a_base_that_the_lab_lacks_is_an_error(folder: Path) -> None:
    _write(folder / "tool", {"Dockerfile": "FROM elsewhere:1\n"})
    recipes = load_recipes(folder)
    with pytest.raises(LabError, match="tool:2 is built on elsewhere:1, which the lab lacks"):
        in_build_order(recipes, recipes)


def test_a_circle_of_bases_is_an_error(folder: Path) -> None:
    _write(folder / "tool", {"Dockerfile": "FROM app:3\n"})
    recipes = load_recipes(folder)
    with pytest.raises(LabError, match="app:3 <- tool:2 <- app:3"):
        in_build_order(recipes, select(recipes, ["app:3"]))


def _marks(folder: Path, outside: str = "") -> dict[str, str]:
    recipes = load_recipes(folder)
    return dict(fingerprints(in_build_order(recipes, recipes), lambda _: outside))


def test_fingerprints_stay_while_nothing_changes(folder: Path) -> None:
    assert _marks(folder) == _marks(folder)


def test_a_change_reaches_what_is_built_on_it_and_nothing_else(folder: Path) -> None:
    before = _marks(folder)
    _write(folder / "tool", {"added": ""})
    after = _marks(folder)
    assert {name for name in before if before[name] != after[name]} == {
        "app:3",
        "tool:2",
        "tool:latest",
    }


def test_a_file_that_becomes_executable_is_a_change(folder: Path) -> None:
    before = _marks(folder)
    (folder / "app" / "Dockerfile").chmod(0o755)
    assert before["app:3"] != _marks(folder)["app:3"]


def test_a_script_of_another_folder_is_part_of_the_image(folder: Path) -> None:
    note = '{"names": ["newer:1"], "suite": "forky", "script": "../base/rootfs.sh"}'
    _write(folder / "newer", {"image.json": note})
    recipe = select(load_recipes(folder), ["newer:1"])[0]
    assert (recipe.suite, recipe.script) == ("forky", folder / "base" / "rootfs.sh")
    before = recipe.fingerprint()
    _write(folder / "base", {"rootfs.sh": "false"})
    assert recipe.fingerprint() != before


def test_another_mirror_is_a_change(folder: Path) -> None:
    before, after = _marks(folder, "here"), _marks(folder, "there")
    assert not set(before.values()) & set(after.values())


def test_the_lab_has_the_images_that_users_know() -> None:
    names = {name for recipe in Lab.recipes() for name in recipe.names}
    known = {"busybox:latest", "debian:bookworm", "nginx:latest", "postgres:15", "redis:7"}
    assert known <= names


@pytest.mark.parametrize("recipe", Lab.recipes(), ids=lambda recipe: recipe.folder.name)
def test_every_recipe_says_what_it_is(recipe: Recipe) -> None:
    assert recipe.about
    assert set(json.loads((recipe.folder / "image.json").read_text())) <= {
        "about",
        "changes",
        "names",
        "programs",
        "rare",
        "script",
        "suite",
    }
    assert all(":" in name for name in recipe.names)
