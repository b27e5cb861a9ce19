"""Quantities print as the API server stores them; ``recorded/quantities.json`` holds its answers (null: refused)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from orkestra.k8s.quantity import Format, Quantity, QuantityError, canonical_quantity, parse_quantity

RECORDED = json.loads((Path(__file__).parent / "recorded" / "quantities.json").read_text())


@pytest.mark.parametrize(("written", "stored"), RECORDED, ids=[repr(case[0]) for case in RECORDED])
def test_canonical_form_is_the_servers(written: Any, stored: str | None) -> None:
    if stored is None:
        with pytest.raises(QuantityError):
            parse_quantity(written)
    else:
        assert canonical_quantity(written) == stored


@pytest.mark.parametrize(("one", "other"), [("1", "1000m"), ("1Gi", "1073741824"), ("1e3", "1k"), ("0", "0Mi")])
def test_one_value_in_two_spellings_is_equal(one: str, other: str) -> None:
    assert parse_quantity(one) == parse_quantity(other)
    assert hash(parse_quantity(one)) == hash(parse_quantity(other))


def test_ordering_is_by_value() -> None:
    written = ["1Gi", "100m", "-1", "1G", "0", "1e-9"]
    assert sorted(written, key=parse_quantity) == ["-1", "0", "1e-9", "100m", "1G", "1Gi"]


def test_sum_and_difference_keep_the_format_of_the_first() -> None:
    assert str(parse_quantity("1Gi") + parse_quantity("512Mi")) == "1536Mi"
    assert str(parse_quantity("1") - parse_quantity("250m")) == "750m"
    assert str(parse_quantity("0") + parse_quantity("1Mi")) == "1Mi"
    assert str(-parse_quantity("1Ki")) == "-1Ki"


def test_scaled_rounds_away_from_zero() -> None:
    assert parse_quantity("1100m").scaled() == 2
    assert parse_quantity("-1100m").scaled() == -2
    assert parse_quantity("1.5").scaled(-3) == 1500
    assert str(parse_quantity("1.5").as_decimal()) == "1.5"


def test_zero_is_false() -> None:
    assert not parse_quantity("0")
    assert parse_quantity("1n")


@pytest.mark.parametrize("hostile", ["9" * 2000, "1e9999999999", 10**1030, "1e1001", None, True, [], "0x10", "NaN"])
def test_hostile_values_are_refused(hostile: Any) -> None:
    with pytest.raises(QuantityError):
        parse_quantity(hostile)


def test_a_tiny_exponent_rounds_up_to_nano() -> None:
    assert parse_quantity("1e-999999999") == Quantity(1, -9, Format.DECIMAL_EXPONENT)
