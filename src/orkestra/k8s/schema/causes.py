"""Field errors: the causes of a 422, in the API server's words.

Wording and rendering: k8s.io/apimachinery pkg/util/validation/field/errors.go; the wrapper around them is
NewInvalid in pkg/api/errors/errors.go. A cause's ``field`` is the dotted path, its ``message`` the text without the
path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from orkestra.k8s.errors import Cause, Invalid
from orkestra.k8s.gvk import GVK
from orkestra.k8s.literals import quote, show

NO_FIELD = "<nil>"
"""How Go prints the path of an error that belongs to no field."""

BLOCKING_REASONS = frozenset(
    {
        "FieldValueNotSupported",
        "FieldValueRequired",
        "FieldValueTooLong",
        "FieldValueTooMany",
        "FieldValueTypeInvalid",
    }
)
"""With one of these present, rules are not run (customresource/strategy.go, hasBlockingErr)."""


def child(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def key(path: str, name: str) -> str:
    return f"{path}[{name}]"


def _detailed(head: str, detail: str) -> str:
    return f"{head}: {detail}" if detail else head


def required(path: str, detail: str = "") -> Cause:
    return Cause("FieldValueRequired", _detailed("Required value", detail), path)


def forbidden(path: str, detail: str) -> Cause:
    return Cause("FieldValueForbidden", _detailed("Forbidden", detail), path)


def invalid_value(path: str, value: Any, detail: str) -> Cause:
    return Cause("FieldValueInvalid", _detailed(f"Invalid value: {show(value)}", detail), path)


def invalid_omitted(path: str, detail: str) -> Cause:
    """As ``invalid_value``, without the value: objects and lists are not quoted back."""
    return Cause("FieldValueInvalid", _detailed("Invalid value", detail), path)


def type_invalid(path: str, value: Any, detail: str) -> Cause:
    return Cause("FieldValueTypeInvalid", _detailed(f"Invalid value: {show(value)}", detail), path)


def not_supported(path: str, value: Any, supported: Iterable[str]) -> Cause:
    listed = ", ".join(map(quote, supported))
    detail = f"supported values: {listed}" if listed else ""
    return Cause("FieldValueNotSupported", _detailed(f"Unsupported value: {show(value)}", detail), path)


def duplicate(path: str, value: Any) -> Cause:
    return Cause("FieldValueDuplicate", f"Duplicate value: {show(value)}", path)


def duplicate_omitted(path: str, detail: str = "") -> Cause:
    return Cause("FieldValueDuplicate", _detailed("Duplicate value", detail), path)


def too_long(path: str, most: int) -> Cause:
    unit = "byte" if most == 1 else "bytes"
    return Cause("FieldValueTooLong", f"Too long: may not be more than {most} {unit}", path)


def too_many(path: str, actual: int, most: int) -> Cause:
    unit = "item" if most == 1 else "items"
    return Cause("FieldValueTooMany", f"Too many: {actual}: must have at most {most} {unit}", path)


def invalid(gvk: GVK, name: str, causes: Sequence[Cause]) -> Invalid:
    """The 422 for ``causes``, as NewInvalid builds it: the message lists each text once, in order."""
    kind = f"{gvk.kind}.{gvk.group}" if gvk.group else gvk.kind
    texts = list(dict.fromkeys(f"{cause.field}: {cause.message}" for cause in causes))
    listed = texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
    message = f"{kind} {quote(name)} is invalid" + (f": {listed}" if texts else "")
    details = {"name": name, "group": gvk.group, "kind": gvk.kind}
    return Invalid(message, causes=causes, details={k: v for k, v in details.items() if v})
