"""Archives of images: what is in them, and when they are written or loaded."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import signal
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.ensure.archived_images import read_archive
from pytest_engine.core.ensure.image_archives import export_images, load_images
from pytest_engine.core.errors import EngineError, ImageNotFound, InvalidInput, StreamFailed
from tests.core.scripted import PONG, Read, answer

if TYPE_CHECKING:
    from tests.conftest import Scratch
    from tests.core.conftest import Serve

ONE, TWO, INDEX = ("sha256:" + digit * 64 for digit in "123")


def archive(path: Path, mode: str = "w", **files: Any) -> str:
    """Write an archive with JSON files; `__` in a name stands for its dot."""
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, value in files.items():
            text = value if isinstance(value, bytes) else json.dumps(value).encode()
            member = tarfile.TarInfo(name.replace("__", "."))
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return str(path)


def content(saved: tarfile.TarFile, name: str) -> bytes:
    """Read a file of an archive."""
    file = saved.extractfile(name)
    assert file is not None
    return file.read()


def zstd(plain: bytes) -> bytes:
    """Put content into a frame of zstd as it is, for no Python before 3.14 compresses it."""
    size = 1 << 17
    pieces = [plain[start : start + size] for start in range(0, len(plain), size)]
    heads = [(len(piece) << 3 | (piece is pieces[-1])).to_bytes(3, "little") for piece in pieces]
    # No length, no checksum, and a window of 128 KiB.
    return b"\x28\xb5\x2f\xfd\x00\x38" + b"".join(map(bytes.__add__, heads, pieces))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz"])
def test_the_images_of_an_archive_are_read(mode: str, tmp_path: Path) -> None:
    manifest = [
        {"Config": f"{ONE[7:]}.json", "RepoTags": ["docker.io/library/a:1", "host:5000/b:2"]},
        {"Config": TWO, "RepoTags": None},
    ]
    images = read_archive(archive(tmp_path / "a", mode, manifest__json=manifest))
    assert images is not None
    assert [(i.id, set(i.ids), i.names) for i in images] == [
        (ONE, {ONE}, ("a:1", "host:5000/b:2")),
        (TWO, {TWO}, ()),
    ]


def test_ids_of_both_sorts_of_store_are_read(tmp_path: Path) -> None:
    manifest = [
        {"Config": f"blobs/sha256/{ONE[7:]}", "RepoTags": ["a:1"]},
        {"Config": f"blobs/sha256/{TWO[7:]}", "RepoTags": ["b:1"]},
    ]
    name = {"io.containerd.image.name": "docker.io/library/a:1"}
    index = {"manifests": [{"digest": INDEX, "annotations": name}]}
    path = archive(tmp_path / "a", manifest__json=manifest, index__json=index)
    assert [set(image.ids) for image in read_archive(path) or ()] == [{ONE, INDEX}, {TWO}]


def test_an_archive_without_a_manifest_does_not_tell(tmp_path: Path) -> None:
    assert read_archive(archive(tmp_path / "a", repositories={})) is None


def test_an_archive_whose_configuration_is_elsewhere_does_not_tell(tmp_path: Path) -> None:
    manifest = [{"Config": "config.json", "RepoTags": ["a:1"]}]
    assert read_archive(archive(tmp_path / "a", manifest__json=manifest)) is None


@pytest.mark.parametrize(
    "manifest",
    [
        b"nonsense",
        [{}],
        [{"Config": "manifest.json", "RepoTags": ["A:1"]}],
        [[]],
        7,
        [{"Config": ONE[7:], "RepoTags": [7]}],
    ],
)
def test_a_manifest_that_is_none_is_refused(manifest: Any, tmp_path: Path) -> None:
    path = archive(tmp_path / "a", manifest__json=manifest)
    with pytest.raises(InvalidInput, match=f"{path} is no archive of images"):
        read_archive(path)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\x1f\x8b broken"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        read_archive(str(path))


@pytest.mark.parametrize("mode", ["w:xz", "w:bz2"])
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_an_archive_whose_content_went_bad_is_refused(
    mode: str, kept: float, tmp_path: Path
) -> None:
    path = Path(archive(tmp_path / "a", mode, layer=hashlib.shake_128().digest(1 << 20)))
    content = bytearray(path.read_bytes())
    at = int(len(content) * kept)
    content[at : at + 64] = bytes(64)
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=f"{path} is no archive of images"):
        read_archive(str(path))


def test_a_missing_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no archive"):
        read_archive(str(tmp_path / "a"))
    with pytest.raises(InvalidInput, match="is no archive of images"):
        read_archive(str(tmp_path))


@pytest.mark.engine
def test_check_mode_writes_and_loads_nothing(
    engine: Engine, pushed: Callable[..., str], tmp_path: Path
) -> None:
    name = pushed()
    path = tmp_path / "images.tar"
    engine.images.pull(name)
    assert export_images(engine, [name], str(path), check=True).reason == "there is none"
    assert not path.exists()
    assert export_images(engine, [name], str(path)).reason
    engine.images.remove(name)
    load = load_images(engine, str(path), check=True)
    assert (load.changed, load.names, load.images) == (True, (name,), ())
    with pytest.raises(ImageNotFound):
        engine.images.inspect(name)
    assert load_images(engine, str(path)).after == load.after
    assert not load_images(engine, str(path)).changed


@pytest.mark.engine
def test_a_name_that_went_to_another_image_of_the_archive_is_written_again(
    engine: Engine, pushed: Callable[..., str], scratch: Scratch, tmp_path: Path
) -> None:
    one, two = pushed("one", LABEL="is=one"), pushed("two", LABEL="is=two")
    moving, path = scratch.name("app:stable"), str(tmp_path / "images.tar")
    names, ids = [one, two, moving], {}
    for name in (one, two):
        engine.images.pull(name)
        ids[name] = str(engine.images.inspect(name)["Id"])

    def shown(*of: tuple[str, list[str]]) -> dict[str, Any]:
        found = [{"id": ids[name], "names": sorted(all_names)} for name, all_names in of]
        return {"images": sorted(found, key=lambda image: str(image["id"]))}

    engine.images.tag(one, moving)
    assert export_images(engine, names, path).reason
    assert not export_images(engine, names, path).reason
    engine.images.tag(two, moving)
    for check in (True, False):
        export = export_images(engine, names, path, check=check)
        assert export.reason == f"it holds other images as {moving}"
        assert export.before == shown((one, [one, moving]), (two, [two]))
        assert export.after == shown((one, [one]), (two, [two, moving]))
    export = export_images(engine, [*names, ids[two]], path)
    assert (export.reason, export.before) == ("", export.after)


@pytest.mark.engine
@pytest.mark.parametrize("config", ["{id}", "config.json"], ids=["go-containerregistry", "jib"])
def test_archives_of_other_tools_are_loaded(
    engine: Engine, pushed: Callable[..., str], tmp_path: Path, config: str
) -> None:
    name = pushed()
    engine.images.pull(name)
    with engine.images.save(name) as pieces:
        (tmp_path / "saved").write_bytes(b"".join(pieces))
    engine.images.remove(name)
    with tarfile.open(tmp_path / "saved") as saved:
        (entry,) = json.loads(content(saved, "manifest.json"))
        own = content(saved, entry["Config"])
        layers = {f"{i}.tar": content(saved, layer) for i, layer in enumerate(entry["Layers"])}
    place = config.format(id=f"sha256:{hashlib.sha256(own).hexdigest()}")
    manifest = [{"Config": place, "RepoTags": [name], "Layers": list(layers)}]
    files: dict[str, Any] = {"manifest.json": manifest, place: own, **layers}
    path = archive(tmp_path / "a", **files)
    loaded = load_images(engine, path)
    assert (loaded.changed, loaded.names) == (True, (name,))
    assert not load_images(engine, path).changed


def test_an_archive_that_python_cannot_unpack_does_not_tell(tmp_path: Path) -> None:
    path = tmp_path / "a"
    archive(path, repositories={})
    path.write_bytes(zstd(path.read_bytes()))
    assert read_archive(str(path)) is None


@pytest.mark.engine
@pytest.mark.lacks("20.10", reason="it knows no zstd")
def test_an_archive_that_python_cannot_unpack_is_loaded(
    engine: Engine, pushed: Callable[..., str], tmp_path: Path
) -> None:
    name, path = pushed(), tmp_path / "a"
    engine.images.pull(name)
    with engine.images.save(name) as pieces:
        path.write_bytes(zstd(b"".join(pieces)))
    engine.images.remove(name)
    loaded = load_images(engine, str(path))
    assert (loaded.changed, loaded.names) == (True, (name,))


@pytest.mark.engine
def test_a_link_and_permissions_outlive_a_new_archive(
    engine: Engine, busybox: str, tmp_path: Path
) -> None:
    real, link = tmp_path / "real.tar", tmp_path / "link.tar"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    assert "holds no images" in export_images(engine, [busybox], str(link)).reason
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert not export_images(engine, [busybox], str(real)).reason


FAILURE = b'{"errorDetail":{"message":"no layer"},"error":"no layer"}\r\n'


@pytest.mark.parametrize(
    ("kept", "then", "said"),
    [
        (None, FAILURE, "no layer"),
        (1024, FAILURE, "no layer"),
        (1024, b"", "the engine sent no whole archive"),
        (0, b"", "the engine sent no whole archive"),
        (0, b"<html>503</html>", "the engine sent no whole archive"),
        (0, b"<html>503</html>" + bytes(1024), "what the engine sent cannot be read"),
    ],
)
def test_an_answer_that_is_no_whole_archive_leaves_the_old_one(
    serve: Serve, tmp_path: Path, kept: int | None, then: bytes, said: str
) -> None:
    path = tmp_path / "images.tar"
    archive(path, manifest__json=[{"Config": TWO, "RepoTags": []}])
    before = path.read_bytes()
    image = answer(json.dumps({"Id": ONE}).encode())
    sent = answer(before[:kept] + then)
    server = serve((Read.REQUEST, PONG, Read.REQUEST, image), (Read.REQUEST, sent))
    with (
        Engine(server.host, environ={}) as engine,
        pytest.raises(StreamFailed) as caught,
    ):
        export_images(engine, [ONE], str(path))
    told = f"Cannot write the archive {path}: {said}. What was there before is there still."
    assert str(caught.value) == told
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.engine
def test_a_full_disk_leaves_the_old_archive(engine: Engine, busybox: str, tmp_path: Path) -> None:
    path = tmp_path / "images.tar"
    path.write_bytes(b"old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    try:
        with pytest.raises(EngineError, match=r"images.tar: .*What was there before"):
            export_images(engine, [busybox], str(path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
