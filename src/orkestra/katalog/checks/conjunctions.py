"""Conditions of which no object can meet all, and alternatives of which every object meets one.

All of a ``when`` must hold, and so must the ``when`` of the block and the box around it. Values compare as text, and
where both are numbers also in order (see ``orkestra.rules``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from orkestra.k8s.regex import RegexError, compile_regex
from orkestra.katalog.checks.checked import Checked
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.paths import Path
from orkestra.katalog.terms import CelTest, Condition, Conditions
from orkestra.katalog.values import Constant
from orkestra.katalog.walk import has_parts

_INVERSES: Final = {
    "equals": "notEquals",
    "notEquals": "equals",
    "exists": "notExists",
    "notExists": "exists",
    "greaterThan": "lessThanOrEqual",
    "lessThanOrEqual": "greaterThan",
    "lessThan": "greaterThanOrEqual",
    "greaterThanOrEqual": "lessThan",
    "in": "notIn",
    "notIn": "in",
    "prefix": "notPrefix",
    "notPrefix": "prefix",
    "suffix": "notSuffix",
    "notSuffix": "suffix",
    "contains": "notContains",
    "notContains": "contains",
    "between": "notBetween",
    "notBetween": "between",
}
_EVERY_DAY: Final = frozenset(range(7))


def check_lists(checked: Checked) -> None:
    for box in checked.boxes:
        for outer, conditions in _lists_of(box):
            _check_all(outer, conditions.when, checked)
            _check_any(conditions.any_of, checked)
            for condition in conditions:
                _check_alone(condition, checked)


def _lists_of(box: OperatorBox) -> Iterator[tuple[tuple[Condition, ...], Conditions]]:
    """Every pair of lists, with the conditions around it that must hold too."""
    outside = box.conditions.when if box.conditions else ()
    if box.conditions:
        yield (), box.conditions
    for block in (box.on_create, box.on_reconcile):
        within = outside + (block.conditions.when if block.conditions else ())
        if block.conditions:
            yield outside, block.conditions
        for entry in block.entries:
            if entry.conditions:
                yield within, entry.conditions
            if entry.ready_when:
                yield (), entry.ready_when
    for field in box.status.fields:
        if field.conditions:
            yield outside, field.conditions
    for other in (box.requeue.conditions if box.requeue else None, box.on_delete.conditions):
        if other:
            yield (), other
    for entry in box.on_delete.entries:
        if entry.conditions:
            yield (box.on_delete.conditions.when if box.on_delete.conditions else ()), entry.conditions
    if has_parts(box):
        from orkestra.katalog.parts.walk import lists_of

        yield from (((), conditions) for conditions in lists_of(box))


def _check_all(outer: tuple[Condition, ...], when: tuple[Condition, ...], checked: Checked) -> None:
    seen: dict[Path, list[Condition]] = {}
    for condition in outer:
        if condition.path is not None:
            seen.setdefault(condition.path, []).append(condition)
    for condition in when:
        if condition.path is None:
            continue
        earlier = seen.setdefault(condition.path, [])
        for other in earlier:
            if exclude(other, condition) and not _is_told(other, condition, checked):
                place = checked.decoder.related(checked.span(other.place), "it cannot hold beside this one")
                message = f"{'.'.join(condition.path)}: two conditions that exclude each other, so nothing passes"
                hint = "under or: one of them is enough" if other.operator == condition.operator == "equals" else ""
                checked.report(1414, message, checked.span(condition.place), hint, (place,))
                break
        earlier.append(condition)


def _is_told(first: Condition, second: Condition, checked: Checked) -> bool:
    """Whether one of them was found never to hold by itself."""
    findings = checked.decoder.findings
    return any(findings.has_at(1413, each.place.file, each.place.line) for each in (first, second))


def _check_any(any_of: tuple[Condition, ...], checked: Checked) -> None:
    """A test and its opposite: one of them always holds."""
    for n, condition in enumerate(any_of):
        for other in any_of[:n]:
            if condition.path is not None and condition.path == other.path and _is_opposite(other, condition):
                place = checked.decoder.related(checked.span(other.place), "this is its opposite")
                message = f"{'.'.join(condition.path)}: a test and its opposite, so one of them always holds"
                checked.report(1414, message, checked.span(condition.place), related=(place,))


def _is_opposite(first: Condition, second: Condition) -> bool:
    mine, theirs = _effective(first), _effective(second)
    is_same = constant(first) == constant(second) and first.value_type == second.value_type
    return bool(mine) and _INVERSES.get(mine) == theirs and is_same and (first.value is None) == (second.value is None)


def _check_alone(condition: Condition, checked: Checked) -> None:
    """Tests that are the same for every value."""
    verdict = _verdict(condition) if condition.cel is None else _fixed(condition.cel)
    if verdict is not None:
        word = "never" if verdict == condition.negate else "always"
        checked.report(1414, f"{condition.operator}: this {word} holds", checked.span(condition.place))


def _fixed(test: CelTest) -> bool | None:
    """What an expression gives that looks at nothing."""
    if test.reads:
        return None
    from orkestra.k8s.cel import CelError

    try:
        found = test.program.evaluate({})
    except CelError:
        return None
    return found if isinstance(found, bool) else None


def _verdict(condition: Condition) -> bool | None:
    if condition.days is not None and condition.days in (_EVERY_DAY, frozenset()):
        return bool(condition.days)
    window = condition.time
    if window is not None and window.after is not None and window.after == window.before:
        return None  # a day round, or nothing: the runtime's to say
    text = constant(condition)
    if text == "" and condition.operator in ("contains", "prefix", "suffix"):
        return True
    if text == "" and condition.operator in ("notContains", "notPrefix", "notSuffix"):
        return False
    if condition.operator == "regex" and text is not None and text in ("", ".*", "^.*$", "^", "$", "^.*", ".*$"):
        return True
    return None


def exclude(first: Condition, second: Condition) -> bool:
    """Whether no value meets both."""
    if first.value_type or second.value_type:
        return {_effective(first), _effective(second)} == {"exists", "notExists"}
    return _excludes(first, second) or _excludes(second, first)


def _excludes(first: Condition, second: Condition) -> bool:
    operators = (_effective(first), _effective(second))
    if operators == ("exists", "notExists"):
        return True
    mine, theirs = constant(first), constant(second)
    if operators == ("equals", "notExists"):
        return bool(mine)
    values = _values(first, operators[0])
    if values is not None and second.value is not None and theirs is not None:
        return bool(values) and not any(_meets(value, operators[1], second, theirs) for value in values)
    if mine is None or theirs is None:
        return False
    if operators == ("prefix", "prefix"):
        return not mine.startswith(theirs) and not theirs.startswith(mine)
    if operators == ("suffix", "suffix"):
        return not mine.endswith(theirs) and not theirs.endswith(mine)
    below, above = _interval(operators[0], mine), _interval(operators[1], theirs)
    if below is None or above is None:
        return False
    return below.high < above.low or (below.high == above.low and (below.is_open or above.is_open))


def _values(condition: Condition, operator: str) -> list[str] | None:
    """The only values that meet it; None where there are more than can be listed."""
    if not isinstance(condition.value, Constant):
        return None
    if operator == "equals":
        return [text_of(condition.value.value)]
    return listed(condition) if operator == "in" else None


def listed(condition: Condition) -> list[str]:
    """The items of a constant list, written as a list or with commas."""
    written = condition.value.value if isinstance(condition.value, Constant) else []
    if isinstance(written, list):
        return [text_of(item) for item in written]
    return [part.strip() for part in text_of(written).split(",")]


def _meets(value: str, operator: str, condition: Condition, text: str) -> bool:
    """Whether a value meets a test; true where that is not certain."""
    match operator:
        case "equals" | "notEquals":
            return (value == text) is (operator == "equals")
        case "in" | "notIn":
            return (value in listed(condition)) is (operator == "in")
        case "prefix" | "notPrefix":
            return value.startswith(text) is (operator == "prefix")
        case "suffix" | "notSuffix":
            return value.endswith(text) is (operator == "suffix")
        case "contains" | "notContains":
            return (text in value) is (operator == "contains")
        case "regex":
            try:
                return compile_regex(text).is_match(value)
            except (RegexError, RecursionError):
                return True
    interval = _interval(operator, text)
    if interval is None:
        return True
    number = _number(value) if value else 0.0
    if number is None:
        return False
    is_at_end = number in (interval.low, interval.high)
    return interval.low <= number <= interval.high and not (interval.is_open and is_at_end)


def _effective(condition: Condition) -> str:
    if not condition.negate:
        return condition.operator
    return _INVERSES.get(condition.operator, "")


def constant(condition: Condition) -> str | None:
    """The text compared with; None where only a run can tell."""
    return text_of(condition.value.value) if isinstance(condition.value, Constant) else None


def text_of(value: Any) -> str:
    """A value as conditions compare it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


class Interval(NamedTuple):
    """``is_open``: its ends are outside."""

    low: float
    high: float
    is_open: bool = False


def _interval(operator: str, text: str) -> Interval | None:
    """The numbers that meet a test; None for tests of another sort."""
    if operator == "between":
        ends = [_number(part) for part in text.split(",")]
        return Interval(ends[0], ends[1]) if len(ends) == 2 and ends[0] is not None and ends[1] is not None else None
    bound = _number(text)
    if bound is None:
        return None
    match operator:
        case "lessThan" | "lessThanOrEqual":
            return Interval(-math.inf, bound, operator == "lessThan")
        case "greaterThan" | "greaterThanOrEqual":
            return Interval(bound, math.inf, operator == "greaterThan")
    return None


def interval_of(condition: Condition) -> Interval | None:
    """The numbers that meet a condition; None where that is no question of numbers."""
    text = constant(condition)
    return _interval(_effective(condition), text) if text is not None else None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
