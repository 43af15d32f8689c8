"""Answers of engines, turned into errors; the texts are those of real engines."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core import errors
from pytest_engine.core.errors import EngineError
from pytest_engine.core.refusals import error_from_answer, message_from_body


def _body(message: str) -> bytes:
    return json.dumps({"message": message}).encode()


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "invalid reference format", errors.BadRequest),
        (401, "unauthorized", errors.PermissionDenied),
        (403, "endpoint with name x already exists in network y", errors.PermissionDenied),
        (404, "page not found", errors.NotServed),
        (404, "Not Found", errors.NotServed),
        (503, "Podman does not support service: /v1.41/swarm/init", errors.NotServed),
        (501, "update is not supported", errors.NotServed),
        (404, "no page was found", errors.NotFound),
        (404, "No such exec instance: x", errors.NotFound),
        (404, "No such container: web", errors.ContainerNotFound),
        (404, 'no container with name or ID "web" found', errors.ContainerNotFound),
        (404, "No such image: redis:7", errors.ImageNotFound),
        (
            404,
            "image with reference x was found but does not match the specified platform: wanted y",
            errors.ImageNotFound,
        ),
        (
            404,
            "image with reference x was found but does not provide the specified platform (y)",
            errors.ImageNotFound,
        ),
        (404, "network back not found", errors.NetworkNotFound),
        (404, "get data: no such volume", errors.VolumeNotFound),
        (409, "You have to remove (or rename) that container", errors.Conflict),
        (418, "I am a teapot", errors.ApiError),
        (500, "something broke", errors.ServerError),
        (503, "This node is not a swarm manager. Use ...", errors.NotSwarmManager),
        (503, "This node is not part of a swarm", errors.NotSwarmManager),
        (
            503,
            "This node is not a swarm manager. Manager is being prepared or has trouble ...",
            errors.NoLeader,
        ),
        (503, "Swarm is encrypted and needs to be unlocked before ...", errors.SwarmLocked),
        (503, "This node is already part of a swarm. Use ...", errors.AlreadyInSwarm),
        (
            500,
            "rpc error: code = Unknown desc = The swarm does not have a leader. It's ...",
            errors.NoLeader,
        ),
        (
            500,
            "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            errors.NoLeader,
        ),
        (500, "raft: failed to process the request: node lost leader status", errors.NoLeader),
        (503, "You are attempting to leave the swarm on a node that ...", errors.Conflict),
        (500, "rpc error: code = Unknown desc = update out of sequence", errors.OutOfSequence),
        (400, "secret 'a' is in use by the following service: web", errors.Conflict),
        (400, "desc = port '80' is already in use by service 'a' (b) as an ...", errors.PortInUse),
        (500, "network back not found", errors.NetworkNotFound),
        (500, "invalid join token", errors.BadRequest),
        (404, "service network not found", errors.NotFound),
        (404, "This node is not a swarm manager", errors.NotFound),
        (500, "Bind for 0.0.0.0:80 failed: port is already allocated", errors.PortInUse),
        (500, "listen tcp4 0.0.0.0:80: bind: address already in use", errors.PortInUse),
        (500, "No such image: redis:7", errors.ImageNotFound),
        (301, "Moved Permanently", errors.ApiError),
    ],
)
def test_an_answer_becomes_the_error_that_it_stands_for(
    status: int, message: str, kind: type[errors.ApiError]
) -> None:
    assert kind is type(error_from_answer(status, "GET", "/x", _body(message)))


def test_an_error_keeps_the_facts_of_the_answer() -> None:
    error = error_from_answer(409, "POST", "/containers/create", _body("Conflict."))
    facts = (error.status, error.method, error.path, error.engine_message)
    assert facts == (409, "POST", "/containers/create", "Conflict.")


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("addr=nas,username=u,password=hunter2", "addr=nas,username=u,password=********"),
        ("pass=hunter2,password2=h:u,,n: ter", "pass=********,password2=********"),
        ("name=admin,secret=hunter2==", "name=admin,secret=********"),
        ("addr=nas,passive,ro", "addr=nas,passive,ro"),
    ],
)
def test_the_password_of_a_share_that_cannot_be_mounted_is_not_shown(
    options: str, shown: str
) -> None:
    text = (
        "error while mounting volume '/v/_data': failed to mount local volume: "
        "mount //nas/data:/v/_data, data: {}: no such device"
    )
    error = error_from_answer(500, "POST", "/containers/web/start", _body(text.format(options)))
    assert error.engine_message == text.format(shown)
    assert "hunter2" not in f"{error} {error!r}"


def test_the_message_says_what_was_tried_and_what_the_engine_said() -> None:
    error = error_from_answer(409, "POST", "/containers/web/start", _body("it is paused"))
    assert str(error) == "POST /containers/web/start: it is paused (HTTP 409)"


def test_the_message_says_what_to_do_where_that_is_known() -> None:
    error = error_from_answer(404, "POST", "/containers/create", _body("No such image: x"))
    assert str(error).endswith("(HTTP 404). Pull, build or load the image first.")


def test_an_answer_without_a_body_still_makes_a_sentence() -> None:
    assert str(error_from_answer(500, "GET", "/info", b"")) == (
        "GET /info: no reason given (HTTP 500)"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"message": "no"}', "no"),
        (b'{"cause": "why", "message": "", "response": 500}', "why"),
        (b'{"error": "bad"}', "bad"),
        (b"404 page not found\n", "404 page not found"),
        (b"", ""),
        (b"[1, 2]", "[1, 2]"),
        (b'{"message": 5}', '{"message": 5}'),
        (b"null", "null"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
@pytest.mark.pitfall(13)
def test_the_words_of_the_engine_are_found_in_any_body(body: bytes, message: str) -> None:
    assert message_from_body(body) == message


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (
            (
                'container create: the container name "web" is already in use by 5eb28c. You have '
                "to remove that container to be able to reuse that name: that name is already in "
                "use"
            ),
            errors.Conflict,
        ),
        ('"net" has associated containers with it: network is being used', errors.PermissionDenied),
        (
            "can only create exec sessions on running containers: container state improper",
            errors.Conflict,
        ),
        ("default network podman cannot be removed", errors.PermissionDenied),
        (
            "unable to delete image by ID with more than one tag ([a:1 b:1]): please force removal",
            errors.Conflict,
        ),
        ("docker.io/library/none: image not known", errors.ImageNotFound),
        (
            "no container with ID da53d7 found in database: no such container",
            errors.ContainerNotFound,
        ),
        ("no such container here, but a broken disk", errors.ServerError),
    ],
)
def test_what_podman_answers_with_500_is_the_error_that_docker_would_answer(
    message: str, kind: type[EngineError]
) -> None:
    body = json.dumps({"cause": "x", "message": message, "response": 500}).encode()
    assert type(error_from_answer(500, "POST", "/x", body)) is kind


def test_a_huge_body_is_cut() -> None:
    assert len(message_from_body(b"<html>" * 10000)) == 2000


def test_a_body_nested_too_deeply_to_be_decoded_is_shown_as_it_is() -> None:
    assert message_from_body(b"[" * 200000) == "[" * 2000


@given(st.integers(300, 599), st.binary())
@pytest.mark.pitfall(13)
def test_making_an_error_never_fails(status: int, body: bytes) -> None:
    assert error_from_answer(status, "GET", "/x", body).status == status


@pytest.mark.parametrize("name", [name for name in errors.__all__ if name[0].isupper()])
def test_every_error_has_the_one_root(name: str) -> None:
    assert issubclass(getattr(errors, name), EngineError)


def test_wrong_input_is_also_a_value_error() -> None:
    assert issubclass(errors.InvalidInput, ValueError)


def test_what_an_engine_does_not_serve_is_no_missing_thing() -> None:
    assert issubclass(errors.NotServed, errors.Incompatible)
    assert not issubclass(errors.NotServed, errors.NotFound)


def test_a_timeout_is_also_the_one_of_python() -> None:
    assert issubclass(errors.Timeout, TimeoutError)


def test_a_launch_that_failed_shows_the_last_words_of_the_engine() -> None:
    error = errors.LaunchFailed("dockerd ended.", "no space left")
    assert str(error) == "dockerd ended.\nno space left"
