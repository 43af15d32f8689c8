"""What Podman tells, in the words of Docker; on Podman itself all tests of ensure prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.container_settings import refuse_what_would_be_ignored
from pytest_engine.core.ensure.podman import (
    as_docker_tells,
    is_podmans,
    network_as_docker_tells,
    processor_limit,
)
from pytest_engine.core.ensure.pruning import prune
from pytest_engine.core.errors import Incompatible
from pytest_engine.core.spec.attachment import NetworkAttachment
from pytest_engine.core.spec.container import ContainerSpec
from pytest_engine.core.spec.mounts import Mount
from pytest_engine.core.spec.network import IpamPool, NetworkSpec
from tests.core.scripted import Read, answer

if TYPE_CHECKING:
    from tests.core.conftest import Serve

ANONYMOUS = "6a70d1a86c71174c1d3b16d6134c651520963e8c735db90e067a9b1634fb5496"


def _container(host: dict[str, Any], **facts: Any) -> dict[str, Any]:
    return {
        "HostConfig": {"Runtime": "oci", **host},
        "NetworkSettings": {"Networks": {}},
        **facts,
    }


def _told(container: dict[str, Any], **wanted: Any) -> Any:
    return as_docker_tells(container, ContainerSpec("web", "image", **wanted))


@pytest.mark.parametrize(
    ("bind", "told"),
    [
        ("/srv:/b:ro,rslave,bind", "/srv:/b:ro,rslave"),
        ("data:/b:rw,rprivate,nosuid,nodev,rbind", "data:/b"),
        (f"{ANONYMOUS}:/b:rw,rprivate,nosuid,nodev,rbind", "/b"),
    ],
)
def test_binds_are_told_without_what_it_adds(bind: str, told: str) -> None:
    assert _told(_container({"Binds": [bind]}))["HostConfig"]["Binds"] == [told]


def test_a_container_of_docker_is_told_as_it_is() -> None:
    container = {"HostConfig": {"Runtime": "runc", "Binds": ["a:/b:rw"]}}
    assert not is_podmans(container)
    assert _told(container) is container


def test_mounts_have_the_targets_and_the_options_that_were_stated() -> None:
    mounted = [
        {"Type": "volume", "Name": ANONYMOUS, "Destination": "/a", "RW": True},
        {"Type": "bind", "Source": "/srv", "Destination": "/b", "RW": False},
        {"Type": "volume", "Name": "data", "Destination": "/c", "RW": True},
    ]
    told = _told(
        _container({"Tmpfs": {"/d": "rw,size=1048576,mode=700"}}, Mounts=mounted),
        mounts=[Mount("/a/", no_copy=True)],
    )["HostConfig"]["Mounts"]
    assert [mount["Target"] for mount in told] == ["/a/", "/b", "/c", "/d"]
    assert told[0]["VolumeOptions"]["NoCopy"] is True
    assert [mount.get("Source") for mount in told] == [None, "/srv", "data", None]
    assert [mount.get("ReadOnly") for mount in told] == [False, True, False, None]
    assert told[3]["TmpfsOptions"] == {"SizeBytes": 1 << 20, "Mode": 0o700}


def test_a_port_that_any_would_do_for_is_left_out() -> None:
    bindings = {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "41000"}, {"HostPort": "8080"}]}
    told = _told(_container({"PortBindings": bindings}), ports=["127.0.0.1::80", "8080:80"])
    assert told["HostConfig"]["PortBindings"] == {
        "80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}, {"HostPort": "8080"}]
    }


@pytest.mark.parametrize(
    ("has", "told"),
    [("", "10.0.0.7"), ("10.0.0.7", "10.0.0.7"), ("10.0.0.8", "10.0.0.8")],
)
def test_an_address_that_there_is_counts_and_one_that_is_to_come(has: str, told: str) -> None:
    container = _container({})
    container["NetworkSettings"]["Networks"] = {"net": {"IPAddress": has}, "other": {}}
    wanted = [NetworkAttachment("net", ipv4_address="10.0.0.7")]
    networks = _told(container, networks=wanted)["NetworkSettings"]["Networks"]
    assert networks["net"]["IPAMConfig"]["IPv4Address"] == told
    assert not any(networks["other"]["IPAMConfig"].values())


def test_half_a_processor_is_half_of_each_period() -> None:
    assert processor_limit(500_000_000) == {"CpuPeriod": 100_000, "CpuQuota": 50_000}


def _network(**facts: Any) -> dict[str, Any]:
    ipam = {
        "Driver": "default",
        "Options": {"driver": "host-local"},
        "Config": [{"Subnet": "10.0.0.0/24", "Gateway": "10.0.0.1"}],
    }
    return {"Name": "n", "IPAM": ipam, "Attachable": False, **facts}


def test_of_a_network_what_is_not_told_is_as_wanted() -> None:
    pool = IpamPool("10.0.0.0/24", ip_range="10.0.0.128/25", aux_addresses={"r": "10.0.0.9"})
    wanted = NetworkSpec("n", attachable=True, ipam_config=[pool])
    told: Any = network_as_docker_tells(_network(Options={"mtu": "1400"}), wanted)
    assert told["Attachable"] is True
    assert told["Options"] == {"com.docker.network.driver.mtu": "1400"}
    assert told["IPAM"]["Options"] == {}
    assert told["IPAM"]["Config"] == [
        {
            "Subnet": "10.0.0.0/24",
            "IPRange": "10.0.0.128/25",
            "AuxiliaryAddresses": {"r": "10.0.0.9"},
            "Gateway": "10.0.0.1",
        }
    ]


def test_of_another_pool_nothing_is_as_wanted() -> None:
    wanted = NetworkSpec("n", ipam_config=[IpamPool("10.1.0.0/24", ip_range="10.1.0.128/25")])
    told: Any = network_as_docker_tells(_network(), wanted)
    assert told["IPAM"]["Config"][0]["IPRange"] is None


def test_a_network_of_docker_is_told_as_it_is() -> None:
    network = _network(IPAM={"Driver": "default", "Options": None, "Config": []})
    assert network_as_docker_tells(network, NetworkSpec("n", attachable=True)) is network


# What it was seen to tell -> what was wanted, in Docker's words.
_SETTINGS: list[tuple[dict[str, Any], dict[str, Any], str, Any]] = [
    ({"CapDrop": []}, {"cap_drop": ["cap_mknod"]}, "CapDrop", ["MKNOD"]),
    ({"CapDrop": ["KILL"]}, {}, "CapDrop", ["KILL"]),
    (
        {"SecurityOpt": ["no-new-privileges"]},
        {"security_opts": ["no-new-privileges:true"]},
        "SecurityOpt",
        ["no-new-privileges:true"],
    ),
    (
        {
            "Ulimits": [
                {"Name": "RLIMIT_NOFILE", "Hard": 64, "Soft": 64},
                {"Name": "RLIMIT_NPROC", "Hard": 96365, "Soft": 96365},
            ]
        },
        {"ulimits": ["nofile:64"]},
        "Ulimits",
        [{"Name": "nofile", "Hard": 64, "Soft": 64}],
    ),
    (
        {"Tmpfs": {"/run": "size=1m,noexec,rw,rprivate,nosuid,nodev,tmpcopyup"}},
        {"tmpfs": ["/run/:noexec,size=1m"]},
        "Tmpfs",
        {"/run": "noexec,size=1m"},
    ),
    ({"Tmpfs": {"/run": "rw,nodev"}}, {"tmpfs": ["/run:rw"]}, "Tmpfs", {"/run": "rw"}),
    ({"Sysctls": None}, {"sysctls": {"a.b": 1}}, "Sysctls", {"a.b": "1"}),
    ({"UsernsMode": ""}, {"userns_mode": "host"}, "UsernsMode", "host"),
    ({"UsernsMode": ""}, {}, "UsernsMode", ""),
]


@pytest.mark.parametrize(("told", "wanted", "key", "words"), _SETTINGS)
def test_settings_are_told_in_the_words_of_docker(
    told: dict[str, Any], wanted: dict[str, Any], key: str, words: Any
) -> None:
    assert _told(_container(told), **wanted)["HostConfig"][key] == words


def test_all_that_is_dropped_is_all() -> None:
    dropped = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE"]
    dropped += ["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"]
    told = _told(_container({"CapDrop": dropped}), cap_drop=["ALL"])
    assert told["HostConfig"]["CapDrop"] == ["ALL"]


@pytest.mark.parametrize(("number", "name"), [("2", "SIGINT"), ("37", "37"), ("SIGINT", "SIGINT")])
def test_a_signal_has_its_name(number: str, name: str) -> None:
    told = _told(_container({}, Config={"StopSignal": number}))
    assert told["Config"]["StopSignal"] == name


def _podman(serve: Serve) -> Engine:
    pong = answer(b"OK", api_version="1.41", libpod_api_version="5.4.2")
    return Engine(serve((Read.REQUEST, pong)).host, environ={})


@pytest.mark.parametrize(
    "wanted", [{"domainname": "a.test"}, {"runtime": "runc"}, {"masked_paths": ["/proc/kcore"]}]
)
def test_what_it_would_ignore_is_refused(serve: Serve, wanted: dict[str, Any]) -> None:
    spec = ContainerSpec("web", "image", **wanted)
    with _podman(serve) as engine, pytest.raises(Incompatible, match=f"^{next(iter(wanted))}: "):
        refuse_what_would_be_ignored(engine, spec)


def test_what_it_would_prune_is_not_made_up(serve: Serve) -> None:
    with _podman(serve) as engine, pytest.raises(Incompatible, match="told beforehand"):
        prune(engine, {"images": None}, check=True)
