"""Make images and keep them in the registry.

They are made in an engine of their own that lives only as long: the one that tests use never
holds a layer of them, so that its pulls are real.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_engine.core.client import Engine
from pytest_engine.core.launch import PrivateEngine, launch_dockerd
from pytest_engine.core.launch.mounts import unmount_below
from pytest_engine.core.launch.processes import kill_all

from .apt_sources import AptSources, proxy_arguments, read_apt_sources
from .packages import SYSTEM_PATH, ensure_programs
from .recipes import Recipe, fingerprints, in_build_order
from .steps import LabError, run_logged, step

if TYPE_CHECKING:
    from .registry import Registry

__all__ = ["ImageStore"]

_ADVICE = (
    "Look at what failed above. Packages come from the mirrors of this machine's own apt: see "
    "whether `apt-get update` works here."
)


class ImageStore:
    """The images that the registry has, and how it gets more.

    Args:
        folder: the registry's folder, where it is noted what its images were made of.
        registry: the registry.
        work: a folder for the engine that builds, and for root file systems.
        logs: a folder for the output of programs.
    """

    def __init__(self, folder: Path, registry: Registry, work: Path, logs: Path) -> None:
        self._notes = folder / "images.json"
        self._registry = registry
        self._work = work
        self._logs = logs

    def stored(self) -> dict[str, str]:
        """Give the names that were pushed and the fingerprints of their recipes."""
        try:
            notes: dict[str, str] = json.loads(self._notes.read_text())
        except FileNotFoundError:
            return {}
        return notes

    def ensure(self, recipes: Sequence[Recipe], wanted: Sequence[Recipe]) -> None:
        """Make those of the wanted images, and of their bases, that are missing or outdated.

        Raises:
            LabError: one could not be made.
        """
        ordered = in_build_order(recipes, wanted)
        # The only way to know them is to ask apt: once for each release.
        apt = {suite: read_apt_sources(suite) for suite in {r.suite for r in ordered}}
        marks = fingerprints(ordered, lambda recipe: f"{recipe.suite}\n{apt[recipe.suite]}")
        stored = self.stored()
        missing = {
            recipe.name
            for recipe in ordered
            if any(
                stored.get(name) != marks[name] or not self._registry.holds(name)
                for name in recipe.names
            )
        }
        # A base that nobody asked for is only needed where something is built on it.
        needed = in_build_order(recipes, [r for r in wanted if r.name in missing])
        todo = [recipe for recipe in needed if recipe.name in missing]
        if not todo:
            return
        ensure_programs({program for r in todo for program in r.programs}, self._logs)
        builder = self._start_builder()
        try:
            with Engine(builder.endpoint) as engine:
                for recipe in todo:
                    self._make(engine, recipe, apt[recipe.suite])
                    stored.update({name: marks[name] for name in recipe.names})
                    self._notes.write_text(json.dumps(stored, indent=1, sort_keys=True))
        finally:
            self.stop_builder()

    def stop_builder(self) -> None:
        """Remove the engine that builds and what it left, also after a crash."""
        self._kill_scripts()
        builder = PrivateEngine.find(self._work)
        if builder is not None:
            builder.stop()
        # debootstrap mounts /proc and /sys in the root that it fills, and nothing but an unmount
        # may happen to those.
        failures = unmount_below(self._work)
        if failures:
            raise LabError(f"{self._work} cannot be removed: {'; '.join(failures)}")
        shutil.rmtree(self._work, ignore_errors=True)

    def _kill_scripts(self) -> None:
        """End what an `up` that was killed has left running in its root file systems."""
        prefix = f"{self._work}/rootfs-"
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and (
                    prefix in (entry / "cmdline").read_bytes().decode(errors="replace")
                    or prefix in str((entry / "root").readlink())
                ):
                    found.append(int(entry.name))
        kill_all(set(found) - {os.getpid()}, timeout=5.0)

    def _start_builder(self) -> PrivateEngine:
        self.stop_builder()
        url = self._registry.url
        return launch_dockerd(self._work, registry_mirrors=[url] if url else [])

    def _make(self, engine: Engine, recipe: Recipe, apt: AptSources) -> None:
        log = self._logs / f"image-{recipe.folder.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with step(f"build {recipe.name} ({recipe.about})", _ADVICE):
            if recipe.base is None:
                self._make_root(recipe, apt, log)
                self._import(engine, recipe)
            else:
                with log.open("w") as output:
                    engine.build.image(
                        recipe.folder,
                        tags=[recipe.name],
                        args=proxy_arguments(os.environ),
                        progress=lambda line: print(line, file=output, flush=True),
                    )
        for name in recipe.names:
            target = self._registry.image_name(name)
            with step(f"push {name} to {target}"):
                engine.images.tag(recipe.name, target)
                engine.images.push(target)

    def _root(self, recipe: Recipe) -> Path:
        return self._work / f"rootfs-{recipe.folder.name}"

    def _make_root(self, recipe: Recipe, apt: AptSources, log: Path) -> None:
        root = self._root(recipe)
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(mode=0o755)
        run_logged(
            ["sh", "-eu", str(recipe.script)], log, _script_environment(root, recipe.suite, apt)
        )

    def _import(self, engine: Engine, recipe: Recipe) -> None:
        root = self._root(recipe)
        archive = subprocess.Popen(
            [
                "tar",
                "--create",
                "--numeric-owner",
                "--one-file-system",
                "--directory",
                str(root),
                ".",
            ],
            stdout=subprocess.PIPE,
        )
        with archive:
            if archive.stdout is None:
                raise LabError("tar has no output.")
            engine.images.import_(archive.stdout, recipe.name, changes=recipe.changes)
        if archive.returncode != 0:
            raise LabError(f"tar ended with code {archive.returncode} in {root}.")
        shutil.rmtree(root)


def _script_environment(root: Path, suite: str, apt: AptSources) -> Mapping[str, str]:
    """Give the variables that `rootfs.sh` may use."""
    return {
        **os.environ,
        "PATH": SYSTEM_PATH,
        "LC_ALL": "C.UTF-8",
        "DEBIAN_FRONTEND": "noninteractive",
        "ROOT": str(root),
        "SUITE": suite,
        "MIRROR": apt.mirror,
        "APT_SOURCES": apt.sources,
        "APT_CONFIGURATION": apt.configuration,
        "APT_NEEDS_CERTIFICATES": "yes" if apt.needs_certificates else "",
    }
