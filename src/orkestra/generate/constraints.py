"""Rules and mutations of an entry -> what its schema can say of them. A schema never refuses what the rules let pass:
rules with conditions, warnings, and tests it has no keyword for are left to admission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from orkestra.generate.evidence import Evidence
from orkestra.katalog.model import OperatorBox
from orkestra.katalog.parts.admission import MutationRule
from orkestra.katalog.terms import Condition
from orkestra.katalog.values import Constant
from orkestra.template.inference.uses import sort_of

_TYPES: Final = {"int": "integer", "float": "number", "bool": "boolean", "string": "string"}
_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "int": int,
    "float": float,
    "bool": lambda text: text.strip().lower() == "true",
    "string": str,
}


def constrain(box: OperatorBox, root: Evidence) -> None:
    """Defaults of mutations, then limits, words, patterns and presence that rules demand."""
    filled: set[tuple[str, ...]] = set()
    for mutation in box.mutation.rules if box.mutation is not None else ():
        if mutation.field[:1] == ("spec",):
            _mutation(mutation, root)
            filled.add(mutation.field)
    for rule in box.validation.rules if box.validation is not None else ():
        test = rule.test
        is_certain = rule.action == "deny" and rule.conditions is None and rule.fires is None and not test.negate
        if is_certain and test.path is not None and test.path[:1] == ("spec",):
            _rule(test, root, is_filled=test.path in filled)


def _mutation(mutation: MutationRule, root: Evidence) -> None:
    target = root.at(mutation.field)
    value = mutation.default if mutation.default is not None else mutation.override
    if not isinstance(value, Constant):
        return
    sort = mutation.value_type or ""
    written = _TYPES.get(sort) or sort_of(value.value)
    target.add("text" if written == "string" else written)
    if mutation.default is not None and mutation.conditions is None and mutation.fires is None:
        try:
            target.add("", _READERS[sort](str(value.value)) if sort else value.value)
        except ValueError:
            return  # reported by the loader's own checks


def _rule(test: Condition, root: Evidence, *, is_filled: bool) -> None:
    assert test.path is not None
    target = root.at(test.path)
    texts = _texts(test)
    if test.operator == "exists" and not is_filled:
        root.require(test.path)
    elif test.operator == "in" and texts:
        target.allowed = tuple(dict.fromkeys(texts)) if target.allowed is None else target.allowed
    elif test.operator == "regex" and texts:
        target.pattern = target.pattern or texts[0]
    elif test.operator in ("greaterThanOrEqual", "greaterThan", "between") and texts:
        target.minimum = _whole(texts[0], +1 if test.operator == "greaterThan" else 0)
        if test.operator == "between" and len(texts) > 1:
            target.maximum = _whole(texts[1], 0)
    elif test.operator in ("lessThanOrEqual", "lessThan") and texts:
        target.maximum = _whole(texts[0], -1 if test.operator == "lessThan" else 0)


def _texts(test: Condition) -> list[str]:
    value: Any = test.value.value if isinstance(test.value, Constant) else None
    if value is None:
        return []
    if isinstance(value, list):
        return [str(each) for each in value]
    is_list = test.operator in ("in", "between")
    return [part.strip() for part in str(value).split(",")] if is_list else [str(value)]


def _whole(text: str, beside: int) -> int | None:
    """A bound of whole numbers; None for fractions, which are left to the rule."""
    text = text.strip()
    return int(text) + beside if text.lstrip("+-").isdigit() else None
