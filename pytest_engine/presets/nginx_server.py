"""nginx, which serves files or does what its configuration says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_engine.core import wait

from .initial import collect_content, read_text
from .preset import Options, preset
from .server import Server

if TYPE_CHECKING:
    import os

    from typing_extensions import Unpack

    from pytest_engine.plugin.references import Fixture

    from .initial import Content

__all__ = ["Nginx", "nginx"]

_PORT = 80


@dataclass(frozen=True)
class Nginx(Server):
    """An nginx server."""

    @property
    def url(self) -> str:
        """Its URL from here, without a slash at the end.

        It looks like `http://host:port`.
        """
        return f"http://{self.address}"

    @property
    def internal_url(self) -> str:
        """Its URL for other containers on its network."""
        return f"http://{self.inner_address}"


def nginx(
    version: str = "1",
    *,
    content: Content | None = None,
    config: str | os.PathLike[str] | None = None,
    port: int = _PORT,
    **options: Unpack[Options],
) -> Fixture[Nginx]:
    """Make a fixture that is an nginx server.

    Args:
        version: the tag of the image `nginx`.
        content: what it serves: a folder, relative to the calling file, or names -> contents.
        config: its `server` blocks, as a text or as the path object of a file; they replace
            the image's own. Blocks of other ports need `ports=` and `port=`.
        port: the port in the container that it listens on.
        options: what every preset takes; see `Options`.
    """
    __tracebackhide__ = True
    files = {}
    if content is not None:
        for name, data in collect_content(content, "content").items():
            files[f"/usr/share/nginx/html/{name}"] = data
    if config is not None:
        files["/etc/nginx/conf.d/default.conf"] = read_text(config, "config").encode()
    return preset(
        lambda container: Nginx(container, port),
        f"nginx:{version}",
        ports=[port],
        program=["nginx", "-g", "daemon off;"],
        files=files,
        # What it answers is the configuration's business.
        wait=wait.http("/", port=port, status=lambda status: status > 0),
        options=options,
    )
