"""The Compose CLI: found, asked and run. A script stands in for it where it need not be real."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.compose.cli import Compose, Connection, parse_version
from pytest_engine.core.compose.failure import ComposeFailed
from pytest_engine.core.compose.one_off import ExecSpec, RunSpec, run_command
from pytest_engine.core.compose.project import Project
from pytest_engine.core.compose.projects import (
    PullSpec,
    Services,
    ensure_services,
    parse_scale,
    pull_images,
)
from pytest_engine.core.errors import Incompatible, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = """\
#!{python} -S
import json, os, sys
with open({log!r}, "a") as log:
    given = None if "--env" not in sys.argv else sys.stdin.read()
    log.write(json.dumps([sys.argv[1:], dict(os.environ), given]) + "\\n")
words = [word for word in sys.argv if word in {answers!r}]
code, stdout, stderr = {answers!r}[words[0]] if words else (0, "", "")
sys.stdout.write(os.path.expandvars(stdout))
sys.stderr.write(stderr)
raise SystemExit(code)
"""


class Fake:
    """A docker command that notes how it was run, and answers what it is told to."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "docker"
        self.folder = folder
        self._log = folder / "log"

    def answer(self, version: str = "2.40.3-3", **answers: tuple[int, str, str]) -> Compose:
        """Answer to commands by their names."""
        given = {"version": (0, json.dumps({"version": version}), ""), **answers}
        self.program.write_text(
            SCRIPT.format(python=sys.executable, log=str(self._log), answers=given)
        )
        self.program.chmod(0o755)
        connection = Connection("unix:///run/x.sock", api_version="1.41")
        project = Project(self.folder, "shop", ("a.yaml",), (".one",), ("test",))
        environ = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CONTEXT": "other", "KEPT": "yes"}
        return Compose(connection, project, program=str(self.program), environ=environ)

    def runs(self) -> list[Any]:
        """Give arguments, environment and input of all runs but that for the version."""
        lines = map(json.loads, self._log.read_text().splitlines())
        return [line for line in lines if "version" not in line[0]]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    """A docker command for this test alone."""
    return Fake(tmp_path)


def test_no_docker_command_says_what_to_install(tmp_path: Path) -> None:
    compose = Compose(Connection(), Project(tmp_path), environ={"PATH": str(tmp_path)})
    with pytest.raises(Incompatible, match=r"no docker command on the PATH.* Install "):
        compose.run("ps")
    compose = Compose(Connection(), Project(tmp_path), program="/nowhere/docker")
    with pytest.raises(Incompatible, match=r"Cannot run /nowhere/docker.* Install "):
        compose.run("ps")


def test_no_plugin_says_what_to_install(fake: Fake) -> None:
    compose = fake.answer(compose=(1, "", "docker: 'compose' is not a docker command.\n"))
    with pytest.raises(Incompatible, match=r"no Compose plugin.*not a docker command.* Install "):
        compose.run("ps")


def test_an_old_plugin_is_refused(fake: Fake) -> None:
    with pytest.raises(Incompatible, match=r"has Compose 2\.17\.3, and this takes 2\.18\.0"):
        fake.answer("v2.17.3").run("ps")


def test_a_plugin_that_does_not_know_its_version_is_asked_about(fake: Fake) -> None:
    plugins = json.dumps([{"Name": "compose", "Version": "v2.20.1"}])
    assert fake.answer("dev", info=(0, plugins, "")).version == (2, 20, 1)
    with pytest.raises(Incompatible, match="does not tell its version"):
        _ = fake.answer("dev", info=(0, "null", "")).version


@pytest.mark.parametrize(
    ("text", "version"),
    [("v2.26.1-4", (2, 26, 1)), ("2.40.3-3", (2, 40, 3)), ("5.0.0", (5, 0, 0)), ("dev", None)],
)
def test_versions(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("version", "progress"),
    [("2.18.0", []), ("2.19.0", ["--progress", "plain"]), ("2.29.0", ["--progress", "json"])],
)
def test_progress_is_asked_for_in_the_best_form(
    fake: Fake, version: str, progress: list[str]
) -> None:
    fake.answer(version).run("ps", "--all")
    [(arguments, environ, _)] = fake.runs()
    project = ["--project-directory", str(fake.folder), "--project-name", "shop"]
    project += ["--file", "a.yaml", "--env-file", ".one", "--profile", "test"]
    connection = ["--host", "unix:///run/x.sock", "compose", "--ansi", "never"]
    assert arguments == [*connection, *progress, *project, "ps", "--all"]
    kept = {name: environ.get(name) for name in ("KEPT", "DOCKER_TLS_VERIFY", "DOCKER_CONTEXT")}
    assert kept == {"KEPT": "yes", "DOCKER_TLS_VERIFY": None, "DOCKER_CONTEXT": None}
    assert (environ["DOCKER_HOST"], environ["DOCKER_API_VERSION"]) == ("unix:///run/x.sock", "1.41")


def test_a_connection_in_arguments() -> None:
    tls = Connection("tcp://a:2376", tls=True, ca="ca", cert="cert", key="key")
    files = ["--tlscacert", "ca", "--tlscert", "cert", "--tlskey", "key"]
    assert tls.arguments() == ["--host", "tcp://a:2376", "--tls", *files]
    assert Connection(context="far", verify=True).arguments() == ["--context", "far", "--tlsverify"]


def test_another_name_than_the_hosts_is_refused() -> None:
    assert Connection("tcp://a:2376", verify=True, tls_hostname="A").arguments()
    assert Connection("unix:///x", verify=True, tls_hostname="b").arguments()
    for connection in ({"host": "tcp://a:2376", "verify": True}, {"context": "far"}):
        with pytest.raises(InvalidInput, match="cannot for 'b'"):
            Connection(**connection, tls_hostname="b")


@pytest.mark.parametrize(
    ("host", "reason"),
    [("tcp://[::1:2375", "opens a bracket"), ("tcp://a:b", "no valid port"), ("a", "no engine")],
)
def test_an_address_that_is_none_names_its_option(host: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=f"^docker_host: .*{reason}"):
        Connection(host)


@pytest.mark.parametrize("host", ["tcp://[abc]:2375", "tcp://ex\u2100mple:1"])
def test_an_odd_address_is_left_to_docker(host: str) -> None:
    assert Connection(host).arguments() == ["--host", host]


def test_files_for_tls_are_for_tls_alone() -> None:
    assert Connection("tcp://a:2376", verify=True, ca="ca").arguments()
    assert Connection("unix:///x", ca="ca").arguments()
    assert Connection("https://a", ca="ca").arguments()
    with pytest.raises(InvalidInput, match=r"ca_path, client_key: .* tcp://a:2376 .* unencrypted"):
        Connection("tcp://a:2376", ca="ca", key="key")
    with pytest.raises(InvalidInput, match="http://a:2375 would be spoken to unencrypted"):
        Connection("http://a:2375", ca="ca")
    with pytest.raises(InvalidInput, match="client_cert: with a context"):
        Connection(context="far", verify=True, cert="cert")


@pytest.mark.parametrize("spec", [ExecSpec, RunSpec])
def test_values_of_variables_are_no_arguments(
    fake: Fake, spec: Callable[..., ExecSpec | RunSpec]
) -> None:
    compose = fake.answer()
    env = {"SECRET": "hidden", "PATH": "/srv/bin", "COMPOSE_FILE": "x"}
    run = run_command(compose, spec("web", "sh -c 'a b'", env=env, stdin=b"in", user="me"))
    *_looks, (arguments, environ, stdin) = fake.runs()
    after = arguments[arguments.index("--user") :]
    given = ["--env", "SECRET", "--env", "PATH=/srv/bin", "--env", "COMPOSE_FILE=x"]
    assert after == ["--user", "me", *given, "--", "web", "sh", "-c", "a b"]
    assert (environ["SECRET"], stdin) == ("hidden", "in")
    assert "COMPOSE_FILE" not in environ
    assert "hidden" not in " ".join(run.command)


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        (ExecSpec, ["A=1", "B", "C", "D"]),
        (RunSpec, ["A=1", "B=2", "C=3", "D"]),
    ],
)
def test_variables_that_the_project_would_hear_are_arguments(
    fake: Fake, spec: Callable[..., ExecSpec | RunSpec], shown: list[str]
) -> None:
    project = 'name: $A\nimage: x:$B\nsecrets:\n  key:\n    environment: "C"\n'
    compose = fake.answer(config=(0, project, ""))
    run_command(compose, spec("web", "true", env={"A": "1", "B": "2", "C": "3", "D": "4"}))
    *_looks, (arguments, environ, _) = fake.runs()
    assert [word for before, word in zip(arguments, arguments[1:]) if before == "--env"] == shown
    assert set(environ) & set("ABCD") == {word for word in shown if "=" not in word}


def test_a_detached_command_that_does_not_start_is_an_error(fake: Fake) -> None:
    compose = fake.answer(exec=(1, "", "service web is not running\n"))
    with pytest.raises(ComposeFailed, match="service web is not running"):
        run_command(compose, ExecSpec("web", ("true",), detach=True))
    assert run_command(compose, ExecSpec("web", ("true",))).exit_code == 1


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"detach": True, "stdin": b"x", "command": "a"}, "reads nothing"),
        ({"env": {"A": 1}, "command": "a"}, "no text but int"),
        ({"env": {"A=B": "1"}, "command": "a"}, "cannot be the name"),
        ({"command": "a 'b"}, "cannot be split"),
        ({}, "no command"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(options: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        ExecSpec("web", **options)


@pytest.mark.parametrize(("command", "option"), [("", "command"), (" \n", "command"), ((), "argv")])
def test_an_empty_command_is_not_the_one_of_the_service(
    command: str | tuple[str, ...], option: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^{option}: it is empty. Write a command, or leave"):
        RunSpec("web", command)
    assert RunSpec("web").words() == ()
    # Then it is no command, but no arguments.
    assert RunSpec("web", command, entrypoint="/check").words() == ()


@pytest.mark.parametrize(
    "options", [{"command": ("a\0b",)}, {"command": ("a",), "user": "a\0b"}], ids=["word", "user"]
)
def test_what_no_process_takes_is_refused(fake: Fake, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"Cannot run .*docker: embedded null byte"):
        run_command(fake.answer(), ExecSpec("web", **options))


def test_a_failure_tells_what_had_been_done(fake: Fake) -> None:
    said = '{"id":"Container a","status":"Creating"}\n{"error":true,"message":"port is taken"}\n'
    with pytest.raises(ComposeFailed, match="failed: port is taken") as caught:
        ensure_services(fake.answer(up=(1, "out", said)), Services())
    error = caught.value
    assert error.actions == [{"what": "container", "id": "a", "status": "Creating"}]
    assert (error.changed, error.exit_code, error.stdout) == (True, 1, "out")
    assert error.stderr == said
    assert error.command.endswith("up --detach --no-color --quiet-pull --")


def test_a_failure_tells_what_there_is(fake: Fake) -> None:
    failed = (1, "", "container a-1 exited (3)\n")
    container, image = {"Name": "a-1", "State": "exited", "ExitCode": 3}, {"ID": "sha256:1"}
    ps, images = (0, json.dumps(container), ""), (0, json.dumps([image]), "")
    with pytest.raises(ComposeFailed, match="exited") as caught:
        ensure_services(fake.answer(up=failed, ps=ps, images=images), Services(wait=True))
    listed = caught.value.containers or []
    assert [(one["Name"], one["ExitCode"]) for one in listed] == [("a-1", 3)]
    assert caught.value.images == [image]


def test_a_project_that_cannot_be_listed_either_fails_for_its_first_reason(fake: Fake) -> None:
    compose = fake.answer(up=(1, "", "bad file\n"), ps=(1, "", "bad list\n"))
    with pytest.raises(ComposeFailed, match="bad file") as caught:
        ensure_services(compose, Services())
    assert (caught.value.containers, caught.value.images) == (None, None)


@pytest.mark.parametrize(
    ("wanted", "state", "arguments"),
    [
        (
            Services(pull="always", build="never", recreate="never"),
            "present",
            "up --detach --no-color --quiet-pull --pull always --no-build --no-recreate",
        ),
        (
            Services(
                build="always",
                recreate="always",
                renew_anon_volumes=True,
                remove_orphans=True,
                scale={"b": 0, "a": 2},
                wait=True,
                wait_timeout=9,
                assume_yes=True,
            ),
            "present",
            (
                "up --detach --no-color --quiet-pull --build --force-recreate --renew-anon-volumes "
                "--remove-orphans --scale a=2 --scale b=0 --wait --wait-timeout 9 --yes"
            ),
        ),
        (Services(dependencies=False, timeout=3), "restarted", "restart --no-deps --timeout 3"),
        (
            Services(remove_images="all", remove_volumes=True, remove_orphans=True, timeout=0),
            "absent",
            "down --remove-orphans --rmi all --volumes --timeout 0",
        ),
        (Services(), "stopped", "up --detach --no-color --quiet-pull --no-start"),
    ],
)
def test_wanted_services_in_arguments(
    fake: Fake, wanted: Services, state: str, arguments: str
) -> None:
    ensure_services(fake.answer(), replace(wanted, names=("a", "b")), state, check=True)
    first = fake.runs()[0][0]
    assert " ".join(first[first.index("test") + 1 :]) == f"{arguments} --dry-run -- a b"


def test_options_that_an_older_compose_lacks_are_refused(fake: Fake) -> None:
    with pytest.raises(Incompatible, match=r"assume_yes takes Compose 2\.32\.0 or newer"):
        ensure_services(fake.answer("2.31.0"), Services(assume_yes=True))
    with pytest.raises(Incompatible, match=r"policy missing takes Compose 2\.22\.0"):
        pull_images(fake.answer("2.21.0"), PullSpec(policy="missing"))


def test_lists_are_read_in_all_their_forms(fake: Fake) -> None:
    container = {"Name": "a-1", "Labels": "x=1,y=a,b,z=", "Networks": "n,m", "Publishers": None}
    image = {"ID": "sha256:1", "ContainerName": "a-1"}
    for ps, images in (
        (json.dumps(container) + "\n", json.dumps([image])),
        (json.dumps([container]), json.dumps({"a-1": image})),
    ):
        compose = fake.answer(ps=(0, ps, ""), images=(0, images, ""))
        outcome = ensure_services(compose, Services())
        assert outcome.images == [image]
        [read] = outcome.containers
        assert read["Labels"] == {"x": "1", "y": "a,b", "z": ""}
        assert (read["Names"], read["Networks"]) == (["a-1"], ["n", "m"])
        assert read["Publishers"] == []
    with pytest.raises(ComposeFailed, match="no JSON"):
        ensure_services(fake.answer(ps=(0, "{oh", "")), Services())


@pytest.mark.parametrize(
    ("command", "told", "why"),
    [
        ("ps", "null", "what it lists are no objects: null"),
        ("ps", "[5]", r"what it lists are no objects: \[5\]"),
        ("ps", '{"State": "running"}', "it lists a container without a name"),
        ("ps", '[{"Name": null}]', "it lists a container without a name"),
        ("images", '"none"', "what it lists are no objects"),
        ("images", "5", "what it lists are no objects"),
    ],
)
def test_lists_of_something_else_are_refused(fake: Fake, command: str, told: str, why: str) -> None:
    answers: dict[str, Any] = {command: (0, told, "")}
    with pytest.raises(ComposeFailed, match=f"^Docker Compose failed: {why}"):
        ensure_services(fake.answer(**answers), Services())


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"timeout": -1}, "timeout: -1 is no time. State 0 seconds"),
        ({"wait_timeout": -5}, "wait_timeout: -5 is no time. State 0 seconds"),
    ],
)
def test_times_that_compose_takes_for_endless_are_refused(
    stated: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=f"^{said}"):
        Services(wait=True, **stated)


def test_numbers_of_containers() -> None:
    assert parse_scale({"a": "2", "b": 0}) == {"a": 2, "b": 0}
    for value in ("two", 1.5, True, None):
        with pytest.raises(InvalidInput, match="no whole number"):
            parse_scale({"a": value})
    with pytest.raises(InvalidInput, match="0 or more"):
        Services(scale={"a": -1})
    with pytest.raises(InvalidInput, match="none of present"):
        ensure_services(Compose(Connection(), Project(Path())), Services(), "gone")
