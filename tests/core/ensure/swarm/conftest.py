"""A swarm of one engine, and names for what tests make in it."""

# Fixtures, which are asked for by their names.
from tests.core.api.swarm.conftest import name, node  # noqa: F401
