"""Conditions on a running container, and waiting until one holds.

    wait_for(container, log("ready to accept connections") & port(5432), timeout=30)

Conditions are values: they can be kept, shared and combined with `&` and `|`. Nothing
sleeps blindly: logs and events are followed, what has to be tried out is tried with
growing pauses, and a container that dies ends the wait at once.
"""

from __future__ import annotations

from .command import exec
from .condition import Condition, Leaf, Watcher
from .ending import exit
from .health import healthy
from .http_answer import http
from .log_line import log
from .open_port import port
from .run import DEFAULT_TIMEOUT, Waitable, wait_for
from .tree import all, any

__all__ = [
    "DEFAULT_TIMEOUT",
    "Condition",
    "Leaf",
    "Waitable",
    "Watcher",
    "all",
    "any",
    "exec",
    "exit",
    "healthy",
    "http",
    "log",
    "port",
    "wait_for",
]
