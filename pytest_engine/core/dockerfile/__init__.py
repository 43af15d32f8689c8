"""What can be read off a Dockerfile: the images it builds on, and the lines that steps come from.

This is no parser of Dockerfiles. It knows lines, stages and what names an image, and passes over
what it does not know, for the builder says best what is wrong. The rules are those of BuildKit's
frontend (moby/buildkit, frontend/dockerfile; "Dockerfile reference").
"""

from __future__ import annotations

from .images import BaseImage, find_base_images
from .instructions import Instruction, find_line, read_instructions

__all__ = ["BaseImage", "Instruction", "find_base_images", "find_line", "read_instructions"]
