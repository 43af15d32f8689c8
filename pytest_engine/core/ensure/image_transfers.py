"""Images on their way from and to registries, which are asked first what they have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..api.platforms import same_platform
from ..errors import ApiError, InvalidInput, NotFound, PullFailed
from ..reference import parse_reference
from .image_names import find_image, is_image_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..api.distribution import Distribution  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.images import Images  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..api.progress import Progress
    from ..api.system import System  # noqa: F401  # travels along  # pylint: disable=unused-import
    from ..client import Engine

__all__ = ["Pull", "Push", "pull_image", "push_image"]

_PUSHED = re.compile(r"digest: (sha256:[0-9a-f]{64})")


@dataclass(frozen=True)
class Pull:
    """What came of pulling an image.

    Attributes:
        changed: whether the engine has another image of that name afterwards.
        pulled: whether the registry was asked for it, or would be.
        image: the image, as the engine shows it at the end; None where it has none.
        before: `id`, or `exists: False`.
        after: the same afterwards; the id is `unknown` where only a pull would tell.
    """

    changed: bool
    pulled: bool
    image: Mapping[str, Any] | None
    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(frozen=True)
class Push:
    """What came of pushing an image.

    Attributes:
        changed: whether the registry has another image of that name afterwards.
        image: the image, as the engine shows it at the end.
        status: the last that the engine had to say; empty where nothing was pushed.
        before: `digest` of what the registry had, or `exists: False`; empty where it did not tell.
        after: the same afterwards; the digest is `unknown` where only a push would tell.
    """

    changed: bool
    image: Mapping[str, Any]
    status: str
    before: dict[str, Any]
    after: dict[str, Any]


def pull_image(
    engine: Engine,
    name: str,
    *,
    platform: str | None = None,
    always: bool = True,
    check: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Pull:
    """Pull an image. Doing it again changes nothing, unless the registry has another one then.

    Args:
        engine: the engine.
        name: the name, written out.
        platform: `os[/arch[/variant]]`, or an architecture, where it is not the engine's own.
        always: also where the engine has an image of that name and platform.
        check: pull nothing; the registry is asked for the digest of what would be pulled.
        progress: called with every step.

    Raises:
        PullFailed: the registry does not have the image, or does not hand it out.
        InvalidInput: the name is an id, or no image reference.
    """
    if is_image_id(name):
        raise InvalidInput(f"An image cannot be pulled by its id ({name}); name it.")
    platform = platform or None
    image = find_image(engine, name)
    before = _shown(image)
    fits = image is not None and (platform is None or same_platform(platform, image))
    if fits and not always:
        return Pull(changed=False, pulled=False, image=image, before=before, after=before)
    if check:
        changed = not fits or _is_other(engine, name, platform, image or {})
        after = {"id": "unknown"} if changed else before
        if image is None:
            _refuse_missing(engine, name)
        return Pull(changed=changed, pulled=True, image=image, before=before, after=after)
    engine.images.pull(name, platform=platform, progress=progress)
    new = find_image(engine, name)
    changed = new is None or _identity(new) != _identity(image)
    return Pull(changed=changed, pulled=True, image=new, before=before, after=_shown(new))


def _shown(image: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"id": image["Id"]} if image else {"exists": False}


def _identity(image: Mapping[str, Any] | None) -> object:
    return image and (image["Id"], sorted(image.get("RepoDigests") or ()))


def _is_other(engine: Engine, name: str, platform: str | None, image: Mapping[str, Any]) -> bool:
    """Tell whether the registry has another image than the engine; True where it does not tell."""
    try:
        there = engine.distribution.inspect(name)
    except ApiError:
        return True
    if there["Descriptor"]["digest"] not in _digests(image, name):
        return True
    if platform is not None or len(there.get("Platforms") or ()) < 2:  # several
        return False
    # The engine may have it for another platform than its own, which a pull would bring.
    own = engine.system.version()
    return not same_platform(f"{own.get('Os')}/{own.get('Arch')}", image)


def _refuse_missing(engine: Engine, name: str) -> None:
    """Fail as the pull would, where that is certain."""
    if parse_reference(name).is_hub:
        # A mirror may lack what the Hub has.
        return
    try:
        engine.distribution.inspect(name)
    except NotFound as exc:
        raise PullFailed(
            f"Cannot pull {name}: {exc.engine_message}. Check the name and the tag.",
            image=name,
            detail=exc.engine_message,
        ) from exc
    except ApiError:
        return


def _digests(image: Mapping[str, Any], name: str) -> set[str]:
    """Return the digests that an image has in the repository of a name."""
    repository = parse_reference(parse_reference(name).familiar).name
    known = [parse_reference(one) for one in image.get("RepoDigests") or ()]
    return {one.digest for one in known if parse_reference(one.familiar).name == repository}


def push_image(
    engine: Engine,
    name: str,
    *,
    check: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Push:
    """Push an image, unless the registry has it under that name. Again changes nothing.

    Args:
        engine: the engine.
        name: the name, written out; it says which registry.
        check: push nothing; tell whether the registry has it.
        progress: called with every step.

    Raises:
        ImageNotFound: the engine's store does not have the image.
        PushFailed: the registry refuses it or cannot be reached.
        InvalidInput: the name is an id, or has a digest.
    """
    if is_image_id(name) or parse_reference(name).digest:
        raise InvalidInput(f"An image can only be pushed by a name with a tag, not as {name}.")
    image = engine.images.inspect(name)
    known = _registry_digest(engine, name)
    before = {} if known is None else {"digest": known} if known else {"exists": False}
    if known and known in _digests(image, name):
        return Push(changed=False, image=image, status="", before=before, after=before)
    if check:
        after = {"digest": "unknown"}
        return Push(changed=True, image=image, status="", before=before, after=after)
    said: list[str] = []

    def listen(step: Progress) -> None:
        said.append(step.status)
        if progress is not None:
            progress(step)

    engine.images.push(name, progress=listen)
    digest = next((match[1] for match in map(_PUSHED.search, said) if match), "")
    if digest and known is not None:
        changed = digest != known
    else:
        changed = not {"Pushing", "Pushed"}.isdisjoint(said)
    return Push(
        changed=changed,
        image=engine.images.inspect(name),
        status=next((text for text in reversed(said) if text), ""),
        before=before,
        after={"digest": digest} if digest else {},
    )


def _registry_digest(engine: Engine, name: str) -> str | None:
    """Ask a registry for a digest; empty: it has no such image, None: it does not tell."""
    try:
        return str(engine.distribution.inspect(name)["Descriptor"]["digest"])
    except NotFound:
        return ""
    except ApiError:
        return None
