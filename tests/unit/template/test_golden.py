"""Every recorded case prints what Go printed, or fails where Go failed."""

from __future__ import annotations

from typing import Any

import pytest

from orkestra.template import TemplateFault, compile
from tests.golden.recorded import read_cases, read_data

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
