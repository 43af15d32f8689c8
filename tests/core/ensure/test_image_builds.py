"""Images that are built where the engine lacks them, by itself or by buildx."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.endpoint import Tls, parse_endpoint
from pytest_engine.core.ensure.build_spec import BuildOutput, BuildSecret, BuildSpec
from pytest_engine.core.ensure.buildx import run_buildx
from pytest_engine.core.ensure.image_builds import build_image
from pytest_engine.core.ensure.image_names import find_image
from pytest_engine.core.errors import BuildFailed, Incompatible, InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = pytest.mark.engine

SECRET = "s3cr3t"  # of nobody

# Writes down what it is told and by which variables, and fails where the target is `broken`.
DOCKER = """#!/usr/bin/env python3
import json, os, pathlib, sys
if sys.argv[1:] == ["buildx", "version"]:
    sys.exit()
given = {k: v for k, v in os.environ.items() if k.startswith(("PYTEST_ENGINE_", "DOCKER_"))}
pathlib.Path(__file__).with_name("told.json").write_text(json.dumps([sys.argv[1:], given]))
print("#1 building", file=sys.stderr)
sys.exit("no such stage" if "broken" in sys.argv else None)
"""


@pytest.fixture
def context(tmp_path: Path, busybox: str, scratch: Scratch) -> Path:
    """A folder with a Dockerfile whose build another test cannot have in the cache."""
    folder = tmp_path / "context"
    folder.mkdir()
    text = f"FROM {busybox} AS first\nARG A=0\nRUN echo {scratch.name()} $A > /said\n"
    (folder / "Dockerfile").write_text(text)
    (folder / "Other").write_text(text + "FROM first\nRUN echo other\nENV OTHER=1\n")
    return folder


def spec(context: Path, scratch: Scratch, **options: Any) -> BuildSpec:
    return BuildSpec(scratch.name("built") + ":1", str(context), **options)


def test_an_image_is_built_once(engine: Engine, context: Path, scratch: Scratch) -> None:
    wanted = spec(context, scratch)
    foretold = build_image(engine, wanted, check=True)
    assert (foretold.changed, foretold.after) == (True, {"id": "unknown"})
    assert find_image(engine, wanted.name) is None
    lines: list[str] = []
    first = build_image(engine, wanted, progress=lines.append)
    assert (first.changed, first.before, first.command) == (True, {"exists": False}, ())
    assert first.after == {"id": engine.images.inspect(wanted.name)["Id"]}
    assert list(first.log) == lines
    assert any("RUN echo" in line for line in lines)
    second = build_image(engine, wanted)
    assert (second.changed, second.built, second.after) == (False, False, first.after)


def test_building_again_changes_something_only_if_another_image_comes_of_it(
    engine: Engine, context: Path, scratch: Scratch
) -> None:
    build_image(engine, spec(context, scratch))
    again = build_image(engine, spec(context, scratch), again=True)
    assert (again.changed, again.built) == (False, True)
    other = build_image(engine, spec(context, scratch, args={"A": "1"}), again=True)
    assert other.changed


def test_options_reach_the_build(engine: Engine, context: Path, scratch: Scratch) -> None:
    wanted = spec(
        context,
        scratch,
        dockerfile="Other",
        target="first",
        labels={"a": "b"},
        platforms=["linux"],
        network="none",
        nocache=True,
        shm_size=1 << 27,
        etc_hosts={"some.host": "127.0.0.9"},
    )
    built = build_image(engine, wanted)
    assert built.image is not None
    assert built.image["Config"]["Labels"]["a"] == "b"
    assert "OTHER=1" not in built.image["Config"]["Env"]


def test_a_dockerfile_may_be_elsewhere(
    engine: Engine, context: Path, scratch: Scratch, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "Elsewhere"
    (context / "Other").rename(elsewhere)
    for name in (str(elsewhere), "../Elsewhere"):
        built = build_image(engine, spec(context, scratch, dockerfile=name), again=True)
        assert "OTHER=1" in (built.image or {})["Config"]["Env"]


def test_images_are_outputs_without_buildx(engine: Engine, context: Path, scratch: Scratch) -> None:
    further = scratch.name("further") + ":2"
    wanted = spec(context, scratch, outputs=[BuildOutput("image", names=(further,))])
    built = build_image(engine, wanted)
    # Podman spells names out.
    tags = [tag.replace("docker.io/library/", "") for tag in (built.image or {})["RepoTags"]]
    assert sorted(tags) == sorted([wanted.name, further])


def test_limits_are_for_the_classic_builder(
    engine: Engine, context: Path, scratch: Scratch
) -> None:
    assert build_image(engine, spec(context, scratch, limits={"memory": 1 << 26}, rm=True)).changed
    small = spec(context, scratch, limits={"memory": 1 << 12}, nocache=True)
    with pytest.raises(BuildFailed, match=r"Minimum memory limit|memory limit to 4096"):
        build_image(engine, small, again=True)


def test_a_build_that_fails_is_told(engine: Engine, context: Path, scratch: Scratch) -> None:
    (context / "Dockerfile").write_text("FROM busybox\nRUN echo why; exit 3\n")
    with pytest.raises(BuildFailed, match="line 2") as caught:
        build_image(engine, spec(context, scratch))
    assert "why" in caught.value.log
    assert find_image(engine, spec(context, scratch).name) is None


def test_what_cannot_be_built_is_told(engine: Engine, context: Path, scratch: Scratch) -> None:
    for wanted, why in (
        (BuildSpec(scratch.name(), str(context / "none")), "is not a folder"),
        (BuildSpec(scratch.name(), str(context), dockerfile="None"), "no Dockerfile"),
        (BuildSpec("sha256:" + "0" * 64, str(context)), "under a name with a tag"),
    ):
        with pytest.raises(InvalidInput, match=why):
            build_image(engine, wanted, check=True)


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `docker` on the PATH that writes down what it is told; the file it writes."""
    script = tmp_path / "docker"
    script.write_text(DOCKER)
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path / "told.json"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"secrets": [BuildSecret("s", "value", SECRET)]}, "secrets cannot be had"),
        ({"outputs": [BuildOutput("tar", "x.tar")]}, "outputs of type tar cannot"),
        ({"platforms": ["linux/amd64", "linux/arm64"]}, "several platforms cannot"),
    ],
)
def test_what_needs_buildx_is_refused_without_it(
    options: dict[str, Any],
    why: str,
    engine: Engine,
    context: Path,
    scratch: Scratch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Incompatible, match=why) as caught:
        build_image(engine, spec(context, scratch, **options))
    assert "Install the docker command with its buildx plugin" in str(caught.value)


def test_buildx_gets_everything_and_shows_no_secret(
    engine: Engine, context: Path, scratch: Scratch, docker: Path
) -> None:
    wanted = spec(
        context,
        scratch,
        secrets=[
            BuildSecret("v", "value", SECRET),
            BuildSecret("e", "env", "TOKEN"),
            BuildSecret("f", "file", "/a,b"),
        ],
        outputs=[
            BuildOutput("local", "/out"),
            BuildOutput("image", names=("a:1", "b:1"), push=True),
        ],
        platforms=["linux/amd64", "linux/arm64"],
        args={"B": "2", "A": "1"},
        labels={"l": "m"},
        cache_from=["cached"],
        etc_hosts={"host": "10.0.0.1"},
        target="first",
        network="none",
        shm_size=5,
        pull=True,
        nocache=True,
    )
    built = build_image(engine, wanted, docker_cli=str(docker.with_name("docker")))
    told, variables = json.loads(docker.read_text())
    assert built.command == (str(docker.with_name("docker")), *told)
    assert built.log == ("#1 building",)
    assert SECRET not in json.dumps(told)
    (variable,) = (name for name, value in variables.items() if value == SECRET)
    options = list(zip(told, told[1:]))
    expected = {
        "--host": [engine.endpoint.url],
        "--file": [f"{context}/Dockerfile"],
        "--secret": [
            f"id=v,type=env,env={variable}",
            "id=e,type=env,env=TOKEN",
            'id=f,type=file,"src=/a,b"',
        ],
        "--output": [
            "type=local,dest=/out",
            'type=image,"name=a:1,b:1",push=true',
            f"type=image,name={wanted.name}",
        ],
        "--platform": ["linux/amd64", "linux/arm64"],
        "--build-arg": ["A=1", "B=2"],
        "--label": ["l=m"],
        "--cache-from": ["cached"],
        "--add-host": ["host:10.0.0.1"],
        "--target": ["first"],
        "--network": ["none"],
        "--shm-size": ["5"],
    }
    assert {key: [v for k, v in options if k == key] for key in expected} == expected
    assert {"--pull", "--no-cache"} <= set(told)
    assert "--tag" not in told
    assert told[-2:] == ["--", str(context)]
    assert built.changed


def test_buildx_that_fails_is_told(
    engine: Engine, context: Path, scratch: Scratch, docker: Path
) -> None:
    secret = [BuildSecret("v", "value", SECRET)]
    with pytest.raises(BuildFailed, match="ended with exit code 1") as caught:
        build_image(engine, spec(context, scratch, secrets=secret, target="broken"))
    assert caught.value.detail == "no such stage"
    assert caught.value.command[-2:] == ("--", str(context))
    assert SECRET not in " ".join(caught.value.command)
    assert "--tag" in docker.read_text()


@pytest.mark.parametrize(
    ("outputs", "is_kept"),
    [
        ((), True),
        ((BuildOutput("image"),), True),
        ((BuildOutput("image", push=True),), False),
        ((BuildOutput("tar", dest="/x.tar"),), False),
    ],
)
@pytest.mark.usefixtures("docker")
def test_an_image_that_a_builder_keeps_to_itself_is_a_failure(
    outputs: tuple[BuildOutput, ...],
    engine: Engine,
    context: Path,
    scratch: Scratch,
    *,
    is_kept: bool,
) -> None:
    secret = [BuildSecret("v", "value", SECRET)]
    wanted = spec(context, scratch, secrets=secret, outputs=outputs)
    if not is_kept:
        assert build_image(engine, wanted).changed
        return
    with pytest.raises(BuildFailed, match=r"^Built .* has no image of that name.*=default") as told:
        build_image(engine, wanted)
    assert told.value.log == "#1 building"
    assert told.value.command[-2:] == ("--", str(context))


def test_buildx_goes_the_same_road(context: Path, scratch: Scratch, docker: Path) -> None:
    tls = Tls(ca="/ca.pem", cert="/cert.pem", key="/key.pem")
    road = parse_endpoint("tcp://build.example:2376", tls=tls)
    run_buildx(road, spec(context, scratch), context / "Dockerfile", print)
    told, variables = json.loads(docker.read_text())
    assert told[:10] == [
        *("--host", "tcp://build.example:2376", "--tlsverify"),
        *("--tlscacert", "/ca.pem", "--tlscert", "/cert.pem", "--tlskey", "/key.pem"),
        "buildx",
    ]
    assert "DOCKER_HOST" not in variables
