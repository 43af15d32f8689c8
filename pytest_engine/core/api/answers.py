"""What operations answer: whether it is what an engine would answer, looked at once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConnectionLost

if TYPE_CHECKING:
    from ..operations import Operation

__all__ = ["check_answer"]

# What answers with a list of objects; all others with an object.
_LISTS = frozenset(
    [
        "CheckpointList",
        "ConfigList",
        "ContainerChanges",
        "ContainerList",
        "GetPluginPrivileges",
        "ImageAttestations",
        "ImageDelete",
        "ImageHistory",
        "ImageList",
        "ImageSearch",
        "NetworkList",
        "NodeList",
        "PluginList",
        "SecretList",
        "ServiceList",
        "TaskList",
    ]
)
_TEXTS = frozenset(["SwarmInit"])
# By what callers go on to call what they have made, or found.
_IDS = {
    "ConfigCreate": "ID",
    "ContainerCreate": "Id",
    "ContainerExec": "Id",
    "ImageCommit": "Id",
    "ImageInspect": "Id",
    "NetworkCreate": "Id",
    "NetworkInspect": "Id",
    "SecretCreate": "ID",
    "ServiceCreate": "ID",
    "VolumeCreate": "Name",
}
# What no engine leaves empty, and callers look into.
_OBJECTS = {
    "ContainerInspect": "State",
    "DistributionInspect": "Descriptor",
    "ServiceInspect": "Spec",
}


def check_answer(operation: Operation, value: Any, endpoint: str) -> Any:
    """Return the decoded answer of an operation if an engine would answer so.

    Engines write null for a list of nothing.

    Args:
        operation: what was called.
        value: the answer.
        endpoint: who answered, as a URL.

    Raises:
        ConnectionLost: it is something else.
    """
    if operation.id in _LISTS:
        value = [] if value is None else value
        wanted, fits = "a list of objects", _is_list_of_objects(value)
    elif operation.id in _TEXTS:
        wanted, fits = "a text", isinstance(value, str)
    else:
        name, part = _IDS.get(operation.id), _OBJECTS.get(operation.id)
        wanted = f"an object with {name or part}" if name or part else "an object"
        fits = isinstance(value, dict)
        if fits and name:
            fits = isinstance(value.get(name), str)
        elif fits and part:
            fits = isinstance(value.get(part, {}), dict)
    if not fits:
        raise ConnectionLost(
            f"{operation.method} {operation.path}: the answer of {endpoint} is not {wanted}, but "
            f"{value!r:.80}; is this a container engine?",
            endpoint=endpoint,
        )
    return value


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
