"""docs/performance.md: the rows of the comparison and the scripts that measure."""

from __future__ import annotations

import ast
import re

from tests.unit.docs.pages import ROOT, names, read, rows, section

PAGE = read("performance.md")
BENCH = ROOT / "bench"


def compared_rows() -> dict[str, str]:
    """Row -> bar of the comparison's table, as bench/compare.py has them."""
    for node in ast.parse((BENCH / "compare.py").read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ROWS":
            return {row[0]: row[3] for row in ast.literal_eval(node.value)}
    raise AssertionError("bench/compare.py has no ROWS")


def told_rows() -> dict[str, str]:
    text = section(PAGE, "What is measured").partition("| Row |")[2]
    return {row[0]: row[2] for row in rows("| Row |" + text)}


def test_every_row_of_the_comparison_is_told_and_no_other() -> None:
    assert list(told_rows()) == list(compared_rows())


def test_bars_are_those_of_the_bench() -> None:
    def figure(text: str) -> str:
        return " ".join(re.findall(r"\d[\d.]*", text))

    assert {row: figure(bar) for row, bar in told_rows().items()} == {
        row: figure(bar) for row, bar in compared_rows().items()
    }


def test_every_bench_is_told_and_exists() -> None:
    told = {command.removeprefix("python bench/") for command in names(PAGE, 2) if command.startswith("python ")}
    assert told == {path.name for path in BENCH.glob("*.py")}


def test_figures_stand_between_their_marks_only() -> None:
    assert PAGE.count("<!-- measured: make bench -->") == PAGE.count("<!-- end: make bench -->") == 1
