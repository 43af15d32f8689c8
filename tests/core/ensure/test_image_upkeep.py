"""An image from whichever source, and what is done to it then."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.discovery import proxy_variables
from pytest_engine.core.ensure.build_spec import BuildSpec
from pytest_engine.core.ensure.image_names import find_image
from pytest_engine.core.ensure.image_upkeep import UpkeepSpec, keep_image
from pytest_engine.core.errors import EngineError, InvalidInput, Timeout

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Scratch
    from tests.core.conftest import Serve

Twice = Callable[..., tuple[str, ...]]
NOBODY = "sha256:" + "0" * 64


@pytest.fixture
def twice(engine: Engine) -> Twice:
    """Bring something about: foretold, done, and again; the actions of the first time."""

    def run(wanted: UpkeepSpec, **options: Any) -> tuple[str, ...]:
        foretold = keep_image(engine, wanted, check=True, **options)
        done = keep_image(engine, wanted, **options)
        assert (foretold.changed, foretold.actions) == (True, done.actions)
        assert done.changed
        assert not keep_image(engine, wanted, check=True, **options).changed
        assert not keep_image(engine, wanted, **options).changed
        return done.actions

    return run


@pytest.mark.lacks("podman5", reason="it does not look into registries (DistributionInspect)")
@pytest.mark.engine
def test_an_image_is_pulled_archived_tagged_and_pushed(
    engine: Engine,
    pushed: Callable[..., str],
    twice: Twice,
    tmp_path: Path,
) -> None:
    name, path = pushed(), str(tmp_path / "image.tar")
    other = f"{name}-other"
    wanted = UpkeepSpec(name, "pull", archive_path=path, repository=other, push=True)
    said = keep_image(engine, wanted).actions
    assert said == (
        f"Pulled image {name}",
        f"Wrote {name} to {path}: there is none",
        f"Tagged image {name} as {other}",
        f"Pushed image {other}",
    )
    again = keep_image(engine, wanted)
    assert (again.changed, again.actions) == (False, ())
    assert again.image["Id"] == engine.images.inspect(name)["Id"]
    foretold = keep_image(engine, UpkeepSpec(f"{other}-none"), state="absent")
    assert not foretold.changed
    twice(UpkeepSpec(other), state="absent")
    assert find_image(engine, name) is not None
    engine.images.remove(name)


@pytest.mark.engine
@pytest.mark.parametrize("check", [True, False])
def test_another_image_that_is_pushed_under_the_name_it_keeps_is_told(
    engine: Engine, busybox: str, pushed: Callable[..., str], *, check: bool
) -> None:
    name = pushed(ENV="A=1")
    other = f"{name}-other"
    engine.images.tag(busybox, other)
    wanted = UpkeepSpec(name, "pull", repository=other, push=True)
    (warning,) = keep_image(engine, wanted, check=check).warnings
    short = engine.images.inspect(busybox)["Id"].rpartition(":")[2][:12]
    assert warning.startswith(f"{other} stays the name of image {short}, and that one is pushed.")
    engine.images.pull(name)
    # Once it is there, the same is told.
    assert keep_image(engine, wanted, check=check).warnings == (warning,)
    assert keep_image(engine, replace(wanted, push=False), check=check).warnings == ()
    assert keep_image(engine, replace(wanted, force_tag=True), check=check).warnings == ()
    if not check:
        assert keep_image(engine, wanted).warnings == ()


@pytest.mark.engine
def test_the_steps_before_one_that_fails_are_told(
    engine: Engine, busybox: str, scratch: Scratch
) -> None:
    # Nobody listens there.
    other = f"127.0.0.1:1/{scratch.name()}:latest"
    wanted = UpkeepSpec(busybox, "local", repository=other, push=True)
    with pytest.raises(EngineError) as caught:
        keep_image(engine, wanted)
    assert caught.value.done == (f"Tagged image {busybox} as {other}",)
    engine.images.remove(other)


@pytest.mark.engine
def test_check_mode_tells_all_steps_and_takes_none(
    engine: Engine, pushed: Callable[..., str], tmp_path: Path
) -> None:
    name, path = pushed(), tmp_path / "image.tar"
    other = f"{name}-other"
    wanted = UpkeepSpec(name, "pull", archive_path=str(path), repository=other, push=True)
    said = [action.split()[0] for action in keep_image(engine, wanted, check=True).actions]
    assert said == ["Pulled", "Wrote", "Tagged", "Pushed"]
    assert not path.exists()
    assert find_image(engine, name) is None


@pytest.mark.engine
def test_an_image_is_built_and_another_keeps_its_name(
    engine: Engine,
    busybox: str,
    scratch: Scratch,
    tmp_path: Path,
    twice: Twice,
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {busybox}\nENV A={scratch.name()}\n")
    name, taken = scratch.name("built:1"), scratch.name("taken:1")
    engine.images.tag(busybox, taken)
    build = BuildSpec(name, str(tmp_path))
    assert twice(UpkeepSpec(name, "build", build)) == (f"Built image {name} from {tmp_path}",)
    forced = keep_image(engine, UpkeepSpec(name, "build", build, force_source=True))
    assert (forced.changed, len(forced.actions)) == (False, 1)
    assert not keep_image(engine, UpkeepSpec(name, repository=taken)).changed
    tagged = twice(UpkeepSpec(name, repository=taken, force_tag=True))
    assert tagged == (f"Tagged image {name} as {taken}",)


@pytest.mark.engine
def test_an_image_is_loaded_and_others_with_it_are_told(
    engine: Engine,
    pushed: Callable[..., str],
    tmp_path: Path,
    twice: Twice,
) -> None:
    name, other = pushed(ENV="A=1"), pushed("other", ENV="A=2")
    path = str(tmp_path / "images.tar")
    keep_image(engine, UpkeepSpec(name, "pull", archive_path=path))
    engine.images.remove(name)
    loaded = twice(UpkeepSpec(name, "load", load_path=path))
    assert loaded == (f"Loaded image {name} from {path}",)
    with pytest.raises(InvalidInput, match=f"does not hold image {other}, but {name}"):
        keep_image(engine, UpkeepSpec(other, "load", load_path=path))
    image_id = str(engine.images.inspect(name)["Id"])
    by_id = UpkeepSpec(image_id, "load", load_path=path, force_source=True)
    assert not keep_image(engine, by_id).changed
    engine.images.pull(other)
    with engine.images.save([name, other]) as pieces:
        (tmp_path / "both.tar").write_bytes(b"".join(pieces))
    engine.images.remove(name)
    both = UpkeepSpec(name, "load", load_path=str(tmp_path / "both.tar"))
    told = keep_image(engine, both).warnings
    assert told == (f"{both.load_path} holds further images: {other}.",)
    engine.images.remove(name)


@pytest.mark.engine
@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (UpkeepSpec("test-nobody:1"), "does not have image test-nobody:1, and with source: local"),
        (UpkeepSpec("busybox", repository=NOBODY), "repository: a name is wanted"),
        (UpkeepSpec(NOBODY, push=True), "cannot be pushed by its id"),
        (UpkeepSpec(NOBODY, "pull"), "an id cannot be had by pull"),
        (UpkeepSpec(NOBODY, "build"), "an id cannot be had by build"),
        (UpkeepSpec("test-nobody:1", "load"), "load_path: name the archive"),
        (UpkeepSpec("test-nobody:1", "load", load_path="/nowhere"), "no archive /nowhere"),
        (UpkeepSpec("test-nobody:1", "build"), "say how to build"),
    ],
)
def test_what_cannot_be_is_told(wanted: UpkeepSpec, why: str, engine: Engine) -> None:
    for check in (True, False):
        with pytest.raises(InvalidInput, match=why):
            keep_image(engine, wanted, check=check)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (
            UpkeepSpec("a:1", "pull", archive_path="/nowhere/a.tar"),
            "^archive_path: .*is no folder /nowhere",
        ),
        (
            UpkeepSpec("a:1", "pull", archive_path="/dev"),
            "^archive_path: /dev is there and no file",
        ),
        (UpkeepSpec(f"a@{NOBODY}", "pull", push=True), "name: an image cannot be pushed by its"),
        (UpkeepSpec("a:1", "pull", repository=f"b@{NOBODY}"), "repository: a name with a tag is"),
    ],
)
def test_what_the_last_step_cannot_do_is_refused_before_the_first(
    serve: Serve, wanted: UpkeepSpec, why: str, *, check: bool
) -> None:
    server = serve(())
    with Engine(server.host, environ={}) as engine, pytest.raises(InvalidInput, match=why):
        keep_image(engine, wanted, check=check)
    assert server.connections == 0


@pytest.mark.engine
def test_a_build_that_is_silent_for_too_long_is_given_up(
    engine: Engine, busybox: str, scratch: Scratch, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM {busybox}\nRUN : {scratch.name()}; sleep 20\n")
    build = BuildSpec(scratch.name("slow") + ":1", str(tmp_path), timeout=1)
    with pytest.raises(Timeout, match=r"within 1 s"):
        keep_image(engine, UpkeepSpec(build.name, "build", build))


def test_proxies_of_the_configuration_are_variables(tmp_path: Path) -> None:
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    assert proxy_variables(environ) == {}
    config = tmp_path / "config.json"
    stated = {"httpProxy": "http://proxy:1", "httpsProxy": "", "noProxy": "localhost"}
    config.write_text(json.dumps({"proxies": {"default": stated}}))
    assert proxy_variables(environ) == {
        "http_proxy": "http://proxy:1",
        "HTTP_PROXY": "http://proxy:1",
        "no_proxy": "localhost",
        "NO_PROXY": "localhost",
    }
    for text in ("", "\n", "{}", '{"proxies": {}}'):
        config.write_text(text)
        assert proxy_variables(environ) == {}
    for text in ("no JSON", '{"proxies": 7}', "[]"):
        config.write_text(text)
        with pytest.raises(InvalidInput, match="Proxies cannot be read"):
            proxy_variables(environ)
