"""Logins to registries, tried by the engine and kept where the docker command keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InvalidInput, is_node, looking
from ..login_store import LoginStore, check_login

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..auth import RegistryLogin
    from ..client import Engine

__all__ = ["LoginOutcome", "LoginSpec", "ensure_login"]


@dataclass(frozen=True)
class LoginSpec:
    """A login to a registry.

    Attributes:
        registry: host and port, or a URL of it; `docker.io` for Docker Hub.
        username: the user; None where the login is to be forgotten.
        password: the password, likewise.
    """

    registry: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class LoginOutcome:
    """What came of logging in or out; no secret is in it.

    Attributes:
        changed: whether a login was kept or forgotten, or would be.
        keeper: what keeps it: a file, or the program of a credential helper.
        result: `serveraddress`, `username`, and `Status` of the registry where it was asked.
        before: `exists`, and the `username`.
        after: the same afterwards, and whether the password is another one.
    """

    changed: bool
    keeper: str
    result: Mapping[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


def ensure_login(
    engine: Engine,
    wanted: LoginSpec,
    path: str,
    *,
    state: str = "present",
    again: bool = False,
    check: bool = False,
) -> LoginOutcome:
    """See to it that Docker's configuration has a login that works, or none.

    A login that is there already is not tried again. Doing it again changes nothing.

    Args:
        engine: tries the login (`POST /auth`), in check mode as well: nothing is kept of that.
        wanted: the login.
        path: Docker's configuration file.
        state: `present` or `absent`.
        again: try and keep it even though it is there.
        check: keep and forget nothing; tell what would be done.

    Raises:
        InvalidInput: user or password are missing, or cannot be kept, or the configuration is
            no file; nothing was sent.
        EngineError: the registry refuses the login, or the configuration is broken.
    """
    with looking(path, "config_path"):
        if is_node(path):
            raise InvalidInput(f"config_path: {path} is no file; name the one to keep logins in.")
    store = LoginStore(path)
    there = store.find(wanted.registry)
    keeper = store.keeper(wanted.registry)
    before = _shown(there)
    if state == "absent":
        if there is not None and not check:
            store.forget(wanted.registry)
        gone = there is not None
        after: dict[str, Any] = {"exists": False}
        return LoginOutcome(changed=gone, keeper=keeper, result={}, before=before, after=after)
    if not wanted.username or not wanted.password:
        raise InvalidInput("A login takes a user name and a password.")
    check_login(wanted.username, wanted.password)
    result = {"serveraddress": wanted.registry, "username": wanted.username}
    same_name = there is not None and there.username == wanted.username
    same = same_name and there is not None and there.password == wanted.password
    after = {"exists": True, "username": wanted.username}
    if same and not again:
        return LoginOutcome(changed=False, keeper=keeper, result=result, before=before, after=after)
    answer = engine.system.login(wanted.registry, wanted.username, wanted.password)
    if not check:
        store.keep(wanted.registry, wanted.username, wanted.password)
    if same_name and not same:
        after["is_new_password"] = True
    # The token that some registries hand out is as good as the password.
    told = {**result, "Status": answer.get("Status") or ""}
    return LoginOutcome(changed=True, keeper=keeper, result=told, before=before, after=after)


def _shown(login: RegistryLogin | None) -> dict[str, Any]:
    return {"exists": False} if login is None else {"exists": True, "username": login.username}
