"""The tests of conditions and rules, one small function each: (found, wanted, value type) -> bool.

``found`` is what the field holds, ABSENT when it is not there; ``wanted`` is the rendered argument.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from orkestra.k8s.regex import RegexError, compile_regex
from orkestra.katalog.paths import ABSENT
from orkestra.template.gofmt import text_of

Number = int | float
Test = Callable[[Any, Any, str], bool]

_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,300}(\.[0-9]{0,300})?|(\.[0-9]{1,300}))([eE][-+]?[0-9]{1,3})?", re.ASCII)
_TEXT_LIMIT = 1 << 20


class BadArgument(ValueError):
    """An argument a test cannot work with; the text says why."""


def text_of_value(value: Any) -> str:
    """A value as comparisons see it: nothing for absent and null, whole floats as integers, the rest as Go prints."""
    if isinstance(value, str):
        return value
    if value is None or value is ABSENT:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 63:
        return str(int(value))
    return text_of(value, _TEXT_LIMIT)


def number_of(value: Any) -> Number | None:
    """The number a value is or spells; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value.strip())
        if found:
            return int(value) if found.lastindex is None else float(value)
    return None


def type_of(value: Any) -> str:
    """map, list, string, number, bool or null; absent is null."""
    if isinstance(value, str):
        return "string"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if value is None or value is ABSENT:
        return "null"
    return "map" if isinstance(value, Mapping) else "list"


def is_present(value: Any) -> bool:
    """There, not null and not empty text. An empty map or list is there."""
    return value is not ABSENT and value is not None and value != ""


def is_equal(found: Any, wanted: Any, value_type: str) -> bool:
    if value_type in ("int", "float"):
        mine, other = number_of(found), number_of(wanted)
        return mine is not None and other is not None and mine == other
    mine_text, other_text = text_of_value(found), text_of_value(wanted)
    if value_type == "bool":
        return mine_text.lower() == other_text.lower()
    return mine_text == other_text


def is_in(found: Any, wanted: Any, value_type: str) -> bool:
    items = wanted if isinstance(wanted, list) else [item.strip() for item in text_of_value(wanted).split(",")]
    return any(is_equal(found, item, value_type) for item in items)


def is_between(found: Any, wanted: Any, value_type: str) -> bool:
    low, comma, high = text_of_value(wanted).partition(",")
    ends = number_of(low), number_of(high)
    if not comma or ends[0] is None or ends[1] is None:
        raise BadArgument(f'"{text_of_value(wanted)[:40]}" is not a range: expected two numbers, "lo,hi"')
    number = _field_number(found)
    return number is not None and ends[0] <= number <= ends[1]


def is_matching(found: Any, wanted: Any, value_type: str) -> bool:
    try:
        return compile_regex(text_of_value(wanted)).is_match(text_of_value(found))
    except RegexError as error:
        raise BadArgument(str(error)) from None
    except RecursionError:
        raise BadArgument("the expression nests too deeply") from None


def _field_number(found: Any) -> Number | None:
    return number_of(found) if is_present(found) else 0


def _numeric(compare: Callable[[Number, Number], bool]) -> Test:
    def test(found: Any, wanted: Any, value_type: str) -> bool:
        bound = number_of(wanted) if is_present(wanted) else 0
        if bound is None:
            raise BadArgument(f'"{text_of_value(wanted)[:40]}" is not a number')
        number = _field_number(found)
        return number is not None and compare(number, bound)

    return test


def _textual(compare: Callable[[str, str], bool]) -> Test:
    return lambda found, wanted, value_type: compare(text_of_value(found), text_of_value(wanted))


def _inverse(test: Test) -> Test:
    return lambda found, wanted, value_type: not test(found, wanted, value_type)


_CONTAINS: Final = _textual(lambda text, part: part in text)
_PREFIX: Final = _textual(str.startswith)
_SUFFIX: Final = _textual(str.endswith)

TESTS: Final[Mapping[str, Test]] = {
    "equals": is_equal,
    "notEquals": _inverse(is_equal),
    "contains": _CONTAINS,
    "notContains": _inverse(_CONTAINS),
    "prefix": _PREFIX,
    "notPrefix": _inverse(_PREFIX),
    "suffix": _SUFFIX,
    "notSuffix": _inverse(_SUFFIX),
    "regex": is_matching,
    "exists": lambda found, wanted, value_type: is_present(found),
    "notExists": lambda found, wanted, value_type: not is_present(found),
    "greaterThan": _numeric(lambda number, bound: number > bound),
    "lessThan": _numeric(lambda number, bound: number < bound),
    "greaterThanOrEqual": _numeric(lambda number, bound: number >= bound),
    "lessThanOrEqual": _numeric(lambda number, bound: number <= bound),
    "between": is_between,
    "notBetween": _inverse(is_between),
    "in": is_in,
    "notIn": _inverse(is_in),
    "typeOf": lambda found, wanted, value_type: type_of(found) == wanted,
}
"""Test by long operator name; ``unique`` needs a checker and lives with the evaluation."""
