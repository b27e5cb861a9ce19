"""Static types: every node gets one, or the expression gets an issue.

Rules: cel-go checker/checker.go and checker/types.go. Literals of lists and maps must be homogeneous, as Kubernetes
asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orkestra.k8s.cel import types as t
from orkestra.k8s.cel.errors import CelCompileError, Issue
from orkestra.k8s.cel.nodes import (
    Call,
    Fold,
    Ident,
    Index,
    ListLiteral,
    Literal,
    Logic,
    MapLiteral,
    Node,
    OptionalMap,
    Select,
    StructLiteral,
)
from orkestra.k8s.cel.signatures import Overload, overloads
from orkestra.k8s.cel.types import Type
from orkestra.k8s.cel.unification import Unifier
from orkestra.k8s.cel.values import Uint
from orkestra.k8s.cel.walk import every_node

_LITERALS = {bool: t.BOOL, int: t.INT, Uint: t.UINT, float: t.DOUBLE, str: t.STRING, bytes: t.BYTES, type(None): t.NULL}


def check(text: str, tree: Node, variables: Mapping[str, Type]) -> Type:
    """Sets ``type`` on all nodes, names namespaced functions, returns the type of the whole. Raises CelCompileError."""
    checker = _Checker(variables)
    found = checker.check(tree)
    if checker.issues:
        raise CelCompileError(text, checker.issues)
    for node in every_node(tree):
        node.type = checker.unifier.substitute(node.type, open_to_dyn=True)
    return checker.unifier.substitute(found, open_to_dyn=True)


def dotted_name(node: Node | None) -> str:
    """``a.b.c`` of a chain of plain selections; empty for anything else."""
    if isinstance(node, Ident):
        return node.name
    if isinstance(node, Select) and not node.is_test and not node.is_optional:
        inner = dotted_name(node.operand)
        return f"{inner}.{node.name}" if inner else ""
    return ""


class _Checker:
    def __init__(self, variables: Mapping[str, Type]) -> None:
        self.issues: list[Issue] = []
        self.unifier = Unifier()
        self._scopes: list[Mapping[str, Type]] = [variables]
        self._may_mix = 0
        """Inside the arguments of format(), lists and maps may hold values of several types."""

    def check(self, node: Node) -> Type:
        found = self._check(node)
        node.type = found
        return found

    def _issue(self, offset: int, message: str) -> Type:
        self.issues.append(Issue(offset, message))
        return t.ERROR

    def _lookup(self, name: str) -> Type | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return None

    def _shown(self, found: Type) -> Type:
        return self.unifier.substitute(found, open_to_dyn=True)

    def _mismatch(self, node: Node, wanted: Type, found: Type) -> Type:
        return self._issue(node.offset, f"expected type '{wanted}' but found '{found}'")

    def _check(self, node: Node) -> Type:
        match node:
            case Literal():
                return _LITERALS[type(node.value)]
            case Ident():
                return self._check_ident(node)
            case Select():
                return self._check_select(node)
            case Index():
                name = "_[?_]" if node.is_optional else "_[_]"
                args = [self.check(node.operand), self.check(node.index)]
                return self._resolve(node.offset, name, overloads(name), args, is_method=False)
            case Logic():
                for arg in node.args:
                    found = self.check(arg)
                    if not self.unifier.is_assignable(found, t.BOOL):
                        self._mismatch(arg, t.BOOL, self._shown(found))
                return t.BOOL
            case Call():
                return self._check_call(node)
            case ListLiteral():
                return self._check_list(node)
            case MapLiteral():
                return self._check_map(node)
            case Fold():
                return self._check_fold(node)
            case OptionalMap():
                return self._check_optional_map(node)
            case StructLiteral():
                return self._undeclared(node.offset, node.name)
        raise AssertionError(f"no rule for {type(node).__name__}")

    def _undeclared(self, offset: int, name: str) -> Type:
        return self._issue(offset, f"undeclared reference to '{name}' (in container '')")

    def _check_ident(self, node: Ident) -> Type:
        if node.name.startswith("."):
            return self._check_root(node)
        found = self._lookup(node.name)
        if found is not None:
            return found
        if node.name in t.NAMED_TYPES:
            return t.type_of(t.NAMED_TYPES[node.name])
        return self._undeclared(node.offset, node.name)

    def _check_root(self, node: Ident) -> Type:
        name = node.name.removeprefix(".")
        found = self._scopes[0].get(name)
        if found is None or any(name in scope for scope in self._scopes[1:]):
            return self._undeclared(node.offset, node.name)
        node.name = name
        return found

    def _check_select(self, node: Select) -> Type:
        name = dotted_name(node)
        if name in t.NAMED_TYPES and self._lookup(name.partition(".")[0]) is None:
            return t.type_of(t.NAMED_TYPES[name])
        operand = self.unifier.substitute(self.check(node.operand))
        is_optional = operand.kind == "optional_type"
        found = self._field(node, operand.params[0] if is_optional else operand)
        if node.is_test:
            return t.BOOL
        return t.optional_of(found) if is_optional or node.is_optional else found

    def _field(self, node: Select, operand: Type) -> Type:
        operand = self.unifier.substitute(operand)
        if operand.fields is not None:
            found = operand.fields.get(node.name)
            return found if found is not None else self._issue(node.offset, f"undefined field '{node.name}'")
        if operand.kind == "map":
            return operand.params[1]
        if operand.is_param:
            self.unifier.is_assignable(t.DYN, operand)
            return t.DYN
        if operand.kind in ("dyn", "!error!"):
            return t.DYN
        self._issue(node.offset, f"type '{self._shown(operand)}' does not support field selection")
        return t.DYN

    def _check_call(self, node: Call) -> Type:
        if node.target is not None:
            qualifier = dotted_name(node.target)
            if qualifier and (qualified := overloads(f"{qualifier}.{node.name}")):
                node.name, node.target = f"{qualifier}.{node.name}", None
                args = [self.check(arg) for arg in node.args]
                return self._resolve(node.offset, node.name, qualified, args, is_method=False)
        candidates = overloads(node.name)
        operands = [*([node.target] if node.target is not None else []), *node.args]
        self._may_mix += node.name == "format"
        args = [self.check(arg) for arg in operands]
        self._may_mix -= node.name == "format"
        if not candidates:
            return self._undeclared(node.offset, node.name)
        return self._resolve(node.offset, node.name, candidates, args, is_method=node.target is not None)

    def _resolve(
        self, offset: int, name: str, candidates: Sequence[Overload], args: list[Type], *, is_method: bool
    ) -> Type:
        result: Type | None = None
        for overload in candidates:
            if overload.is_method != is_method or len(overload.args) != len(args):
                continue
            wanted, given = self.unifier.instantiate(overload)
            if self.unifier.are_assignable(args, wanted):
                found = self.unifier.substitute(given)
                if result is None:
                    result = found
                elif result.kind != "dyn" and found != result:
                    result = t.DYN
        if result is not None:
            return result
        shown = [str(self._shown(arg)) for arg in args]
        listed = f"{shown[0]}.({', '.join(shown[1:])})" if is_method else f"({', '.join(shown)})"
        return self._issue(offset, f"found no matching overload for '{name}' applied to '{listed}'")

    def _unwrapped(self, node: Node, found: Type, is_optional: bool) -> Type:
        """The type an optional entry ``?x`` adds."""
        if not is_optional:
            return found
        found = self.unifier.substitute(found)
        if found.kind == "optional_type":
            return found.params[0]
        if found.kind not in ("dyn", "!error!"):
            self._mismatch(node, t.optional_of(found), found)
        return found

    def _joined(self, node: Node, before: Type | None, found: Type) -> Type:
        if before is None:
            return found
        if self.unifier.is_assignable(before, found):
            return self.unifier.most_general(before, found)
        if self._may_mix:
            return t.DYN
        return self._mismatch(node, self._shown(before), self._shown(found))

    def _check_list(self, node: ListLiteral) -> Type:
        joined: Type | None = None
        for index, item in enumerate(node.items):
            found = self._unwrapped(item, self.check(item), index in node.optional)
            joined = self._joined(item, joined, found)
        return t.list_of(joined or self.unifier.fresh())

    def _check_map(self, node: MapLiteral) -> Type:
        keys: Type | None = None
        values: Type | None = None
        for index, (key, value) in enumerate(node.entries):
            keys = self._joined(key, keys, self.check(key))
            found = self._unwrapped(value, self.check(value), index in node.optional)
            values = self._joined(value, values, found)
        return t.map_of(keys or self.unifier.fresh(), values or self.unifier.fresh())

    def _check_fold(self, node: Fold) -> Type:
        walked = self.unifier.substitute(self.check(node.range))
        first, second = self._variable_types(node, walked)
        pair = (t.INT, first) if walked.kind == "list" else (first, second)
        scope = {node.variables[0]: first} if len(node.variables) == 1 else dict(zip(node.variables, pair, strict=True))
        self._scopes.append(scope)
        for test in (node.condition, node.body if node.name in ("all", "exists", "existsOne", "filter") else None):
            if test is not None and not self.unifier.is_assignable(t.BOOL, found := self.check(test)):
                self._mismatch(test, t.BOOL, self._shown(found))
        body = node.body.type if node.name in ("all", "exists", "existsOne", "filter") else self.check(node.body)
        self._scopes.pop()
        match node.name:
            case "filter":
                return t.list_of(first)
            case "map":
                return t.list_of(body)
            case "sortBy":
                return walked
            case "transformMap":
                return t.map_of(scope[node.variables[0]], body)
            case "transformMapEntry":
                return body if body.kind == "map" else t.map_of(t.DYN, t.DYN)
        return t.BOOL

    def _variable_types(self, node: Fold, walked: Type) -> tuple[Type, Type]:
        if walked.kind == "list":
            return walked.params[0], t.DYN
        if walked.kind == "map":
            return walked.params[0], walked.params[1]
        if walked.kind in ("dyn", "!error!") or walked.is_param:
            self.unifier.is_assignable(t.DYN, walked)
            return t.DYN, t.DYN
        text = f"expression of type '{walked}' cannot be range of a comprehension (must be list, map, or dynamic)"
        self._issue(node.range.offset, text)
        return t.ERROR, t.ERROR

    def _check_optional_map(self, node: OptionalMap) -> Type:
        target = self.unifier.substitute(self.check(node.target))
        if target.kind not in ("optional_type", "dyn", "!error!"):
            return self._issue(
                node.offset, f"found no matching overload for 'hasValue' applied to '{self._shown(target)}.()'"
            )
        self._scopes.append({node.variable: target.params[0] if target.params else t.DYN})
        body = self.check(node.body)
        self._scopes.pop()
        return body if node.is_flat else t.optional_of(body)
