"""Quantities (``100m``, ``1.5Gi``, ``12e6``): exact values, printed in the API server's canonical form.

Grammar, rounding and canonical form: k8s.io/apimachinery pkg/api/resource/quantity.go. Precision ends at nano;
what is finer is rounded away from zero. Exponents beyond 1,000 are refused: no resource has them, and they cost
memory. Beyond exa (``1000E``), where upstream drops the suffix, the number grows instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import total_ordering
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

_PATTERN = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\.(?P<part>\d*))?"
    r"(?P<suffix>[numkMGTPE]|[KMGTPE]i|[eE](?P<exponent>[+-]?\d{1,10}))?",
    re.ASCII,
)
_MAX_LENGTH = 1024
_MAX_EXPONENT = 1000
_NANO = -9
_INT64_MAX = 2**63 - 1
_EXACT_DIGITS = 18
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL_NAMES = {exponent: name for name, exponent in _DECIMAL.items()}
_BINARY = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}
_BINARY_NAMES = ["", *_BINARY]


class QuantityError(ValueError):
    """A text that is no quantity."""


class Format(Enum):
    """The suffix family a quantity was written with, kept when it is printed."""

    DECIMAL_EXPONENT = "DecimalExponent"
    DECIMAL_SI = "DecimalSI"
    BINARY_SI = "BinarySI"


@total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """``mantissa * 10**exponent``, the mantissa free of trailing zeros; equal and ordered by value alone."""

    mantissa: int
    exponent: int
    format: Format = Format.DECIMAL_SI
    text: str = field(default="", repr=False)
    """What was parsed, where that counts as canonical already."""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return (self.mantissa, self.exponent) == (other.mantissa, other.exponent)

    def __hash__(self) -> int:
        return hash((self.mantissa, self.exponent))

    def __lt__(self, other: Quantity) -> bool:
        left, right, _ = _aligned(self, other)
        return left < right

    def __add__(self, other: Quantity) -> Quantity:
        left, right, exponent = _aligned(self, other)
        return _quantity(left + right, exponent, self.format if self.mantissa else other.format)

    def __sub__(self, other: Quantity) -> Quantity:
        left, right, exponent = _aligned(self, other)
        return _quantity(left - right, exponent, self.format if self.mantissa else other.format)

    def __neg__(self) -> Quantity:
        return Quantity(-self.mantissa, self.exponent, self.format)

    def __bool__(self) -> bool:
        return self.mantissa != 0

    def __str__(self) -> str:
        return self.text or _canonical(self)

    def as_decimal(self) -> Decimal:
        from decimal import Decimal

        return Decimal(self.mantissa).scaleb(self.exponent)

    def scaled(self, exponent: int = 0) -> int:
        """The value in units of ``10**exponent``, rounded away from zero: ``scaled(-3)`` gives milli."""
        return _rescaled(self.mantissa, self.exponent, exponent)


def parse_quantity(text: Any) -> Quantity:
    """A string or number, as manifests have them, to a Quantity. Raises QuantityError."""
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise QuantityError(f"a quantity is a string or a number, not {type(text).__name__}")
    if isinstance(text, int) and abs(text) > 10**_MAX_LENGTH:
        raise QuantityError("a quantity this long is refused")
    written = text.strip(" ") if isinstance(text, str) else str(text)
    if len(written) > _MAX_LENGTH:
        raise QuantityError("a quantity this long is refused")
    found = _PATTERN.fullmatch(written)
    # Digits may be missing altogether: the API server reads "e3" and "Ki" as zero, "Pi" and "e-10" not at all.
    if found is None or not written:
        raise _refusal(written)
    whole, part = (found["whole"] or "").lstrip("0"), found["part"] or ""
    mantissa = int((whole + part) or "0") * (-1 if found["sign"] == "-" else 1)
    suffix, format, exponent = found["suffix"] or "", Format.DECIMAL_SI, 0
    has_digits = bool(found["whole"] or part)
    if suffix in ("Pi", "Ei") and not has_digits:
        raise _refusal(written)
    if suffix in _BINARY:
        return _binary(mantissa, len(part), suffix, written if _is_kept(whole or "0", part, suffix) else "")
    if found["exponent"] is not None:
        format, exponent = Format.DECIMAL_EXPONENT, int(found["exponent"])
        if exponent > _MAX_EXPONENT:
            raise QuantityError(f"the exponent of {written[:64]!r} is out of range")
        exponent = max(exponent, -2 * _MAX_LENGTH)
    else:
        exponent = _DECIMAL[suffix]
    exponent -= len(part)
    if exponent < _NANO and not has_digits:
        raise _refusal(written)
    digits = (whole or "0") + part
    is_kept = (
        len(digits) <= _EXACT_DIGITS
        and exponent >= _NANO
        and exponent % 3 == 0
        and not digits.endswith("000")
        and digits[0] != "0"
    )
    if exponent < _NANO:
        mantissa, exponent = _rescaled(mantissa, exponent, _NANO), _NANO
    return _quantity(mantissa, exponent, format, written if is_kept else "")


def _refusal(written: str) -> QuantityError:
    return QuantityError(
        f"{written[:64]!r} is no quantity: expected a number with one of n u m k M G T P E, "
        "Ki Mi Gi Ti Pi Ei or an exponent such as e3"
    )


def _is_kept(whole: str, part: str, suffix: str) -> bool:
    # Upstream keeps what was written where the digits are few and no factor of eight could move into the suffix.
    room = 15 - len(whole) - int(_BINARY[suffix] * 10 * 3 / 10) - 1
    return not part and room >= 0 and int(whole) & 7 != 0


def canonical_quantity(text: Any) -> str:
    """``1.5`` -> ``1500m``, ``1024Mi`` -> ``1Gi``: what the API server stores. Raises QuantityError."""
    return str(parse_quantity(text))


def _binary(mantissa: int, places: int, suffix: str, text: str) -> Quantity:
    value, exponent = mantissa << (10 * _BINARY[suffix]), -places
    if exponent < _NANO:
        value, exponent = _rescaled(value, exponent, _NANO), _NANO
    limit = _INT64_MAX * 10**-exponent
    if abs(value) > limit:
        value = limit if value > 0 else -limit
    is_fraction = 0 < abs(value) < 10**-exponent
    return _quantity(value, exponent, Format.DECIMAL_SI if is_fraction else Format.BINARY_SI, text)


def _quantity(mantissa: int, exponent: int, format: Format, text: str = "") -> Quantity:
    if not mantissa:
        return Quantity(0, 0, format, text)
    while mantissa % 1000 == 0:
        mantissa, exponent = mantissa // 1000, exponent + 3
    while mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    return Quantity(mantissa, exponent, format, text)


def _aligned(one: Quantity, other: Quantity) -> tuple[int, int, int]:
    exponent = min(one.exponent, other.exponent)
    left = one.mantissa * 10 ** (one.exponent - exponent)
    right = other.mantissa * 10 ** (other.exponent - exponent)
    return left, right, exponent


def _rescaled(mantissa: int, exponent: int, target: int) -> int:
    """The value in units of ``10**target``, rounded away from zero."""
    if exponent >= target:
        return int(mantissa * 10 ** (exponent - target))
    units: int = -(-abs(mantissa) // 10 ** (target - exponent))
    return units if mantissa > 0 else -units


def _canonical(quantity: Quantity) -> str:
    mantissa, exponent, format = quantity.mantissa, quantity.exponent, quantity.format
    if not mantissa:
        return "0"
    if format is Format.BINARY_SI and exponent >= 0:
        value = mantissa * 10**exponent
        if abs(value) >= 1024:
            power = 0
            while value % 1024 == 0 and power < len(_BINARY):
                value, power = value // 1024, power + 1
            return f"{value}{_BINARY_NAMES[power]}"
    mantissa, exponent = mantissa * 10 ** (exponent % 3), exponent - exponent % 3
    if format is Format.DECIMAL_EXPONENT:
        return f"{mantissa}e{exponent}" if exponent else str(mantissa)
    if exponent > 18:
        mantissa, exponent = mantissa * 10 ** (exponent - 18), 18
    return f"{mantissa}{_DECIMAL_NAMES[exponent]}"
