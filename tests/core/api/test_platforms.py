"""Platforms of images, however they are spelt."""

from __future__ import annotations

import pytest

from pytest_engine.core.api.platforms import same_platform


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
    ("stated", "image"),
    [
        ("linux/arm64", "linux/arm64/v8"),
        ("linux/arm64/8", "linux/arm64/v8"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux", "linux/arm/v6"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/amd64/", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64", "linux/amd64/v1"),
        ("i386", "linux/386"),
    ],
)
@pytest.mark.pitfall(48)
def test_platforms_are_compared_as_containerd_does(stated: str, image: str) -> None:
    shown = dict(zip(("Os", "Architecture", "Variant"), image.split("/")))
    assert same_platform(stated, shown)


@pytest.mark.parametrize("image", ["linux/amd64/v3", "linux/arm/v6", "windows/amd64"])
def test_another_variant_is_another_platform(image: str) -> None:
    system, architecture, *variant = image.split("/")
    shown = {"Os": system, "Architecture": architecture, "Variant": "".join(variant)}
    assert not same_platform(f"linux/{architecture}", shown)
