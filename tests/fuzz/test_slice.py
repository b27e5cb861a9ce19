"""A slice of ``make fuzz``."""

from __future__ import annotations

import pytest

from tests.fuzz.runner import run
from tests.fuzz.targets import TARGETS

CASES = 400


@pytest.mark.parametrize("target", TARGETS)
def test_promises_hold(target: str) -> None:
    assert list(run(target, "slice", range(CASES))) == []
