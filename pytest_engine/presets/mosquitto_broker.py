"""Mosquitto, an MQTT broker, with a prefix of topics for each test."""

from __future__ import annotations

import base64
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_engine.core.errors import InvalidInput

from .answering import answer
from .preset import Options, preset
from .server import Prefix, Server, fresh_name, login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

__all__ = ["Mosquitto", "mosquitto"]

_PORT = 1883
_FOLDER = "/mosquitto/config"
# An MQTT 3.1.1 CONNECT without a client's name. Its answer, a CONNACK, comes also to those
# who may not connect.
_CONNECT = b"\x10\x0c\x00\x04MQTT\x04\x02\x00\x05\x00\x00"
_ROUNDS = 101


@dataclass(frozen=True)
class Mosquitto(Server):
    """A Mosquitto broker.

    Attributes:
        username: who may connect; empty: everybody.
        password: that user's password.
    """

    username: str = ""
    password: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its URL from here.

        It looks like `mqtt://user:secret@host:port`.
        """
        return f"mqtt://{login(self.username, self.password)}{self.address}"

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on its network."""
        return f"mqtt://{login(self.username, self.password)}{self.inner_address}"

    @contextmanager
    def fresh(self) -> Iterator[Prefix]:
        """Make up a first level for topics that nobody else uses: `prefix("lamp/state")`."""
        yield Prefix(self, fresh_name(), "/")


def mosquitto(
    version: str = "2",
    *,
    username: str = "",
    password: str = "",
    config: str = "",
    **options: Unpack[Options],
) -> Fixture[Mosquitto]:
    """Make a fixture that is a Mosquitto broker.

    Args:
        version: the tag of the image `eclipse-mosquitto`.
        username: who may connect; empty: everybody.
        password: that user's password.
        config: further lines of its configuration.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    if ":" in username or not username.isprintable():
        raise InvalidInput(f"username: {username!r} cannot be written into a file of passwords.")
    lines = [f"listener {_PORT}", "persistence false", "log_dest stderr"]
    files = {}
    if username:
        lines += ["allow_anonymous false", f"password_file {_FOLDER}/passwords"]
        files[f"{_FOLDER}/passwords"] = f"{username}:{_hashed(username, password)}\n".encode()
    else:
        lines += ["allow_anonymous true"]
    files[f"{_FOLDER}/mosquitto.conf"] = "\n".join([*lines, config, ""]).encode()
    return preset(
        lambda container: Mosquitto(container, _PORT, username, password),
        f"eclipse-mosquitto:{version}",
        ports=[_PORT],
        program=["/usr/sbin/mosquitto", "-c", f"{_FOLDER}/mosquitto.conf"],
        files=files,
        wait=answer(_PORT, say=_CONNECT, expect=rb"\A\x20\x02"),
        options=options,
    )


def _hashed(username: str, password: str) -> str:
    """Write a password as mosquitto_passwd does: PBKDF2 with SHA-512."""
    # The same in all workers, so that they know the container for the one that they ask for.
    salt = hashlib.sha256(f"{username}:{password}".encode()).digest()[:12]
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
