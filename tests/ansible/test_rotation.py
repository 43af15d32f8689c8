"""Secrets and configs that are rotated by a playbook, while somebody keeps asking the service."""

from __future__ import annotations

import contextlib
import threading
import uuid
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from tests.clusters import LACKS_NODES

from .nodes import task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_engine.core.cluster import Cluster

    from .nodes import NodePlaybooks

pytestmark = [pytest.mark.ansible, pytest.mark.engine, pytest.mark.slow, LACKS_NODES]

PORT = 8087
FILES = ("key", "conf")


class Caller:
    """Somebody who asks one node after the other, as names of several addresses are asked.

    Attributes:
        answers: what was served, all files of a task at a time.
        failures: what became of an attempt in which no node answered.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.answers: list[tuple[str, ...]] = []
        self.failures: list[str] = []
        self._addresses = [node.address for node in cluster.nodes]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask_on)

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()

    def _ask_on(self) -> None:
        while not self._over.wait(0.02):
            said = []
            for address in self._addresses:
                try:
                    self.answers.append(tuple(self._read(address, file) for file in FILES))
                except (OSError, HTTPException) as error:
                    said.append(f"{address}: {error}")
                else:
                    break
            else:
                self.failures.append(", ".join(said))

    def _read(self, address: str, file: str) -> str:
        with urlopen(f"http://{address}:{PORT}/{file}", timeout=5) as answer:
            text: str = answer.read().decode()
            return text


def test_a_service_moves_to_the_next_versions_without_a_pause(
    on_nodes: NodePlaybooks, cluster: Cluster
) -> None:
    name = f"rotated-{uuid.uuid4().hex[:8]}"
    # One is free at any time, where the next task can have the port.
    assert len(cluster.nodes) == 3

    def plays(content: str) -> dict[str, list[dict[str, Any]]]:
        versions = {"data": content, "rolling_versions": True, "versions_to_keep": 2}
        files = {
            sort: [{f"{sort}_name": f"{{{{ {file}.{sort}_name }}}}", "filename": f"/www/{file}"}]
            for sort, file in (("secret", "key"), ("config", "conf"))
        }
        service = {
            "name": name,
            "image": "busybox",
            "command": ["sh", "-c", f"trap exit TERM; httpd -f -p {PORT} -h /www & wait"],
            "replicas": 2,
            "secrets": files["secret"],
            "configs": files["config"],
            "publish": [{"target_port": PORT, "published_port": PORT, "mode": "host"}],
            # While one is replaced, the other stays.
            "update_config": {"order": "start-first", "parallelism": 1, "monitor": "1s"},
            "placement": {"replicas_max_per_node": 1},
            "healthcheck": {"test": f"wget -qO- http://127.0.0.1:{PORT}/key", "interval": "1s"},
            "wait": True,
            "wait_timeout": 90,
        }
        return {
            "managers": [
                task(
                    "key",
                    "secret",
                    {"name": f"{name}-k", "data": content, **versions},
                    register="key",
                ),
                task(
                    "conf",
                    "config",
                    {"name": f"{name}-c", "data": content, **versions},
                    register="conf",
                ),
                task("service", "swarm_service", service),
            ]
        }

    first = on_nodes.run(plays("one"))
    assert (first.returncode, first.changed) == (0, ["key", "conf", "service"]), first.output
    caller = Caller(cluster)
    with caller.asking():
        again = on_nodes.run(plays("one"))
        rotated = on_nodes.run(plays("two"))
    assert (again.returncode, again.changed) == (0, []), again.output
    assert (rotated.returncode, rotated.changed) == (0, ["key", "conf", "service"]), rotated.output
    assert sorted(rotated.results["service"]["changes"]) == ["configs", "secrets"]
    assert rotated.results["key"]["secret_name"] == f"{name}-k_v2"
    assert caller.failures == []
    # A task has both of one version, and each of the versions was served.
    assert set(caller.answers) == {("one", "one"), ("two", "two")}
    assert caller.answers[-1] == ("two", "two")
    for sort, objects in (("k", cluster.engine.secrets), ("c", cluster.engine.configs)):
        there = objects.list(filters={"name": f"{name}-{sort}"})
        assert sorted(str(one["Spec"]["Name"]) for one in there) == [
            f"{name}-{sort}_v1",
            f"{name}-{sort}_v2",
        ]
