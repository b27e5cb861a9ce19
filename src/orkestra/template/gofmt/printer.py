"""``print``, ``println`` and the text of a single value. Rules: go ``src/fmt/print.go``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from orkestra.template.errors import FunctionError, UnfinishedText
from orkestra.template.gofmt.floats import format_float, shortest
from orkestra.template.values import MAX_INT64, MIN_INT64, Byte, Int, Missing

MAX_VALUE_DEPTH: Final = 200
_ONLY_TEXTS: Final = {str}
_FIRST: Final = itemgetter(0)


def text_of(value: Any, limit: int, nil: str = "<nil>") -> str:
    """The text ``%v`` prints. ``nil`` is what None prints at the top; inside lists and maps it is always ``<nil>``.

    Raises UnfinishedText when the text would be longer than ``limit`` characters, FunctionError for a value that no
    JSON decodes to or that nests deeper than 200 levels.
    """
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # mypy does not narrow by type() stored in a variable
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is Int or kind is Byte:
        return int_text(value)
    if value is None:
        return nil
    if kind is float:
        return shortest(value) if math.isfinite(value) else format_float(value, "g", -1)
    if kind is Missing:
        return "<no value>"
    parts: list[str] = []
    _write(value, parts, limit, MAX_VALUE_DEPTH)
    return "".join(parts)


def int_text(value: int) -> str:
    """Decimal digits; what does not fit 64 bits is a float to Kubernetes' decoder and prints as one."""
    if MIN_INT64 <= value <= MAX_INT64:
        return int.__repr__(value)
    try:
        return shortest(float(value))
    except OverflowError:
        raise FunctionError("the integer is too large") from None


def sprint(values: Iterable[Any], limit: int, nil: str = "<nil>") -> str:
    """The values one after the other, with a space between two neighbours of which neither is a string."""
    parts: list[str] = []
    after_text = True
    size = 0
    for value in values:
        is_text = isinstance(value, str)
        if not is_text and not after_text:
            parts.append(" ")
        text = text_of(value, limit - size, nil)
        size += len(text) + 1
        check_size(size - 1, limit)
        parts.append(text)
        after_text = is_text
    return "".join(parts)


def sprintln(values: Iterable[Any], limit: int, nil: str = "<nil>") -> str:
    """The values with spaces between and a line break at the end."""
    parts: list[str] = []
    size = 0
    for value in values:
        text = text_of(value, limit - size, nil)
        size += len(text) + 1
        check_size(size, limit)
        parts.append(text)
    return " ".join(parts) + "\n"


def check_size(size: int, limit: int) -> None:
    if size > limit:
        raise UnfinishedText("the text is larger than the limit")


def sorted_items(value: Mapping[Any, Any]) -> list[tuple[str, Any]]:
    """A map's items in the order Go prints and ranges. Raises FunctionError when a key is no string."""
    if type(value) is dict and set(map(type, value)) == _ONLY_TEXTS:
        return sorted(value.items(), key=_FIRST)
    try:
        return sorted(value.items(), key=_key_of)
    except TypeError:
        raise FunctionError("a map's keys must be strings") from None


def _key_of(item: tuple[Any, Any]) -> str:
    if not isinstance(item[0], str):
        raise TypeError
    return item[0]


def _write(value: Any, parts: list[str], budget: int, depth: int) -> int:
    """Appends the text of a list or map; returns how much of ``budget`` is left."""
    if depth == 0:
        raise FunctionError(f"a value nested deeper than {MAX_VALUE_DEPTH} levels cannot be printed")
    is_map = isinstance(value, Mapping)
    if is_map:
        items: Iterable[tuple[str, Any]] = sorted_items(value)
    elif isinstance(value, (list, tuple)):
        items = (("", item) for item in value)
    else:
        raise FunctionError(f"a value of type {type(value).__name__} cannot be printed")
    opening = "map[" if is_map else "["
    parts.append(opening)
    budget -= len(opening) + 1
    separator = ""
    for key, item in items:
        head = f"{separator}{key}:" if is_map else separator
        parts.append(head)
        budget -= len(head)
        if isinstance(item, (dict, list)):
            budget = _write(item, parts, budget, depth - 1)
        else:
            text = text_of(item, budget)
            parts.append(text)
            budget -= len(text)
        if budget < 0:
            raise UnfinishedText("the text is larger than the limit")
        separator = " "
    parts.append("]")
    return budget
