"""Wanted state -> difference -> actions -> outcome: one algorithm, one kind per resource."""

from __future__ import annotations

from .compare import Difference
from .containers import ContainerKind
from .contexts import list_contexts
from .images import ImageKind, ImageSpec
from .looking import inspect_image, look_up, measure_disk
from .networks import NetworkKind
from .own_container import read_own_container
from .plugins import PluginKind, PluginSpec
from .pruning import BuildCachePruning, prune
from .reconcile import Action, Kind, Outcome, reconcile
from .volumes import VolumeKind

__all__ = [
    "Action",
    "BuildCachePruning",
    "ContainerKind",
    "Difference",
    "ImageKind",
    "ImageSpec",
    "Kind",
    "NetworkKind",
    "Outcome",
    "PluginKind",
    "PluginSpec",
    "VolumeKind",
    "inspect_image",
    "list_contexts",
    "look_up",
    "measure_disk",
    "prune",
    "read_own_container",
    "reconcile",
]
