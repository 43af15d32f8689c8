"""Which image a fixture gets, and when it is pulled."""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from pytest_engine.__main__ import main
from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ImageNotFound, InvalidInput
from pytest_engine.plugin.durations import Durations
from pytest_engine.plugin.images import Demand, Pulls, mirrored
from tests.conftest import FOREIGN_HOST
from tests.lab import Lab
from tests.lab.packages import ensure_programs
from tests.lab.private_registry import PrivateRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_engine.plugin.images import PullPolicy
    from tests.conftest import Scratch
    from tests.plugin.conftest import Project


@pytest.fixture(scope="module")
def registry(
    engine_host: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateRegistry]:
    """A registry that the engine reaches on its own loopback address, and that wants a login."""
    if FOREIGN_HOST:
        pytest.skip("an engine that is not the lab's is not beside us")
    assert engine_host
    ensure_programs(("htpasswd",), Lab.default().folder / "logs")
    folder = tmp_path_factory.mktemp("registry")
    server = PrivateRegistry(folder, folder / "storage")
    server.start()
    yield server
    server.stop()


class Private:
    """An image in a private registry, in versions.

    Attributes:
        name: its name.
    """

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine
        self._began = time.time()

    def publish(self, version: str) -> None:
        """Push another version of it, and have the engine forget that."""
        labels = {"version": version}
        self._engine.build.image({"Dockerfile": "FROM busybox"}, tags=[self.name], labels=labels)
        self._engine.images.push(self.name)
        self.forget()

    def forget(self) -> None:
        """Remove it from the engine's store."""
        with contextlib.suppress(ImageNotFound):
            self._engine.images.remove(self.name, force=True)

    def pulls(self) -> int:
        """Count how often the engine has pulled it."""
        events = self._engine.system.events(
            since=self._began, until=time.time(), filters={"type": "image", "event": "pull"}
        )
        return len([event for event in events if event["Actor"]["ID"] == self.name])


@pytest.fixture
def private(
    engine_host: str,
    registry: PrivateRegistry,
    busybox: str,
    scratch: Scratch,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Private]:
    """An image that the registry has and the engine has not, and a login in Docker's file."""
    del busybox
    login = base64.b64encode(f"{registry.username}:{registry.password}".encode()).decode()
    (tmp_path / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": login}}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    with Engine(engine_host, environ={"DOCKER_CONFIG": str(tmp_path)}) as engine:
        image = Private(engine, f"{registry.host}/{scratch.name()}:1")
        image.publish("one")
        yield image
        image.forget()


VERSION = "box.inspect()['Config']['Labels']['version']"
not_podman = pytest.mark.lacks("podman5", reason="it takes no certificate that it does not know")


def box(project: Project, image: Private, arguments: str = "") -> None:
    project.write(
        conftest=f"box = container({image.name!r}, command='sleep 1000'{arguments})",
        test_it=f"def test_it(box): print('version', {VERSION})",
    )


@pytest.mark.engine
@not_podman
def test_a_private_image_is_pulled_with_the_login_of_docker(
    project: Project, private: Private
) -> None:
    box(project, private)
    result = project.run("-s")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*version one"])


@pytest.mark.engine
@not_podman
def test_an_image_is_pulled_where_it_is_missing_and_always_once_in_every_run(
    project: Project, private: Private
) -> None:
    project.write(
        conftest=f"box = container({private.name!r}, command='sleep 1000')",
        test_it=f"""
@pytest.mark.parametrize("n", [1, 2])
def test_it(box, n): print("version", {VERSION})
""",
    )
    project.run().assert_outcomes(passed=2)
    project.run().assert_outcomes(passed=2)
    assert private.pulls() == 1
    project.run("--engine-pull=always").assert_outcomes(passed=2)
    assert private.pulls() == 2


@pytest.mark.engine
@not_podman
@pytest.mark.parametrize("life", ["", ", scope='session', reuse=True"])
def test_always_means_once_in_a_run_whatever_its_workers(
    project: Project, private: Private, life: str
) -> None:
    project.write(
        conftest=f"box = container({private.name!r}, command='sleep 1000'{life})",
        test_it="""
import time
from pathlib import Path

def test_first(box): Path("ready").touch()

def test_second(request):
    until = time.monotonic() + 60
    while not Path("ready").exists():
        assert time.monotonic() < until
        time.sleep(0.05)
    request.getfixturevalue("box")
""",
    )
    arguments = ("--engine-reuse", "--engine-pull=always", "-n2", "--dist=load")
    try:
        project.run_apart(*arguments).assert_outcomes(passed=2)
        assert private.pulls() == 1
    finally:
        host = project.engine.endpoint.url
        main(["sweep", f"--host={host}", f"--state={project.state}", "--reused"])


@pytest.mark.engine
@not_podman
def test_always_gets_what_the_registry_has_now(project: Project, private: Private) -> None:
    box(project, private, ", pull='always'")
    project.run("-s").stdout.fnmatch_lines(["*version one"])
    private.publish("two")
    project.run("-s").stdout.fnmatch_lines(["*version two"])


@pytest.mark.engine
@not_podman
def test_never_is_told_and_nothing_is_pulled(project: Project, private: Private) -> None:
    box(project, private)
    result = project.run("--engine-pull=never")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["Fixture 'box' *has no image *pull policy is 'never'*docker pull *--engine-pull=missing*"]
    )
    assert private.pulls() == 0
    assert project.left() == set()


@pytest.mark.engine
@not_podman
def test_what_was_pulled_long_ago_is_pulled_anew(project: Project, private: Private) -> None:
    box(project, private)
    project.run("--engine-pull=1h").assert_outcomes(passed=1)
    project.run("--engine-pull=1h").assert_outcomes(passed=1)
    assert private.pulls() == 1
    project.run("--engine-pull=0.0001m").assert_outcomes(passed=1)
    assert private.pulls() == 2


@pytest.mark.engine
@not_podman
def test_the_policy_of_a_fixture_comes_before_that_of_the_run(
    project: Project, private: Private
) -> None:
    project.write(
        conftest=f"""
from datetime import timedelta
box = container({private.name!r}, command="sleep 1000", pull="missing")
of_it = image({private.name!r}, pull=timedelta(hours=1))
""",
        test_it="def test_it(box, of_it):\n    assert box.inspect()['Image'] == of_it.id",
    )
    project.run("--engine-pull=never").assert_outcomes(passed=1)


@pytest.mark.engine
@not_podman
def test_many_threads_pull_once(engine_host: str, private: Private) -> None:
    said: list[str] = []
    found: list[str] = []

    class Speaker:
        @contextlib.contextmanager
        def pulling(self, name: str) -> Iterator[Callable[[object], None]]:
            said.append(name)
            yield lambda _step: None

    with Engine(engine_host) as engine:
        pulls = Pulls(Speaker(), Durations())  # type: ignore[arg-type]
        demand = Demand(engine, private.name, "missing")
        threads = [
            threading.Thread(target=lambda: found.append(pulls.find(demand)["Id"])) for _n in "1234"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert said == [private.name]
    assert len(found) == 4
    assert private.pulls() == 1


@pytest.mark.engine
@not_podman
def test_the_workers_of_a_run_pull_once_though_all_of_them_lack_it(
    project: Project, private: Private
) -> None:
    project.write(
        conftest=f"""
import os, time

box = container({private.name!r}, command="sleep 1000")

def pytest_engine_create_body(request):
    # Nobody begins before all have come here.
    here = request.config.rootpath
    (here / f"{{os.environ['PYTEST_XDIST_WORKER']}}.there").touch()
    until = time.monotonic() + 60
    while len(list(here.glob("*.there"))) < 4:
        assert time.monotonic() < until
        time.sleep(0.01)
""",
        test_it="def test_it(box): pass",
    )
    result = project.run_apart("-n4", "--dist=each", "--engine-durations=0")
    result.assert_outcomes(passed=4)
    assert private.pulls() == 1
    assert project.created("box") == 4
    assert project.left() == set()


@pytest.mark.engine
def test_an_image_for_another_platform_is_not_taken(project: Project) -> None:
    project.write(
        conftest="box = container('busybox', platform='linux/s390x', pull='never')",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): *no image busybox for linux/s390x, *"])
    assert project.left() == set()


@pytest.mark.engine
def test_a_mirror_is_asked_for_what_no_hook_names(project: Project) -> None:
    project.write(
        conftest="""
box = container("company.example/box:1", command="sleep 1000")
other = container("company.example/other", command="sleep 1000")
hub = image("nowhere.example/busybox")

def pytest_engine_image_name(name):
    if name.startswith("nowhere.example/"):
        return "busybox"
""",
        test_it="""
def test_it(box, hub, request):
    assert (box.image, hub.name) == ("127.0.0.1:1/x/box:1", "busybox")

def test_other(other): pass
""",
    )
    project.engine.images.tag("busybox", "127.0.0.1:1/x/box:1")
    try:
        result = project.run(
            "--engine-mirror=company.example=127.0.0.1:1/x,nowhere.example=127.0.0.1:2"
        )
    finally:
        project.engine.images.remove("127.0.0.1:1/x/box:1")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*Cannot pull 127.0.0.1:1/x/other: *"])


@pytest.mark.engine
def test_a_build_has_options(project: Project) -> None:
    project.write(
        conftest="""
built = image(
    build={
        "Other": "FROM busybox AS one\\nARG WORD\\nRUN echo $WORD > /x; cat /etc/hosts >> /x\\n"
        "FROM busybox AS two\\nRUN false",
    },
    dockerfile="Other",
    args={"WORD": "argument"},
    target="one",
    labels={"a": "b"},
    builder="classic",
    platform="linux/amd64",
    network="host",
    options={"extrahosts": ["far:10.9.8.7"]},
)
box = container(built, command="sleep 1000")
""",
        test_it="""
def test_it(box, built):
    assert built.inspect()["Config"]["Labels"]["a"] == "b"
    text = box.exec("cat /x").text
    assert text.startswith("argument\\n")
    assert "10.9.8.7\\tfar" in text
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


@pytest.mark.parametrize(
    ("name", "mirrors", "expected"),
    [
        ("redis:7", [("docker.io", "m/hub")], "m/hub/library/redis:7"),
        ("docker.io/library/redis", [("docker.io", "m")], "m/library/redis"),
        ("user/x@sha256:" + "a" * 64, [("docker.io", "m")], "m/user/x@sha256:" + "a" * 64),
        ("quay.io/a/b:1", [("docker.io", "m"), ("quay.io", "q:5/z")], "q:5/z/a/b:1"),
        ("quay.io/a/b", [("quay.io", "q"), ("quay.io/a", "p")], "p/b"),
        ("quay.io/ab/b", [("quay.io/a", "p")], "quay.io/ab/b"),
        ("ghcr.io/a", [("quay.io", "q")], "ghcr.io/a"),
        ("redis", [], "redis"),
        ("redis:7", [("docker.io/library/redis", "m/valkey")], "m/valkey:7"),
    ],
)
def test_names_at_a_mirror(name: str, mirrors: list[tuple[str, str]], expected: str) -> None:
    assert mirrored(name, mirrors) == expected


@pytest.mark.parametrize(
    ("policy", "tagged", "stale"),
    [
        ("missing", None, False),
        ("always", None, True),
        (timedelta(hours=1), None, True),
        (timedelta(hours=1), 60, False),
        (timedelta(hours=1), 3700, True),
    ],
)
def test_what_is_stale(policy: PullPolicy, tagged: int | None, stale: bool) -> None:  # noqa: FBT001
    engine = Engine("unix:///nowhere")
    moment = time.gmtime(time.time() - (tagged or 0))
    written = time.strftime("%Y-%m-%dT%H:%M:%S.123456789Z", moment)
    metadata = {} if tagged is None else {"LastTagTime": written}
    found = {"Id": "sha256:1", "Metadata": metadata}
    assert Demand(engine, "redis:7", policy).is_stale(found) == stale  # type: ignore[arg-type]
    digest = f"redis@sha256:{'a' * 64}"
    assert not Demand(engine, digest, policy).is_stale(found)  # type: ignore[arg-type]
    built = f"sha256:{'a' * 64}"
    assert not Demand(engine, built, policy).is_stale(found)  # type: ignore[arg-type]


def test_a_mirror_of_what_is_no_image_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no image reference"):
        mirrored("Red is", [("docker.io", "m")])
