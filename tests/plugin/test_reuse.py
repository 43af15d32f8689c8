"""Containers that the next run finds."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from pytest_engine.__main__ import main
from pytest_engine.core.errors import ImageNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Scratch
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine

BOX = "box = container('busybox', command='sleep 1000', scope='session', reuse=True{more})"
SHOW = "def test_it(box):\n    print('id', box.id)\n    assert box.state() == 'running'"


@pytest.fixture
def reusing(project: Project) -> Iterator[Project]:
    """A project whose containers are removed at the end."""
    project.write(conftest=BOX.format(more=""), test_it=SHOW)
    yield project
    remove_all(project)


def remove_all(project: Project) -> None:
    """Remove what its runs have left to be used again."""
    host = project.engine.endpoint.url
    assert main(["sweep", f"--host={host}", f"--state={project.state}", "--reused"]) == 0
    assert project.left() == set()


def ids(project: Project, *arguments: str) -> set[str]:
    """Run the test, and tell the containers that it got."""
    result = project.run_apart("--engine-reuse", "-rP", *arguments)
    outcomes = result.parseoutcomes()
    assert set(outcomes) == {"passed"}, outcomes
    return {line.split()[1] for line in result.outlines if line.startswith("id ")}


def test_the_next_run_gets_the_same_container(reusing: Project) -> None:
    first = ids(reusing)
    assert len(reusing.left()) == 1
    assert ids(reusing) == first
    assert ids(reusing, "-n3", "--dist=each") == first
    assert reusing.created() == 1


@pytest.mark.parametrize("file", ["conftest.py", "test_it.py"])
def test_without_an_ini_file_it_is_the_same_from_another_folder(
    reusing: Project, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (reusing.pytester.path / "conftest.py").unlink()
    folder = reusing.pytester.mkdir("below")
    (reusing.pytester.path / "test_it.py").rename(folder / "test_it.py")
    with (folder / file).open("a", encoding="utf-8") as more:
        more.write(f"\nfrom pytest_engine import container\n{BOX.format(more='')}\n")
    first = ids(reusing, "below")
    monkeypatch.chdir(folder)
    assert ids(reusing) == first
    assert len(reusing.left()) == 1


def test_two_projects_that_use_a_fixture_of_a_third_place_have_two(
    reusing: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = reusing.pytester.mkdir("place")
    (place / "boxes.py").write_text(f"from pytest_engine import *\n{BOX.format(more='')}\n")
    monkeypatch.setenv("PYTHONPATH", str(place))
    found = set()
    for name in ("one", "two"):
        folder = reusing.pytester.mkdir(name)
        (folder / "conftest.py").write_text("from boxes import box\n")
        (folder / "test_it.py").write_text(SHOW)
        monkeypatch.chdir(folder)
        found |= ids(reusing)
    assert len(found) == 2


def test_a_container_that_was_stopped_is_started_again(reusing: Project) -> None:
    first = ids(reusing)
    reusing.engine.containers.kill(*first)
    assert ids(reusing) == first


def test_what_differs_is_made_anew(reusing: Project) -> None:
    first = ids(reusing)
    reusing.write(conftest=BOX.format(more=", env={'A': '1'}"), test_it=SHOW)
    second = ids(reusing)
    assert second != first
    assert ids(reusing) == second
    assert len(reusing.left()) == 1


def test_what_was_of_a_stated_platform_is_made_anew_for_the_engines_own(reusing: Project) -> None:
    reusing.write(conftest=BOX.format(more=", platform='linux/amd64'"), test_it=SHOW)
    first = ids(reusing)
    assert ids(reusing) == first
    reusing.write(conftest=BOX.format(more=""), test_it=SHOW)
    assert ids(reusing).isdisjoint(first)
    assert len(reusing.left()) == 1


def test_under_another_name_it_is_made_anew_and_the_old_one_goes(
    reusing: Project, scratch: Scratch
) -> None:
    first = ids(reusing)
    for name in (scratch.name(), scratch.name("y")):
        reusing.write(conftest=BOX.format(more=f", name={name!r}"), test_it=SHOW)
        second = ids(reusing)
        assert second != first
        assert [one.split()[1].lstrip("/") for one in reusing.left()] == [name]
        first = second
    assert ids(reusing) == second


FILES = ", files={'/etc/a': 'one', '/etc/b': pathlib.Path('b'), '/etc/c': pathlib.Path('c')}"
READ = """
def test_it(box):
    print('id', box.id)
    print('read', *box.exec(['cat', '/etc/a', '/etc/b', '/etc/c/d']).text.split())
"""


def test_files_are_part_of_what_it_is(reusing: Project) -> None:
    here = reusing.pytester.path
    (here / "c").mkdir()
    for name in ("b", "c/d"):
        (here / name).write_text(f"\n{name}\n")
    reusing.write(conftest=f"import pathlib\n{BOX.format(more=FILES)}", test_it=READ)
    first = ids(reusing)
    # What is in them counts, and not when that was written.
    os.utime(here / "b", (0, 0))
    assert ids(reusing) == first
    for name in ("b", "c/d"):
        (here / name).write_text("\nother\n")
        second = ids(reusing)
        assert second != first
        first = second
    result = reusing.run_apart("--engine-reuse", "-rP")
    result.stdout.fnmatch_lines(["read one other other"])
    assert len(reusing.left()) == 1


def test_files_are_there_where_a_run_was_killed_before_the_first_start(reusing: Project) -> None:
    reusing.write(conftest=BOX.format(more=", files={'/etc/a': 'one'}"), test_it=SHOW)
    containers = reusing.engine.containers
    (first,) = ids(reusing)
    made = containers.inspect(first)
    containers.remove(first, force=True)
    name, config = made["Name"].lstrip("/"), made["Config"]
    body = {"Image": config["Image"], "Cmd": config["Cmd"], "Labels": config["Labels"]}
    id = containers.create(body, name=name)["Id"]  # type: ignore[arg-type]
    reusing.write(
        conftest=BOX.format(more=", files={'/etc/a': 'one'}"),
        test_it=f"{SHOW}\n    assert box.exec('cat /etc/a').text == 'one'",
    )
    assert ids(reusing) == {id}


def test_without_the_option_nothing_is_used_again(project: Project) -> None:
    project.write(conftest=BOX.format(more=""), test_it=SHOW)
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_what_was_not_used_for_long_enough_is_removed(reusing: Project) -> None:
    ids(reusing, "--engine-reuse-for=0.01")
    reusing.write(
        conftest="own = container('busybox', command='sleep 1000')",
        test_it="def test_it(own): pass",
    )
    # Its reaper looks after it, in the background.
    reusing.run_apart().assert_outcomes(passed=1)
    assert reusing.gone_within(30.0) == set()


def test_what_another_run_uses_is_not_replaced(reusing: Project) -> None:
    reusing.write(
        conftest=BOX.format(more=", env={'A': __import__('os').environ.get('A', '0')}"),
        test_it="""
def test_it(box, pytester, request):
    import os, subprocess, sys
    again = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "inner"]
    arguments = request.config.invocation_params.args
    done = subprocess.run(
        [*again, *[one for one in arguments if one.startswith("--engine")]],
        env={**os.environ, "A": "1"}, capture_output=True, text=True, check=False,
        cwd=request.config.rootpath,
    )
    told = "is in use by another run, with other properties than this one asks for (env)"
    assert told in done.stdout, done.stdout
    assert box.state() == "running"

def test_inner(box):
    pass
""",
    )
    reusing.run_apart("--engine-reuse", "-k", "not inner", "-p", "pytester").assert_outcomes(
        passed=1, deselected=1
    )


def test_what_another_run_uses_is_not_replaced_for_a_newer_image(
    reusing: Project, scratch: Scratch
) -> None:
    name = f"{scratch.name()}:1"
    images = reusing.engine.images
    images.tag("busybox", name)
    newer = reusing.engine.build.image({"Dockerfile": "FROM busybox\nLABEL version=2\n"})
    reusing.write(
        conftest=BOX.replace("busybox", name).format(more=""),
        test_it=f"""
def test_it(box, engine, pytester, request):
    import subprocess, sys
    engine.images.tag({newer!r}, {name!r})
    again = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-k", "inner"]
    arguments = request.config.invocation_params.args
    done = subprocess.run(
        [*again, *[one for one in arguments if one.startswith("--engine")]],
        capture_output=True, text=True, check=False, cwd=request.config.rootpath,
    )
    told = "is in use by another run, with other properties than this one asks for (image)"
    assert told in done.stdout, done.stdout
    assert box.state() == "running"

def test_inner(box):
    assert box.inspect()["Image"] == {newer!r}
""",
    )
    try:
        result = reusing.run_apart("--engine-reuse", "-k", "not inner", "-p", "pytester")
        result.assert_outcomes(passed=1, deselected=1)
        # Nobody uses it any more.
        result = reusing.run_apart("--engine-reuse", "-k", "inner")
        result.assert_outcomes(passed=1, deselected=1)
        remove_all(reusing)
    finally:
        for image in (newer, name):
            # With its last name, an image goes itself.
            with contextlib.suppress(ImageNotFound):
                images.remove(image, force=True)


def test_its_image_is_pulled_when_the_policy_says_so(reusing: Project, scratch: Scratch) -> None:
    name = f"{scratch.name()}:1"
    reusing.write(conftest=BOX.replace("busybox", name).format(more=""), test_it=SHOW)
    result = reusing.run_apart("--engine-reuse", "--engine-pull=never")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' *has no image *pull policy is 'never'*"])
    # It is nowhere but here.
    reusing.engine.images.tag("busybox", name)
    try:
        first = ids(reusing, "--engine-pull=never")
        result = reusing.run_apart("--engine-reuse", "--engine-pull=always")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines([f"Fixture 'box' *Cannot pull {name}: *"])
        assert ids(reusing) == first
        remove_all(reusing)
    finally:
        reusing.engine.images.remove(name, force=True)


def test_somebody_elses_container_of_that_name_is_refused(project: Project) -> None:
    project.write(conftest=BOX.format(more=", name='plugin-test-foreign'"), test_it=SHOW)
    made = project.engine.containers.create({"Image": "busybox"}, name="plugin-test-foreign")
    try:
        result = project.run("--engine-reuse")
        result.assert_outcomes(errors=1)
        result.stdout.fnmatch_lines(["Fixture 'box' *plugin-test-foreign is there already, and *"])
        assert project.engine.containers.inspect("plugin-test-foreign")["Id"] == made["Id"]
    finally:
        project.engine.containers.remove(made["Id"])


@pytest.mark.parametrize(
    ("fixtures", "reason"),
    [
        (
            """
net = network(scope='session')
box = container('busybox', network=net, scope='session', reuse=True)
""",
            "cannot use the network",
        ),
        (
            """
tools = image(build={'Dockerfile': 'FROM busybox'})
box = container(tools, scope='session', reuse=True)
""",
            "built for",
        ),
        ("box = container('busybox', reuse=True)", "reuse goes with scope='session'"),
        (
            "box = container(build='.', scope='session', reuse=True)",
            "reuse goes with scope='session', and not with build",
        ),
    ],
)
def test_what_ends_with_the_run_cannot_be_part_of_it(
    project: Project, fixtures: str, reason: str
) -> None:
    project.write(test_it=f"{fixtures}\ndef test_it(box): pass")
    result = project.run("--engine-reuse")
    result.assert_outcomes(errors=1)
    assert reason in str(result.stdout)
    assert project.left() == set()


def test_a_hook_that_writes_what_no_spec_has_is_refused(reusing: Project) -> None:
    hook = """
def pytest_engine_create_body(body, request):
    if request.fixturename in {fixtures}:
        body["Hostname"] = "hooked"
"""
    reusing.write(conftest=BOX.format(more="") + hook.format(fixtures=["box"]), test_it=SHOW)
    result = reusing.run("--engine-reuse")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' *pytest_engine_create_body cannot change it*"])
    reusing.run().assert_outcomes(passed=1)
    reusing.write(conftest=BOX.format(more="") + hook.format(fixtures=[]), test_it=SHOW)
    assert len(ids(reusing)) == 1
