"""Kubernetes' quantities: 100m, 1.5Gi, 2."""

from __future__ import annotations

from typing import Any, Final

from orkestra.k8s import quantity
from orkestra.k8s.quantity import Format, Quantity, QuantityError
from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import plain_number, text
from orkestra.template.functions.function import Domain
from orkestra.template.values import MAX_INT64

QUANTITY: Final = Domain("quantity", [])
function = QUANTITY.function

_FORMATS: Final = {"decimal": Format.DECIMAL_SI, "binary": Format.BINARY_SI}


def _quantity(value: Any) -> Quantity:
    if value is None or value == "":
        return Quantity(0, 0)
    written = value if isinstance(value, float) else text(value)
    try:
        return quantity.parse_quantity(written)
    except QuantityError as problem:
        raise FunctionError(str(problem)) from None


def _total(values: tuple[Any, ...]) -> Quantity:
    total = Quantity(0, 0)
    for value in values:
        for one in value if isinstance(value, (list, tuple)) else (value,):
            total = total + _quantity(one)
    return total


@function(
    "parseQuantity(q string) number",
    "Its value as a number: cores, bytes or whatever it counts; 0 when missing.",
    '{{ parseQuantity "1.5Gi" }}',
    "1610612736",
)
def parse_quantity(q: Any) -> int | float:
    value = _quantity(q).as_decimal()
    if value == value.to_integral_value() and abs(value) <= MAX_INT64:
        return int(value)
    return plain_number(float(value))


@function(
    "formatQuantity(q string, units string) string",
    'A quantity or number in Kubernetes\' canonical form, with "binary" or "decimal" units if given.',
    '{{ formatQuantity 1610612736 "binary" }}',
    "1536Mi",
)
def format_quantity(q: Any, units: Any = "") -> str:
    found, wanted = _quantity(q), text(units)
    if wanted and wanted not in _FORMATS:
        raise FunctionError(f'expected "binary" or "decimal" units; got "{wanted[:40]}"')
    return str(Quantity(found.mantissa, found.exponent, _FORMATS[wanted] if wanted else found.format))


@function(
    "sumQuantity(q string, …) string",
    "All together, in canonical form; lists count with every item.",
    '{{ sumQuantity "500m" "1" }}',
    "1500m",
)
def sum_quantity(*qs: Any) -> str:
    return str(_total(qs))


@function(
    "subtractQuantity(q string, less string, …) string",
    "The first without the others, in canonical form.",
    '{{ subtractQuantity "2Gi" "512Mi" }}',
    "1536Mi",
)
def subtract_quantity(q: Any, *less: Any) -> str:
    return str(_quantity(q) - _total(less))
