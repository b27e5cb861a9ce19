"""Whether the rules of a schema compile, end in time and may stand where they stand.

A module of its own, because it brings the expression language: most definitions have no rule, and reading them must
not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orkestra.k8s.errors import Cause
from orkestra.k8s.literals import to_json
from orkestra.k8s.schema.causes import child, invalid_value
from orkestra.k8s.schema.declarations import declare
from orkestra.k8s.schema.node import Node, Rule
from orkestra.k8s.schema.rulecosts import RuleCosts, Total, elements_of
from orkestra.k8s.schema.rules import RuleProblem, RuleSet, compile_rule, variables_of


class Rules:
    """The rules of one schema, which has to be sound otherwise."""

    def __init__(self) -> None:
        self._total = Total()

    def check(
        self, node: Node, path: str, *, is_root: bool, cardinality: int | None, uncorrelatable: str
    ) -> Iterator[Cause]:
        """What is wrong with the rules of ``node``, which stands at ``path``. ``cardinality``: how often its value may
        occur, None where nothing bounds that. ``uncorrelatable``: the list or map above whose parts cannot be followed
        through an update; empty if there is none."""
        is_resource = is_root or node.embedded
        place = child(path, "x-kubernetes-validations")
        self_type = declare(node, is_resource=is_resource)
        if self_type is None:
            text = (
                "Internal error: internal error: failed to construct type information for x-kubernetes-validations "
                "rules: unable to convert structural schema to CEL declarations"
            )
            yield Cause("InternalError", text, place)
            return
        costs = RuleCosts(node, elements_of(node, is_resource=is_resource), cardinality, self._total)
        for index, rule in enumerate(node.rules):
            at = f"{place}[{index}]"
            try:
                compiled = compile_rule(rule, node, self_type)
            except RuleProblem as problem:
                text = f"Invalid value: {_shown(rule)}: {problem.problem}"
                yield Cause("FieldValueInvalid", text, child(at, problem.keyword))
                continue
            yield from costs.check(rule, variables_of(rule, self_type), at)
            if compiled.is_transition and uncorrelatable:
                text = f"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelatable}"
                yield invalid_value(child(at, "rule"), rule.rule, text)
            elif not compiled.is_transition and rule.optional_old_self is not None:
                text = "may not be set if oldSelf is not used in rule"
                yield invalid_value(child(at, "optionalOldSelf"), rule.optional_old_self, text)

    def causes(self, path: str) -> list[Cause]:
        """What all rules together are too expensive for."""
        return self._total.causes(path)


def check_default(node: Node, value: Any) -> list[Cause]:
    """What the rules of ``node`` say of its default."""
    rules = RuleSet(node)
    return rules.check(value, value) or rules.check(value, None)


def _shown(rule: Rule) -> str:
    """The rule as the API server prints its own structure, fields in the order of that structure."""
    optional = "null" if rule.optional_old_self is None else to_json(rule.optional_old_self)
    reason = to_json(rule.reason) if rule.reason else "null"
    return (
        f'{{"Rule":{to_json(rule.rule)},"Message":{to_json(rule.message)},'
        f'"MessageExpression":{to_json(rule.message_expression)},"Reason":{reason},'
        f'"FieldPath":{to_json(rule.field_path)},"OptionalOldSelf":{optional}}}'
    )
