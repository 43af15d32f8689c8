"""Compose projects, by an older Compose that speaks in lines and a newer one that speaks JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.errors import NotFound
from tests.conftest import FOREIGN_HOST
from tests.lab import Lab
from tests.lab.compose_cli import COMPOSE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import LabImages, Scratch

    from .conftest import Playbooks, Run

pytestmark = [pytest.mark.ansible, pytest.mark.engine]

SECRET = "a-word-that-nobody-sees"
FAILS = "sh -c 'echo oh >&2; exit 3'"
SLEEPS = {"image": "busybox", "command": ["sleep", "600"], "init": True}
SHOP = {
    "services": {
        "web": {**SLEEPS, "depends_on": ["side"], "volumes": ["data:/data"]},
        "side": SLEEPS,
    },
    "volumes": {"data": {}},
}


@pytest.fixture(params=sorted(COMPOSE))
def run(request: pytest.FixtureRequest, playbooks: Playbooks, lab: LabImages) -> Callable[..., Run]:
    """Run tasks where the docker command has Compose."""
    config = lab.compose(request.param)

    def run_tasks(tasks: list[dict[str, Any]]) -> Run:
        return playbooks.run_tasks(tasks, environment={"DOCKER_CONFIG": str(config)})

    return run_tasks


@pytest.fixture
def shop(tmp_path: Path, scratch: Scratch, busybox: str) -> dict[str, str]:
    """A project of two services, as options."""
    assert busybox == SLEEPS["image"]
    (tmp_path / "compose.yaml").write_text(json.dumps(SHOP))
    return {"project_src": str(tmp_path), "project_name": scratch.name("shop")}


def task(name: str, module: str = "compose_v2", /, **options: Any) -> dict[str, Any]:
    return {"name": name, f"pytest_engine.engine.{module}": options}


def steps(project: dict[str, Any], *wanted: tuple[str, dict[str, Any], bool]) -> Any:
    """Make tasks of steps, those that are to change something also in check mode before."""
    tasks = []
    for name, options, changes in wanted:
        one = task(name, **project, **options)
        tasks += [{**one, "name": f"{name} (check)", "check_mode": True}] * changes + [one]
    return tasks


def states(result: dict[str, Any]) -> dict[str, str]:
    return {container["Service"]: container["State"] for container in result["containers"]}


def did(result: dict[str, Any]) -> set[tuple[str, str]]:
    return {(action["what"], action["status"]) for action in result["actions"]}


def test_a_project_comes_stays_and_goes(
    run: Callable[..., Run],
    shop: dict[str, str],
    scratch: Scratch,
    engine: Engine,
    busybox: str,
) -> None:
    short = {"timeout": 1}
    wanted: list[tuple[str, dict[str, Any], bool]] = [
        ("up", {"wait": True, "wait_timeout": 60}, True),
        ("up again", {}, False),
        ("more", {"scale": {"side": 2}, "services": ["side"]}, True),
        ("less", short, True),
        ("anew", {"recreate": "always", "dependencies": False, "services": ["web"]}, True),
        ("stopped", {"state": "stopped", **short}, True),
        ("stopped again", {"state": "stopped"}, False),
        ("started", {}, True),
        ("one stopped", {"state": "stopped", "services": ["web"], **short}, True),
        ("one stopped again", {"state": "stopped", "services": ["web"]}, False),
        ("restarted", {"state": "restarted", **short}, True),
        ("absent", {"state": "absent", "remove_volumes": True, **short}, True),
        ("absent again", {"state": "absent"}, False),
    ]
    done = run(steps(shop, *wanted))
    assert done.returncode == 0, done.output
    results = done.results
    changed = {name: result["changed"] for name, result in results.items()}
    checks = {f"{name} (check)": True for name, _, changes in wanted if changes}
    assert changed == {**checks, **{name: changes for name, _, changes in wanted}}
    for name in checks:
        assert did(results[name]) == did(results[name.removesuffix(" (check)")]), name
    running = {"web": "running", "side": "running"}
    assert states(results["up (check)"]) == {}
    assert states(results["up"]) == states(results["restarted"]) == running
    assert ("volume", "Creating") in did(results["up"])
    assert len(results["more"]["containers"]) == 3
    assert len(results["less"]["containers"]) == 2
    assert did(results["anew"]) >= {("container", "Recreate"), ("container", "Starting")}
    assert states(results["stopped (check)"]) == running
    # One that is made anew for it was never started.
    assert set(states(results["stopped"]).values()) <= {"created", "exited"}
    assert states(results["one stopped"]) == {"web": "exited", "side": "running"}
    assert states(results["absent (check)"]) == running
    assert results["absent"]["containers"] == []
    assert scratch.everything() == set()
    container = next(c for c in results["up"]["containers"] if c["Service"] == "web")
    assert container["Names"] == [f"{shop['project_name']}-web-1"]
    assert container["Networks"] == [f"{shop['project_name']}_default"]
    assert container["Labels"]["com.docker.compose.service"] == "web"
    # Compose names one of its tags, whichever it finds first.
    names = {f"{image['Repository']}:{image['Tag']}" for image in results["up"]["images"]}
    assert {engine.images.inspect(name)["Id"] for name in names} == {
        engine.images.inspect(busybox)["Id"]
    }


def test_a_definition_is_a_project(
    run: Callable[..., Run], scratch: Scratch, engine: Engine, busybox: str
) -> None:
    name = scratch.name("cache")

    def project(**more: Any) -> dict[str, Any]:
        service = {**SLEEPS, "image": busybox, **more}
        return {"project_name": name, "definition": {"services": {"cache": service}}}

    tasks = [
        task("up", **project(environment={"STAGE": "one"})),
        task("again", **project(environment={"STAGE": "one"})),
        task("other", **project(environment={"STAGE": "other"}), timeout=1),
    ]
    done = run(tasks)
    assert done.returncode == 0, done.output
    assert done.changed == ["up", "other"]
    assert "STAGE=other" in engine.containers.inspect(f"{name}-cache-1")["Config"]["Env"]
    cache = done.results["again"]["containers"][0]
    assert (cache["Service"], cache["State"]) == ("cache", "running")


def test_variables_of_a_command_are_none_of_the_project(
    run: Callable[..., Run], scratch: Scratch, busybox: str
) -> None:
    service = {"image": f"{busybox}:${{TAG:-latest}}", "environment": ["FOUND=${WORD:-none}"]}
    done = run(
        [
            task(
                "new",
                "compose_v2_run",
                project_name=scratch.name("words"),
                definition={"services": {"web": service}},
                service="web",
                command="sh -c 'echo $FOUND $WORD $TAG $OTHER'",
                cleanup=True,
                env={"WORD": "own", "TAG": "no-such", "OTHER": SECRET},
            )
        ]
    )
    assert done.returncode == 0, done.output
    assert done.results["new"]["stdout"] == f"none own no-such {SECRET}"


def test_commands_in_a_project(
    run: Callable[..., Run], shop: dict[str, str], engine: Engine, scratch: Scratch
) -> None:
    exec_web = {**shop, "service": "web"}
    run_web = {**exec_web, "cleanup": True}
    named = scratch.name("named")
    done = run(
        [
            task("up", **shop),
            task("words", "compose_v2_exec", **exec_web, argv=["echo", "two  words"]),
            task(
                "env",
                "compose_v2_exec",
                **exec_web,
                command="sh -c 'echo $WORD; id -u; pwd'",
                env={"WORD": SECRET, "PATH": "/bin"},
                user="1000",
                chdir="/bin",
                index=1,
            ),
            task("stdin", "compose_v2_exec", **exec_web, command="wc -l", stdin="a\nb", tty=False),
            {
                **task(
                    "fails", "compose_v2_exec", **exec_web, command="sh -c 'echo oh >&2; exit 3'"
                ),
                "ignore_errors": True,
            },
            task("left", "compose_v2_exec", **exec_web, command="touch /left", detach=True),
            {
                **task("not run", "compose_v2_exec", **exec_web, command="touch /wrong"),
                "check_mode": True,
            },
            task("new", "compose_v2_run", **run_web, command="cat", stdin="in", env={"A": "b"}),
            task(
                "options",
                "compose_v2_run",
                **run_web,
                argv=["-c", "echo $0; id -u"],
                entrypoint="/bin/sh",
                interactive=False,
                labels=["a=b"],
                cap_drop=["ALL"],
                cap_add=["CHOWN"],
                no_deps=True,
                quiet_pull=True,
                use_aliases=True,
                service_ports=True,
                user="7",
            ),
            task(
                "detached",
                "compose_v2_run",
                **exec_web,
                command="sleep 60",
                detach=True,
                name=named,
                volumes=["/srv:/mine"],
                publish=["127.0.0.1::80"],
            ),
            {
                **task("not made", "compose_v2_run", **exec_web, command="true", detach=True),
                "check_mode": True,
            },
        ]
    )
    assert done.returncode == 0, done.output
    results = done.results
    assert done.changed == list(results)
    said = {name: result.get("stdout") for name, result in results.items() if name != "up"}
    assert said == {
        "words": "two  words",
        "env": f"{SECRET}\n1000\n/bin",
        "stdin": "2",
        "fails": "",
        "left": None,
        "not run": "",
        "new": "in",
        "options": "/bin/sh\n7",
        "detached": None,
        "not made": None,
    }
    assert (results["fails"]["rc"], results["fails"]["stderr"]) == (3, "oh")
    assert results["fails"]["msg"] == "The command for service web ended with exit code 3: oh"
    container = engine.containers.inspect(named)
    assert results["detached"]["container_id"] == container["Id"]
    assert "/srv:/mine" in json.dumps(container["HostConfig"]["Binds"]).replace(":rw", "")
    web = f"{shop['project_name']}-web-1"
    engine.containers.archive_info(web, "/left")
    with pytest.raises(NotFound):
        engine.containers.archive_info(web, "/wrong")
    # Nothing but the project and what was left of purpose.
    assert len([thing for thing in scratch.everything() if thing.startswith("container")]) == 3


@pytest.mark.skipif(bool(FOREIGN_HOST), reason="only the lab's engine has a registry for tests")
def test_images_are_pulled_where_there_are_new_ones(
    run: Callable[..., Run], scratch: Scratch, engine: Engine, busybox: str
) -> None:
    # What is called latest is asked for every time.
    image = f"{Lab.default().registry}/{scratch.name()}:1"
    engine.images.tag(busybox, image)
    engine.images.push(image)
    engine.images.remove(image)
    project = {
        "project_name": scratch.name("pull"),
        "definition": {"services": {"a": {"image": image}}},
    }
    done = run(
        [
            {**task("check", "compose_v2_pull", **project), "check_mode": True},
            task("missing", "compose_v2_pull", **project, policy="missing", services=["a"]),
            task("missing again", "compose_v2_pull", **project, policy="missing"),
            task("always", "compose_v2_pull", **project, ignore_buildable=True),
        ]
    )
    engine.images.remove(image)
    assert done.returncode == 0, done.output
    assert done.changed == ["check", "missing"], done.results
    assert {action["status"] for action in done.results["check"]["actions"]} == {"Pulling"}


def test_what_cannot_be_is_refused_with_its_reason(
    run: Callable[..., Run], shop: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "bare").write_text("#!/bin/sh\necho no such command >&2\nexit 1\n")
    (tmp_path / "bare").chmod(0o755)
    exec_web = {**shop, "service": "web"}
    wrong: dict[str, tuple[str, dict[str, Any], str]] = {
        "no docker": ("compose_v2", {**shop, "docker_cli": "/nowhere/docker"}, "Install Docker"),
        "no plugin": ("compose_v2", {**shop, "docker_cli": str(tmp_path / "bare")}, "no Compose"),
        "no folder": ("compose_v2", {"project_src": "/nowhere"}, "/nowhere is not a folder"),
        "no name": ("compose_v2", {"project_src": ""}, "project_src: name the folder"),
        "null": ("compose_v2", {"project_src": None}, "project_src: name the folder"),
        "no file": ("compose_v2_pull", {**shop, "files": ["x.yml"]}, "there is no x.yml in"),
        "no service": ("compose_v2", {**shop, "services": ["nosuch"]}, "no such service: nosuch"),
        "no number": ("compose_v2", {**shop, "scale": {"web": "two"}}, "no whole number"),
        "two words": ("compose_v2_exec", {**exec_web, "argv": ["a"], "command": "a"}, "State one"),
        "no command": ("compose_v2_exec", exec_web, "no command to run"),
        "a number": ("compose_v2_run", {**exec_web, "env": {"A": 1}}, "no text but int"),
        "not running": (
            "compose_v2_exec",
            {**exec_web, "command": "true"},
            'service "web" is not running',
        ),
        "nobody": (
            "compose_v2",
            {**shop, "docker_host": "unix:///nowhere.sock"},
            "unix:///nowhere.sock",
        ),
    }
    done = run(
        [
            {**task(name, module, **options), "ignore_errors": True}
            for name, (module, options, _) in wrong.items()
        ]
    )
    assert {name for name, (_, _, why) in wrong.items() if why not in done.messages[name]} == set()
    failed = done.results["no service"]
    assert (failed["rc"] > 0, failed["changed"], failed["actions"]) == (True, False, [])
    assert (failed["containers"], failed["images"]) == ([], [])
    assert "compose --ansi never" in failed["cmd"]
