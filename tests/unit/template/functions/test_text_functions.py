"""What holds for every function that takes text: a list or a map is refused, and nothing is no error of its own."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template.errors import FunctionError
from orkestra.template.functions import Function, builtin_functions
from tests.unit.template.functions.examples import ENVIRONMENT

DOMAINS = ("time", "cron", "semver", "net", "validation", "kube validation", "domain", "container", "quantity")
ANY_TYPE = ("cronFromAny", "cronFromMap", "weekday", "weekend", "containerImage", "sumQuantity", "subtractQuantity")
ROWS = [
    row
    for row in builtin_functions().values()
    if row.domain in DOMAINS and row.min_args and "(o" not in row.signature and row.name not in ANY_TYPE
]


QUESTIONS = [row.name for row in ROWS if "Valid" in row.name or row.name.startswith(("ipIs", "isDNS"))]


def call(row: Function, argument: Any) -> Any:
    assert row.call is not None
    arguments = [argument] * row.min_args
    return row.call(ENVIRONMENT, *arguments) if row.needs_environment else row.call(*arguments)


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in QUESTIONS], ids=lambda row: row.name)
@pytest.mark.parametrize("wrong", [["a"], {"a": 1}], ids=["list", "map"])
def test_lists_and_maps_are_no_text(row: Function, wrong: Any) -> None:
    with pytest.raises(FunctionError, match="expected "):
        call(row, wrong)


NEED_A_VALUE = ("cronField", "cronExpr", "semverBump", "timeInWindow", "timeNotInWindow")


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in NEED_A_VALUE], ids=lambda row: row.name)
def test_a_missing_text_is_no_error(row: Function) -> None:
    found = call(row, None)
    result = row.signature.rpartition(")")[2].strip()
    if result == "bool":
        assert found is (row.name == "isValidLabelValue")
    elif row.domain not in ("cron", "quantity") and row.name not in ("nextCron", "timeUntil", "durationAdd"):
        assert found == {"string": "", "int": 0, "number": 0}[result]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("wrong", [["a"], {"a": 1}], ids=["list", "map"])
def test_a_question_says_no_to_what_is_no_text(name: str, wrong: Any) -> None:
    assert call(builtin_functions()[name], wrong) is False
