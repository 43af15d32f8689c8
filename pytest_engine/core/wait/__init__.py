"""Conditions on a running container, and waiting until one holds.

    wait_for(container, log("ready to accept connections") & port(5432), timeout=30)

Conditions are values: they can be kept, shared, combined with `&` and `|`, negated with `~` and
given a time of their own with `within`. A function that takes the container is one as well.
Nothing sleeps blindly: logs and events are followed, what has to be tried out is tried with
growing pauses, and a container that dies ends the wait at once.
"""

from __future__ import annotations

from .called import check
from .command import exec
from .condition import Condition, Leaf, Ready, Waitable, Watcher
from .ending import exit
from .file_there import file
from .health import healthy
from .http_answer import http
from .log_line import log
from .open_port import port
from .run import DEFAULT_TIMEOUT, wait_for
from .sql_answer import sql
from .steady import stable
from .tree import all, any

__all__ = [
    "DEFAULT_TIMEOUT",
    "Condition",
    "Leaf",
    "Ready",
    "Waitable",
    "Watcher",
    "all",
    "any",
    "check",
    "exec",
    "exit",
    "file",
    "healthy",
    "http",
    "log",
    "port",
    "sql",
    "stable",
    "wait_for",
]
