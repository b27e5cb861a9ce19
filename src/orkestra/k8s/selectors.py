"""Label and field selectors: parsed once, matched often.

Grammar: k8s.io/apimachinery pkg/labels/selector.go and pkg/fields/selector.go.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

_KEY = re.compile(
    r"(?:(?P<prefix>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)/)?"
    r"(?P<name>[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)"
)
_INT64_MAX = 2**63 - 1
_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_TERM = re.compile(
    r"\s*(?:(?P<not>!)\s*(?P<absent>[^\s,()=!<>]+)"
    r"|(?P<key>[^\s,()=!<>]+)\s*(?:(?P<op>==|=|!=|>|<)\s*(?P<value>[^\s,()=!<>]*)"
    r"|\s(?P<set>in|notin)\s*\((?P<values>[^()]*)\))?)\s*(?:,|$)"
)
_FIELD_VALUE = re.compile(r"(?:[^\\,=]|\\[\\,=])*", re.DOTALL)


class SelectorError(ValueError):
    """A selector that does not parse; the text says where."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """``operator`` is one of In, NotIn, Exists, DoesNotExist, Gt, Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
        try:
            number, bound = int(value or ""), int(self.values[0])
        except ValueError:
            return False
        return number > bound if self.operator == "Gt" else number < bound

    def __str__(self) -> str:
        match self.operator:
            case "In" if len(self.values) == 1:
                return f"{self.key}={self.values[0]}"
            case "In":
                return f"{self.key} in ({','.join(self.values)})"
            case "NotIn" if len(self.values) == 1:
                return f"{self.key}!={self.values[0]}"
            case "NotIn":
                return f"{self.key} notin ({','.join(self.values)})"
            case "Exists":
                return self.key
            case "DoesNotExist":
                return f"!{self.key}"
        return f"{self.key}{'>' if self.operator == 'Gt' else '<'}{self.values[0]}"


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """All requirements must hold; none means everything matches."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(requirement.matches(labels) for requirement in self.requirements)

    def __str__(self) -> str:
        return ",".join(map(str, self.requirements))

    def __bool__(self) -> bool:
        return bool(self.requirements)


def parse_label_selector(text: str) -> LabelSelector:
    """``a=b,c in (d,e),!f`` -> LabelSelector. Raises SelectorError."""
    if not text.strip():
        return LabelSelector()
    found: list[Requirement] = []
    at = 0
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None or term.end() == at:
            raise SelectorError(f"unable to parse requirement at {text[at:]!r}")
        found.append(_requirement(term))
        at = term.end()
    if text.rstrip().endswith(","):
        raise SelectorError(f"unable to parse {text!r}: a requirement is missing after the last comma")
    return LabelSelector(tuple(sorted(found, key=lambda r: r.key)))


def _requirement(term: re.Match[str]) -> Requirement:
    if term["not"]:
        return Requirement(_checked_key(term["absent"]), "DoesNotExist")
    key = _checked_key(term["key"])
    if term["set"]:
        values = tuple(sorted(value.strip() for value in term["values"].split(",")))
        for value in values:
            _checked_value(value)
        return Requirement(key, "In" if term["set"] == "in" else "NotIn", values)
    if term["op"] is None:
        return Requirement(key, "Exists")
    if term["op"] in ("<", ">"):
        if not re.fullmatch(r"[0-9]{1,63}", term["value"]) or int(term["value"]) > _INT64_MAX:
            raise SelectorError(f"for {term['op']!r} the value must be an integer, not {term['value']!r}")
        return Requirement(key, "Gt" if term["op"] == ">" else "Lt", (term["value"],))
    return Requirement(key, "NotIn" if term["op"] == "!=" else "In", (_checked_value(term["value"]),))


def _checked_key(key: str) -> str:
    found = _KEY.fullmatch(key)
    if not found or len(found["prefix"] or "") > 253:
        raise SelectorError(f"invalid label key {key!r}")
    return key


def _checked_value(value: str) -> str:
    if not _VALUE.fullmatch(value):
        raise SelectorError(f"invalid label value {value!r}")
    return value


def label_selector_of(spec: Mapping[str, Any] | None) -> LabelSelector:
    """A ``metav1.LabelSelector`` ({matchLabels, matchExpressions}) -> LabelSelector. Raises SelectorError."""
    spec = spec or {}
    found = [Requirement(k, "In", (str(v),)) for k, v in (spec.get("matchLabels") or {}).items()]
    for expression in spec.get("matchExpressions") or ():
        operator = str(expression.get("operator") or "")
        values = tuple(str(v) for v in expression.get("values") or ())
        if operator not in ("In", "NotIn", "Exists", "DoesNotExist"):
            raise SelectorError(f"{operator!r} is not a valid label selector operator")
        if (operator in ("In", "NotIn")) != bool(values):
            raise SelectorError(f"operator {operator!r} with {len(values)} values")
        found.append(Requirement(str(expression.get("key") or ""), operator, values))
    return LabelSelector(tuple(sorted(found, key=lambda r: r.key)))


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Exact tests on dotted paths: (path, value, equal?)."""

    terms: tuple[tuple[str, str, bool], ...] = ()

    def matches(self, value_at: Callable[[str], str]) -> bool:
        return all((value_at(path) == value) is equal for path, value, equal in self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return ",".join(f"{path}{'=' if equal else '!='}{value}" for path, value, equal in self.terms)


def parse_field_selector(text: str) -> FieldSelector:
    """``metadata.name=a,status.phase!=Running`` -> FieldSelector. Raises SelectorError."""
    terms: list[tuple[str, str, bool]] = []
    for part in filter(None, re.split(r"(?<!\\),", text)):
        found = re.fullmatch(r"(?P<path>[^=!]+?)(?P<op>!=|==|=)(?P<value>.*)", part)
        if not found:
            raise SelectorError(f"invalid selector: {text!r}; can't understand {part!r}")
        if not _FIELD_VALUE.fullmatch(found["value"]):
            raise SelectorError(f"invalid field selector: unescaped character or escape in {found['value']!r}")
        value = re.sub(r"\\([\\,=])", r"\1", found["value"])
        terms.append((found["path"], value, found["op"] != "!="))
    return FieldSelector(tuple(terms))
