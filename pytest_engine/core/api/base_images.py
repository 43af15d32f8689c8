"""Private base images, for builders that cannot be handed the login to their registry.

BuildKit asks the client for logins, over a connection (a session) that this client does not
offer. But it takes base images from the engine's own store where they are there, so those that
need a login are pulled into it before the build.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..buildtrace import BuildEvent, BuildStep, BuildWarning
from ..dockerfile import BaseImage, find_base_images
from ..errors import EngineError, ImageNotFound, InvalidInput, PullFailed
from ..reference import DEFAULT_REGISTRY, parse_reference
from .images import Images
from .platforms import same_platform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..auth import Credentials
    from .call import Caller

__all__ = ["BaseImages", "pull_base_images"]

# Where the engine's own platform has a part in the names of images.
_ABOUT_PLATFORMS = re.compile(r"--platform|(?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT)")


@dataclass
class BaseImages:
    """What was done about the base images of a build.

    Attributes:
        all_pulled: whether all were pulled anew, so that the builder does not have to.
        events: what was pulled.
        complaints: what could not be pulled, and why; the build may go well without.
    """

    all_pulled: bool = False
    events: list[BuildEvent] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


def pull_base_images(
    caller: Caller,
    credentials: Credentials,
    dockerfile: str,
    *,
    args: Mapping[str, str] | None,
    target: str | None,
    platform: str | None,
    pull: bool,
) -> BaseImages:
    """Pull the base images of a build whose registries we have a login to.

    Args:
        caller: calls the engine.
        credentials: the logins.
        dockerfile: what the Dockerfile says.
        args: values for its `ARG` instructions.
        target: the stage to build; None: the last.
        platform: the platform that is built for; None: the engine's own.
        pull: also those that the engine has, and, if there is a login to one of them, all others.
    """
    own_platform = ""
    if platform is not None or _ABOUT_PLATFORMS.search(dockerfile):
        version = caller.json("SystemVersion")
        own_platform = f"{version.get('Os')}/{version.get('Arch')}"
    found = find_base_images(
        dockerfile, args=args, target=target, platform=platform, own_platform=own_platform
    )
    done = BaseImages()
    private = [image for image in found if _is_ours(image, credentials, done)]
    done.all_pulled = pull and bool(private)
    images = Images(caller, credentials)
    for image in found if done.all_pulled else private:
        if pull or not _is_there(images, image):
            _pull(images, image, done)
    return done


def _is_ours(image: BaseImage, credentials: Credentials, done: BaseImages) -> bool:
    """Tell whether we have a login to an image's registry."""
    try:
        reference = parse_reference(image.name)
        return credentials.login(reference.registry or DEFAULT_REGISTRY) is not None
    except InvalidInput:
        # The builder says it better, if it comes to that.
        return False
    except EngineError as exc:
        done.complaints.append(str(exc))
        return False


def _is_there(images: Images, image: BaseImage) -> bool:
    try:
        found = images.inspect(image.name)
    except ImageNotFound:
        return False
    return image.platform is None or same_platform(image.platform, found)


def _pull(images: Images, image: BaseImage, done: BaseImages) -> None:
    step = BuildStep(0, f"pull {image.name}", "done")
    try:
        images.pull(image.name, platform=image.platform)
    except (InvalidInput, PullFailed) as exc:
        done.complaints.append(f"Before the build: {exc}")
        done.events.append(BuildWarning(step, str(exc)))
    else:
        done.events.append(step)
