"""Addresses of engines, taken apart; nothing here connects, or looks around, at all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "Endpoint",
    "Tls",
    "encode_authority",
    "parse_endpoint",
    "parse_host",
    "refuse_idle_files",
]

_PLAIN_PORT = 2375
_TLS_PORT = 2376
_PORT = re.compile(r"[0-9]{1,5}")
# sockaddr_un.sun_path holds 108 bytes on Linux, with the closing NUL.
_LONGEST_SOCKET_PATH = 107
_FORMS = "unix:///path/to/docker.sock, tcp://host:port or ssh://user@host"


@dataclass(frozen=True)
class Tls:
    """How a connection over TCP is encrypted, and by what both sides are known.

    Attributes:
        ca: the file with the certificate authorities that the engine's certificate is
            checked against; None: the system's.
        cert: the file with the certificate to show to the engine; None: none is shown.
        key: the file with its key; None: it is in `cert`.
        verify: whether the engine's certificate is checked at all.
        hostname: the name that it has to be for; None: the address's host.
    """

    ca: str | Path | None = None
    cert: str | Path | None = None
    key: str | Path | None = None
    verify: bool = True
    hostname: str | None = None


@dataclass(frozen=True)
class Endpoint:
    """An address at which an engine is expected to listen.

    Attributes:
        scheme: `unix`, `tcp` or `ssh`.
        path: the socket's absolute path (`unix`; with `ssh` the one on the far side,
            empty for the far side's default).
        host: the host's name or address, IPv6 without brackets, else empty.
        port: the TCP port; 0 where it does not apply, or is left to ssh.
        user: the user to log in as (`ssh`); empty: left to ssh.
        tls: how the connection is encrypted (`tcp`); None: it is not.
        origin: what chose this address, for messages (`DOCKER_HOST`, `argument`, ...).
    """

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    user: str = ""
    tls: Tls | None = None
    origin: str = "argument"

    @property
    def url(self) -> str:
        """The address in the form that `DOCKER_HOST` takes."""
        if self.scheme == "unix":
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}://{user}{host}{port}{self.path}"

    @property
    def is_local(self) -> bool:
        """Whether published ports are found on this very host."""
        if self.scheme == "unix" or self.host.lower() == "localhost":
            return True
        import ipaddress

        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def parse_endpoint(url: str, origin: str = "argument", tls: Tls | None = None) -> Endpoint:
    """Take an address apart.

    Args:
        url: `unix:///path`, `tcp://host[:port]`, `http://host[:port]`,
            `https://host[:port]` or `ssh://[user@]host[:port][/path]`; a bare absolute
            path is a unix socket.
        origin: what the address came from, for error messages.
        tls: how a connection over TCP is encrypted; `https` always is.

    Raises:
        InvalidInput: the address has another form, or one that is not supported.
    """
    if not isinstance(url, str):
        raise InvalidInput(f"{origin}: {url!r} is no engine address; write {_FORMS}.")
    text = url.strip()
    if text.startswith("/"):
        text = f"unix://{text}"
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    if not separator:
        raise InvalidInput(f"{origin}: {url!r} is no engine address; write {_FORMS}.")
    if scheme == "unix":
        return _unix_endpoint(rest, origin)
    if scheme == "ssh":
        return _ssh_endpoint(rest, origin)
    if scheme in ("tcp", "http", "https"):
        if scheme == "https":
            tls = tls or Tls()
        return replace(_tcp_endpoint(rest, url, origin, encrypted=tls is not None), tls=tls)
    if scheme in ("npipe", "fd"):
        raise InvalidInput(f"{origin}: {scheme}:// is not supported; use {_FORMS}.")
    raise InvalidInput(f"{origin}: unknown scheme in {url!r}; write {_FORMS}.")


def parse_host(text: str, origin: str) -> str:
    """Read a host's name or address, IPv6 with or without brackets.

    Returns:
        The host, IPv6 without brackets; empty where the text is.

    Raises:
        InvalidInput: it is more than a host, or none.
    """
    host = text.strip()
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    # An address of IPv6 has two colons at least; what has one is a host and a port.
    if host.count(":") == 1 or any(ch in "/[]@" or ch.isspace() for ch in host):
        raise InvalidInput(f"{origin}: {text!r} is no host; write a name or an address alone.")
    return host


def encode_authority(host: str, port: int) -> str:
    """Write a host and a port as requests name them (RFC 9112 3.2).

    Args:
        host: a name or an address, IPv6 without brackets. What `%` adds to that says which
            interface of this machine leads there, and is not for others (RFC 6874 1).
        port: the port.

    Raises:
        UnicodeError: no host can have that name.
    """
    if ":" in host:
        return f"[{host.partition('%')[0]}]:{port}"
    return f"{host.encode('idna').decode()}:{port}"


def refuse_idle_files(files: Mapping[str, object], unencrypted: str | None = None) -> None:
    """Refuse files for TLS that would not be used, as options that are called as Ansible's are.

    Args:
        files: option -> file, or something false.
        unencrypted: the address, which is spoken to without TLS; None: a context says how.

    Raises:
        InvalidInput: there is one.
    """
    stated = ", ".join(option for option, file in files.items() if file)
    if stated and unencrypted is None:
        raise InvalidInput(
            f"{stated}: with a context it is the context that says how the connection is "
            "encrypted. Leave these options away."
        )
    if stated:
        raise InvalidInput(
            f"{stated}: without validate_certs or tls {unencrypted} would be spoken to "
            "unencrypted. State one of them as well, or leave these options away."
        )


def _unix_endpoint(rest: str, origin: str) -> Endpoint:
    path = os.path.normpath("/" + rest.lstrip("/"))
    if path == "/" or "\0" in path:
        raise InvalidInput(f"{origin}: unix:// lacks the path of the socket.")
    if path != path.rstrip():
        # White space at the end of an address is dropped, so no address stands for this path.
        raise InvalidInput(f"{origin}: the socket path {path!r} ends in white space.")
    try:
        length = len(os.fsencode(path))
    except UnicodeEncodeError as exc:
        raise InvalidInput(f"{origin}: {path!r} cannot be the path of a socket.") from exc
    if length > _LONGEST_SOCKET_PATH:
        raise InvalidInput(
            f"{origin}: the socket path {path} is longer than {_LONGEST_SOCKET_PATH} bytes, "
            "which the kernel does not take; make a shorter symbolic link to it."
        )
    return Endpoint("unix", path=path, origin=origin)


def _tcp_endpoint(rest: str, url: str, origin: str, *, encrypted: bool) -> Endpoint:
    authority, _slash, tail = rest.partition("/")
    if tail or "@" in authority or "?" in authority or "#" in authority:
        raise InvalidInput(f"{origin}: an engine address ends after the port: {_FORMS}.")
    host, port = _host_and_port(authority, repr(url), origin)
    default = _TLS_PORT if encrypted else _PLAIN_PORT
    return Endpoint("tcp", host=host or "127.0.0.1", port=port or default, origin=origin)


def _ssh_endpoint(rest: str, origin: str) -> Endpoint:
    authority, slash, path = rest.partition("/")
    user, at, address = authority.rpartition("@")
    # Not shown in messages: it may hold a password.
    shown = "the ssh:// address"
    if ":" in user:
        raise InvalidInput(f"{origin}: {shown} holds a password; use a key or ssh's agent.")
    host, port = _host_and_port(address, shown, origin)
    if not host or (at and not user):
        raise InvalidInput(f"{origin}: {shown} lacks {'the user' if host else 'the host'}.")
    # ssh would take these for options.
    if host.startswith("-") or user.startswith("-"):
        raise InvalidInput(f"{origin}: neither host nor user begins with a dash.")
    if any(ch.isspace() or not ch.isprintable() for ch in user + path):
        raise InvalidInput(f"{origin}: {shown} has white space or worse in it.")
    socket = f"/{path}" if slash and path else ""
    return Endpoint("ssh", path=socket, host=host, port=port, user=user, origin=origin)


def _host_and_port(authority: str, shown: str, origin: str) -> tuple[str, int]:
    """Take `host[:port]` apart; 0 where there is no port."""
    if authority.startswith("["):
        host, bracket, port_text = authority[1:].partition("]")
        if not bracket:
            raise InvalidInput(f"{origin}: {shown} opens a bracket and does not close it.")
        if port_text and not port_text.startswith(":"):
            raise InvalidInput(f"{origin}: {shown} has no valid port; it follows a colon.")
        port_text = port_text[1:]
    else:
        host, _colon, port_text = authority.partition(":")
    if port_text and not (_PORT.fullmatch(port_text) and 0 < int(port_text) < 65536):
        raise InvalidInput(f"{origin}: {shown} has no valid port; it is a number up to 65535.")
    if any(ch.isspace() or not ch.isprintable() for ch in host):
        raise InvalidInput(f"{origin}: {shown} has white space or worse in its host.")
    return host, int(port_text or 0)
