"""Kubernetes' quantity library (k8s.io/apiserver pkg/cel/library/quantity.go)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from orkestra.k8s.cel.errors import CelError, no_such_overload
from orkestra.k8s.cel.functions.arguments import typed
from orkestra.k8s.cel.values import INT_MAX, INT_MIN, Quantity

_QUANTITY = re.compile(r"(?=.)([+-]?)(\d*\.?\d*)(?:([eE])([+-]?\d{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)", re.A)
_SHAPE = re.compile(r"[+-]?\d*\.?\d*[eEinumkKMGTP]*[-+]?\d*", re.A)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_LONGEST = 512


def parse_quantity(text: str) -> Quantity:
    """Raises ValueError. Finer than a nano is rounded up, as resource.Quantity does."""
    found = _QUANTITY.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        if text and _SHAPE.fullmatch(text):
            raise ValueError("unable to parse quantity's suffix")
        raise ValueError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    sign, digits, _, exponent, suffix = found.groups()
    amount = Fraction(digits if digits.strip(".") else "0")  # "Mi" is a quantity, and zero
    if exponent:
        amount *= Fraction(10) ** int(exponent)
    elif suffix in _BINARY:
        amount *= 1024 ** _BINARY[suffix]
    elif suffix:
        amount *= Fraction(10) ** _DECIMAL[suffix]
    nanos = math.ceil(amount * 10**9)
    return Quantity(Fraction(-nanos if sign == "-" else nanos, 10**9))


@typed(str)
def to_quantity(text: str) -> Quantity:
    try:
        return parse_quantity(text)
    except ValueError as problem:
        raise CelError(str(problem)) from None


@typed(str)
def is_quantity(text: str) -> bool:
    try:
        parse_quantity(text)
    except ValueError:
        return False
    return True


def _is_int64(value: Quantity) -> bool:
    return value.amount.denominator == 1 and INT_MIN <= value.amount <= INT_MAX


@typed(Quantity)
def as_integer(value: Quantity) -> int:
    if not _is_int64(value):
        raise CelError("cannot convert value to integer")
    return int(value.amount)


@typed(Quantity)
def as_float(value: Quantity) -> float:
    try:
        return float(value.amount)
    except OverflowError:
        return math.inf if value.amount > 0 else -math.inf


def _arithmetic(sign: int) -> Callable[..., Any]:
    def call(left: Any, right: Any) -> Quantity:
        if type(left) is Quantity and type(right) is Quantity:
            return Quantity(left.amount + sign * right.amount)
        if type(left) is Quantity and type(right) is int:
            return Quantity(left.amount + sign * right)
        raise no_such_overload()

    return call


@typed(Quantity, Quantity)
def compare_to(left: Quantity, right: Quantity) -> int:
    return (left.amount > right.amount) - (left.amount < right.amount)


def is_greater(left: Any, right: Any) -> bool:
    return bool(compare_to(left, right) > 0)


def is_less(left: Any, right: Any) -> bool:
    return bool(compare_to(left, right) < 0)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "quantity": to_quantity,
    "isQuantity": is_quantity,
    "sign": typed(Quantity)(lambda value: (value.amount > 0) - (value.amount < 0)),
    "asInteger": as_integer,
    "isInteger": typed(Quantity)(_is_int64),
    "asApproximateFloat": as_float,
    "add": _arithmetic(1),
    "sub": _arithmetic(-1),
}
