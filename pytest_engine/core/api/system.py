"""The engine itself: `/_ping`, `/version`, `/info`, `/events`, `/system/df`, `/auth`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from ..auth import login_fields, login_to, was_refused
from ..errors import InvalidInput, PermissionDenied, ServerError
from ..filters import Filters, encode_filters
from ..moment import Moment, decode_nanoseconds, encode_moment
from .asked import check_seconds
from .events import EventStream

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from ..auth import Credentials
    from ..transport import Answer, Stream
    from ..types.engine import AuthResponse, SystemDataUsageResponse, SystemInfo, SystemVersion
    from .call import Caller

__all__ = ["Ping", "System"]

# In seconds, some ten years.
_LONGEST_ABSENCE = 315_360_000


@dataclass(frozen=True)
class Ping:
    """What an engine tells with the answer to a ping; empty where it does not.

    Attributes:
        api_version: the newest API version that it speaks.
        os_type: the operating system of its containers: `linux` or `windows`.
        builder_version: `2` where builds are BuildKit's unless asked otherwise, `1` where
            they are the classic builder's; Docker tells it from 23.0 on.
        swarm: its part in a swarm: `inactive`, `pending`, `error`, `locked`,
            `active/worker` or `active/manager`; told from API 1.42 on.
        experimental: whether it runs with `--experimental`.
    """

    api_version: str
    os_type: str
    builder_version: str
    swarm: str
    experimental: bool


class System:
    """Operations on the engine as a whole."""

    def __init__(self, caller: Caller, credentials: Credentials) -> None:
        """Call through `caller`; logins that are to be remembered go to `credentials`."""
        self._caller = caller
        self._credentials = credentials

    def ping(self) -> Ping:
        """Check that the engine answers (`GET /_ping`).

        Raises:
            ConnectionFailed: it does not.
        """
        return _read_ping(self._caller.call("SystemPing"))

    def ping_head(self) -> Ping:
        """Check that the engine answers, without a body (`HEAD /_ping`); see `ping`."""
        return _read_ping(self._caller.call("SystemPingHead"))

    def version(self) -> SystemVersion:
        """Tell the versions of the engine and its parts (`GET /version`)."""
        version: SystemVersion = self._caller.json("SystemVersion")
        return version

    def info(self) -> SystemInfo:
        """Tell how the engine is set up and what it holds (`GET /info`)."""
        info: SystemInfo = self._caller.json("SystemInfo")
        return info

    def disk_usage(
        self,
        *,
        type: Sequence[Literal["container", "image", "volume", "build-cache"]] | None = None,
        verbose: bool = False,
    ) -> SystemDataUsageResponse:
        """Tell what the disk is used for (`GET /system/df`); this may take long.

        Before API 1.52 the answer has other fields: `LayersSize`, and the lists `Images`,
        `Containers`, `Volumes` and `BuildCache`.

        Args:
            type: only `container`, `image`, `volume` or `build-cache`, or several of them
                (API 1.42).
            verbose: with each of them, `Items` (API 1.52).
        """
        usage: SystemDataUsageResponse = self._caller.json(
            "SystemDataUsage", query={"type": type, "verbose": verbose or None}, endless=True
        )
        return usage

    @overload
    def login(
        self, registry: str, username: str, password: str, *, remember: bool = False
    ) -> AuthResponse: ...

    @overload
    def login(
        self, registry: str, *, identity_token: str, remember: bool = False
    ) -> AuthResponse: ...

    def login(
        self,
        registry: str,
        username: str = "",
        password: str = "",
        *,
        identity_token: str = "",
        remember: bool = False,
    ) -> AuthResponse:
        """Have the engine try a login to a registry (`POST /auth`).

        The engine keeps nothing, and nothing is written to disk.

        Args:
            registry: host and port, `docker.io` for Docker Hub.
            username: the user.
            password: the user's password, or an access token that is used like one.
            identity_token: what the registry handed out, instead of user and password.
            remember: use it, or the token that the registry hands out for it, from now on for
                pulls, pushes, builds and services of this client, in place of what Docker's
                configuration has (`Credentials.remember`).

        Returns:
            `Status`, and `IdentityToken`: what the registry hands out to be used instead of
            the password; empty where it does not.

        Raises:
            PermissionDenied: the registry refuses the login.
            ServerError: the engine does not reach the registry.
            InvalidInput: both a user and a token are stated, or something is no text.
        """
        if identity_token and (username or password):
            raise InvalidInput("login: give either a user with a password or an identity token.")
        login = login_to(
            registry, username=username, password=password, identity_token=identity_token
        )
        try:
            answer: AuthResponse = self._caller.json(
                "SystemAuth", json_body=login_fields(login), endless=True
            )
        except ServerError as exc:
            # Docker 20.10 answers 500 whatever the registry says.
            if not was_refused(exc.engine_message):
                raise
            whose = f"login of {username!r}" if username else "login"
            check = "token" if identity_token else "user and password"
            raise PermissionDenied(
                f"{registry} refuses the {whose}: {exc.engine_message}. Check {check}.",
                status=exc.status,
                method=exc.method,
                path=exc.path,
                engine_message=exc.engine_message,
            ) from exc
        if remember:
            token = answer.get("IdentityToken")
            handed_out = login_to(registry, identity_token=token) if token else login
            self._credentials.remember(handed_out)
        return answer

    def events(
        self,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        filters: Filters | None = None,
        reconnect: float = 0.0,
    ) -> EventStream:
        """Follow what happens on the engine (`GET /events`).

        The engine keeps its last 256 events until it is restarted: so far back `since`
        and `reconnect` reach.

        Args:
            since: begin with the events of the past from this moment on; see
                `encode_moment` for its forms.
            until: end at this moment, also one in the future.
            filters: `{"type": "container", "event": ["die"], "container": ..., ...}`.
            reconnect: seconds that the engine may stay away. A connection that is lost is
                made anew, and every event told once, also those from in between. 0: a
                lost connection is an error at once. Up to ten years.

        Raises:
            InvalidInput: `reconnect` is none of these.
        """
        check_seconds(reconnect, "reconnect", _LONGEST_ABSENCE)
        if reconnect and since is None:
            # By the engine's clock, so that a loss before the first event loses none.
            since = str(self.info().get("SystemTime"))
        query = {
            "since": None if since is None else encode_moment(since),
            "until": None if until is None else encode_moment(until),
            "filters": encode_filters(filters),
        }

        def connect(since: str | None, timeout: float | None) -> Stream:
            resumed = query if since is None else {**query, "since": since}
            return self._caller.stream("SystemEvents", query=resumed, timeout=timeout)

        return EventStream(
            connect,
            since=decode_nanoseconds(query["since"]) if reconnect else 0,
            ends=until is not None,
            patience=reconnect,
        )


def _read_ping(answer: Answer) -> Ping:
    headers = answer.headers
    return Ping(
        api_version=headers.get("Api-Version", ""),
        os_type=headers.get("Ostype", ""),
        builder_version=headers.get("Builder-Version", ""),
        swarm=headers.get("Swarm", ""),
        experimental=headers.get("Docker-Experimental", "") == "true",
    )
