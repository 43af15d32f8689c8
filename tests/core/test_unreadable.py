"""Places of this machine that cannot be looked at are refused by what led to them.

Below a folder that may not be entered it is the same, but tests are run as root. From Python 3.14
on nothing raises there, and all of them are taken for missing.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.buildcontext import pack_context
from pytest_engine.core.compose.project import Project
from pytest_engine.core.ensure.build_spec import BuildSpec
from pytest_engine.core.ensure.contexts import list_contexts
from pytest_engine.core.ensure.files_out import CopyOut, fetch_from
from pytest_engine.core.ensure.image_archives import export_images
from pytest_engine.core.ensure.image_builds import build_image
from pytest_engine.core.errors import EngineError, InvalidInput, reading
from pytest_engine.core.login_store import LoginStore
from pytest_engine.core.spec.values import read_env_file
from pytest_engine.core.stackfile.parts import read_stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

# More than the 255 bytes that a name may have.
LONG = "n" * 300
# Has every image, and is asked for nothing else.
ENGINE: Any = SimpleNamespace(images=SimpleNamespace(inspect=lambda _name: {"Id": "sha256:0"}))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied", "/root/app"), "Permission denied"),
        (ValueError("embedded null byte"), "embedded null byte"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_reason(error: Exception, reason: str) -> None:
    with pytest.raises(InvalidInput) as caught, reading("/root/app", "project_src"):
        raise error
    assert str(caught.value) == f"project_src: /root/app cannot be read: {reason}."


def test_what_is_refused_already_stays_as_it_is() -> None:
    refusal = InvalidInput("There is no Dockerfile.")
    with pytest.raises(InvalidInput) as caught, reading("/app", "path"):
        raise refusal
    assert caught.value is refusal


@pytest.mark.parametrize(
    "look",
    [
        lambda folder: build_image(ENGINE, BuildSpec("a:1", str(folder / LONG))),
        lambda folder: build_image(ENGINE, BuildSpec("a:1", str(folder), dockerfile=LONG)),
        lambda folder: export_images(ENGINE, ["a:1"], str(folder / LONG / "images.tar")),
        lambda folder: pack_context(folder / LONG),
        lambda folder: pack_context(folder, LONG),
        lambda folder: Project(folder / LONG).check(),
        lambda folder: Project(folder, files=(LONG,)).check(),
        lambda folder: list_contexts("a", environ={"DOCKER_CONFIG": str(folder / LONG)}),
    ],
)
def test_a_place_that_cannot_be_looked_at_is_refused(
    look: Callable[[Path], object], tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=LONG[:100]):
        look(tmp_path)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (read_env_file, "env_file: a"),
        (lambda path: read_env_file(path, "env_files"), "env_files: a"),
        (lambda path: read_stack("s", {"secrets": {"b": {"file": path}}}, Path()), "secrets.b: a"),
    ],
)
def test_a_file_whose_name_holds_a_nul_is_refused(look: Callable[[str], object], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        look("a\0b")
    assert str(caught.value) == f"{said}\0b cannot be read: embedded null byte."


def test_logins_in_a_file_whose_name_holds_a_nul_are_refused() -> None:
    with pytest.raises(EngineError, match="Cannot read the logins in a\0b: embedded"):
        LoginStore(Path("a\0b")).forget("registry.example")


def test_a_build_context_without_a_name_is_not_the_present_folder() -> None:
    with pytest.raises(InvalidInput, match=r"^path: name the folder"):
        build_image(ENGINE, BuildSpec("a:1", ""))


@pytest.mark.engine
def test_a_place_that_cannot_be_looked_at_gets_no_copy(
    engine: Engine, scratch: Scratch, busybox: str
) -> None:
    name = scratch.name("copied")
    engine.containers.create({"Image": busybox}, name=name)
    with pytest.raises(EngineError, match=LONG[:100]):
        fetch_from(engine, name, CopyOut("/etc/passwd", Path("/", LONG, "passwd")))
