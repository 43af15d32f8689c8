"""How fields are compared, and what a difference shows."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_engine.core.ensure.compare import (
    Difference,
    Field,
    compare_fields,
    comparison,
    contains,
    covers,
    equals,
    stated_fields,
)
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.service import ServiceSpec


@pytest.mark.parametrize(
    ("wanted", "actual", "same"),
    [
        ({}, {}, True),
        ({}, {"a": "1"}, True),
        ({"a": "1"}, {"a": "1", "b": "2"}, True),
        ({"a": "1"}, {"a": "2"}, False),
        ({"a": "1"}, {}, False),
        ({"a": None}, {}, False),
    ],
)
def test_a_mapping_contains_another(
    wanted: dict[str, Any],
    actual: dict[str, Any],
    same: bool,  # noqa: FBT001
) -> None:
    assert contains(wanted, actual) == same


@pytest.mark.parametrize(
    ("wanted", "actual", "same"),
    [([], ["a"], True), (["b", "a"], ["a", "b", "c"], True), (["a"], [], False)],
)
def test_a_list_covers_another(wanted: list[str], actual: list[str], same: bool) -> None:  # noqa: FBT001
    assert covers(wanted, actual) == same


def _field(same: Any = contains) -> Field:
    return Field("env", lambda spec: spec, lambda actual: actual, same, may_hold_secrets=True)


def test_what_is_not_stated_is_not_compared() -> None:
    assert compare_fields([_field()], None, {"A": "1"}) == ()


def test_a_difference_shows_only_the_keys_that_differ() -> None:
    found = compare_fields([_field()], {"A": "1", "B": "2"}, {"A": "1", "B": "3", "C": "4"})
    assert found == (Difference("env", {"B": "2"}, {"B": "3"}),)


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "api_token", "SecretKey", "AWS_CREDENTIALS", "BASIC_AUTH"]
)
def test_what_looks_like_a_secret_is_not_shown(name: str) -> None:
    (found,) = compare_fields([_field()], {name: "new"}, {name: "old"})
    assert found == Difference("env", {name: "********"}, {name: "********"})


@pytest.mark.parametrize("same", [equals, contains])
def test_a_secret_is_not_shown_however_its_field_is_compared(same: Any) -> None:
    (found,) = compare_fields([_field(same)], {"PASSWORD": "new"}, {"PASSWORD": "old"})
    assert "new" not in str(found)
    assert "old" not in str(found)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ("addr=nas,username=u,password=hunter2", "addr=nas,username=u,password=********"),
        ("password=hunter2,vers=3.0,ro", "password=********,vers=3.0,ro"),
        ("ro,pass=hun,,ter2,uid=0", "ro,pass=********,uid=0"),
        ("x=1,,PASSWORD2=hunter2=", "x=1,,PASSWORD2=********"),
        ("author=me,sec=krb5,password=", "author=me,sec=krb5,password="),
        ("no_password,soft", "no_password,soft"),
        ("", ""),
    ],
)
def test_a_secret_among_the_options_in_a_text_is_not_shown(options: str, shown: str) -> None:
    (found,) = compare_fields([_field()], {"o": options}, {"o": "ro"})
    assert found == Difference("env", {"o": shown}, {"o": "ro"})


def test_a_field_that_holds_no_secrets_is_shown_whatever_its_keys_are() -> None:
    field = Field("networks", lambda spec: spec, lambda actual: actual, equals)
    (found,) = compare_fields([field], {"auth-net": {}}, {"key-net": {}})
    assert found == Difference("networks", {"auth-net": {}}, {"key-net": {}})


def test_a_secret_that_is_not_there_yet_is_shown_as_missing() -> None:
    (found,) = compare_fields([_field()], {"PASSWORD": "new"}, {})
    assert found == Difference("env", {"PASSWORD": "********"}, {"PASSWORD": None})


def test_stated_fields_do_not_show_secrets() -> None:
    assert stated_fields([_field()], {"PASSWORD": "x", "A": "b"}) == {
        "env": {"PASSWORD": "********", "A": "b"}
    }


@pytest.mark.parametrize("mode", ["loose", "allow_more_present", None, True, 1, [], ["strict"], {}])
def test_what_is_no_way_to_compare_is_refused_with_those_there_are(mode: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        comparison("value", mode, "user")
    assert str(caught.value) == f"comparisons: user has ignore, strict, not {mode!r}."


def test_secrets_within_the_mounts_of_a_service_are_not_shown() -> None:
    def mount(word: str) -> dict[str, object]:
        options = {
            "Labels": {"token": word, "tier": "db"},
            "DriverConfig": {"Name": "local", "Options": {"o": f"addr=nas,password={word}"}},
        }
        return {"Target": "/data", "VolumeOptions": options}

    shown = stated_fields(ServiceKind.fields, ServiceSpec("s", settings={"mounts": [mount("x")]}))
    assert shown == {"mounts": [mount("********")]}
