"""A module that does nothing, with the libraries that every client of the engine has here."""

from __future__ import annotations

import requests
import requests_unixsocket
from ansible.module_utils.basic import AnsibleModule

DOCUMENTATION = """
module: least
short_description: Do nothing
description: Import what clients of the engine build on, and say which release it is.
options: {}
"""


def main() -> None:
    """Do nothing."""
    module = AnsibleModule(argument_spec={}, supports_check_mode=True)
    found = [library.__name__ for library in (requests, requests_unixsocket)]
    module.exit_json(changed=False, libraries=found)


if __name__ == "__main__":
    main()
