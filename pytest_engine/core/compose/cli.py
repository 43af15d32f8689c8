"""The Compose CLI: where it is, which version it has, and how it is run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..endpoint import parse_endpoint, refuse_idle_files
from ..errors import Incompatible, InvalidInput
from .failure import ComposeFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .project import Project

__all__ = ["Compose", "ComposeRun", "Connection", "parse_version"]

# The first with `--dry-run` for all commands and a machine's reading of `ps`.
OLDEST = (2, 18, 0)
# The first with `--progress plain`, and with `--progress json`.
_PLAIN, _JSON = (2, 19, 0), (2, 29, 0)

# What would say again, and otherwise, what a connection says.
_SAID_BY_CONNECTION = (
    "DOCKER_API_VERSION",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
)

_INSTALL = (
    "Install Docker's command with its Compose plugin (packages docker-ce-cli and "
    "docker-compose-plugin of Docker, docker-cli and docker-compose 2 of Debian 13 or newer)"
)


@dataclass(frozen=True)
class Connection:
    """Where the CLI finds the engine.

    Attributes:
        host: the address, as in `DOCKER_HOST`; None leaves it to the context.
        context: the Docker context; None with no host either is the CLI's current one.
        tls: whether a TCP connection is encrypted.
        verify: whether it is encrypted, and the engine's certificate verified.
        tls_hostname: the name that the certificate has to be for.
        ca: the file with the certificates of the authorities.
        cert: the file with the certificate to show.
        key: the file with its key.
        api_version: the version of the API to speak; None is the newest.
    """

    host: str | None = None
    context: str | None = None
    tls: bool = False
    verify: bool = False
    tls_hostname: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    api_version: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the CLI cannot do.

        Raises:
            InvalidInput: it cannot verify a certificate for another name than the host's, and
                takes files for TLS only with TLS, and not for a context; or the address has a
                form that is not supported.
        """
        there = parse_endpoint(self.host, "docker_host") if self.host else None
        endpoint = there if there and there.scheme == "tcp" else None
        files = {"ca_path": self.ca, "client_cert": self.cert, "client_key": self.key}
        if self.context:
            refuse_idle_files(files)
        elif endpoint and not (self.tls or self.verify or endpoint.tls):
            refuse_idle_files(files, self.host)
        is_other = endpoint and endpoint.host.lower() != (self.tls_hostname or "").lower()
        if self.tls_hostname and (self.context or (self.verify and is_other)):
            raise InvalidInput(
                f"tls_hostname: the Docker CLI verifies a certificate for the host that it "
                f"connects to, and cannot for {self.tls_hostname!r}. Use that name in the address."
            )

    def arguments(self) -> list[str]:
        """Give the options of `docker` for it."""
        options = ["--host", self.host] if self.host else []
        options += ["--context", self.context] if self.context else []
        options += ["--tlsverify"] if self.verify else ["--tls"] * self.tls
        for option, path in (("cacert", self.ca), ("cert", self.cert), ("key", self.key)):
            options += [f"--tls{option}", path] if path else []
        return options

    def environ(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Give an environment that says nothing else."""
        kept = {k: v for k, v in environ.items() if k not in _SAID_BY_CONNECTION}
        if self.host:
            # A build in a dry run forgets the option, and takes this (seen with 2.26 and 2.40).
            kept["DOCKER_HOST"] = self.host
        if self.api_version:
            kept["DOCKER_API_VERSION"] = self.api_version
        return kept


@dataclass(frozen=True)
class ComposeRun:
    """One run of the CLI that ended.

    Attributes:
        command: what was run; secrets only where they had to be arguments.
        exit_code: with which code it ended.
        stdout: what it wrote.
        stderr: what it said meanwhile.
    """

    command: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str

    def failure(self, why: str) -> ComposeFailed:
        """Make an error of it."""
        why = why or f"it ended with exit code {self.exit_code} and gave no reason"
        return ComposeFailed(
            f"Docker Compose failed: {why}",
            command=shlex.join(self.command),
            exit_code=self.exit_code,
            stdout=self.stdout,
            stderr=self.stderr,
        )


class Compose:
    """The Compose CLI, for one project on one engine.

    Nothing is run before it is asked for.

    Args:
        connection: where the engine is.
        project: the project.
        program: the docker command; None looks for it on the PATH.
        environ: the environment to run it in; None is this process's.
    """

    def __init__(
        self,
        connection: Connection,
        project: Project,
        *,
        program: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.project = project
        self._connection = connection
        self._environ = connection.environ(os.environ if environ is None else environ)
        self._program = program
        self._version: tuple[int, int, int] | None = None

    @property
    def version(self) -> tuple[int, int, int]:
        """Its version; the first time, it is asked for.

        Raises:
            Incompatible: there is no docker command, it has no Compose, or one that is too old.
        """
        if self._version is None:
            self._version = self._ask_version()
            if self._version < OLDEST:
                raise Incompatible(
                    f"{self._docker()} has Compose {_text(self._version)}, and this takes "
                    f"{_text(OLDEST)} or newer. {_INSTALL} anew."
                )
        return self._version

    @property
    def speaks_json(self) -> bool:
        """Whether its progress comes as JSON, not as lines for a person."""
        return self.version >= _JSON

    def needs(self, version: tuple[int, int, int], what: str) -> None:
        """Refuse what an older Compose cannot do.

        Raises:
            Incompatible: it is older than `version`.
        """
        if self.version < version:
            raise Incompatible(
                f"{what} takes Compose {_text(version)} or newer, and {self._docker()} has "
                f"{_text(self.version)}."
            )

    def run(
        self,
        *arguments: str,
        plain: bool = False,
        stdin: bytes | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> ComposeRun:
        """Run a command of Compose on the project, and wait for its end.

        Args:
            arguments: the command and its arguments, as in `docker compose ARGUMENTS`.
            plain: whether progress is for a person, whatever this version could do.
            stdin: what it reads; nothing if None.
            variables: variables for it beside its environment. Of a process everybody sees the
                arguments, and its own user alone these.

        Raises:
            Incompatible: there is no docker command, it has no Compose, or one that is too old.
            InvalidInput: an argument or a variable holds what no process takes.
        """
        options = ["--ansi", "never"]
        if self.speaks_json and not plain:
            options += ["--progress", "json"]
        elif self.version >= _PLAIN:
            options += ["--progress", "plain"]
        command = ["compose", *options, *self.project.arguments(), *arguments]
        return self._run(command, str(self.project.directory), stdin, variables)

    def _run(
        self,
        arguments: Sequence[str],
        folder: str | None = None,
        stdin: bytes | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> ComposeRun:
        command = (self._docker(), *self._connection.arguments(), *arguments)
        try:
            with subprocess.Popen(
                command,
                cwd=folder,
                env={**self._environ, **(variables or {})},
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process:
                wrote, said = process.communicate(stdin)
        except OSError as exc:
            raise Incompatible(f"Cannot run {command[0]}: {exc}. {_INSTALL}.") from exc
        except ValueError as exc:
            # An argument or a variable that no process takes, such as one with a NUL.
            raise InvalidInput(f"Cannot run {command[0]}: {exc}.") from exc
        stdout, stderr = (text.decode("utf-8", "replace") for text in (wrote, said))
        return ComposeRun(command, process.returncode, stdout, stderr)

    def _docker(self) -> str:
        if self._program is None:
            self._program = shutil.which("docker", path=self._environ.get("PATH"))
            if self._program is None:
                raise Incompatible(
                    f"There is no docker command on the PATH, and Compose is a part of it. "
                    f"{_INSTALL}, or state where it is."
                )
        return self._program

    def _ask_version(self) -> tuple[int, int, int]:
        asked = self._run(["compose", "version", "--format", "json"])
        if asked.exit_code == 0:
            found = parse_version(str(_member(asked.stdout, "version")))
            # Some builds of it call themselves `dev`, and only the CLI knows better.
            found = found or self._ask_cli()
            if found:
                return found
            raise Incompatible(
                f"{asked.command[0]} has a Compose that does not tell its version, but says: "
                f"{asked.stdout.strip()!r}. {_INSTALL} of a release."
            )
        raise Incompatible(
            f"{asked.command[0]} has no Compose plugin, or it does not work: "
            f"{asked.stderr.strip()!r}. {_INSTALL}."
        )

    def _ask_cli(self) -> tuple[int, int, int] | None:
        told = self._run(["info", "--format", "{{ json .ClientInfo.Plugins }}"])
        try:
            plugins = json.loads(told.stdout) or []
            versions = {plugin["Name"]: plugin["Version"] for plugin in plugins}
        except (ValueError, TypeError, KeyError):
            return None
        return parse_version(versions.get("compose", ""))


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Read a version as Compose and its packagers write it, such as `v2.26.1-4`."""
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def _text(version: tuple[int, int, int]) -> str:
    return ".".join(map(str, version))


def _member(text: str, name: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value.get(name) if isinstance(value, dict) else None
