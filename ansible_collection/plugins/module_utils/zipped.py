# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Imports what a task carries in half the time; to be imported before all the rest.

Ansible sends a module and what it imports as a zip file without bytecode. Python's importer for
zip files compiles each module twice there: once to run it, and before, when it makes the module's
spec, only to tell the name of its file. The importer here tells the name without compiling.
"""

from __future__ import annotations

import os
import sys
import zipimport
from pathlib import Path

__all__ = ["Importer"]

# The folder of this file, in a zip file on a target.
_HERE = str(Path(__file__).parent)


class Importer(zipimport.zipimporter):
    """Imports modules of a folder in a zip file."""

    def get_filename(self, fullname: str) -> str:
        """Return the file of a module, as the class above does, but by its name alone.

        Raises:
            ImportError: there is no such module.
        """
        name = fullname.rpartition(".")[2]
        file = f"{name}{os.sep}__init__.py" if self.is_package(fullname) else f"{name}.py"
        return f"{self.archive}{os.sep}{self.prefix}{file}"


def _import_from(path: str) -> Importer:
    if path != _HERE and not path.startswith(_HERE + os.sep):
        raise ImportError(f"{path} is for others to import from")
    return Importer(path)


if isinstance(getattr(__spec__, "loader", None), zipimport.zipimporter):
    sys.path_hooks.insert(0, _import_from)
    # The importer that found this file knows the folder as well.
    sys.path_importer_cache.pop(_HERE, None)
