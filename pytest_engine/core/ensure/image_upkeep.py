"""An image from whichever source, with what is done to it then: archived, tagged, pushed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, telling
from ..reference import parse_reference
from .archived_images import read_archive
from .image_archives import export_images, is_archived, load_images
from .image_builds import build_image
from .image_names import familiar_name, find_image, is_image_id, remove_image, tag_image
from .image_transfers import pull_image, push_image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..client import Engine
    from .build_spec import BuildSpec

__all__ = ["ImageUpkeep", "UpkeepSpec", "keep_image"]


@dataclass(frozen=True)
class UpkeepSpec:
    """An image, where it comes from, and what is done to it.

    Attributes:
        name: its name, written out, or its id.
        source: where it comes from if the engine lacks it: `build`, `load`, `pull` or `local`,
            which is nowhere.
        build: how it is built.
        load_path: the archive that it is in.
        platform: the platform that it is pulled for.
        archive_path: the archive to write it to.
        repository: a further name, written out.
        push: push it under that name, or else under its own.
        force_source: fetch it although the engine has it.
        force_tag: give it the further name although another image has that.
        force_absent: remove it although a stopped container uses it.
    """

    name: str
    source: str = "local"
    build: BuildSpec | None = None
    load_path: str = ""
    platform: str | None = None
    archive_path: str | None = None
    repository: str | None = None
    push: bool = False
    force_source: bool = False
    force_tag: bool = False
    force_absent: bool = False


@dataclass(frozen=True)
class ImageUpkeep:
    """What was done with an image, or would be.

    Attributes:
        changed: whether anything is different afterwards.
        actions: what was done, in order.
        image: the image, as the engine shows it at the end; empty where it has none.
        before: `exists` and `id`.
        after: the same afterwards, and the actions.
        log: what a build had to say.
        warnings: what the caller should know.
    """

    changed: bool
    actions: tuple[str, ...]
    image: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    log: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass
class _Work:
    """The same while it grows."""

    actions: list[str] = field(default_factory=list)
    stays: list[str] = field(default_factory=list)
    image: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)

    def note(self, action: str, *, changed: bool) -> None:
        """Add something that was done."""
        self.actions.append(action)
        if changed:
            self.stays.append(action)

    @property
    def changed(self) -> bool:
        """Whether something was changed, which stays."""
        return bool(self.stays)

    def result(self) -> ImageUpkeep:
        """Return what came of it."""
        after = {**self.after, "actions": list(self.actions)} if self.changed else self.after
        return ImageUpkeep(
            changed=self.changed,
            actions=tuple(self.actions),
            image=self.image,
            before=self.before,
            after=after,
            log=self.log,
            warnings=tuple(self.warnings),
        )


def keep_image(
    engine: Engine, wanted: UpkeepSpec, *, state: str = "present", check: bool = False
) -> ImageUpkeep:
    """Bring an image to the engine, and to where it is wanted besides; or remove it.

    Doing it again changes nothing.

    Args:
        engine: the engine.
        wanted: the image.
        state: `present` or `absent`.
        check: change nothing; tell what would be done.

    Raises:
        InvalidInput: what is asked for cannot be done with such a name, `archive_path` is no place
            for a file, or the engine does not have an image that is to be there already.
        EngineError: it cannot be had, or a step with it fails; `done` names those before it.
    """
    done = _Work()
    if state == "absent":
        removal = remove_image(engine, wanted.name, force=wanted.force_absent, check=check)
        done.before, done.after = removal.before, removal.after
        if removal.image is not None:
            done.note(f"Removed image {wanted.name}", changed=True)
            done.image = {"state": "Deleted"}
        return done.result()
    _refuse_names(wanted)
    if wanted.archive_path:
        is_archived(wanted.archive_path, "archive_path")
    there = find_image(engine, wanted.name)
    done.before = _shown(there)
    done.image = dict(there or {})
    with telling(() if check else done.stays):
        if there is None or wanted.force_source:
            _fetch(engine, wanted, there, done, check=check)
        done.after = _shown(done.image)
        if done.changed and check:
            done.after = {"exists": True, "id": "unknown"}
        if wanted.archive_path:
            _archive(engine, wanted, wanted.archive_path, done, check=check)
        if wanted.repository:
            _tag(engine, wanted, wanted.repository, done, check=check)
        if wanted.push:
            _push(engine, wanted.repository or wanted.name, done, check=check)
    return done.result()


def _shown(image: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"exists": True, "id": image["Id"]} if image else {"exists": False}


def _refuse_names(wanted: UpkeepSpec) -> None:
    """Refuse what the last steps could not do, before the first one."""
    if wanted.repository:
        if is_image_id(wanted.repository):
            raise InvalidInput(f"repository: a name is wanted, not the id {wanted.repository}.")
        if parse_reference(wanted.repository).digest:
            raise InvalidInput(
                f"repository: a name with a tag is wanted, not with a digest: {wanted.repository}."
            )
    elif wanted.push and not is_image_id(wanted.name) and parse_reference(wanted.name).digest:
        raise InvalidInput(
            f"name: an image cannot be pushed by its digest ({wanted.name}); name a repository."
        )
    if is_image_id(wanted.name):
        if wanted.push and not wanted.repository:
            raise InvalidInput(
                f"An image cannot be pushed by its id ({wanted.name}); name a repository for it."
            )
        if wanted.source in ("build", "pull"):
            raise InvalidInput(f"name: an id cannot be had by {wanted.source}: {wanted.name}.")


def _fetch(
    engine: Engine,
    wanted: UpkeepSpec,
    there: Mapping[str, Any] | None,
    done: _Work,
    *,
    check: bool,
) -> None:
    """Bring the image from its source."""
    if wanted.source == "build":
        if wanted.build is None:
            raise InvalidInput("build: say how to build the image.")
        built = build_image(engine, wanted.build, again=True, check=check)
        done.note(f"Built image {wanted.name} from {wanted.build.path}", changed=built.changed)
        done.image, done.log = dict(built.image or {}), built.log
    elif wanted.source == "load":
        _load(engine, wanted, there, done, check=check)
    elif wanted.source == "pull":
        pulled = pull_image(engine, wanted.name, platform=wanted.platform, check=check)
        done.note(f"Pulled image {wanted.name}", changed=pulled.changed)
        done.image = dict(pulled.image or {})
    elif there is None:
        raise InvalidInput(
            f"The engine does not have image {wanted.name}, and with source: local it comes from "
            "nowhere else."
        )


def _load(
    engine: Engine,
    wanted: UpkeepSpec,
    there: Mapping[str, Any] | None,
    done: _Work,
    *,
    check: bool,
) -> None:
    if not wanted.load_path:
        raise InvalidInput("load_path: name the archive that the image is in.")
    archived = read_archive(wanted.load_path)
    if archived is not None:
        by_id = is_image_id(wanted.name)
        found = [n for one in archived for n in (one.ids if by_id else one.names or (one.id,))]
        _find_in_archive(wanted, found)
    loaded = load_images(engine, wanted.load_path, check=check)
    if archived is None and not check:
        _find_in_archive(wanted, [*loaded.names, *(str(one["Id"]) for one in loaded.images)])
    others = sorted(name for name in loaded.names if name != familiar_name(wanted.name))
    if others:
        done.warnings.append(f"{wanted.load_path} holds further images: {', '.join(others)}.")
    image = find_image(engine, wanted.name)
    changed = there is None or loaded.changed
    done.note(f"Loaded image {wanted.name} from {wanted.load_path}", changed=changed)
    done.image = dict(image or {})


def _find_in_archive(wanted: UpkeepSpec, names: Sequence[str]) -> None:
    if familiar_name(wanted.name) not in names:
        raise InvalidInput(
            f"{wanted.load_path} does not hold image {wanted.name}, but {', '.join(sorted(names))}."
        )


def _archive(engine: Engine, wanted: UpkeepSpec, path: str, done: _Work, *, check: bool) -> None:
    if check and done.changed:
        # It would come in the step before, so what is in the archive is not it.
        done.note(f"Wrote {wanted.name} to {path}", changed=True)
        return
    written = export_images(engine, [wanted.name], path, check=check, option="archive_path")
    if written.reason:
        done.note(f"Wrote {wanted.name} to {path}: {written.reason}", changed=True)


def _tag(engine: Engine, wanted: UpkeepSpec, repository: str, done: _Work, *, check: bool) -> None:
    if check and done.image.get("Id") is None:
        there = None if wanted.force_tag else find_image(engine, repository)
        if there is None:
            done.note(f"Tagged image {wanted.name} as {repository}", changed=True)
        else:
            _warn_kept(wanted, str(there["Id"]), done)
        return
    tagging = tag_image(engine, wanted.name, [repository], keep=not wanted.force_tag, check=check)
    if tagging.tagged:
        done.note(f"Tagged image {wanted.name} as {repository}", changed=True)
        done.image = dict(find_image(engine, repository) or done.image)
    elif tagging.after[0]["id"] != tagging.image["Id"]:
        _warn_kept(wanted, tagging.after[0]["id"], done)


def _warn_kept(wanted: UpkeepSpec, id: str, done: _Work) -> None:
    """Tell which image is pushed, where that is not the one that was asked for."""
    if wanted.push:
        done.warnings.append(
            f"{wanted.repository} stays the name of image {id.rpartition(':')[2][:12]}, and that "
            f"one is pushed. With force_tag: true, the name goes to image {wanted.name}."
        )


def _push(engine: Engine, name: str, done: _Work, *, check: bool) -> None:
    if check and done.changed and find_image(engine, name) is None:
        # A step before would give it that name.
        done.note(f"Pushed image {name}", changed=True)
        return
    pushed = push_image(engine, name, check=check)
    if pushed.changed or pushed.status:
        done.note(f"Pushed image {name}", changed=pushed.changed)
    done.image = {**pushed.image, "push_status": pushed.status or None}
