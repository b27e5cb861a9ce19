"""Floating-point numbers as text. Rules: go ``src/strconv/ftoa.go`` and ``fmtFloat`` of ``src/fmt/format.go``."""

from __future__ import annotations

import math


def format_float(number: float, form: str, precision: int) -> str:
    """``form`` is one of b e E f g G x X; ``precision`` -1 is the shortest text that reads back the same."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "+Inf" if number > 0 else "-Inf"
    if form == "b":
        return _binary(number)
    if form in "xX":
        text = _hexadecimal(number, precision)
        return text if form == "x" else text.upper()
    if precision < 0:
        return shortest(number) if form == "g" else shortest(number).upper()
    if form in "gG" and precision == 0:
        precision = 1
    return f"%.{precision}{form}" % number


def shortest(number: float) -> str:
    """``%v`` of a finite number: the fewest digits that read back the same, with an exponent below 1e-04 and from
    1e+06 on (strconv's form g takes 6 for that decision when it is free to choose the precision)."""
    magnitude = abs(number)
    if magnitude == 0 or 1e-4 <= magnitude < 1e6:
        return repr(number).removesuffix(".0")
    return _laid_out(number)


def _digits(number: float) -> tuple[str, str, int]:
    """Sign, significant digits, and the decimal exponent of the first digit."""
    mantissa, _, exponent = repr(number).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    leading = len(whole) if whole.strip("0") else -(len(fraction) - len(fraction.lstrip("0")))
    return sign, digits.rstrip("0") or "0", leading - 1 + int(exponent or 0)


def _laid_out(number: float) -> str:
    sign, digits, exponent = _digits(number)
    mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
    return f"{sign}{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _binary(number: float) -> str:
    sign = "-" if math.copysign(1.0, number) < 0 else ""
    if number == 0:
        return f"{sign}0p-1074"
    fraction, exponent = math.frexp(abs(number))
    shift = max(exponent - 53, -1074)
    return f"{sign}{int(math.ldexp(fraction, exponent - shift))}p{shift:+d}"


def _hexadecimal(number: float, precision: int) -> str:
    sign = "-" if math.copysign(1.0, number) < 0 else ""
    if number == 0:
        return f"{sign}0x0{'.' + '0' * precision if precision > 0 else ''}p+00"
    fraction, exponent = math.frexp(abs(number))
    mantissa, exponent = int(math.ldexp(fraction, 53)), exponent - 1  # 1.xxx with 52 fraction bits
    if 0 <= precision < 13:
        drop = 52 - 4 * precision
        quotient, rest = mantissa >> drop, mantissa & ((1 << drop) - 1)
        half = 1 << (drop - 1)
        quotient += rest > half or (rest == half and quotient & 1)
        mantissa = quotient << drop
        if mantissa >> 53:
            mantissa, exponent = mantissa >> 1, exponent + 1
    digits = f"{mantissa & ((1 << 52) - 1):013x}"
    digits = digits.rstrip("0") if precision < 0 else digits[:precision].ljust(precision, "0")
    return f"{sign}0x1{'.' + digits if digits else ''}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
