"""What Compose says of its progress, as 2.26 (lines) and 2.40 (JSON) said it."""

from __future__ import annotations

import pytest

from pytest_engine.core.compose.events import (
    PULLING,
    Event,
    actions,
    is_changed,
    reason,
    warnings,
)
from pytest_engine.core.compose.json_events import read_json_events
from pytest_engine.core.compose.plain_events import read_plain_events

UP = """\
time="2026-11-21T16:51:24Z" level=warning msg="The \\"A\\" variable is not set."
 Network shop_default  Creating
 Network shop_default  Created
 Volume "shop_data"  Creating
 Volume "shop_data"  Created
 Container shop-web-1  Recreate
 Container shop-web-1  Recreated
 Container shop-web-1  Starting
 Container shop-web-1  Started
"""
UP_JSON = r"""
{"level":"warning","msg":"The \"A\" variable is not set.","time":"2026-11-21T16:51:29Z"}
{"id":"Network shop_default","status":"Creating"}
{"id":"Network shop_default","status":"Created"}
{"id":"Volume shop_data","status":"Creating"}
{"id":"Volume shop_data","status":"Created"}
{"id":"Container shop-web-1","status":"Recreate"}
{"id":"Container shop-web-1","status":"Recreated"}
{"id":"Container shop-web-1","status":"Starting"}
{"id":"Container shop-web-1","status":"Started"}
"""
PULL = """\
 side Skipped - Image is already being pulled by web 
 web Pulling 
 db1416444242 Pulling fs layer 
 db1416444242 Downloading [=>                                  ]  32.77kB/1.069MB
 db1416444242 Downloading [===================================>]  1.069MB/1.069MB
 db1416444242 Download complete 
 db1416444242 Pull complete 
 web Pulled 
"""  # noqa: W291  # so it is written
PULL_JSON = """\
{"id":"side","text":"Skipped - Image is already being pulled by web"}
{"id":"web","text":"Pulling"}
{"id":"db1416444242","parent_id":"web","text":"Pulling fs layer"}
{"id":"db1416444242","parent_id":"web","text":"Downloading","status":"[=>  ]  36.45kB/1.069MB"}
{"id":"db1416444242","parent_id":"web","text":"Downloading","status":"[===>]  1.069MB/1.069MB"}
{"id":"db1416444242","parent_id":"web","text":"Download complete","percent":100}
{"id":"db1416444242","parent_id":"web","text":"Pull complete","percent":100}
{"id":"web","text":"Pulled"}
"""
NOTHING = " Container shop-side-1  Running\n Container shop-web-1  Running\n"
NOTHING_JSON = '{"id":"Container shop-web-1","status":"Running"}\n'
NOT_THERE = """\
 DRY-RUN MODE -  side Pulling 
 DRY-RUN MODE -  side Error lookup registry-1.docker.io: no such host
 DRY-RUN MODE -  side  - Pull error for image: busybox 
failed to do request: no such host
"""  # noqa: W291  # so it is written
NOT_THERE_JSON = """\
{"dry-run":true,"id":"side","text":"Pulling"}
{"dry-run":true,"id":"side","text":"Error","status":"lookup registry-1.docker.io: no such host"}
{"dry-run":true,"id":"side","text":" - Pull error for image: busybox"}
{"dry-run":true,"id":"web","status":"Interrupted"}
{"error":true,"message":"failed to do request: no such host"}
"""


def both(plain: str, as_json: str) -> list[list[Event]]:
    return [list(read_plain_events(plain)), list(read_json_events(as_json))]


def test_what_up_does_is_told_in_both_forms_alike() -> None:
    done = [
        ("network", "shop_default", "Creating"),
        ("volume", "shop_data", "Creating"),
        ("container", "shop-web-1", "Recreate"),
        ("container", "shop-web-1", "Starting"),
    ]
    for events in both(UP, UP_JSON):
        assert [tuple(action.values()) for action in actions(events)] == done
        assert is_changed(events)
        assert warnings(events) == ['Docker Compose: The "A" variable is not set.']


def test_a_layer_is_told_once_however_often_its_progress_is() -> None:
    for events, service in zip(both(PULL, PULL_JSON), ("service", "image")):
        assert [tuple(action.values()) for action in actions(events)] == [
            (service, "web", "Pulling"),
            ("image-layer", "db1416444242", "Pulling fs layer"),
            ("image-layer", "db1416444242", "Downloading"),
        ]
        assert is_changed(events, PULLING)
        assert warnings(events) == []


def test_that_something_runs_is_no_change() -> None:
    for events in both(NOTHING, NOTHING_JSON):
        assert (is_changed(events), actions(events), warnings(events)) == (False, [], [])


def test_asking_a_registry_in_vain_is_no_change_where_pulling_does_not_count() -> None:
    for events in both(" web Pulling \n web Pulled \n", '{"id":"web","text":"Pulling"}'):
        assert (is_changed(events), is_changed(events, PULLING)) == (True, False)


def test_a_failure_has_its_reason() -> None:
    for events in both(NOT_THERE, NOT_THERE_JSON):
        text = reason(events)
        assert "side: lookup registry-1.docker.io: no such host" in text
        assert "failed to do request: no such host" in text
    alone = both("no such service: x\n", '{"error":true,"message":"no such service: x"}')
    assert [reason(events) for events in alone] == ["no such service: x"] * 2
    # What was said before something was done is not the reason.
    after = read_plain_events("about\n Container a  Starting\nError response from daemon: taken\n")
    assert reason(after) == "Error response from daemon: taken"


def test_what_is_said_of_a_resource_is_a_warning() -> None:
    said = "Resource is still in use"
    for events in both(
        f" Network shop_default  {said}\n", f'{{"id":"Network shop_default","status":"{said}"}}'
    ):
        assert warnings(events) == [f"Docker Compose: network shop_default: {said}"]
        assert not is_changed(events)


def test_that_there_was_nothing_to_remove_is_a_warning_in_all_its_forms() -> None:
    said = 'No resource found to remove for project \\"shop\\".'
    forms = [
        list(read_plain_events(f"Warning: {said}\n")),
        list(read_json_events(f"Warning: {said}\n")),
        list(read_json_events(f'{{"level":"warning","msg":"Warning: {said}"}}\n')),
        list(read_json_events(f'{{"tail":true,"text":"WARNING: {said}"}}\n')),
    ]
    assert [len(warnings(events)) for events in forms] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ('{"id":"Service app","status":"Building"}', Event("service", "app", "Building")),
        ('{"id":"app","status":"Built"}', Event("unknown", "app", "Built")),
        (
            '{"dry-run":true,"id":" ","text":"build service app"}',
            Event("service", "app", "Building"),
        ),
        (
            '{"id":"63a2","parent_id":"Image nginx:1","status":"Working"}',
            Event("image-layer", "nginx:1", "Working"),
        ),
        (
            '{"id":"63a2","parent_id":"Image nginx:1","status":"Done","percent":100}',
            Event("image-layer", "nginx:1", ""),
        ),
        ('{"id":"Image nginx:1","text":"Pulling"}', Event("image", "nginx:1", "Pulling")),
        ('{"id":"Container a","status":"Waiting"}', Event("container", "a", "Waiting")),
        ("ssh: a word of somebody else", Event("unknown", "", "", "ssh: a word of somebody else")),
        (
            '{"dry-run":true,"id":"==> ==>","text":"naming to shop-app"}',
            Event("unknown", "==> ==>", ""),
        ),
    ],
)
def test_other_forms_of_json(line: str, event: Event) -> None:
    assert list(read_json_events(line)) == [event]


@pytest.mark.parametrize(
    ("line", "events"),
    [
        (" DRY-RUN MODE -   build service app", [Event("service", "app", "Building")]),
        (" DRY-RUN MODE -  ==> writing image dryRun-5d92", []),
        ("#5 DONE 0.2s", []),
        (" Container a  Error", [Event("container", "a", "Error")]),
        (" Container a  Error no space", [Event("container", "a", "Error", "no space")]),
        (" web Warning old", [Event("unknown", "web", "Warning", "old")]),
        ("", []),
    ],
)
def test_other_forms_of_lines(line: str, events: list[Event]) -> None:
    assert list(read_plain_events(line)) == events
