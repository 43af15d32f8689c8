"""Reports as a person reads them: what failed, why, where it is defined and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.refusals import error_from_answer
from pytest_engine.plugin.wording import explanation

if TYPE_CHECKING:
    from tests.plugin.conftest import Project


@pytest.mark.engine
@pytest.mark.parametrize(
    ("factory", "lines"),
    [
        (
            "container('no-such-image:1')",
            ["Fixture 'it' (no-such-image:1): Cannot pull no-such-image:1: *"],
        ),
        (
            "container('busybox', command='sleep 1000', ports=[80], timeout=1)",
            [
                "Fixture 'it' (busybox): Container pytest-engine-*-it-1 (busybox) was not ready *",
                "Waited for:",
                "  [[]not held] port(80): *",
                "State: running",
            ],
        ),
        (
            "container('busybox', command=['sh', '-c', 'echo no config; exit 3'], ports=[80])",
            [
                "Fixture 'it' (busybox): * ended with exit code 3 before it was ready.",
                "State: exited",
                "  no config",
            ],
        ),
        (
            "container('busybox', command='no-such-command')",
            [
                "Fixture 'it' (busybox): POST /containers/*no-such-command*not found in $PATH*",
                "The image has no such program: look at command= and entrypoint=.",
            ],
        ),
        (
            "container('busybox', command='sleep 1000', network=network())",
            ["Fixture 'it' (busybox): network: what conftest.py:4 made is not a fixture that is *"],
        ),
    ],
    ids=["image missing", "port never answers", "container dies", "bad option", "misuse"],
)
def test_five_ways_to_fail(project: Project, factory: str, lines: list[str]) -> None:
    project.write(conftest=f"it = {factory}", test_it="def test_it(it): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([*lines, "(defined at conftest.py:4)"])
    text = str(result.stdout)
    for noise in ("Traceback", "lifecycle.py", "site-packages", "OCI runtime", "INTERNALERROR"):
        assert noise not in text
    assert len(result.outlines) < 40
    assert project.left() == set()


def test_a_wrong_argument_shows_the_line_that_has_it_and_none_of_ours(
    pytester: pytest.Pytester,
) -> None:
    pytester.makeconftest(
        "from pytest_engine import container\nbox = container('x', memory='lots')"
    )
    pytester.makepyfile("def test_it(box): pass")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.stderr.fnmatch_lines(
        [
            "conftest.py:2: in <module>*",
            "*box = container('x', memory='lots')",
            "E *InvalidInput: memory: 'lots' is no size like 512m or 1g.",
        ]
    )
    assert "plan.py" not in str(result.stderr)
    assert "values.py" not in str(result.stderr)


ID = "0123456789abcdef" * 4
CAUSED, UNABLE = "starting container process caused: ", "unable to start container process: "
NO_PROGRAM = 'exec: "x": executable file not found in $PATH'


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (
            400,
            f"OCI runtime create failed: container_linux.go:367: {CAUSED}{NO_PROGRAM}: unknown",
            f"/containers/0123456789ab/start: {NO_PROGRAM} (HTTP 400)\nThe image has no such",
        ),
        (
            400,
            f"failed to create shim task: OCI runtime create failed: {UNABLE}it",
            "POST /containers/0123456789ab/start: it (HTTP 400)",
        ),
        (404, "network back not found", "Make it a fixture (network()), or create it"),
        (500, 'could not select device driver "nvidia"', "has no driver for the devices"),
        (400, "bind source path does not exist: /x", "files= takes this host's"),
        (409, 'The name "/x" is already in use by container', "Leave name= out"),
        (500, "oh", "POST /containers/0123456789ab/start: oh (HTTP 500)"),
        (500, "", "POST /containers/0123456789ab/start: no reason given (HTTP 500)"),
    ],
)
def test_what_engines_say_is_put_into_words(status: int, said: str, expected: str) -> None:
    error = error_from_answer(status, "POST", f"/containers/{ID}/start", said.encode())
    assert expected in explanation(error)


def test_other_errors_are_as_they_are() -> None:
    assert explanation(InvalidInput("as it is")) == "as it is"


OWN_ENGINE = """
box = container("busybox", command="sleep 1000", scope="session")

@pytest.fixture(scope="session")
def engine({arguments}):
    return "a database"
"""


@pytest.mark.engine
def test_an_engine_of_something_else_is_told(project: Project) -> None:
    project.write(
        conftest=OWN_ENGINE.format(arguments=""),
        test_it="""
def test_one(box): pass
def test_two(run_container): pass

@pytest.mark.engine_requires(api="1.30")
def test_three(): pass

def test_four(engine): pass
""",
    )
    result = project.run()
    result.assert_outcomes(passed=1, errors=3)
    said = "The engine is a builtins.str: a fixture 'engine' of your own takes the place of*"
    result.stdout.fnmatch_lines([said] * 3)
    assert "Traceback" not in str(result.stdout)


@pytest.mark.engine
def test_an_engine_that_needs_what_needs_an_engine_is_told(project: Project) -> None:
    project.write(conftest=OWN_ENGINE.format(arguments="box"), test_it="def test_it(box): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Perhaps a fixture 'engine' of your own takes the place of*"])
