"""Images: each operation with an effect, or a value in its answer."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import tarfile
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from pytest_engine.core.client import Engine
from pytest_engine.core.errors import ImageNotFound
from tests.core.operations.cases import World, case
from tests.core.scripted import answer
from tests.web import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ARM = {"os": "linux", "architecture": "arm64"}


def with_login(world: World) -> Engine:
    """A client that has a login to the lab's registry, which asks for none."""
    login = {"auths": {world.registry: {"username": "lab", "password": "secret"}}}
    environ = {"DOCKER_CONFIG": "/nowhere", "DOCKER_AUTH_CONFIG": json.dumps(login)}
    return Engine(world.engine.endpoint.url, environ=environ)


def committed(world: World, name: str | None = None, **labels: str) -> str:
    """Make an image of its own of a container, and give its id."""
    changes = [f"LABEL {key}={value}" for key, value in labels.items()]
    image = world.engine.images.commit(world.create(), name=name, changes=changes)
    world.engine.containers.remove(world.name())
    # Podman tells it without the algorithm's name.
    return world.engine.images.inspect(image["Id"])["Id"]


def plain(name: str) -> str:
    """Leave out what Podman puts in front of names without a registry."""
    return name.replace("docker.io/library/", "")


@contextlib.contextmanager
def served(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files over HTTP, by their paths without the query, and name the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked.append(parts.query)
            body = files.get(parts.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("X-Docker-Registry-Version", "0.9")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    asked: list[str] = []
    with serving(Handler) as address:
        yield address


@pytest.mark.lacks("podman5", reason="it answers nothing where digests are asked for")
@case("ImageList", "ImageTag")
def listed(world: World) -> None:
    name = world.name()
    world.engine.images.tag(world.image, f"{name}:1")
    (found,) = world.engine.images.list(all=True, digests=True, filters={"reference": name})
    assert f"{name}:1" in (found["RepoTags"] or ())
    assert "RepoDigests" in found


@case("ImageList")
def listed_with_more(world: World) -> None:
    images = [{"Id": "sha256:1", "SharedSize": 5, "Manifests": []}]
    with world.scripted(answer(json.dumps(images).encode())) as (engine, server):
        assert engine.images.list(shared_size=True, manifests=True, identity=True) == images
    assert server.requests[0].target.endswith("&shared-size=true&manifests=true&identity=true")


@case("ImageInspect")
def inspected(world: World) -> None:
    image_id = committed(world, world.name("image"), a="b")
    inspected = world.engine.images.inspect(world.name("image"))
    assert (inspected["Id"], inspected["Config"]["Labels"]["a"]) == (image_id, "b")


@case("ImageInspect", "ImageHistory", "ImageDelete")
def asked_for_a_platform(world: World) -> None:
    answers = [answer(b'{"Id": "1"}'), answer(b'[{"Id": "2"}]'), answer(b'[{"Untagged": "3"}]')]
    with world.scripted(*answers) as (engine, server):
        assert engine.images.inspect("i", platform="linux/arm64", manifests=True) == {"Id": "1"}
        assert engine.images.history("i", platform="linux/arm64/v8") == [{"Id": "2"}]
        removed = engine.images.remove("i", platforms=["linux/arm64", {"os": "linux"}])
        assert removed == [{"Untagged": "3"}]
    queries = [parse_qs(urlsplit(request.target).query) for request in server.requests]
    assert json.loads(queries[0]["platform"][0]) == ARM
    assert json.loads(queries[1]["platform"][0]) == {**ARM, "variant": "v8"}
    assert [json.loads(one) for one in queries[2]["platforms"]] == [ARM, {"os": "linux"}]


@case("ImageAttestations")
def attested(world: World) -> None:
    statements = [{"PredicateType": "https://slsa.dev/provenance/v1", "Statement": {"a": 1}}]
    with world.scripted(answer(json.dumps(statements).encode())) as (engine, server):
        attestations = engine.images.attestations(
            "registry.test/some/image:1",
            platform="linux/arm64",
            type=["https://slsa.dev/provenance/v1"],
            statement=True,
        )
    assert attestations == statements
    path, _mark, query = server.requests[0].target.partition("?")
    assert path == "/v1.55/images/registry.test/some/image%3A1/attestations"
    asked = parse_qs(query)
    assert json.loads(asked["platform"][0]) == ARM
    assert asked["type"] == ["https://slsa.dev/provenance/v1"]
    assert asked["statement"] == ["true"]


@case("ImageCommit", "ImageHistory")
def made_of_a_container(world: World) -> None:
    container = world.run("sh", "-c", "touch /new; sleep 1000")
    name = world.name("image")
    made = world.engine.images.commit(
        container,
        {"Labels": {"a": "b"}},
        name=f"{name}:1",
        comment="made by a test",
        author="the tests",
        pause=False,
        changes=["ENV C=d"],
    )
    image = world.engine.images.inspect(f"{name}:1")
    assert image["Id"].endswith(made["Id"])
    assert image["Author"] == "the tests"
    assert image["Config"]["Labels"] == {"a": "b"}
    assert "C=d" in image["Config"]["Env"]
    assert image["Comment"] == "made by a test"
    assert world.engine.images.history(name + ":1")[0]["Id"] == image["Id"]


@case("ImageCreate")
def imported(world: World) -> None:
    with tarfile.open(fileobj=(buffer := io.BytesIO()), mode="w") as archive:
        archive.addfile(tarfile.TarInfo("hello"))
    with served({"/files.tar": buffer.getvalue()}) as address:
        image_id = world.engine.images.import_(
            f"http://{address}/files.tar",
            world.name("image"),
            message="from a server",
            changes=['CMD ["/hello"]'],
            platform="linux/arm64",
        )
    image = world.engine.images.inspect(world.name("image"))
    # Engine 20.10 leaves it at the name of the operating system.
    assert (image["Id"], image["Os"]) == (image_id, "linux")
    assert image["Config"]["Cmd"] == ["/hello"]
    assert world.engine.images.history(image_id)[0]["Comment"] == "from a server"


@pytest.mark.lacks("podman5", reason="its Docker API pulls one tag only")
@case("ImageCreate", "ImagePush", "ImageDelete")
def pushed_and_pulled(world: World) -> None:
    name = f"{world.registry}/{world.name('image')}"
    image_id = committed(world, f"{name}:1", only=world.name())
    architecture = world.engine.images.inspect(image_id)["Architecture"]
    with with_login(world) as engine:
        engine.images.push(f"{name}:1")
        removed = engine.images.remove(f"{name}:1", force=True, noprune=True)
        assert {"Untagged": f"{name}:1"} in removed
        with pytest.raises(ImageNotFound):
            engine.images.inspect(f"{name}:1")
        engine.images.pull(f"{name}:1", platform=f"linux/{architecture}")
        assert engine.images.inspect(f"{name}:1")["Id"] == image_id
        engine.images.remove(f"{name}:1")
        engine.images.pull(name, all_tags=True)
        assert engine.images.inspect(f"{name}:1")["Id"] == image_id
        engine.images.remove(f"{name}:1")


@case("ImagePush", "ImageLoad", "ImageGet", "ImageGetAll")
def moved_for_a_platform(world: World) -> None:
    loaded = answer(b'{"stream": "Loaded image: i:1\\n"}')
    answers = [answer(b"{}"), loaded, answer(b"tar"), answer(b"tars")]
    with world.scripted(*answers) as (engine, server):
        engine.images.push("registry.test/i:1", platform="linux/arm64")
        assert engine.images.load(b"tar", platform="linux/arm64") == ("i:1",)
        with engine.images.save("i:1", platform="linux/arm64") as one:
            assert b"".join(one) == b"tar"
        with engine.images.save(["i:1", "j:1"], platform=["linux/arm64"]) as two:
            assert b"".join(two) == b"tars"
    for request in server.requests:
        (platform,) = parse_qs(urlsplit(request.target).query)["platform"]
        assert json.loads(platform) == ARM


@case("ImageGet", "ImageGetAll", "ImageLoad")
def saved_and_loaded(world: World) -> None:
    one, two = f"{world.name('one')}:1", f"{world.name('two')}:1"
    ids = [committed(world, name, only=name) for name in (one, two)]
    with world.engine.images.save(one) as stream:
        single = b"".join(stream)
    with world.engine.images.save([one, two]) as stream:
        both = b"".join(stream)
    for name in (one, two):
        world.engine.images.remove(name)
    assert [plain(name) for name in world.engine.images.load(single, quiet=True)] == [one]
    assert sorted(map(plain, world.engine.images.load(both))) == sorted([one, two])
    assert [world.engine.images.inspect(name)["Id"] for name in (one, two)] == ids


@case("ImagePrune")
def pruned(world: World) -> None:
    label = world.name("label")
    unnamed, named = committed(world, prune=label), committed(world, world.name(), prune=label)
    done = world.engine.images.prune(filters={"dangling": True, "label": f"prune={label}"})
    # Podman leaves the algorithm's name out.
    assert any(unnamed.endswith(one.get("Deleted", "-")) for one in done["ImagesDeleted"])
    assert world.engine.images.inspect(world.name())["Id"] == named


@pytest.mark.lacks("podman5", reason="it searches a registry that it does not know with TLS only")
@case("ImageSearch")
def searched(world: World) -> None:
    """The engine is real; the registry is not, for Debian's cannot be searched."""
    results = [
        {"name": "library/redis", "description": "d", "star_count": stars, "is_official": True}
        for stars in (50, 500)
    ]
    files = {
        "/v1/_ping": b'{"standalone": true}',
        "/v1/search": json.dumps({"num_results": 2, "results": results}).encode(),
    }
    with served(files) as address:
        (found,) = world.engine.images.search(
            f"{address}/redis", limit=5, filters={"is-official": True, "stars": "100"}
        )
    assert (found["name"], found["star_count"]) == ("library/redis", 500)
