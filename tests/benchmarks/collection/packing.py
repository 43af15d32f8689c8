"""Pack a module as Ansible does for a target: `python packing.py MODULE OPTIONS FILE`.

Run by the Python of the environment that holds the collections: nothing of the project is there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader, module_loader
from ansible.template import Templar


def main() -> None:
    """Write what Ansible would send."""
    name, options, file = sys.argv[1:]
    init_plugin_loader([])
    found = module_loader.find_plugin_with_context(name, collection_list=[])
    packed = modify_module(
        module_name=found.resolved_fqcn,
        module_path=found.plugin_resolved_path,
        module_args=json.loads(options),
        templar=Templar(DataLoader()),
        task_vars={"ansible_python_interpreter": sys.executable},
        module_compression="ZIP_DEFLATED",
    )
    Path(file).write_bytes(packed.b_module_data)


if __name__ == "__main__":
    main()
