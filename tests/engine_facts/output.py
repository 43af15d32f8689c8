"""Facts about what containers write, and about what is told of them."""

from __future__ import annotations

import socket
from datetime import datetime, timezone
from typing import Any

from .fact import Ground, Topic

__all__ = ["TOPIC"]

TOPIC = Topic("Output, events and ports")


@TOPIC.fact("times in front of log lines")
def times_of_lines(ground: Ground) -> str:
    name = ground.create("sh", "-c", "echo a; sleep 0.01; echo b")
    ground.output(name)
    with ground.engine.containers.logs(name, timestamps=True) as output:
        moments = [line.partition(b" ")[0] for _, line in output.lines()]
    return "nanoseconds" if any(b"." in moment for moment in moments) else "whole seconds"


@TOPIC.fact("events while a container starts")
def events_of_a_start(ground: Ground) -> str:
    name = ground.create()
    begin = datetime.now(timezone.utc)
    filters = {"type": "container", "container": name}
    with ground.engine.system.events(since=begin, filters=filters) as events:
        ground.engine.containers.start(name)
        actions = []
        for event in events:
            actions.append(str(event.get("Action")))
            if actions[-1] == "start":
                break
    return ", ".join(f"`{action}`" for action in actions)


@TOPIC.fact("how the end of a container is called in events")
def event_of_the_end(ground: Ground) -> str:
    name = ground.create("true")
    filters = {"type": "container", "container": name}
    begin = datetime.now(timezone.utc)
    with ground.engine.system.events(since=begin, filters=filters) as events:
        ground.engine.containers.start(name)
        for event in events:
            action = str(event.get("Action"))
            if action not in ("init", "start", "attach"):
                return f"`{action}`"
    return "not told"


@TOPIC.fact("a published port behind which nothing listens")
def port_without_a_service(ground: Ground) -> str:
    name = ground.run(
        ExposedPorts={"80/tcp": {}},
        HostConfig={"PortBindings": {"80/tcp": [{"HostIp": "127.0.0.1"}]}},
    )
    settings: Any = ground.engine.containers.inspect(name)["NetworkSettings"]
    port = int(settings["Ports"]["80/tcp"][0]["HostPort"])
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            return "stays open" if connection.recv(1) else "accepts, then closes"
    except ConnectionResetError:
        return "accepts, then closes"
    except ConnectionRefusedError:
        return "refuses"
