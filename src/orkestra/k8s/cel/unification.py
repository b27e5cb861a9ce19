"""Type inference: which type a type variable stands for, and what may be given where.

Rules: cel-go checker/types.go. ``dyn`` goes with everything; null goes with objects, times and the like.
"""

from __future__ import annotations

from collections.abc import Sequence

from orkestra.k8s.cel.signatures import Overload
from orkestra.k8s.cel.types import DYN, NULLABLE_KINDS, Type

_OPEN = frozenset({"dyn", "!error!"})


class Unifier:
    def __init__(self) -> None:
        self._bound: dict[str, Type] = {}
        self._count = 0

    def fresh(self) -> Type:
        self._count += 1
        return Type(f"_var{self._count}")

    def instantiate(self, overload: Overload) -> tuple[list[Type], Type]:
        """Arguments and result with the overload's parameters made fresh."""
        if not overload.params:
            return list(overload.args), overload.result
        fresh = {name: self.fresh() for name in overload.params}
        return [_renamed(arg, fresh) for arg in overload.args], _renamed(overload.result, fresh)

    def substitute(self, found: Type, *, open_to_dyn: bool = False) -> Type:
        """``found`` with what is known filled in; what is not stays open, or becomes dyn."""
        if found.is_param:
            if found.kind in self._bound:
                return self.substitute(self._bound[found.kind], open_to_dyn=open_to_dyn)
            return DYN if open_to_dyn else found
        if not found.params:
            return found
        params = tuple(self.substitute(inner, open_to_dyn=open_to_dyn) for inner in found.params)
        return Type(found.kind, params, found.fields)

    def is_assignable(self, left: Type, right: Type) -> bool:
        return self.are_assignable([left], [right])

    def are_assignable(self, left: Sequence[Type], right: Sequence[Type]) -> bool:
        """All or nothing: bindings made on the way are kept only if every pair fits."""
        before = dict(self._bound)
        if len(left) == len(right) and all(map(self._fits, left, right)):
            return True
        self._bound = before
        return False

    def _fits(self, left: Type, right: Type) -> bool:
        if right.is_param:
            valid, is_known = self._binds(left, right)
            if valid or is_known:
                return valid
        if left.is_param:
            return self._binds(right, left)[0]
        if left.kind in _OPEN or right.kind in _OPEN:
            return True
        if left.kind == "null":
            return _is_nullable(right)
        if right.kind == "null":
            return _is_nullable(left)
        if left.kind == "type":
            return right.kind == "type"
        if left.kind != right.kind or len(left.params) != len(right.params):
            return False
        return all(map(self._fits, left.params, right.params))

    def _binds(self, found: Type, variable: Type) -> tuple[bool, bool]:
        """Whether ``variable`` may stand for ``found``; and whether it stood for something already."""
        if found == variable:
            return True, True
        known = self._bound.get(variable.kind)
        if known is not None:
            if found == known:
                return True, True
            if not self._fits(found, known):
                return False, True
            general = self.most_general(found, known)
            if not self._occurs(variable, general):
                self._bound[variable.kind] = general
            return True, True
        if self._occurs(variable, found):
            return False, False
        self._bound[variable.kind] = found
        return True, False

    def _occurs(self, variable: Type, within: Type) -> bool:
        if within == variable:
            return True
        if within.is_param:
            known = self._bound.get(within.kind)
            return known is not None and self._occurs(variable, known)
        return any(self._occurs(variable, inner) for inner in within.params)

    def most_general(self, left: Type, right: Type) -> Type:
        return left if _is_less_specific(left, right) else right


def _renamed(found: Type, names: dict[str, Type]) -> Type:
    if found.is_param:
        return names[found.kind]
    if not found.params:
        return found
    return Type(found.kind, tuple(_renamed(inner, names) for inner in found.params), found.fields)


def _is_nullable(found: Type) -> bool:
    return found.kind in NULLABLE_KINDS or found.fields is not None


def _is_less_specific(left: Type, right: Type) -> bool:
    if left.kind == "dyn" or left.is_param:
        return True
    if right.kind == "dyn" or right.is_param or left.kind != right.kind:
        return False
    if left.kind == "type":
        return True
    return len(left.params) == len(right.params) and all(map(_is_less_specific, left.params, right.params))
