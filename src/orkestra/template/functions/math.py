"""Arithmetic over 64-bit integers and floats: two integers give an integer, overflow is an error."""

from __future__ import annotations

import math
from typing import Any, Final

from orkestra.template.errors import FunctionError
from orkestra.template.functions.arguments import number, plain_number
from orkestra.template.functions.function import Domain

MATH: Final = Domain("math", [])
function = MATH.function

Number = int | float


@function("add(a number, b number) number", "a + b", "{{ add 2 3 }}", "5")
def add(a: Any, b: Any) -> Number:
    return plain_number(number(a) + number(b))


@function("sub(a number, b number) number", "a - b", "{{ sub 5 3 }}", "2")
def sub(a: Any, b: Any) -> Number:
    return plain_number(number(a) - number(b))


@function("mul(a number, b number) number", "a × b", "{{ mul 4 3 }}", "12")
def mul(a: Any, b: Any) -> Number:
    return plain_number(number(a) * number(b))


@function("div(a number, b number) number", "a ÷ b, without the rest for two integers.", "{{ div 7 2 }}", "3")
def div(a: Any, b: Any) -> Number:
    dividend, divisor = number(a), number(b)
    if divisor == 0:
        raise FunctionError("division by zero")
    if isinstance(dividend, float) or isinstance(divisor, float):
        return plain_number(dividend / divisor)
    quotient = abs(dividend) // abs(divisor)
    return plain_number(quotient if (dividend < 0) == (divisor < 0) else -quotient)


@function("mod(a number, b number) number", "The rest of a ÷ b, with the sign of a.", "{{ mod 7 3 }}", "1")
def mod(a: Any, b: Any) -> Number:
    dividend, divisor = number(a), number(b)
    if divisor == 0:
        raise FunctionError("division by zero")
    if isinstance(dividend, float) or isinstance(divisor, float):
        if not math.isfinite(dividend):
            raise FunctionError("the result is not a finite number")
        return plain_number(math.fmod(dividend, divisor))
    rest = abs(dividend) % abs(divisor)
    return plain_number(rest if dividend >= 0 else -rest)


@function("min(a number, b number, …) number", "The smallest.", "{{ min 3 2 }}", "2")
def smallest(a: Any, b: Any, *others: Any) -> Number:
    return min(map(number, (a, b, *others)))


@function("max(a number, b number, …) number", "The largest.", "{{ max 3 2 }}", "3")
def largest(a: Any, b: Any, *others: Any) -> Number:
    return max(map(number, (a, b, *others)))


@function(
    "clamp(v number, low number, high number) number",
    "v, but no less than low and no more than high.",
    "{{ clamp 12 1 10 }}",
    "10",
)
def clamp(v: Any, low: Any, high: Any) -> Number:
    value, least, most = number(v), number(low), number(high)
    if least > most:
        raise FunctionError("the low end is above the high end")
    return min(max(value, least), most)


@function("abs(a number) number", "a without its sign.", "{{ abs -3 }}", "3")
def absolute(a: Any) -> Number:
    return plain_number(abs(number(a)))
