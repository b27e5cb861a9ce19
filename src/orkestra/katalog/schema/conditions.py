"""Condition lists (``when``, ``or``, ``readyWhen``): the table of a condition and how its one test is found."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from orkestra.k8s.regex import RegexError, compile_regex
from orkestra.katalog.operators import BY_ANY_NAME, OPERATORS, TYPE_NAMES, VALUE_TYPES, Operator
from orkestra.katalog.paths import Path, PathError, parse_path
from orkestra.katalog.position import Position
from orkestra.katalog.schema.blocks import Block, Decoded, Field, LazyBlock, State
from orkestra.katalog.schema.containers import ListOf, Raw
from orkestra.katalog.schema.decoder import MISSING, Decoder, FieldType
from orkestra.katalog.schema.scalars import Choice, Duration, Flag, Text
from orkestra.katalog.schema.shared import PathType
from orkestra.katalog.source.nodes import ListNode, Node, ScalarNode
from orkestra.katalog.source.origin import Origin
from orkestra.katalog.suggest import hint_for
from orkestra.katalog.terms import CelTest, Condition, Conditions, CronWindow, TimeWindow
from orkestra.katalog.values import Constant, TemplateValue, Value, list_value
from orkestra.template.times.cron import CronError, parse_cron

if TYPE_CHECKING:
    from orkestra.k8s.cel import Chain

_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_NUMBER = re.compile(r"[-+]?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300})(?:[eE][-+]?[0-9]{1,3})?", re.ASCII)
_DEFAULT_CRON_SECONDS = 60.0

CEL_ROOTS: Final = (
    "object", "children", "external", "cross", "health", "metrics", "request", "item", "value", "index", "inputs",
)  # fmt: skip
"""Variables of a CEL condition; item, value and index inside forEach, inputs in a Motif. ``object`` is the CR."""

_WINDOWS: Final = ("time", "dayOfWeek", "cron")
_FIELDLESS: Final = (*_WINDOWS, "cel")


def _clock_time(text: str) -> tuple[int, str] | None:
    return None if _CLOCK.fullmatch(text) else (1406, f'"{text[:20]}" is not a time of day: expected HH:MM in UTC')


def day_number(text: str) -> int | None:
    """``Mon``, ``monday`` -> 0 … ``SUN`` -> 6; None for anything else."""
    word = text.strip().lower()
    return next((n for n, day in enumerate(_DAYS) if word in (day, day[:3])), None)


def _day(text: str) -> tuple[int, str] | None:
    return None if day_number(text) is not None else (1407, f'"{text[:20]}" is not a day of the week')


TIME: Final = Block(
    "time",
    (
        Field("after", Text(check=_clock_time), "HH:MM in UTC; the window includes it"),
        Field("before", Text(check=_clock_time), "HH:MM in UTC; the window ends before it"),
    ),
    one_of=(("after", "before"),),
)

DAY_OF_WEEK: Final = Block(
    "dayOfWeek",
    (
        Field("weekday", Flag(), "Monday to Friday"),
        Field("weekend", Flag(), "Saturday and Sunday"),
        Field("in", ListOf(Text(check=_day)), "any of these days"),
        Field("notIn", ListOf(Text(check=_day)), "none of these days"),
    ),
    exclusive=(("weekday", "weekend", "in", "notIn"),),
    one_of=(("weekday", "weekend", "in", "notIn"),),
)

FIELD: Final = Text(templated=True, is_native=True)
OPERATOR_FIELDS: Final = tuple(
    Field(name, Raw(), row.doc if name == row.name else f"short for {row.name}") for name, row in BY_ANY_NAME.items()
)
TEST_FIELDS: Final = (
    Field("operator", Text(), "the test, by its long or short name"),
    Field("value", Raw(), "what to compare with"),
    Field("valueType", Choice(*VALUE_TYPES), "compares as this type instead of as text"),
    Field("negate", Flag(), "turns the test round", False),
)
"""How a field is tested, beside the operators as keys."""

CONDITION: Final = Block(
    "a condition",
    (
        Field("field", FIELD, "a dotted path of the CR, or a template whose result is the value"),
        *TEST_FIELDS,
        Field("time", TIME, "a window of the day, UTC"),
        Field("dayOfWeek", DAY_OF_WEEK, "days of the week, UTC"),
        Field("cron", Text(), "a cron expression, UTC; the condition holds for `duration` after it fires"),
        Field("duration", Duration(1.0), "how long a cron window stays open", _DEFAULT_CRON_SECONDS),
        Field("cel", Text(), "a CEL expression over object, children and the other roots", is_superset=True),
        Field("notify", LazyBlock("protection:NOTIFY"), "whom to tell when it holds", state=State.LATER, tier="W"),
        Field("source", PathType(), "what the field is looked for in, such as children.deployment", tier="W"),
        *OPERATOR_FIELDS,
    ),
    doc="One test.",
)


class ConditionList(FieldType):
    """Decodes to a tuple of Condition."""

    expects = "a list of conditions"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        if not isinstance(node, ListNode):
            hint = 'put "- " before the condition' if not isinstance(node, ScalarNode) else ""
            return decoder.wrong_type(node, where, self.expects, hint)
        found: list[Condition] = []
        for n, item in enumerate(node.items):
            place = f"{where}[{n}]"
            decoded = CONDITION.decode(item, decoder, place)
            condition = condition_of(decoded, decoder, place) if isinstance(decoded, Decoded) else None
            if condition:
                found.append(condition)
        return tuple(found)


def conditions_of(decoded: Decoded) -> Conditions | None:
    """The ``when`` and ``or`` of a block; None when it has neither."""
    when, any_of = decoded.values.get("when") or (), decoded.values.get("or") or ()
    return Conditions(when, any_of) if when or any_of else None


def condition_fields(what: str) -> tuple[Field, ...]:
    """The rows every conditional block has."""
    return (
        Field("when", ConditionList(), f"{what} only if all of these hold"),
        Field("or", ConditionList(), f"{what} only if at least one of these holds (and `when` does)"),
        Field("anyOf", Raw(), state=State.OLDER, target="or"),
    )


def condition_of(decoded: Decoded, decoder: Decoder, where: str) -> Condition | None:
    """The one test of a block that has a condition's rows; None after reporting why there is none."""
    found = _test_of(decoded, decoder, where)
    if found is None or "notify" not in decoded:
        return found
    return replace(found, notify=decoded["notify"])


def _test_of(decoded: Decoded, decoder: Decoder, where: str) -> Condition | None:
    tests = [name for name in decoded.values if name in BY_ANY_NAME or name in _FIELDLESS or name == "operator"]
    if len(tests) > 1:
        first = decoder.related(decoded.key_span(tests[0]), "the first test is here")
        message = f"{tests[1]}: a condition holds one test, and {tests[0]} is one already"
        decoder.report(1402, message, decoded.key_span(tests[1]), "make two conditions of it", (first,))
        return None
    test = tests[0] if tests else ""
    position = decoder.position(decoded.node)
    if not test and any(name in _FIELDLESS or name not in decoded.block.fields for name in decoded.node.entries):
        return None  # written, wrong, and reported
    if test in _FIELDLESS and "field" in decoded:
        message = f"field: {test} does not look at a field"
        decoder.report(1402, message, decoded.key_span("field"), "make two conditions of it")
        return None
    if test == "cel":
        return _cel(decoded, decoder, position)
    if test in _WINDOWS:
        return _window(test, decoded, decoder, position)
    operator, argument = _find_operator(test, decoded, decoder)
    if "field" not in decoded:
        if not decoded.node.is_broken and "field" not in decoded.node.entries:
            decoder.report(1409, "a condition needs a field to test", decoded.node.span)
        return None
    field, path = _subject(decoded, decoder)
    if operator is None or (field is None and path is None):
        return None
    return _test(operator, argument, decoded, decoder, where, position, field, path)


def _subject(decoded: Decoded, decoder: Decoder) -> tuple[Value | None, Path | None]:
    field: Value = decoded["field"]
    source: Path = decoded["source"] or () if "source" in decoded.block.fields else ()
    if not isinstance(field, Constant):
        if source:
            decoder.report(1106, "source: a template brings its own value", decoded.key_span("source"))
        return field, None
    try:
        return None, (*source, *parse_path(field.value))
    except PathError as error:
        decoder.report(1115, str(error), decoded.value_span("field"))
        return None, None


def _find_operator(test: str, decoded: Decoded, decoder: Decoder) -> tuple[Operator | None, Node | None]:
    if not test:
        if "value" in decoded:
            decoder.report(1401, "a value needs an operator to compare with", decoded.key_span("value"))
            return None, None
        return (None, None) if "operator" in decoded.node.entries else (OPERATORS["exists"], None)
    if test != "operator":
        if "value" in decoded:
            message = f"value: {test} already brings the value"
            decoder.report(1402, message, decoded.key_span("value"), "remove one of them")
        return BY_ANY_NAME[test], decoded[test]
    name = decoded["operator"]
    operator = BY_ANY_NAME.get(name)
    if operator is None:
        hint = hint_for(name, BY_ANY_NAME)
        decoder.report(1401, f'unknown operator "{name[:60]}"', decoded.value_span("operator"), hint)
    elif "value" not in decoded and operator.argument != "flag":
        at = decoded.key_span("operator")
        decoder.report(1410, f"{operator.name} needs a value to compare with", at)
        return None, None
    return operator, decoded["value"]


def _test(
    operator: Operator,
    argument: Node | None,
    decoded: Decoded,
    decoder: Decoder,
    where: str,
    position: Position,
    field: Value | None,
    path: Path | None,
) -> Condition | None:
    value = _ARGUMENTS[operator.argument].decode(argument, decoder, f"{where}.{operator.name}") if argument else None
    if value is MISSING:
        return None
    name, negate = operator.name, decoded["negate"]
    if operator.argument == "flag":
        if isinstance(value, TemplateValue):
            decoder.report(1102, f"{name}: expected true or false, found a template", value.origin.span_at())
            return None
        negate = negate is not (value is not None and not value.value)
        value = None
    if operator.type_name:
        name, value = "typeOf", Constant(operator.type_name)
    at = decoder.position(decoded.node.entries["field"][1])
    value_type = decoded["valueType"] or ""
    return Condition(name, position, field, path, value, value_type, negate, field_position=at)


def argument_of(operator: str) -> FieldType:
    """What an operator, by its long or short name, is compared with."""
    return _ARGUMENTS[BY_ANY_NAME[operator].argument]


def _window(test: str, decoded: Decoded, decoder: Decoder, position: Position) -> Condition | None:
    found = decoded[test]
    negate = decoded["negate"]
    if test == "time":
        window = TimeWindow(_minutes(found["after"]), _minutes(found["before"]))
        return Condition("time", position, negate=negate, time=window)
    if test == "dayOfWeek":
        if any(isinstance(days, ListNode) and len(days.items) != len(found[name]) for name, days in _listed(found)):
            return None  # a day was wrong, and reported
        return Condition("dayOfWeek", position, negate=negate, days=_days(found))
    try:
        expression = parse_cron(found)
    except CronError as error:
        decoder.report(1408, f"cron: {error}", decoded.value_span("cron"))
        return None
    return Condition("cron", position, negate=negate, cron=CronWindow(expression, decoded["duration"]))


def _cel(decoded: Decoded, decoder: Decoder, position: Position) -> Condition | None:
    from orkestra.k8s.cel import CelCompileError, chains, compile_cel  # few Katalogs pay for it

    node = decoded.node.get("cel")
    if not isinstance(node, ScalarNode):
        return None
    origin = Origin(node)
    try:
        program = compile_cel(node.text, variables=CEL_ROOTS)
    except CelCompileError as error:
        for issue in error.issues:
            before = node.text[: issue.offset]
            at = origin.span_at(before.count("\n") + 1, len(before) - before.rfind("\n"))
            decoder.report(1411, f"cel: {issue.message}", at)
        return None
    if program.result_type.kind not in ("bool", "dyn"):
        decoder.report(1411, f"cel: expected true or false, the result is a {program.result_type}", node.span)
        return None
    reads = tuple(_read_of(chain) for chain in chains(node.text) if chain.path[0] in CEL_ROOTS)
    test = CelTest(program, origin, decoder.owner, reads)
    return Condition("cel", position, negate=decoded["negate"], cel=test)


def _read_of(chain: Chain) -> tuple[Path, int, int]:
    """A chain from ``object`` on is a path of the CR."""
    root, *rest = chain.path
    return (tuple(rest) if root == "object" else chain.path), chain.offset, chain.width


def _minutes(text: str | None) -> int | None:
    found = _CLOCK.fullmatch(text or "")
    return int(found[1]) * 60 + int(found[2]) if found else None


def _listed(found: Decoded) -> list[tuple[str, Node | None]]:
    return [(name, found.node.get(name)) for name in ("in", "notIn") if name in found]


def _days(found: Decoded) -> frozenset[int]:
    weekday, everything = frozenset(range(5)), frozenset(range(7))
    for name, days in (("weekday", weekday), ("weekend", everything - weekday)):
        if name in found:
            return days if found[name] else everything - days
    listed = frozenset(n for day in (found["in"] or found["notIn"] or ()) if (n := day_number(day)) is not None)
    return listed if "in" in found else everything - listed


def _regex(text: str) -> tuple[int, str] | None:
    try:
        compile_regex(text)
    except RegexError as error:
        return 1404, str(error)
    except RecursionError:
        return 1404, "the expression nests too deeply"
    return None


def _number(text: str) -> tuple[int, str] | None:
    return None if _NUMBER.fullmatch(text.strip()) else (1403, f'"{text[:40]}" is not a number')


def _range(text: str) -> tuple[int, str] | None:
    ends = text.split(",")
    if len(ends) != 2 or any(not _NUMBER.fullmatch(end.strip()) for end in ends):
        return 1405, f'"{text[:40]}" is not a range: expected two numbers, "lo,hi"'
    return (1405, f'"{text[:40]}" is empty: its lower end is the greater') if float(ends[0]) > float(ends[1]) else None


class _TextList(FieldType):
    """A comma list, or a YAML list of texts."""

    expects = "a comma list or a list"

    def decode(self, node: Node, decoder: Decoder, where: str) -> Any:
        text = Text(templated=True)
        if isinstance(node, ListNode):
            items = [text.decode(item, decoder, where) for item in node.items]
            return list_value([item for item in items if item is not MISSING])
        return text.decode(node, decoder, where)


_ARGUMENTS: Final[dict[str, FieldType]] = {
    "text": Text(templated=True),
    "number": Text(templated=True, check=_number),
    "range": Text(templated=True, check=_range),
    "list": _TextList(),
    "regex": Text(templated=True, check=_regex),
    "flag": Flag(templated=True),
    "type": Choice(*TYPE_NAMES, templated=True),
}
