"""Credential helpers: programs that keep logins, by the protocol of docker-credential-helpers.

No error shows what a helper was told or answered, which may hold a secret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .errors import EngineError
from .spec.values import encode_text

if TYPE_CHECKING:
    import subprocess

__all__ = ["ask_helper", "tell_helper"]

_TIMEOUT = 30
_UNKNOWN = b"credentials not found"


def ask_helper(helper: str, server: str) -> tuple[str, str] | None:
    """Have a helper look for a login (`docker-credential-HELPER get`).

    Returns:
        User name and secret; None where it has none for that server.

    Raises:
        EngineError: it is not installed, or fails.
    """
    answer = _run(helper, "get", server)
    if answer.returncode != 0:
        if _UNKNOWN in answer.stdout.lower():
            return None
        raise EngineError(
            f"{_program(helper)} failed with exit code {answer.returncode} for {server}."
        )
    try:
        found = json.loads(answer.stdout)
        return str(found["Username"]), str(found["Secret"])
    except (ValueError, KeyError, TypeError):
        raise EngineError(f"{_program(helper)} did not answer with a login for {server}.") from None


def tell_helper(helper: str, server: str, login: tuple[str, str] | None) -> None:
    """Have a helper keep a login, or forget the one that it has (`store`, `erase`).

    Args:
        helper: its name, without `docker-credential-`.
        server: the server that the login is for.
        login: user name and secret; None: forget it.

    Raises:
        EngineError: it is not installed, or fails.
    """
    verb, text = "erase", server
    if login is not None:
        verb = "store"
        text = json.dumps({"ServerURL": server, "Username": login[0], "Secret": login[1]})
    answer = _run(helper, verb, text)
    if answer.returncode != 0 and (login is not None or _UNKNOWN not in answer.stdout.lower()):
        raise EngineError(
            f"{_program(helper)} {verb} failed with exit code {answer.returncode} for {server}."
        )


def _program(helper: str) -> str:
    return f"docker-credential-{helper}"


def _run(helper: str, verb: str, text: str) -> subprocess.CompletedProcess[bytes]:
    import subprocess  # not before somebody has a helper

    program, sent = _program(helper), encode_text(text, "registry")
    try:
        return subprocess.run(  # a helper that the user configured
            [program, verb],
            input=sent,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError as exc:
        raise EngineError(
            f"The Docker configuration names the credential helper {program}, which is not "
            "installed. Install it or take it out of the configuration."
        ) from exc
    except ValueError:
        # A NUL, or half a letter.
        raise EngineError(
            f"The Docker configuration names {program!r}, which no program can be called."
        ) from None
    except (OSError, subprocess.TimeoutExpired) as exc:
        # Not the exception's own text, which may hold the helper's output.
        raise EngineError(f"{program} could not be run, or did not end.") from exc
