from __future__ import annotations

import math

import pytest

from orkestra.katalog.source.scalars import resolve


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True), ("No", False), ("on", True), ("OFF", False), ("y", True), ("N", False), ("true", True),
        ("", None), ("~", None), ("null", None), ("NULL", None),
        ("0", 0), ("-7", -7), ("+3", 3), ("017", 15), ("0o17", 15), ("0x1F", 31), ("0b11", 3), ("-0x10", -16),
        ("1_000", 1000), ("08", 8), ("1e3", 1000), ("1.0", 1), ("1.5", 1.5), (".5", 0.5), ("-1.5e-3", -0.0015),
        ("9223372036854775807", 2**63 - 1), ("9223372036854775808", float(2**63)),
    ],
)  # fmt: skip
def test_plain_scalars_mean_what_kubectl_takes_them_for(text: str, value: object) -> None:
    found = resolve(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "12:30:45",
        "22:30",
        "2024-01-01",
        "2024-01-01T10:00:00Z",
        "1.2.3",
        "0x",
        "0x23456789012345678901234567890",
        "0b2",
        "1e",
        "-",
        ".",
        "yEs",
        "1d",
        "_1",
        "nan",
    ],
)
def test_what_is_no_number_or_word_stays_text(text: str) -> None:
    assert resolve(text) == text


def test_numbers_json_cannot_hold_are_told_apart_by_the_caller() -> None:
    assert math.isinf(resolve(".inf"))
    assert math.isnan(resolve(".NaN"))


def test_a_number_of_absurd_length_stays_text() -> None:
    assert resolve("1" * 5000) == "1" * 5000
