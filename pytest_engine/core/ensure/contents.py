"""What secrets and configs have in common: a content that is fixed, and labels that are not.

What has another content is another object. Either it takes the place of the one before, which no
service may use then, or it is a further version beside it: `NAME_v1`, `NAME_v2`, ...

Two labels stand for what cannot be read, under the names that community.docker's modules give
them, so that both know what the other made: a digest of the content, and the number of a version.
"""

from __future__ import annotations

import base64
import hashlib
import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import Conflict, InvalidInput
from ..polling import until_led
from ..spec.content import CONTENT_LABEL, VERSION_LABEL, ContentSpec
from .compare import Difference, Field, contains, equals
from .reconcile import Kind, Outcome, Plan
from .updating import update_object

if TYPE_CHECKING:
    from ..client import Engine

__all__ = ["CONTENT_LABEL", "VERSION_LABEL", "ContentKind"]

_FIELDS = (
    Field(
        "labels",
        lambda spec: spec.labels,
        lambda found: found["Spec"].get("Labels") or {},
        contains,
        may_hold_secrets=True,
    ),
    Field(
        "template_driver",
        lambda spec: spec.template_driver,
        lambda found: (found["Spec"].get("Templating") or {}).get("Name", ""),
        equals,
    ),
)


@dataclass(frozen=True)
class ContentKind(Kind[ContentSpec]):
    """Secrets or configs.

    Attributes:
        rolling: whether another content makes a further version, and leaves those before.
        keep: how many versions are left when there is a new one, that one included; below 0:
            all of them. What a service uses is left in any case.
        force: make it anew even if nothing differs.
        limit: how many bytes an engine takes.
    """

    rolling: bool = False
    keep: int = 5
    force: bool = False
    limit: ClassVar[int]
    fields: ClassVar[Sequence[Field]] = _FIELDS

    @abstractmethod
    def objects(self, engine: Engine) -> Any:
        """Return the operations on such objects."""

    def find(self, engine: Engine, wanted: ContentSpec) -> Mapping[str, Any] | None:
        """Look for it in the list of those whose names begin alike; of versions, the newest."""
        there = self._there(engine, wanted.name)
        return there[-1] if there else None

    def compare(
        self, wanted: ContentSpec, actual: Mapping[str, Any], needs: Sequence[Outcome]
    ) -> tuple[Difference, ...]:
        """Compare the stated properties; that the content differs is told without it."""
        differences = super().compare(wanted, actual, needs)
        if wanted.data is None or self.holds(actual, wanted.data) is not False:
            return differences
        return (*differences, Difference("data", "the wanted content", "another content"))

    def plan(
        self,
        engine: Engine,
        wanted: ContentSpec,
        state: str,
        actual: Mapping[str, Any] | None,
        differences: Sequence[Difference],
    ) -> Plan:
        """Create, replace, add a version, change labels, remove."""
        plan = Plan(exists=state == "present")
        if state == "absent":
            if actual is not None:
                for found in self._there(engine, wanted.name):
                    self._remove(plan, engine, found)
            return plan
        self._check_content(wanted)
        changed = {difference.field for difference in differences}
        if actual is None:
            self._create(plan, engine, wanted, 1)
        elif self.force or changed - {"labels"}:
            if self.rolling:
                self._create(plan, engine, wanted, _version(actual) + 1)
                self._forget(plan, engine, self._there(engine, wanted.name))
            else:
                self._remove(plan, engine, actual)
                self._create(plan, engine, wanted, 1)
        elif changed:
            name = actual["Spec"]["Name"]
            update = partial(self._update_labels, engine, wanted, actual)
            plan.add("update", f"{self.noun} {name}", update)
        if actual is not None and not self.force and self.holds(actual, wanted.data) is None:
            plan.warnings.append(
                f"The {self.noun} {wanted.name} has no label {CONTENT_LABEL}, so nobody can tell "
                "whether its content is the wanted one. It is left as it is; force it to be "
                "replaced once."
            )
        return plan

    def _there(self, engine: Engine, name: str) -> list[Mapping[str, Any]]:
        """List what is there under a name, the newest version at the end."""
        pattern = re.compile(re.escape(name) + (r"_v\d+" if self.rolling else ""))
        listed = until_led(lambda: self.objects(engine).list(filters={"name": name}))
        found = [one for one in listed if pattern.fullmatch(one["Spec"]["Name"])]
        return sorted(found, key=_version)

    def holds(self, actual: Mapping[str, Any], data: bytes | None) -> bool | None:
        """Tell whether this is the content; None where nobody can."""
        if data is None:
            return True
        if actual["Spec"].get("Data") is not None:
            return base64.b64decode(actual["Spec"]["Data"]) == data
        digest = (actual["Spec"].get("Labels") or {}).get(CONTENT_LABEL)
        return None if digest is None else digest == _digest(data)

    def _check_content(self, wanted: ContentSpec) -> None:
        """Refuse what the engine would, before what is there is removed for it."""
        what = f"The content of the {self.noun} {wanted.name}"
        if not wanted.data:
            raise InvalidInput(f"{what} is empty, which no engine takes.")
        if len(wanted.data) > self.limit:
            raise InvalidInput(
                f"{what} has {len(wanted.data)} bytes, and engines take {self.limit}."
            )

    def _create(self, plan: Plan, engine: Engine, wanted: ContentSpec, version: int) -> None:
        data = wanted.data or b""
        labels = {**(wanted.labels or {}), CONTENT_LABEL: _digest(data)}
        name = wanted.name
        if self.rolling:
            name = f"{name}_v{version}"
            labels[VERSION_LABEL] = str(version)
        body: dict[str, Any] = {
            "Name": name,
            "Labels": labels,
            "Data": base64.b64encode(data).decode(),
        }
        if wanted.template_driver:
            body["Templating"] = {"Name": wanted.template_driver}
        plan.add("create", f"{self.noun} {name}", lambda: self.objects(engine).create(body))

    def _remove(self, plan: Plan, engine: Engine, found: Mapping[str, Any]) -> None:
        name = found["Spec"]["Name"]
        run = partial(self._remove_unused, engine, found["ID"])
        plan.add("remove", f"{self.noun} {name}", run)

    def _remove_unused(self, engine: Engine, identity: str) -> None:
        try:
            self.objects(engine).remove(identity)
        except Conflict as exc:
            raise Conflict(
                f"{exc} Nothing was changed. Let it have versions (rolling), so that services "
                "can move to the next one, or remove it from the service first.",
                status=exc.status,
                method=exc.method,
                path=exc.path,
                engine_message=exc.engine_message,
            ) from exc

    def _forget(self, plan: Plan, engine: Engine, there: Sequence[Mapping[str, Any]]) -> None:
        """Remove the oldest versions, as far as no service uses them."""
        if self.keep < 0:
            return
        # The one that is about to be created counts.
        stays = max(self.keep, 1) - 1
        for found in there[: max(len(there) - stays, 0)]:
            run = partial(self._remove_if_unused, engine, found["ID"])
            plan.add("remove", f"{self.noun} {found['Spec']['Name']}", run)

    def _remove_if_unused(self, engine: Engine, identity: str) -> bool:
        try:
            self.objects(engine).remove(identity)
        except Conflict:
            # Until the services have moved to the new version; the next one's turn comes then.
            return False
        return True

    def _update_labels(
        self, engine: Engine, wanted: ContentSpec, actual: Mapping[str, Any]
    ) -> None:
        objects, identity = self.objects(engine), actual["ID"]

        def change(spec: dict[str, Any]) -> dict[str, Any]:
            return {**spec, "Labels": {**(spec.get("Labels") or {}), **(wanted.labels or {})}}

        update_object(
            actual,
            lambda: dict(objects.inspect(identity)),
            change,
            lambda spec, version: objects.update(identity, spec, version=version),
        )


def _digest(data: bytes) -> str:
    return hashlib.sha224(data).hexdigest()


def _version(found: Mapping[str, Any]) -> int:
    """Return the number of a version; what has none counts as the first."""
    labelled = (found["Spec"].get("Labels") or {}).get(VERSION_LABEL, "")
    named = re.search(r"_v(\d+)$", found["Spec"]["Name"])
    if labelled.isdecimal():
        return int(labelled)
    return int(named[1]) if named else 0
