# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: engine
short_description: Run tasks in containers through the engine's API
version_added: 0.1.0
description:
  - Runs commands in containers that run, and copies files into them and out of them, by calls of the Engine
    API. The controller needs no docker command.
  - Files go as archives, which the container has to know nothing of. To a C(tmpfs), and to a container whose
    root is read-only, which archives do not reach, they go through C(cat) in the container.
  - The name P(pytest_engine.engine.docker_api#connection) leads here, too.
extends_documentation_fragment:
  - pytest_engine.engine.engine.plugin
  - pytest_engine.engine.engine.variables
  - pytest_engine.engine.engine.inside
author:
  - The pytest-engine contributors (@pytest-engine)
seealso:
  - plugin: pytest_engine.engine.containers
    plugin_type: inventory
  - plugin: community.docker.docker_api
    plugin_type: connection
"""

import posixpath
import shlex
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes, to_native
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display
from ansible_collections.pytest_engine.engine.plugins.module_utils import engine
from ansible_collections.pytest_engine.engine.plugins.module_utils.core import copying
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.containers import (  # pylint: disable=unused-import
    Containers,  # noqa: F401  # whatever uses a resource imports it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.api.exec import (  # pylint: disable=unused-import
    Exec,  # noqa: F401  # whatever uses a resource imports it
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.archive import (
    pack_path,
    read_members,
)
from ansible_collections.pytest_engine.engine.plugins.module_utils.core.ensure.reach import Reach
from ansible_collections.pytest_engine.engine.plugins.plugin_utils.escalation import (
    Escalation,
    escalation_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

display = Display()

# Seconds that a command may go on after its output has ended.
LINGER = 4.0
# Whom files belong to where nothing else is said.
ROOT = ("", "0", "root")


class Connection(ConnectionBase):  # type: ignore[misc]  # it has no annotations
    """A connection into one container."""

    transport = "pytest_engine.engine.engine"
    has_pipelining = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Remember nothing yet; options are not known before `_connect`."""
        super().__init__(*args, **kwargs)
        self._engine: Any = None
        self._connected = False
        # By container, and by container and user: a loop may have another one for each item.
        self._inspected: dict[str, Any] = {}
        self._reaches: dict[str, Reach] = {}
        self._owners: dict[tuple[str, str], tuple[int, int]] = {}

    def _connect(self) -> Connection:
        if not self._connected:
            options = {
                name: self.get_option(name)
                for name in engine.CONNECTION
                if name not in ("debug", "use_ssh_client")
            }
            with self._told():
                self._engine = engine.connect(options)
            self._connected = True
        return self

    def exec_command(
        self,
        cmd: str,
        in_data: bytes | None = None,
        sudoable: bool = True,  # noqa: FBT001, FBT002  # Ansible's signature
    ) -> tuple[int, bytes, bytes]:
        """Run a command by the shell that Ansible names."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        display.vvv(f"EXEC {to_native(cmd)}", host=self._container)
        command = [self._play_context.executable, "-c", to_native(cmd)]
        escalation = escalation_of(self, sudoable=sudoable)
        with self._told():
            if escalation is None:
                return self._run(command, in_data)
            return self._run_escalated(command, in_data, escalation)

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file into the container, for the user that commands run as."""
        super().put_file(in_path, out_path)
        source, target = Path(to_native(in_path)), self._absolute(out_path)
        if not source.is_file():
            raise AnsibleFileNotFound(f"There is no file {in_path} to copy.")
        display.vvv(f"PUT {in_path} TO {target}", host=self._container)
        with self._told():
            if self._is_hidden(target):
                self._through_shell(f"cat >{shlex.quote(target)}", source.read_bytes())
                return
            folder, name = posixpath.split(target)
            archive = pack_path(source.resolve(), name, owner=self._user_ids())
            self._engine.containers.put_archive(
                self._container, folder, archive, no_overwrite_dir_non_dir=True
            )

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file out of the container."""
        super().fetch_file(in_path, out_path)
        source, target = self._absolute(in_path), Path(to_native(out_path))
        display.vvv(f"FETCH {source} TO {out_path}", host=self._container)
        with self._told():
            if self._is_hidden(source):
                target.write_bytes(self._through_shell(f"cat <{shlex.quote(source)}"))
                return
            containers = self._engine.containers
            stat = containers.archive_info(self._container, source)
            path, stat = copying.resolve_links(containers, self._container, source, stat)
            if stat.kind != "file":
                raise AnsibleError(f"{source} in {self._container} is a {stat.kind}, not a file.")
            with containers.get_archive(self._container, path) as archive:
                for _member, pieces in read_members(archive):
                    with target.open("wb") as file:
                        file.writelines(pieces)

    def close(self) -> None:
        """Close what is open to the engine."""
        if self._engine is not None:
            self._engine.close()
        self._connected = False

    def reset(self) -> None:
        """Forget all about the container, which may be another one by now."""
        self.close()
        self._inspected.clear()
        self._reaches.clear()
        self._owners.clear()

    @property
    def _container(self) -> str:
        return str(self.get_option("remote_addr"))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell Ansible what goes wrong with the engine or the container."""
        try:
            yield
        except engine.errors.EngineError as error:
            raise AnsibleConnectionFailure(str(error)) from error

    def _context(self) -> dict[str, Any]:
        """As whom, where and with what commands run."""
        extra = self.get_option("extra_env") or {}
        wrong = [str(k) for k, v in extra.items() if not isinstance(v, str)]
        if wrong:
            raise AnsibleError(f"extra_env: {', '.join(wrong)} is no string; quote the value.")
        return {
            "env": {str(k): str(v) for k, v in extra.items()},
            "user": self.get_option("remote_user") or None,
            "working_dir": self.get_option("working_dir") or None,
            "privileged": bool(self.get_option("privileged")),
        }

    def _run(self, command: list[str], stdin: bytes | None) -> tuple[int, bytes, bytes]:
        data = None if stdin is None else to_bytes(stdin)
        ended = self._engine.exec.run(self._container, command, stdin=data, **self._context())
        return ended.exit_code, ended.stdout, ended.stderr

    def _run_escalated(
        self, command: list[str], stdin: bytes | None, escalation: Escalation
    ) -> tuple[int, bytes, bytes]:
        context = self._context()
        patience = self.get_option("container_timeout")
        exec_id = self._engine.exec.create(
            self._container,
            {
                "Cmd": command,
                "AttachStdin": True,
                "AttachStdout": True,
                "AttachStderr": True,
                "Env": [f"{key}={value}" for key, value in context["env"].items()],
                "User": context["user"] or "",
                "WorkingDir": context["working_dir"] or "",
                "Privileged": context["privileged"],
            },
        )
        written: dict[str, list[bytes]] = {"stdout": [], "stderr": []}
        with self._engine.exec.start(exec_id, timeout=patience) as output:
            try:
                for stream, data in output:
                    written[stream].append(data)
                    if escalation.is_done():
                        continue
                    answer = escalation.hear(data)
                    if answer:
                        # Its question is no output of the command.
                        written["stderr"].clear()
                        output.write(answer)
                    if escalation.is_done():
                        output.settimeout(None)
                        _send(output, stdin)
            except engine.errors.Timeout as error:
                raise AnsibleConnectionFailure(
                    f"The privilege escalation in {self._container} said nothing for {patience} s, "
                    "neither its prompt nor that it succeeded; see container_timeout."
                ) from error
        exit_code = self._engine.exec.wait(exec_id, timeout=LINGER)
        return exit_code, b"".join(written["stdout"]), b"".join(written["stderr"])

    def _through_shell(self, command: str, stdin: bytes | None = None) -> bytes:
        shell = [self._play_context.executable, "-c", command]
        exit_code, stdout, stderr = self._run(shell, stdin)
        if exit_code:
            said = to_native(stderr or stdout).strip()
            raise AnsibleError(f"{command} in {self._container} ended with {exit_code}: {said}")
        return stdout

    def _absolute(self, path: str) -> str:
        folder = self.get_option("working_dir") or ""
        return posixpath.normpath(posixpath.join("/", folder, to_native(path)))

    def _inspect(self) -> Any:
        name = self._container
        if name not in self._inspected:
            self._inspected[name] = self._engine.containers.inspect(name)
        return self._inspected[name]

    def _is_hidden(self, path: str) -> bool:
        """Whether archives do not reach a path as the container sees it."""
        name, inspected = self._container, self._inspect()
        if (inspected.get("HostConfig") or {}).get("ReadonlyRootfs"):
            return True
        if name not in self._reaches:
            self._reaches[name] = Reach(self._engine, name, inspected)
        reach = self._reaches[name]
        return bool(reach.cover(reach.place(path)))

    def _user_ids(self) -> tuple[int, int]:
        """User and group of those that commands run as."""
        config = self._inspect().get("Config") or {}
        user = self.get_option("remote_user") or config.get("User") or ""
        if user in ROOT:
            return 0, 0
        key = (self._container, user)
        if key not in self._owners:
            uid, gid = self._through_shell("id -u && id -g").split()
            self._owners[key] = int(uid), int(gid)
        return self._owners[key]


def _send(output: Any, stdin: bytes | None) -> None:
    """Write all of a command's input, while its output is read."""

    def write() -> None:
        try:
            output.write(to_bytes(stdin))
        except engine.errors.ConnectionLost:
            # It ended without having read all of it; its exit code tells what that means.
            return
        output.close_stdin()

    if stdin is None:
        output.close_stdin()
    else:
        Thread(target=write, name="pytest-engine-stdin", daemon=True).start()
