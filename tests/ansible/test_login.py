"""Logins to a registry with TLS and a password, and what images do with them."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import FOREIGN_HOST
from tests.core.test_login_store import HELPER
from tests.lab import Lab
from tests.lab.packages import ensure_programs
from tests.lab.private_registry import PrivateRegistry

from .test_images import make

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

    from .conftest import Playbooks, Run

pytestmark = [
    pytest.mark.ansible,
    pytest.mark.engine,
    pytest.mark.lacks("podman5", reason="it takes no certificate that it does not know"),
]
WRONG = "s3cr3t-wrong"


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


def run(playbooks: Playbooks, steps: list[tuple[str, dict[str, Any]]], **options: Any) -> Run:
    """Run modules, each in check mode and then for real; names are `number module (check)`."""
    tasks = [
        {
            "name": f"{number} {module}{' (check)' if check else ''}",
            f"pytest_engine.engine.{module}": wanted,
            "check_mode": check,
            "ignore_errors": True,
        }
        for number, (module, wanted) in enumerate(steps)
        for check in (True, False)
    ]
    return playbooks.run_tasks(tasks, "--diff", **options)


def changes(run: Run) -> dict[str, bool | str]:
    """Tell of each task whether it changed something, or `failed`."""
    return {
        name: "failed" if result["failed"] else result["changed"]
        for name, result in run.results.items()
    }


def both(**expected: object) -> Mapping[str, object]:
    """Expect the same of a step in check mode and for real: `_0_login=True`."""
    steps = {key[1:].replace("_", " ", 1): value for key, value in expected.items()}
    return {f"{step}{mode}": value for step, value in steps.items() for mode in (" (check)", "")}


def test_images_go_to_a_private_registry_and_back(
    playbooks: Playbooks,
    registry: PrivateRegistry,
    engine: Engine,
    scratch: Scratch,
    busybox: str,
    tmp_path: Path,
) -> None:
    name = make(engine, busybox, f"{registry.host}/{scratch.name()}:1", "one")
    config = tmp_path / "docker" / "config.json"
    account = {
        # A path changes nothing about which registry it is.
        "registry_url": f"{registry.host}/team",
        "username": registry.username,
        "password": registry.password,
        "config_path": str(config),
    }
    logout = {"registry_url": registry.host, "config_path": str(config), "state": "absent"}
    image = {"name": name[:-2], "tag": "1"}
    done = run(
        playbooks,
        [
            ("login", {**account, "password": WRONG}),
            ("image_push", image),
            ("login", account),
            ("login", account),
            ("login", {**account, "reauthorize": True}),
            ("login", {**account, "password": WRONG}),
            ("image_push", image),
            ("image_push", image),
            ("image_remove", image),
            ("image_pull", image),
            ("image_pull", image),
            ("image_pull", {**image, "pull": "not_present"}),
            ("login", logout),
            ("login", logout),
            ("image_pull", {"name": name + "-none"}),
        ],
        environment={"DOCKER_CONFIG": str(config.parent)},
    )
    assert changes(done) == {
        **both(_0_login="failed"),
        # Whether it may be pushed is seen from trying.
        "1 image_push (check)": True,
        "1 image_push": "failed",
        **both(_2_login=True, _3_login=False, _4_login=True, _5_login="failed"),
        **both(_6_image_push=True, _7_image_push=False, _8_image_remove=True),
        **both(_9_image_pull=True, _10_image_pull=False, _11_image_pull=False),
        **both(_12_login=True, _13_login=False),
        "14 image_pull (check)": True,
        "14 image_pull": "failed",
    }, done.output
    results = done.results
    assert results["2 login"]["login_result"] == {
        "serveraddress": account["registry_url"],
        "username": registry.username,
        "Status": "Login Succeeded",
    }
    assert results["2 login"]["diff"] == {
        "before": {"exists": False},
        "after": {"exists": True, "username": registry.username},
    }
    assert results["12 login"]["diff"]["after"] == {"exists": False}
    assert results["6 image_push"]["actions"] == [f"Pushed image {name}"]
    assert results["6 image_push"]["diff"]["before"] == {"exists": False}
    assert results["7 image_push"]["actions"] == []
    assert results["9 image_pull"]["image"]["RepoTags"] == [name]
    assert results["9 image_pull (check)"]["diff"]["after"] == {"id": "unknown"}
    assert json.loads(config.read_text()) == {"auths": {}}
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    everything = done.output + json.dumps(results)
    assert [secret for secret in (WRONG, registry.password) if secret in everything] == []
    engine.images.remove(name, force=True)


def test_a_credential_helper_keeps_the_login(
    playbooks: Playbooks,
    registry: PrivateRegistry,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    helper = tmp_path / "docker-credential-test"
    helper.write_text(HELPER)
    helper.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    config = tmp_path / "config.json"
    config.write_text('{"credsStore": "test", "detachKeys": "ctrl-x"}')
    place = {"url": f"https://{registry.host}", "dockercfg_path": str(config)}
    account = {**place, "username": registry.username, "password": registry.password}
    done = run(
        playbooks,
        [("login", account), ("login", account), ("login", {**place, "state": "absent"})],
    )
    assert changes(done) == both(_0_login=True, _1_login=False, _2_login=True), done.output
    assert json.loads(config.read_text()) == {
        "credsStore": "test",
        "detachKeys": "ctrl-x",
        "auths": {},
    }
    assert registry.password not in done.output


def test_what_cannot_be_logged_in_is_told(playbooks: Playbooks, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text("no JSON")
    place = {"registry": "127.0.0.1:1", "config_path": str(config)}
    account = {**place, "username": "me", "password": WRONG}
    new = {**account, "config_path": str(tmp_path / "new.json")}
    done = run(
        playbooks,
        [
            ("login", place),
            ("login", account),
            ("login", new),
            ("login", {**new, "password": ""}),
            ("login", {**place, "state": "absent"}),
            ("login", {**new, "username": "me:you"}),
        ],
    )
    expected = ["username, password", "not valid JSON", "127.0.0.1:1", "password", "valid JSON"]
    expected += ["username: it has a colon"]
    for number, word in enumerate(expected):
        for mode in ("", " (check)"):
            assert word in done.messages[f"{number} login{mode}"]
    assert WRONG not in done.output + json.dumps(done.results)
    assert config.read_text() == "no JSON"
    assert list(tmp_path.iterdir()) == [config]
