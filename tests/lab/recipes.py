r"""The images that the lab can make: one folder each below `images/`.

A folder holds `image.json` and either a `Dockerfile`, whose `FROM` names another image of the
lab, or `rootfs.sh`, a script that fills an empty folder with a root file system. `image.json`:

    {
      "about": "what it is, for `status`",
      "names": ["redis:7", ...],       the names under which it can be pulled
      "programs": ["debootstrap"],     what `rootfs.sh` needs on this machine
      "changes": ["CMD [\"sh\"]"],     Dockerfile instructions for what `rootfs.sh` made
      "suite": "bookworm",             the release of Debian that `rootfs.sh` is to take
      "script": "../debian/rootfs.sh", the script of another folder, run instead of its own
      "rare": true                     `all` does not mean it; it has to be named
    }

Only `names` has to be there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .steps import LabError

__all__ = ["Recipe", "in_build_order", "load_recipes", "select"]

# The release of Debian on which images are built unless they say another.
_SUITE = "bookworm"
_FROM = re.compile(r"^FROM\s+(\S+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Recipe:
    """How one image is made.

    Attributes:
        folder: the folder with its files.
        names: the names under which it can be pulled, the first is the main one.
        about: what it is.
        base: the name of the image that it is built on, None for a root file system.
        programs: programs of this machine that making it takes.
        changes: Dockerfile instructions for a root file system.
        suite: the release of Debian that a root file system is made of.
        script: the script that makes a root file system.
        is_rare: whether it is made only where it is named.
    """

    folder: Path
    names: tuple[str, ...]
    about: str
    base: str | None
    programs: tuple[str, ...]
    changes: tuple[str, ...]
    suite: str
    script: Path
    is_rare: bool

    @property
    def name(self) -> str:
        """The main name."""
        return self.names[0]

    def fingerprint(self, *ingredients: str) -> str:
        """Stand for everything that the image is made of: any change gives another one.

        Args:
            ingredients: what comes from outside of the folder, such as the fingerprint of
                its base.
        """
        digest = hashlib.sha256()
        for text in ingredients:
            digest.update(text.encode() + b"\0")
        for path in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            executable = bool(path.stat().st_mode & 0o100)
            digest.update(f"{path.relative_to(self.folder)}\0{executable}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        if self.base is None and self.script.parent != self.folder:
            digest.update(hashlib.sha256(self.script.read_bytes()).digest())
        return digest.hexdigest()


def load_recipes(folder: Path) -> list[Recipe]:
    """Read all recipes in a folder.

    Raises:
        LabError: one of them makes no sense.
    """
    return [_load(path.parent) for path in sorted(folder.glob("*/image.json"))]


def _load(folder: Path) -> Recipe:
    value = json.loads((folder / "image.json").read_text())
    dockerfile = folder / "Dockerfile"
    script = (folder / value.get("script", "rootfs.sh")).resolve()
    base = None
    if dockerfile.exists():
        found = _FROM.findall(dockerfile.read_text())
        if not found:
            raise LabError(f"{dockerfile} has no FROM.")
        base = found[-1]
    elif not script.exists():
        raise LabError(f"{folder} has neither a Dockerfile nor the script {script}.")
    return Recipe(
        folder=folder,
        names=tuple(value["names"]),
        about=value.get("about", ""),
        base=base,
        programs=tuple(value.get("programs", ())),
        changes=tuple(value.get("changes", ())),
        suite=value.get("suite", _SUITE),
        script=script,
        is_rare=value.get("rare", False),
    )


def select(recipes: Iterable[Recipe], wanted: Iterable[str]) -> list[Recipe]:
    """Find the recipes for names such as `redis:7`; `all` means every one that is not rare.

    Raises:
        LabError: there is none for a name.
    """
    by_name = _by_name(recipes)
    chosen: dict[str, Recipe] = {}
    for name in wanted:
        full = name if ":" in name else f"{name}:latest"
        if name == "all":
            chosen.update({r.name: r for r in by_name.values() if not r.is_rare})
        elif full in by_name:
            chosen[by_name[full].name] = by_name[full]
        else:
            raise LabError(
                f"The lab has no image {name!r}. It has: {', '.join(sorted(by_name))}. A new one "
                f"is a folder in {Path(__file__).parent / 'images'}."
            )
    return list(chosen.values())


def in_build_order(recipes: Iterable[Recipe], wanted: Iterable[Recipe]) -> list[Recipe]:
    """Add the bases of the wanted recipes and put every base before what is built on it.

    Raises:
        LabError: a base is not an image of the lab, or is built on itself.
    """
    by_name = _by_name(recipes)
    ordered: list[Recipe] = []

    def add(recipe: Recipe, above: tuple[str, ...]) -> None:
        if recipe.name in above:
            raise LabError(
                f"Images are built on one another: {' <- '.join([*above, recipe.name])}."
            )
        if recipe.base is not None:
            if recipe.base not in by_name:
                raise LabError(f"{recipe.name} is built on {recipe.base}, which the lab lacks.")
            add(by_name[recipe.base], (*above, recipe.name))
        if recipe not in ordered:
            ordered.append(recipe)

    for recipe in wanted:
        add(recipe, ())
    return ordered


def fingerprints(ordered: Iterable[Recipe], outside: Callable[[Recipe], str]) -> Mapping[str, str]:
    """Compute the fingerprints of recipes in build order: main name and aliases -> it.

    Args:
        ordered: recipes, bases first.
        outside: gives what goes into a root file system besides its folder and script.
    """
    found: dict[str, str] = {}
    for recipe in ordered:
        below = outside(recipe) if recipe.base is None else found[recipe.base]
        mark = recipe.fingerprint(below)
        found.update(dict.fromkeys(recipe.names, mark))
    return found


def _by_name(recipes: Iterable[Recipe]) -> dict[str, Recipe]:
    return {name: recipe for recipe in recipes for name in recipe.names}
