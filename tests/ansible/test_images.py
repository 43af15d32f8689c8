"""Images and their names: tagged, removed, archived, pushed and pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .steps import play

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]


@pytest.fixture
def image(engine: Engine, scratch: Scratch, busybox: str) -> str:
    """An image that no other test has, with its tag."""
    return make(engine, busybox, scratch.name("image") + ":1", "one")


def make(engine: Engine, base: str, name: str, content: str) -> str:
    """Build an image with this content."""
    engine.build.image(
        {"Dockerfile": f"FROM {base}\nLABEL content={name}-{content}\n"}, tags=[name]
    )
    return name


def test_image_tag(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str, image: str
) -> None:
    other = make(engine, busybox, scratch.name("other") + ":1", "two")
    one, two = (str(engine.images.inspect(name)["Id"]) for name in (image, other))
    first, second, third = (scratch.name(f"as:{tag}") for tag in ("first", "second", "third"))
    both = {"name": image, "repository": [first, second]}
    moved = {"name": other, "repository": [first, third]}
    bare = {"name": image[:-2], "tag": "1", "repository": [first.partition(":")[0]]}
    results = play(
        playbooks,
        "image_tag",
        [
            ("tag", both, True),
            ("tagged", both, False),
            ("by its id", {"name": one, "repository": [first]}, False),
            ("keep", {**moved, "existing_images": "keep"}, True),
            ("kept", {**moved, "existing_images": "keep"}, False),
            ("overwrite", moved, True),
            ("overwritten", moved, False),
            ("the tag goes for both", bare, True),
        ],
    )
    tag = results["tag"]
    assert tag["tagged_images"] == [first, second]
    assert tag["image"]["Id"] == one
    assert tag["actions"] == [f"Tagged image {image} as {name}" for name in (first, second)]
    name, _colon, label = first.partition(":")
    assert tag["diff"]["before"]["images"][0] == {"name": name, "tag": label, "exists": False}
    assert tag["diff"]["after"]["images"][0] == {"name": name, "tag": label, "id": one}
    assert results["tagged"]["diff"]["before"] == results["tagged"]["diff"]["after"]
    assert results["keep"]["tagged_images"] == [third]
    assert [i["id"] for i in results["keep"]["diff"]["after"]["images"]] == [one, two]
    assert results["overwrite"]["tagged_images"] == [first]
    assert results["the tag goes for both"]["tagged_images"] == [f"{name}:1"]
    for step in ("tag", "keep", "overwrite"):
        check = results[f"{step} (check)"]
        assert {**check, "image": 0} == {**results[step], "image": 0}
    assert [engine.images.inspect(n)["Id"] for n in (first, second, third)] == [two, one, two]


def test_what_was_pulled_or_tagged_is_told_without_being_asked_for(
    playbooks: Playbooks, image: str
) -> None:
    # As community.docker does it, so that tasks may look at it.
    run = playbooks.run_tasks(
        [
            {
                "name": "tag",
                "pytest_engine.engine.image_tag": {"name": image, "repository": [image]},
            },
            {
                "name": "pull",
                "pytest_engine.engine.image_pull": {"name": "busybox", "pull": "not_present"},
            },
        ]
    )
    diffs = [result["diff"] for result in run.results.values()]
    assert len(diffs) == 2
    assert [diff["before"] == diff["after"] for diff in diffs] == [True, True]


def test_image_remove(playbooks: Playbooks, scratch: Scratch, engine: Engine, image: str) -> None:
    made = str(engine.images.inspect(image)["Id"])
    second, third = scratch.name("image:2"), scratch.name("further:3")
    for name in (second, third):
        engine.images.tag(image, name)
    results = play(
        playbooks,
        "image_remove",
        [
            ("one name", {"name": image}, True),
            ("gone", {"name": image}, False),
            ("by a tag", {"name": second[:-2], "tag": "2"}, True),
            ("by its id", {"name": made}, True),
            ("no such id", {"name": made, "force": True}, False),
        ],
    )
    assert results["one name"]["untagged"] == [image]
    assert results["one name"]["deleted"] == []
    assert results["one name"]["image"]["Id"] == made
    assert results["one name"]["actions"] == [f"Removed image {image}"]
    assert results["one name"]["diff"]["before"]["tags"] == sorted([image, second, third])
    assert results["one name"]["diff"]["after"]["tags"] == sorted([second, third])
    assert results["gone"]["image"] == {}
    assert results["gone"]["diff"]["before"] == {"exists": False}
    assert made in results["by its id"]["deleted"]
    assert results["by its id (check)"]["deleted"] == [made]
    assert results["by its id"]["diff"]["after"] == {"exists": False}
    for step in ("one name", "by a tag", "by its id"):
        for key in ("untagged", "diff", "image"):
            assert results[f"{step} (check)"][key] == results[step][key]


def test_a_removal_that_is_refused_is_refused_in_check_mode_too(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, image: str
) -> None:
    made = str(engine.images.inspect(image)["Id"])
    other = f"{image[:-2]}:2"
    engine.images.tag(image, other)
    said = failures(playbooks, [("image_remove", {"name": made})])
    ((check, real),) = said
    assert "several names" in check
    assert "must be forced" in real
    engine.images.remove(other)
    container = engine.containers.create({"Image": image}, name=scratch.name("user"))["Id"]
    ((check, real),) = failures(playbooks, [("image_remove", {"name": image})])
    assert scratch.name("user") in check
    assert container[:12] in real
    run = playbooks.run_tasks(
        [
            {
                "name": "force",
                "pytest_engine.engine.image_remove": {"name": image, "force": True},
            }
        ]
    )
    assert run.changed == ["force"], run.output


def failures(
    playbooks: Playbooks, tasks: list[tuple[str, dict[str, Any]]]
) -> list[tuple[str, str]]:
    """Return what modules say that fail, in check mode and for real."""
    run = playbooks.run_tasks(
        [
            {
                "name": f"{number} {check}",
                f"pytest_engine.engine.{module}": options,
                "check_mode": check,
                "ignore_errors": True,
            }
            for number, (module, options) in enumerate(tasks)
            for check in (True, False)
        ]
    )
    assert len(run.messages) == 2 * len(tasks), run.output
    assert "This is a bug" not in run.output
    said = list(run.messages.values())
    return list(zip(said[::2], said[1::2]))


def test_image_export_and_load(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str, image: str, tmp_path: Path
) -> None:
    other = make(engine, busybox, scratch.name("other") + ":1", "two")
    renamed = scratch.name("renamed:1")
    engine.images.tag(image, renamed)
    made = str(engine.images.inspect(image)["Id"])
    path, by_id = str(tmp_path / "images.tar"), str(tmp_path / "id.tar")
    one = {"name": image[:-2], "tag": "1", "path": path}
    both = {"names": [image, other, renamed], "path": path}
    results = play(
        playbooks,
        "image_export",
        [
            ("write", one, True),
            ("written", one, False),
            ("more", both, True),
            ("and no more", both, False),
            ("in another order", {**both, "names": [renamed, other, image]}, False),
            ("other name", {"name": renamed, "path": path}, True),
            ("force", {"name": renamed, "path": path, "force": True}, True),
            ("by its id", {"name": made, "path": by_id}, True),
            ("its id again", {"name": made, "path": by_id}, False),
            ("all", both, True),
        ],
    )
    assert results["write"]["images"][0]["Id"] == made
    assert results["write"]["msg"] == f"Writing {path}: there is none"
    assert "msg" not in results["written"]
    assert results["write"]["diff"]["before"] == {"exists": False}
    assert results["write"]["diff"]["after"] == {"images": [{"id": made, "names": [image]}]}
    assert results["more"]["diff"]["before"] == results["write"]["diff"]["after"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["id.tar", "images.tar"]

    engine.images.remove(other)
    loads = play(
        playbooks,
        "image_load",
        [
            ("one is missing", {"path": path}, True),
            ("all are there", {"path": path}, False),
            ("by its id", {"path": by_id}, False),
        ],
    )
    names = sorted([image, other, renamed])
    assert sorted(loads["one is missing"]["image_names"]) == names
    assert [i["Id"] for i in loads["by its id"]["images"]] == [made]
    assert loads["by its id"]["image_names"] == [made]
    assert f"Loaded image: {other}" in loads["one is missing"]["stdout"]
    assert {"name": other, "exists": False} in loads["one is missing"]["diff"]["before"]["images"]
    assert len(loads["all are there"]["images"]) == 3
    assert len(loads["one is missing (check)"]["images"]) == 2
    assert loads["all are there"]["stdout"] == ""
    engine.images.tag(busybox, renamed)
    loads = play(playbooks, "image_load", [("a name stands for another", {"path": path}, True)])
    assert engine.images.inspect(renamed)["Id"] == made


def test_archives_that_cannot_be_are_named(
    playbooks: Playbooks, scratch: Scratch, image: str, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.tar"
    broken.write_text("no archive")
    missing = scratch.name("missing")
    said = failures(
        playbooks,
        [
            ("image_load", {"path": str(tmp_path / "nothing.tar")}),
            ("image_load", {"path": str(broken)}),
            ("image_export", {"name": missing, "path": str(broken)}),
            ("image_export", {"name": image}),
            ("image_export", {"name": image, "path": str(tmp_path)}),
            ("image_export", {"name": [], "path": str(broken)}),
            ("image_export", {"name": image, "path": str(tmp_path / "none" / "a.tar")}),
            ("image_tag", {"name": missing, "repository": [image]}),
            ("image_tag", {"name": image, "repository": ["sha256:" + "0" * 64]}),
            ("image_tag", {"name": image, "repository": ["x"], "tag": "a/b"}),
            ("image_remove", {"name": "Upper"}),
        ],
    )
    expected = [
        "nothing.tar",
        "broken.tar",
        missing,
        "path",
        str(tmp_path),
        "names",
        "there is no folder",
        missing,
        "sha256:000",
        "a/b",
        "Upper",
    ]
    for word, pair in zip(expected, said):
        assert [word in text for text in pair] == [True, True], pair
    assert broken.read_text() == "no archive"
    assert list(tmp_path.iterdir()) == [broken]
