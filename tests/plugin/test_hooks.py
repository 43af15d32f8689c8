"""The hooks, as a conftest file and a plugin use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine


def test_image_names_can_be_replaced(project: Project) -> None:
    project.write(
        conftest="""
box = container("registry.example/tools:1", command="sleep 1000")
tools = image("registry.example/tools:1")

def pytest_engine_image_name(name):
    if name.startswith("registry.example/"):
        return "busybox:latest"
""",
        test_it="""
def test_it(box, tools):
    assert box.image == tools.name == "busybox:latest"
""",
    )
    project.run().assert_outcomes(passed=1)


def test_what_is_created_can_be_changed(project: Project) -> None:
    project.write(
        conftest="""
from dataclasses import replace

box = container("busybox", command="sleep 1000", labels={"a": "1"})

def pytest_engine_container_spec(spec, request):
    assert spec.labels["io.pytest-engine.fixture"] == request.fixturename == "box"
    return replace(spec, labels={**spec.labels, "test": request.node.name})
""",
        test_it="""
def test_it(box):
    labels = box.inspect()["Config"]["Labels"]
    assert (labels["a"], labels["test"]) == ("1", "test_it")
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_ready_containers_are_shown(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command=["sh", "-c", "echo up; sleep 1000"], wait=wait.log("up"))
seen = []

def pytest_engine_container_ready(container, request):
    assert container.logs() == "up\\n"
    seen.append((request.fixturename, container.name))
""",
        test_it="""
from conftest import seen

def test_it(box):
    assert seen == [("box", box.name)]
""",
    )
    project.run().assert_outcomes(passed=1)


def test_a_hook_that_fails_leaves_nothing_behind(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000")

def pytest_engine_container_ready(container):
    raise LookupError("not what I expected")
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E *LookupError: not what I expected"])
    assert project.left() == set()


_IN_A_FOLDER = """
from dataclasses import replace

box = container("busybox", command="sleep 1000", scope="session")

def pytest_engine_container_spec(spec, request):
    return replace(spec, labels={**spec.labels, "test": "below"})
"""


@pytest.mark.parametrize("arguments", [(), ("-o", "engine_ahead=0")], ids=["ahead", "asked"])
def test_a_folder_below_has_its_say_in_what_is_for_the_whole_session(
    project: Project, arguments: tuple[str, ...]
) -> None:
    project.write(
        **{
            "tests/conftest": _IN_A_FOLDER,
            "tests/test_it": """
def test_it(box):
    assert box.inspect()["Config"]["Labels"]["test"] == "below"
""",
            "others/conftest": """
def pytest_engine_container_spec(spec, request):
    raise AssertionError("it is none of theirs")
""",
            "others/test_other": "def test_other(): pass",
        }
    )
    project.run(*arguments).assert_outcomes(passed=2)


@pytest.mark.parametrize("inside", [False, True], ids=["elsewhere", "in the project"])
def test_what_a_plugin_makes_for_the_session_is_for_all_tests(
    project: Project,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    inside: bool,  # noqa: FBT001  # a parameter
) -> None:
    folder = tmp_path_factory.mktemp("elsewhere")
    if inside:
        folder = project.pytester.path / ".venv" / "site-packages"
        folder.mkdir(parents=True)
    plugin = "from pytest_engine import container\n"
    plugin += "theirs = container('busybox', command='sleep 1000', scope='session')\n"
    (folder / "offering.py").write_text(plugin)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    test_it = """
def test_it(theirs):
    assert theirs.inspect()["Config"]["Labels"]["test"] == "below"
"""
    project.write(**{"tests/conftest": _IN_A_FOLDER, "tests/test_it": test_it})
    project.run_apart("-p", "offering").assert_outcomes(passed=1)


def test_what_workers_share_is_not_said_to_go_while_others_use_it(project: Project) -> None:
    project.write(
        conftest="""
shared = container("busybox", command="sleep 1000", scope="session")
own = container("busybox", command="sleep 1000", scope="session", per_worker=True)

def pytest_engine_container_remove(container, request):
    with open("removed", "a") as file:
        print(request.fixturename, file=file)
""",
        test_it="""
@pytest.mark.parametrize("n", range(2))
def test_it(shared, own, n): pass
""",
    )
    project.run_apart("-n2", "--dist=each").assert_outcomes(passed=4)
    assert (project.pytester.path / "removed").read_text().split() == ["own", "own"]


def test_a_misspelt_hook_is_refused(project: Project) -> None:
    project.write(
        conftest="def pytest_engine_container_redy(container): pass",
        test_it="def test_it(): pass",
    )
    result = project.run_apart()
    assert result.ret != pytest.ExitCode.OK
    assert "pytest_engine_container_redy" in str(result.stdout) + str(result.stderr)
