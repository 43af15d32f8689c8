"""Mistakes that `mypy --strict` finds in what a user of the fixtures writes, each named behind it.

It is read by mypy alone, and never run.
"""

from __future__ import annotations

from pytest_engine import (
    ContainerSpec,
    File,
    RunContainer,
    Volume,
    compose,
    container,
    image,
    network,
    volume,
    wait,
)

backend = network()
data = volume()
built = image(build="app")

container("redis:7", memroy="1g")  # call-arg
container("redis:7", ports=6379)  # arg-type
container("redis:7", ports=[1.5])  # list-item
container("redis:7", env={"A": 1})  # dict-item
container("redis:7", scope="test")  # arg-type
container("redis:7", wait=True)  # arg-type
container("redis:7", wait="ready")  # arg-type
container("redis:7", pull="sometimes")  # arg-type
container("redis:7", network=data)  # arg-type
container("redis:7", volumes={"/data": backend})  # dict-item
container("redis:7", files={"/x": 1})  # dict-item
container("redis:7", files={"/x": File(1)})  # arg-type
container(data)  # arg-type
container("redis:7", spec={"memory": "1g"})  # arg-type
container("redis:7", spec=ContainerSpec(memroy="1g"))  # call-arg
container("redis:7", "sleep 1")  # call-arg
image(build="app", options={"nocash": True})  # arg-type
image(build="app", builder="kaniko")  # arg-type
image(1)  # arg-type
network("backend")  # arg-type
volume(content=1)  # arg-type
compose("compose.yaml", wait=True)  # arg-type
compose("compose.yaml", scale={"web": "2"})  # dict-item
compose(wait={"web": wait.port(80)})  # call-arg
backend.name  # attr-defined


def test_values(run_container: RunContainer, shelf: Volume) -> None:
    run_container("redis:7", comand="x")  # call-arg
    run_container("redis:7", network=backend)  # arg-type
    run_container("redis:7", volumes={"/data": shelf}, ports=6379)  # arg-type
