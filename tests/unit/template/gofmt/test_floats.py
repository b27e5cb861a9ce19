from __future__ import annotations

import math

import pytest

from orkestra.template.gofmt.floats import format_float, shortest


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (0.1, "0.1"),
        (100000.0, "100000"),
        (999999.5, "999999.5"),
        (1e6, "1e+06"),
        (1234567.0, "1.234567e+06"),
        (1e21, "1e+21"),
        (1e-4, "0.0001"),
        (1e-5, "1e-05"),
        (-2.5e-8, "-2.5e-08"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
    ],
)
def test_shortest(number: float, text: str) -> None:
    assert shortest(number) == text


@pytest.mark.parametrize(
    ("number", "form", "precision", "text"),
    [
        (math.nan, "g", -1, "NaN"),
        (math.inf, "f", 2, "+Inf"),
        (-math.inf, "e", 2, "-Inf"),
        (1.0, "b", -1, "4503599627370496p-52"),
        (0.0, "b", -1, "0p-1074"),
        (3.5, "x", -1, "0x1.cp+01"),
        (1.9999, "x", 1, "0x1.0p+01"),
        (0.0, "x", 2, "0x0.00p+00"),
        (123456.789, "g", 3, "1.23e+05"),
        (0.5, "f", 0, "0"),
    ],
)
def test_forms(number: float, form: str, precision: int, text: str) -> None:
    assert format_float(number, form, precision) == text
