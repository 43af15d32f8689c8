"""Platforms of images, however they are spelt."""

from __future__ import annotations

import pytest

from pytest_engine.core.api.platforms import _platform, same_platform


@pytest.mark.parametrize("variant", ["v8", "", None])
@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        ("linux", True),
        ("arm64", True),
        ("linux/arm64", True),
        ("linux/arm64/v8", True),
        ("linux/aarch64", True),
        ("aarch64", True),
        ("amd64", False),
        ("windows", False),
        ("linux/arm64/v7", False),
    ],
)
def test_a_platform_may_be_an_architecture_alone(
    stated: str, fits: object, variant: str | None
) -> None:
    image = {"Os": "linux", "Architecture": "arm64", "Variant": variant}
    assert same_platform(stated, image) is fits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("linux/arm64", "linux/arm64/v8"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/amd64/", "linux/amd64"),
    ],
)
@pytest.mark.pitfall(48)
def test_platforms_are_compared_as_containerd_does(one: str, other: str) -> None:
    assert _platform(one) == _platform(other)
