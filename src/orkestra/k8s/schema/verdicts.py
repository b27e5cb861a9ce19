"""The worded answer: every value validation that fails, as the API server reports it.

Order, match counting (which alternative of anyOf/oneOf is reported) and texts follow k8s.io/kube-openapi
pkg/validation/validate and its translation in k8s.io/apiextensions-apiserver pkg/apiserver/validation/validation.go.
Ratcheting: on update, failures inside a part that did not change are forgiven (ratcheting.go there).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.formats import accepts
from orkestra.k8s.literals import quote, to_json
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.correlation import UNCORRELATED, Correlation
from orkestra.k8s.schema.node import Node
from orkestra.k8s.schema.numbers import check_number, is_in_enum, is_integral, json_type


@dataclass(slots=True)
class Verdict:
    """Failures, each told once, and how many checks were made or passed: the closest alternative has most."""

    failures: dict[Cause, None] = field(default_factory=dict)
    matches: int = 0

    def add(self, found: Iterable[Cause]) -> None:
        self.failures.update(dict.fromkeys(found))

    def merge(self, other: Verdict) -> None:
        self.failures.update(other.failures)
        self.matches += other.matches


def explain(node: Node, value: Any, path: str = "", old: Correlation = UNCORRELATED) -> list[Cause]:
    """Everything wrong with ``value``; ``path`` is where it sits (empty at the root)."""
    return list(_judge(node, value, path, old).failures)


def _judge(node: Node, value: Any, path: str, old: Correlation) -> Verdict:
    verdict = _judge_value(node, value, path, old)
    if verdict.failures and old.is_unchanged(node, value):
        return Verdict(matches=verdict.matches)
    return verdict


def _judge_value(node: Node, value: Any, path: str, old: Correlation) -> Verdict:
    verdict = Verdict()
    if value is None:
        _judge_type(node, value, path, verdict)
        _judge_enum(node, value, path, verdict)
        return verdict
    if node.types or node.format:
        _judge_type(node, value, path, verdict)
        verdict.matches += 1
    _judge_junctors(node, value, path, old, verdict)
    verdict.matches += 1
    kind = type(value)
    if kind is str:
        _judge_string(node, value, path, verdict)
        if node.format and accepts(node.format):
            verdict.matches += 1
        verdict.matches += 1
    elif kind is int or kind is float:
        verdict.add(check_number(node, value, path))
        verdict.matches += 2
    elif kind is list:
        _judge_list(node, value, path, old, verdict)
        verdict.matches += 2
    _judge_enum(node, value, path, verdict)
    verdict.matches += 1
    if kind is dict:
        _judge_map(node, value, path, old, verdict)
        verdict.matches += 1
    verdict.matches += 1
    return verdict


def _wrong_type(path: str, wanted: str, value: str) -> Cause:
    return causes.type_invalid(path, value, f"{path} in body must be of type {wanted}: {quote(value)}")


def _judge_type(node: Node, value: Any, path: str, verdict: Verdict) -> None:
    found, found_format = json_type(value)
    wanted = node.types
    if value is None:
        if wanted and not node.nullable:
            verdict.add([_wrong_type(path, ",".join(wanted), "null")])
        else:
            verdict.matches += 1
        return
    is_whole_float = found == "number" and "integer" in wanted and is_integral(float(value))
    is_widened = found == "integer" and "number" in wanted
    fits = found in wanted or is_whole_float or is_widened
    if found not in ("string", "array") and node.format and not fits and found_format != node.format:
        verdict.add([_wrong_type(path, node.format, found_format)])
    elif found in ("string", "array") and node.format and "number" not in wanted and "integer" not in wanted:
        verdict.matches += 1  # a string's format is judged on its own
    elif not fits:
        verdict.add([_wrong_type(path, ",".join(wanted), found)])
    else:
        verdict.matches += 1


def _judge_enum(node: Node, value: Any, path: str, verdict: Verdict) -> None:
    if node.enum and not is_in_enum(value, node.enum):
        choices = [choice if isinstance(choice, str) else to_json(choice) for choice in node.enum]
        verdict.add([causes.not_supported(path, value, choices)])


def _judge_string(node: Node, value: str, path: str, verdict: Verdict) -> None:
    if node.max_length is not None and len(value) > node.max_length:
        verdict.add([causes.too_long(path, node.max_length)])
    elif node.min_length is not None and len(value) < node.min_length:
        text = f"{path} in body should be at least {node.min_length} chars long"
        verdict.add([causes.invalid_value(path, value, text)])
    elif node.regex is not None and not node.regex.is_match(value):
        verdict.add([causes.invalid_value(path, value, f"{path} in body should match '{node.pattern}'")])
    elif node.pattern and node.regex is None:
        text = f"{path} in body should match '{node.pattern}, but pattern is invalid: {node.regex_problem}'"
        verdict.add([causes.invalid_value(path, value, text)])
    is_formatted = accepts(node.format) if node.format else None
    if is_formatted is not None and not is_formatted(value):
        verdict.add([_wrong_type(path, node.format, value)])


def _judge_list(node: Node, value: list[Any], path: str, old: Correlation, verdict: Verdict) -> None:
    if node.items is not None:
        for index, item in enumerate(value):
            verdict.merge(_judge(node.items, item, f"{path}[{index}]", old.item(node, item)))
    size = len(value)
    if node.min_items is not None and size < node.min_items:
        text = f"{path} in body should have at least {node.min_items} items"
        verdict.add([causes.invalid_value(path, size, text)])
    if node.max_items is not None and size > node.max_items:
        verdict.add([causes.too_many(path, size, node.max_items)])
    if node.unique_items and any(item in value[:index] for index, item in enumerate(value)):
        verdict.add([causes.invalid_value(path, "", f"{path} in body shouldn't contain duplicates")])


def _judge_map(node: Node, value: dict[str, Any], path: str, old: Correlation, verdict: Verdict) -> None:
    size = len(value)
    if node.min_properties is not None and size < node.min_properties:
        text = f"{path} in body should have at least {node.min_properties} properties"
        verdict.add([causes.invalid_value(path, size, text)])
    if node.max_properties is not None and size > node.max_properties:
        verdict.add([causes.too_many(path, size, node.max_properties)])
    for name, item in value.items():
        if name in node.properties:
            continue
        if node.additional is False:
            verdict.add([causes.invalid_value(path, name, f"{path}.{name} in body is a forbidden property")])
        elif isinstance(node.additional, Node):
            verdict.merge(_judge(node.additional, item, f"{path}.{name}", old.field(node, name)))
    for name, prop in node.properties.items():
        if name in value:
            verdict.merge(_judge(prop, value[name], causes.child(path, name), old.field(node, name)))
    verdict.add([causes.required(causes.child(path, name)) for name in node.required if name not in value])


def _no_field(text: str) -> Cause:
    return causes.invalid_value(causes.NO_FIELD, "", text)


def _judge_junctors(node: Node, value: Any, path: str, old: Correlation, verdict: Verdict) -> None:
    if node.any_of:
        _judge_any_of(node, value, path, old, verdict)
    if node.one_of:
        _judge_one_of(node, value, path, old, verdict)
    if node.all_of:
        each = [_judge_value(one, value, path, old) for one in node.all_of]
        for one in each:
            verdict.merge(one)
        passed = sum(not one.failures for one in each)
        if passed != len(each):
            tail = "" if passed else ". None validated"
            verdict.add([_no_field(f"{quote(path)} must validate all the schemas (allOf){tail}")])
    if node.not_ is not None and not _judge_value(node.not_, value, path, old).failures:
        verdict.add([_no_field(f"{quote(path)} must not validate the schema (not)")])
    verdict.matches += 1


def _judge_any_of(node: Node, value: Any, path: str, old: Correlation, verdict: Verdict) -> None:
    closest: Verdict | None = None
    for one in node.any_of:
        found = _judge_value(one, value, path, old)
        if not found.failures:
            verdict.merge(found)
            return
        if closest is None or found.matches > closest.matches:
            closest = found
    verdict.add([_no_field(f"{quote(path)} must validate at least one schema (anyOf)")])
    if closest is not None:
        verdict.merge(closest)


def _judge_one_of(node: Node, value: Any, path: str, old: Correlation, verdict: Verdict) -> None:
    closest: Verdict | None = None
    passed: list[Verdict] = []
    for one in node.one_of:
        found = _judge_value(one, value, path, old)
        if not found.failures:
            passed.append(found)
        elif not passed and (closest is None or found.matches > closest.matches):
            closest = found
    if len(passed) == 1:
        verdict.merge(passed[0])
        return
    tail = f"Found {len(passed)} valid alternatives" if passed else "Found none valid"
    verdict.add([_no_field(f"{quote(path)} must validate one and only one schema (oneOf). {tail}")])
    if closest is not None and not passed:
        verdict.merge(closest)
