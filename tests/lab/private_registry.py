"""A second registry, which asks for a login and speaks TLS: for tests of credentials.

On the loopback address engines take any certificate: 127.0.0.0/8 is among the insecure registries
of every dockerd. They also try plain HTTP there when a login is refused, so that the reason gets
lost. For tests of that it listens on another address of this machine, with a certificate of an
authority that the engine was told of by `SSL_CERT_DIR` when it started (Go reads that besides
the system's authorities); /etc/docker/certs.d is the machine's, and a private engine has no own.
"""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .certificates import Authority
from .packages import SYSTEM_PATH
from .registry import Registry
from .steps import LabError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PrivateRegistry"]


@dataclass(frozen=True)
class PrivateRegistry(Registry):
    """A registry with TLS and one user (`htpasswd`); nothing of it outlives its process.

    Attributes:
        ip: the address of this machine to listen on.
        authority: who issues its certificate; None: one of its own.
        username: the user.
    """

    ip: str = "127.0.0.1"
    authority: Authority | None = None
    username: str = "lab"

    @property
    def host(self) -> str:
        """`ip:port` once it has been started, as image names and logins have it."""
        return self._address()

    @property
    def password(self) -> str:
        """The user's password."""
        return (self.folder / "password").read_text()

    def start(self, timeout: float = 20.0) -> None:
        """Start it and wait until it answers; nothing happens if it runs.

        Raises:
            LabError: it does not come up.
        """
        if not self.process():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._make_user()
            shutil.rmtree(self.folder / "tls", ignore_errors=True)
            authority = self.authority or Authority(self.folder / "own-authority")
            shutil.copytree(authority.issue(f"registry-{secrets.token_hex(4)}", self.ip), self._tls)
        super().start(timeout)

    def stop(self) -> bool:
        """Stop it and remove its files; tell whether it ran."""
        ran = super().stop()
        for folder in (self.folder, self.storage):
            shutil.rmtree(folder, ignore_errors=True)
        return ran

    @property
    def _tls(self) -> Path:
        return self.folder / "tls"

    def _address(self) -> str:
        return super()._address().replace("127.0.0.1", self.ip)

    def _make_user(self) -> None:
        program = shutil.which("htpasswd", path=SYSTEM_PATH)
        if program is None:
            raise LabError("The program htpasswd is missing (package apache2-utils).")
        password = secrets.token_urlsafe(12)
        # bcrypt is all that the registry reads; its lowest cost, for this is no secret.
        command = [program, "-i", "-n", "-B", "-C", "5", self.username]
        done = subprocess.run(command, input=password, check=True, capture_output=True, text=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        for name, text in (("htpasswd", done.stdout.strip() + "\n"), ("password", password)):
            with os.fdopen(os.open(self.folder / name, flags, 0o600), "w") as file:
                file.write(text)

    def _configuration(self, port: int) -> dict[str, Any]:
        configuration = super()._configuration(port)
        files = {
            "certificate": str(self._tls / "cert.pem"),
            "key": str(self._tls / "key.pem"),
        }
        configuration["http"] |= {"addr": f"{self.ip}:{port}", "tls": files}
        path = str(self.folder / "htpasswd")
        configuration["auth"] = {"htpasswd": {"realm": "lab", "path": path}}
        return configuration

    def _connect(self) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=self._tls / "ca.pem")
        return http.client.HTTPSConnection(self._address(), timeout=10, context=context)

    def _is_ready(self) -> bool:
        return self._status("/v2/") == http.client.UNAUTHORIZED
