"""The lab's images, which a server's fixture waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import LabImages


@pytest.fixture(scope="module")
def images(request: pytest.FixtureRequest, lab: LabImages) -> None:
    """See to it that the images that a module of tests names in IMAGES can be pulled."""
    wanted: Any = request.module.IMAGES
    lab.require(*wanted)
