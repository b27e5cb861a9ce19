"""How functions look into objects: leniently, because what a field holds is the cluster's business.

An object that is missing has no fields. A field that is missing, or is of another type than Kubernetes gives it,
reads as the empty value of the type asked for. Only an argument that is no object at all is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import expected, is_number
from orkestra.template.gofmt import text_of

Fields = Mapping[str, Any]

_NOTHING: Final[Fields] = {}
_LONGEST_TEXT: Final = 65_536
_MAX_NUMBER: Final = 2**63 - 1


def object_of(value: Any) -> Fields:
    """The argument as an object; a missing one, or the empty text a missing one printed as, has no fields."""
    if isinstance(value, Mapping):
        return value
    if value is None or value == "":
        return _NOTHING
    raise expected("an object", value)


def field_of(value: Any, *path: str) -> Any:
    """What stands at ``path``, or None."""
    for step in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def map_at(value: Any, *path: str) -> Fields:
    found = field_of(value, *path)
    return found if isinstance(found, Mapping) else _NOTHING


def list_at(value: Any, *path: str) -> list[Any]:
    found = field_of(value, *path)
    return list(found) if isinstance(found, (list, tuple)) else []


def maps_at(value: Any, *path: str) -> list[Fields]:
    """The objects of a list; of a Kubernetes ``List``, its items; of a lone object, that one."""
    found = field_of(value, *path)
    if isinstance(found, Mapping):
        items = found.get("items")
        found = items if isinstance(items, (list, tuple)) else [found] if found else []
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, (list, tuple)) else []


def text_at(value: Any, *path: str) -> str:
    return scalar_text(field_of(value, *path))


def scalar_text(value: Any) -> str:
    """A scalar as it prints; nothing for all else."""
    if type(value) is str:
        return value
    return text_of(value, _LONGEST_TEXT, "") if isinstance(value, (str, int, float)) else ""


def texts_at(value: Any, *path: str) -> list[str]:
    """The texts of a list, those that are not empty."""
    return [text for text in map(scalar_text, list_at(value, *path)) if text]


def count_at(value: Any, *path: str, otherwise: int = 0) -> int:
    """A whole number of int64, else ``otherwise``."""
    found = field_of(value, *path)
    if not is_number(found) or not abs(found) <= _MAX_NUMBER or found != int(found):
        return otherwise
    return int(found)


def condition_of(value: Any, kind: str) -> Fields:
    """The entry of ``status.conditions`` with this type."""
    return next((entry for entry in maps_at(value, "status", "conditions") if entry.get("type") == kind), _NOTHING)


def is_true(value: Any, kind: str) -> bool:
    """Whether the condition of this type says True."""
    return bool(condition_of(value, kind).get("status") == "True")


def name_of(value: Any) -> str:
    return text_at(value, "metadata", "name")


def owner_of(value: Any) -> Fields:
    """The reference to the controller, else to the first owner."""
    owners = maps_at(value, "metadata", "ownerReferences")
    return next((owner for owner in owners if owner.get("controller") is True), owners[0] if owners else _NOTHING)


def path_of(text: str) -> list[str]:
    """``spec.ports[0].name`` in steps; a key with dots stands as ``["a.b/c"]``. Raises FunctionError."""
    steps: list[str] = []
    at, size = 0, len(text)
    while at < size:
        if text[at] == "[":
            closing = '"]' if text.startswith('["', at) else "]"
            start = at + len(closing)
            end = text.find(closing, start)
            if end < 0:
                raise FunctionError(f"the path does not end its bracket: {text[:40]}")
            steps.append(text[start:end])
            at = end + len(closing)
        else:
            at += text[at] == "."
            end = min((found for found in (text.find(".", at), text.find("[", at)) if found >= 0), default=size)
            if end > at:
                steps.append(text[at:end])
            at = end
    return steps


def walk(value: Any, steps: list[Any]) -> Any:
    """What stands at the end of ``steps``, through maps by key and lists by index; None where it ends early."""
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, (list, tuple)) and isinstance(step, (str, int)) and not isinstance(step, bool):
            digits = str(step) if isinstance(step, str) or abs(step) < _LONGEST_TEXT else ""
            is_index = digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) < len(value)
            value = value[int(digits)] if is_index else None
        else:
            return None
    return value
