from __future__ import annotations

import pytest

from orkestra.informer.versions import is_newer, is_older, rank


@pytest.mark.parametrize("odd", ["", "abc", "-1", "1.5", " 1", "١٢", "9" * 5000])
def test_what_is_not_a_plain_number_has_no_rank(odd: str) -> None:
    assert rank(odd) is None


def test_numbers_compare_and_others_only_differ() -> None:
    assert is_newer("10", "9") and not is_newer("9", "10") and not is_newer("9", "9")
    assert is_older("9", "10") and not is_older("10", "9")
    assert is_newer("x", "y") and not is_newer("x", "x") and not is_older("x", "y")
