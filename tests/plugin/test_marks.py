"""Tests that need something of the engine, and are skipped where it does not have that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.plugin.requirements import EngineTraits, unmet

if TYPE_CHECKING:
    from tests.plugin.conftest import Project


@pytest.mark.engine
def test_a_test_is_skipped_before_anything_is_started(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', command='sleep 1000', scope='session')",
        test_it="""
@pytest.mark.engine_requires(api="9.99", reason="the flux")
def test_one(box): pass

@pytest.mark.engine_requires(api="1.41", local=True, rootless=False, platform="linux")
@pytest.mark.engine_requires(runtime="runc")
def test_two(): pass

@pytest.mark.engine_requires(platform="linux/pdp11", runtime="quantum")
@pytest.mark.parametrize("n", [1, 2])
def test_three(box, n): pass
""",
    )
    result = project.run("-rs", "--strict-markers")
    result.assert_outcomes(passed=1, skipped=3)
    result.stdout.fnmatch_lines(
        [
            "SKIPPED *: needs api='9.99' (the flux), and the engine speaks API *",
            "SKIPPED *: needs platform='linux/pdp11', and the engine is of *; needs runtime=*runc*",
        ]
    )
    assert project.created() == 0


@pytest.mark.engine
def test_the_mark_selects_and_may_stand_on_classes_and_modules(project: Project) -> None:
    project.write(
        test_it="""
class TestIt:
    pytestmark = pytest.mark.engine_requires(api="1.40")

    def test_one(self): pass

def test_two(): pass
""",
        test_other="pytestmark = pytest.mark.engine_requires(api='9.99')\ndef test_three(): pass",
    )
    project.run().assert_outcomes(passed=2, skipped=1)
    project.run("-m", "engine_requires").assert_outcomes(passed=1, skipped=1, deselected=1)
    project.run("-m", "not engine_requires").assert_outcomes(passed=1, deselected=2)


@pytest.mark.engine
def test_the_engine_that_a_test_uses_is_asked(project: Project) -> None:
    project.write(
        test_it="""
class TestIt:
    @pytest.fixture
    def engine(self, engine):
        with Engine(engine.endpoint.url, api_version="1.41") as other:
            yield other

    @pytest.mark.engine_requires(api="1.42")
    def test_it(self, engine): pass
"""
    )
    project.run().assert_outcomes(skipped=1)


def test_without_an_engine_it_goes_as_configured(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        "import pytest\n@pytest.mark.engine_requires(swarm=True)\ndef test_it(): pass"
    )
    arguments = ("-p", "no:cacheprovider", "--engine-host=unix:///nowhere/docker.sock")
    pytester.runpytest_inprocess(*arguments).assert_outcomes(errors=1)
    pytester.runpytest_inprocess(*arguments, "--engine-missing=skip").assert_outcomes(skipped=1)


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        ("engine_requires", "takes some of api, podman, swarm"),
        ("engine_requires()", "takes some of api"),
        ("engine_requires('1.44')", "takes some of api"),
        ("engine_requires(reason='x')", "takes some of api"),
        ("engine_requires(colour='red')", "knows no 'colour', but api, podman"),
        ("engine_requires(api=1.44)", "(api=1.44): that is not a version like '1.44'"),
        ("engine_requires(swarm='yes')", "(swarm='yes'): that is not True or False"),
    ],
)
def test_a_mark_that_says_nothing_is_refused(
    pytester: pytest.Pytester, mark: str, reason: str
) -> None:
    pytester.makepyfile(f"import pytest\n@pytest.mark.{mark}\ndef test_it(): pass")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert reason in str(result.stderr)


def test_pytest_shows_the_mark(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.engine_requires(api=None, podman=None, *"])


class _System:
    def __init__(self, **told: Any) -> None:
        self._told = told

    def version(self) -> Any:
        return self._told

    def info(self) -> Any:
        return self._told

    def ping(self) -> Any:
        class Answer:
            builder_version = self._told.get("builder", "")

        return Answer()


@pytest.mark.parametrize(
    ("told", "requires", "expected"),
    [
        ({"Components": [{"Name": "Podman Engine"}]}, {"podman": False}, "is Podman"),
        ({"Components": [{"Name": "Engine"}]}, {"podman": True}, "is not Podman"),
        ({"Components": [{"Name": "Podman Engine"}]}, {"buildkit": True}, "does not build with"),
        ({"builder": "1"}, {"buildkit": True}, "does not build with BuildKit"),
        ({"builder": "2"}, {"buildkit": True}, ""),
        ({"Swarm": {"ControlAvailable": True}}, {"swarm": True}, ""),
        ({"Swarm": {"ControlAvailable": True}}, {"swarm": False}, "manages a swarm"),
        ({"Swarm": None}, {"swarm": True}, "manages no swarm"),
        ({"SecurityOptions": ["name=rootless"]}, {"rootless": False}, "is rootless"),
        ({"SecurityOptions": None}, {"rootless": True}, "runs with root's rights"),
        ({"OSType": "linux", "Architecture": "aarch64"}, {"platform": "linux/arm64"}, ""),
        ({"OSType": "linux", "Architecture": "x86_64"}, {"platform": "linux/arm64"}, "linux/amd64"),
    ],
)
def test_what_an_engine_is(
    request: pytest.FixtureRequest, told: dict[str, Any], requires: dict[str, Any], expected: str
) -> None:
    engine = Engine("unix:///nowhere")
    engine.system = _System(**told)  # type: ignore[assignment]
    request.node.add_marker(pytest.mark.engine_requires(**requires))
    reasons = "; ".join(unmet(request.node, EngineTraits(engine)))
    assert expected in reasons
    assert bool(expected) == bool(reasons)
