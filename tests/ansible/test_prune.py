"""The module `prune`: what check mode tells is what the run removes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.looking import speaks

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.destructive]

PRUNE = "pytest_engine.engine.prune"
SORTS = ("containers", "images", "networks", "volumes")


def test_prune(playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str) -> None:
    label = scratch.name("label")
    labels = {label: ""}
    image = _commit(engine, busybox, scratch.name("source"), label)
    engine.volumes.create({"Name": scratch.name("data"), "Labels": labels})
    engine.networks.create({"Name": scratch.name("net"), "Labels": labels})
    host = {"Binds": [f"{scratch.name('data')}:/data"], "NetworkMode": scratch.name("net")}
    body: Any = {"Image": image, "Cmd": ["sh", "-c", "echo 12345 > /f; echo 1 > /data/f"]}
    body.update(HostConfig=host, Labels=labels)
    ended = engine.containers.create(body, name=scratch.name("ended"))["Id"]
    engine.containers.start(ended)
    engine.containers.wait(ended)
    wanted: dict[str, Any] = {
        **dict.fromkeys(SORTS, True),
        **{f"{sort}_filters": {"label": [label]} for sort in SORTS},
    }
    if speaks(engine, 1, 42):
        wanted["volumes_filters"] = {"label": [label], "all": True}
    too_young = {"containers": True, "containers_filters": {"until": "24h", "label": label}}
    results = playbooks.run_tasks(
        [
            {"name": "too young (check)", PRUNE: too_young, "check_mode": True},
            {"name": "too young", PRUNE: too_young},
            {"name": "check", PRUNE: wanted, "check_mode": True},
            {"name": "prune", PRUNE: wanted},
            {"name": "again (check)", PRUNE: wanted, "check_mode": True},
            {"name": "again", PRUNE: wanted},
            {"name": "nothing", PRUNE: {}},
        ],
        "--diff",
    ).results
    done = results["prune"]
    assert [done[sort] for sort in ("containers", "networks", "volumes")] == [
        [ended],
        [scratch.name("net")],
        [scratch.name("data")],
    ]
    assert (done["containers_space_reclaimed"], done["volumes_space_reclaimed"]) == (6, 2)
    assert {"Deleted": image} in done["images"]
    told = results["check"]
    # Beside the image the engine names its layer.
    assert told["images"] == [{"Deleted": image}]
    assert _without_images(told) == _without_images(done)
    assert told["images_space_reclaimed"] == done["images_space_reclaimed"] > 0
    assert told["diff"]["before"]["volumes"] == [scratch.name("data")]
    assert told["diff"]["after"]["volumes"] == []
    changed = {name for name, result in results.items() if result["changed"]}
    assert changed == {"check", "prune"}
    nothing = results["nothing"]
    assert {key for key in nothing if key.startswith(SORTS)} == set()


def test_the_build_cache(playbooks: Playbooks, engine: Engine, busybox: str) -> None:
    dockerfile = f"FROM {busybox}\nRUN --mount=type=cache,target=/c echo one > /c/f\n"
    image = engine.build.image({"Dockerfile": dockerfile}, nocache=True)
    wanted = {"builder_cache": True, "builder_cache_all": True}
    results = playbooks.run_tasks(
        [
            {
                "name": "young",
                PRUNE: {**wanted, "builder_cache_filters": {"until": "24h"}},
            },
            {"name": "keep", PRUNE: {**wanted, "builder_cache_keep_storage": "100G"}},
            {"name": "check", PRUNE: wanted, "check_mode": True},
            {"name": "prune", PRUNE: wanted},
            {"name": "again", PRUNE: wanted},
        ]
    ).results
    told, done = results["check"], results["prune"]
    key = "builder_cache_caches_deleted"
    assert sorted(told[key]) == sorted(done[key]) != []
    assert told["builder_cache_space_reclaimed"] == done["builder_cache_space_reclaimed"]
    changed = [name for name, result in results.items() if result["changed"]]
    assert changed == ["check", "prune"]
    engine.images.remove(image)


def test_what_cannot_be_understood_is_an_error(playbooks: Playbooks) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "yesterday": {"containers": True, "containers_filters": {"until": "yesterday"}},
        "until": {"volumes": True, "volumes_filters": {"until": "1h"}},
        "lots": {"builder_cache": True, "builder_cache_keep_storage": "lots"},
        "volumes_filters: ": {"volumes": True, "volumes_filters": {"label!": {"keep": "true"}}},
        "builder_cache_filters: ": {"builder_cache": True, "builder_cache_filters": {"id": []}},
    }
    tasks = [
        {"name": name, PRUNE: options, "ignore_errors": True} for name, options in wrong.items()
    ]
    tasks += [{**task, "name": f"{task['name']} (check)", "check_mode": True} for task in tasks]
    messages = playbooks.run_tasks(tasks).messages
    assert len(messages) == 10
    for name, message in messages.items():
        assert name.removesuffix(" (check)") in message


def test_a_filter_that_check_mode_cannot_apply_is_warned_of(
    playbooks: Playbooks, engine: Engine
) -> None:
    del engine
    task = {
        "name": "cache",
        PRUNE: {"builder_cache": True, "builder_cache_filters": {"description": "no such"}},
        "check_mode": True,
    }
    with pytest.raises(AssertionError, match="cannot be filtered by description"):
        playbooks.run_tasks([task])


def _commit(engine: Engine, image: str, name: str, label: str) -> str:
    """Make an image without a name that has a layer of its own."""
    made = engine.containers.create(
        {"Image": image, "Cmd": ["sh", "-c", f"echo {label} > /label"]}, name=name
    )["Id"]
    engine.containers.start(made)
    engine.containers.wait(made)
    committed = engine.images.commit(made, changes=[f"LABEL {label}=1"])["Id"]
    engine.containers.remove(made)
    return committed


def _without_images(result: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in result.items() if k.startswith(("con", "net", "vol"))}
