# SPDX-License-Identifier: GPL-3.0-or-later

# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The one door between the modules and the core.

A module hands over its options and a function of the engine; everything that Ansible and the
core have to tell each other happens here: the connection, check mode, the diff, errors.
"""

from __future__ import annotations

import os
import pathlib
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ansible.module_utils.basic import AnsibleModule, env_fallback

from . import zipped  # noqa: F401  # first, for it speeds up what follows  # pylint: disable=unused-import
from .core import client, endpoint, errors
from .core.ensure.reconcile import Outcome, reconcile
from .refusals import refuse_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

__all__ = [
    "CONNECTION",
    "UNSTATED_HOST",
    "Call",
    "Outcome",
    "connect",
    "ensure_module",
    "errors",
    "filters",
    "labels",
    "local_module",
    "made_by",
    "new_module",
    "plain_texts",
    "read_module",
    "run_module",
    "texts",
    "told",
]

CONNECTION: Mapping[str, Mapping[str, Any]] = {
    "docker_host": {
        "type": "str",
        "default": "unix:///var/run/docker.sock",
        "fallback": (env_fallback, ["DOCKER_HOST"]),
        "aliases": ["docker_url"],
    },
    "api_version": {
        "type": "str",
        "default": "auto",
        "fallback": (env_fallback, ["DOCKER_API_VERSION"]),
        "aliases": ["docker_api_version"],
    },
    "timeout": {"type": "int", "default": 60, "fallback": (env_fallback, ["DOCKER_TIMEOUT"])},
    "tls": {"type": "bool", "default": False, "fallback": (env_fallback, ["DOCKER_TLS"])},
    "validate_certs": {
        "type": "bool",
        "default": False,
        "fallback": (env_fallback, ["DOCKER_TLS_VERIFY"]),
        "aliases": ["tls_verify"],
    },
    "ca_path": {"type": "path", "aliases": ["ca_cert", "tls_ca_cert", "cacert_path"]},
    "client_cert": {"type": "path", "aliases": ["tls_client_cert", "cert_path"]},
    "client_key": {"type": "path", "aliases": ["tls_client_key", "key_path"]},
    "tls_hostname": {"type": "str", "fallback": (env_fallback, ["DOCKER_TLS_HOSTNAME"])},
    "use_ssh_client": {"type": "bool", "default": False},
    "debug": {"type": "bool", "default": False},
}

# The files of TLS, under the names that they have in the folder of DOCKER_CERT_PATH.
_FILES = {"ca_path": "ca.pem", "client_cert": "cert.pem", "client_key": "key.pem"}


# What makes a module; Ansible's class reads the options from the process that it has to itself.
_make: Callable[..., AnsibleModule] = AnsibleModule


def new_module(**rules: Any) -> AnsibleModule:
    """Make a module, which takes its options and ends the program when they are wrong."""
    return _make(**rules)


@contextmanager
def made_by(make: Callable[..., AnsibleModule]) -> Iterator[None]:
    """Have the modules that run meanwhile made by something else than Ansible's class."""
    global _make  # noqa: PLW0603  # the `main` of a module takes no arguments
    before, _make = _make, make
    try:
        yield
    finally:
        _make = before


# For modules that take a Docker context instead: stated by default, it would always be both.
UNSTATED_HOST = {k: v for k, v in CONNECTION["docker_host"].items() if k != "default"}


class Call(NamedTuple):
    """One run of a module: the engine that it speaks to, and what it was asked for."""

    engine: client.Engine
    params: Mapping[str, Any]
    check: bool
    diff: bool
    # Written to the target's log, and shown as a warning.
    log: Callable[[str], None] = lambda _text: None
    warn: Callable[[str], None] = lambda _text: None

    def reconcile(self, kind: Any, wanted: Any, state: str | None = None) -> Outcome:
        """Bring about what is wanted, in the state that the task names, or say what that takes."""
        state = state or self.params["state"]
        return reconcile(self.engine, kind, wanted, state=state, check=self.check)


def _text(value: Any, where: str) -> str:
    """A value as the engine takes it; YAML makes booleans and numbers of some."""
    if value is None or isinstance(value, (dict, list, tuple)):
        what = "null" if value is None else "a mapping" if isinstance(value, dict) else "a list"
        # Without the value, which may be a secret.
        raise errors.InvalidInput(f'{where} is {what}. Write a text; "" is an empty one.')
    return str(value).lower() if isinstance(value, bool) else str(value)


def texts(values: Mapping[str, Any] | None, option: str) -> dict[str, str] | None:
    """Driver options and the like as the engine takes them.

    Args:
        values: name -> value, as a task has them.
        option: where, for the message.

    Raises:
        InvalidInput: one is null, a list or a mapping.
    """
    if values is None:
        return None
    return {name: _text(value, f"{option}: {name}") for name, value in values.items()}


def plain_texts(values: Mapping[str, Any] | None, option: str) -> dict[str, str] | None:
    """Texts where community.docker leaves booleans as Python writes them, `True` and `False`."""
    if values is None:
        return None
    return texts({k: str(v) if isinstance(v, bool) else v for k, v in values.items()}, option)


def labels(values: Mapping[str, Any] | None, option: str = "labels") -> dict[str, str] | None:
    """Labels as the engine takes them, with nothing in them that YAML has changed.

    Args:
        values: name -> value, as a task has them.
        option: where, for the message.

    Raises:
        InvalidInput: one is no text any more: `1.10` has become 1.1, and `yes` True.
    """
    for name, value in (values or {}).items():
        if isinstance(value, (bool, float)):
            raise errors.InvalidInput(
                f"{option}: the value {value!r} of {name} is what YAML made of it, and no text. "
                "Put what was written into quotes."
            )
    return texts(values, option)


def filters(
    values: Mapping[str, Any] | None, option: str = "filters"
) -> dict[str, str | list[str]] | None:
    """Filters as the engine takes them; YAML makes booleans and numbers of some.

    Args:
        values: name -> value or values, as a task has them.
        option: where, for the message.

    Raises:
        InvalidInput: one is neither, or is nothing, which would restrict nothing.
    """
    if values is None:
        return None
    return {str(name): _filter(str(name), value, option) for name, value in values.items()}


def _filter(name: str, value: Any, option: str) -> str | list[str]:
    if value is None or value in ([], ()):
        what = "null" if value is None else "an empty list"
        raise errors.InvalidInput(
            f"{option}: {name} is {what}, which restricts nothing. Write a value, or leave it out."
        )
    items = value if isinstance(value, (list, tuple)) else [value]
    # No label has no name: what is to be spared by `label!` would not be.
    if name.startswith("label") and any(isinstance(i, str) and not i.strip() for i in items):
        raise errors.InvalidInput(
            f"{option}: {name} is empty, which restricts nothing. Write name or name=value."
        )
    for item in items:
        if not isinstance(item, (str, int, float)):
            wanted = f"{name}: name=value" if isinstance(item, dict) else "one"
            raise errors.InvalidInput(
                f"{option}: {item!r} of {name} is no text. Write {wanted}, or a list of such texts."
            )
    written = [_text(item, option) for item in items]
    return written if items is value else written[0]


def ensure_module(
    returns: str,
    argument_spec: Mapping[str, Any],
    apply: Callable[[Call], Outcome],
    **rules: Any,
) -> None:
    """Run a module that brings something about.

    Args:
        returns: the key under which the module returns what it brought about.
        argument_spec: the options of the module, without those of the connection.
        apply: brings it about and returns the core's outcome.
        rules: what else `AnsibleModule` takes, such as `required_if`.
    """
    _run(argument_spec, lambda _module, call: told(call, returns, apply(call)), rules)


def told(call: Call, returns: str, outcome: Any) -> dict[str, Any]:
    """Tell an outcome as a module does: what was done, what is there now, and the diff."""
    result = {
        "changed": outcome.changed,
        "actions": [str(action) for action in outcome.actions],
        # No class of the core's: up to ansible-core 2.18 Ansible makes another one of each mapping.
        returns: dict(outcome.resource or {}),
    }
    for warning in outcome.warnings:
        call.warn(warning)
    if call.diff:
        differing = [difference.field for difference in outcome.differences]
        result["diff"] = {
            "before": outcome.before,
            "after": outcome.after,
            "differences": differing,
        }
    return result


def read_module(
    argument_spec: Mapping[str, Any], read: Callable[[Call], dict[str, Any]], **rules: Any
) -> None:
    """Run a module that changes nothing and returns what `read` returns."""
    _run(argument_spec, lambda _module, call: {"changed": False, **read(call)}, rules)


def run_module(
    argument_spec: Mapping[str, Any],
    run: Callable[[Call], dict[str, Any]],
    *,
    failed: Callable[[Exception], Mapping[str, Any]] = lambda _error: {},
    diff_always: bool = False,
    **rules: Any,
) -> None:
    """Run a module that returns what `run` does, which says whether anything changed.

    Args:
        argument_spec: the options of the module, without those of the connection.
        run: does it; a `diff` in what it returns is for those who ask for one, and
            `warnings` are given out as such.
        failed: what to return beside the message when it fails.
        diff_always: return the `diff` also to those who do not ask for one, as the module of
            community.docker does.
        rules: what else `AnsibleModule` takes, such as `required_if`.
    """

    def hand_over(module: AnsibleModule, call: Call) -> dict[str, Any]:
        result = run(call)
        for warning in result.pop("warnings", ()):
            module.warn(warning)
        return (
            result if call.diff or diff_always else {k: v for k, v in result.items() if k != "diff"}
        )

    _run(argument_spec, hand_over, rules, failed)


def local_module(
    argument_spec: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], dict[str, Any]],
    **rules: Any,
) -> None:
    """Run a module that reads something of the target and asks no engine."""
    module = new_module(argument_spec=argument_spec, supports_check_mode=True, **rules)
    try:
        result = read(module.params)
    except errors.EngineError as error:
        module.fail_json(msg=str(error))
    except Exception as error:  # noqa: BLE001  # beyond is a traceback
        module.fail_json(**_bug(error))
    module.exit_json(changed=False, **result)


def _run(
    argument_spec: Mapping[str, Any],
    run: Callable[[AnsibleModule, Call], dict[str, Any]],
    rules: Mapping[str, Any],
    failed: Callable[[Exception], Mapping[str, Any]] = lambda _error: {},
) -> None:
    together = [["client_cert", "client_key"], *rules.get("required_together", ())]
    module = new_module(
        argument_spec={**CONNECTION, **argument_spec},
        supports_check_mode=True,
        **{**rules, "required_together": together},
    )
    try:
        refuse_blank(argument_spec, module.params)
        with connect(module.params) as engine:
            diff = module._diff or module.params["debug"]  # noqa: SLF001  # Ansible offers it no other way
            call = Call(engine, module.params, module.check_mode, diff, module.log, module.warn)
            result = run(module, call)
    except errors.EngineError as error:
        module.fail_json(**{**_told_of(error), **failed(error)})
    except Exception as error:  # noqa: BLE001  # beyond is a traceback
        module.fail_json(**_bug(error), **failed(error))
    module.exit_json(**result)


def _bug(error: Exception) -> dict[str, str]:
    """Tell an error that no module is to end with, while it is handled."""
    said = f"This is a bug of pytest_engine.engine: {type(error).__name__}: {error}"
    return {"msg": said, "exception": traceback.format_exc()}


def _told_of(error: errors.EngineError) -> dict[str, Any]:
    """Tell what went wrong, and what had been done before and has stayed."""
    if not error.done:
        return {"msg": str(error)}
    # What has several lines ends with somebody else's, such as a log's.
    between = "\n" if "\n" in str(error) else " "
    done = f"Done before that: {', '.join(error.done)}."
    return {"msg": f"{error}{between}{done}", "changed": True, "actions": list(error.done)}


def connect(params: Mapping[str, Any]) -> client.Engine:
    """The engine that the options of `CONNECTION` name; nothing is sent yet."""
    if params.get("cli_context"):
        return _connect_by_context(params)
    # Modules that take a context instead have no default for it.
    host = params["docker_host"] or CONNECTION["docker_host"]["default"]
    address = endpoint.parse_endpoint(host, "docker_host", _tls(params))
    if address.scheme == "tcp" and address.tls is None:
        endpoint.refuse_idle_files({name: params[name] for name in _FILES}, address.url)
    version = params["api_version"]
    return client.Engine(
        address,
        timeout=params["timeout"],
        api_version=None if version == "auto" else version,
        # The option has read this variable, and `auto` in a task means what it says.
        environ={k: v for k, v in os.environ.items() if k != "DOCKER_API_VERSION"},
    )


def _connect_by_context(params: Mapping[str, Any]) -> client.Engine:
    """The engine that a context of the docker command leads to."""
    endpoint.refuse_idle_files({name: params[name] for name in _FILES})
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DOCKER_")}
    kept = {k: v for k, v in os.environ.items() if k in ("DOCKER_CONFIG", "DOCKER_AUTH_CONFIG")}
    version = params["api_version"]
    return client.Engine(
        timeout=params["timeout"],
        api_version=None if version == "auto" else version,
        environ={**environ, **kept, "DOCKER_CONTEXT": params["cli_context"]},
    )


def _tls(params: Mapping[str, Any]) -> endpoint.Tls | None:
    """How a connection over TCP is encrypted: at all only where one of the options says so."""
    # Encrypted by its scheme; only `tls` alone asks for no verification.
    by_scheme = (params["docker_host"] or "").strip().lower().startswith("https:")
    if not (params["tls"] or params["validate_certs"] or by_scheme):
        return None
    folder = os.environ.get("DOCKER_CERT_PATH")
    paths = {}
    for option, name in _FILES.items():
        paths[option] = params[option]
        if folder and not params[option]:
            usual = pathlib.Path(folder, name)
            with errors.reading(usual, "DOCKER_CERT_PATH"):
                paths[option] = usual if usual.is_file() else None
    return endpoint.Tls(
        ca=paths["ca_path"],
        cert=paths["client_cert"],
        key=paths["client_key"],
        verify=params["validate_certs"] or not params["tls"],
        hostname=params["tls_hostname"] or None,
    )
