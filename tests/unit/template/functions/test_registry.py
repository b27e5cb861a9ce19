"""Every row: its example, its documentation, its arity; all rows: the names the language promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from orkestra.template import compile
from orkestra.template.functions import Function, builtin_functions
from tests.unit.template.functions.examples import DATA, ENVIRONMENT

FUNCTIONS = builtin_functions()


@pytest.mark.parametrize("row", [row for row in FUNCTIONS.values() if row.example], ids=lambda row: row.name)
def test_the_example_renders_its_result(row: Function) -> None:
    assert compile(row.example, functions=FUNCTIONS).render(DATA, ENVIRONMENT) == row.result


@pytest.mark.parametrize("row", FUNCTIONS.values(), ids=lambda row: row.name)
def test_every_row_documents_itself(row: Function) -> None:
    assert row.signature.startswith(f"{row.name}(")
    assert row.description.endswith((".", "b", "y"))
    assert row.example or row.name == "call"


def test_the_contract_is_complete() -> None:
    lines = (Path(__file__).parent / "names.txt").read_text().splitlines()
    promised = [name for line in lines if line.startswith("  ") for name in line.split()]
    assert len(promised) == len(set(promised))
    assert set(promised) == set(FUNCTIONS)
    assert all(row.call is not None for row in FUNCTIONS.values())


def test_the_clock_and_randomness_mark_a_function_volatile() -> None:
    volatile = {row.name for row in FUNCTIONS.values() if row.is_volatile}
    assert {"timeAgo", "nextCron", "weekday", "cronJobNextScheduleTime", "randomHex"} <= volatile
    assert not {"timeFormat", "durationAdd", "toJson", "cronDescribe"} & volatile


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (0, "wrong number of args for toUpper: want 1 got 0"),
        (1, ""),
        (2, "wrong number of args for toUpper: want 1 got 2"),
    ],
)
def test_arity(given: int, problem: str) -> None:
    assert FUNCTIONS["toUpper"].arity_problem(given) == problem
    assert FUNCTIONS["default"].arity_problem(3) == "wrong number of args for default: want 1 to 2 got 3"
    assert FUNCTIONS["index"].arity_problem(0) == "wrong number of args for index: want at least 1 got 0"
