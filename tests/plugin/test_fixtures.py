"""What the factories' fixtures do, in projects of users on the real engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import ImageNotFound

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

WEB = """
SERVE = ["sh", "-c", "mkdir /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"]
def get(address):
    from urllib.request import urlopen
    with urlopen(f"http://{address}/") as response:
        return response.read().decode().strip()
"""


def test_a_container_is_there_for_the_test_and_gone_afterwards(project: Project) -> None:
    project.write(
        test_it=WEB
        + """
web = container("busybox", command=SERVE, ports=[80])

def test_web(web):
    assert get(web.address(80)) == "hello"
    assert web.state() == "running"
"""
    )
    project.run().assert_outcomes(passed=1)
    assert project.created() == 1
    assert project.left() == set()


def test_a_function_container_is_made_for_each_test(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
names = set()

@pytest.mark.parametrize("n", [1, 2, 3])
def test_box(box, n):
    names.add(box.name)
    assert len(names) == n
""",
    )
    project.run().assert_outcomes(passed=3)
    assert project.created() == 3


@pytest.mark.parametrize(("scope", "count"), [("session", 1), ("module", 2), ("class", 3)])
def test_a_wider_scope_shares_the_container(project: Project, scope: str, count: int) -> None:
    project.write(
        conftest=f"box = container('busybox', command='sleep 1000', scope={scope!r})",
        test_one="""
class TestA:
    def test_a(self, box): pass
    def test_b(self, box): pass

class TestB:
    def test_a(self, box): pass
""",
        test_two="""
class TestA:
    def test_a(self, box): pass
""",
    )
    project.run().assert_outcomes(passed=4)
    assert project.created() == count
    assert project.left() == set()


def test_references_are_dependencies_that_pytest_knows(project: Project) -> None:
    project.write(
        conftest=WEB
        + """
backend = network(scope="session")
data = volume()
server = container("busybox", command=SERVE, network=backend, ports=[80], scope="session")
client = container(
    "busybox",
    command="sleep 1000",
    env={"SERVER": "{server.name}:80", "IP": "{server.ip}"},
    network=backend,
    volumes={"/data": data},
)
""",
        test_it="""
def test_it(client, request):
    assert {"server", "backend", "data", "engine"} <= set(request.fixturenames)
    shell = lambda line: client.exec(["sh", "-c", line]).text.strip()
    server, ip = shell("echo $SERVER"), shell("echo $IP")
    assert server == request.getfixturevalue("server").name + ":80"
    assert ip == request.getfixturevalue("server").ip()
    assert shell(f"wget -q -O - http://{ip}/") == "hello"
    # By its name and by that of its fixture, through the engine's name server.
    assert ip in shell(f"nslookup {server.partition(':')[0]}")
    assert ip in shell("nslookup server")
    assert shell("grep -c ' /data ' /proc/mounts") == "1"
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_fixtures_are_shown_by_pytest_with_their_names(project: Project) -> None:
    project.write(
        conftest="backend = network()\nbox = container('busybox', network=backend)",
        test_it="def test_it(box): pass",
    )
    result = project.run("--setup-plan")
    result.stdout.fnmatch_lines(["*SETUP    F backend (fixtures used: engine)*"])
    result.stdout.fnmatch_lines(["*SETUP    F box (fixtures used: backend, engine)*"])
    assert project.created() == 0


def test_a_fixture_of_the_users_own_can_come_before(project: Project) -> None:
    project.write(
        conftest="""
order = []

@pytest.fixture
def first():
    order.append("first")

box = container("busybox", command="sleep 1000", after=[first, "second"])

@pytest.fixture
def second():
    order.append("second")

def pytest_engine_container_spec():
    order.append("box")
""",
        test_it="""
from conftest import order

def test_it(box):
    assert order == ["first", "second", "box"]
""",
    )
    project.run().assert_outcomes(passed=1)


def test_an_override_replaces_the_container_also_for_those_that_refer_to_it(
    project: Project,
) -> None:
    project.write(
        conftest="""
base = container("busybox", command="sleep 1000", labels={"of": "conftest"})
user = container("busybox", command="sleep 1000", env={"BASE": "{base.name}"})
""",
        test_it="""
base = container("busybox", command="sleep 1000", labels={"of": "module"})

def test_it(user, base):
    assert base.inspect()["Config"]["Labels"]["of"] == "module"
    assert user.exec(["sh", "-c", "echo $BASE"]).text.strip() == base.name
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.created("base") == 1


def test_the_params_of_a_fixture_multiply_its_tests(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox",
    params=["busybox:latest", {"command": "sleep 2000"}],
    ids=["image", "command"],
    command="sleep 1000",
)
""",
        test_it="""
def test_it(box, request):
    config = box.inspect()["Config"]
    assert (config["Image"], config["Cmd"][1]) == {
        "test_it[image]": ("busybox:latest", "1000"),
        "test_it[command]": ("busybox", "2000"),
    }[request.node.name]
""",
    )
    project.run().assert_outcomes(passed=2)


def test_a_test_can_parametrise_a_fixture(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000')",
        test_it="""
@pytest.mark.parametrize("box", [{"user": "1000"}, {"env": {"A": "b"}}], indirect=True)
def test_it(box, request):
    expected = {"test_it[box0]": "1000:", "test_it[box1]": "0:b"}[request.node.name]
    assert box.exec(["sh", "-c", "echo $(id -u):$A"]).text.strip() == expected
""",
    )
    project.run().assert_outcomes(passed=2)


def test_a_class_can_have_fixtures_of_its_own(project: Project) -> None:
    project.write(
        test_it="""
class TestIt:
    backend = network()
    box = container("busybox", command="sleep 1000", network=backend)

    def test_it(self, box, backend):
        assert box.ip(backend.name) in str(backend.inspect()["Containers"])


class TestMany:
    backend = network(scope="class")
    box = container("busybox", command="sleep 1000", network=backend, scope="class")

    def test_one(self, box): pass
    def test_two(self, box): pass


class TestOverriding(TestMany):
    box = container("busybox", command="sleep 2000", scope="class")

    def test_two(self, box):
        assert box.inspect()["Config"]["Cmd"] == ["sleep", "2000"]
"""
    )
    project.run().assert_outcomes(passed=5)
    assert project.created("box") == 3


def test_an_image_is_built_once_and_removed(project: Project) -> None:
    project.write(
        conftest="""
built = image(
    build={
        "Dockerfile": "FROM busybox\\nARG WORD\\nCOPY file /\\n"
        "RUN --mount=type=cache,target=/cache echo $WORD >> /file\\n",
        "file": b"content\\n",
    },
    args={"WORD": "argument"},
)
box = container(built, command="sleep 1000")
""",
        test_it="""
ids = set()

@pytest.mark.parametrize("n", [1, 2])
def test_it(box, built, n):
    assert box.exec("cat /file").text == "content\\nargument\\n"
    ids.add(box.inspect()["Image"])
    assert ids == {built.id}
""",
    )
    result = project.run()
    result.assert_outcomes(passed=2)
    assert str(result.stdout).count("engine: building a Dockerfile of its own") == 1
    assert project.left() == set()


def test_a_folder_is_built_from_the_file_that_names_it(project: Project) -> None:
    project.write(test_it="def test_it(box):\n    assert box.exec('cat /x').text == 'y'")
    folder = project.pytester.mkpydir("sub")
    (folder / "box").mkdir()
    (folder / "box" / "Dockerfile").write_text("FROM busybox\nCOPY x /x\n")
    (folder / "box" / "x").write_text("y")
    (folder / "conftest.py").write_text(
        "from pytest_engine import container\n"
        "box = container(build='box', command='sleep 1000', scope='session')\n"
    )
    (project.pytester.path / "test_it.py").rename(folder / "test_it.py")
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["engine: building sub/box/Dockerfile"])
    assert project.left() == set()


def test_a_missing_image_is_pulled_and_that_is_told(project: Project) -> None:
    # Under a name that no other test uses.
    with contextlib.suppress(ImageNotFound):
        project.engine.images.remove("busybox:1")
    project.write(
        conftest="box = container('busybox:1', command='sleep 1000')\nof_it = image('busybox:1')",
        test_it="def test_it(box, of_it):\n    assert box.inspect()['Image'] == of_it.id",
    )
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["engine: pulling busybox:1", "engine: pulled busybox:1 in * s*"])
    assert str(result.stdout).count("engine: pulling") == 1


def test_a_stated_healthcheck_is_waited_for(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox",
    command=["sh", "-c", "sleep 0.3; touch /ok; sleep 1000"],
    healthcheck=Healthcheck(test="test -e /ok", interval=0.1),
)
""",
        test_it="""
def test_it(box):
    assert box.inspect()["State"]["Health"]["Status"] == "healthy"
""",
    )
    project.run().assert_outcomes(passed=1)


def test_not_to_wait_can_be_asked_for(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='true', ports=[80], wait=False)",
        test_it="def test_it(box):\n    box.wait(wait.exit())",
    )
    project.run().assert_outcomes(passed=1)


def test_the_engine_can_be_used_directly(project: Project) -> None:
    project.write(
        test_it="""
def test_it(engine):
    assert isinstance(engine, Engine)
    assert engine.images.inspect("busybox")["Id"]
"""
    )
    project.run().assert_outcomes(passed=1)


def test_a_container_costs_few_requests(project: Project, engine_host: str) -> None:
    from tests.request_log import request_log

    project.write(
        conftest="""
box = container(
    "busybox", command=["sh", "-c", "echo ready; httpd -f"], ports=[80], wait=wait.log("ready")
)
""",
        test_it="def test_it(box):\n    assert box.address(80).port",
    )
    with request_log(engine_host) as log:
        project.run(host=log.host).assert_outcomes(passed=1)
        requests = log.take()
    assert requests == [
        "GET /_ping",
        "POST /containers/create",
        "POST /containers/ID/start",
        "GET /containers/ID/json",
        "GET /containers/ID/logs",
        "DELETE /containers/ID",
    ]


@pytest.mark.parametrize("pull", ["always", "7d"])
def test_what_the_run_has_built_is_looked_for_nowhere(project: Project, pull: str) -> None:
    project.write(
        conftest="""
built = image(build={"Dockerfile": "FROM busybox"})
box = container(built, command="sleep 1000")
other = container(build={"Dockerfile": "FROM busybox\\nENV a=1"}, command="sleep 1000")
""",
        test_it="def test_it(box, other): pass",
    )
    project.run(f"--engine-pull={pull}").assert_outcomes(passed=1)
