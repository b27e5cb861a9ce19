"""Whether conditions hold.

Comparisons are on text unless ``valueType`` or the operator says otherwise; scalars are written as Go writes them,
whole floats as integers. A numeric test takes an absent or empty field as 0 and fails on text that is no number. A
window of time looks at the Environment's clock in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final, NoReturn

from orkestra.katalog.paths import ABSENT, Path, find
from orkestra.katalog.schema.conditions import CEL_ROOTS
from orkestra.katalog.terms import CelTest, Condition, Conditions
from orkestra.katalog.values import RenderError
from orkestra.rules import comparisons
from orkestra.rules.comparisons import BadArgument, text_of_value
from orkestra.template import Environment
from orkestra.template.times.cron import is_open

UniqueCheck = Callable[[Path, str], bool]
"""(path, value as text) -> whether no other object of the kind has it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What conditions are held against. ``scope``: root name -> data, as for templates.

    ``subject``: where plain paths start instead of the scope (``readyWhen``: the entry's own child). ``is_unique``:
    None makes every ``unique`` test pass.
    """

    scope: Mapping[str, Any]
    env: Environment
    subject: Mapping[str, Any] | None = None
    is_unique: UniqueCheck | None = None


def is_met(conditions: Conditions | None, facts: Facts) -> bool:
    """Whether all of ``when`` and, if there are any, one of ``any_of`` hold. Raises RenderError."""
    if conditions is None:
        return True
    for condition in conditions.when:
        if not holds(condition, facts):
            return False
    return not conditions.any_of or any(holds(condition, facts) for condition in conditions.any_of)


def first_unmet(conditions: Conditions | None, facts: Facts) -> str:
    """Why the conditions do not hold, naming the first that fails; empty when they hold. Raises RenderError."""
    if conditions is None:
        return ""
    for condition in conditions.when:
        if not holds(condition, facts):
            return describe(condition, facts)
    if conditions.any_of and not any(holds(condition, facts) for condition in conditions.any_of):
        return f"none of {len(conditions.any_of)} alternatives: {describe(conditions.any_of[0], facts)}"
    return ""


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether one condition holds, ``negate`` included. Raises RenderError."""
    if condition.cel is not None:
        return _cel(condition.cel, facts) is not condition.negate
    window = _WINDOWS.get(condition.operator)
    if window is not None:
        return window(condition, facts) is not condition.negate
    found = _subject(condition, facts)
    wanted = condition.value.render(facts.scope, facts.env) if condition.value is not None else True
    if condition.operator == "unique":
        result = _is_unique(condition, found, facts)
    else:
        try:
            result = comparisons.TESTS[condition.operator](found, wanted, condition.value_type)
        except BadArgument as problem:
            _refuse(condition, wanted, str(problem))
    return result is not condition.negate


def describe(condition: Condition, facts: Facts) -> str:
    """A condition and what its field is now: ``spec.replicas greaterThan 3: it is 1``."""
    name = f"not {condition.operator}" if condition.negate else condition.operator
    if condition.operator in _WINDOWS:
        return f"{name}: outside the window"
    if condition.cel is not None:
        return f"{name}: {_cut(condition.subject)}"
    wanted = "" if condition.operator in _FLAGS or condition.value is None else f" {condition.value}"
    found = _subject(condition, facts)
    now = "it is absent" if found is ABSENT else f'it is "{_cut(text_of_value(found))}"'
    return f"{condition.subject} {name}{wanted}: {now}"


def _subject(condition: Condition, facts: Facts) -> Any:
    if condition.field is not None:
        return condition.field.render(facts.scope, facts.env)
    subject = facts.scope if facts.subject is None else facts.subject
    return find(subject, condition.path or ())


def _is_unique(condition: Condition, found: Any, facts: Facts) -> bool:
    if facts.is_unique is None or found is ABSENT or found is None:
        return True
    return facts.is_unique(condition.path or (), text_of_value(found))


def _cel(test: CelTest, facts: Facts) -> bool:
    from orkestra.k8s.cel import CelError  # loaded by whoever compiled the expression

    bindings = {name: facts.scope[name] for name in test.program.uses if name in facts.scope}
    if "object" in test.program.uses:
        bindings["object"] = {name: value for name, value in facts.scope.items() if name not in _OTHER_ROOTS}
    try:
        found = test.program.evaluate(bindings)
    except CelError as error:
        line, column = test.origin.locate(error.line or 1, error.column or 1)
        message = error.message
    else:
        if isinstance(found, bool):
            return found
        (line, column), message = test.origin.locate(), "expected true or false"
    raise RenderError(test.owner, "cel", test.program.text, (test.origin.file, line, column), f"cel: {message}")


def _refuse(condition: Condition, wanted: Any, message: str) -> NoReturn:
    """A value that only a rendered template can get wrong: the loader checked the literal ones."""
    place = (condition.position.file, condition.position.line, condition.position.column)
    owner = getattr(condition.value, "entry_id", "")
    field = getattr(condition.value, "field", condition.operator)
    raise RenderError(owner, field, str(condition.value), place, f"{condition.operator}: {message}")


def _in_time(condition: Condition, facts: Facts) -> bool:
    window = condition.time
    if window is None:
        return False
    now = facts.env.now().astimezone(UTC)
    minute = now.hour * 60 + now.minute
    after, before = window.after or 0, 24 * 60 if window.before is None else window.before
    if after <= before:
        return after <= minute < before
    return minute >= after or minute < before


def _on_day(condition: Condition, facts: Facts) -> bool:
    return facts.env.now().astimezone(UTC).weekday() in (condition.days or ())


def _in_cron(condition: Condition, facts: Facts) -> bool:
    cron = condition.cron
    return cron is not None and is_open(cron.expression, facts.env.now().astimezone(UTC), cron.seconds)


def _cut(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


_WINDOWS: Final[Mapping[str, Callable[[Condition, Facts], bool]]] = {
    "time": _in_time,
    "dayOfWeek": _on_day,
    "cron": _in_cron,
}
_OTHER_ROOTS: Final = frozenset(CEL_ROOTS)
_FLAGS: Final = frozenset(("exists", "notExists", "unique", "typeOf"))
