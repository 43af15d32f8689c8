"""What a step of a build may mount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_engine.core.errors import BuildFailed

if TYPE_CHECKING:
    from pytest_engine.core.client import Engine

pytestmark = pytest.mark.engine


@pytest.mark.pitfall(34)
@pytest.mark.parametrize("mount", ["type=secret,id=key,required=true", "type=ssh,required=true"])
@pytest.mark.lacks(
    "podman5",
    reason="its builder knows no sessions, and says in other words that there is no secret",
)
def test_what_needs_a_session_with_the_client_is_refused(
    mount: str, engine: Engine, busybox: str
) -> None:
    dockerfile = f"FROM {busybox}\nRUN --mount={mount} true"
    with pytest.raises(BuildFailed, match="cannot be handed to a build") as caught:
        engine.build.image({"Dockerfile": dockerfile})
    assert "no active session" in caught.value.detail
