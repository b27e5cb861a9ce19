"""What a server says of a label selector it cannot read.

Reading selectors is ``k8s.selectors``' work; this only words a refusal. Grammar and words:
k8s.io/apimachinery pkg/labels/selector.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from orkestra.devserver.kinds.rules.names import label_value, qualified_name
from orkestra.k8s.literals import quote

__all__ = ["selector_fault"]

_TOKEN = re.compile(r"\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)")
_SYMBOLS = frozenset({"==", "!=", "=", "!", "<", ">", "(", ")", ","})
_OPERATORS = frozenset({"=", "==", "!=", "<", ">", "in", "notin"})
_MAX_SHOWN = 256


class _Fault(Exception):
    pass


class _Reader:
    """Tokens one after another; the end is an empty token."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        found = self.peek()
        self._at += 1
        return found


def selector_fault(text: str) -> str:
    """Empty where nothing is wrong after all."""
    reader = _Reader(text)
    while token := reader.peek():
        if token in _SYMBOLS and token != "!":
            return _found(token, "!, identifier, or 'end of string'")
        try:
            _read_requirement(reader)
        except _Fault as fault:
            return f"unable to parse requirement: {fault}"
        separator = reader.take()
        if not separator:
            return ""
        if separator != ",":
            return _found(separator, "',' or 'end of string'")
        after = reader.peek()
        if not after or (after in _SYMBOLS and after != "!"):
            return _found(after, "identifier after ','")
    return ""


def _found(token: str, expected: str, comma: str = ",") -> str:
    return f"found '{token[:_MAX_SHOWN]}'{comma} expected: {expected}"


def _read_requirement(reader: _Reader) -> None:
    key = reader.take()
    is_absent = key == "!"
    if is_absent:
        key = reader.take()
    if not key or key in _SYMBOLS:
        raise _Fault(_found(key, "identifier"))
    _check("<nil>", key, qualified_name(key))
    if is_absent or reader.peek() in ("", ","):
        return
    operator = reader.take()
    if operator not in _OPERATORS:
        raise _Fault(_found(operator, "in, notin, =, ==, !=, gt, lt"))
    values = _read_set(reader) if operator in ("in", "notin") else [_read_value(reader)]
    if operator in "<>" and not re.fullmatch(r"[+-]?[0-9]{1,19}", values[0]):
        text = "for 'Gt', 'Lt' operators, the value must be an integer"
        raise _Fault(f"values[0]: Invalid value: {quote(values[0])}: {text}")
    for index, value in enumerate(values):
        message = label_value(value)
        _check(f"values[{index}][{key}]", value, [message] if message else [])


def _read_value(reader: _Reader) -> str:
    if reader.peek() in ("", ","):
        return ""
    value = reader.take()
    if value in _SYMBOLS:
        raise _Fault(_found(value, "identifier"))
    return value


def _read_set(reader: _Reader) -> list[str]:
    opening = reader.take()
    if opening != "(":
        raise _Fault(_found(opening, "'('", comma=""))
    values: list[str] = []
    while (token := reader.take()) != ")":
        if token == ",":
            continue
        if not token or token in _SYMBOLS:
            raise _Fault(_found(token, "',', ')' or identifier"))
        values.append(token)
        if reader.peek() not in (",", ")"):
            raise _Fault(_found(reader.peek(), "',' or ')'"))
    return values


def _check(path: str, value: str, messages: Iterable[str]) -> None:
    for message in messages:
        raise _Fault(f"{path}: Invalid value: {quote(value[:_MAX_SHOWN])}: {message}")
