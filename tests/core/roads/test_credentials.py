"""Logins to a real registry with TLS that wants one: where they come from, what is told."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import uuid
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import (
    EngineError,
    ImageNotFound,
    PermissionDenied,
    PullFailed,
    PushFailed,
    ServerError,
)
from tests.lab.packages import ensure_programs
from tests.lab.private_registry import PrivateRegistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.lab import Lab
    from tests.roads import TlsEngine

pytestmark = pytest.mark.engine

_WRONG = "s3cr3t-wrong"

# The protocol of docker-credential-helpers: the server on standard input, a JSON object on
# standard output; `credentials not found` and exit code 1 where it has nothing.
_HELPER = """#!/bin/sh
[ "$1" = get ] || exit 2
read -r server
[ -f "{folder}/$server" ] || {{ echo "credentials not found in native keychain"; exit 1; }}
cat "{folder}/$server"
"""


@pytest.fixture(scope="module")
def registry(
    tls_engine: TlsEngine, lab_below: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateRegistry]:
    """A registry on the engine's own bridge, whose certificate the engine verifies."""
    ensure_programs(("htpasswd",), lab_below.folder / "logs")
    network = next(tls_engine.private.subnet.subnets(new_prefix=24))
    folder = tmp_path_factory.mktemp("registry")
    server = PrivateRegistry(
        folder, folder / "storage", ip=str(network[1]), authority=tls_engine.authority
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def name(registry: PrivateRegistry, over_tls: Engine, box: str) -> Iterator[str]:
    """The name of an image that can be pushed to it."""
    assert box
    image = f"{registry.host}/image-{uuid.uuid4().hex[:8]}:1"
    over_tls.images.tag("busybox", image)
    yield image
    with contextlib.suppress(ImageNotFound):
        over_tls.images.remove(image, force=True)


Connect = Callable[..., Engine]


@pytest.fixture
def connect(tls_engine: TlsEngine, tmp_path: Path) -> Iterator[Connect]:
    """Make clients of the engine whose Docker configuration is the one given."""
    with contextlib.ExitStack() as stack:

        def make(config: Mapping[str, Any] | None = None, **environ: str) -> Engine:
            (tmp_path / "config.json").write_text(json.dumps(config or {}))
            environ["DOCKER_CONFIG"] = str(tmp_path)
            return stack.enter_context(Engine(tls_engine.host, tls=tls_engine.tls, environ=environ))

        yield make


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put `docker-credential-lab` on the PATH; it has what lies in its folder."""
    folder = tmp_path / "helper"
    folder.mkdir()
    script = folder / "docker-credential-lab"
    script.write_text(_HELPER.format(folder=folder))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder


def auths(registry: PrivateRegistry, password: str) -> dict[str, Any]:
    """The part of Docker's configuration that `docker login` writes without a helper."""
    entry = base64.b64encode(f"{registry.username}:{password}".encode()).decode()
    return {"auths": {registry.host: {"auth": entry}}}


def round_trip(engine: Engine, name: str) -> None:
    """Push an image, forget it, and pull it."""
    engine.images.push(name)
    engine.images.remove(name)
    engine.images.pull(name)


def assert_hidden(secret: str, error: BaseException | None) -> None:
    """An error does not show a secret, nor does any that it comes from."""
    assert error is not None
    while error is not None:
        shown = f"{error} {error!r} {vars(error)}"
        assert secret not in shown
        assert base64.b64encode(secret.encode()).decode().rstrip("=") not in shown
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


# Logging in


def test_a_login_can_be_tried(registry: PrivateRegistry, over_tls: Engine) -> None:
    answer = over_tls.system.login(registry.host, registry.username, registry.password)
    # This kind of registry hands out no tokens.
    assert answer == {"Status": "Login Succeeded", "IdentityToken": ""}


def test_a_wrong_password_is_refused_and_not_shown(
    registry: PrivateRegistry, over_tls: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(PermissionDenied) as caught:
        over_tls.system.login(registry.host, registry.username, _WRONG)
    assert f"{registry.host} refuses the login of 'lab': " in str(caught.value)
    assert str(caught.value).endswith("Check user and password.")
    assert_hidden(_WRONG, caught.value)
    assert _WRONG not in caplog.text


def test_a_login_without_a_user_is_refused(registry: PrivateRegistry, over_tls: Engine) -> None:
    with pytest.raises(PermissionDenied):
        over_tls.system.login(registry.host, "", "")


def test_a_registry_that_is_not_there_refuses_no_login(over_tls: Engine) -> None:
    with pytest.raises(ServerError, match="connection refused") as caught:
        over_tls.system.login("127.0.0.1:1", "lab", _WRONG)
    assert_hidden(_WRONG, caught.value)


# Where logins come from


def test_a_login_of_the_configuration_is_used(
    registry: PrivateRegistry, connect: Connect, name: str
) -> None:
    round_trip(connect(auths(registry, registry.password)), name)


def test_a_login_of_the_environment_is_used(
    registry: PrivateRegistry, connect: Connect, name: str
) -> None:
    inline = json.dumps(auths(registry, registry.password))
    round_trip(connect(auths(registry, _WRONG), DOCKER_AUTH_CONFIG=inline), name)


@pytest.mark.parametrize("section", ["credHelpers", "credsStore"])
def test_a_login_of_a_helper_is_used(
    section: str, registry: PrivateRegistry, connect: Connect, name: str, helper: Path
) -> None:
    answer = {"Username": registry.username, "Secret": registry.password}
    (helper / registry.host).write_text(json.dumps(answer))
    names = {"credHelpers": {registry.host: "lab"}, "credsStore": "lab"}
    # A helper wins over what is written beside it.
    round_trip(connect({section: names[section], **auths(registry, _WRONG)}), name)


def test_a_helper_of_one_registry_wins_over_the_one_of_all(
    registry: PrivateRegistry, connect: Connect, name: str, helper: Path
) -> None:
    answer = {"Username": registry.username, "Secret": registry.password}
    (helper / registry.host).write_text(json.dumps(answer))
    config = {"credHelpers": {registry.host: "lab"}, "credsStore": "not-installed"}
    round_trip(connect(config), name)


def test_a_login_made_meanwhile_is_used(
    registry: PrivateRegistry, connect: Connect, name: str
) -> None:
    engine = connect()
    with pytest.raises(PushFailed):
        engine.images.push(name)
    connect(auths(registry, registry.password))
    round_trip(engine, name)


def test_images_that_need_no_login_are_pulled_beside_a_broken_one(
    registry: PrivateRegistry, connect: Connect
) -> None:
    connect(auths(registry, _WRONG)).images.pull("busybox")


# What is refused


def test_without_a_login_the_advice_is_to_log_in(
    registry: PrivateRegistry, connect: Connect, name: str
) -> None:
    engine = connect()
    with pytest.raises(PushFailed, match=f"Log in to {registry.host} with docker login"):
        engine.images.push(name)
    with pytest.raises(PullFailed, match=f"log in to {registry.host} with docker login"):
        engine.images.pull(name)


@pytest.mark.parametrize("source", ["auths", "DOCKER_AUTH_CONFIG", "helper"])
def test_a_wrong_login_is_named_and_not_shown(
    source: str,
    registry: PrivateRegistry,
    connect: Connect,
    name: str,
    helper: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    answer = {"Username": registry.username, "Secret": _WRONG}
    (helper / registry.host).write_text(json.dumps(answer))
    if source == "helper":
        engine = connect({"credsStore": "lab"})
    elif source == "auths":
        engine = connect(auths(registry, _WRONG))
    else:
        engine = connect(DOCKER_AUTH_CONFIG=json.dumps(auths(registry, _WRONG)))
    refused = f"the login to {registry.host} in Docker's configuration"
    with pytest.raises(PushFailed, match=refused) as pushed:
        engine.images.push(name)
    with pytest.raises(PullFailed, match=refused) as pulled:
        engine.images.pull(name)
    for error in (pushed.value, pulled.value):
        assert error.image == name
        assert_hidden(_WRONG, error)
    assert _WRONG not in caplog.text


@pytest.mark.parametrize("source", ["auths", "helper"])
def test_an_identity_token_reaches_the_registry_which_knows_none(
    source: str, registry: PrivateRegistry, connect: Connect, name: str, helper: Path
) -> None:
    (helper / registry.host).write_text(json.dumps({"Username": "<token>", "Secret": _WRONG}))
    if source == "helper":
        engine = connect({"credHelpers": {registry.host: "lab"}})
    else:
        engine = connect({"auths": {registry.host: {"identitytoken": _WRONG}}})
    with pytest.raises(PushFailed, match="in Docker's configuration") as caught:
        engine.images.push(name)
    assert_hidden(_WRONG, caught.value)


def test_a_helper_that_breaks_is_named_before_anything_is_sent(
    registry: PrivateRegistry, connect: Connect, name: str, helper: Path
) -> None:
    (helper / registry.host).write_text(_WRONG)
    engine = connect({"credsStore": "lab"})
    for call in (engine.images.push, engine.images.pull):
        with pytest.raises(EngineError, match="docker-credential-lab did not answer") as caught:
            call(name)
        assert_hidden(_WRONG, caught.value)


def test_an_image_that_the_registry_lacks_is_no_matter_of_the_login(
    registry: PrivateRegistry, connect: Connect
) -> None:
    engine = connect(auths(registry, registry.password))
    with pytest.raises(PullFailed, match="Check the name and the tag"):
        engine.images.pull(f"{registry.host}/none:1")


# Builds


def test_a_private_base_image_is_pulled_before_the_build(
    registry: PrivateRegistry, connect: Connect, name: str
) -> None:
    engine = connect(auths(registry, registry.password))
    engine.images.push(name)
    engine.images.remove(name)
    dockerfile = {"Dockerfile": f"FROM {name}\nLABEL built=1\n"}
    # BuildKit would ask back for the login, over a connection that this client does not have.
    built = engine.build.image(dockerfile)
    assert engine.images.inspect(built)["Config"]["Labels"] == {"built": "1"}
    engine.images.remove(built, force=True)
