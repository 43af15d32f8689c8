"""The projects of tests: what each contestant's users write, and the tests that all share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["BARE", "CONTESTANTS", "OURS", "PEERS", "PLUGINS", "PRESTART", "write_project"]

OURS = "pytest-engine"
PRESTART = "pytest-engine, prestart=2"
BARE = "API by hand"
PEERS = ("testcontainers", "pytest-docker-tools")
CONTESTANTS = (BARE, OURS, PRESTART, *PEERS)
# What each loads into pytest; testcontainers is a library.
PLUGINS = {
    OURS: "pytest_engine.plugin",
    PRESTART: "pytest_engine.plugin",
    "pytest-docker-tools": "pytest_docker_tools.plugin",
}

_HEAD = """
import os
import pytest

IMAGE = "busybox:latest"
# It listens three tenths of a second after its start.
SERVE = [
    "sh", "-c",
    "sleep 0.3; mkdir /w; echo hello > /w/index.html; exec httpd -f -p 80 -h /w",
]
"""

_CONFTESTS = {
    BARE: """
from concurrent.futures import ThreadPoolExecutor
from tests.benchmarks.plugin.by_hand import ask, remove, run, until_answer

@pytest.fixture
def box():
    container, port = run(IMAGE, SERVE)
    until_answer(port)
    yield port
    remove(container)

def begun():
    container, port = run(IMAGE, SERVE)
    until_answer(port)
    return container, port

@pytest.fixture(scope="session")
def ten():
    with ThreadPoolExecutor(10) as pool:
        boxes = [one.result() for one in [pool.submit(begun) for _ in range(10)]]
        yield [port for _, port in boxes]
        list(pool.map(remove, [container for container, _ in boxes]))

def answer(port):
    ask(port)
""",
    OURS: """
from pytest_engine import container
from tests.benchmarks.plugin.by_hand import ask

box = container(IMAGE, command=SERVE, ports=[80], prestart=PRESTART)
for number in range(10):
    globals()[f"box_{number}"] = container(IMAGE, command=SERVE, ports=[80], scope="session")

@pytest.fixture(scope="session")
def ten(box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9):
    return [box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9]

def answer(box):
    address = box.address(80)
    ask(address.port, address.host)
""",
    "testcontainers": """
from tests.benchmarks.plugin.by_hand import ask
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

def make():
    box = DockerContainer(IMAGE).with_command(SERVE).with_exposed_ports(80)
    return box.waiting_for(HttpWaitStrategy(80).for_status_code(200))

@pytest.fixture
def box():
    with make() as box:
        yield box

def session_box():
    @pytest.fixture(scope="session")
    def box():
        with make() as box:
            yield box

    return box

for number in range(10):
    globals()[f"box_{number}"] = session_box()

@pytest.fixture(scope="session")
def ten(box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9):
    return [box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9]

def answer(box):
    ask(int(box.get_exposed_port(80)), box.get_container_host_ip())
""",
    "pytest-docker-tools": """
from tests.benchmarks.plugin.by_hand import ask
from pytest_docker_tools import container

box = container(image=IMAGE, command=SERVE, ports={"80/tcp": None})
for number in range(10):
    globals()[f"box_{number}"] = container(
        image=IMAGE, command=SERVE, ports={"80/tcp": None}, scope="session"
    )

@pytest.fixture(scope="session")
def ten(box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9):
    return [box_0, box_1, box_2, box_3, box_4, box_5, box_6, box_7, box_8, box_9]

def answer(box):
    # It tells an address inside of the network wherever a file /.dockerenv exists.
    ask(box.ports["80/tcp"][0])
""",
}
_CONFTESTS[PRESTART] = _CONFTESTS[OURS]

# What a session has that loads the contestant and uses nothing of it.
_UNUSED = {"testcontainers": "from testcontainers.core.container import DockerContainer\n"}

_TESTS = {
    "one": """
import time
from conftest import answer
from tests.benchmarks.plugin import clock

# Imports and the first connection are over when the one that counts is started, and the first
# container is gone.
def test_before(box):
    answer(box)

def test_pause():
    time.sleep(1.5)

def test_it(box):
    answer(box)
    clock.stop()
""",
    "ten": """
from conftest import answer
from tests.benchmarks.plugin import clock

def test_it(ten):
    for box in ten:
        answer(box)
    clock.stop()
""",
    "fifty": """
import pytest
from conftest import answer

@pytest.mark.parametrize("number", range(int(os.environ["PYTEST_ENGINE_BENCH_TIMES"])))
def test_it(box, number):
    answer(box)
""".replace("import pytest", "import os\nimport pytest", 1),
    "empty": "def test_it():\n    pass\n",
}


def write_project(folder: Path, contestant: str, case: str) -> None:
    """Write the files of a project.

    Args:
        folder: an empty folder.
        contestant: one of `CONTESTANTS`, or empty for none.
        case: one of `one`, `ten`, `fifty` and `empty`.
    """
    folder.mkdir(parents=True)
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_it.py").write_text(_TESTS[case], encoding="utf-8")
    conftest = _UNUSED.get(contestant, "")
    if case != "empty":
        conftest = _HEAD + _CONFTESTS[contestant].replace(
            "PRESTART", "2" if contestant == PRESTART else "0"
        )
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
