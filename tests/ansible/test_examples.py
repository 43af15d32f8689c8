"""The examples in the modules' documentation, run as they stand there.

Only what an example names of the world is another here: paths, registries and ports of the machine
(`here`). What it takes for granted is made before (`WORLDS`).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml  # type: ignore[import-untyped]

from pytest_engine.core.errors import NotFound
from tests.core.swarms import neighbour_of, swarm_of
from tests.lab import Lab
from tests.lab.compose_cli import COMPOSE

from .targets import IN_A_SWARM, MODULES

# Fixtures, which are asked for by their names.
from .test_login import registry  # noqa: F401
from .test_plugin import remote  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages
    from tests.lab.private_registry import PrivateRegistry

    from .conftest import Playbooks

# The names in the examples are anybody's, and what has them is removed.
pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.destructive]

SOURCE = Path(__file__).parents[2] / "ansible_collection" / "plugins" / "modules"
# Module -> why its examples are run in check mode alone.
IN_CHECK_MODE = {"prune": "other tests need what it would remove"}

SLEEP = ["sleep", "600"]
# What the examples take for granted of images and containers that are named for a shop.
SHOP = """\
FROM busybox
LABEL of=examples
RUN mkdir -p /etc /data/reports && echo passed > /data/reports/unit.txt \\
    && echo 'postgres:x:70:70::/:/bin/sh' >> /etc/passwd \\
    && printf '#!/bin/sh\\nexit 0\\n' > /bin/shop \\
    && cp /bin/shop /bin/createdb && chmod 755 /bin/shop /bin/createdb
CMD ["sleep", "600"]
"""
SHOPS = ("latest", "build", "1.3.0", "1.4.2")
# A build with the stage that an example asks for.
SOURCES = "FROM busybox AS tests\nARG PYTHON\nRUN echo $PYTHON > /tested\nFROM tests\nCMD true\n"
STACK = "services: {web: {image: shop, command: [sleep, '600'], stop_grace_period: 1s}}"
# It stands for the id of an image in the documentation.
IMAGE_ID = "sha256:4f2e1b1f1c6c7a5c0f7f8b0b3a8c0e6d1d8e5b7a4c3f2e1d0c9b8a7f6e5d4c3b"
PROJECT = """\
services:
  web:
    image: nginx:latest
    command: [sleep, '600']
    volumes: ['./python:/usr/local/bin/python:ro']
"""
REGISTRY = "registry.example:5000"
HEALTH = "mkdir /www && echo ok > /www/health && httpd -f -p 8000 -h /www"
WORKER = "mkdir -p /run/worker; echo connected > /run/worker/state; echo job 7 taken; sleep 600"
READY = "echo ready to accept connections; echo ready to accept connections; nc -ll -p 5432 -e cat"


@dataclass(frozen=True)
class World:
    """What is there before the examples of a module are run.

    Attributes:
        containers: name -> its image and its command; they run.
        lab: images of the lab that the examples pull.
        images: name -> the lab's image that has it.
    """

    containers: Mapping[str, tuple[str, list[str]]] = field(default_factory=dict)
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    lab: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)


def shell(script: str) -> tuple[str, list[str]]:
    """Say what a container runs."""
    return "busybox", ["sh", "-c", script]


IDLE = ("shop", SLEEP)
NGINX = ("nginx", ["nginx", "-g", "daemon off;"])
SEEN = {"web": IDLE, "database": IDLE}
WORLDS = {
    **dict.fromkeys(
        ("compose_v2", "compose_v2_exec", "compose_v2_pull", "compose_v2_run"),
        World(lab=("nginx:latest", "redis:7")),
    ),
    "container": World(networks=("backend",), lab=("nginx:latest", "redis:7")),
    "container_copy_into": World({"web": NGINX}, lab=("nginx:latest",)),
    "container_copy_out": World({"web": NGINX, "tests": IDLE}, lab=("nginx:latest",)),
    "container_exec": World({"postgres": IDLE, "web": IDLE}),
    "container_info": World(SEEN),
    "container_logs": World({"web": shell("echo served; echo refused >&2; sleep 600")}),
    "container_wait": World(
        {
            "web": shell(HEALTH),
            "postgres": shell(READY),
            "migration": shell("exit 0"),
            "worker": shell(WORKER),
        }
    ),
    "containers": World(lab=("redis:7",), images={"postgres:16": "postgres:15"}),
    "image": World(lab=("redis:7",)),
    "image_export": World(images={"redis:7": "redis:7"}),
    "image_info": World(images={"redis:7": "redis:7", "debian:bookworm": "debian:bookworm"}),
    "image_pull": World(lab=("redis:7",)),
    "network": World({**SEEN, "worker": IDLE}),
    "network_info": World(networks=("backend", "other")),
    "service": World(images={"nginx:1": "nginx:latest"}),
    "swarm_service": World(lab=("nginx:latest",)),
    "volume_info": World(volumes=("data", "other")),
}
# What the examples name, and what is removed after them.
CONTAINERS = (
    *("web", "redis", "database", "migration", "postgres", "tests", "worker"),
    *("shop-web", "shop-cache", "shop-db"),
)
NETWORKS = ("backend", "other")
VOLUMES = ("data", "other", "scratch", "shop-data")


def test_what_is_said_of_modules_is_said_of_some_that_are_there() -> None:
    assert {*IN_CHECK_MODE, *IN_A_SWARM, *WORLDS} - {*MODULES} == set()


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_work(
    module: str,
    playbooks: Playbooks,
    engine: Engine,
    lab: LabImages,
    busybox: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    served = Lab.default().registry
    world = WORLDS.get(module, World())
    lab.require(f"{busybox}:latest", *world.lab, *world.images.values())
    write_files(tmp_path)
    variables = {}
    host = engine.endpoint.url
    with contextlib.ExitStack() as stack:
        shop = stack.enter_context(the_world(engine, module, served))
        text = here(tmp_path) | {IMAGE_ID: shop, REGISTRY: served}
        if module in IN_A_SWARM:
            node = engine.nodes.inspect(stack.enter_context(swarm_of(engine)))
            text |= {"one.example": node["Description"]["Hostname"]}
        elif module == "swarm":
            folder: Path = request.getfixturevalue("tmp_path_factory").mktemp("n")
            neighbour = stack.enter_context(neighbour_of(engine, folder))
            host = neighbour.host
            text |= {"192.0.2.10": neighbour.address}
        if module == "image_load":
            save_an_image(engine, tmp_path / "srv/images/shop.tar")
        elif module == "login":
            private: PrivateRegistry = request.getfixturevalue("registry")
            text |= {REGISTRY: private.host, "username: deploy": f"username: {private.username}"}
            variables["registry_password"] = private.password
        elif module == "plugin":
            # The lab's, and what it can be told.
            text |= {"vieux/sshfs": request.getfixturevalue("remote"), "DEBUG": "LEVEL"}
        tasks = examples(module, text)
        config = tmp_path
        if module.startswith("compose_v2"):
            config = lab.compose(max(COMPOSE))
            tasks = around_a_project(module, tasks, tmp_path)
        if module == "swarm":
            # On an engine of its own, whatever the others have by default.
            for task in tasks:
                task["pytest_engine.engine.swarm"]["docker_host"] = host
        run = playbooks.run_tasks(
            tasks,
            *(["--check"] if module in IN_CHECK_MODE else []),
            variables=variables,
            environment={"DOCKER_CONFIG": str(config), "DOCKER_HOST": host},
        )
    assert (run.returncode, run.messages) == (0, {}), run.output
    ours = [task["name"] for task in tasks if f"pytest_engine.engine.{module}" in task]
    assert ours, "a module has examples of its own use"
    # What is for other hosts is skipped.
    skipped = [task["name"] for task in tasks if "when" in task]
    assert [name for name in ours if name not in run.results] == [n for n in ours if n in skipped]


def around_a_project(
    module: str, tasks: list[dict[str, Any]], folder: Path
) -> list[dict[str, Any]]:
    """Bring a Compose project up where the examples use one that runs, and down in any case."""
    project = {"project_src": f"{folder}/srv/shop"}
    up = {"name": "Before", "pytest_engine.engine.compose_v2": project}
    gone = {"state": "absent", "remove_volumes": True, "timeout": 1}
    down = {"name": "After", "pytest_engine.engine.compose_v2": {**project, **gone}}
    return [*([up] if module == "compose_v2_exec" else []), *tasks, down]


def source_of(module: str) -> str:
    """Return the examples of a module as they are written."""
    source = (SOURCE / f"{module}.py").read_text("utf-8")
    return source.partition('EXAMPLES = r"""')[2].partition('"""')[0]


def examples(module: str, text: Mapping[str, str]) -> list[dict[str, Any]]:
    """Read the examples of a module, with what is another here put in its place."""
    found = source_of(module)
    for old, new in text.items():
        found = found.replace(old, new)
    tasks: list[dict[str, Any]] = yaml.safe_load(found)
    return tasks


def here(folder: Path) -> dict[str, str]:
    """Say where the files of the examples are, and leave the choice of a port to the engine."""
    places = ("/srv/www", "/srv/site", "/srv/shop", "/srv/images", "/srv/reports", "/etc/web")
    return {
        '"8080:80"': '"80"',
        "published_port: 8080": "protocol: tcp",
        "/etc/shop.env": f"{folder}/etc/shop.env",
        **{place: f"{folder}{place}" for place in places},
    }


def write_files(folder: Path) -> None:
    """Make the files that the examples read, and the folders that they write to."""
    for name, content in {
        "etc/shop.env": "STAGE=test\n",
        "etc/web/nginx.conf": "events {}\n",
        "srv/images/README": "",
        "srv/shop/Dockerfile": SOURCES,
        "srv/shop/docker/Dockerfile": SOURCES,
        "srv/shop/stack.yml": STACK,
        "srv/shop/compose.yaml": PROJECT,
        "srv/shop/python": "#!/bin/sh\n",
        "srv/site/index.html": "<p>a site</p>\n",
        "srv/www/index.html": "<p>a page</p>\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        # Compose projects put one of them where programs are.
        path.chmod(0o755)


def save_an_image(engine: Engine, path: Path) -> None:
    with engine.images.save("shop:1.4.2") as archive, path.open("wb") as file:
        file.writelines(archive)


@contextlib.contextmanager
def the_world(engine: Engine, module: str, served: str) -> Iterator[str]:
    """Make what a module's examples take for granted, and remove what has their names at the end.

    Yields:
        The id of the image that is called shop.
    """
    world = WORLDS.get(module, World())
    told = source_of(module)
    clear(engine)
    before = tags(engine)
    names = [f"{where}shop:{tag}" for where in ("", f"{served}/") for tag in SHOPS]
    try:
        shop = engine.build.image({"Dockerfile": SHOP}, tags=names)
        for name, source in world.images.items():
            engine.images.pull(source)
            engine.images.tag(source, name)
        for name in world.networks:
            engine.networks.create({"Name": name})
        for name in world.volumes:
            engine.volumes.create({"Name": name})
        for name in {image for image, _command in world.containers.values()} - {"shop"}:
            engine.images.pull(name)
        for name, (image, command) in world.containers.items():
            engine.containers.create({"Image": image, "Cmd": command}, name=name)
            engine.containers.start(name)
        yield shop
    finally:
        clear(engine)
        for tag in tags(engine) - before:
            repository = tag.rpartition(":")[0].replace(f"{served}/", "")
            # Tests beside this one may have made others.
            if tag in (*names, *world.images) or repository in told:
                engine.images.remove(tag, force=True)


def tags(engine: Engine) -> set[str]:
    return {tag for image in engine.images.list() for tag in image["RepoTags"] or ()}


def clear(engine: Engine) -> None:
    for name in CONTAINERS:
        with contextlib.suppress(NotFound):
            engine.containers.remove(name, force=True, volumes=True)
    for name in NETWORKS:
        with contextlib.suppress(NotFound):
            engine.networks.remove(name)
    for name in VOLUMES:
        with contextlib.suppress(NotFound):
            engine.volumes.remove(name)
    with contextlib.suppress(NotFound):
        engine.plugins.remove("sshfs", force=True)
