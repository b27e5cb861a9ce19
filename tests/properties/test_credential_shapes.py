"""What is looked for before a pattern of a credential is in whatever the pattern finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orkestra.katalog.credentials import _KNOWN, Known, shaped

_ASCII = st.characters(codec="ascii")


@pytest.mark.parametrize("known", _KNOWN, ids=lambda known: known.needle)
@given(data=st.data())
@settings(max_examples=8)
def test_no_credential_is_passed_over(known: Known, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(known.pattern, alphabet=_ASCII))
    found = re.search(known.pattern, text)
    assert found is not None and known.rare in found.group() and known.needle in found.group()
    assert known.what in {each.what for each in shaped(text)}
