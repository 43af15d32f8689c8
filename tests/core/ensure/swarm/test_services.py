"""Services, brought to a wanted state in a real swarm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.ensure.reconcile import Outcome, reconcile
from pytest_engine.core.ensure.service_report import describe_service
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.policies import Healthcheck
from pytest_engine.core.spec.service import ServiceSpec
from pytest_engine.core.spec.service_settings import SERVICE_SETTINGS
from tests.core.swarms import encoded
from tests.request_log import request_log

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine
    from tests.conftest import Scratch

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

KIND = ServiceKind()
# Setting -> a value, and another one; what needs something to be there is tested by itself.
SETTINGS: dict[str, tuple[Any, Any]] = {
    "labels": ({"a": "1"}, {"b": True}),
    "command": (["sleep", "600"], "sleep 601"),
    "args": (["-x"], []),
    "env": ({"A": "1"}, ["A=1", "B=2"]),
    "user": ("1000", "1001:5"),
    "groups": (["5", "6"], ["6"]),
    "working_dir": ("/tmp", "/"),  # noqa: S108
    "hostname": ("one", "two"),
    "stdin_open": (True, False),
    "tty": (True, False),
    "init": (True, False),
    "stop_signal": ("SIGINT", "SIGTERM"),
    "stop_grace_period": ("2s", "1m30s"),
    "healthcheck": (
        Healthcheck(test="true", interval="1m30s", timeout="5s", start_period="3s", retries=2),
        Healthcheck(test="NONE"),
    ),
    "container_labels": ({"a": "1"}, {}),
    "cap_add": (["NET_ADMIN", "cap_sys_time"], ["SYS_TIME"]),
    "cap_drop": (["ALL"], ["CHOWN"]),
    "read_only": (True, False),
    "sysctls": ({"net.core.somaxconn": 500}, {"net.core.somaxconn": "501"}),
    "ulimits": (["nofile:10:20"], ["nofile:10:30", "nproc:5"]),
    "credential_spec": ({"File": "x.json"}, {"Registry": "x"}),
    "mounts": (
        [{"Type": "bind", "Source": "/tmp", "Target": "/a", "ReadOnly": False}],  # noqa: S108
        [
            {"Type": "bind", "Source": "/tmp", "Target": "/a", "ReadOnly": True},  # noqa: S108
            {"Type": "tmpfs", "Target": "/b", "TmpfsOptions": {"SizeBytes": 1000}},
        ],
    ),
    "dns": (["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]),
    "dns_search": (["a.example"], ["b.example"]),
    "dns_options": (["timeout:3"], []),
    "hosts": ({"a": "10.0.0.1"}, {"a": "10.0.0.2", "b": "10.0.0.2"}),
    "endpoint_mode": ("dnsrr", "vip"),
    "publish": (
        [{"TargetPort": 80, "PublishMode": "host"}],
        [{"TargetPort": 80, "PublishedPort": 18080, "PublishMode": "host", "Protocol": "udp"}],
    ),
    "limit_cpu": (0.5, 0.25),
    "limit_memory": ("64M", "128M"),
    "limit_pids": (100, 0),
    "reserve_cpu": (0.1, 0),
    "reserve_memory": ("8M", "16M"),
    "generic_resources": (["gpu=2"], ["gpu=one", "gpu=other"]),
    "constraints": (["node.role == manager", "node.labels.a == b"], ["node.role == manager"]),
    "placement_preferences": ([{"spread": "node.labels.rack"}], [{"spread": "node.labels.a"}]),
    "replicas_max_per_node": (2, 3),
    "restart_policy": ("on-failure", "none"),
    "restart_policy_delay": ("2s", "3s"),
    "restart_policy_attempts": (2, 0),
    "restart_policy_window": ("1m", "2m"),
    # Before the driver, with which they would go.
    "log_driver_options": ({"max-size": "1m"}, {}),
    "log_driver": ("json-file", "local"),
    "update_config": (
        {
            "parallelism": 2,
            "delay": "10s",
            "failure_action": "rollback",
            "monitor": "5s",
            "max_failure_ratio": 0.123456789,
            "order": "start-first",
        },
        {"delay": "1s"},
    ),
    "rollback_config": ({"parallelism": 0, "order": "start-first"}, {"order": "stop-first"}),
}
NEED_MORE = {"networks", "secrets", "configs"}


def actions(outcome: Outcome) -> list[str]:
    return [str(action) for action in outcome.actions]


def fields(outcome: Outcome) -> list[str]:
    return [difference.field for difference in outcome.differences]


def service(name: str, image: str, **settings: Any) -> ServiceSpec:
    """Specify a service without tasks."""
    return ServiceSpec(name, image, replicas=0, settings=settings)


def test_a_service_is_created_found_as_wanted_and_removed(
    engine: Engine, name: str, busybox: str
) -> None:
    wanted = service(name, busybox, labels={"a": "1"})
    asked = reconcile(engine, KIND, wanted, check=True)
    assert (actions(asked), asked.resource) == ([f"create service {name}"], None)
    assert engine.services.list(filters={"name": name}) == []
    created = reconcile(engine, KIND, wanted)
    assert actions(created) == actions(asked)
    assert not reconcile(engine, KIND, wanted).changed
    gone = reconcile(engine, KIND, ServiceSpec(name), state="absent", check=True)
    assert gone.resource == engine.services.inspect(name)
    removed = reconcile(engine, KIND, ServiceSpec(name), state="absent")
    assert (actions(removed), removed.resource) == ([f"remove service {name}"], None)
    assert not reconcile(engine, KIND, ServiceSpec(name), state="absent").changed


def test_every_setting_is_brought_about_and_compared(
    engine: Engine, name: str, busybox: str
) -> None:
    assert SETTINGS.keys() | NEED_MORE == {setting.name for setting in SERVICE_SETTINGS}
    first = {setting: values[0] for setting, values in SETTINGS.items()}
    # On a network that has no ports of its own.
    wanted = service(name, busybox, **first)
    assert reconcile(engine, KIND, wanted).changed
    again = reconcile(engine, KIND, wanted)
    assert (fields(again), again.changed) == ([], False)
    for setting, (_before, after) in SETTINGS.items():
        other = service(name, busybox, **{setting: after})
        outcome = reconcile(engine, KIND, other)
        assert fields(outcome) == [setting]
        assert not reconcile(engine, KIND, other).changed, setting
    # What was not stated each time is as it was stated before.
    last = {setting: values[1] for setting, values in SETTINGS.items()}
    assert fields(reconcile(engine, KIND, service(name, busybox, **last))) == []


def test_what_is_described_is_what_was_stated(engine: Engine, name: str, busybox: str) -> None:
    first = {setting: values[0] for setting, values in SETTINGS.items()}
    created = reconcile(engine, KIND, service(name, busybox, **first)).resource
    assert created is not None
    told = describe_service(created["Spec"])
    expected = {
        "command": ["sleep", "600"],
        "constraints": ["node.role == manager", "node.labels.a == b"],
        "env": ["A=1"],
        "healthcheck_disabled": False,
        "image": busybox,
        "limit_cpu": 0.5,
        "limit_memory": 64 * 1024**2,
        "log_driver": "json-file",
        "mode": "replicated",
        "networks": None,
        "placement_preferences": [{"spread": "node.labels.rack"}],
        "publish": [{"published_port": None, "target_port": 80, "protocol": "tcp", "mode": "host"}],
        "replicas": 0,
        "restart_policy_window": 60 * 10**9,
        "update_delay": 10**10,
        "update_order": "start-first",
    }
    assert {key: told[key] for key in expected} == expected


def test_an_empty_healthcheck_states_that_there_is_none(
    engine: Engine, name: str, busybox: str
) -> None:
    reconcile(engine, KIND, service(name, busybox, healthcheck=Healthcheck("true")))
    assert not reconcile(engine, KIND, service(name, busybox)).changed
    none = service(name, busybox, healthcheck=Healthcheck())
    assert fields(reconcile(engine, KIND, none)) == ["healthcheck"]
    assert not reconcile(engine, KIND, none).changed
    found = engine.services.inspect(name)["Spec"]["TaskTemplate"]["ContainerSpec"]
    assert not found.get("Healthcheck")


def test_secrets_of_the_environment_are_in_no_difference(
    engine: Engine, name: str, busybox: str
) -> None:
    reconcile(engine, KIND, service(name, busybox, env={"DB_PASSWORD": "mimi", "A": "1"}))
    outcome = reconcile(engine, KIND, service(name, busybox, env={"DB_PASSWORD": "momo"}))
    assert fields(outcome) == ["env"]
    assert "mimi" not in repr((outcome.before, outcome.after))
    assert "momo" not in repr((outcome.before, outcome.after))


@pytest.mark.parametrize("target", ["host", "own"])
def test_a_network_is_no_reason_for_another_update(
    engine: Engine, name: str, busybox: str, scratch: Scratch, target: str
) -> None:
    if target == "own":
        target = scratch.name("net")
        engine.networks.create({"Name": target, "Driver": "overlay"})
    wanted = service(name, busybox, networks=[{"Target": target}])
    assert reconcile(engine, KIND, wanted).changed
    assert not reconcile(engine, KIND, wanted).changed
    none = service(name, busybox, networks=[])
    assert fields(reconcile(engine, KIND, none)) == ["networks"]
    reconcile(engine, KIND, wanted, state="absent")


def test_aliases_are_in_no_order(engine: Engine, name: str, busybox: str, scratch: Scratch) -> None:
    target = scratch.name("net")
    engine.networks.create({"Name": target, "Driver": "overlay"})

    def named(*aliases: str) -> ServiceSpec:
        return service(name, busybox, networks=[{"Target": target, "Aliases": list(aliases)}])

    assert reconcile(engine, KIND, named("a", "b")).changed
    assert not reconcile(engine, KIND, named("b", "a")).changed
    assert fields(reconcile(engine, KIND, named("b"))) == ["networks"]
    reconcile(engine, KIND, named(), state="absent")


@pytest.mark.parametrize(
    ("network", "message"),
    [
        ({"Target": "x", "Aliases": [["a"]]}, "networks: x: aliases"),
        ({"Target": "x", "DriverOpts": ["a"]}, "networks: x: options: .* no mapping"),
    ],
)
def test_a_network_of_wrong_form_is_refused(network: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        service("web", "busybox", networks=[network])


@pytest.mark.parametrize("sort", ["secret", "config"])
def test_contents_are_named_and_followed_when_they_are_rotated(
    engine: Engine, name: str, busybox: str, sort: str
) -> None:
    objects: Any = getattr(engine, f"{sort}s")
    for version in (1, 2):
        objects.create({"Name": f"{name}_v{version}", "Data": encoded("x")})

    def using(version: int, **file: Any) -> ServiceSpec:
        reference = {f"{sort.capitalize()}Name": f"{name}_v{version}", "File": file}
        return service(name, busybox, **{f"{sort}s": [reference]})

    created = reconcile(engine, KIND, using(1, Name="key", Mode=0o400)).resource
    assert created is not None
    assert describe_service(created["Spec"])[f"{sort}s"] == [
        {
            f"{sort}_id": objects.inspect(f"{name}_v1")["ID"],
            f"{sort}_name": f"{name}_v1",
            "filename": "key",
            "uid": "0",
            "gid": "0",
            "mode": 0o400,
        }
    ]
    assert not reconcile(engine, KIND, using(1, Name="key", Mode=0o400)).changed
    assert fields(reconcile(engine, KIND, using(2, Name="key", Mode=0o400))) == [f"{sort}s"]
    assert fields(reconcile(engine, KIND, using(2))) == [f"{sort}s"]
    with pytest.raises(InvalidInput, match=f"no {sort} {name}_v3"):
        reconcile(engine, KIND, using(3))


def test_another_mode_is_another_service_with_the_same_settings(
    engine: Engine, name: str, busybox: str
) -> None:
    first = ServiceSpec(name, busybox, "replicated", 0, settings={"labels": {"a": "1"}})
    before = reconcile(engine, KIND, first).resource
    there = replace(first, mode="global", replicas=None, settings={"constraints": ["node.id==x"]})
    asked = reconcile(engine, KIND, there, check=True)
    assert engine.services.inspect(name) == before
    changed = reconcile(engine, KIND, there)
    assert (
        actions(changed) == actions(asked) == [f"remove service {name}", f"create service {name}"]
    )
    assert changed.resource is not None
    assert changed.resource["Spec"]["Labels"] == {"a": "1"}
    assert not reconcile(engine, KIND, there).changed
    # Without a mode it keeps the one that it has.
    assert not reconcile(engine, KIND, ServiceSpec(name, busybox)).changed
    with pytest.raises(InvalidInput, match="one task on each node"):
        reconcile(engine, KIND, ServiceSpec(name, busybox, replicas=2))


def test_a_service_can_become_a_job(engine: Engine, name: str, busybox: str) -> None:
    rollout = {"update_config": {"delay": "1s"}, "rollback_config": {"delay": "1s"}}
    reconcile(engine, KIND, service(name, busybox, restart_policy="any", **rollout))
    job = ServiceSpec(name, mode="replicated-job", settings=impossible())
    assert reconcile(engine, KIND, job).changed
    assert not reconcile(engine, KIND, job).changed


def test_a_service_that_cannot_have_another_mode_is_made_again(
    engine: Engine, name: str, busybox: str
) -> None:
    reconcile(engine, KIND, service(name, busybox, labels={"a": "1"}))
    wrong = ServiceSpec(name, mode="replicated-job", settings={"update_config": {"delay": "1s"}})
    with pytest.raises(InvalidInput, match="Jobs may not have an update config"):
        reconcile(engine, KIND, wrong)
    assert engine.services.inspect(name)["Spec"]["Labels"] == {"a": "1"}
    assert not reconcile(engine, KIND, service(name, busybox)).changed


@pytest.mark.parametrize(
    ("mode", "counts"),
    [("replicated-job", {"replicas": 2, "max_concurrent": 1}), ("global-job", {})],
)
def test_jobs_are_services(
    engine: Engine, name: str, busybox: str, mode: str, counts: dict[str, Any]
) -> None:
    settings = {"command": ["true"], "constraints": ["node.id==x"]}
    wanted = ServiceSpec(name, busybox, mode, settings=settings, **counts)
    assert reconcile(engine, KIND, wanted).changed
    assert not reconcile(engine, KIND, wanted).changed


def test_replicas_that_are_not_stated_stay(engine: Engine, name: str, busybox: str) -> None:
    reconcile(engine, KIND, ServiceSpec(name, busybox, "replicated", 0))
    wanted = ServiceSpec(name, busybox, "replicated", settings={"labels": {"a": "1"}})
    changed = reconcile(engine, KIND, wanted).resource
    assert changed is not None
    assert changed["Spec"]["Mode"] == {"Replicated": {"Replicas": 0}}
    more = reconcile(engine, KIND, ServiceSpec(name, replicas=2, settings=impossible()))
    assert sorted(fields(more)) == ["constraints", "replicas"]


def impossible() -> dict[str, Any]:
    return {"constraints": ["node.labels.nowhere == here"]}


def test_tasks_are_replaced_by_force(engine: Engine, name: str, busybox: str) -> None:
    wanted = service(name, busybox)
    reconcile(engine, KIND, wanted)
    for count in (1, 2):
        forced = reconcile(engine, ServiceKind(force=True), wanted)
        assert actions(forced) == [f"update service {name}"]
        assert forced.resource is not None
        assert forced.resource["Spec"]["TaskTemplate"]["ForceUpdate"] == count


def test_the_digest_that_a_registry_has_is_asked_for_and_then_kept(
    engine: Engine, name: str, pushed: Callable[..., str]
) -> None:
    image = pushed()
    wanted = service(name, image)
    resolved = reconcile(engine, ServiceKind(resolve=True), wanted).resource
    assert resolved is not None
    digest = engine.distribution.inspect(image)["Descriptor"]["digest"]
    assert describe_service(resolved["Spec"])["image"] == f"{image}@{digest}"
    assert not reconcile(engine, ServiceKind(resolve=True), wanted).changed
    assert not reconcile(engine, KIND, wanted).changed
    # Nor are tasks replaced for it when something else is changed.
    other = reconcile(engine, KIND, ServiceSpec(name, image, settings={"labels": {"a": "b"}}))
    assert fields(other) == ["labels"]
    assert other.resource is not None
    assert other.resource["Spec"]["TaskTemplate"] == resolved["Spec"]["TaskTemplate"]
    assert fields(reconcile(engine, KIND, service(name, "busybox"))) == ["image"]


def test_nothing_to_do_takes_one_request(
    engine: Engine, engine_host: str, name: str, busybox: str
) -> None:
    first = {setting: values[0] for setting, values in SETTINGS.items()}
    reconcile(engine, KIND, service(name, busybox, **first))
    with request_log(engine_host) as log, type(engine)(log.host, environ={}) as client:
        assert not reconcile(client, KIND, service(name, busybox, **first)).changed
        requests = [line for line in log.take() if "_ping" not in line]
    assert len(requests) == 1, requests


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"networks": [{"Target": "nowhere"}]}, "no network nowhere"),
        ({"limit_cpu": "x"}, "limit_cpu"),
        ({"limit_memory": "x"}, "limit_memory"),
        ({"stop_grace_period": "soon"}, "stop_grace_period"),
        ({"publish": [{}]}, "publish"),
        ({"generic_resources": ["gpu"]}, "gpu"),
        ({"placement_preferences": [{"pack": "x"}]}, "spread"),
        ({"update_config": {"speed": 1}}, "speed"),
        ({"no_such": 1}, "no_such"),
    ],
)
def test_what_cannot_be_is_refused(
    engine: Engine, name: str, busybox: str, settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        reconcile(engine, KIND, service(name, busybox, **settings))
    assert engine.services.list(filters={"name": name}) == []
