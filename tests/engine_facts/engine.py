"""Facts about engines as a whole."""

from __future__ import annotations

from typing import Any

from .fact import Ground, Topic
from .page import SPOKEN

__all__ = ["TOPIC"]

TOPIC = Topic("The engine")


@TOPIC.fact(SPOKEN)
def spoken(ground: Ground) -> str:
    return ground.engine.api_version


@TOPIC.fact("oldest API that it takes")
def oldest(ground: Ground) -> str:
    version: Any = ground.engine.system.version()
    return str(version["MinAPIVersion"])
