"""Builds by `docker buildx`, for what the engine's API alone cannot be given.

A secret, a place on this machine for what comes of a build, and several platforms need a
connection on which the builder asks its client; buildx is the client that offers one.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from ..errors import BuildFailed, Incompatible, InvalidInput
from ..spec.values import encode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ..endpoint import Endpoint
    from .build_spec import BuildOutput, BuildSecret, BuildSpec

__all__ = ["run_buildx"]

# So many last lines of a build that failed are shown.
_SHOWN = 40


def run_buildx(
    endpoint: Endpoint,
    wanted: BuildSpec,
    dockerfile: Path,
    progress: Callable[[str], None],
    *,
    program: str = "docker",
) -> tuple[str, ...]:
    """Build an image with `docker buildx build`.

    Args:
        endpoint: where the engine is.
        wanted: how to build it.
        dockerfile: the Dockerfile.
        progress: called with every line that it says.
        program: the docker command.

    Returns:
        The command; there are no secrets in it.

    Raises:
        Incompatible: this machine has no docker command with buildx.
        BuildFailed: the build failed.
        InvalidInput: an option holds what no command takes.
    """
    import subprocess  # not before it is needed

    docker = [program, *_connection(endpoint)]
    environ = {k: v for k, v in os.environ.items() if k not in ("DOCKER_CONTEXT", "DOCKER_HOST")}
    try:
        subprocess.run([program, "buildx", "version"], check=True, capture_output=True)
    except (OSError, ValueError, subprocess.CalledProcessError) as exc:
        raise Incompatible(
            f"{wanted.needs_session} cannot be had over the engine's API alone: the builder asks "
            "its client for them, and `docker buildx` is that client, which this machine does not "
            "have. Install the docker command with its buildx plugin, or do without them."
        ) from exc
    given, values = _secrets(wanted.secrets)
    command = [*docker, "buildx", "build", "--progress", "plain", *_options(wanted, dockerfile)]
    command += [*given, "--", wanted.path]
    if any("\0" in word for word in command):
        raise InvalidInput("An option of the build holds a NUL, which no process takes.")
    with subprocess.Popen(
        command,
        env={**environ, **values},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        lines = []
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            progress(lines[-1])
    if process.returncode != 0:
        log = "\n".join(lines[-_SHOWN:])
        detail = next((line for line in reversed(lines) if line.strip()), "no reason given")
        raise BuildFailed(
            f"Cannot build {wanted.name}: docker buildx ended with exit code "
            f"{process.returncode}.\n{log}",
            image=wanted.name,
            detail=detail,
            log=log,
            command=tuple(command),
        )
    return tuple(command)


def _connection(endpoint: Endpoint) -> list[str]:
    options = ["--host", endpoint.url]
    tls = endpoint.tls
    if tls is not None:
        options.append("--tlsverify" if tls.verify else "--tls")
        for option, path in (("ca", tls.ca), ("cert", tls.cert), ("key", tls.key or tls.cert)):
            options += [f"--tls{option}{'cert' if option == 'ca' else ''}", str(path)] * bool(path)
    return options


def _options(wanted: BuildSpec, dockerfile: Path) -> list[str]:
    options = ["--file", str(dockerfile)]
    if not wanted.outputs:
        options += ["--tag", wanted.name]
    options += ["--pull"] * wanted.pull + ["--no-cache"] * wanted.nocache
    single = {"--network": wanted.network, "--target": wanted.target, "--shm-size": wanted.shm_size}
    for option, value in single.items():
        encode_text(str(value), option.lstrip("-"), "surrogateescape")
        options += [option, str(value)] if value else []
    several: dict[tuple[str, str], Iterable[str]] = {
        ("--cache-from", "cache_from"): wanted.cache_from,
        ("--add-host", "etc_hosts"): (f"{k}:{v}" for k, v in sorted(wanted.etc_hosts.items())),
        ("--build-arg", "args"): (f"{k}={v}" for k, v in sorted((wanted.args or {}).items())),
        ("--label", "labels"): (f"{k}={v}" for k, v in sorted((wanted.labels or {}).items())),
        ("--platform", "platform"): wanted.platforms,
        ("--output", "outputs"): map(_output, wanted.all_outputs if wanted.outputs else ()),
    }
    for (option, name), values in several.items():
        for value in values:
            encode_text(value, name, "surrogateescape")
            options += [option, value]
    return options


def _output(output: BuildOutput) -> str:
    parts = [f"type={output.type}"]
    parts += [f"dest={output.dest}"] if output.dest else []
    parts += [f"context={output.context}"] if output.context else []
    parts += [f"name={','.join(output.names)}"] if output.names else []
    parts += ["push=true"] if output.push else []
    return _csv(parts)


def _secrets(given: Iterable[BuildSecret]) -> tuple[list[str], dict[str, str]]:
    """Return the options for secrets, and the variables that carry those that are values.

    Of a process, everybody sees the arguments, and its own user alone the environment.
    """
    options: list[str] = []
    variables: dict[str, str] = {}
    for secret in given:
        if secret.type == "file":
            parts = ["type=file", f"src={secret.source}"]
        else:
            name = secret.source
            if secret.type == "value":
                name = f"PYTEST_ENGINE_{secrets.token_hex(8)}"
                variables[name] = secret.source
            parts = ["type=env", f"env={name}"]
        options += ["--secret", _csv([f"id={secret.id}", *parts])]
    return options, variables


def _csv(parts: Iterable[str]) -> str:
    """Write one line of comma-separated values (RFC 4180), as buildx reads these options."""
    return ",".join(
        '"{}"'.format(part.replace('"', '""')) if set(part) & set('",\r\n') else part
        for part in parts
    )
