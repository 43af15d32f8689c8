"""What services name: networks, secrets and configs, which a swarm knows by ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput
from ..polling import until_led

if TYPE_CHECKING:
    from typing import Literal

    from ..api.configs import Configs  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.networks import Networks  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.secrets import Secrets  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.services import Services  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["Listed", "with_ids", "with_networks"]

# What secrets and configs have as files where nothing else is stated.
_FILE = {"UID": "0", "GID": "0", "Mode": 0o444}


class _Once:
    """A list that is asked for once, when somebody wants it first; filters are left to them."""

    def __init__(self, ask: Callable[[], Sequence[Any]]) -> None:
        self._ask = ask
        self._listed: Sequence[Any] | None = None

    def list(self, filters: Any = None) -> Sequence[Any]:
        del filters
        if self._listed is None:
            self._listed = until_led(self._ask)
        return self._listed


class _Networks(_Once):
    """Networks likewise, and those that only their names lead to."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.networks.list)
        self._engine = engine
        self._inspected: dict[str, Mapping[str, Any]] = {}

    def inspect(self, name: str, *, scope: Literal["swarm"]) -> Mapping[str, Any]:
        if name not in self._inspected:
            self._inspected[name] = self._engine.networks.inspect(name, scope=scope)
        return self._inspected[name]


class Listed:
    """What a swarm has, each sort listed once for many services that are brought about.

    Attributes:
        networks: `list` and `inspect` as `engine.networks` has them.
        secrets: likewise, with all of them, whatever is asked for.
        configs: likewise.
    """

    def __init__(self, engine: Engine) -> None:
        """Remember whom to ask; nothing is sent yet."""
        self.networks = _Networks(engine)
        self.secrets = _Once(engine.secrets.list)
        self.configs = _Once(engine.configs.list)
        self._all = _Once(engine.services.list)
        self._taken: set[str] = set()

    @cached_property
    def services(self) -> Mapping[str, Mapping[str, Any]]:
        """Name -> the service, as it was when they were listed."""
        return {str(service["Spec"]["Name"]): service for service in self._all.list()}

    def is_taken(self, name: str) -> bool:
        """Whether a service was handed out before, and so may be another by now."""
        return name in self._taken

    def take(self, name: str) -> Mapping[str, Any] | None:
        """Hand out a service; None: there was none of that name."""
        self._taken.add(name)
        return self.services.get(name)


def with_networks(
    networks: Any, wanted: Sequence[Mapping[str, Any]], coming: frozenset[str]
) -> list[dict[str, Any]]:
    """Put the ids that a swarm knows for the names of networks, which tell of themselves."""
    # A network of this node alone may have the same name; of those a service can only be on
    # the host's, which a swarm knows by an id of its own.
    listed = networks.list()
    last = sorted(listed, key=lambda network: network.get("Scope") == "swarm")
    ids = {str(network["Name"]): str(network["Id"]) for network in last}
    known = set(ids.values())
    attachments = []
    for attachment in wanted:
        target = attachment["Target"]
        if target not in known and target not in ids:
            if target in coming:
                attachments.append(dict(attachment))
                continue
            raise InvalidInput(f"networks: there is no network {target}. Make it first.")
        identity = target if target in known and target not in ids else ids[target]
        if not any(n["Id"] == identity and n.get("Scope") == "swarm" for n in listed):
            identity = str(networks.inspect(target, scope="swarm")["Id"])
        attachments.append({**attachment, "Target": identity})
    return attachments


def with_ids(
    sort: str,
    listed: Callable[..., Sequence[Mapping[str, Any]]],
    wanted: Sequence[Any],
    coming: frozenset[str],
) -> list[dict[str, Any]]:
    """Put ids beside the names of secrets or configs, and what the Engine takes if unstated."""
    id_key, name_key = f"{sort}ID", f"{sort}Name"
    missing = [item[name_key] for item in wanted if not item.get(id_key)]
    ids = {}
    if missing:
        found = listed(filters={"name": missing})
        ids = {str(one["Spec"]["Name"]): str(one["ID"]) for one in found}
    references = []
    for item in wanted:
        name = item[name_key]
        if not item.get(id_key) and name not in ids and name not in coming:
            raise InvalidInput(f"There is no {sort.lower()} {name} in the swarm. Make it first.")
        file = {"Name": name, **_FILE, **(item.get("File") or {})}
        references.append({id_key: ids.get(name), **item, "File": file})
    return references
