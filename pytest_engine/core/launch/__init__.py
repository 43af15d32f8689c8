"""A private engine: a dockerd of our own, for where none answers or none may be touched.

`launch_dockerd` starts one in a folder, `PrivateEngine.find` finds it again from another
process, `PrivateEngine.stop` takes away all that it ever was on the machine.

Read `dockerd` first (launch, find, stop), then `start` and `teardown` (in which order things
come and go) and `machine` (what engines share: firewall policy, kernel settings, addresses).
"""

from __future__ import annotations

from .dockerd import PrivateEngine, check_possible, launch_dockerd

__all__ = ["PrivateEngine", "check_possible", "launch_dockerd"]
