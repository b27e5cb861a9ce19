"""Every recorded case prints what Go printed, or fails where Go failed."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateFault, compile
from tests.golden.template.oracle import Oracle, is_available, read_cases, read_data

CASES = read_cases()
DATA = read_data()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["template"][:40])
def test_renders_as_go_does(case: dict[str, Any]) -> None:
    def render() -> str:
        return compile(case["template"], functions={}, missing="go").render(DATA[case["data"]])

    if "error" in case:
        with pytest.raises(TemplateFault):
            render()
    else:
        assert render() == case["out"]


@pytest.mark.skipif(not is_available(), reason="Go is not installed: the record cannot be checked")
def test_the_record_is_what_go_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    oracle = Oracle.build(tmp_path_factory.getbasetemp().parent)
    try:
        for case in CASES:
            answer = oracle.ask(case["template"], DATA[case["data"]])
            assert answer == {key: case[key] for key in ("out", "error") if key in case}, case["template"]
    finally:
        oracle.close()
