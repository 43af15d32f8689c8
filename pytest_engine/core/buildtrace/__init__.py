"""What a build has to say, whichever builder it is: its steps, their progress, output, warnings.

BuildKit sends records, the classic builder and Podman's send text; both become the same events.
"""

from __future__ import annotations

from .buildkit import BuildKitTrace
from .events import BuildEvent, BuildOutput, BuildProgress, BuildStep, BuildWarning
from .text import TextTrace
from .transcript import Transcript

__all__ = [
    "BuildEvent",
    "BuildKitTrace",
    "BuildOutput",
    "BuildProgress",
    "BuildStep",
    "BuildWarning",
    "TextTrace",
    "Transcript",
]
