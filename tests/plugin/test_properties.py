"""Everything that a container can be asked for, and what it is refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import Project

pytestmark = pytest.mark.engine


def test_named_properties_reach_the_engine(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    "busybox",
    command="sleep 1000",
    tmpfs={"/memory": "size=1m"},
    etc_hosts={"far": "10.9.8.7"},
    capabilities=["NET_ADMIN"],
    read_only=True,
    init=True,
    user="7:8",
    memory="32m",
    cpus=0.5,
    restart_policy="on-failure",
    platform="linux/amd64",
    labels={"a": "b"},
)
""",
        test_it="""
def test_it(box):
    host = box.inspect()["HostConfig"]
    # Podman tells its own options as well.
    assert host["Tmpfs"]["/memory"].startswith("size=1m")
    assert host["ExtraHosts"] == ["far:10.9.8.7"]
    assert host["CapAdd"] in (["NET_ADMIN"], ["CAP_NET_ADMIN"])
    assert (host["ReadonlyRootfs"], host["Init"]) == (True, True)
    assert (host["Memory"], host["NanoCpus"]) == (32 * 1024**2, 500_000_000)
    assert host["RestartPolicy"]["Name"] == "on-failure"
    config = box.inspect()["Config"]
    assert (config["User"], config["Labels"]["a"]) == ("7:8", "b")
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_all_else_is_stated_as_a_spec(project: Project) -> None:
    project.write(
        conftest="""
box = container(
    spec=ContainerSpec(
        image="busybox",
        hostname="there",
        ulimits=["nofile:100:200"],
        pids_limit=50,
        shm_size="1m",
        dns_servers=["10.9.8.7"],
        sysctls={"net.ipv4.ip_forward": 0},
        security_opts=["no-new-privileges"],
        stop_signal="SIGKILL",
        stop_timeout=1,
        cap_drop=["CHOWN"],
        groups=["7"],
    ),
    command=[
        "sh",
        "-c",
        "ulimit -n; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; echo told; sleep 1000",
    ],
    memory="32m",
    wait=wait.log("told"),
)
""",
        test_it="""
def test_it(box):
    config, host = box.inspect()["Config"], box.inspect()["HostConfig"]
    assert (config["Hostname"], config["StopSignal"] in ("SIGKILL", "9")) == ("there", True)
    # Else it is what the host has: 1, for containers to reach anything.
    assert box.logs().split() == ["100", "200", "0", "told"]
    assert (host["SecurityOpt"], host["CapDrop"]) == (["no-new-privileges"], ["CHOWN"])
    assert config["StopTimeout"] == 1
    assert (host["PidsLimit"], host["ShmSize"], host["Memory"]) == (50, 2**20, 32 * 2**20)
    assert host["Dns"] == ["10.9.8.7"]
    assert box.exec("id -G").text.split() == ["0", "7"]
""",
    )
    project.run().assert_outcomes(passed=1)


def test_a_spec_may_refer_to_other_fixtures(project: Project) -> None:
    project.write(
        conftest="""
app = container("busybox", command="sleep 1000")
sidecar = container(
    "busybox",
    command="sleep 1000",
    spec=ContainerSpec(network_mode="container:{app.id}", env={"APP": "{app.name}"}),
    labels={"beside": "{app.name}"},
)
""",
        test_it="""
def test_it(sidecar, app):
    addresses = [one.exec(["ip", "-4", "addr", "show", "eth0"]).text for one in (app, sidecar)]
    assert addresses[0] == addresses[1]
    assert sidecar.exec(["sh", "-c", "echo $APP"]).text.strip() == app.name
    assert sidecar.inspect()["Config"]["Labels"]["beside"] == app.name
""",
    )
    project.run().assert_outcomes(passed=1)


def test_a_command_that_the_image_has_can_be_taken_away(project: Project) -> None:
    project.write(
        conftest="""
built = image(build={"Dockerfile": 'FROM busybox\\nENTRYPOINT ["false"]'})
box = container(built, entrypoint=[], command="sleep 1000")
""",
        test_it="def test_it(box):\n    assert box.state() == 'running'",
    )
    project.run().assert_outcomes(passed=1)


def test_files_are_there_before_the_start(project: Project) -> None:
    project.write(
        conftest="""
from pathlib import Path

data = volume(content={"here/first": "1"})
box = container(
    "busybox",
    command=["sh", "-c", "cat /etc/deep/er/app.conf /srv/one /srv/sub/two /m/x /data/here/*"],
    files={
        "/etc/deep/er/app.conf": b"bytes\\n",
        "/srv": Path("folder"),
        "/m": {"x": "mapped\\n"},
        "/data/here/second": "2",
        "/secret": File("s", owner=(7, 8), mode=0o400),
        "/tool": Path("folder/tool"),
        "/nothing": {},
    },
    volumes={"/data": data},
    wait=wait.exit(),
)
keeper = container("busybox", command="sleep 1000", files={"/etc/own": File("x", mode=0o640)})
""",
        test_it="""
def test_it(box):
    assert box.logs() == "bytes\\none\\ntwo\\nmapped\\n12"
    stat = box.engine.containers.archive_info(box.id, "/secret")
    assert stat.mode & 0o777 == 0o400
    assert box.engine.containers.archive_info(box.id, "/tool").mode & 0o777 == 0o755
    assert box.engine.containers.archive_info(box.id, "/nothing").is_dir

def test_folders_that_are_there_stay_as_they_are(keeper):
    assert keeper.exec("stat -c %a:%u /etc/own /etc").text.split() == ["640:0", "755:0"]
""",
    )
    folder = project.pytester.mkdir("folder")
    (folder / "one").write_text("one\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "two").write_text("two\n")
    (folder / "tool").touch()
    (folder / "tool").chmod(0o755)
    project.run().assert_outcomes(passed=2)
    assert project.left() == set()


def test_a_file_where_a_folder_in_memory_will_be_is_refused(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000", tmpfs=["/run"], files={"/run/app/x": "1"})
""",
        test_it="def test_it(box): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): files: /run/app/x lies in /run, *"])
    assert project.left() == set()


def test_a_path_of_this_host_that_is_missing_is_told(project: Project) -> None:
    project.write(
        conftest="""
from pathlib import Path

box = container("busybox", command="sleep 1000", files={"/x": Path("nowhere")})
data = volume(content=Path("nowhere"))
""",
        test_it="def test_one(box): pass\ndef test_two(data): pass",
    )
    result = project.run()
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["Fixture 'box' (busybox): *nowhere cannot be read: *"])
    result.stdout.fnmatch_lines(["Fixture 'data' (a volume): *nowhere cannot be read: *"])
    assert project.left() == set()


@pytest.mark.lacks("26.1", "28.5", "podman5", reason="in its container it has other folders")
def test_a_folder_beside_the_conftest_is_mounted_wherever_pytest_runs(project: Project) -> None:
    project.write(test_it="def test_it(): pass")
    folder = project.pytester.mkpydir("sub")
    (folder / "data").mkdir()
    (folder / "data" / "x").write_text("mounted")
    (folder / "conftest.py").write_text(
        "from pytest_engine import container\n"
        "box = container('busybox', command='sleep 1000', volumes=['./data:/data:ro'])\n"
    )
    (folder / "test_sub.py").write_text(
        "def test_it(box):\n    assert box.exec('cat /data/x').text == 'mounted'\n"
    )
    project.run().assert_outcomes(passed=2)


def test_a_volume_has_a_content(project: Project) -> None:
    project.write(
        conftest="""
from pathlib import Path

mapped = volume(content={"a": "1", "deep/b": b"2"})
copied = volume(content=File(Path("folder"), owner=(7, 8), mode=0o600))
box = container("busybox", command="sleep 1000", volumes={"/m": mapped, "/c": copied})
""",
        test_it="""
def test_it(box):
    assert box.exec("cat /m/a /m/deep/b /c/x").text == "123"
    assert box.exec("stat -c %u:%g:%a /c/x").text.strip() == "7:8:600"
""",
    )
    (project.pytester.mkdir("folder") / "x").write_text("3")
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_networks_and_volumes_have_properties_without_a_name(project: Project) -> None:
    project.write(
        conftest="""
backend = network(internal=True, subnets=["10.78.5.0/24"], labels={"a": "b"})
dual = network(enable_ipv6=True, subnets=["10.78.6.0/24", "fd78:5::/64"])
memory = volume(
    driver_options={"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}, labels={"a": "b"}
)
box = container("busybox", command="sleep 1000", network=backend, volumes={"/m": memory})
""",
        test_it="""
def test_it(box, backend, dual, memory):
    told = backend.inspect()
    assert (told["Internal"], told["EnableIPv6"], told["Labels"]["a"]) == (True, False, "b")
    assert (dual.inspect()["Internal"], dual.inspect()["EnableIPv6"]) == (False, True)
    assert backend.name.startswith("pytest-engine-")
    assert box.ip().startswith("10.78.5.")
    assert memory.inspect()["Options"]["type"] == "tmpfs"
    assert memory.inspect()["Labels"]["a"] == "b"
    assert "size=1024k" in box.exec("grep ' /m ' /proc/mounts").text
""",
    )
    project.run().assert_outcomes(passed=1)
    assert project.left() == set()


def test_the_json_can_be_edited_as_the_last_resort(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000")

def pytest_engine_create_body(body, spec, request):
    assert body["Image"] == spec.image == "busybox"
    body["HostConfig"]["OomScoreAdj"] = 77 if request.fixturename == "box" else 0
""",
        test_it="def test_it(box):\n    assert box.inspect()['HostConfig']['OomScoreAdj'] == 77",
    )
    project.run().assert_outcomes(passed=1)


def test_a_container_is_shown_before_it_is_removed(project: Project) -> None:
    project.write(
        conftest="""
box = container("busybox", command="sleep 1000")
bad = container("busybox", command="sleep 1000")

def pytest_engine_container_remove(container, request):
    print("last seen", request.fixturename, container.state())
    if request.fixturename == "bad":
        raise LookupError("not what I expected")
""",
        test_it="def test_one(box): pass\ndef test_two(bad): pass",
    )
    result = project.run("-s")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*last seen box running", "*LookupError: not what I expected"])
    assert project.left() == set()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "box = container('busybox', memory='1g', spec=ContainerSpec(memory='2g'))",
            "memory is stated twice",
        ),
        (
            "box = container('busybox', spec=ContainerSpec(image='redis'))",
            "image is stated twice",
        ),
        (
            "box = container(build='.', spec=ContainerSpec(image='redis'))",
            "either an image or what to build",
        ),
        ("box = container(spec=ContainerSpec())", "either an image or what to build"),
        (
            "box = container('x', env={'A': '1'}, spec=ContainerSpec(env={'B': '2'}))",
            "env is stated twice",
        ),
        (
            "box = container('x', network='a', spec=ContainerSpec(networks=['b']))",
            "networks is stated twice",
        ),
        ("box = container('x', pull='sometimes')", "pull='sometimes' is none of missing"),
        ("box = container('x', files={'etc/x': ''})", "'etc/x' is no absolute path"),
        ("box = container('x', files={'/a/../x': ''})", "'/a/../x' is no absolute path"),
        ("box = container('x', files={'/etc/': 'x'})", "say what the file in it is called"),
        ("box = container('x', files={'/x': 1})", "not int"),
        ("box = container('x', files={'/x': {'../y': ''}})", "'../y' is no path of a file below"),
        ("box = container('x', files={'/x': '', '//x': ''})", "/x is stated more than once"),
        ("box = container('x', files={'/x': File('', mode=-1)})", "a number like 0o640"),
        ("box = container('x', timeout=0)", "timeout: 0 is not a number of seconds above 0"),
        ("box = container('x', timeout=1e300)", "timeout: 1e+300 is not a number of seconds"),
        ("box = volume(content='text')", "the content is a folder, as a pathlib.Path"),
        ("box = network(subnets=['10.0.0.0/99'])", "10.0.0.0/99"),
        ("box = network(NetworkSpec('x'), internal=True)", "in a spec or by name, not both"),
        ("box = volume(VolumeSpec('x'), driver='y')", "in a spec or by name, not both"),
        ("box = image('x', target='y')", "target: only for an image that is built"),
        ("box = image('x', options={})", "options: only for an image that is built"),
        ("box = image(build='.', options={'secrets': []})", "over a session of BuildKit's"),
        ("box = image(build='.', options={'tags': ['x']})", "tags: runs at the same time"),
        ("box = image(build='.', options={'colour': 1})", "a build has no option 'colour'"),
        (
            "box = image(build='.', cache_from=['x'], options={'cachefrom': ['y']})",
            "cache_from is stated twice",
        ),
        ("box = image(build='.', pull='never')", "pull='never': a build looks for newer"),
    ],
)
def test_a_wrong_argument_is_told_where_it_stands(project: Project, line: str, reason: str) -> None:
    project.write(test_it=f"{line}\ndef test_it(box): pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    assert reason in str(result.stdout)
    result.stdout.fnmatch_lines(["test_it.py:4: in <module>*"])
