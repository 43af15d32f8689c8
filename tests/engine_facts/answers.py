"""Facts about answers: the same refusal, and how each engine numbers it."""

from __future__ import annotations

from pytest_engine.core.client import Engine

from .fact import Ground, Topic, refusal

__all__ = ["TOPIC"]

TOPIC = Topic("Answers")


def _status(refused: str | None) -> str:
    """Take the number out of `refused (409)`."""
    return refused.partition("(")[2].rstrip(")") if refused else "none"


@TOPIC.fact("a name that is taken")
def taken_name(ground: Ground) -> str:
    ground.create()
    return _status(refusal(ground.create))


@TOPIC.fact("a network that is in use")
def network_in_use(ground: Ground) -> str:
    network = ground.scratch.name("net")
    ground.engine.networks.create({"Name": network})
    ground.run(HostConfig={"NetworkMode": network})
    return _status(refusal(lambda: ground.engine.networks.remove(network)))


@TOPIC.fact("a command in a container that does not run")
def command_in_a_stopped_container(ground: Ground) -> str:
    name = ground.create()
    return _status(refusal(lambda: ground.engine.exec.run(name, ["true"])))


@TOPIC.fact("a kill of a container that does not run")
def kill_of_a_stopped_container(ground: Ground) -> str:
    name = ground.create()
    return _status(refusal(lambda: ground.engine.containers.kill(name)))


@TOPIC.fact("an API version that it does not know")
def unknown_version(ground: Ground) -> str:
    with Engine(ground.engine.endpoint, api_version="1.999", environ={}) as engine:
        return refusal(engine.system.info) or "taken for its own"


@TOPIC.fact("exit code of `exec` where a folder is the command")
def folder_as_a_command(ground: Ground) -> str:
    name = ground.run()
    return str(ground.engine.exec.run(name, ["/tmp"]).exit_code)  # noqa: S108  # a folder
