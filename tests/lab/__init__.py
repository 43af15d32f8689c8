"""The lab: a real engine, a registry and images on this machine, made by the project itself.

`python -m tests.lab --help` is its command line, `Lab` what tests use. `lab.py` tells what
belongs to it and in which order it comes and goes.
"""

from __future__ import annotations

from .lab import OWN_ENGINE, Lab
from .steps import LabError

__all__ = ["OWN_ENGINE", "Lab", "LabError"]
