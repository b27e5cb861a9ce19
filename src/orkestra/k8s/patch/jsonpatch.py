"""JSON Patch (RFC 6902) with the API server's reading of it.

Beside the RFC, as kube-apiserver does: ``replace`` of a missing map key adds it, ``copy`` of one gives null, a
``test`` for null holds where the key is missing, negative list indexes count from the end, and what stands before the
first slash of a pointer is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from orkestra.k8s.errors import BadRequest, Invalid, RequestEntityTooLarge
from orkestra.k8s.values import MAX_DEPTH, TooDeep, copy_value, is_equal, type_name

MAX_OPERATIONS = 10_000
MAX_COPIED_BYTES = 3 * 1024 * 1024

_MISSING = object()


def json_patch(doc: Any, operations: Any) -> Any:
    """The document after all operations, or none of them.

    Raises BadRequest (no list of operations), RequestEntityTooLarge (over MAX_OPERATIONS) and Invalid (an operation
    does not apply; the message names its position).
    """
    checked = _checked(operations)
    try:
        document = _Document(copy_value(doc))
        for position, operation in enumerate(checked):
            try:
                document.apply(operation)
            except _Refused as refused:
                raise Invalid(
                    f"operation {position} ({operation.get('op')} {operation.get('path')}): {refused}"
                ) from refused
    except TooDeep as deep:
        raise Invalid(f"the patch does not apply: {deep}") from deep
    return document.root


class _Refused(Exception):
    """Why one operation does not apply."""


def _checked(operations: Any) -> Sequence[dict[str, Any]]:
    if not isinstance(operations, list):
        raise BadRequest(f"error decoding patch: a JSON patch is an array of operations, not {type_name(operations)}")
    if len(operations) > MAX_OPERATIONS:
        raise RequestEntityTooLarge(
            f"the allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        )
    for operation in operations:
        if not isinstance(operation, dict):
            raise BadRequest(f"error decoding patch: an operation is an object, not {type_name(operation)}")
        for field in ("op", "path", "from"):
            if not isinstance(operation.get(field, ""), str):
                raise BadRequest(f"error decoding patch: {field} is a string, not {type_name(operation[field])}")
    return operations


class _Document:
    """The document being changed; wholly its own copy, so that operations may change it in place."""

    def __init__(self, root: Any) -> None:
        self.root = root
        self._copied = 0

    def apply(self, operation: dict[str, Any]) -> None:
        act = _OPERATIONS.get(operation.get("op", ""))
        if act is None:
            raise _Refused("the operation is unknown")
        if "path" not in operation:
            raise _Refused("path is missing")
        act(self, operation)

    def add(self, operation: dict[str, Any]) -> None:
        self._put(_pointer(operation["path"]), copy_value(operation.get("value")))

    def remove(self, operation: dict[str, Any]) -> None:
        self._take(_pointer(operation["path"]))

    def replace(self, operation: dict[str, Any]) -> None:
        parts = _pointer(operation["path"])
        parent = self._parent(parts)
        value = copy_value(operation.get("value"))
        if isinstance(parent, dict):
            parent[parts[-1]] = value
        else:
            parent[_index(parts[-1], len(parent))] = value

    def move(self, operation: dict[str, Any]) -> None:
        self._put(_pointer(operation["path"]), self._take(_source(operation)))

    def copy(self, operation: dict[str, Any]) -> None:
        value = self._get(_source(operation))
        value = None if value is _MISSING else copy_value(value)
        self._copied += _size(value)
        if self._copied > MAX_COPIED_BYTES:
            raise _Refused(f"copy operations would add more than {MAX_COPIED_BYTES} bytes")
        self._put(_pointer(operation["path"]), value)

    def test(self, operation: dict[str, Any]) -> None:
        parts = [] if operation["path"] == "" else _pointer(operation["path"])
        found = self._get(parts) if parts else self.root
        if not is_equal(None if found is _MISSING else found, operation.get("value")):
            raise _Refused("the value differs")

    def _parent(self, parts: list[str]) -> Any:
        at = self.root
        for part in parts[:-1]:
            if isinstance(at, dict):
                at = at.get(part)
            elif isinstance(at, list):
                at = at[_index(part, len(at))]
            else:
                break
        if not isinstance(at, (dict, list)):
            raise _Refused("the parent does not exist")
        return at

    def _get(self, parts: list[str]) -> Any:
        parent = self._parent(parts)
        if isinstance(parent, dict):
            return parent.get(parts[-1], _MISSING)
        return parent[_index(parts[-1], len(parent))]

    def _put(self, parts: list[str], value: Any) -> None:
        parent = self._parent(parts)
        if isinstance(parent, dict):
            parent[parts[-1]] = value
        elif parts[-1] == "-":
            parent.append(value)
        else:
            parent.insert(_index(parts[-1], len(parent) + 1), value)

    def _take(self, parts: list[str]) -> Any:
        parent = self._parent(parts)
        if isinstance(parent, dict):
            if parts[-1] not in parent:
                raise _Refused("there is nothing to remove")
            return parent.pop(parts[-1])
        return parent.pop(_index(parts[-1], len(parent)))


_OPERATIONS: dict[str, Callable[[_Document, dict[str, Any]], None]] = {
    "add": _Document.add,
    "remove": _Document.remove,
    "replace": _Document.replace,
    "move": _Document.move,
    "copy": _Document.copy,
    "test": _Document.test,
}


def _source(operation: dict[str, Any]) -> list[str]:
    if "from" not in operation:
        raise _Refused("from is missing")
    return _pointer(operation["from"])


def _pointer(text: str) -> list[str]:
    parts = text.split("/")[1:]
    if not parts:
        raise _Refused("the whole document cannot be the target")
    if len(parts) > MAX_DEPTH:
        raise _Refused(f"the path has more than {MAX_DEPTH} steps")
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in text else parts


def _index(text: str, length: int) -> int:
    digits = text[1:] if text[:1] == "-" else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise _Refused(f"{text!r} is no index")
    index = int(text)
    if index < 0:
        index += length
    if not 0 <= index < length:
        raise _Refused(f"the index {text} is out of range")
    return index


def _size(value: Any) -> int:
    """About the JSON text's length."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, dict):
        return 2 + sum(len(key) + 4 + _size(v) for key, v in value.items())
    if isinstance(value, list):
        return 2 + sum(1 + _size(v) for v in value)
    return 8
