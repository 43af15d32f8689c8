"""What the objects of a swarm have in common: versions, and contents as text."""

from __future__ import annotations

import base64

from ..errors import InvalidInput

__all__ = ["check_content", "check_version"]


# Not everybody checks types, so these take whatever comes.


def check_version(version: object) -> int:
    """Check the version of an object that is to be updated, and hand it back.

    Raises:
        InvalidInput: it is no such number.
    """
    if not isinstance(version, int) or isinstance(version, bool) or version < 0:
        raise InvalidInput(
            f"version: {version!r:.80} is no version of an object. Give the Version.Index with "
            "which it was inspected."
        )
    return version


def check_content(spec: object, what: str) -> None:
    """Check that the content of a secret or a config, if it is stated, is base64 (RFC 4648).

    It is shown in no error.

    Raises:
        InvalidInput: it is not.
    """
    content = spec.get("Data") if isinstance(spec, dict) else spec
    if content is not None and not _is_base64(content):
        raise InvalidInput(
            f"The Data of a {what} is text in base64: base64.b64encode(content).decode()."
        )


def _is_base64(content: object) -> bool:
    if not isinstance(content, str):
        return False
    try:
        # Engines skip line ends.
        base64.b64decode(content.replace("\r", "").replace("\n", ""), validate=True)
    except ValueError:
        return False
    return True
