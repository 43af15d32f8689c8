"""What the attributes of a service mean for its containers, on three nodes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.service.body import VOLUME_LABEL
from pytest_engine.core.service.definition import ServiceDefinition
from pytest_engine.core.service.links import LinkedServiceMissing
from pytest_engine.core.service.services import LiveServices
from tests.clusters import LACKS_NODES
from tests.core.service.conftest import SLEEP, places
from tests.core.swarms import eventually

if TYPE_CHECKING:
    from pytest_engine.core.cluster import Cluster
    from pytest_engine.core.service.service import LiveService
    from tests.core.service.conftest import Make

pytestmark = [pytest.mark.engine, pytest.mark.slow, LACKS_NODES]


def volumes_of(cluster: Cluster, service: LiveService) -> set[str]:
    filters = {"label": f"{VOLUME_LABEL}={service.name}"}
    return {
        volume["Name"]
        for node in cluster.nodes
        for volume in node.engine.volumes.list(filters=filters)["Volumes"] or []
    }


def test_variables_of_a_link_reach_the_container(make: Make) -> None:
    database = make(
        name=f"db-{uuid.uuid4().hex[:4]}",
        container_ports=[{"inner_port": 5432}],
        container_envvars=[{"key": "USER_NAME", "value": "me"}],
    )
    web = make(
        linked_to_service=[{"to_service": database.name, "name": "DB"}],
        run_command=["sh", "-c", f"env | grep ^DB_ | sort; nslookup {database.name}; sleep 1000"],
    )
    database.start().wait_until("Running")
    web.start().wait_until("Running")
    lines = eventually(lambda: log if len(log := list(web.logs(follow=False))) >= 5 else None)
    assert [one.log for one in lines if one.log.startswith("DB_")] == [
        "DB_ENV_USER_NAME=me",
        f"DB_PORT=tcp://{database.name}:5432",
        f"DB_PORT_5432_TCP=tcp://{database.name}:5432",
        f"DB_PORT_5432_TCP_ADDR={database.name}",
        "DB_PORT_5432_TCP_PORT=5432",
        "DB_PORT_5432_TCP_PROTO=tcp",
    ]
    assert web.definition.container_envvars == {}
    assert database.describe()["linked_from_service"] == [web.uuid]
    upper = database.name.upper().replace("-", "_")
    told = database.refresh().describe()["link_variables"]
    assert told[f"{upper}_ENV_USER_NAME"] == "me"
    assert told[f"{upper}_1_PORT"].startswith("tcp://10.")
    with pytest.raises(LinkedServiceMissing, match="linked_to_service: there is no service none"):
        make(linked_to_service=[{"to_service": "none"}])


def test_a_service_outlives_those_that_it_is_linked_to(make: Make, services: LiveServices) -> None:
    database = make(container_ports=[{"inner_port": 5432}], bindings=[{"container_path": "/data"}])
    web = make(
        linked_to_service=[{"to_service": database.name, "name": "DB"}],
        bindings=[{"volumes_from": database.name}],
        container_envvars={"DB_PORT": "mine"},
    )
    web.start().wait_until("Running")
    container = web.refresh().describe()["containers"]

    def template() -> Any:
        return services.engine.services.inspect(web.uuid)["Spec"]["TaskTemplate"]["ContainerSpec"]

    before = template()
    # Its volume is in use, so that it cannot be terminated.
    services.engine.services.remove(database.uuid)
    web.note(digest="sha256:1")
    web.scale(2).wait_until("Running")
    assert set(container) < set(web.describe()["containers"])
    assert template() == before
    assert web.definition.container_envvars == {"DB_PORT": "mine"}
    with pytest.raises(LinkedServiceMissing, match=f"{web.name}: linked_to_service: there is no"):
        web.redeploy()
    web.stop().wait_until("Stopped")
    with pytest.raises(LinkedServiceMissing, match=f"volumes_from: there is no .* {database.name}"):
        web.update(linked_to_service=[])
    web.update(linked_to_service=[], bindings=[])
    web.start().wait_until("Running")


def test_volumes_live_as_long_as_stated(cluster: Cluster, make: Make) -> None:
    script = (
        "ls /data; echo x >> /data/$(date +%s%N | tail -c 7); trap exit TERM; sleep 1000 & wait"
    )
    service = make(
        bindings=[{"container_path": "/data"}],
        run_command=["sh", "-c", f"echo files: $(ls /data | wc -l); {script}"],
        tags=["here"],
    )
    cluster["worker-1"].label(here="true")

    def found() -> list[str]:
        return [one.log for one in service.logs(follow=False) if one.log.startswith("files:")]

    service.start().wait_until("Running")
    eventually(lambda: found() == ["files: 0"])
    service.redeploy().wait_until("Running")
    eventually(lambda: "files: 1" in found())
    service.stop().wait_until("Stopped")
    service.start().wait_until("Running")
    eventually(lambda: "files: 2" in found())
    service.redeploy(reuse_volumes=False).wait_until("Running")
    eventually(lambda: (found().count("files: 0") >= 1 and "files: 2" in found()) or found()[-1:])
    assert len(volumes_of(cluster, service)) == 2
    service.terminate()
    assert volumes_of(cluster, service) == set()


def test_volumes_of_another_service_are_shared(cluster: Cluster, make: Make) -> None:
    cluster["worker-1"].label(here="true")
    owner = make(
        tags=["here"],
        bindings=[{"container_path": "/data"}],
        run_command=["sh", "-c", "echo hello > /data/greeting; sleep 1000"],
    )
    reader = make(
        tags=["here"],
        bindings=[{"volumes_from": owner.name, "rewritable": False}],
        run_command=["sh", "-c", "cat /data/greeting; touch /data/x; sleep 1000"],
    )
    owner.start().wait_until("Running")
    reader.start().wait_until("Running")
    lines = eventually(lambda: log if len(log := list(reader.logs(follow=False))) == 2 else None)
    assert sorted(one.log for one in lines) == [
        "hello",
        "touch: /data/x: Read-only file system",
    ]


def test_every_line_of_the_log_has_its_source(make: Make) -> None:
    service = make(
        target_num_containers=2,
        run_command=["sh", "-c", "echo to out; echo to err >&2; sleep 1000"],
    )
    service.start().wait_until("Running")
    records = eventually(lambda: log if len(log := list(service.logs(follow=False))) == 4 else None)
    assert sorted((one.source, one.stream, one.log) for one in records) == [
        (f"{service.name}-{number}", stream, f"to {stream[3:]}")
        for number in (1, 2)
        for stream in ("stderr", "stdout")
    ]
    assert all(one.timestamp.endswith("Z") for one in records)
    last = list(service.logs(follow=False, tail=1))
    assert len(last) == 2
    with_those_to_come = service.logs()
    assert [next(with_those_to_come).source for _number in range(4)]
    with_those_to_come.close()  # type: ignore[attr-defined]


def test_published_ports_are_those_of_the_nodes(cluster: Cluster, make: Make) -> None:
    service = make(
        container_ports=[{"inner_port": 80, "published": True}],
        run_command="httpd -f -p 80 -h /etc",
        entrypoint="env",
    )
    service.start().wait_until("Running")
    (port,) = eventually(
        lambda: (
            p if (p := service.refresh().describe()["container_ports"])[0]["endpoint_uri"] else None
        )
    )
    assert port["port_name"] == "http"
    (place,) = places(cluster, service)
    assert port["endpoint_uri"] == f"http://{cluster[place].address}:{port['outer_port']}/"
    other = next(node for node in cluster.nodes if node.name != place)
    program = f"exec 3<>/dev/tcp/{cluster[place].address}/{port['outer_port']}"
    assert other.container.exec(["timeout", "5", "bash", "-c", program]).ok


def test_attributes_reach_the_container(cluster: Cluster, make: Make) -> None:
    service = make(
        user="1000:1000",
        working_dir="/etc",
        hostname="web",
        domainname="example.com",
        tty=True,
        stdin_open=True,
        read_only=True,
        memory=64,
        dns=["192.0.2.1"],
        dns_search=["example.com"],
        cap_add=["NET_ADMIN"],
        cap_drop=["CHOWN"],
        extra_hosts=["one:192.0.2.2"],
        labels={"a": "b"},
        container_envvars={"X": "1"},
        security_opt=["label:disable"],
    )
    service.start().wait_until("Running")
    (place,) = places(cluster, service)
    (container,) = service.describe()["containers"]
    found: Any = cluster[place].engine.containers.inspect(container)
    config, host = found["Config"], found["HostConfig"]
    assert (config["User"], config["WorkingDir"], config["Hostname"]) == (
        "1000:1000",
        "/etc",
        "web.example.com",
    )
    assert (config["Tty"], config["OpenStdin"], host["ReadonlyRootfs"]) == (True, True, True)
    assert host["Memory"] == 64 << 20
    assert (host["Dns"], host["DnsSearch"]) == (["192.0.2.1"], ["example.com"])
    assert (host["CapAdd"], host["CapDrop"]) == (["CAP_NET_ADMIN"], ["CAP_CHOWN"])
    assert host["ExtraHosts"] == ["one:192.0.2.2"]
    assert host["SecurityOpt"] == ["label=disable"]
    assert config["Labels"]["a"] == "b"
    assert "X=1" in config["Env"]
    assert config["Cmd"] == SLEEP


def test_the_host_network_is_used_where_it_is_stated(cluster: Cluster, make: Make) -> None:
    service = make(net="host")
    service.start().wait_until("Running")
    (place,) = places(cluster, service)
    (container,) = service.describe()["containers"]
    found = cluster[place].engine.containers.inspect(container)
    assert list(found["NetworkSettings"]["Networks"]) == ["host"]


def test_a_definition_survives_the_swarm(make: Make, services: LiveServices) -> None:
    service = make(
        container_envvars={"A": "1"},
        tags=["x"],
        autodestroy="ALWAYS",
        container_ports=[{"inner_port": 80, "outer_port": 8080}],
    )
    again = LiveServices(services.engine, network=services.network).get(service.name)
    assert again.definition == service.definition
    assert isinstance(again.definition, ServiceDefinition)
