"""Wanted state -> difference -> actions -> outcome: one algorithm, one kind per resource."""

from __future__ import annotations

from .attending import Foreground, wait_until_healthy
from .compare import Difference
from .container_compare import Comparing
from .containers import ContainerKind
from .images import ImageKind, ImageSpec
from .networks import NetworkKind
from .reconcile import Action, Kind, Outcome, reconcile
from .volumes import VolumeKind

__all__ = [
    "Action",
    "Comparing",
    "ContainerKind",
    "Difference",
    "Foreground",
    "ImageKind",
    "ImageSpec",
    "Kind",
    "NetworkKind",
    "Outcome",
    "VolumeKind",
    "reconcile",
    "wait_until_healthy",
]
