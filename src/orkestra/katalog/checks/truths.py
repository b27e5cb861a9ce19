"""Conditions that cannot do their work: tests that do not fit the field, and lists that never or always hold."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.checks.datatypes import DataTypes, types_of
from orkestra.katalog.checks.schematypes import FieldType
from orkestra.katalog.model import Condition, Conditions, OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.suggest import closest
from orkestra.katalog.values import Constant
from orkestra.katalog.walk import Site

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
        for conditions in _lists_of(box):
            _check_list(conditions.when, checked)


def _lists_of(box: OperatorBox) -> Iterable[Conditions]:
    candidates = [box.conditions, box.on_create.conditions, box.on_reconcile.conditions]
    candidates += [each for entry in box.entries for each in (entry.conditions, entry.ready_when)]
    candidates += [field.conditions for field in box.status.fields]
    candidates.append(box.requeue.conditions if box.requeue else None)
    return [each for each in candidates if each is not None]


def _check_fit(condition: Condition, site: Site, types: DataTypes, checked: Checked) -> None:
    path = condition.path
    if path is None:
        return
    found = types.type_of(path, site)
    if not found.type:
        return
    shown, operator = ".".join(path), condition.operator
    at = checked.span(condition.place)
    if operator in _NUMERIC and found.type in ("boolean", "object", "array"):
        checked.report(1412, f"{operator} compares numbers, and {shown} is of type {found.type} in the CRD", at)
    elif operator in _TEXTUAL and found.type in ("boolean", "object", "array"):
        checked.report(1412, f"{operator} looks at text, and {shown} is of type {found.type} in the CRD", at)
    elif operator in ("exists", "notExists") and found.is_present and found.type != "string" and not found.is_nullable:
        verdict = "always" if condition.negate == (operator == "notExists") else "never"
        checked.report(1414, f"{shown} is in every object by the CRD, so this {verdict} holds", at)
    else:
        problem = _impossible(condition, found)
        if problem:
            verdict = "never" if condition.negate == (operator in ("notEquals", "notIn")) else "always"
            checked.report(1413, f"{shown} {problem}, so this {verdict} holds", at, partial(_near, condition, found))


def _near(condition: Condition, found: FieldType) -> str:
    near = closest(_constant(condition) or "", [_text(value) for value in found.allowed or ()])
    return f'did you mean "{near}"?' if near else ""


def _impossible(condition: Condition, found: FieldType) -> str:
    """Why the field can never have one of the values compared with; empty when it may."""
    if condition.operator not in ("equals", "notEquals", "in", "notIn") or not isinstance(condition.value, Constant):
        return ""
    written = condition.value.value
    if condition.operator in ("in", "notIn"):
        texts = written if isinstance(written, list) else [part.strip() for part in _text(written).split(",")]
    else:
        texts = [written]
    if not texts or any(_may_be(_text(text), found) for text in texts):
        return ""
    shown = ", ".join(_text(text)[:40] for text in texts[:5])
    if found.allowed is not None:
        allowed = ", ".join(_text(value)[:40] for value in found.allowed[:12])
        return f"is one of {allowed} by the CRD, never {shown}"
    return f"is of type {found.type} in the CRD, never {shown or 'empty'}"


def _may_be(text: str, found: FieldType) -> bool:
    if not text:  # an absent field compares as empty text
        return not found.is_present or found.type in ("string", "object", "array") or found.is_nullable
    if found.allowed is not None:
        return any(text.lower() == _text(value).lower() for value in found.allowed) or not all(
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


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _check_list(when: tuple[Condition, ...], checked: Checked) -> None:
    """Conditions of one list that exclude each other: all of them must hold."""
    seen: dict[Path, list[Condition]] = {}
    for condition in when:
        if condition.path is None:
            continue
        for earlier in seen.setdefault(condition.path, []):
            if _exclude(earlier, condition) or _exclude(condition, earlier):
                place = checked.decoder.related(checked.span(earlier.place), "it cannot hold beside this one")
                message = f"{'.'.join(condition.path)}: two conditions that exclude each other, so nothing passes"
                hint = "under or: one of them is enough" if earlier.operator == condition.operator == "equals" else ""
                checked.report(1414, message, checked.span(condition.place), hint, (place,))
                break
        seen[condition.path].append(condition)


def _exclude(first: Condition, second: Condition) -> bool:
    mine, theirs = _constant(first), _constant(second)
    operators = (_effective(first), _effective(second))
    if operators == ("exists", "notExists"):
        return True
    if mine is None or theirs is None or first.value_type or second.value_type:
        return bool(mine) and operators == ("equals", "notExists")
    if operators == ("equals", "equals"):
        return mine != theirs
    if operators == ("equals", "notEquals"):
        return mine == theirs
    below, above = _limit(operators[0], mine), _limit(operators[1], theirs)
    if below is None or above is None or below[0] == above[0] or below[0] != "at most":
        return False
    return below[1] < above[1] or (below[1] == above[1] and (below[2] or above[2]))


def _effective(condition: Condition) -> str:
    if not condition.negate:
        return condition.operator
    return _INVERSES.get(condition.operator, "")


_INVERSES: Final = {
    "equals": "notEquals",
    "notEquals": "equals",
    "exists": "notExists",
    "notExists": "exists",
    "greaterThan": "lessThanOrEqual",
    "lessThanOrEqual": "greaterThan",
    "lessThan": "greaterThanOrEqual",
    "greaterThanOrEqual": "lessThan",
}


def _constant(condition: Condition) -> str | None:
    return _text(condition.value.value) if isinstance(condition.value, Constant) else None


def _limit(operator: str, text: str) -> tuple[str, float, bool] | None:
    """(side, bound, is the bound itself outside)"""
    side = {"lessThan": "at most", "lessThanOrEqual": "at most", "greaterThan": "at least"}.get(operator)
    side = "at least" if operator == "greaterThanOrEqual" else side
    try:
        return (side, float(text), operator in ("lessThan", "greaterThan")) if side else None
    except ValueError:
        return None
