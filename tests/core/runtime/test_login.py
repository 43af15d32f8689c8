"""Logins with passwords and tokens, to a registry that hands tokens out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.auth import login_to
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ImageNotFound, InvalidInput, PermissionDenied
from pytest_engine.core.runtime import AuthConfig, EngineRuntime
from tests.core.token_registry import BEARER, IDENTITY, PASSWORD, USER, token_registry

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="it speaks plain HTTP only to registries of its own list"),
]


@pytest.fixture
def registry(engine_host: str) -> Iterator[str]:
    """The registry, where the engine reaches it."""
    assert engine_host
    with token_registry() as host:
        yield host


@pytest.fixture
def client(engine_host: str) -> Iterator[Engine]:
    """A client of its own: nobody else is to use its logins."""
    with Engine(engine_host, environ={"DOCKER_CONFIG": "/nowhere"}) as engine:
        yield engine


def assert_let_in(client: Engine, registry: str) -> None:
    """The registry says that it lacks the image, which it tells nobody whom it does not know."""
    with pytest.raises(ImageNotFound):
        EngineRuntime(client).image_pull(f"{registry}/some:1")


def assert_kept_out(client: Engine, registry: str) -> None:
    with pytest.raises(PermissionDenied):
        EngineRuntime(client).image_pull(f"{registry}/some:1")


@pytest.mark.parametrize(
    "login",
    [
        {"username": USER, "password": PASSWORD},
        {"identity_token": IDENTITY},
        {"registry_token": BEARER},
        {"username": USER, "password": "wrong", "identity_token": IDENTITY},
        {"identity_token": "wrong", "registry_token": BEARER},
    ],
    ids="+".join,
)
def test_after_a_login_the_runtime_pulls_with_it(
    login: dict[str, str], registry: str, client: Engine
) -> None:
    assert_kept_out(client, registry)
    EngineRuntime(client).login(AuthConfig(server_address=registry, **login))
    assert_let_in(client, registry)


@pytest.mark.parametrize(
    "login", [{"username": USER, "password": "wrong"}, {"identity_token": "wrong"}]
)
def test_a_login_that_is_refused_is_not_kept(
    login: dict[str, str], registry: str, client: Engine
) -> None:
    with pytest.raises(PermissionDenied) as caught:
        EngineRuntime(client).login(AuthConfig(server_address=registry, **login))
    assert "wrong" not in str(caught.value)
    assert client.credentials.login(registry) is None


def test_the_token_that_is_handed_out_is_kept_in_place_of_the_password(
    registry: str, client: Engine
) -> None:
    answer = client.system.login(registry, USER, PASSWORD, remember=True)
    assert answer["IdentityToken"] == IDENTITY
    assert client.credentials.login(registry) == login_to(registry, identity_token=IDENTITY)


def test_a_login_is_kept_by_nobody_who_is_not_asked_to(registry: str, client: Engine) -> None:
    client.system.login(registry, USER, PASSWORD)
    client.system.login(registry, identity_token=IDENTITY)
    assert client.credentials.login(registry) is None
    assert_kept_out(client, registry)


def test_a_user_and_a_token_are_too_much(registry: str, client: Engine) -> None:
    with pytest.raises(InvalidInput, match="either a user with a password or an identity token"):
        client.system.login(registry, USER, PASSWORD, identity_token=IDENTITY)  # type: ignore[call-overload]
