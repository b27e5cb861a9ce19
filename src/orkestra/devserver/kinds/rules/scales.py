"""What a custom resource holds where its definition says that its scale is.

Rules: k8s.io/apiextensions-apiserver pkg/registry/customresource/validator.go; the texts are those of
apimachinery's unstructured.NestedInt64 and NestedString.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import go_text
from orkestra.k8s.objects import Object
from orkestra.k8s.schema.causes import invalid_value

_MOST_REPLICAS = 2**31 - 1
_GO_TYPES = {
    type(None): "<nil>",
    bool: "bool",
    int: "int64",
    float: "float64",
    str: "string",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


class _Misplaced(Exception):
    """The path leads through, or to, something else; the text is Go's."""


def check_scale(obj: Object, scale: Mapping[str, str], *, status_only: bool = False) -> Iterator[Cause]:
    """``scale``: the paths of the definition's scale subresource, as it names them; empty: nothing to check."""
    if not scale:
        return
    if not status_only:
        yield from _check_replicas(obj, scale.get("specReplicasPath") or "")
    yield from _check_replicas(obj, scale.get("statusReplicasPath") or "")
    selector = scale.get("labelSelectorPath") or ""
    if selector:
        try:
            _nested(obj, selector, str, "string")
        except _Misplaced as problem:
            yield invalid_value(selector, "", str(problem))


def _check_replicas(obj: Object, path: str) -> Iterator[Cause]:
    try:
        replicas = _nested(obj, path, int, "int64") or 0
    except _Misplaced as problem:
        yield invalid_value(path, 0, str(problem))
        return
    if replicas < 0:
        yield invalid_value(path, replicas, "should be a non-negative integer")
    elif replicas > _MOST_REPLICAS:
        yield invalid_value(path, replicas, f"should be less than or equal to {_MOST_REPLICAS}")


def _nested(obj: Object, path: str, wanted: type, named: str) -> Any:
    """The value at the path, None where it is absent. Raises _Misplaced."""
    steps = path.removeprefix(".").split(".")
    value: Any = obj
    for index, step in enumerate(steps):
        if value is None:
            return None
        if type(value) is not dict:
            raise _Misplaced(_problem(steps[: index + 1], value, "map[string]interface{}"))
        if step not in value:
            return None
        value = value[step]
    if type(value) is not wanted:
        raise _Misplaced(_problem(steps, value, named))
    return value


def _problem(steps: list[str], value: Any, wanted: str) -> str:
    found = _GO_TYPES.get(type(value), "string")
    return f".{'.'.join(steps)} accessor error: {go_text(value)} is of the type {found}, expected {wanted}"
