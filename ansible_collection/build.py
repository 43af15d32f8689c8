"""Stage the Ansible collection, and make its tarball.

    python ansible_collection/build.py [--output DIR] [--tarball]

What Ansible sees has to be complete: it packs for a target what the collection itself imports,
and drops symbolic links that lead out of the collection. So the collection is put together in
`DIR/ansible_collections/pytest_engine/engine`, with a copy of `pytest_engine.core` below
`plugins/module_utils`. There ansible-doc, ansible-galaxy and playbooks work
(`ANSIBLE_COLLECTIONS_PATH=DIR`), and outside of the repository ansible-test as well; inside, it
asks git which files there are, and git ignores what is built.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ansible_collection"
CORE = ROOT / "pytest_engine" / "core"
PLACE = Path("ansible_collections", "pytest_engine", "engine")

# Parts of the collection, by their place in it.
PARTS = ("COPYING", "README.md", "meta", "plugins", "tests")

# Parts of the core that no module uses: `types` is imported by type checkers only, the others
# are for tests and for private engines.
LEFT_OUT = frozenset({"launch", "runtime", "types"})


def stage(output: Path) -> Path:
    """Put the collection together below `output`, in place of what was there.

    Returns:
        The folder of the collection.
    """
    target = output / PLACE
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for part in PARTS:
        source = SOURCE / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        else:
            shutil.copy(source, target / part)
    shutil.copytree(
        CORE,
        target / "plugins" / "module_utils" / "core",
        ignore=lambda folder, names: (
            ignore(folder, names) | (LEFT_OUT if Path(folder) == CORE else frozenset())
        ),
    )
    (target / "galaxy.yml").write_text(_galaxy(), encoding="utf-8")
    return target


def _galaxy() -> str:
    """The metadata of the collection, with the version of the project."""
    source = ROOT / "pytest_engine" / "core" / "version.py"
    version = re.search(r'^VERSION = "(.+)"$', source.read_text("utf-8"), re.MULTILINE)
    if version is None:
        raise SystemExit(f"{source} states no version")
    return (SOURCE / "galaxy.yml").read_text("utf-8") + f"version: {version[1]}\n"


def make_tarball(collection: Path, output: Path) -> Path:
    """Make the tarball that ansible-galaxy installs.

    Returns:
        Its path.
    """
    command = [sys.executable, "-m", "ansible", "galaxy", "collection", "build", "--force"]
    command += ["--output-path", str(output), str(collection)]
    done = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}")
    return max(output.glob("pytest_engine-engine-*.tar.gz"), key=lambda path: path.stat().st_mtime)


def main() -> int:
    """Do what the command line asks for, and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--output", type=Path, default=ROOT / "build", metavar="DIR")
    parser.add_argument("--tarball", action="store_true", help="make DIR/*.tar.gz as well")
    options = parser.parse_args()
    collection = stage(options.output)
    print(collection)
    if options.tarball:
        print(make_tarball(collection, options.output))
    return 0


if __name__ == "__main__":
    sys.exit(main())
