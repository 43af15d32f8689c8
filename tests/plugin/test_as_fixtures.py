"""What a factory returns is a fixture of pytest's own, in every respect."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import pytest_engine.plugin

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

BOX = "container('busybox', command='sleep 1000'"


def test_a_class_and_a_nearer_conftest_override_with_and_without_the_one_above(
    project: Project,
) -> None:
    project.write(
        conftest=f"""
box = {BOX}, labels={{"of": "root"}})
user = {BOX}, env={{"BOX": "{{box.name}}"}})
""",
        test_it="""
def of(container):
    return container.inspect()["Config"]["Labels"].get("of")

def test_root(box):
    assert of(box) == "root"

class TestIt:
    box = container("busybox", command="sleep 1000", labels={"of": "class"})

    def test_it(self, box, user):
        assert of(box) == "class"
        assert user.exec(["sh", "-c", "echo $BOX"]).text.strip() == box.name

class TestExtending:
    @pytest.fixture
    def box(self, box):
        box.exec("touch /extended")
        return box

    def test_it(self, box):
        assert of(box) == "root"
        assert box.exec("ls /extended").ok
""",
    )
    folder = project.pytester.mkpydir("sub")
    (folder / "conftest.py").write_text(
        f"from pytest_engine import container\nbox = {BOX}, labels={{'of': 'sub'}})\n"
    )
    (folder / "test_sub.py").write_text(
        "def test_it(box):\n    assert box.inspect()['Config']['Labels']['of'] == 'sub'\n"
    )
    project.run().assert_outcomes(passed=4)
    assert project.left() == set()


def test_a_factory_may_be_called_in_a_module_of_the_users_own(project: Project) -> None:
    project.pytester.makepyfile(
        stack="""
from pytest_engine import container, network

def box_on(backend, **more):
    return container("busybox", command="sleep 1000", network=backend, **more)
"""
    )
    project.write(
        conftest="""
from stack import box_on
backend = network()
first = box_on(backend)
second = box_on(backend, env={"FIRST": "{first.name}"})
""",
        test_it="""
def test_it(second, first, backend):
    assert second.exec(["sh", "-c", "ping -c 1 first"]).ok
""",
    )
    project.pytester.syspathinsert()
    project.run().assert_outcomes(passed=1)


def test_parametrisation_reaches_dependents_and_keeps_scopes(project: Project) -> None:
    project.write(
        conftest=f"""
base = container(params=["busybox", "busybox:latest"], command="sleep 1000", scope="module")
user = {BOX}, env={{"BASE": "{{base.name}}"}}, scope="module")
""",
        test_it="""
names = []

def test_one(user, base): names.append((base.image, base.name, user.name))
def test_two(user, base): names.append((base.image, base.name, user.name))

def test_three():
    assert len(names) == 4
    assert len(set(names)) == 2
    assert {image for image, _base, _user in names} == {"busybox", "busybox:latest"}
""",
    )
    project.run("-p", "no:randomly").assert_outcomes(passed=5)
    assert project.created() == 4


def test_a_fixture_can_be_asked_for_while_the_test_runs(project: Project) -> None:
    project.write(
        conftest=f"box = {BOX})",
        test_it="""
def test_it(request):
    box = request.getfixturevalue("box")
    assert box.state() == "running"
    assert request.getfixturevalue("box") is box
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_doctests_and_unittest_get_them(project: Project) -> None:
    project.write(
        conftest=f"""
box = {BOX}, scope="session")

@pytest.fixture(autouse=True)
def names(doctest_namespace, box):
    doctest_namespace["box"] = box
""",
        test_it='''
import unittest

def shows():
    """
    >>> box.exec("echo hello").text
    'hello\\\\n'
    >>> getfixture("box") is box
    True
    """

@pytest.mark.usefixtures("box")
class TestCase(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def take(self, box):
        self.box = box

    def test_it(self):
        self.assertEqual(self.box.state(), "running")
''',
    )
    project.run("--doctest-modules").assert_outcomes(passed=2)
    assert project.created() == 1


def test_pytest_shows_where_they_are_and_what_for(project: Project) -> None:
    project.write(
        conftest="""
backend = network()
web = container(
    "nginx:1",
    network=backend,
)
db = container("postgres:16", doc="The database, empty in every test.")
pulled = image("busybox:1")
data = volume()
stack = compose("compose.yaml")
""",
        test_it="def test_it(web): pass",
    )
    text = str(project.run("--fixtures").stdout)
    for line in (
        "backend -- conftest.py:5\n    A network, by pytest-engine.",
        "web -- conftest.py:6\n    A container of nginx:1, by pytest-engine.",
        "db -- conftest.py:10\n    The database, empty in every test.",
        "pulled [session scope] -- conftest.py:11\n    The image busybox:1, by pytest-engine.",
        "data -- conftest.py:12\n    A volume, by pytest-engine.",
        "stack -- conftest.py:13\n    The Compose project of compose.yaml, by pytest-engine.",
    ):
        assert line in text
    assert "fixtures defined from conftest" in text
    assert "engine [session scope]" in text
    assert "_engine_requirements" not in text


def test_a_preset_of_ours_counts_as_a_factory(project: Project) -> None:
    project.write(
        conftest="""
preset = {"__name__": "pytest_engine.presets.made_up"}
exec(
    "from pathlib import Path\\n"
    "from pytest_engine import container\\n"
    "def box(path):\\n"
    "    return container('busybox', command='sleep 1000', files={'/x': Path(path)})\\n",
    preset,
)
box = preset["box"]("beside.txt")
""",
        test_it="def test_it(box):\n    assert box.exec('cat /x').text == 'beside'",
    )
    (project.pytester.path / "beside.txt").write_text("beside")
    assert "\nbox -- conftest.py:13\n" in str(project.run("--fixtures").stdout)
    project.run().assert_outcomes(passed=1)


def test_a_fixture_that_is_missing_is_shown_with_the_line_that_asks_for_it(
    project: Project,
) -> None:
    project.write(
        conftest=f"app = {BOX}, env={{'REDIS': '{{redis.name}}'}})",
        test_it="def test_it(app): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "file *conftest.py, line 4",
            "E *fixture 'redis' not found",
        ]
    )


def test_a_traceback_begins_with_the_line_that_made_the_fixture(project: Project) -> None:
    project.write(
        conftest=f"""
box = {BOX})

def pytest_engine_container_ready(container):
    raise LookupError("not what I expected")
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            ">*box = container('busybox', command='sleep 1000')",
            "conftest.py:5: *",
            "E       LookupError: not what I expected",
            "conftest.py:8: LookupError",
        ]
    )


def test_nothing_of_pytests_own_inside_is_used() -> None:
    folder = Path(pytest_engine.plugin.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            assert not [one for one in modules if one.split(".")[0] == "_pytest"], path
