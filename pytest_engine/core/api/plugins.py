"""Plugins that the engine runs in containers of its own: `/plugins/...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InvalidInput
from ..filters import Filters, encode_filters
from ..reference import parse_reference
from .transfers import (
    Archive,
    OnProgress,
    checked,
    follow,
    pull_steps,
    push_steps,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..auth import Credentials
    from ..transport import Stream
    from ..types.engine import Plugin, PluginPrivilege
    from .call import Caller

__all__ = ["Plugins"]


class Plugins:
    """The managed plugins of an engine: drivers of volumes, networks and logs.

    `plugin` arguments are names or ids; a name without a tag stands for `latest`.
    """

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`, and log in to registries with `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def list(self, *, filters: Filters | None = None) -> list[Plugin]:
        """List plugins (`GET /plugins`).

        Args:
            filters: `{"capability": "volumedriver", "enabled": True}`.
        """
        plugins: list[Plugin] = self._caller.json(
            "PluginList", query={"filters": encode_filters(filters)}
        )
        return plugins

    def privileges(self, remote: str) -> Sequence[PluginPrivilege]:
        """Tell what a plugin in a registry wants to be allowed (`GET /plugins/privileges`).

        Args:
            remote: the plugin's name there.

        Raises:
            ApiError: the registry does not have it, or cannot be reached.
        """
        reference = parse_reference(remote).with_default_tag()
        privileges: list[PluginPrivilege] = self._caller.json(
            "GetPluginPrivileges",
            query={"remote": str(reference)},
            headers=self._credentials.authorization(reference),
            endless=True,
        )
        return privileges

    def pull(
        self,
        remote: str,
        privileges: Sequence[PluginPrivilege] = (),
        *,
        name: str | None = None,
        progress: OnProgress | None = None,
    ) -> None:
        """Install a plugin from its registry, without enabling it (`POST /plugins/pull`).

        Args:
            remote: the plugin's name in the registry.
            privileges: what it is allowed: all that `privileges` tells, or it is refused.
            name: what to call it here; None: as there.
            progress: called with every step.

        Raises:
            PullFailed: the registry does not have it, privileges are missing, or the name
                is taken; `detail` says it in the engine's words.
        """
        reference = parse_reference(remote).with_default_tag()
        login = self._credentials.authorization(reference)
        query = {"remote": str(reference), "name": name}

        def begin() -> Stream:
            return self._caller.stream(
                "PluginPull", query=query, json_body=_granted(privileges), headers=login
            )

        with pull_steps(remote, reference, login, begin) as steps:
            follow(steps, progress)

    def inspect(self, plugin: str) -> Plugin:
        """Tell all about a plugin (`GET /plugins/{name}/json`).

        Raises:
            NotFound: there is none of that name or id.
        """
        inspected: Plugin = self._caller.json("PluginInspect", plugin)
        return inspected

    def remove(self, plugin: str, *, force: bool = False) -> None:
        """Remove a plugin (`DELETE /plugins/{name}`).

        Args:
            plugin: name or id.
            force: disable it first if it is enabled.

        Raises:
            Conflict: it is enabled.
        """
        self._caller.call("PluginDelete", plugin, query={"force": force or None}, endless=True)

    def enable(self, plugin: str, *, timeout: int = 0) -> None:
        """Start a plugin (`POST /plugins/{name}/enable`).

        Args:
            plugin: name or id.
            timeout: seconds that the engine gives the plugin for its answers; 0: the
                engine's own limit.

        Raises:
            Conflict: it is enabled.
            ServerError: it does not start, or does not answer.
        """
        # The engine wants the parameter.
        self._caller.call("PluginEnable", plugin, query={"timeout": timeout}, endless=True)

    def disable(self, plugin: str, *, force: bool = False) -> None:
        """Stop a plugin (`POST /plugins/{name}/disable`).

        Args:
            plugin: name or id.
            force: although something uses it.

        Raises:
            Conflict: it is not enabled, or is used.
        """
        self._caller.call("PluginDisable", plugin, query={"force": force or None}, endless=True)

    def upgrade(
        self,
        plugin: str,
        remote: str,
        privileges: Sequence[PluginPrivilege] = (),
        *,
        progress: OnProgress | None = None,
    ) -> None:
        """Replace a disabled plugin by what a registry has (`POST /plugins/{name}/upgrade`).

        Args:
            plugin: name or id.
            remote: the plugin's name in the registry.
            privileges: what the new one is allowed; see `pull`.
            progress: called with every step.

        Raises:
            PullFailed: it is enabled, or what `pull` says.
        """
        reference = parse_reference(remote).with_default_tag()
        login = self._credentials.authorization(reference)

        def begin() -> Stream:
            return self._caller.stream(
                "PluginUpgrade",
                plugin,
                query={"remote": str(reference)},
                json_body=_granted(privileges),
                headers=login,
            )

        with pull_steps(remote, reference, login, begin) as steps:
            follow(steps, progress)

    def create(self, name: str, archive: Archive) -> None:
        """Make a plugin of files (`POST /plugins/create`).

        Args:
            name: what to call it.
            archive: a tar archive that is not compressed, with `config.json` and the folder
                `rootfs`.

        Raises:
            Conflict: the name is taken.
            InvalidInput: the name is no reference, or the engine finds no plugin in it.
        """
        reference = parse_reference(name).with_default_tag()
        with self._caller.stream(
            "PluginCreate",
            query={"name": str(reference)},
            body=checked(archive),
            headers={"Content-Type": "application/x-tar"},
        ) as stream:
            stream.read_whole()

    def push(self, plugin: str, *, progress: OnProgress | None = None) -> None:
        """Push a plugin to the registry that its name says (`POST /plugins/{name}/push`).

        Raises:
            NotFound: there is no such plugin.
            PushFailed: the registry refuses it or cannot be reached.
        """
        reference = parse_reference(plugin).with_default_tag()
        login = self._credentials.authorization(reference)
        with push_steps(
            plugin,
            reference,
            login,
            lambda: self._caller.stream("PluginPush", str(reference), headers=login),
        ) as steps:
            follow(steps, progress)

    def set(self, plugin: str, settings: Sequence[str]) -> None:
        """Change settings of a disabled plugin (`POST /plugins/{name}/set`).

        Args:
            plugin: name or id.
            settings: `["DEBUG=1", "data.source=/srv"]`; what it lets be set, `inspect` tells.

        Raises:
            ApiError: it is enabled, or does not let one be set.
        """
        # Not everybody checks types.
        is_list = isinstance(settings, (list, tuple))
        if not is_list or not all(isinstance(one, str) for one in settings):
            raise InvalidInput(f"Settings are a list of texts, not {settings!r:.80}.")
        self._caller.call("PluginSet", plugin, json_body=[*settings])


def _granted(privileges: Sequence[PluginPrivilege]) -> Sequence[PluginPrivilege]:
    # The engine wants a list, be it empty.
    is_list = isinstance(privileges, (list, tuple))
    if not is_list or not all(isinstance(one, dict) for one in privileges):
        raise InvalidInput(f"Privileges are what `privileges` told, not {privileges!r:.80}.")
    return [*privileges]
