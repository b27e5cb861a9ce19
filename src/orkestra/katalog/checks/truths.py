"""Conditions that cannot do their work: tests that do not fit what the schema says of the field."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.conjunctions import constant, interval_of, text_of
from orkestra.katalog.checks.datatypes import DataTypes, types_of
from orkestra.katalog.checks.patterns import is_ambiguous
from orkestra.katalog.checks.schematypes import FieldType
from orkestra.katalog.sites import Site
from orkestra.katalog.source.scalars import resolve
from orkestra.katalog.suggest import closest
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant

_NUMERIC: Final = frozenset(
    ("greaterThan", "lessThan", "greaterThanOrEqual", "lessThanOrEqual", "between", "notBetween")
)
_TEXTUAL: Final = frozenset(("prefix", "notPrefix", "suffix", "notSuffix", "regex"))


def check_conditions(checked: Checked) -> None:
    for box in checked.boxes:
        types = types_of(box, checked)
        for site, _, tested in checked.evaluated(box):
            if isinstance(tested, Condition):
                _check_fit(tested, site, types, checked)
                _check_pattern(tested, checked)


def _check_pattern(condition: Condition, checked: Checked) -> None:
    text = constant(condition) if condition.operator == "regex" else None
    if text and is_ambiguous(text):
        message = "regex: a repetition within a repetition; linear here, exponential in engines that go back"
        checked.report(1420, message, checked.span(condition.place), "make what is repeated begin with what ends it")


def _check_fit(condition: Condition, site: Site, types: DataTypes, checked: Checked) -> None:
    path = condition.path
    if path is None:
        return
    found = types.type_of(path, site)
    if not found.type:
        return
    shown, operator = ".".join(path), condition.operator
    at = partial(checked.span, condition.place)
    if operator in _NUMERIC and found.type in ("boolean", "object", "array"):
        checked.report(1412, f"{operator} compares numbers, and {shown} is of type {found.type} in the CRD", at())
    elif operator in _TEXTUAL and found.type in ("boolean", "object", "array"):
        checked.report(1412, f"{operator} looks at text, and {shown} is of type {found.type} in the CRD", at())
    elif operator in ("exists", "notExists") and found.is_present and found.type != "string" and not found.is_nullable:
        verdict = "always" if condition.negate == (operator == "notExists") else "never"
        checked.report(1414, f"{shown} is in every object by the CRD, so this {verdict} holds", at())
    elif _is_out_of_bounds(condition, found):
        low, high = found.minimum, found.maximum
        bounds = " and ".join(
            [*([f"at least {low:g}"] if low is not None else []), *([f"at most {high:g}"] if high is not None else [])]
        )
        checked.report(1413, f"{shown} is {bounds} by the CRD, so this never holds", at())
    else:
        problem = _impossible(condition, found)
        if problem:
            verdict = "never" if condition.negate == (operator in ("notEquals", "notIn")) else "always"
            checked.report(1413, f"{shown} {problem}, so this {verdict} holds", at(), partial(_near, condition, found))


def _is_out_of_bounds(condition: Condition, found: FieldType) -> bool:
    """Whether the test asks for numbers that the schema refuses; an absent field counts as 0."""
    wanted = interval_of(condition) if not condition.value_type else None
    if wanted is None or (found.minimum is None and found.maximum is None):
        return False
    low = -math.inf if found.minimum is None else found.minimum
    high = math.inf if found.maximum is None else found.maximum
    if not found.is_present:
        low, high = min(low, 0), max(high, 0)
    is_beyond = wanted.high < low or wanted.low > high
    return is_beyond or (wanted.is_open and (wanted.high == low or wanted.low == high))


def _near(condition: Condition, found: FieldType) -> str:
    written = constant(condition) or ""
    if found.type == "boolean" and resolve(written) in (True, False):
        return f"write {text_of(resolve(written))}: values are compared as text"
    near = closest(written, [text_of(value) for value in found.allowed or ()])
    return f'did you mean "{near}"?' if near else ""


def _impossible(condition: Condition, found: FieldType) -> str:
    """Why the field can never have one of the values compared with; empty when it may."""
    if condition.operator not in ("equals", "notEquals", "in", "notIn") or not isinstance(condition.value, Constant):
        return ""
    written = condition.value.value
    if condition.operator in ("in", "notIn"):
        texts = written if isinstance(written, list) else [part.strip() for part in text_of(written).split(",")]
    else:
        texts = [written]
    if not texts or any(_may_be(text_of(text), found) for text in texts):
        return ""
    shown = ", ".join(text_of(text)[:40] for text in texts[:5])
    if found.allowed is not None:
        allowed = ", ".join(text_of(value)[:40] for value in found.allowed[:12])
        return f"is one of {allowed} by the CRD, never {shown}"
    return f"is of type {found.type} in the CRD, never {shown or 'empty'}"


def _may_be(text: str, found: FieldType) -> bool:
    if not text:  # an absent field compares as empty text
        return not found.is_present or found.type in ("string", "object", "array") or found.is_nullable
    if found.allowed is not None:
        return any(text.lower() == text_of(value).lower() for value in found.allowed) or not all(
            isinstance(value, str | int) for value in found.allowed
        )
    if found.type == "boolean":
        return text.lower() in ("true", "false")
    if found.type in ("integer", "number"):
        try:
            float(text)
        except ValueError:
            return False
    return True
