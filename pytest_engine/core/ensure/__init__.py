"""Wanted state -> difference -> actions -> outcome: one algorithm, one kind per resource."""

from __future__ import annotations

from .compare import Difference
from .containers import ContainerKind
from .image_archives import export_images, load_images
from .image_builds import BuildOutput, BuildSecret, BuildSpec, build_image
from .image_names import familiar_name, find_image, name_image, remove_image, tag_image
from .image_transfers import pull_image, push_image
from .image_upkeep import UpkeepSpec, keep_image
from .images import ImageKind, ImageSpec
from .logins import LoginSpec, ensure_login
from .networks import NetworkKind
from .reconcile import Action, Kind, Outcome, reconcile
from .volumes import VolumeKind

__all__ = [
    "Action",
    "BuildOutput",
    "BuildSecret",
    "BuildSpec",
    "ContainerKind",
    "Difference",
    "ImageKind",
    "ImageSpec",
    "Kind",
    "LoginSpec",
    "NetworkKind",
    "Outcome",
    "UpkeepSpec",
    "VolumeKind",
    "build_image",
    "ensure_login",
    "export_images",
    "familiar_name",
    "find_image",
    "keep_image",
    "load_images",
    "name_image",
    "pull_image",
    "push_image",
    "reconcile",
    "remove_image",
    "tag_image",
]
