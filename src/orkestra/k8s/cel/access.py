"""Fields and items: ``a.b``, ``a[b]``, has(), and their optional forms.

A field of a JSON object whose name is no identifier is written escaped (``my-field`` as ``my__dash__field``,
k8s.io/apiserver pkg/cel/escaping.go); keys of maps are written as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.lexer import RESERVED
from orkestra.k8s.cel.nodes import Ident, Index, Select
from orkestra.k8s.cel.values import Optional, Uint

if TYPE_CHECKING:
    from orkestra.k8s.cel.compiler import Closure, Compiler, Frame

_KEYWORDS = RESERVED | {"true", "false", "null", "in"}
_ESCAPES = {"underscores": "__", "dot": ".", "dash": "-", "slash": "/"}
_ESCAPED = {text: f"__{word}__" for word, text in _ESCAPES.items()}
_IDENTIFIABLE = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*", re.A)


def escape(name: str) -> str | None:
    """The identifier for a field name; None if it cannot have one."""
    if name in _KEYWORDS:
        return f"__{name}__"
    if not _IDENTIFIABLE.fullmatch(name):
        return None
    return re.sub(r"__|[./-]", lambda found: _ESCAPED[found.group()], name)


def unescape(name: str) -> str:
    """The field name behind an identifier."""
    if name[:2] == name[-2:] == "__" and name[2:-2] in _KEYWORDS:
        return name[2:-2]
    return re.sub(r"__([^_]+)__", lambda found: _ESCAPES.get(found[1], found.group()), name)


def compile_select(compiler: Compiler, node: Select) -> Closure:
    name = node.name
    if "__" in name:
        if node.operand.type.fields is not None:
            name = unescape(name)
        elif node.operand.type.kind == "dyn":
            return _select_either(compiler, node, name, unescape(name))
    if node.is_test:
        return _select_test(compiler, node, name)
    if node.is_optional:
        return _select_optional(compiler, node, name)
    operand = compiler.compile(node.operand)

    def slow(target: Any) -> Any:
        if type(target) is Optional:
            found = target.value if target.has_value else None
            return Optional(found[name], True) if isinstance(found, dict) and name in found else Optional()
        raise compiler.place(CelError(f"no such key: {node.name}"), node)

    slot = compiler.slot_of(node.operand.name) if isinstance(node.operand, Ident) else None
    if slot is not None:

        def select_of_variable(frame: Frame) -> Any:
            try:
                return frame[slot][name]
            except (KeyError, TypeError):
                return slow(frame[slot])

        return select_of_variable

    def select(frame: Frame) -> Any:
        target = operand(frame)
        try:
            return target[name]
        except (KeyError, TypeError):
            return slow(target)

    return select


def _select_either(compiler: Compiler, node: Select, literal: str, unescaped: str) -> Closure:
    """Without a type, an identifier with ``__`` is the key itself if it is there, else the escaped field."""

    def with_name(name: str) -> Closure:
        plain = Select(node.offset, node.operand, name, node.is_test, node.is_optional)
        maker = _select_test if node.is_test else _select_optional if node.is_optional else _select_plain
        return maker(compiler, plain, name)

    operand, as_written, as_field = compiler.compile(node.operand), with_name(literal), with_name(unescaped)
    return lambda frame: (as_written if _has(operand(frame), literal) else as_field)(frame)


def _has(target: Any, name: str) -> bool:
    return isinstance(target, dict) and name in target


def _select_plain(compiler: Compiler, node: Select, name: str) -> Closure:
    operand = compiler.compile(node.operand)

    def select(frame: Frame) -> Any:
        target = operand(frame)
        if isinstance(target, dict) and name in target:
            return target[name]
        raise compiler.place(CelError(f"no such key: {name}"), node)

    return select


def _select_test(compiler: Compiler, node: Select, name: str) -> Closure:
    operand = compiler.compile(node.operand)

    def is_there(frame: Frame) -> bool:
        target = operand(frame)
        if type(target) is dict:
            return name in target
        if type(target) is Optional:
            return target.has_value and isinstance(target.value, dict) and name in target.value
        raise compiler.place(no_such_overload(), node)

    return is_there


def _select_optional(compiler: Compiler, node: Select, name: str) -> Closure:
    operand = compiler.compile(node.operand)

    def select(frame: Frame) -> Optional:
        target = operand(frame)
        if type(target) is Optional:
            if not target.has_value:
                return target
            target = target.value
        if not isinstance(target, dict):
            raise compiler.place(no_such_overload(), node)
        return Optional(target[name], True) if name in target else Optional()

    return select


def compile_index(compiler: Compiler, node: Index) -> Closure:
    operand, index = compiler.compile(node.operand), compiler.compile(node.index)
    if node.is_optional:
        return _index_optional(compiler, node, operand, index)

    def get(frame: Frame) -> Any:
        target, key = operand(frame), index(frame)
        if type(target) is Optional:
            return _get_optional(target.value, key) if target.has_value else target
        try:
            return _get(target, key)
        except CelError as problem:
            raise compiler.place(problem, node) from None

    return get


def _index_optional(compiler: Compiler, node: Index, operand: Closure, index: Closure) -> Closure:
    def get(frame: Frame) -> Optional:
        target, key = operand(frame), index(frame)
        if type(target) is Optional:
            if not target.has_value:
                return target
            target = target.value
        if not isinstance(target, dict | list):
            raise compiler.place(no_such_overload(), node)
        return _get_optional(target, key)

    return get


def _get_optional(target: Any, key: Any) -> Optional:
    try:
        return Optional(_get(target, key), True)
    except CelError:
        return Optional()


def _get(target: Any, key: Any) -> Any:
    kind = type(key)
    if isinstance(target, list):
        if kind is float and key == int(key):
            key, kind = int(key), int
        if kind is not int and kind is not Uint:
            raise CelError(f"unsupported index type '{kind.__name__}' in list")
        if 0 <= key < len(target):
            return target[key]
        raise CelError(f"index out of bounds: {int(key)}")
    if isinstance(target, dict):
        try:
            return target[key]
        except KeyError:
            raise CelError(f"no such key: {_shown(key)}") from None
        except TypeError:
            raise CelError("unsupported key type") from None
    raise CelError(f"no such key: {_shown(key)}")


def _shown(key: Any) -> str:
    return {True: "true", False: "false"}[key] if type(key) is bool else str(key)
