"""How the tasks of services are replaced, as far as it is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_engine.core.ensure.reconcile import reconcile
from pytest_engine.core.ensure.services import ServiceKind
from pytest_engine.core.spec.service import ServiceSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_engine.core.client import Engine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.destructive,
    pytest.mark.lacks("podman5", reason="Podman has no swarms"),
]

KIND = ServiceKind()
ROLLOUTS = pytest.mark.parametrize(
    ("setting", "section"),
    [("update_config", "UpdateConfig"), ("rollback_config", "RollbackConfig")],
)


def service(name: str, image: str, **settings: Any) -> ServiceSpec:
    """Specify a service without tasks."""
    return ServiceSpec(name, image, replicas=0, settings=settings)


@ROLLOUTS
def test_tasks_are_replaced_one_by_one_unless_a_number_is_stated(
    engine: Engine, name: str, busybox: str, setting: str, section: str
) -> None:
    def stated(**rollout: Any) -> Any:
        reconcile(engine, KIND, service(name, busybox, **{setting: rollout}))
        return engine.services.inspect(name)["Spec"].get(section)

    assert stated(delay="1s")["Parallelism"] == 1
    assert stated(parallelism=0)["Parallelism"] == 0
    # What is there already stays.
    assert stated(delay="2s") == {**stated(), "Parallelism": 0, "Delay": 2 * 10**9}


@ROLLOUTS
def test_what_says_nothing_of_it_replaces_one_by_one(
    engine: Engine, name: str, busybox: str, setting: str, section: str
) -> None:
    reconcile(engine, KIND, service(name, busybox))
    one = service(name, busybox, **{setting: {"parallelism": 1}})
    assert not reconcile(engine, KIND, one).changed
    all_at_once = service(name, busybox, **{setting: {"parallelism": 0}})
    asked = reconcile(engine, KIND, all_at_once, check=True)
    assert section not in engine.services.inspect(name)["Spec"]
    changed = reconcile(engine, KIND, all_at_once)
    assert changed.differences == asked.differences
    assert changed.before[setting] == {"Parallelism": 1}
    spec: Mapping[str, Any] = engine.services.inspect(name)["Spec"]
    assert spec[section]["Parallelism"] == 0
    assert not reconcile(engine, KIND, all_at_once).changed
