"""Comparisons whose outcome the types tell. Rules: go ``src/text/template/funcs.go`` (eq, lt): text, whole numbers,
floats and bools each compare with their own kind alone."""

from __future__ import annotations

from typing import Final, NamedTuple

from orkestra.template.errors import suggest
from orkestra.template.inference.problems import Trouble
from orkestra.template.inference.shapes import NUMBERS, Shape, described

COMPARISONS: Final = frozenset(("eq", "ne", "lt", "le", "gt", "ge"))
_ORDERED: Final = COMPARISONS - {"eq", "ne"}


class Verdict(NamedTuple):
    trouble: Trouble
    message: str
    hint: str = ""


def compared(name: str, first: Shape, second: Shape) -> Verdict | None:
    """What is certain about ``name first second``; None where nothing is."""
    left, right = first.kinds - {"null"}, second.kinds - {"null"}
    if not left or not right:
        return None
    if name in _ORDERED and (left == {"boolean"} or right == {"boolean"}):
        return Verdict(Trouble.REFUSED, f"{name} has no order for true and false")
    containers = (left | right) & {"array", "object"}
    if containers:
        return None
    if not left & right:
        pair = f"{described(first)} with {described(second)}"
        if left <= NUMBERS and right <= NUMBERS:
            return None if first.is_constant and second.is_constant else _mixed(name, first, second)
        return Verdict(Trouble.REFUSED, f"{name} cannot compare {pair}", _retyped(first, second))
    if "number" in left | right and left != right and left | right <= NUMBERS:
        return _mixed(name, first, second)
    return _never(name, first, second) or _never(name, second, first)


def _mixed(name: str, first: Shape, second: Shape) -> Verdict | None:
    """A float and a whole number do not compare. A number of the data is a float or not as it happens to be written."""
    open_one = first if "number" in first.kinds and not first.is_constant else second
    if open_one.path is None:
        return None
    message = f"{name} fails for {described(open_one)} whenever one side is whole and the other is not"
    return Verdict(Trouble.DOUBTFUL, message, "compare floats: toFloat of it with a number such as 1.0")


def _retyped(first: Shape, second: Shape) -> str:
    """How to write the constant so that it has the other's type."""
    constant, other = (first, second) if first.is_constant else (second, first)
    if not constant.is_constant or other.is_constant:
        return ""
    value = constant.constant
    if isinstance(value, str) and other.kinds <= NUMBERS and value.strip().lstrip("+-").isdigit():
        return f"write {value.strip()} without quotes"
    if isinstance(value, str) and other.kinds == {"boolean"} and value in ("true", "false"):
        return f"write {value} without quotes"
    if other.kinds == {"string"} and not isinstance(value, str):
        return f'write "{str(value).lower()}" with quotes'
    return ""


def _never(name: str, field: Shape, constant: Shape) -> Verdict | None:
    if name not in ("eq", "ne") or field.allowed is None or field.path is None or not constant.is_constant:
        return None
    value = constant.constant
    if value in field.allowed or (value == "" and not field.is_present):
        return None
    allowed = ", ".join(str(each)[:40] for each in field.allowed[:12])
    message = f"{'.'.join(field.path)[:80]} is one of {allowed} by the schema, never {described(constant)}"
    near = suggest(str(value), [str(each) for each in field.allowed]).removeprefix("; ")
    return Verdict(Trouble.NEVER, message, near)
