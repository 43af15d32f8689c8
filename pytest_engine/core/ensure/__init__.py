"""Wanted state -> difference -> actions -> outcome: one algorithm, one kind per resource."""

from __future__ import annotations

from .build_spec import BuildOutput, BuildSecret, BuildSpec
from .compare import Difference
from .containers import ContainerKind
from .image_archives import Export, Load, export_images, load_images
from .image_builds import Built, build_image, engine_of_context
from .image_names import (
    Removal,
    Tagging,
    familiar_name,
    find_image,
    name_image,
    remove_image,
    tag_image,
)
from .image_transfers import Pull, Push, pull_image, push_image
from .image_upkeep import ImageUpkeep, UpkeepSpec, keep_image
from .images import ImageKind, ImageSpec
from .logins import LoginOutcome, LoginSpec, ensure_login
from .networks import NetworkKind
from .reconcile import Action, Kind, Outcome, reconcile
from .volumes import VolumeKind

__all__ = [
    "Action",
    "BuildOutput",
    "BuildSecret",
    "BuildSpec",
    "Built",
    "ContainerKind",
    "Difference",
    "Export",
    "ImageKind",
    "ImageSpec",
    "ImageUpkeep",
    "Kind",
    "Load",
    "LoginOutcome",
    "LoginSpec",
    "NetworkKind",
    "Outcome",
    "Pull",
    "Push",
    "Removal",
    "Tagging",
    "UpkeepSpec",
    "VolumeKind",
    "build_image",
    "engine_of_context",
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
