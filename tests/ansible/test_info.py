"""The modules that only look: what there is, what there is not, and lists of both."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.own_container import find_own_container

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

LOOKED_AT = ("container", "context", "host", "image", "network", "plugin", "volume")


def looks(module: str, *options: dict[str, Any]) -> list[dict[str, Any]]:
    """Make a task of each set of options, named by its number."""
    return [
        {"name": str(number), f"pytest_engine.engine.{module}": given}
        for number, given in enumerate(options)
    ]


def see(playbooks: Playbooks, module: str, *options: dict[str, Any]) -> list[dict[str, Any]]:
    """Look several times, in check mode as well as without: it is the same."""
    tasks = looks(module, *options)
    checks = [{**task, "name": f"{task['name']} (check)", "check_mode": True} for task in tasks]
    run = playbooks.run_tasks(tasks + checks, "--diff")
    assert (run.returncode, run.changed) == (0, []), run.output
    for task, check in zip(tasks, checks):
        assert run.results[task["name"]].keys() == run.results[check["name"]].keys()
    return [run.results[task["name"]] for task in tasks]


def test_container_info(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    names = [scratch.name(suffix) for suffix in ("a", "b", "c")]
    label = scratch.name("label")
    ids = [
        engine.containers.create({"Image": busybox, "Labels": {label: ""}}, name=name)["Id"]
        for name in names
    ]
    one, none, several, matching, nothing, empty = see(
        playbooks,
        "container_info",
        {"name": names[0]},
        {"name": scratch.name("none")},
        {"names": [names[2], scratch.name("none"), ids[0][:12]]},
        {"filters": {"label": [label], "status": ["created", "running"]}},
        {"filters": {"label": label, "status": "running"}},
        {"names": []},
    )
    assert (one["exists"], one["container"]) == (True, engine.containers.inspect(ids[0]))
    assert (none["exists"], none["container"]) == (False, None)
    assert [container["Id"] for container in several["containers"]] == [ids[2], ids[0]]
    assert several["missing"] == [scratch.name("none")]
    assert matching["containers"] == [engine.containers.inspect(id) for id in reversed(ids)]
    assert (nothing["containers"], empty["containers"]) == ([], [])


def test_network_info(playbooks: Playbooks, scratch: Scratch, engine: Engine) -> None:
    names = [scratch.name(suffix) for suffix in ("a", "b")]
    label = scratch.name("label")
    for name in names:
        engine.networks.create({"Name": name, "Labels": {label: ""}})
    one, none, several, matching = see(
        playbooks,
        "network_info",
        {"name": names[0]},
        {"name": scratch.name("none")},
        {"names": [names[1], scratch.name("none"), names[0]]},
        {"filters": {"label": label}},
    )
    assert (one["exists"], one["network"]) == (True, engine.networks.inspect(names[0]))
    assert (none["exists"], none["network"]) == (False, None)
    assert [network["Name"] for network in several["networks"]] == [names[1], names[0]]
    assert several["missing"] == [scratch.name("none")]
    assert sorted(network["Name"] for network in matching["networks"]) == names


def test_volume_info(playbooks: Playbooks, scratch: Scratch, engine: Engine) -> None:
    names = [scratch.name(suffix) for suffix in ("a", "b")]
    label = scratch.name("label")
    for name in names:
        engine.volumes.create({"Name": name, "Labels": {label: ""}})
    one, old, none, several, matching, nothing = see(
        playbooks,
        "volume_info",
        {"name": names[0]},
        {"volume_name": names[0]},
        {"name": scratch.name("none")},
        {"names": [names[1], scratch.name("none"), names[0]]},
        {"filters": {"label": label, "dangling": True}},
        {"filters": {"label": label, "dangling": False}},
    )
    assert (one["exists"], one["volume"]) == (True, engine.volumes.inspect(names[0]))
    assert old["volume"] == one["volume"]
    assert (none["exists"], none["volume"]) == (False, None)
    assert [volume["Name"] for volume in several["volumes"]] == [names[1], names[0]]
    assert several["missing"] == [scratch.name("none")]
    assert sorted(volume["Name"] for volume in matching["volumes"]) == names
    assert nothing["volumes"] == []


def test_image_info(playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str) -> None:
    image = engine.images.inspect(busybox)
    name = f"{scratch.name('image')}:1"
    engine.images.tag(busybox, name)
    bare = image["Id"].removeprefix("sha256:")
    there = {found["Id"] for found in engine.images.list()}
    one, ids, several, matching, everything, empty = see(
        playbooks,
        "image_info",
        {"name": busybox},
        {"name": [image["Id"], bare, bare[:12]]},
        {"name": [name, scratch.name("image"), busybox]},
        {"filters": {"reference": f"{scratch.name('image')}:*"}},
        {},
        {"name": []},
    )
    assert (one["images"], one["missing"]) == ([engine.images.inspect(busybox)], [])
    assert [found["Id"] for found in ids["images"]] == [image["Id"]] * 3
    assert [found["Id"] for found in several["images"]] == [image["Id"]] * 2
    assert several["missing"] == [scratch.name("image")]  # it has no tag latest
    assert [found["Id"] for found in matching["images"]] == [image["Id"]]
    # Others make and remove images meanwhile; those that stay are all there, in any order.
    stayed = there & {found["Id"] for found in engine.images.list()}
    assert stayed
    assert stayed <= {found["Id"] for found in everything["images"]}
    assert stayed <= {found["Id"] for found in empty["images"]}
    assert "missing" not in everything


def test_an_image_whose_name_begins_like_an_id_is_found_by_its_name(
    playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str
) -> None:
    image = engine.images.inspect(busybox)["Id"]
    source = engine.containers.create({"Image": busybox}, name=scratch.name())["Id"]
    named = image.removeprefix("sha256:")[:12]
    other = engine.images.commit(source, name=named)["Id"]
    try:
        (seen,) = see(playbooks, "image_info", {"name": named})
        assert [found["Id"] for found in seen["images"]] == [other]
    finally:
        engine.images.remove(f"{named}:latest")


def test_host_info(playbooks: Playbooks, scratch: Scratch, engine: Engine, busybox: str) -> None:
    label = scratch.name("label")
    labels = {label: ""}
    sleeping: Any = {"Image": busybox, "Cmd": ["sleep", "600"], "Labels": labels}
    runs = engine.containers.create(sleeping, name=scratch.name("runs"))["Id"]
    engine.containers.start(runs)
    rests = engine.containers.create(sleeping, name=scratch.name("rests"))["Id"]
    engine.networks.create({"Name": scratch.name("net"), "Labels": labels})
    engine.volumes.create({"Name": scratch.name("data"), "Labels": labels})
    sorts = ("containers", "images", "networks", "volumes")
    asked = {
        **dict.fromkeys((*sorts, "disk_usage"), True),
        **{f"{sort}_filters": {"label": [label]} for sort in sorts},
    }
    plain, brief, verbose, everything = see(
        playbooks,
        "host_info",
        {},
        asked,
        {**asked, "containers_all": True, "verbose_output": True},
        {"images": True, "images_filters": {"reference": busybox, "dangling": False}},
    )
    assert plain["can_talk_to_docker"] is True
    assert plain["host_info"]["ID"] == engine.system.info().get("ID")
    assert {*sorts, "disk_usage"} & plain.keys() == set()
    assert [list(container) for container in brief["containers"]] == [
        ["Id", "Image", "Command", "Created", "Status", "Ports", "Names"]
    ]
    assert brief["containers"][0]["Id"] == runs
    assert brief["volumes"] == [{"Driver": "local", "Name": scratch.name("data")}]
    assert [network["Name"] for network in brief["networks"]] == [scratch.name("net")]
    assert brief["networks"][0].keys() == {"Id", "Driver", "Name", "Scope"}
    assert (brief["images"], brief["disk_usage"].keys()) == ([], {"LayersSize"})
    assert {container["Id"] for container in verbose["containers"]} == {runs, rests}
    assert verbose["containers"][0]["Labels"] == labels
    assert verbose["volumes"][0]["Labels"] == labels
    assert {"LayersSize", "Images", "Containers", "Volumes"} <= verbose["disk_usage"].keys()
    assert [image.keys() for image in everything["images"]] == [
        {"Id", "RepoTags", "Created", "Size"}
    ]


def test_an_engine_that_does_not_answer_is_told_from_one_that_refuses(
    playbooks: Playbooks, tmp_path: Path
) -> None:
    wanted: list[dict[str, Any]] = [
        {"docker_host": f"unix://{tmp_path}/none.sock"},
        {"volumes": True, "volumes_filters": {"no such": "filter"}},
    ]
    tasks = [{**task, "ignore_errors": True} for task in looks("host_info", *wanted)]
    results = playbooks.run_tasks(tasks).results.values()
    assert [result["failed"] for result in results] == [True, True]
    assert [result["can_talk_to_docker"] for result in results] == [False, True]


def test_one_way_to_look_has_to_be_chosen(playbooks: Playbooks) -> None:
    tasks: list[dict[str, Any]] = []
    for name in ("container_info", "network_info", "plugin_info", "volume_info"):
        tasks += [
            {**task, "name": f"{name} {task['name']}", "ignore_errors": True}
            for task in looks(
                name,
                {},
                {"name": "a", "filters": {}},
                {"name": "a", "names": ["b"]},
                {"name": None},
            )
        ]
    tasks += looks("image_info", {"name": "a", "filters": {}})
    messages = playbooks.run_tasks(tasks).messages
    assert messages.pop("0") == "parameters are mutually exclusive: name|filters"
    null = "Either name, names or filters is needed, and all are null."
    reasons = {"0": "one of the following is required", "3": null}
    assert len(messages) == 16
    for name, message in messages.items():
        number = name.rpartition(" ")[2]
        assert reasons.get(number, "mutually exclusive") in message, name


def test_context_info(playbooks: Playbooks, tmp_path: Path) -> None:
    folder = write_context(tmp_path, "build", "tcp://build.example:2376", files=True)
    write_context(tmp_path, "plain", "ssh://user@plain.example")
    write_context(tmp_path, "lax", "tcp://lax.example:2376", SkipTLSVerify=True)
    (tmp_path / "config.json").write_text('{"currentContext": "build"}')
    run = playbooks.run_tasks(
        looks("context_info", {}, {"only_current": True}, {"name": "plain"}, {"cli_context": "lax"})
        + looks("docker_context_info", {"name": "none"}),
        environment={"DOCKER_CONFIG": str(tmp_path), "DOCKER_HOST": ""},
    )
    results = list(run.results.values())
    assert "none" in run.messages["0"]
    assert [context["name"] for context in results[3]["contexts"]] == [
        "build",
        "default",
        "lax",
        "plain",
    ]
    assert results[3]["current_context_name"] == "lax"
    assert [context["current"] for context in results[3]["contexts"]] == [False, False, True, False]
    assert [context["config"] for context in results[2]["contexts"]] == [
        {"docker_host": "ssh://user@plain.example", "tls": False}
    ]
    (build,) = results[1]["contexts"]
    assert build == {
        "name": "build",
        "current": True,
        "description": "The host build",
        "meta_path": str(tmp_path / "contexts" / "meta" / folder.parent.name),
        "tls_path": str(folder.parent),
        "config": {
            "docker_host": "tcp://build.example:2376",
            "tls": True,
            "validate_certs": True,
            "ca_path": str(folder / "ca.pem"),
            "client_cert": str(folder / "cert.pem"),
            "client_key": str(folder / "key.pem"),
        },
    }


@pytest.mark.parametrize(
    ("group", "module"), [("engine", "host_info"), ("docker", "docker_host_info")]
)
def test_the_options_of_a_context_lead_to_its_engine(
    playbooks: Playbooks, tmp_path: Path, engine: Engine, group: str, module: str
) -> None:
    write_context(tmp_path, "lab", playbooks.engine_host)
    tasks = [
        {
            "name": "find",
            "pytest_engine.engine.context_info": {"name": "lab"},
            "register": "lab",
        },
        {
            "name": "look",
            "module_defaults": {
                f"group/pytest_engine.engine.{group}": "{{ lab.contexts[0].config }}"
            },
            f"pytest_engine.engine.{module}": {},
        },
    ]
    run = playbooks.run_tasks(
        tasks, environment={"DOCKER_CONFIG": str(tmp_path), "DOCKER_HOST": "unix:///nowhere"}
    )
    assert run.results["look"]["host_info"]["ID"] == engine.system.info().get("ID")


def test_current_container_facts(playbooks: Playbooks) -> None:
    run = playbooks.run_tasks(looks("current_container_facts", {}), "--check")
    facts = run.results["0"]["ansible_facts"]
    identity = facts["ansible_module_container_id"]
    assert facts["ansible_module_running_in_container"] is bool(identity)
    assert bool(facts["ansible_module_container_type"]) is bool(identity)


def test_a_container_is_found_from_within(engine: Engine, scratch: Scratch, busybox: str) -> None:
    body: Any = {"Image": busybox, "Cmd": ["cat", "/proc/self/mountinfo"]}
    made = engine.containers.create(body, name=scratch.name())["Id"]
    engine.containers.start(made)
    engine.containers.wait(made)
    with engine.containers.logs(made) as log:
        mountinfo = b"".join(data for _stream, data in log).decode()
    assert find_own_container("/", mountinfo) == (made, "docker")


def write_context(config: Path, name: str, host: str, *, files: bool = False, **more: Any) -> Path:
    """Write a context as the docker command does, and return the folder for its TLS files."""
    identity = hashlib.sha256(name.encode()).hexdigest()
    meta = config / "contexts" / "meta" / identity
    meta.mkdir(parents=True)
    value = {
        "Name": name,
        "Metadata": {"Description": f"The host {name}"},
        "Endpoints": {"docker": {"Host": host, **more}},
    }
    (meta / "meta.json").write_text(json.dumps(value))
    tls = config / "contexts" / "tls" / identity / "docker"
    if files:
        tls.mkdir(parents=True)
        for file in ("ca", "cert", "key"):
            (tls / f"{file}.pem").write_text("")
    return tls
