"""Plugins: each operation with an effect, or a value in its answer.

The plugin of these tests implements nothing. An engine takes one for enabled when something
listens on its socket, and of the lab's images only Debian has a program for that: perl.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import tarfile
from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import ApiError, NotFound
from tests.core.operations.cases import World, case
from tests.core.operations.cases_images import with_login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.types.engine import PluginPrivilege

pytestmark = [pytest.mark.lacks("podman5", reason="Podman has no plugins")]

HOST_NETWORK: PluginPrivilege = {
    "Name": "network",
    "Description": "permissions to access a network",
    "Value": ["host"],
}


_LISTEN = """
use IO::Socket::UNIX;
die "no such level" if $ENV{LEVEL} eq "none";
my $server = IO::Socket::UNIX->new(Local => "/run/docker/plugins/p.sock", Listen => 5) or die $!;
while (1) { $server->accept }
"""
# Perl with what it needs, wherever Debian has it on this architecture.
_FILES = re.compile(
    r"(usr/)?lib(64)?(/[^/]*)?|usr/bin(/perl)?"
    r"|(usr/)?lib(64)?/([^/]*/)?(ld-linux[^/]*|lib(c|m|crypt|pthread|dl)[.-][^/]*)"
    r"|usr/lib/[^/]*/perl-base(/.*)?"
)


def packed(world: World, description: str) -> bytes:
    """Pack a plugin: its configuration, and the root file system that it runs in."""
    config = {
        "description": description,
        "documentation": "https://docs.test",
        "entrypoint": ["perl", "-e", _LISTEN],
        "interface": {"types": [], "socket": "p.sock"},
        "network": {"type": "host"},
        "env": [{"name": "LEVEL", "value": "1", "settable": ["value"]}],
    }
    debian = "debian:bookworm"
    world.lab.require(debian)
    world.engine.images.pull(debian)
    source = world.create(suffix="rootfs", Image=debian)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        add(archive, "config.json", json.dumps(config).encode())
        # The engine refuses a second plugin with the very same files.
        add(archive, "rootfs/about", description.encode() + world.name().encode())
        add(archive, "rootfs/run/docker/plugins/about", b"")
        with (
            world.engine.containers.export(source) as exported,
            tarfile.open(fileobj=io.BytesIO(b"".join(exported))) as files,
        ):
            for member in files:
                if not _FILES.fullmatch(member.name):
                    continue
                content = files.extractfile(member) if member.isreg() else None
                member.name = f"rootfs/{member.name}"
                if member.islnk():
                    member.linkname = f"rootfs/{member.linkname}"
                archive.addfile(member, content)
    world.engine.containers.remove(source)
    return buffer.getvalue()


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """Add a file to an archive."""
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


@contextlib.contextmanager
def plugin(world: World, description: str = "listens") -> Iterator[str]:
    """Make a plugin that is named after the lab's registry, and remove it."""
    name = f"{world.registry}/{world.name('plugin')}:1"
    world.engine.plugins.create(name, packed(world, description))
    try:
        yield name
    finally:
        with contextlib.suppress(NotFound):
            world.engine.plugins.remove(name, force=True)


@case("PluginCreate", "PluginList", "PluginInspect", "PluginDelete")
def created(world: World) -> None:
    plugins = world.engine.plugins
    with plugin(world) as name:
        inspected = plugins.inspect(name)
        assert (inspected["Name"], inspected["Enabled"]) == (name, False)
        assert inspected["Config"]["Description"] == "listens"
        assert name in [one["Name"] for one in plugins.list(filters={"enabled": False})]
        assert name not in [one["Name"] for one in plugins.list(filters={"enabled": True})]
        plugins.remove(name, force=True)
        with pytest.raises(NotFound):
            plugins.inspect(name)


@case("PluginEnable", "PluginDisable", "PluginSet")
def enabled(world: World) -> None:
    plugins = world.engine.plugins
    with plugin(world) as name:
        plugins.set(name, ["LEVEL=2"])
        assert "LEVEL=2" in plugins.inspect(name)["Settings"]["Env"]
        plugins.enable(name, timeout=20)
        assert plugins.inspect(name)["Enabled"]
        with pytest.raises(ApiError):
            plugins.set(name, ["LEVEL=3"])
        plugins.disable(name, force=True)
        assert not plugins.inspect(name)["Enabled"]


@case("PluginPush", "GetPluginPrivileges", "PluginPull", "PluginUpgrade")
def pushed_and_pulled(world: World) -> None:
    with with_login(world) as engine, plugin(world) as name:
        engine.plugins.push(name)
        engine.plugins.remove(name)
        privileges = engine.plugins.privileges(name)
        assert privileges == [HOST_NETWORK]
        other = f"{world.name('other')}:1"
        engine.plugins.pull(name, privileges, name=other)
        try:
            pulled = engine.plugins.inspect(other)
            assert pulled["PluginReference"].endswith(name)
            assert pulled["Config"]["Description"] == "listens"
            newer = f"{name[:-1]}2"
            engine.plugins.create(newer, packed(world, "listens better"))
            engine.plugins.push(newer)
            engine.plugins.remove(newer)
            engine.plugins.upgrade(other, newer, engine.plugins.privileges(newer))
            assert engine.plugins.inspect(other)["Config"]["Description"] == "listens better"
        finally:
            engine.plugins.remove(other, force=True)
