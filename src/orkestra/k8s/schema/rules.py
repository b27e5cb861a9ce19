"""``x-kubernetes-validations``: which rules exist, what each says about a value, and about its change.

Order, skipping, budget and texts: k8s.io/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go. Rules are
compiled when first needed: a hundred CRDs cost nothing until one of their objects is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from orkestra.k8s.cel.errors import BudgetExceeded, CelCompileError, CelConstantError, CelError
from orkestra.k8s.cel.program import STEP_LIMIT, Program, compile_cel
from orkestra.k8s.cel.types import BOOL, STRING, Type, optional_of
from orkestra.k8s.cel.values import Optional
from orkestra.k8s.errors import Cause
from orkestra.k8s.schema import causes
from orkestra.k8s.schema.correlation import UNCORRELATED, Correlation
from orkestra.k8s.schema.declarations import Adapter, compile_adapter, declare
from orkestra.k8s.schema.fieldpaths import parse_field_path
from orkestra.k8s.schema.node import Node, Rule

TOTAL_STEPS = 10_000_000
"""Steps all rules of one object may take together."""
_NO_BOOL = "cel expression must evaluate to a bool"
_LONGEST_MESSAGE = 5 * 1024
_OUT_OF_BUDGET = "validation failed due to running out of cost budget, no further validation rules will be run"


class RuleProblem(ValueError):
    """A rule, message expression or field path that does not compile: the text is the API server's."""

    def __init__(self, keyword: str, problem: str) -> None:
        super().__init__(problem)
        self.keyword = keyword
        self.problem = problem


@dataclass(frozen=True, slots=True)
class CompiledRule:
    rule: Rule
    program: Program
    message: Program | None
    path: str
    """Where the failure is reported, relative to the value: ``.spec.x``; empty for the value itself."""

    @property
    def is_transition(self) -> bool:
        return "oldSelf" in self.program.uses


def variables_of(rule: Rule, self_type: Type) -> dict[str, Type]:
    return {"self": self_type, "oldSelf": optional_of(self_type) if rule.optional_old_self else self_type}


def compile_rule(rule: Rule, node: Node, self_type: Type) -> CompiledRule:
    """Raises RuleProblem."""
    variables = variables_of(rule, self_type)
    try:
        program = compile_cel(rule.rule, variables=variables)
    except CelConstantError as problem:
        text = f"program instantiation failed: {problem.message}" if problem.result_type == BOOL else _NO_BOOL
        raise RuleProblem("rule", text) from None
    except CelCompileError as problem:
        raise RuleProblem("rule", f"compilation failed: {problem.report}") from None
    if program.result_type != BOOL:
        raise RuleProblem("rule", _NO_BOOL)
    message = None
    if rule.message_expression:
        try:
            message = compile_cel(rule.message_expression, variables=variables)
        except CelConstantError as problem:
            text = f"messageExpression instantiation failed: {problem.message}"
            raise RuleProblem("messageExpression", text) from None
        except CelCompileError as problem:
            text = f"messageExpression compilation failed: {problem.report}"
            raise RuleProblem("messageExpression", text) from None
        if message.result_type != STRING:
            raise RuleProblem("messageExpression", "messageExpression must evaluate to a string")
    path = parse_field_path(rule.field_path, node) if rule.field_path else None
    return CompiledRule(rule, program, message, path or "")


class NodeRules:
    """The rules of one node, compiled once, with the adapter of its values."""

    def __init__(self, node: Node, *, is_resource: bool) -> None:
        self.adapt: Adapter | None = compile_adapter(node)
        self.compiled: list[CompiledRule | RuleProblem] = []
        self_type = declare(node, is_resource=is_resource)
        for rule in node.rules:
            if not rule.rule.strip():
                continue
            if self_type is None:
                self.compiled.append(RuleProblem("rule", "failed to convert to declType for CEL validation rules"))
                continue
            try:
                self.compiled.append(compile_rule(rule, node, self_type))
            except RuleProblem as problem:
                self.compiled.append(problem)


class RuleSet:
    """All rules of a schema."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._compiled: dict[int, NodeRules] = {}

    def check(self, obj: dict[str, Any], old: dict[str, Any] | None, warnings: list[str] | None = None) -> list[Cause]:
        """The failures of every rule on ``obj``; ``old`` is the object before an update."""
        before = UNCORRELATED if old is None else Correlation(old, is_root=True)
        run = _Run(self, TOTAL_STEPS)
        run.walk(self._root, obj, "", before, is_resource=True, is_parent_unchanged=False)
        if warnings is not None:
            warnings.extend(run.forgiven)
        return run.found

    def rules_of(self, node: Node, *, is_resource: bool) -> NodeRules:
        found = self._compiled.get(id(node))
        if found is None:
            found = self._compiled[id(node)] = NodeRules(node, is_resource=is_resource)
        return found


class _OutOfBudget(Exception):
    pass


class _Run:
    """One object's turn: failures so far and steps left."""

    def __init__(self, rules: RuleSet, steps: int) -> None:
        self.found: list[Cause] = []
        self.forgiven: list[str] = []
        self._rules = rules
        self._steps = steps

    def walk(
        self, node: Node, value: Any, path: str, old: Correlation, *, is_resource: bool, is_parent_unchanged: bool
    ) -> None:
        try:
            self._walk(node, value, path, old, is_resource, is_parent_unchanged)
        except _OutOfBudget:
            pass

    def _walk(
        self, node: Node, value: Any, path: str, old: Correlation, is_resource: bool, is_parent_unchanged: bool
    ) -> None:
        if not node.has_rules or value is None:
            return
        is_unchanged = is_parent_unchanged or old.is_unchanged(node, value)
        if node.rules:
            self._run_rules(node, value, path, old, is_resource, is_unchanged)
        if isinstance(value, dict):
            for name, item in value.items():
                inner = node.child(name)
                if inner is not None and inner.has_rules:
                    is_field = name in node.properties
                    at = causes.child(path, name) if is_field else causes.key(path, name)
                    self._walk(inner, item, at, old.field(node, name), inner.embedded, is_unchanged)
        elif isinstance(value, list) and node.items is not None and node.items.has_rules:
            for index, item in enumerate(value):
                inner_old = old.item(node, item)
                self._walk(node.items, item, f"{path}[{index}]", inner_old, node.items.embedded, is_unchanged)

    def _run_rules(
        self, node: Node, value: Any, path: str, old: Correlation, is_resource: bool, is_unchanged: bool
    ) -> None:
        rules = self._rules.rules_of(node, is_resource=is_resource)
        at = path or causes.NO_FIELD
        has_old = old.has_value and old.value is not None
        try:
            self_value = rules.adapt(value) if rules.adapt else value
            old_value = (rules.adapt(old.value) if rules.adapt else old.value) if has_old else None
        except CelError as problem:
            self.found.append(causes.invalid_value(at, node.type, f"{problem.message} evaluating rule"))
            return
        for compiled in rules.compiled:
            if isinstance(compiled, RuleProblem):
                text = f"rule compile error: {compiled.problem}"
                self.found.append(causes.invalid_value(at, node.type, text))
                continue
            is_optional = bool(compiled.rule.optional_old_self)
            if compiled.is_transition and not has_old and not is_optional:
                continue
            bindings = {"self": self_value}
            if is_optional:
                bindings["oldSelf"] = Optional(old_value, True) if has_old else Optional()
            elif has_old:
                bindings["oldSelf"] = old_value
            if not self._is_satisfied(compiled, bindings, node, at):
                is_forgiven = is_unchanged and not compiled.is_transition
                cause = self._failure(compiled, bindings, node, value, path)
                if is_forgiven:
                    self.forgiven.append(f"{cause.field}: {cause.message}")
                else:
                    self.found.append(cause)

    def _is_satisfied(self, compiled: CompiledRule, bindings: dict[str, Any], node: Node, at: str) -> bool:
        """True also where an error was reported in the rule's place."""
        rule = compiled.rule
        shown = (rule.message or rule.rule).strip()
        allowed = min(STEP_LIMIT, self._steps)
        try:
            found, left = compiled.program.evaluate_counted(bindings, allowed)
        except BudgetExceeded as problem:
            if allowed < STEP_LIMIT:
                self._give_up(at, node, _OUT_OF_BUDGET)
            text = "no further validation rules will be run due to call cost exceeds limit for rule"
            self._give_up(at, node, f"'{problem.message}': {text}: {shown}")
        except CelError as problem:
            if problem.message.startswith("no such overload"):
                text = "call arguments did not match a supported operator, function or macro signature for rule"
                text = f"'{problem.message}': {text}: {shown}"
            else:
                text = f"{problem.message} evaluating rule: {shown}"
            self.found.append(causes.invalid_value(at, node.type, text))
            return True
        self._steps -= allowed - left + 1
        return found is True

    def _give_up(self, at: str, node: Node, text: str) -> None:
        self.found.append(causes.invalid_value(at, node.type, text))
        raise _OutOfBudget

    def _failure(self, compiled: CompiledRule, bindings: dict[str, Any], node: Node, value: Any, path: str) -> Cause:
        rule = compiled.rule
        detail = self._message(compiled, bindings) or rule.message.strip() or f"failed rule: {rule.rule.strip()}"
        at = (path + compiled.path if path else compiled.path.removeprefix(".")) or causes.NO_FIELD
        is_omitted = node.type in ("object", "array")
        match rule.reason:
            case "FieldValueForbidden":
                return causes.forbidden(at, detail)
            case "FieldValueRequired":
                return causes.required(at, detail)
            case "FieldValueDuplicate":
                return causes.duplicate_omitted(at) if is_omitted else causes.duplicate(at, value)
        return causes.invalid_omitted(at, detail) if is_omitted else causes.invalid_value(at, value, detail)

    def _message(self, compiled: CompiledRule, bindings: dict[str, Any]) -> str:
        """What messageExpression yields; empty where it fails or yields nothing usable."""
        if compiled.message is None:
            return ""
        try:
            found, left = compiled.message.evaluate_counted(bindings, min(STEP_LIMIT, self._steps))
        except CelError:
            return ""
        self._steps = max(0, self._steps - (min(STEP_LIMIT, self._steps) - left))
        text = found.strip() if isinstance(found, str) else ""
        return "" if "\n" in text or len(text.encode("utf-8", "replace")) > _LONGEST_MESSAGE else text


def every_rule(node: Node, path: str = "") -> Iterator[tuple[Node, str]]:
    """The nodes that have rules, with their place in the schema."""
    if node.rules:
        yield node, path
    for name, prop in node.properties.items():
        if prop.has_rules:
            yield from every_rule(prop, f"{path}.properties[{name}]")
    if isinstance(node.additional, Node) and node.additional.has_rules:
        yield from every_rule(node.additional, f"{path}.additionalProperties")
    if node.items is not None and node.items.has_rules:
        yield from every_rule(node.items, f"{path}.items")
