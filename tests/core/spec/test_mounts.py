"""Mounts in their long and in their short form."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_engine.core.errors import InvalidInput
from pytest_engine.core.spec.mounts import Mount, VolumeBind, parse_volumes


@pytest.mark.parametrize(
    ("text", "bind"),
    [
        ("/data", VolumeBind("/data")),
        ("db:/data", VolumeBind("/data", "db")),
        ("/host:/data", VolumeBind("/data", "/host")),
        ("db:/data:ro", VolumeBind("/data", "db", frozenset(["ro"]))),
        ("db:/data:rw", VolumeBind("/data", "db")),
        ("db:/data:rw,z", VolumeBind("/data", "db", frozenset(["z"]))),
        ("db:/data/", VolumeBind("/data", "db")),
        ("/:/host", VolumeBind("/host", "/")),
    ],
)
def test_a_short_form_is_read(text: str, bind: VolumeBind) -> None:
    assert parse_volumes([text]) == (bind,)


def test_a_bind_is_taken_as_it_is() -> None:
    bind = VolumeBind("/data", "db")
    assert parse_volumes([bind]) == (bind,)


def test_a_relative_source_is_a_path_of_this_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_volumes(["./a/../b:/data"]) == (VolumeBind("/data", f"{tmp_path}/b"),)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert parse_volumes(["~/a:/data"]) == (VolumeBind("/data", "/home/me/a"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data",
        "db:data",
        "db:/data:odd",
        "a:b:/c",
        ":/data",
        "/a:/b:",
        "db:/data:ro,",
        "db:ro",
        "~nobody-of-that-name/a:/data",
        "~a\0b:/data",
        "~\ud800:/data",
        "/data:ro",
    ],
)
def test_what_is_no_volume_is_refused_and_shown(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_volumes([text])
    assert f"Volume {text!r}" in str(caught.value)


@given(st.text(st.sampled_from("ab/:.~,rowz")))
def test_any_text_is_a_volume_or_refused(text: str) -> None:
    try:
        (bind,) = parse_volumes([text])
    except InvalidInput:
        return
    assert parse_volumes([str(bind)]) == (bind,)


@pytest.mark.parametrize(
    ("mount", "body"),
    [
        (
            Mount("/data", "db"),
            {"Type": "volume", "Source": "db", "Target": "/data", "ReadOnly": False},
        ),
        (Mount("/data"), {"Type": "volume", "Target": "/data", "ReadOnly": False}),
        (
            Mount("/data", "/host", "bind", read_only=True, propagation="rslave"),
            {
                "Type": "bind",
                "Source": "/host",
                "Target": "/data",
                "ReadOnly": True,
                "BindOptions": {"Propagation": "rslave"},
            },
        ),
        (
            Mount("/data", "db", no_copy=True, labels={"a": "b"}),
            {
                "Type": "volume",
                "Source": "db",
                "Target": "/data",
                "ReadOnly": False,
                "VolumeOptions": {"NoCopy": True, "Labels": {"a": "b"}},
            },
        ),
        (
            Mount("/data", volume_driver="local", volume_options={"type": "tmpfs"}),
            {
                "Type": "volume",
                "Target": "/data",
                "ReadOnly": False,
                "VolumeOptions": {
                    "NoCopy": False,
                    "Labels": {},
                    "DriverConfig": {"Name": "local", "Options": {"type": "tmpfs"}},
                },
            },
        ),
        (
            Mount("/run", type="tmpfs", tmpfs_size=1024, tmpfs_mode=0o1777),
            {
                "Type": "tmpfs",
                "Target": "/run",
                "ReadOnly": False,
                "TmpfsOptions": {"SizeBytes": 1024, "Mode": 0o1777},
            },
        ),
    ],
)
def test_a_mount_is_written_as_the_engine_takes_it(mount: Mount, body: dict[str, Any]) -> None:
    assert mount.to_engine() == body


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"target": "/a", "type": "nfs"}, "the type is one of"),
        ({"target": "a"}, "absolute path"),
        ({"target": ""}, "absolute path"),
        ({"target": "/a", "type": "bind"}, "needs a source"),
        ({"target": "/a", "type": "tmpfs", "source": "b"}, "has no source"),
        ({"target": "/a", "propagation": "shared"}, "propagation is for type bind"),
        ({"target": "/a", "source": "/b", "type": "bind", "no_copy": True}, "no_copy is for type"),
        ({"target": "/a", "source": "/b", "type": "bind", "labels": {"a": "b"}}, "labels is for"),
        ({"target": "/a", "type": "tmpfs", "volume_driver": "x"}, "volume_driver is for type vol"),
        ({"target": "/a", "type": "tmpfs", "volume_options": {"a": "b"}}, "volume_options is for"),
        ({"target": "/a", "tmpfs_size": 5}, "tmpfs_size is for type tmpfs"),
        ({"target": "/a", "tmpfs_mode": 0o700}, "tmpfs_mode is for type tmpfs"),
    ],
)
def test_a_mount_that_cannot_be_is_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as caught:
        Mount(**arguments)
    assert str(caught.value).startswith("Mount at ")


def test_a_negative_mode_is_refused() -> None:
    with pytest.raises(InvalidInput, match="tmpfs_mode: -1 is negative"):
        Mount("/x", type="tmpfs", tmpfs_mode=-1)
