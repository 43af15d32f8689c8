"""The handle of a container, on a real one."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.request import urlopen

import pytest

from pytest_engine.core import wait
from pytest_engine.core.client import Engine
from pytest_engine.core.container import Address, Container
from pytest_engine.core.errors import Conflict, ContainerNotFound, InvalidInput, Timeout
from tests.request_log import request_log

pytestmark = pytest.mark.engine

SERVE = "mkdir /w; echo hello > /w/index.html; httpd -f -p 80 -h /w"


class Naming(Protocol):
    def name(self, suffix: str = ...) -> str: ...


@pytest.fixture
def run(engine: Engine, busybox: str, scratch: Naming) -> Any:
    def run(script: str, **host: Any) -> Container:
        bound = host.pop("bound", "")
        body: Any = {
            "Image": busybox,
            "Cmd": ["sh", "-c", script],
            "Env": ["COLOUR=green"],
            "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {
                "PortBindings": {"80/tcp": [{"HostIp": bound, "HostPort": ""}]},
                **host,
            },
        }
        container = Container(engine, engine.containers.create(body, name=scratch.name())["Id"])
        container.start()
        return container

    return run


def test_it_knows_its_name_and_image(run: Any) -> None:
    container = run("sleep 1000")
    assert container.name.startswith("test-")
    # Podman spells names out.
    assert container.image in ("busybox", "docker.io/library/busybox:latest")
    assert repr(container) == f"Container({container.name!r})"


def test_a_handle_asks_nothing_of_the_engine(engine: Engine) -> None:
    container = Container(engine, "no-such-container", name="x", image="y")
    assert (container.name, container.image, container.id) == ("x", "y", "no-such-container")
    with pytest.raises(ContainerNotFound):
        container.inspect()


def test_a_published_port_is_reached_at_its_address(run: Any) -> None:
    container = run(SERVE)
    container.wait(wait.port(80))
    address = container.address(80)
    assert address == Address("127.0.0.1", address.port)
    with urlopen(f"http://{address}/") as response:
        assert response.read() == b"hello\n"


def test_the_address_follows_a_restart(run: Any) -> None:
    container = run(SERVE)
    container.address(80)
    container.restart(timeout=0)
    container.wait(wait.port(80))
    with urlopen(f"http://{container.address(80)}/") as response:
        assert response.status == 200


def test_a_port_that_is_bound_to_one_address_is_reached_there(run: Any) -> None:
    assert run("sleep 1000", bound="127.0.0.2").address(80).host == "127.0.0.2"


def test_a_port_that_is_not_published_has_no_address(run: Any) -> None:
    container = run("sleep 1000")
    with pytest.raises(InvalidInput, match=r"Port 81/tcp .* is not published \(published: 80/tcp"):
        container.address(81)


def test_a_container_that_does_not_run_has_no_address(run: Any) -> None:
    container = run("true")
    container.wait(wait.exit())
    with pytest.raises(InvalidInput, match=r"is (exited|stopped), so none of its ports"):
        container.address(80)


def test_it_has_an_address_of_its_own(run: Any) -> None:
    container = run("sleep 1000")
    (network,) = container.inspect()["NetworkSettings"]["Networks"]
    assert container.ip() == container.ip(network)
    assert container.exec("hostname -i").text.strip() == container.ip()


def test_on_a_network_that_it_is_not_on_it_has_no_address(run: Any) -> None:
    with pytest.raises(InvalidInput, match=r"is not on network backend but on (bridge|podman)"):
        run("sleep 1000").ip("backend")


def test_a_command_runs_in_it(run: Any) -> None:
    result = run("sleep 1000").exec(["sh", "-c", "echo out; echo err >&2; exit 3"])
    assert (result.exit_code, result.stdout, result.stderr) == (3, b"out\n", b"err\n")
    assert (result.ok, result.text, result.error_text) == (False, "out\n", "err\n")


def test_a_command_line_is_split_into_words(run: Any) -> None:
    result = run("sleep 1000").exec("printf '%s|' 'a b' c")
    assert result.ok
    assert result.text == "a b|c|"


@pytest.mark.parametrize(
    ("command", "said"), [("echo 'a", "closing"), (["sleep", 5], "list of strings")]
)
def test_a_command_that_is_none_is_refused(run: Any, command: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        run("sleep 1000").exec(command)


def test_a_command_gets_environment_user_folder_and_input(run: Any) -> None:
    result = run("sleep 1000").exec(
        ["sh", "-c", "echo $COLOUR $SIZE $(id -u) $PWD; cat"],
        env={"SIZE": "big"},
        user="1000",
        working_dir="/etc",
        stdin="grüße",
    )
    assert result.text == "green big 1000 /etc\ngrüße"


def test_a_silent_command_times_out(run: Any) -> None:
    with pytest.raises(Timeout, match="sleep in container"):
        run("sleep 1000").exec("sleep 1000", timeout=0.3)


def test_a_command_needs_a_running_container(run: Any) -> None:
    container = run("true")
    container.wait(wait.exit())
    with pytest.raises(Conflict):
        container.exec("true")


def test_its_log_is_read_in_parts(run: Any) -> None:
    container = run("echo one; echo two >&2; echo three; sleep 1000")
    container.wait(wait.log("three"))
    assert sorted(container.logs().split()) == ["one", "three", "two"]
    assert container.logs(stdout=False) == "two\n"
    # Which line is the last one is up to the engine, which reads the two streams side by side.
    assert len(container.logs(tail=1).splitlines()) == 1
    assert container.logs(since=4_000_000_000) == ""
    assert "T" in container.logs(tail=1, timestamps=True).split()[0]


def test_it_is_stopped_started_paused_and_killed(run: Any) -> None:
    container = run("trap 'exit 0' TERM; echo ready; while true; do sleep 0.1; done")
    container.wait(wait.log("ready"))
    container.pause()
    assert container.state() == "paused"
    container.unpause()
    assert container.state() == "running"
    container.stop()
    assert container.state() == "exited"
    container.start()
    assert container.state() == "running"
    container.kill()
    container.wait(wait.exit(137))
    container.remove()
    with pytest.raises(ContainerNotFound):
        container.inspect()


def test_a_command_takes_no_longer_than_it_may(run: Any) -> None:
    with pytest.raises(Timeout, match=r"did not end within 0\.5 s"):
        run("sleep 1000").exec(
            ["sh", "-c", "while true; do echo x; sleep 0.1; done"], time_limit=0.5
        )


def test_a_command_gets_a_terminal_and_privileges(run: Any) -> None:
    container = run("sleep 1000")
    assert container.exec("tty", tty=True).text.startswith("/dev/pts/")
    capabilities = ["sh", "-c", "grep CapEff /proc/self/status"]
    plain = container.exec(capabilities).text
    assert container.exec(capabilities, privileged=True).text != plain


def test_attached_before_the_start_nothing_is_missed(
    engine: Engine, busybox: str, scratch: Naming
) -> None:
    script = "echo ready; read line; echo got $line; exit 4"
    body: Any = {
        "Image": busybox,
        "Cmd": ["sh", "-c", script],
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
    }
    container = Container(engine, engine.containers.create(body, name=scratch.name())["Id"])
    with container.attach(stdin=True) as process:
        container.start()
        process.write(b"hello\n")
        process.close_stdin()
        stdout, _stderr = process.read()
    assert stdout == b"ready\ngot hello\n"
    container.wait(wait.exit(4), timeout=30)


def test_files_go_in_and_out_before_the_start(
    engine: Engine, busybox: str, scratch: Naming
) -> None:
    body: Any = {"Image": busybox, "Cmd": ["cat", "/in/word"]}
    container = Container(engine, engine.containers.create(body, name=scratch.name())["Id"])
    container.copy_in({"word": "hello"}, "/in")
    assert container.copy_out("/in/word") == b"hello"
    container.start()
    container.wait(wait.exit() & wait.log("hello"), timeout=30)


def test_another_name_is_its_name(run: Any, scratch: Naming, engine: Engine) -> None:
    container = run("sleep 1000")
    before, after = container.name, scratch.name("renamed")
    container.rename(after)
    assert container.name == after == engine.containers.inspect(after)["Name"].lstrip("/")
    with pytest.raises(ContainerNotFound):
        engine.containers.inspect(before)


def test_what_its_files_are_becomes_an_image(run: Any, engine: Engine, scratch: Naming) -> None:
    container = run("sleep 1000")
    container.exec("touch /made")
    name = scratch.name("image")
    image = container.commit(name, changes=["CMD ls /made"])
    assert engine.images.inspect(name)["Id"].endswith(image.rpartition(":")[2])
    again = Container(
        engine, engine.containers.create({"Image": name}, name=scratch.name("a"))["Id"]
    )
    again.start()
    again.wait(wait.exit() & wait.log("/made"), timeout=30)


def test_an_image_of_it_belongs_to_nobody(engine: Engine, busybox: str, scratch: Naming) -> None:
    labels = {"io.pytest-engine.session": "1", "com.docker.compose.project": "shop", "mine": "1"}
    created = engine.containers.create({"Image": busybox, "Labels": labels}, name=scratch.name())
    name = scratch.name("image")
    Container(engine, created["Id"]).commit(name)
    kept = engine.images.inspect(name)["Config"].get("Labels") or {}
    # Podman adds one of its own.
    assert {label: kept[label] for label in labels} == {**dict.fromkeys(labels, ""), "mine": "1"}


def test_where_it_is_reached_costs_one_look(run: Any, engine_host: str) -> None:
    container = run("sleep 1000")
    with request_log(engine_host) as log, Engine(log.host, environ={}) as client:
        client.system.ping()
        handle = Container(client, container.id)
        log.take()
        assert handle.address(80) == handle.address(80)
        assert handle.name
        assert [line for line in log.take() if "/json" in line] == ["GET /containers/ID/json"]
