"""What a prune would remove is what it removes: told first, then done, on a real engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.looking import speaks
from pytest_engine.core.ensure.pruning import BuildCachePruning, prune
from pytest_engine.core.errors import EngineError, InvalidInput
from tests.core.swarms import eventually, swarm_of

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from pytest_engine.core.ensure.pruning import Pruned
    from pytest_engine.core.filters import Filters
    from tests.conftest import Scratch

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="what it would remove is not told beforehand"),
]


class Site:
    """Things on an engine that carry a label of their own."""

    def __init__(self, engine: Engine, scratch: Scratch, image: str) -> None:
        self.engine = engine
        self.name = scratch.name
        self.label = scratch.name("label")
        self._image = image

    def container(self, suffix: str, *command: str, run: bool = True, **config: Any) -> str:
        """Make a container, and wait for its end if it has one."""
        body: Any = {"Image": self._image, "Labels": {self.label: ""}, **config}
        body["Cmd"] = [*command] or ["sleep", "600"]
        made = self.engine.containers.create(body, name=self.name(suffix))["Id"]
        if run:
            self.engine.containers.start(made)
        if run and command:
            self.engine.containers.wait(made)
            # Lists of newer engines say so a moment later.
            ended: Filters = {"id": made, "status": "exited"}
            eventually(lambda: self.engine.containers.list(all=True, filters=ended))
        return made

    def image(self, suffix: str, *tags: str, label: str = "", of: str = "") -> str:
        """Make an image with a layer of its own."""
        source = self.container(
            f"of-{suffix}", "sh", "-c", f"echo {suffix} > /{suffix}", Image=of or self._image
        )
        # It has the container's label already.
        changes = [f"LABEL {label}=1"] if label else []
        made = self.engine.images.commit(source, changes=changes)["Id"]
        self.engine.containers.remove(source)
        for tag in tags:
            self.engine.images.tag(made, tag)
        return made

    def network(self, suffix: str) -> str:
        """Make a network."""
        body: Any = {"Name": self.name(suffix), "Labels": {self.label: ""}}
        self.engine.networks.create(body)
        return self.name(suffix)

    def volume(self, suffix: str, **more: Any) -> str:
        """Make a volume."""
        body: Any = {"Name": self.name(suffix), "Labels": {self.label: ""}, **more}
        self.engine.volumes.create(body)
        return self.name(suffix)

    def all(self, *sorts: str) -> dict[str, Filters | None]:
        """Ask for all of some sorts that carries the label."""
        wanted: dict[str, Filters | None] = {sort: {"label": self.label} for sort in sorts}
        if "volumes" in sorts and speaks(self.engine, 1, 42):
            wanted["volumes"] = {"label": self.label, "all": True}
        return wanted

    def images(self) -> set[str]:
        """Return the ids of the images that carry the label."""
        own: Filters = {"label": self.label}
        return {image["Id"] for image in self.engine.images.list(all=True, filters=own)}

    def tell_and_prune(
        self, wanted: dict[str, Filters | None], cache: BuildCachePruning | None = None
    ) -> dict[str, Pruned]:
        """Ask what would go, have it go, compare, and return it."""
        images = self.images()
        told = prune(self.engine, wanted, cache, check=True)
        assert self.images() == images
        done = prune(self.engine, wanted, cache)
        assert told.keys() == done.keys()
        for what, one in done.items():
            removed = one.removed
            if what == "images":
                # Layers, whose ids are none of images.
                removed = [x for x in removed if x.get("Deleted", next(iter(images))) in images]
            # The engine takes them in any order.
            assert sorted(told[what].removed, key=str) == sorted(removed, key=str), what
            assert told[what].changed == one.changed, what
        return told


@pytest.fixture
def site(engine: Engine, scratch: Scratch, busybox: str) -> Site:
    return Site(engine, scratch, busybox)


def test_containers_that_do_not_run_go(site: Site) -> None:
    ended = site.container("ended", "sh", "-c", "echo 12345 > /file")
    created = site.container("created", run=False)
    site.container("runs")
    paused = site.container("paused")
    site.engine.containers.pause(paused)
    told = site.tell_and_prune({"containers": {"label": site.label}})
    assert sorted(told["containers"].removed) == sorted([ended, created])
    assert told["containers"].space == 6
    site.engine.containers.unpause(paused)
    assert site.tell_and_prune({"containers": {"label": site.label}})["containers"].removed == []


def test_the_space_of_containers_is_that_of_their_files(site: Site) -> None:
    site.container("ended", "sh", "-c", "echo 12345 > /file")
    wanted: dict[str, Filters | None] = {"containers": {"label": [site.label]}}
    told = prune(site.engine, wanted, check=True)
    assert told == prune(site.engine, wanted)


@pytest.mark.parametrize(
    ("filters", "goes"),
    [
        ({"label": "one"}, {"a", "both"}),
        ({"label": ["one", "two=2"]}, {"both"}),
        ({"label": "two=3"}, set()),
        ({"label!": "one"}, {"b"}),
        ({"label!": ["one", "two"]}, {"a", "b"}),
        ({"until": "1h"}, set()),
        ({"until": "0"}, set()),
        ({"until": "1000000000.5"}, set()),
        ({"until": "4000000000"}, {"a", "b", "both"}),
        ({"until": "2020-01-01"}, set()),
        ({"until": "2090-01-01T12"}, {"a", "b", "both"}),
        ({"until": "2090-01-01T12:00:00.5Z"}, {"a", "b", "both"}),
    ],
)
def test_filters_mean_what_they_mean_to_the_engine(
    site: Site, filters: dict[str, Any], goes: set[str]
) -> None:
    labels = {"a": {"one": "1"}, "b": {"two": "2"}, "both": {"one": "1", "two": "2"}}
    made = {
        site.container(name, run=False, Labels={site.label: "", **labels[name]}): name
        for name in labels
    }
    # Nobody else's.
    texts = filters.get("label", [])
    own = [site.label, *([texts] if isinstance(texts, str) else texts)]
    told = site.tell_and_prune({"containers": {**filters, "label": own}})
    assert {made[one] for one in told["containers"].removed} == goes


def test_images_without_a_name_go(site: Site) -> None:
    dangling = site.image("dangling")
    site.image("named", f"{site.name('named')}:1")
    used = site.image("used")
    site.container("user", Image=used)
    told = site.tell_and_prune({"images": {"label": site.label}})["images"]
    assert told.removed == [{"Deleted": dangling}]
    assert told.space == len("dangling\n")


def test_images_go_name_by_name_and_those_in_use_keep_one(site: Site) -> None:
    one, other = f"{site.name('a')}:1", f"{site.name('b')}:1"
    unused = site.image("unused", one, other)
    used = site.image("used", f"{site.name('c')}:1", f"{site.name('d')}:1")
    site.container("user", run=False, Image=used)
    told = site.tell_and_prune({"images": {"label": site.label, "dangling": False}})["images"]
    assert told.removed == [
        {"Untagged": one},
        {"Untagged": other},
        {"Deleted": unused},
        {"Untagged": f"{site.name('c')}:1"},
    ] or told.removed == [
        {"Untagged": f"{site.name('c')}:1"},
        {"Untagged": one},
        {"Untagged": other},
        {"Deleted": unused},
    ]
    assert site.engine.images.inspect(f"{site.name('d')}:1")["Id"] == used
    site.engine.images.remove(used, force=True)


def test_an_image_that_others_were_built_upon_only_loses_its_name(site: Site) -> None:
    name = f"{site.name('base')}:1"
    base = site.image("base", name)
    built = site.image("built", of=base, label="other")
    only_base: Filters = {"label": site.label, "label!": "other", "dangling": False}
    told = site.tell_and_prune({"images": only_base})["images"]
    assert told.removed == [{"Untagged": name}]
    # And goes with them.
    told = site.tell_and_prune({"images": {"label": "other"}})["images"]
    assert told.removed == [{"Deleted": built}, {"Deleted": base}]


def test_networks_that_nothing_runs_on_go(site: Site) -> None:
    unused, ended, lively = map(site.network, ("unused", "ended", "lively"))
    site.container("ended", "true", HostConfig={"NetworkMode": ended})
    site.container("runs", HostConfig={"NetworkMode": lively})
    told = site.tell_and_prune({"networks": {"label": site.label}})["networks"]
    assert (sorted(told.removed), told.space) == (sorted([unused, ended]), None)


def test_the_engines_own_networks_stay(site: Site) -> None:
    told = prune(site.engine, {"networks": None}, check=True)["networks"]
    assert {"bridge", "host", "none"} & set(told.removed) == set()


def test_networks_of_a_swarm_stay_while_services_use_them(site: Site, busybox: str) -> None:
    engine = site.engine
    with swarm_of(engine):
        for suffix in ("unused", "served"):
            labels = {site.label: ""}
            engine.networks.create(
                {"Name": site.name(suffix), "Driver": "overlay", "Labels": labels}
            )
        # It runs nowhere, and its network is spared all the same.
        task: Any = {"ContainerSpec": {"Image": busybox}}
        task["Networks"] = [{"Target": site.name("served")}]
        mode: Any = {"Replicated": {"Replicas": 0}}
        engine.services.create({"Name": site.name("none"), "TaskTemplate": task, "Mode": mode})
        told = site.tell_and_prune({"networks": {"label": site.label}})["networks"]
        assert told.removed == [site.name("unused")]
        engine.services.remove(site.name("none"))


def test_volumes_that_no_container_has_go(site: Site) -> None:
    unused = site.volume("unused")
    site.volume("options", DriverOpts={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"})
    used = site.volume("used")
    site.container("ended", "sh", "-c", "echo 12345 > /d/f", HostConfig={"Binds": [f"{used}:/d"]})
    told = site.tell_and_prune(site.all("volumes"))["volumes"]
    assert (told.removed, told.space) == ([unused], 0)
    told = site.tell_and_prune(site.all("containers", "volumes"))["volumes"]
    assert (told.removed, told.space) == ([used], 6)


def test_volumes_with_a_name_have_to_be_asked_for_by_newer_versions_of_the_api(site: Site) -> None:
    named = site.volume("named")
    body: Any = {"Image": site.image("image"), "Volumes": {"/data": {}}}
    site.container("ended", "true", **body)
    without_name = site.engine.containers.inspect(site.name("ended"))["Mounts"][0].get("Name")
    told = prune(site.engine, {"containers": {"label": site.label}, "volumes": None}, check=True)
    assert without_name in told["volumes"].removed
    assert (named in told["volumes"].removed) is not speaks(site.engine, 1, 42)


def test_a_container_that_goes_first_leaves_the_rest_unused(site: Site) -> None:
    image = site.image("image")
    volume, network = site.volume("volume"), site.network("network")
    host = {"Binds": [f"{volume}:/data"], "NetworkMode": network}
    container = site.container("ended", "true", Image=image, HostConfig=host)
    sorts = ("containers", "images", "networks", "volumes")
    told = site.tell_and_prune(site.all(*sorts))
    assert [told[sort].removed for sort in sorts] == [
        [container],
        [{"Deleted": image}],
        [network],
        [volume],
    ]


@pytest.mark.parametrize("cache", [BuildCachePruning(), BuildCachePruning(all=True)])
def test_the_build_cache_goes(
    site: Site, tmp_path: Path, busybox: str, cache: BuildCachePruning
) -> None:
    (tmp_path / "Dockerfile").write_text(
        f"FROM {busybox}\nCOPY . /src\nRUN echo {site.label} > /one\n"
        "RUN --mount=type=cache,target=/cache echo two > /cache/two\n"
    )
    engine = site.engine
    site.tell_and_prune({}, BuildCachePruning(all=True))
    image = f"{site.name('image')}:1"
    engine.build.image(tmp_path, tags=[image])
    kept = site.tell_and_prune({}, replace(cache, filters={"until": "1h"}))
    assert kept["builder_cache"].removed == []
    gone = site.tell_and_prune({}, replace(cache, filters={"type": "exec.cachemount"}))
    assert len(gone["builder_cache"].removed) == 1
    assert site.tell_and_prune({}, cache)["builder_cache"].removed
    assert site.tell_and_prune({}, cache)["builder_cache"].removed == []
    engine.images.remove(image)


@pytest.mark.parametrize(
    ("what", "filters"),
    [
        ("containers", {"status": "exited"}),
        ("images", {"reference": "busybox"}),
        ("networks", {"driver": "bridge"}),
        ("volumes", {"until": "1h"}),
        ("containers", {"until": "yesterday"}),
        ("containers", {"until": ["1h", "2h"]}),
        ("images", {"dangling": "perhaps"}),
    ],
)
def test_a_filter_that_the_engine_refuses_is_refused_beforehand(
    site: Site, what: str, filters: dict[str, Any]
) -> None:
    for check in (True, False):
        with pytest.raises(InvalidInput):
            prune(site.engine, {what: filters}, check=check)
    with pytest.raises(EngineError, match=r"(?i)filter|until|time|dangling"):
        getattr(site.engine, what).prune(filters=filters)


def test_what_the_build_cache_cannot_be_told_apart_by_is_said(site: Site) -> None:
    cache = BuildCachePruning(filters={"description": "no such thing"})
    told = prune(site.engine, {}, cache, check=True)["builder_cache"]
    assert [w for w in told.warnings if "description" in w] == [*told.warnings]
    assert len(told.warnings) == 1
