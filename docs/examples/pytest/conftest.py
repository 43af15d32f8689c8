"""Containers for the tests of this folder, as fixtures."""

from pytest_engine import Healthcheck, container, network, volume, wait

# One network for the whole run; on it, containers reach each other by name.
backend = network(scope="session")

# Pulled if the engine does not have it, started once, ready when its log says so.
redis = container(
    "redis:7",
    ports=[6379],
    network=backend,
    wait=wait.log("Ready to accept connections") & wait.port(6379),
    scope="session",
)

# The image has no healthcheck of its own, so one is stated; the container is ready when it
# succeeds. Its data live in a volume that ends with it.
postgres_data = volume(scope="session")
postgres = container(
    "postgres:15",
    env={"POSTGRES_PASSWORD": "secret"},
    ports=[5432],
    volumes={"/var/lib/postgresql/data": postgres_data},
    healthcheck=Healthcheck(
        test="pg_isready --host 127.0.0.1 --username postgres", interval=0.5, retries=120
    ),
    wait=wait.healthy(),
    scope="session",
)

# Built with BuildKit from the folder `app` beside this file, and told where Redis is.
app = container(
    build="app",
    env={"REDIS": "{redis.name}:6379"},
    ports=[8000],
    network=backend,
    wait=wait.http("/health", port=8000),
    scope="session",
)

# The default scope is the test: each one that asks for it gets an empty Redis of its own.
empty_redis = container("redis:7", ports=[6379])
