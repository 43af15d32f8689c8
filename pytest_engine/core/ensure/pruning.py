"""What nothing uses any more is removed, or told without removing it.

The engine cannot be asked what it would remove, so that is worked out here by its own rules,
from what it lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Incompatible, InvalidInput, telling
from .filtering import Age, filter_texts, matches_labels, read_flag, refuse_others
from .looking import look_up, measure_disk, speaks
from .own_networks import is_own_network
from .unused_images import UnusedImages

if TYPE_CHECKING:
    from ..api.build import Build  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.containers import Containers  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.volumes import Volumes  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine
    from ..filters import Filters

__all__ = ["BuildCachePruning", "Pruned", "prune"]

_RUNS = frozenset({"running", "paused", "restarting"})
_LABELS_AND_AGE = frozenset({"label", "label!", "until"})
_ANONYMOUS = "com.docker.volume.anonymous"
# Of the build cache the engine takes further ones, which its list does not tell.
_CACHE_FILTERS = frozenset({"until", "unused-for", "id", "type"})
_CACHE_TYPES_OF_ITS_OWN = frozenset({"internal", "frontend"})


@dataclass(frozen=True)
class BuildCachePruning:
    """What of the build cache is removed.

    Attributes:
        filters: which entries.
        all: also those that are shared with images, and the builder's own.
        keep: bytes to keep.
    """

    filters: Filters | None = None
    all: bool = False
    keep: int | None = None


@dataclass(frozen=True)
class Pruned:
    """What was removed of one sort, or would be.

    Attributes:
        removed: ids or names; of images what was removed and which names they lost.
        space: bytes that it took; None: networks take none. Of images that would be
            removed, only what none of them shares with another image is counted.
        warnings: what the caller should know.
    """

    removed: list[Any]
    space: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything was removed."""
        return bool(self.removed or self.space)


def prune(
    engine: Engine,
    wanted: Mapping[str, Filters | None],
    cache: BuildCachePruning | None = None,
    *,
    check: bool = False,
) -> dict[str, Pruned]:
    """Remove what nothing uses, or tell what that would be.

    Args:
        engine: the engine to tidy up.
        wanted: which of `containers`, `images`, `networks` and `volumes`, with their filters.
            In this order: a container that goes leaves the next ones unused.
        cache: what of the build cache; None: nothing.
        check: remove nothing.

    Returns:
        What was removed, by sort; the build cache is `builder_cache`.

    Raises:
        InvalidInput: a filter is none of a sort's; nothing was removed. Podman has filters of its
            own, which it checks itself.
        Incompatible: what would go is asked of Podman, which has rules of its own.
        EngineError: the engine refuses; its `done` names what was pruned before.
    """
    if check:
        if engine.is_podman:
            raise Incompatible(
                "What Podman would remove cannot be told beforehand: it has rules of its own. "
                "Look with its lists at what there is, and prune without check mode."
            )
        _check_filters(engine, wanted, cache)
        return _Preview(engine).tell(wanted, cache)
    if not engine.is_podman:
        _check_filters(engine, wanted, cache)
    done: dict[str, Pruned] = {}
    gone: list[str] = []
    with telling(gone):
        for what in ("containers", "images", "networks", "volumes"):
            if what in wanted:
                answer: Mapping[str, Any] = getattr(engine, what).prune(filters=wanted[what])
                removed = answer.get(f"{what.capitalize()}Deleted") or []
                space = None if what == "networks" else answer.get("SpaceReclaimed") or 0
                done[what] = Pruned(list(removed), space)
                gone += [f"prune {what}"] if removed else []
        if cache is not None:
            keep = "reserved_space" if speaks(engine, 1, 48) else "keep_storage"
            limits = {} if cache.keep is None else {keep: cache.keep}
            answer = engine.build.prune(all=cache.all, filters=cache.filters, **limits)
            removed = answer.get("CachesDeleted") or []
            done["builder_cache"] = Pruned(list(removed), answer.get("SpaceReclaimed") or 0)
    return done


def _check_filters(
    engine: Engine, wanted: Mapping[str, Filters | None], cache: BuildCachePruning | None
) -> None:
    """Refuse what the engine would, before it prunes the sorts ahead of that."""
    for what, stated in wanted.items():
        filters, known = stated or {}, _LABELS_AND_AGE
        if what == "images":
            known |= {"dangling"}
        elif what == "volumes":
            known = frozenset({"label", "label!", *(("all",) if speaks(engine, 1, 42) else ())})
        refuse_others(what.capitalize(), filters, known)
        _check_until(filters)
        for flag in ("dangling", "all"):
            read_flag(flag, filters.get(flag))
    if cache is not None:
        filters = _cache_filters(cache)
        _check_until(filters)
        for name in ("id", "type"):
            _one_text(filters, name)


def _check_until(filters: Filters) -> None:
    """Refuse what no engine takes for an age or a time; what its clock makes of it, it tells."""
    until = _one_text(filters, "until")
    if until is not None and not re.match(r"[+-]?\.?\d", until):
        raise InvalidInput(
            f"until: {until!r} is neither an age like 24h nor a time like 2026-01-31T12:00:00."
        )


class _Preview:
    """What a prune would remove; what it would remove first no longer counts as a user."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._gone: list[str] = []
        self._usage: dict[str, Any] | None = None

    def tell(
        self, wanted: Mapping[str, Filters | None], cache: BuildCachePruning | None
    ) -> dict[str, Pruned]:
        told: dict[str, Pruned] = {}
        for what, tell in (
            ("containers", self._containers),
            ("images", self._images),
            ("networks", self._networks),
            ("volumes", self._volumes),
        ):
            if what in wanted:
                told[what] = tell(wanted[what] or {})
        if cache is not None:
            told["builder_cache"] = self._build_cache(cache)
        return told

    def _containers(self, filters: Filters) -> Pruned:
        age = Age(self._engine, filters)
        listed = [
            container
            for container in self._engine.containers.list(all=True, size=True)
            if container["State"] not in _RUNS
            and age.is_old(container["Created"])
            and matches_labels(filters, container.get("Labels"))
        ]
        self._gone = [container["Id"] for container in listed]
        return Pruned(self._gone, sum(container.get("SizeRw") or 0 for container in listed))

    def _images(self, filters: Filters) -> Pruned:
        age = Age(self._engine, filters)
        named = read_flag("dangling", filters.get("dangling")) is False
        used = {
            container["ImageID"]
            for container in self._engine.containers.list(all=True)
            if container["Id"] not in self._gone
        }
        removed = UnusedImages(self._engine.images.list(all=True), used).prune(
            lambda image: (
                age.is_old(image["Created"]) and matches_labels(filters, image.get("Labels"))
            ),
            named=named,
        )
        deleted = {entry["Deleted"] for entry in removed if "Deleted" in entry}
        space = 0
        for image in self._measured("Images") if deleted else ():
            if image["Id"] in deleted:
                space += image["Size"] - max(image.get("SharedSize") or 0, 0)
        return Pruned(removed, space)

    def _networks(self, filters: Filters) -> Pruned:
        age = Age(self._engine, filters)
        listed = [
            network["Id"]
            for network in self._engine.networks.list()
            if not is_own_network(self._engine, network["Name"])
            and not network.get("ConfigOnly")
            and not network.get("Ingress")
            and age.is_old(network["Created"])
            and matches_labels(filters, network.get("Labels"))
        ]
        # Who is on it, the list does not tell, and its filter `dangling` does not know either.
        seen, _gone = look_up(self._engine.networks.inspect, listed)
        unused = [network for network in seen if not network.get("Containers")]
        if any(network["Scope"] == "swarm" for network in unused):
            # What runs on another node is not told here.
            used = self._networks_of_services()
            unused = [network for network in unused if network["Id"] not in used]
        return Pruned([network["Name"] for network in unused])

    def _networks_of_services(self) -> set[str]:
        attached: list[Any] = []
        for service in self._engine.services.list():
            spec: Mapping[str, Any] = service["Spec"]
            attached += spec.get("Networks") or ()
            attached += (spec.get("TaskTemplate") or {}).get("Networks") or ()
        return {one["Target"] for one in attached}

    def _volumes(self, filters: Filters) -> Pruned:
        # From API 1.42 on, volumes with a name have to be asked for.
        named = not speaks(self._engine, 1, 42) or read_flag("all", filters.get("all"))
        volumes = [
            volume["Name"]
            for volume in self._unused_volumes()
            if volume["Driver"] == "local"
            # The engine spares those that were made with options.
            and not volume.get("Options")
            and (named or _ANONYMOUS in (volume.get("Labels") or {}))
            and matches_labels(filters, volume.get("Labels"))
        ]
        sizes = {}
        for volume in self._measured("Volumes") if volumes else ():
            size = (volume.get("UsageData") or {}).get("Size") or 0
            sizes[volume["Name"]] = max(size, 0)
        return Pruned(volumes, sum(sizes.get(name, 0) for name in volumes))

    def _unused_volumes(self) -> list[Any]:
        if not self._gone:
            return [*(self._engine.volumes.list(filters={"dangling": True}).get("Volumes") or ())]
        used = {
            mount.get("Name")
            for container in self._engine.containers.list(all=True)
            if container["Id"] not in self._gone
            for mount in container.get("Mounts") or ()
        }
        listed = self._engine.volumes.list().get("Volumes") or ()
        return [volume for volume in listed if volume["Name"] not in used]

    def _build_cache(self, cache: BuildCachePruning) -> Pruned:
        filters = _cache_filters(cache)
        age = Age(self._engine, filters, times=False)
        there = self._measured("BuildCache")
        entries = [
            entry
            for entry in there
            if not entry.get("InUse")
            and (
                cache.all
                or (entry.get("Type") not in _CACHE_TYPES_OF_ITS_OWN and not entry.get("Shared"))
            )
            and (not entry.get("LastUsedAt") or age.is_old(entry["LastUsedAt"]))
            and _matches_cache(filters, entry)
        ]
        warnings = []
        if cache.keep:
            entries = _beyond(entries, there, cache.keep)
        unknown = ", ".join(sorted(set(filters) - _CACHE_FILTERS))
        if unknown:
            warnings.append(
                f"In check mode the build cache cannot be filtered by {unknown}; "
                "the run itself removes less."
            )
        return Pruned(
            [entry["ID"] for entry in entries],
            sum(entry.get("Size") or 0 for entry in entries),
            tuple(warnings),
        )

    def _measured(self, what: str) -> list[dict[str, Any]]:
        if self._usage is None:
            self._usage = measure_disk(self._engine)
        return self._usage.get(what) or []


def _beyond(
    entries: Iterable[dict[str, Any]], there: Iterable[dict[str, Any]], keep: int
) -> list[dict[str, Any]]:
    """Choose the entries that go until no more than so many bytes are kept, the oldest first."""
    left = sum(entry.get("Size") or 0 for entry in there if not entry.get("Shared"))
    gone = []
    for entry in sorted(entries, key=lambda entry: str(entry.get("LastUsedAt") or "")):
        if left <= keep:
            break
        gone.append(entry)
        left -= entry.get("Size") or 0
    return gone


def _cache_filters(cache: BuildCachePruning) -> dict[str, Any]:
    """Return the filters, with one name for the age."""
    filters = dict(cache.filters or {})
    if "unused-for" in filters:
        filters["until"] = filters.pop("unused-for")
    return filters


def _one_text(filters: Filters, name: str) -> str | None:
    texts = filter_texts(filters.get(name))
    if len(texts) > 1:
        raise InvalidInput(f"{name}: there can be one value alone, not {', '.join(texts)}.")
    return texts[0] if texts else None


def _matches_cache(filters: Filters, entry: Mapping[str, Any]) -> bool:
    id, type = _one_text(filters, "id"), _one_text(filters, "type")
    try:
        # The engine takes the id for a regular expression.
        if id is not None and not re.search(id, entry["ID"]):
            return False
    except re.error as exc:
        raise InvalidInput(f"id: {id!r} is no regular expression: {exc}.") from exc
    return type is None or entry.get("Type") == type
