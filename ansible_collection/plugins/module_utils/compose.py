# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The door for modules that run the Compose CLI, and ask no engine themselves."""

from __future__ import annotations

import pathlib
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from .core import errors
from .core.compose.cli import Compose, Connection
from .core.compose.failure import ComposeFailed
from .core.compose.project import Project, defined
from .core.spec.values import encode_text
from .engine import CONNECTION, UNSTATED_HOST, new_module
from .refusals import refuse_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .core.compose.cli import ComposeRun
    from .core.compose.projects import Outcome

__all__ = ["COMMAND", "Call", "command", "compose_module", "finished", "told"]

# What the CLI takes of the options that the other modules have; the rest it has no use for.
_SHARED = (
    "api_version",
    "ca_path",
    "client_cert",
    "client_key",
    "tls",
    "tls_hostname",
    "validate_certs",
)

# What the CLI reads, from its input or from a file.
_NO_ARGUMENTS = ("definition", "stdin")

_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **{name: CONNECTION[name] for name in _SHARED},
    "docker_host": UNSTATED_HOST,
    "docker_cli": {"type": "path"},
    "cli_context": {"type": "str"},
    "project_src": {"type": "path"},
    "project_name": {"type": "str"},
    "files": {"type": "list", "elements": "path"},
    "definition": {"type": "dict"},
    "env_files": {"type": "list", "elements": "path"},
    "profiles": {"type": "list", "elements": "str"},
    "check_files_existing": {"type": "bool", "default": True},
}

# The options of a command that is run in a project.
COMMAND: Mapping[str, Mapping[str, Any]] = {
    "service": {"type": "str", "required": True},
    "argv": {"type": "list", "elements": "str"},
    "command": {"type": "str"},
    "chdir": {"type": "str"},
    "detach": {"type": "bool", "default": False},
    "user": {"type": "str"},
    "stdin": {"type": "str"},
    "stdin_add_newline": {"type": "bool", "default": True},
    "strip_empty_ends": {"type": "bool", "default": True},
    "tty": {"type": "bool", "default": True},
    "env": {"type": "dict"},
}


class Call(NamedTuple):
    """One run of a module: the CLI that it runs, and what it was asked for."""

    compose: Compose
    params: Mapping[str, Any]
    check: bool


def compose_module(
    argument_spec: Mapping[str, Any],
    run: Callable[[Call], dict[str, Any]],
    **rules: Any,
) -> None:
    """Run a module that returns what `run` makes of it.

    Args:
        argument_spec: the options of the module, without those of the connection and the project.
        run: does it; `warnings` in what it returns are given out as such.
        rules: what else `AnsibleModule` takes, such as `required_if`.
    """
    exclusive = [("docker_host", "cli_context"), ("definition", "project_src")]
    exclusive += [("definition", "files"), *rules.pop("mutually_exclusive", ())]
    module = new_module(
        argument_spec={**_OPTIONS, **argument_spec},
        supports_check_mode=True,
        mutually_exclusive=exclusive,
        required_one_of=[("definition", "project_src"), *rules.pop("required_one_of", ())],
        required_by={"definition": ("project_name",)},
        required_together=[("client_cert", "client_key")],
        **rules,
    )
    params = module.params
    try:
        refuse_blank(argument_spec, params)
        _refuse_nul(params)
        with _project(params) as project:
            compose = Compose(_connection(params), project, program=params["docker_cli"])
            result = run(Call(compose, params, module.check_mode))
    except ComposeFailed as error:
        module.fail_json(msg=str(error), **_failed(error))
    except errors.EngineError as error:
        module.fail_json(msg=str(error))
    except Exception as error:  # noqa: BLE001  # beyond is a traceback
        module.fail_json(
            msg=f"This is a bug of pytest_engine.engine: {type(error).__name__}: {error}",
            exception=traceback.format_exc(),
        )
    for warning in result.pop("warnings", ()):
        module.warn(warning)
    module.exit_json(**result)


def told(outcome: Outcome) -> dict[str, Any]:
    """Tell an outcome as a module does, without containers and images."""
    output = {"stdout": outcome.stdout, "stderr": outcome.stderr}
    return {
        "changed": outcome.changed,
        "actions": outcome.actions,
        "warnings": outcome.warnings,
        **{name: text for name, text in output.items() if text},
    }


def command(params: Mapping[str, Any]) -> dict[str, Any]:
    """Take a command out of the options, as the core wants it."""
    if params["argv"] is not None and params["command"] is not None:
        raise errors.InvalidInput("argv and command are two ways to say the same. State one.")
    stdin = params["stdin"]
    if stdin is not None and params["stdin_add_newline"]:
        stdin += "\n"
    return {
        "command": params["command"] if params["argv"] is None else tuple(params["argv"]),
        "stdin": None if stdin is None else encode_text(stdin, "stdin"),
        "env": params["env"] or {},
        **{name: params[name] for name in ("service", "chdir", "detach", "user", "tty")},
    }


def finished(run: ComposeRun | None, params: Mapping[str, Any]) -> dict[str, Any]:
    """Tell how a command ended; None is one that check mode left out."""
    result: dict[str, Any] = {"changed": True}
    if run is None:
        result["msg"] = f"Not run for service {params['service']} in check mode."
    if params["detach"]:
        return result
    stdout, stderr = ("", "") if run is None else (run.stdout, run.stderr)
    if params["strip_empty_ends"]:
        stdout, stderr = stdout.rstrip("\r\n"), stderr.rstrip("\r\n")
    result.update(rc=run.exit_code if run else 0, stdout=stdout, stderr=stderr)
    if result["rc"]:
        # Ansible makes a failure of such a result by itself, and knows no reason.
        last = stderr.rstrip().rpartition("\n")[2]
        result["msg"] = (
            f"The command for service {params['service']} ended with exit code {result['rc']}"
            f"{': ' + last if last else '.'}"
        )
    return result


@contextmanager
def _project(params: Mapping[str, Any]) -> Iterator[Project]:
    if params["definition"] is None and not params["project_src"]:
        raise errors.InvalidInput("project_src: name the folder of the project; it is empty.")
    project = Project(
        pathlib.Path(params["project_src"] or "").absolute(),
        params["project_name"],
        tuple(params["files"] or ()),
        tuple(params["env_files"] or ()),
        tuple(params["profiles"] or ()),
    )
    if params["definition"] is None:
        project.check(usual=params["check_files_existing"])
        yield project
        return
    with defined(params["definition"], project) as written:
        yield written


def _refuse_nul(params: Mapping[str, Any]) -> None:
    """Refuse what cannot be an argument; it is not shown, as it may hold a secret."""
    for option, value in params.items():
        if option not in _NO_ARGUMENTS and "\0" in "".join(_texts(value)):
            raise errors.InvalidInput(f"{option}: it holds a NUL, which no process takes.")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in [*value, *(value.values() if isinstance(value, dict) else ())]:
            yield from _texts(item)


def _connection(params: Mapping[str, Any]) -> Connection:
    version, host = params["api_version"], params["docker_host"]
    return Connection(
        host or (None if params["cli_context"] else CONNECTION["docker_host"]["default"]),
        params["cli_context"],
        tls=params["tls"],
        verify=params["validate_certs"],
        tls_hostname=params["tls_hostname"],
        ca=params["ca_path"],
        cert=params["client_cert"],
        key=params["client_key"],
        api_version=None if version == "auto" else version,
    )


def _failed(error: ComposeFailed) -> dict[str, Any]:
    lists = {"containers": error.containers, "images": error.images}
    return {
        **{name: found for name, found in lists.items() if found is not None},
        "changed": error.changed,
        "actions": error.actions,
        "cmd": error.command,
        "rc": error.exit_code,
        "stdout": error.stdout,
        "stderr": error.stderr,
    }
